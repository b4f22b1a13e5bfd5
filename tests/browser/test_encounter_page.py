"""The pages in a real browser, scripts off: four widths, no sideways scroll, axe finds nothing, folds open by link."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.page_made import pages

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe is not installed: pip install axe-playwright-python"
)

ROOT = Path(__file__).parents[2]
WIDTHS = (1440, 1024, 360, 320)
LOOKED_AT = ("example", "full", "panel", "ask", "problem", "rule", "rules", "encounters", "standalone")
ORIGIN = "https://chairtime.test"


@pytest.fixture(scope="module")
def browser(chromium: Any) -> Any:
    return chromium


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


def opened(browser: Any, text: str, width: int, scripts: bool = False, **context: Any) -> Any:
    """The page served from memory; nothing leaves the machine."""
    page = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts, **context
    ).new_page()
    files = {"css": "text/css", "js": "text/javascript"}

    def answer(route: Any) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            kind = files[path.rsplit(".", 1)[1]]
            route.fulfill(content_type=kind, body=(ROOT / "smart_app").joinpath(path[1:]).read_text("utf-8"))
        else:
            route.fulfill(content_type="text/html", body=text)

    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/e/x/")
    return page


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*LOOKED_AT, "day", "asked"])
def test_a_page_never_scrolls_sideways(browser: Any, made: dict[str, str], name: str, width: int) -> None:
    page = opened(browser, made[name], width, scripts=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*LOOKED_AT, "asked", "signed out"])
def test_axe_finds_nothing(browser: Any, made: dict[str, str], name: str, scheme: str) -> None:
    page = opened(browser, made[name], 1024, scripts=True, color_scheme=scheme)
    found = axe.Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]
    page.context.close()


@pytest.mark.parametrize("name", ["full", "asked", "ask"])
def test_axe_finds_nothing_where_it_is_narrow(browser: Any, made: dict[str, str], name: str) -> None:
    page = opened(browser, made[name], 320, scripts=True)
    found = axe.Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]
    page.context.close()


def test_a_code_of_the_claim_opens_its_line_without_scripts(browser: Any, made: dict[str, str]) -> None:
    page = opened(browser, made["day"], 1024)
    assert not page.locator("#l2").is_visible()
    page.locator(".claim a").nth(1).click()
    page.locator("#l2").wait_for(state="visible", timeout=2_000)
    page.context.close()


def test_the_policy_can_be_changed_by_keyboard_without_scripts(browser: Any, made: dict[str, str]) -> None:
    page = opened(browser, made["day"], 1024)
    page.locator(".policy summary").first.focus()
    page.keyboard.press("Enter")
    page.locator("select[name=setting]").select_option("professional")
    page.locator(".policy form button").first.click()
    page.wait_for_url("**setting=professional**", timeout=3_000)
    page.context.close()


@pytest.mark.parametrize("name", ["day", "asked", "ask"])
def test_targets_are_large_enough(browser: Any, made: dict[str, str], name: str) -> None:
    page = opened(browser, made[name], 360, scripts=True)
    small = page.evaluate(
        "[...document.querySelectorAll('button,summary,select,nav a,.chip')].filter(e=>e.checkVisibility())"
        ".map(e=>[e.textContent,e.getBoundingClientRect().height]).filter(([,h])=>h<23.5)"
    )
    assert small == []
    page.context.close()


def test_print_shows_the_claim_the_gaps_and_the_lines_and_the_full_form_the_rest(
    browser: Any, made: dict[str, str]
) -> None:
    page = opened(browser, made["day"], 1024)
    page.emulate_media(media="print")
    assert page.locator("#missing").is_visible() and page.locator("#lines").is_visible()
    assert not page.locator("#considered").is_visible()
    full = opened(browser, made["full"], 1024)
    full.emulate_media(media="print")
    assert full.locator("#considered").is_visible() and full.locator("#l2").is_visible()
    page.context.close()
    full.context.close()
