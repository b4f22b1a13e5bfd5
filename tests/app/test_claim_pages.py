"""The pages about a claim over real HTTP: what is sent is answered, shown, escaped, and written down nowhere."""

from __future__ import annotations

import html
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from launch.practice.charts import practice_charts
from smart_app import claim_pages
from smart_app.config import ConfigError, load
from smart_app.demo import Demo, running
from smart_app.fee_files import load_fees
from smart_app.own_files import NONE
from smart_app.uploads import MOST
from tests.app.browser import Browser, Page, title
from tests.app.installation import EPIC, GOOD, ORACLE, environment, install
from tests.page_made import HEAVIEST, SHEET

FILES = Path(__file__).parents[1] / "claims" / "files"
OWN = {"Sec-Fetch-Site": "same-origin"}
RIGHT = "96365; 96366; J1745-JZ x40"
OVER = "96365; 96366 x3; J1745-JZ x40"
Files = dict[str, tuple[str, bytes]]


def send(browser: Browser, page: Page, name: str, files: Files | None = None, **form: str) -> requests.Response:
    """A form of a page as a browser sends it: claims as multipart, with an empty file where none was chosen."""
    address, _, query = page.url.partition("?")
    url = f"{address}{name}{'?' if query else ''}{query}"
    empty: Files = {"file": ("", b"")} if name == "claim" else {}
    return browser.one("POST", url, OWN, data=form, files=files or empty or None)


def words(text: str) -> str:
    """What a person reads of a page, in one line."""
    bare = re.sub(r"<(?:script|style|textarea).*?</(?:script|textarea|style)>|<[^>]+>", " ", text, flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.launch("infliximab-patient")


def test_the_page_of_the_visit_leads_to_the_three_pages_and_they_back(browser: Browser, page: Page) -> None:
    here = browser.get(f"{page.url}?setting=professional")
    for name, heading in (("checklist", "Documentation"), ("claim", "Check a claim"), ("denial", "A denial")):
        [link] = re.findall(rf'class="btn late" href="\./({name}\?setting=professional)"', here.text)
        found = browser.get(page.url + link)
        assert found.status == 200 and heading in words(found.text) and "Professional" in words(found.text)
        assert title(found) == "Quillfeather, Imogen" and found.headers["Cache-Control"] == "no-store"
        back = html.unescape(re.findall(r'href="([^"]+)">The visit<', found.text)[0])
        assert 'id="lines"' in browser.get(browser.demo.app + back).text and "setting=professional" in back


def test_a_claim_that_bills_too_much_is_answered_with_evidence_and_the_corrected_lines(
    browser: Browser, page: Page
) -> None:
    sent = send(browser, page, "claim", lines=OVER)
    said = words(sent.text)
    assert sent.status_code == 200 and "Typed lines: 3 billed lines, 1 finding: 1 wrong." in said
    assert "More units billed than charted" in said and "151 would earn one more further hour" in said
    assert re.search(r"Billed 96366 x3 line 2 As the chart supports it 96366 Proof 127 minutes", said)
    evidence = re.findall(r'data-k="Given" href="([^"]+)">Infliximab 09:14–11:21<', sent.text)
    address, _, anchor = html.unescape(evidence[0]).partition("#")
    assert f'id="{anchor}"' in browser.get(browser.demo.app + address).text
    assert 'data-copy="96365 x1; 96366 x1; J1745-JZ x40"' in sent.text
    assert "J1745 Infliximab 40 JZ" in said and "$" not in said and "mount" not in said


def test_a_claim_that_is_right_is_said_to_be_right(browser: Browser, page: Page) -> None:
    said = words(send(browser, page, "claim", lines=RIGHT).text)
    assert "3 billed lines; the claim is what the chart supports." in said and "Findings" not in said


def test_what_cannot_be_read_of_a_claim_is_said_beside_what_can(browser: Browser, page: Page) -> None:
    said = words(send(browser, page, "claim", lines=f"{RIGHT}; 96366 59; rubbish").text)
    assert "Not read" in said and "Line 4" in said and "write 96366-59 or 96366 x59" in said and "Line 5" in said
    assert "3 billed lines agree with the chart." in said


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("claim.csv", b"code,units,modifiers\n96365,1,\n96366,1,\nJ1745,40,JZ\n", "CSV"),
        (
            "claim.json",
            json.dumps(
                {
                    "resourceType": "Claim",
                    "item": [
                        {
                            "sequence": 1,
                            "productOrService": {
                                "coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "96365"}]
                            },
                            "quantity": {"value": 1},
                        }
                    ],
                }
            ).encode(),
            "FHIR Claim",
        ),
        ("claim.837", (FILES / "office_infliximab.837").read_bytes(), "837P"),
    ],
)
def test_a_file_is_read_for_what_it_holds(browser: Browser, page: Page, name: str, content: bytes, form: str) -> None:
    sent = send(browser, page, "claim", {"file": (name, content)})
    assert sent.status_code == 200 and f"{form}: " in words(sent.text)


