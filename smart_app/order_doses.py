"""The dose of one administration that an order names, in its coded dose or in its words."""

from __future__ import annotations

import re
from typing import Any

from coding.model import Quantity
from smart_app.concepts import each
from smart_app.quantities import number, quantity, unit_of

_UNITS = r"(?:mg|g|gm|grams?|mcg|ug|µg|units?|iu|meq)"
_AMOUNT = rf"(?P<value>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>{_UNITS})\b"
# An amount per something (weight, surface, hour, volume) is not yet a dose, and the end of a range is not the whole range.
_DOSE = re.compile(rf"(?<![\d.,/-]){_AMOUNT}(?!\s*(?:/|per\b|-|to\b))", re.IGNORECASE)
_OPENING = re.compile(r"\s*(?:give|infuse|administer|inject|push)?\s*", re.IGNORECASE)


def ordered_dose(instructions: list[Any]) -> Quantity | None:
    """The dose that a MedicationRequest asks for, None where it asks for several, for a range, or for one by weight.

    Words count only where they begin with the dose and name no other: "two 500 mg vials" and "2 mg, then 4 mg" say something else.
    """
    if len(instructions) != 1:
        return None
    coded = [one.get("doseQuantity") for one in each(instructions[0].get("doseAndRate"))]
    coded.append(instructions[0].get("doseQuantity"))
    found = [one for one in map(quantity, coded) if one is not None]
    if found:
        return found[0] if len(set(found)) == 1 and "/" not in found[0].unit else None
    text = instructions[0].get("text")
    return _in_words(text) if text.__class__ is str else None


def _in_words(text: str) -> Quantity | None:
    doses = list(_DOSE.finditer(text))
    opening = _OPENING.match(text)
    if len(doses) != 1 or opening is None or doses[0].start() != opening.end():
        return None
    return Quantity(number(doses[0]["value"].replace(",", "")), unit_of(None, doses[0]["unit"]))
