"""The pages as HTML: order, counts, safety, weight, links."""

from __future__ import annotations

import json
import re
from importlib import resources

import pytest

from coding.engine import code_visits
from coding.policy import policy_for
from coding.rules import CARDS
from smart_app.chart import read_bundle
from smart_app.coded import with_chart
from smart_app.view import encounter_page, encounters_page, rule_page
from tests.page_made import BASE, HEAVIEST, LINKS, SHEET, Notice, Reader, page, pages
from tests.page_parts import MEDICARE, at, coded, infused, long_day, pushed, visit


def test_the_sections_stand_in_their_order() -> None:
    text = page(long_day())
    order = ["Ferreira, Imogen", "Policy in force", 'class="claim"', 'id="missing"', 'id="timeline"', 'id="lines"']
    order += ['id="considered"', 'id="unused"', 'id="rules"', 'class="sign"']
    places = [text.index(mark) for mark in order]
    assert places == sorted(places)


def test_the_patient_is_named_only_where_the_ehr_asks_for_it_and_never_in_the_title() -> None:
    assert "Ferreira" not in page(long_day(), patient=None)
    title = re.search(r"<title>(.*?)</title>", page(long_day()))
    assert title and "Ferreira" not in title[1]


def test_the_counts_on_the_page_add_up() -> None:
    text = page(long_day())
    said = re.search(r"(\d+) administrations read: (\d+) in lines, (\d+) held, (\d+) not used", text)
    assert said
    total, lines, held, unused = map(int, said.groups())
    assert total == lines + held + unused == len(long_day().administrations)
    assert text.count('<details class="line">') == len(coded(long_day()).lines)
    assert text.count('class="line cols hold"') == held


@pytest.mark.parametrize("name", list(pages()))
def test_a_page_holds_no_inline_style_or_script_and_no_foreign_file(name: str) -> None:
    reader = Reader(pages()[name])
    assert not reader.all("style")
    assert not [tag for tag, attrs in reader.tags if tag == "style" or (tag == "script" and not attrs.get("src"))]
    assert not [key for _, attrs in reader.tags for key in attrs if key.startswith("on")]
    assert not [
        value
        for tag, attrs in reader.tags
        if tag in ("link", "img", "script")
        for value in (attrs.get("href") or attrs.get("src") or "/",)
        if not value.startswith("/")
    ]