def test_the_form_and_payer_of_a_claim_decide_where_the_address_does_not(browser: Browser, page: Page) -> None:
    file = {"file": ("x.837", (FILES / "office_infliximab.837").read_bytes())}
    said = words(send(browser, page, "claim", file).text)
    assert "Policy in force Professional · Aetna" in said and "is the right visit" in said
    there = page._replace(url=f"{page.url}?setting=facility&payer=medicare")
    said = words(send(browser, there, "claim", file).text)
    assert "Policy in force Facility · Medicare" in said
    assert "The form of the claim is professional, and it is checked as facility, which was chosen." in said
    assert "names a payer other than the one whose policy" in said
    assert "ROBIN" not in said and "SAMPLE" not in said


@pytest.mark.parametrize(
    ("name", "filing", "policy", "says"),
    [
        ("NORIDIAN PART B", "MB", "Medicare", "The payer that the claim names is read as medicare."),
        ("ACME TRUST", "MB", "Medicare", "It is filed as Medicare, whose policy is taken."),
        ("ACME TRUST", "CI", "Commercial", "names a payer other than the one whose policy"),
    ],
)
def test_a_payer_that_is_not_named_as_here_is_found_by_its_words_or_its_filing_and_that_is_said(
    browser: Browser, page: Page, name: str, filing: str, policy: str, says: str
) -> None:
    data = (FILES / "office_infliximab.837").read_text().replace("******CI~", f"******{filing}~")
    sent = data.replace("NM1*PR*2*AETNA*", f"NM1*PR*2*{name}*").encode()
    said = words(send(browser, page, "claim", {"file": ("x.837", sent)}).text)
    assert f"Policy in force Professional · {policy}" in said and says in said


def test_what_is_remarked_of_lines_that_were_read_stands_apart_from_what_was_not_read(
    browser: Browser, page: Page
) -> None:
    rows = b"code,date,charge\n96365,2026-11-09,about ten\n96366,yesterday,\n"
    said = words(send(browser, page, "claim", {"file": ("x.csv", rows)}).text)
    unread, _, remarks = said.partition("Remarks on reading the claim")
    assert "Not read" in unread and '"yesterday" is no date' in unread and "about ten" not in unread
    assert '"about ten" is no amount in dollars; the line is read without one.' in remarks
    assert "The CSV has no column of units; each line is read as 1 unit." in remarks
    assert "Remarks on reading" not in words(send(browser, page, "claim", lines=RIGHT).text)


def test_more_parts_than_a_form_has_are_refused(browser: Browser, page: Page) -> None:
    many = [("file", (f"claim{number}", b"x")) for number in range(1_500)]
    sent = browser.one("POST", f"{page.url}claim", OWN, files=many)
    assert sent.status_code == 413 and claim_pages.TOO_LARGE in words(sent.text)


@pytest.mark.parametrize(
    ("lines", "file", "status", "says"),
    [
        ("", b"", 400, claim_pages.NOTHING),
        (RIGHT, b"96365", 400, claim_pages.BOTH),
        ("96365;" * 4_000, b"", 400, claim_pages.TOO_LONG),
        ("96365;" * 100_000, b"", 400, claim_pages.TOO_LONG),
        ("<b>96365</b>", b"", 400, "This is XML or HTML"),
        ("", b'{"resourceType": "Claim"', 400, "The JSON ends in the middle"),
        ("", b"\x89PNG\r\n\x1a\n\0\0", 400, "The file is binary, not text."),
        ("hello", b"", 400, "This is no claim that can be read."),
        ("", b"x" * (MOST + 1), 413, claim_pages.TOO_LARGE),
    ],
)
def test_a_claim_that_cannot_be_taken_is_answered_on_the_page(
    browser: Browser, page: Page, lines: str, file: bytes, status: int, says: str
) -> None:
    sent = send(browser, page, "claim", {"file": ("claim", file)} if file else None, lines=lines)
    assert sent.status_code == status and says in words(sent.text)
    assert 'role="alert"' in sent.text and "Findings" not in sent.text
    if lines and len(lines) < 100:
        assert html.escape(lines) in sent.text


