"""Doses: conversion between units, exact in decimals (rule drug.units)."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from coding.model import Quantity

# Each unit as a multiple of the base unit of its kind; metric prefixes and UCUM spellings are not authority-dependent.
_UNITS: dict[str, tuple[str, Decimal]] = {
    "kg": ("mg", Decimal(1_000_000)),
    "g": ("mg", Decimal(1000)),
    "gm": ("mg", Decimal(1000)),
    "gram": ("mg", Decimal(1000)),
    "grams": ("mg", Decimal(1000)),
    "mg": ("mg", Decimal(1)),
    "milligram": ("mg", Decimal(1)),
    "mcg": ("mg", Decimal("0.001")),
    "ug": ("mg", Decimal("0.001")),
    "µg": ("mg", Decimal("0.001")),
    "ng": ("mg", Decimal("0.000001")),
    "unit": ("units", Decimal(1)),
    "units": ("units", Decimal(1)),
    "[iu]": ("units", Decimal(1)),
    "iu": ("units", Decimal(1)),
    "u": ("units", Decimal(1)),
    "[usp'u]": ("units", Decimal(1)),
    "{unit}": ("units", Decimal(1)),
    "million units": ("units", Decimal(1_000_000)),
    "meq": ("meq", Decimal(1)),
    "mmol": ("mmol", Decimal(1)),
    "ml": ("ml", Decimal(1)),
    "cc": ("ml", Decimal(1)),
    "l": ("ml", Decimal(1000)),
    "liter": ("ml", Decimal(1000)),
    "ea": ("each", Decimal(1)),
    "each": ("each", Decimal(1)),
    "vial": ("each", Decimal(1)),
}
_STRENGTH = re.compile(
    r"(\d[\d,]*(?:\.\d+)?)\s*(mg|g|mcg|units?|meq)\s*(?:/|per)\s*(\d[\d,]*(?:\.\d+)?)?\s*(ml|l)\b", re.IGNORECASE
)


def amount(quantity: Quantity) -> tuple[str, Decimal] | None:
    """(base unit, amount) of a quantity: mg, units, meq, mmol, ml or each; None for a unit that is not known."""
    return amount_of(repr(quantity.value), quantity.unit)


@lru_cache(maxsize=8_192)
def amount_of(value: str, unit: str) -> tuple[str, Decimal] | None:
    """The same from a number written in decimals."""
    found = _UNITS.get(unit.strip().lower())
    return (found[0], Decimal(value) * found[1]) if found else None


@lru_cache(maxsize=8_192)
def strength(text: str) -> tuple[str, Decimal] | None:
    """(base unit, amount in one mL) that a product text names, for example "250 mg/5 mL"; None where it names none."""
    found = _STRENGTH.search(text)
    if not found:
        return None
    top = amount_of(found.group(1).replace(",", ""), found.group(2))
    bottom = amount_of((found.group(3) or "1").replace(",", ""), found.group(4))
    if top is None or bottom is None or bottom[1] == 0:
        return None
    return top[0], top[1] / bottom[1]


def in_units(dose: tuple[str, Decimal], size: Decimal, unit: str) -> Decimal | None:
    """How many billing units of a size a dose is, not rounded; None where the units do not match."""
    one = amount_of(str(size), unit)
    if one is None or one[0] != dose[0] or one[1] == 0:
        return None
    return dose[1] / one[1]