@pytest.mark.parametrize("name", list(pages()))
def test_ids_are_single_and_every_link_inside_the_page_leads_somewhere(name: str) -> None:
    reader = Reader(pages()[name])
    ids = reader.all("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in reader.all("href") if link.startswith("#")} <= set(ids)
    assert {one for value in reader.all("aria-labelledby") for one in value.split()} <= set(ids)


@pytest.mark.parametrize("name", list(pages()))
def test_every_page_has_one_main_part_a_language_and_a_first_heading(name: str) -> None:
    reader = Reader(pages()[name])
    tags = [tag for tag, _ in reader.tags]
    assert tags.count("main") == 1
    assert tags.count("h1") == 1
    assert reader.all("lang") == ["en"]


@pytest.mark.parametrize("name", ["example", "day"])
def test_the_first_page_with_its_sheet_is_light(name: str) -> None:
    assert len(pages()[name].encode()) + SHEET.stat().st_size <= HEAVIEST


def test_the_sheet_is_small() -> None:
    assert SHEET.stat().st_size < 14_000


def test_every_rule_named_on_the_page_has_a_card_and_a_link_that_works() -> None:
    links = [link for link in Reader(page(long_day())).all("href") if "/rules/" in link]
    assert links
    assert {link.partition("#")[0].removeprefix("./rules/") for link in links} <= set(CARDS)
    elsewhere = Reader(page(long_day(), links={**LINKS, "self": "/other"})).all("href")
    assert any(link.startswith(f"{BASE}/rules/") for link in elsewhere)


def test_a_hostile_drug_name_is_words() -> None:
    bad = "<img src=x onerror=alert(1)>\"'&{{7*7}}"
    text = page(visit(infused("h", bad, "09:00", "10:00", site=bad), pushed('"><b', bad, "10:10")), user=bad)
    assert "<img" not in text
    assert "49" not in re.sub(r"\d{3,}|#\w+", "", text)
    assert not [key for _, attrs in Reader(text).tags for key in attrs if key.startswith("on")]


def test_the_policy_form_is_a_get_of_the_page_with_the_values_in_force() -> None:
    text = page(long_day(), policy_for("professional", "cigna"), links={**LINKS, "self": f"{BASE}/?visit=2"})
    form = re.search(r'<form action="([^"]+)" method="get">(.*?)</form>', text, re.DOTALL)
    assert form and form[1] == f"{BASE}/"
    assert '<input type="hidden" name="visit" value="2">' in form[2]
    assert '<option value="professional" selected>' in form[2]
    assert '<option value="cigna" selected>' in form[2]


def test_what_changes_something_is_a_post_with_its_token() -> None:
    text = page(long_day())
    for name in ("sign_off", "sign_out"):
        form = text[text.index(f'action="{LINKS[name]}"') :].partition("</form>")[0]
        assert 'method="post"' in form
        assert 'name="csrf" value="token"' in form


def test_sign_off_asks_for_what_is_held_and_derived_by_name() -> None:
    text = page(long_day())
    assert "1 administration is held and stays open" in text
    assert "1 line rests on a derived time" in text
    assert 'name="held" required' in text
    assert 'name="derived" required' in text


def test_the_short_print_leaves_out_what_the_full_one_unfolds() -> None:
    short, full = page(long_day()), page(long_day(), full=True)
    assert short.count('class="more"') == 4
    assert "print=full" in short
    assert '<body class="full">' in full
    assert '<details class="line" open>' in full


def test_notices_of_reading_stand_above_the_gaps() -> None:
    notice = Notice("Condition", "not granted", "Conditions were not granted.", "Ask for the scope.")
    text = page(long_day(), notices=(notice,))
    assert text.index("Conditions were not granted.") < text.index('id="missing"')


def test_every_verdict_and_grade_has_its_word_beside_its_sign() -> None:
    text = page(long_day())
    assert set(re.findall(r'class="tag (?:met|no|wait)">([✓✕–?] [a-z ]+)<', text)) >= {
        "✓ met",
        "✕ not met",
        "? unknown",
    }
    assert {word for _, word in re.findall(r'<i class="g( \w)?"></i>(\w+)', text)} == {
        "charted",
        "device",
        "derived",
        "absent",
    }


def test_a_long_chart_says_where_its_steps_are() -> None:
    names = (
        "Vancomycin",
        "Ceftriaxone",
        "Azithromycin",
        "Cefepime",
        "Ondansetron",
        "Famotidine",
        "Morphine",
        "Ketorolac",
    )
    rows = [pushed(f"p{n}", f"{names[n % 8]} 1 mg", f"{8 + n // 5:02}:{n % 5 * 12:02}") for n in range(50)]
    text = page(visit(*rows))
    assert "on the full form of this page" in text
    assert len(text.encode()) + SHEET.stat().st_size <= HEAVIEST
    assert "The same as a table</summary>" in page(visit(*rows), full=True)


def test_a_failure_says_what_happened_what_it_means_what_to_do_and_a_reference() -> None:
    text = pages()["problem"]
    for words in (
        "The launch cannot be found",
        "It is too old.",
        "Open it again.",
        "state.unknown · 7K2F-93QD",
        "✓ met",
    ):
        assert words in text


def test_every_rule_card_has_a_page() -> None:
    for card in CARDS.values():
        text = rule_page(card, BASE)
        assert card.id in text
        assert '<h2 id="h-src">Sources</h2>' in text
    assert all(f'href="/rules/{id}"' in pages()["rules"] for id in CARDS)


def test_an_ehr_without_visits_is_told_plainly() -> None:
    assert "No administrations are visible to this app" in encounters_page((), BASE)


def test_chart_problems_reach_the_page() -> None:
    text = resources.files("smart_app").joinpath("examples", "infliximab.json").read_text("utf-8")
    bundle = json.loads(text)
    bundle["entry"].append({"resource": {"resourceType": "MedicationAdministration", "id": "broken", "status": 3}})
    chart = read_bundle(bundle)
    answers = with_chart(chart, code_visits(chart.encounters, MEDICARE))
    for encounter, answer in zip(chart.encounters, answers, strict=True):
        made = encounter_page(answer, encounter, MEDICARE, base=BASE, patient=None, now=at("09:00").at, links={})
        if any("broken" in problem.resource for problem in answer.problems):
            assert "broken" in made


def test_no_template_holds_a_cpt_descriptor() -> None:
    for text in pages().values():
        assert "list separately" not in text.lower()