def test_a_large_file_is_taken_on_this_page_only_and_stays_in_memory(
    browser: Browser, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a file was written")

    monkeypatch.setattr("tempfile.TemporaryFile", never)
    monkeypatch.setattr("tempfile.SpooledTemporaryFile", never)
    large = b"code,units,note\n" + b"96365,1," + b"x" * 900 + b"\n" + b"\n" * 1_000_000
    assert send(browser, page, "claim", {"file": ("claim.csv", large)}).status_code == 200
    assert send(browser, page, "denial", denial="CO-97 " * 15_000).status_code == 413


def test_only_own_pages_and_the_own_browser_may_send(demo: Demo, browser: Browser, page: Page) -> None:
    for name in ("claim", "denial"):
        assert browser.one("POST", f"{page.url}{name}", data={"lines": RIGHT}).status_code == 403
        cross = {"Sec-Fetch-Site": "cross-site"}
        assert browser.one("POST", f"{page.url}{name}", cross, data={"lines": RIGHT}).status_code == 403
        assert send(Browser(demo), page, name, lines=RIGHT).status_code == 404
    for name in ("claim", "denial", "checklist"):
        assert Browser(demo).get(f"{page.url}{name}").status == 404


def test_without_a_visit_the_way_to_one_is_said(browser: Browser) -> None:
    listed = browser.launch("several-visits-patient", encounter="")
    base = re.findall(r'href="(/e/[^"?]+/)\?encounter', listed.text)[0]
    for name in ("claim", "denial", "checklist"):
        found = browser.get(f"{browser.demo.app}{base}{name}")
        assert found.status == 404 and title(found) == "No visit is open."


def test_what_is_sent_is_words_on_every_page(browser: Browser, page: Page) -> None:
    bad = "<img src=x onerror=alert(1)>\"'&{{7*7}}</textarea>"
    for name, form in (("claim", {"lines": f"96365; {bad}"}), ("denial", {"denial": f"CO-97 {bad}", "lines": bad})):
        text = send(browser, page, name, **form).text
        assert "<img" not in text and "{{7*7}}" in html.unescape(text)
        assert text.count("</textarea>") == text.count("<textarea")
    file = {"file": ('"><img>.csv', f"code,units\n96365,1\n{bad},1\n".encode())}
    assert "<img" not in send(browser, page, "claim", file).text


def test_no_word_of_a_claim_or_denial_is_logged_or_recorded_or_in_an_address(
    recorded: tuple[Demo, Path], caplog: pytest.LogCaptureFixture
) -> None:
    both, file = recorded
    caplog.set_level(logging.DEBUG)
    browser = Browser(both)
    page = browser.launch("infliximab-patient")
    answers = [
        send(browser, page, "claim", lines=f"{RIGHT}; zebra 4711"),
        send(browser, page, "claim", lines="zebra 4711"),
        send(browser, page, "denial", denial="CO-97 on 96366, zebra 4711"),
        send(browser, page, "denial", denial="zebra 4711"),
    ]
    browser.get(f"{page.url}checklist")
    assert [one.status_code for one in answers] == [200, 400, 200, 400]
    assert all(one.headers["Cache-Control"] == "no-store" and "Location" not in one.headers for one in answers)
    events = [json.loads(line) for line in file.read_text().splitlines()]
    told = {one.pop("event"): set(one) - {"at", "launch"} for one in events}
    assert told["claim checked"] == {"form", "lines", "findings"}
    assert told["claim not read"] == {"status"}
    assert told["denial answered"] == {"denials", "letter"}
    assert told["denial not read"] == told["checklist read"] == set()
    assert "zebra" not in file.read_text() + caplog.text and "4711" not in file.read_text() + caplog.text


def test_with_a_fee_schedule_findings_have_amounts_and_say_whose(
    demo: Demo, browser: Browser, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    fees = (load_fees(str(FILES / "own_fees.csv")),)
    with_fees = demo.services._replace(config=demo.services.config._replace(own=NONE._replace(fees=fees)))
    monkeypatch.setattr(claim_pages, "services", lambda: with_fees)
    said = words(send(browser, page, "claim", lines=OVER).text)
    assert "The correction changes the amount by -$44.80" in said and "Amount -$44.80" in said
    assert "Amounts by own_fees.csv." in said
    said = words(send(browser, page, "claim", lines=f"{RIGHT}; 96375").text)
    assert "not in the schedule: 96375" in said and "$" not in said


def test_a_fee_schedule_belongs_to_the_installation_and_a_wrong_one_stops_it(tmp_path: Path) -> None:
    good = f'fee_files = ["{FILES / "own_fees.csv"}", "{FILES / "addendum_b.csv"}"]\n'
    found = load(str(install(tmp_path, good + GOOD + EPIC + ORACLE)), environment())
    assert [one.source.rsplit("/", 1)[-1] for one in found.own.fees] == ["own_fees.csv", "addendum_b.csv"]
    bad = tmp_path / "bad.csv"
    bad.write_text("code,amount\n96365,lots\n")
    for value, says in (
        (f'["{bad}"]', "fee_files: .*bad.csv, line 2"),
        ('["/none.csv"]', "fee_files: /none.csv"),
        ('"own.csv"', "fee_files must be a list"),
    ):
        path = install(tmp_path, f"fee_files = {value}\n" + GOOD + EPIC + ORACLE)
        with pytest.raises(ConfigError, match=says):
            load(str(path), environment())


def test_a_denial_that_the_chart_refutes_ends_in_a_letter_from_its_facts(browser: Browser, page: Page) -> None:
    sent = send(browser, page, "denial", denial="CO-97 on 96366", lines=RIGHT)
    said = words(sent.text)
    assert "The chart supports the claim" in said and "Appeal with the facts." in said
    letter = html.unescape(re.findall(r"<pre[^>]*>(.*?)</pre>", sent.text, re.DOTALL)[0])
    assert letter.splitlines()[0] == "[Name of practice or hospital]" and "\n  Patient:          [name]\n" in letter
    assert "Infliximab" in letter and "09:14" in letter and "127" in letter
    assert "Quillfeather" not in letter and "PRACTICE-001" not in letter
    assert html.unescape(re.findall(r'data-copy="([^"]+)"', sent.text)[0]) == letter
    assert re.search(r'<a href="[^"]+#a1">Infliximab</a>', sent.text) and "400 mg IV 09:14–11:21 127 charted" in said


def test_a_denial_that_is_right_ends_in_a_refusal_and_what_to_do(browser: Browser, page: Page) -> None:
    said = words(send(browser, page, "denial", denial="CO-151 on 96366", lines=OVER).text)
    assert "The chart does not support the claim" in said and "No letter" in said
    assert "Send a corrected claim: 96365 x1, 96366 x1" in said and "<pre" not in said


def test_a_chart_that_leaves_it_open_says_what_would_prove_it(browser: Browser) -> None:
    page = browser.launch("missing-stop-patient")
    sent = send(browser, page, "denial", denial="too many units of 96366")
    said = words(sent.text)
    assert "The chart cannot tell" in said and "Complete the chart first." in said and "No letter" in said
    link = html.unescape(re.findall(r'href="([^"]+)">The question<', sent.text)[0])
    address, _, anchor = link.partition("#")
    assert f'id="{anchor}"' in browser.get(browser.demo.app + address).text


def test_a_number_with_several_meanings_asks_which(browser: Browser, page: Page) -> None:
    sent = send(browser, page, "denial", denial="CO-16", lines=RIGHT)
    ids = re.findall(r'name="pattern" value="([^"]+)"', sent.text)
    said, shown = words(sent.text), sent.text.count("It is this one")
    assert len(ids) > shown > 1 and "<pre" not in sent.text and f"This can mean {shown} things." in said
    assert "The remark code (RARC) beside it says which." in said and "It can also mean:" in said
    one = send(browser, page, "denial", denial="CO-16", lines=RIGHT, pattern=ids[1])
    assert ids[1] not in re.findall(r'name="pattern" value="([^"]+)"', one.text)
    assert "It can also mean:" in words(one.text) and ("<pre" in one.text or "No letter" in one.text)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"denial": " "}, "Type the number of the denial"),
        ({"denial": "hello there"}, "Chairtime knows no such denial."),
        ({"denial": "CO-999"}, "CARC 999: not in Chairtime"),
        ({"denial": "CO-97 " * 400}, "longer than 2,000 characters"),
        ({"denial": "CO-97", "lines": "96365; rubbish"}, 'Billed lines: line 2: "rubbish" is not understood'),
        ({"denial": "CO-97", "first": "rubbish"}, "Lines as first sent: "),
    ],
)
def test_a_denial_that_cannot_be_taken_keeps_what_was_typed(
    browser: Browser, page: Page, form: dict[str, str], says: str
) -> None:
    sent = send(browser, page, "denial", **form)
    assert sent.status_code == 400 and says in words(sent.text) and 'role="alert"' in sent.text
    assert all(value in html.unescape(sent.text) for value in form.values())


