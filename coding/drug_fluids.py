"""Plain fluids in a text: the strength beside the name, and dextrose with saline as one fluid."""

from __future__ import annotations

import re
from functools import lru_cache

from coding.drug_names import Hit
from coding.drug_table import Drug, names
from coding.drug_writings import Word, noise

_ROW = re.compile(r"^(sodium chloride|dextrose) ([\d.]+)%(?: water)?$")
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?$")
_VOLUME_UNITS = frozenset({"ml", "mls", "l", "liter", "liters", "litre"})


@lru_cache(maxsize=1)
def _strengths() -> dict[str, dict[float, Drug]]:
    """Rows by base and percent."""
    found: dict[str, dict[float, Drug]] = {}
    for name, drug in names().items():
        if match := _ROW.match(name):
            found.setdefault(match[1], {})[float(match[2])] = drug
    return found


def _base(drug: Drug) -> tuple[str, float]:
    match = _ROW.match(drug.name)
    return (match[1], float(match[2])) if match else ("", 0.0)


def settle(hits: tuple[Hit, ...], text: tuple[Word, ...]) -> list[Hit]:
    """The hits with saline and dextrose at their charted strengths, and mixed fluids as the one fluid that they are."""
    taken: set[int] = set()
    settled = [_strong(hit, hits, text, taken) if hit.drugs else hit for hit in hits]
    return _joined(settled, text)


def _strong(hit: Hit, hits: tuple[Hit, ...], text: tuple[Word, ...], taken: set[int]) -> Hit:
    base, _ = _base(hit.drugs[0])
    written = text[hit.first : hit.last]
    if not base or any(char.isdigit() for word in written for char in word.text):
        return hit
    percent = _percent(hit, hits, text, taken)
    if percent is None:
        return hit
    rows = _strengths()[base]
    nearest = min(rows, key=lambda strength: (abs(strength - percent), strength))
    return hit._replace(drugs=(rows[nearest],), specific=rows[nearest].name != "sodium chloride 0.9%")


def _percent(hit: Hit, hits: tuple[Hit, ...], text: tuple[Word, ...], taken: set[int]) -> float | None:
    before = hit.first - 1
    ends = {one.last for one in hits}
    if before >= 0 and text[before].text.endswith("%") and before not in taken and before not in ends:
        taken.add(before)
        return float(text[before].text[:-1])
    after = hit.last
    while after < len(text) and text[after].text in noise() and text[after].text not in _VOLUME_UNITS:
        after += 1
    if after < len(text) and text[after].text.endswith("%") and after not in taken:
        taken.add(after)
        return float(text[after].text[:-1])
    return _milligrams(text[after : after + 3])


def _milligrams(text: tuple[Word, ...]) -> float | None:
    """The percent that "9 mg/mL" is, as product names of RxNorm give it."""
    if len(text) == 3 and text[1].text == "mg" and text[2].text == "ml" and _PLAIN_NUMBER.match(text[0].text):
        return float(text[0].text) / 10
    return None


def _joined(hits: list[Hit], text: tuple[Word, ...]) -> list[Hit]:
    found: list[Hit] = []
    for hit in hits:
        mixed = _mixed(found[-1], hit, text) if found and hit.drugs and found[-1].drugs else None
        if mixed:
            found[-1] = hit._replace(drugs=(mixed,), first=found[-1].first, specific=True)
        else:
            found.append(hit)
    return found


def _mixed(one: Hit, other: Hit, text: tuple[Word, ...]) -> Drug | None:
    """The row of dextrose with saline or with lactated Ringer, where the two are named side by side as one bag."""
    between = [word.text for word in text[one.last : other.first]]
    if any(word in _VOLUME_UNITS or word in ("or", "then") for word in between):
        return None
    first, second = one.drugs[0], other.drugs[0]
    sugar = next((drug for drug in (first, second) if _base(drug)[0] == "dextrose"), None)
    rest = second if sugar is first else first
    if sugar is None or sugar.kind != "fluid" or rest.kind != "fluid":
        return None
    if _base(rest)[0] == "sodium chloride":
        return names().get(f"dextrose {_base(sugar)[1]:g}%-sodium chloride")
    return names().get(f"dextrose {_base(sugar)[1]:g}%-{rest.name}".casefold())
