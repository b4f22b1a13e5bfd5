"""A person's way in a real browser: practice EHR, patient, the app in its frame, lines, why, timeline."""

from __future__ import annotations

from typing import Any

import pytest

from smart_app.demo import Demo, running


def open_in_frame(page: Any, demo: Demo, patient: str) -> Any:
    """The app's frame, once the chart is in it."""
    page.goto(f"{demo.ehr}/practice/open/{patient}")
    frame = page.frame_locator("iframe")
    frame.locator("#lines, #missing").first.wait_for(timeout=10_000)
    return frame


def test_a_nurse_opens_a_patient_and_reads_why(chromium: Any, demo: Demo) -> None:
    page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(demo.ehr)
    page.get_by_role("link", name="Quillfeather").first.click()
    frame = page.frame_locator("iframe")
    frame.get_by_text("First drug-infusion hour").first.click()
    assert frame.get_by_text("16 minutes or more make an infusion").first.is_visible()
    assert frame.locator("svg[role=img]").count() == 1
    assert not [text for text in said if "Content Security Policy" in text or "Refused" in text]


def test_the_app_works_in_the_frame_of_another_site_whose_browser_blocks_third_party_cookies(chromium: Any) -> None:
    with running(None, ehr_host="localhost") as both:
        page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
        frame = open_in_frame(page, both, "infliximab-patient")
        assert both.ehr.startswith("http://localhost") and both.app.startswith("http://127.0.0.1")
        assert "96365" in (frame.locator("#lines").text_content() or "")


def test_a_site_that_is_not_an_issuer_cannot_frame_the_app(chromium: Any, demo: Demo) -> None:
    elsewhere = demo.ehr.replace("127.0.0.1", "localhost")
    page = chromium.new_context().new_page()
    source = f"{demo.app}/rules/"
    page.route(
        f"{elsewhere}/**", lambda route: route.fulfill(content_type="text/html", body=f'<iframe src="{source}">')
    )
    page.goto(f"{elsewhere}/outside")
    page.wait_for_load_state()
    assert page.frames[1].url.startswith("chrome-error://")


def test_two_patients_in_two_tabs_stay_apart(chromium: Any, demo: Demo) -> None:
    context = chromium.new_context()
    first, second = context.new_page(), context.new_page()
    first.goto(f"{demo.ehr}/practice/open/infliximab-patient?frame=no")
    second.goto(f"{demo.ehr}/practice/open/ocrelizumab-patient?frame=no")
    first.reload()
    assert "Infliximab" in (first.text_content("body") or "") and "Ocrelizumab" not in (
        first.text_content("body") or ""
    )
    assert "Ocrelizumab" in (second.text_content("body") or "")


def test_without_scripts_everything_is_there(chromium: Any, demo: Demo) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(f"{demo.ehr}/practice/open/missing-stop-patient?frame=no")
    body = page.text_content("body") or ""
    assert "no stop" in body.lower() and "Considered and not billed" in body


@pytest.mark.parametrize("width", [320, 360, 1024, 1440])
@pytest.mark.parametrize("day", ["over-midnight", "missing-stop", "fifty-rows", "still-running"])
def test_the_page_fits_its_width(chromium: Any, demo: Demo, day: str, width: int) -> None:
    page = chromium.new_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(f"{demo.ehr}/practice/open/{day}-patient?frame=no")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_sign_out_ends_on_its_page(chromium: Any, demo: Demo) -> None:
    page = chromium.new_context().new_page()
    page.goto(f"{demo.ehr}/practice/open/infliximab-patient?frame=no")
    address = page.url
    page.get_by_role("button", name="Sign out").first.click()
    page.wait_for_load_state()
    assert "/sign-out" in page.url or "signed out" in (page.text_content("body") or "").lower()
    assert page.goto(address).status == 404