def test_the_checklist_asks_for_what_is_missing_and_for_nothing_else(browser: Browser) -> None:
    page = browser.launch("missing-stop-patient")
    found = browser.get(f"{page.url}checklist")
    said = words(found.text)
    assert re.search(r"2 administrations\. 1 missing, \d in question\.", said)
    assert "Vials and waste ? in question" in said and "If it came from a single-dose container" in said
    assert "Stop ✕ missing Magnesium sulfate" in said and "Please chart when it stopped" in said
    assert "Lot number – not read by Chairtime" in said and "Not applicable:" in said
    assert re.search(r'href="[^"]+#a2">Magnesium sulfate 16:20</a>', found.text)
    assert "MedicationAdministration/missing-stop-ma02" in said


def test_a_row_that_cannot_be_read_stands_on_the_checklist_all_the_same(browser: Browser) -> None:
    said = words(browser.get(f"{browser.launch('not-conforming-patient').url}checklist").text)
    assert "Rows without a checklist" in said and "not-conforming-unreadable ? not readable here" in said


def test_what_was_not_granted_is_not_called_missing(browser: Browser) -> None:
    page = browser.launch("infliximab-patient", fault="narrower-scopes:Condition")
    said = words(browser.get(f"{page.url}checklist").text)
    assert "Indication ? not readable here" in said and "✕ missing" not in said
    assert "grant reading of Condition to this app" in said


