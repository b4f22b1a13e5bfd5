"""The pages about a claim in a real browser: filled, narrow, read by axe, printed, and with scripts off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smart_app.demo import Demo

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe is not installed: pip install axe-playwright-python"
)

LINES = "96365\n96365-59\n96366 x3\nJ1745 x41\nrubbish"
FILES = Path(__file__).parents[1] / "claims" / "files"


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def opened(page: Any, demo: Demo, link: str, patient: str = "infliximab-patient") -> Any:
    """A page about the claim, by the links of the visit's page."""
    page.goto(f"{demo.ehr}/practice/open/{patient}?frame=no")
    page.get_by_role("link", name=link, exact=True).click()
    page.get_by_role("heading", name=link).wait_for(timeout=10_000)
    page.wait_for_load_state()
    return page


def checked(page: Any, demo: Demo, lines: str = LINES) -> Any:
    opened(page, demo, "Check a claim").fill("#lines", lines)
    page.get_by_role("button", name="Check the claim").click()
    page.get_by_role("heading", name="The claim as the chart supports it").wait_for(timeout=10_000)
    page.wait_for_load_state()  # the sheets too
    return page


def denied(page: Any, demo: Demo, denial: str = "CO-97 on 96366") -> Any:
    opened(page, demo, "A denial").fill("#denial", denial)
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_role("heading", name="Ask again").wait_for(timeout=10_000)
    page.wait_for_load_state()
    return page


PAGES = {
    "checklist": lambda page, demo: opened(page, demo, "Documentation", "missing-stop-patient"),
    "empty claim": lambda page, demo: opened(page, demo, "Check a claim"),
    "claim": checked,
    "empty denial": lambda page, demo: opened(page, demo, "A denial"),
    "letter": denied,
    "several": lambda page, demo: denied(page, demo, "CO-16"),
    "unknown": lambda page, demo: unknown(page, demo),
}


def unknown(page: Any, demo: Demo) -> Any:
    opened(page, demo, "A denial").fill("#denial", "hello there")
    page.get_by_role("button", name="Answer", exact=True).click()
    page.get_by_role("alert").wait_for(timeout=10_000)
    page.wait_for_load_state()
    return page


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chromium: Any, demo: Demo, name: str, scheme: str) -> None:
    page = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme).new_page()
    PAGES[name](page, demo)
    page.locator("details.fold > summary").evaluate_all("all => all.map(one => one.click())")
    found = axe.Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [320, 360, 736, 1024])
def test_every_page_fits_its_width(chromium: Any, demo: Demo, name: str, width: int) -> None:
    page = chromium.new_context(viewport={"width": width, "height": 800}).new_page()
    PAGES[name](page, demo)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_without_scripts_a_claim_and_a_denial_are_answered(chromium: Any, demo: Demo) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    checked(page, demo)
    assert page.locator("h3").count() == 3 and not page.locator(".copy").first.is_visible()
    denied(page, demo)
    assert page.locator("pre").is_visible() and not page.locator(".print").first.is_visible()
    page.context.close()


def test_no_script_speaks_and_nothing_sent_stands_in_the_address(page: Any, demo: Demo) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    checked(page, demo)
    assert page.url.endswith("/claim")
    denied(page, demo)
    assert page.url.endswith("/denial") and said == []


def test_a_file_is_chosen_and_checked(page: Any, demo: Demo) -> None:
    opened(page, demo, "Check a claim")
    page.get_by_label("or a file").set_input_files(FILES / "office_infliximab.837")
    page.get_by_role("button", name="Check the claim").click()
    page.get_by_text("837P").first.wait_for(timeout=10_000)
    assert page.get_by_text("Professional · Aetna").is_visible()


def test_the_evidence_opens_the_row_of_the_chart(page: Any, demo: Demo) -> None:
    checked(page, demo)
    page.locator("a.chip[data-k=Given]").first.click()
    page.locator("tr:target").wait_for(state="visible", timeout=5_000)
    assert "Infliximab" in page.locator("tr:target").inner_text()


def test_the_letter_and_the_corrected_lines_are_copied_as_they_stand(page: Any, demo: Demo) -> None:
    denied(page, demo)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".copy").click()
    page.get_by_text("Copied").wait_for(timeout=5_000)
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("pre").text_content()
    checked(page, demo)
    page.get_by_role("button", name="Copy as lines").click()
    page.get_by_text("Copied").wait_for(timeout=5_000)
    assert page.evaluate("navigator.clipboard.readText()") == "96365 x1; 96366 x1; J1745-JZ x40"


def test_one_of_several_meanings_is_chosen_by_a_button(page: Any, demo: Demo) -> None:
    denied(page, demo, "CO-16")
    page.get_by_role("button", name="It is this one").first.click()
    page.get_by_text("It can also mean").wait_for(timeout=5_000)
    assert page.input_value("#denial") == "CO-16"
    assert page.locator("pre").or_(page.get_by_text("No letter")).first.is_visible()


def test_what_is_answered_prints_and_the_forms_do_not(page: Any, demo: Demo) -> None:
    for place, shown in ((checked, "h3"), (denied, "pre"), (PAGES["checklist"], "q")):
        place(page, demo)
        page.emulate_media(media="print")
        assert page.locator(shown).first.is_visible()
        for hidden in ("form", "nav", "button"):
            assert not any(one.is_visible() for one in page.locator(hidden).all())
        page.emulate_media(media="screen")
