"""The panel as a value: what links where, what is a case made from words, what stands under another policy."""

from __future__ import annotations

from coding.model import Line
from coding.panel import Answer, Evidence, Open, Sentence
from smart_app.pages_env import render
from smart_app.talks import Item
from smart_app.view_panel import Here, PanelView, panel_view
from smart_app.view_policy import policy_words
from tests.page_made import BASE, page, shown
from tests.page_parts import MEDICARE, coded, infused, long_day, pushed, visit

SAID = (Sentence("It ran 155 minutes.", "card", "time.additional-hour"),)
HERE = Here(".", "./ask", "./panel/clear", full=f"{BASE}/?print=full")


def panel(answer: Answer, day: object = None, here: Here = HERE, policy: str = "") -> PanelView:
    encounter = day or long_day()
    opened = Open(encounter, coded(encounter), MEDICARE)  # type: ignore[arg-type]
    return panel_view((Item("Why?", answer, policy or policy_words(MEDICARE)),), opened, MEDICARE, here)


def resting_on(day: object = None) -> Answer:
    encounter = day or long_day()
    line, row = coded(encounter).lines[-1], encounter.administrations[0]  # type: ignore[arg-type, attr-defined]
    found = (
        Evidence("line", line.code, "a line"),
        Evidence("administration", f"MedicationAdministration/{row.id}", "a row"),
    )
    gone = (Evidence("line", "99999", "gone"), Evidence("problem", "NONE", "gone too"))
    return Answer("chart", SAID, evidence=(*found, *gone), rules=("time.additional-hour",))


def links(view: PanelView) -> dict[str, str]:
    return {chip.words: chip.href for chip in view.turns[0].chips}


def test_chips_lead_to_the_places_that_the_page_has() -> None:
    found = links(panel(resting_on()))
    text = page(long_day())
    for name in ("a line", "a row"):
        assert found[name].startswith("#") and f'id="{found[name][1:]}"' in text
    assert found["gone"] == found["gone too"] == ""
    assert found["time.additional-hour"] == "./rules/time.additional-hour"


def test_a_problem_leads_to_its_question() -> None:
    problems = coded(long_day()).problems
    found = links(
        panel(Answer("chart", SAID, evidence=tuple(Evidence("problem", one.code, one.code) for one in problems)))
    )
    text = page(long_day())
    assert found and all(f'id="{href[1:]}"' in text for href in found.values())


def test_on_a_long_chart_an_administration_leads_to_the_full_form() -> None:
    day = visit(*(pushed(f"p{n}", f"Morphine {n} mg", f"{8 + n // 5:02}:{n % 5 * 12:02}") for n in range(40)))
    assert links(panel(resting_on(day), day))["a row"].startswith(f"{BASE}/?print=full#a")
    assert links(panel(resting_on(day), day))["a line"].startswith("#l")


def test_from_a_page_of_its_own_every_place_is_on_the_page_of_the_visit() -> None:
    found = links(panel(resting_on(), here=HERE._replace(page=f"{BASE}/?encounter=1")))
    assert found["a line"].startswith(f"{BASE}/?encounter=1#l") and found["a row"].startswith(f"{BASE}/?encounter=1#a")


def test_a_line_of_a_case_made_from_words_is_no_line_of_the_chart() -> None:
    code = coded(long_day()).lines[0].code
    lines = (Line(code, 1, "2026-03-12"),)
    view = panel(Answer("what if", SAID, lines=lines, hypothetical=True, evidence=(Evidence("line", code, "mine"),)))
    assert "mine" not in links(view) and view.turns[0].tag == "What if, not in the chart"
    assert f"<b>{code}</b>" in render("parts/fragment.html", panel=view)


def test_an_answer_under_another_policy_says_so() -> None:
    assert panel(Answer("rule", SAID), policy="Professional · Cigna").turns[0].under == "Professional · Cigna"
    assert panel(Answer("rule", SAID)).turns[0].under == ""


def test_the_page_without_a_talk_is_lean() -> None:
    day = visit(infused("a", "Infliximab 400 mg", "09:00", "11:05"))
    empty = len(page(day).encode()) - len(page(day, panel=None).encode())
    assert empty < 2_500
    assert len(page(day, panel=shown(day, asked=True))) > len(page(day))
