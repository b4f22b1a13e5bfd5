"""What an EHR sends as its style, and what of it reaches the page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_app.style import COLOURS, FONTS, SIZES, colour, contrast, fonts, pixels, style_of

EHR = {
    "color_background": "#edeae3",
    "color_error": "#9e2d2d",
    "color_highlight": "#2d5a8c",
    "color_modal_backdrop": "",
    "color_success": "#2f5f38",
    "color_text": "#303030",
    "dim_border_radius": "6px",
    "dim_font_size": "13px",
    "dim_spacing_size": "20px",
    "font_family_body": "Georgia, Times, 'Times New Roman', serif",
    "font_family_heading": "'HelveticaNeue-Light', Helvetica, Arial, sans-serif",
}
SAFE = re.compile(
    r':root\{(?:(?:--[a-z-]+|color-scheme):(?:#[0-9a-f]{6}|[0-9.]+rem|light|dark|[A-Za-z0-9 ",_-]+);?)+\}\n'
)


def test_a_good_style_is_taken_whole_and_written_anew() -> None:
    style = style_of({name: value for name, value in EHR.items() if value})
    assert not style.refused
    assert "--smart-color-background:#edeae3" in style.css
    assert "--smart-dim-spacing-size:0.75rem" in style.css  # 20px is clamped to 12
    assert '--smart-font-family-body:"Georgia","Times","Times New Roman",serif' in style.css
    assert "color-scheme:light" in style.css
    assert SAFE.fullmatch(style.css)


def test_weak_contrast_refuses_the_whole_set_of_colours_but_not_the_sizes() -> None:
    style = style_of({**EHR, "color_text": "#aaaaaa", "color_modal_backdrop": "#000"})
    assert "--smart-color" not in style.css
    assert "--smart-dim-font-size" in style.css
    assert any("color_text" in said for said in style.refused)


def test_half_a_set_of_colours_is_refused() -> None:
    assert style_of({"color_text": "#000000"}).css == ""


def test_a_dark_set_brings_dark_colours_of_ours() -> None:
    dark = {
        "color_background": "#101010",
        "color_text": "#eee",
        "color_highlight": "#8cf",
        "color_error": "#f99",
        "color_success": "#9d9",
    }
    style = style_of(dark)
    assert "color-scheme:dark" in style.css
    assert "--wait:#f0c363" in style.css


@pytest.mark.parametrize(
    "hostile",
    [
        "red;}body{display:none",
        "url(https://evil.example/x)",
        "#fff}/*",
        "expression(alert(1))",
        "</style><script>alert(1)</script>",
        "var(--x)",
        "#12345678901",
        "\\65 xpression",
        "@import 'x'",
    ],
)
@pytest.mark.parametrize(
    "name",
    [*(f"color_{one}" for one in COLOURS), *(f"dim_{one}" for one in SIZES), *(f"font_family_{one}" for one in FONTS)],
)
def test_a_hostile_value_never_reaches_the_sheet(name: str, hostile: str) -> None:
    style = style_of({**EHR, "color_modal_backdrop": "#000", name: hostile})
    assert style.css == "" or SAFE.fullmatch(style.css)
    assert hostile not in style.css
    assert not any(hostile in said for said in style.refused)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda one: st.lists(one) | st.dictionaries(st.text(), one),
        max_leaves=5,
    )
)
def test_any_json_is_survived(sent: object) -> None:
    css = style_of(sent).css
    assert css == "" or SAFE.fullmatch(css)


@given(st.dictionaries(st.sampled_from(list(EHR)), st.text(max_size=40)))
def test_any_text_gives_a_safe_sheet(sent: dict[str, str]) -> None:
    css = style_of(sent).css
    assert css == "" or SAFE.fullmatch(css)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


def test_colours_lengths_and_fonts_are_read_strictly() -> None:
    assert colour("#fff") == (255, 255, 255)
    assert colour("rgb(1, 2, 3)") == (1, 2, 3)
    assert colour("rgb(256,0,0)") is None
    assert colour("blue") is None
    assert pixels("1rem") == 16
    assert pixels("calc(1px)") is None
    assert fonts("Arial") == '"Arial",sans-serif'
    assert fonts("a{b") == ""
