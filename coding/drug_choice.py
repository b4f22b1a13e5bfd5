"""Which row a name means when an ingredient has several: heparin and its flush, rituximab and its injection."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from coding.drug_names import Hit
from coding.drug_table import UNUSUAL_KINDS, Drug, codes_by_name, families

_VOLUME = re.compile(r"([\d.,]*\d)\s*(?:ml|l)\b")
_UNITS = re.compile(r"([\d.,]*\d)\s*(?:units?|unt|iu|u)\b")
# A syringe that locks a catheter holds less than either; the same concentration in a bag is a treatment.
LOCK_MAX_ML, LOCK_MAX_UNITS = 30.0, 1000.0


class Choice(NamedTuple):
    """The row chosen, how beyond its name, and the rows that it might as well be."""

    drug: Drug
    how: str = ""
    others: tuple[str, ...] = ()


def choose(hit: Hit, said: str, route: str) -> Choice:
    """The row that a hit means, by the words around it (said, plain text), the route, else the usual row of its key."""
    drug = hit.drugs[0]
    group = families()[drug.key]
    if len(group) == 1 or hit.specific:
        return Choice(drug)
    cued = max(group, key=lambda one: _cues(one, said))
    if _cues(cued, said):
        return Choice(cued, "by its wording")
    usual = group[0]
    if route and not usual.goes_by(route):
        by_route = next((one for one in group if one.goes_by(route)), None)
        if by_route:
            return Choice(by_route, f"route {route}")
    return Choice(usual, others=_equals(usual, group, route))


def _equals(usual: Drug, group: tuple[Drug, ...], route: str) -> tuple[str, ...]:
    """Rows that a bare name may mean as well as the usual one, and that would be coded or billed in another way."""
    if usual.kind == "fluid" or usual.name.casefold() == usual.key.casefold():
        return ()
    return tuple(
        one.name
        for one in group
        if one is not usual
        and one.kind not in UNUSUAL_KINDS
        and not one.only_oral
        and (not route or one.goes_by(route))
        and _coding(one) != _coding(usual)
    )


def _coding(drug: Drug) -> tuple[object, ...]:
    codes = tuple(code.code for code in codes_by_name().get(drug.name, ()))
    return drug.kind, drug.commercial, drug.medicare, codes, drug.icd10


def _cues(drug: Drug, said: str) -> int:
    return sum(1 for cue in drug.cues if _says(cue, said))


@lru_cache(maxsize=512)
def _pattern(cue: str) -> re.Pattern[str]:
    if not cue[0].isdigit():
        return re.compile(rf"\b{re.escape(cue)}\b")
    amount, unit = cue.split(" ", 1)
    if unit.endswith("/ml"):
        return re.compile(rf"(?<![\d.,]){re.escape(amount)}\s*(?:units?|unt|iu|u)\s*/\s*(?:1\s*)?ml\b")
    return re.compile(rf"(?<![\d.,]){re.escape(amount)}\s*{unit}\b(?!\s*/\s*(?:ml|h|hr|hour|min|kg))")


def _says(cue: str, said: str) -> bool:
    if not _pattern(cue).search(said):
        return False
    return not cue.endswith("/ml") or (_most(_VOLUME, said) < LOCK_MAX_ML and _most(_UNITS, said) < LOCK_MAX_UNITS)


def _most(pattern: re.Pattern[str], said: str) -> float:
    numbers = [number.replace(",", "") for number in pattern.findall(said) if number.count(".") < 2]
    return max(map(float, numbers), default=0.0)