def charts_of(payor: str) -> list[dict[str, object]]:
    """The practice charts, each patient covered by a payer."""
    charts = practice_charts()
    for bundle in charts:
        [patient] = [one["resource"]["id"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient"]
        resource = {
            "resourceType": "Coverage",
            "id": f"{patient}-coverage",
            "status": "active",
            "beneficiary": {"reference": f"Patient/{patient}"},
            "payor": [{"display": payor}],
        }
        bundle["entry"].append({"resource": resource})
    return charts


@pytest.fixture(scope="module")
def covered() -> Iterator[Demo]:
    with running(charts_of("Aetna Choice POS II")) as both:
        yield both


def test_the_payer_of_the_coverage_is_in_force_where_the_address_names_none(covered: Demo) -> None:
    browser = Browser(covered)
    page = browser.launch("infliximab-patient")
    said = words(page.text)
    assert "Policy in force Facility · Aetna" in said and "payer from Coverage: Aetna Choice POS II" in said
    assert "from the commercial default" in said
    for name in ("claim", "denial", "checklist", "panel"):
        assert "Facility · Aetna" in words(browser.get(f"{page.url}{name}").text)
    browser.one("POST", f"{page.url}ask", OWN, data={"question": "What is a push?"})
    assert "under Facility" not in words(browser.get(page.url).text)


def test_a_payer_that_was_chosen_goes_before_the_coverage_which_is_told(covered: Demo) -> None:
    browser = Browser(covered)
    page = browser.launch("infliximab-patient")
    said = words(browser.get(f"{page.url}?payer=medicare").text)
    assert "Facility · Medicare" in said and "Coverage names another payer: Aetna Choice POS II" in said
    assert 'Read from the Coverage: "Aetna Choice POS II".' in said
    assert "differences from the commercial default" in said


def test_a_coverage_that_names_no_known_payer_leaves_the_default_and_says_why() -> None:
    with running(charts_of("Blue Heron Mutual <b>")) as both:
        page = Browser(both).launch("infliximab-patient")
    said = words(page.text)
    assert "payer not read from Coverage" in said and "Commercial payer" in said and "<b>Blue" not in page.text


def test_the_longest_page_stays_light_with_a_payer_from_the_coverage() -> None:
    with running(charts_of("Medicare")) as both:
        text = Browser(both).launch("fifty-rows-patient").text
    assert "payer from Coverage: Medicare" in text and len(text.encode()) + SHEET.stat().st_size <= HEAVIEST


def test_without_a_coverage_nothing_is_said_of_one(page: Page) -> None:
    assert "Coverage" not in words(page.text)
