"""The EHR's style (SMART App Launch 2.2, launch context smart_style_url) as a safe sheet of custom properties.

Each of the eleven values is checked and written anew, so that nothing of the sender's text reaches the sheet. Sizes are clamped.
The colours are taken together or not at all: a page half in the EHR's colours can be unreadable.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

Colour = tuple[int, int, int]

COLOURS = ("background", "text", "highlight", "error", "success", "modal_backdrop")
READ = ("text", "highlight", "error", "success")  # words in these colours stand on the background
SIZES = {"border_radius": (0.0, 12.0), "font_size": (13.0, 18.0), "spacing_size": (4.0, 12.0)}  # CSS pixels
FONTS = ("body", "heading")
UNITS = {"px": 1.0, "pt": 4 / 3, "rem": 16.0, "em": 16.0}
LEAST_TEXT, LEAST_SHAPE = 4.5, 3.0  # contrast, WCAG 2.2, 1.4.3 and 1.4.11
GENERIC = ("serif", "sans-serif", "monospace", "system-ui", "cursive", "fantasy", "ui-sans-serif", "ui-serif")
LIGHT = {
    "band": "#17302f", "bandtext": "#eef4f2", "wait": "#744600", "waitbg": "#fbf0d6",
    "drug": "#1d5560", "hyd": "#2c7ba6", "co": "#7a5aa0",
}  # fmt: skip
DARK = {
    "band": "#0a2423", "bandtext": "#eef4f2", "wait": "#f0c363", "waitbg": "#30260e",
    "drug": "#7fbfca", "hyd": "#62a9d4", "co": "#b899de",
}  # fmt: skip
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_RGB = re.compile(
    r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*(0|1|0?\.\d{1,4}|1\.0+)\s*)?\)", re.IGNORECASE
)
_SIZE = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)(px|pt|rem|em)", re.IGNORECASE)
_FAMILY = re.compile(r"[A-Za-z][A-Za-z0-9 _-]{0,59}")


class Style(NamedTuple):
    """css: a sheet for the page, "" where nothing was taken. refused: what was not taken, and why, free of the sent text."""

    css: str = ""
    refused: tuple[str, ...] = ()


def style_of(sent: object) -> Style:
    """The sheet for what the EHR sent (the JSON of smart_style_url, read). Never raises; unknown members are ignored."""
    if not isinstance(sent, Mapping):
        return Style("", ("The style is not an object.",))
    values: dict[str, str] = {}
    refused: list[str] = []
    values |= _colours(sent, refused)
    for name, (least, most) in SIZES.items():
        if (text := _text(sent, f"dim_{name}", refused)) is None:
            continue
        size = pixels(text)
        if size is None:
            refused.append(f"dim_{name} is not a length.")
        else:
            values[f"smart-dim-{name.replace('_', '-')}"] = f"{min(max(size, least), most) / 16:.4g}rem"
    for name in FONTS:
        if (text := _text(sent, f"font_family_{name}", refused)) is None:
            continue
        family = fonts(text)
        if family:
            values[f"smart-font-family-{name}"] = family
        else:
            refused.append(f"font_family_{name} is not a list of font names.")
    css = ":root{" + ";".join(
        f"--{name}:{value}" if name != "color-scheme" else f"{name}:{value}" for name, value in values.items()
    )
    return Style(css + "}\n" if values else "", tuple(refused))


def _text(sent: Mapping[object, object], name: str, refused: list[str]) -> str | None:
    value = sent.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 300:
        refused.append(f"{name} is not a short text.")
        return None
    return value.strip()


def _colours(sent: Mapping[object, object], refused: list[str]) -> dict[str, str]:
    named = {name: _text(sent, f"color_{name}", refused) for name in COLOURS}
    if not any(named.values()):
        return {}
    read = {name: colour(text) for name, text in named.items() if text is not None}
    wrong = [name for name, value in read.items() if value is None and name != "modal_backdrop"]
    absent = [name for name in ("background", *READ) if name not in read]
    if wrong or absent:
        what = ", ".join(f"color_{name}" for name in wrong or absent)
        refused.append(f"The colours were not taken: {what} {'cannot be read' if wrong else 'is missing'}.")
        return {}
    solid = {name: value for name, value in read.items() if value is not None}
    ground = solid["background"]
    own = DARK if luminance(ground) < 0.18 else LIGHT
    weak = [f"color_{name}" for name in READ if contrast(solid[name], ground) < LEAST_TEXT]
    weak += ["color_background" for name in ("wait",) if contrast(_own(own, name), ground) < LEAST_TEXT]
    weak += ["color_background" for name in ("drug", "hyd", "co") if contrast(_own(own, name), ground) < LEAST_SHAPE]
    if weak:
        refused.append(f"The colours were not taken: too little contrast for {', '.join(dict.fromkeys(weak))}.")
        return {}
    return _sheet_colours(solid, own)


def _sheet_colours(solid: Mapping[str, Colour], own: Mapping[str, str]) -> dict[str, str]:
    """The EHR's colours, and ours to go with them whatever the browser prefers."""
    ground, ink = solid["background"], solid["text"]
    values = {f"smart-color-{name.replace('_', '-')}": written(value) for name, value in solid.items()}
    soft = mixed(solid["highlight"], ground, 0.06)
    if min(contrast(solid[name], soft) for name in READ) < LEAST_TEXT:
        soft = ground
    mute = next(
        (
            found
            for share in (0.74, 0.8, 0.88, 0.95)
            if contrast(found := mixed(ink, ground, share), soft) >= LEAST_TEXT
        ),
        ink,
    )
    values |= {"soft": written(soft), "mute": written(mute), "hair": written(mixed(ink, ground, 0.15))}
    values |= {"edge": written(mixed(ink, ground, 0.7)), "badbg": written(ground)}
    values |= dict(own)
    values["color-scheme"] = "dark" if own is DARK else "light"
    return values


def _own(own: Mapping[str, str], name: str) -> Colour:
    found = colour(own[name])
    return found if found is not None else (0, 0, 0)


def colour(text: str) -> Colour | None:
    """A colour written as #rgb, #rrggbb or rgb(); None for anything else. Transparency is dropped."""
    if _HEX.fullmatch(text):
        digits = text[1:] if len(text) == 7 else "".join(one * 2 for one in text[1:])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    found = _RGB.fullmatch(text)
    if not found:
        return None
    red, green, blue = (int(part) for part in found.groups()[:3])
    return (red, green, blue) if max(red, green, blue) <= 255 else None


def written(value: Colour) -> str:
    """A colour as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*value)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """So much of one colour in the other, in sRGB."""
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(one, other, strict=True))
    return red, green, blue


def luminance(value: Colour) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [part / 255 for part in value]
    red, green, blue = (part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pixels(text: str) -> float | None:
    """A length in CSS pixels; None where it is not one. A bare 0 is a length."""
    if text == "0":
        return 0.0
    found = _SIZE.fullmatch(text)
    return float(found[1]) * UNITS[found[2].lower()] if found else None


def fonts(text: str) -> str:
    """A list of font names, quoted anew and ended by a generic one; "" where any part is not a plain name."""
    names = [part.strip().strip("'\"").strip() for part in text.split(",")]
    if not 0 < len(names) <= 8 or not all(_FAMILY.fullmatch(name) for name in names):
        return ""
    said = [name.lower() if name.lower() in GENERIC else f'"{name}"' for name in names]
    return ",".join(said if said[-1] in GENERIC else [*said, "sans-serif"])
