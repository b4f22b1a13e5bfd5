"""The panel in a real browser: typed, clicked, read aloud, printed, narrow, and with scripts off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from coding.panel import Answer, Choice, Sentence
from smart_app import panel, view_panel
from smart_app.demo import Demo

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe is not installed: pip install axe-playwright-python"
)

QUESTION = "When does 96366 start?"
LAST = "li.a >> nth=-1"


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def opened(page: Any, demo: Demo, patient: str = "missing-stop-patient") -> Any:
    page.goto(f"{demo.ehr}/practice/open/{patient}?frame=no")
    page.locator("#panel").wait_for(timeout=10_000)
    return page


def ask(page: Any, question: str) -> None:
    """Type and press Enter, and wait for the answer."""
    before = page.locator("li.a").count()
    page.fill("#q", question)
    page.keyboard.press("Enter")
    page.locator("li.a").nth(before).wait_for(timeout=10_000)


def test_a_question_is_answered_on_the_page_and_focus_stays_in_the_box(page: Any, demo: Demo) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    opened(page, demo)
    address = page.url
    ask(page, QUESTION)
    assert page.url == address
    assert page.locator("li.q >> nth=-1").text_content().rstrip().endswith(QUESTION)
    assert page.locator(f"{LAST} >> a.chip[data-k=Rule]").first.is_visible()
    assert page.evaluate("document.activeElement.id") == "q" and page.input_value("#q") == ""
    assert page.locator("[role=status]").text_content() == "Answer added"
    ask(page, "What is a push?")
    assert page.locator("li.a").count() == 2 and page.locator("#panel-last").count() == 1
    assert page.locator("#panel-last").text_content().rstrip().endswith("What is a push?")
    assert said == []
    page.reload()
    assert page.locator("li.a").count() == 2


def test_the_talk_is_a_log_and_what_stood_in_it_is_not_read_out_again(page: Any, demo: Demo) -> None:
    ask(opened(page, demo), QUESTION)
    page.reload()
    log = page.get_by_role("log", name="Conversation")
    assert log.locator("li.q").count() == 1 and log.get_attribute("aria-live") in (None, "polite")
    assert page.locator("[role=status]").text_content() == ""
    assert page.get_by_label("Your question").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_after_a_question(chromium: Any, demo: Demo, scheme: str) -> None:
    page = chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme).new_page()
    for place in (lambda: opened(page, demo), lambda: page.goto(f"{demo.app}/ask")):
        place()
        ask(page, QUESTION)
        page.locator("details.fold summary", has_text="working").evaluate_all("all => all.map(one => one.click())")
        found = axe.Axe().run(page).response["violations"]
        assert not found, [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]
    page.context.close()


@pytest.mark.parametrize("width", [320, 360, 1024, 1120, 1440])
def test_a_page_with_a_talk_fits_its_width(chromium: Any, demo: Demo, width: int) -> None:
    page = chromium.new_context(viewport={"width": width, "height": 800}).new_page()
    opened(page, demo)
    ask(page, QUESTION)
    ask(page, "infliximab 9:14a-11:21a, then zofran ivp " + "x" * 300)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beside = page.evaluate("document.querySelector('.panel').getBoundingClientRect().left > 600")
    assert beside is (width >= 1120)
    page.context.close()


def test_without_scripts_the_form_is_answered_by_the_page(chromium: Any, demo: Demo) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    opened(page, demo)
    page.locator("#q").fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url("**#panel-last")
    assert page.locator("#panel-last").is_visible() and page.locator("li.a .chip").first.is_visible()
    assert not page.locator(".copy").first.is_visible()
    page.get_by_role("button", name="Forget this talk").click()
    page.wait_for_load_state()
    assert page.locator("li.a").count() == 0
    page.context.close()


def choosing(question: str, *_: object) -> Answer:
    """Asks back first, then says what was clicked."""
    if question == "which?":
        return Answer(
            "asks back", (Sentence("Which one?", "phrase", "x"),), choices=(Choice("The <b>first</b>", "one & only"),)
        )
    return Answer("rule", (Sentence(f"Asked: {question}", "phrase", "x"),))


@pytest.fixture
def asks_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "ask", choosing)
    monkeypatch.setattr(view_panel, "suggestions", lambda *_: (Choice("Suggested", "a suggestion"),))


@pytest.mark.parametrize("scripts", [True, False])
def test_choices_and_suggestions_are_asked_when_clicked(
    chromium: Any, demo: Demo, asks_back: None, scripts: bool
) -> None:
    page = chromium.new_context(java_script_enabled=scripts).new_page()
    opened(page, demo)
    page.locator("#q").fill("which?")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator("#q").fill("half a question")
    page.get_by_role("button", name="The <b>first</b>").click()
    page.get_by_text("Asked: one & only").wait_for(timeout=5_000)
    page.get_by_role("button", name="Suggested").click()
    page.get_by_text("Asked: a suggestion").wait_for(timeout=5_000)
    assert page.locator("li.a").count() == 3
    assert page.input_value("#q") == ("half a question" if scripts else "")
    page.context.close()


def test_a_question_that_cannot_be_taken_keeps_the_box_as_it_is(page: Any, demo: Demo) -> None:
    opened(page, demo)
    page.fill("#q", "   ")
    page.keyboard.press("Enter")
    page.get_by_text("Write a question first.").wait_for(timeout=5_000)
    assert page.locator("li.a").count() == 0 and page.evaluate("document.activeElement.id") == "q"


def test_shift_and_enter_begin_a_new_line(page: Any, demo: Demo) -> None:
    opened(page, demo)
    page.fill("#q", "vanc 1000-1130")
    page.keyboard.press("Shift+Enter")
    assert page.input_value("#q") == "vanc 1000-1130\n" and page.locator("li.a").count() == 0


def test_an_answer_is_copied_as_plain_text(page: Any, demo: Demo) -> None:
    opened(page, demo)
    ask(page, QUESTION)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(f"{LAST} >> .copy").click()
    page.get_by_text("Copied").wait_for(timeout=5_000)
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.splitlines()[0] in " ".join(page.locator(LAST).all_inner_texts()) and "<" not in text


def test_when_the_launch_is_over_the_question_stays_and_it_is_said(page: Any, demo: Demo) -> None:
    opened(page, demo)
    page.context.clear_cookies()
    page.fill("#q", QUESTION)
    page.keyboard.press("Enter")
    page.get_by_text("could not be sent").wait_for(timeout=5_000)
    assert page.input_value("#q") == QUESTION


def test_the_talk_prints_with_the_lines_and_the_form_does_not(page: Any, demo: Demo) -> None:
    opened(page, demo)
    page.emulate_media(media="print")
    assert not page.locator("#panel").is_visible()
    page.emulate_media(media="screen")
    ask(page, QUESTION)
    page.emulate_media(media="print")
    assert page.locator(LAST).is_visible() and page.locator("#lines").is_visible()
    assert not page.locator("#ask").is_visible() and not page.locator(".copy").first.is_visible()


def test_a_line_chip_opens_the_line(page: Any, demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    from coding.panel import Evidence

    def rests_on(question: str, talk: object, chart: Any, policy: object) -> Answer:
        line, row = chart.coded.lines[0], chart.encounter.administrations[0]
        found = (Evidence("line", line.code, line.code), Evidence("administration", row.id, row.text))
        return Answer("chart", (Sentence("It stands.", "line", line.code),), evidence=found)

    monkeypatch.setattr(panel, "ask", rests_on)
    opened(page, demo)
    ask(page, "why?")
    page.locator("a.chip[data-k=Line]").click()
    page.locator("#l1").wait_for(state="visible", timeout=3_000)
    page.locator("a.chip[data-k=Given]").click()
    page.locator("tr:target").wait_for(state="visible", timeout=3_000)


def test_without_a_patient_a_biller_asks_under_a_policy(page: Any, demo: Demo) -> None:
    page.goto(f"{demo.app}/standalone")
    page.get_by_role("link", name="ask the rules").click()
    page.get_by_label("Payer").select_option("medicare")
    page.get_by_role("button", name="Use this policy").click()
    page.wait_for_url("**payer=medicare**")
    ask(page, QUESTION)
    page.reload()
    assert page.locator("li.a").count() == 1
    page.locator("a.chip[data-k=Rule]").first.click()
    page.wait_for_url("**/rules/**")
