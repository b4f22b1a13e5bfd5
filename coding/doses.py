"""Doses: conversion between units, exact in decimals (rule drug.units)."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from coding.model import Quantity

# Each unit as a multiple of the base unit of its kind; metric prefixes and UCUM spellings are not authority-dependent.
_UNITS: dict[str, tuple[str, Decimal]] = {
    "kg": ("mg", Decimal(1_000_000)),
    "grammes": ("mg", Decimal(1000)),
    "mgs": ("mg", Decimal(1)),
    "milligrams": ("mg", Decimal(1)),
    "mcgs": ("mg", Decimal("0.001")),
    "microgram": ("mg", Decimal("0.001")),
    "micrograms": ("mg", Decimal("0.001")),
    "\N{GREEK SMALL LETTER MU}g": ("mg", Decimal("0.001")),
    "nanogram": ("mg", Decimal("0.000001")),
    "nanograms": ("mg", Decimal("0.000001")),
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
    "[u]": ("units", Decimal(1)),
    "ie": ("units", Decimal(1)),
    "unt": ("units", Decimal(1)),
    "unts": ("units", Decimal(1)),
    "international units": ("units", Decimal(1)),
    "intl units": ("units", Decimal(1)),
    "k[iu]": ("units", Decimal(1000)),
    "thousand units": ("units", Decimal(1000)),
    "10*6.[iu]": ("units", Decimal(1_000_000)),
    "million units": ("units", Decimal(1_000_000)),
    "million iu": ("units", Decimal(1_000_000)),
    "meq": ("meq", Decimal(1)),
    "meqs": ("meq", Decimal(1)),
    "milliequivalent": ("meq", Decimal(1)),
    "milliequivalents": ("meq", Decimal(1)),
    "mmol": ("mmol", Decimal(1)),
    "ml": ("ml", Decimal(1)),
    "mls": ("ml", Decimal(1)),
    "milliliter": ("ml", Decimal(1)),
    "milliliters": ("ml", Decimal(1)),
    "millilitre": ("ml", Decimal(1)),
    "millilitres": ("ml", Decimal(1)),
    "cc": ("ml", Decimal(1)),
    "l": ("ml", Decimal(1000)),
    "liter": ("ml", Decimal(1000)),
    "ea": ("each", Decimal(1)),
    "each": ("each", Decimal(1)),
    "vial": ("each", Decimal(1)),
    "vials": ("each", Decimal(1)),
    "{vial}": ("each", Decimal(1)),
}
_STRENGTH = re.compile(
    r"(\d[\d,]*(?:\.\d+)?)\s*(mg|g|grams?|milligrams?|mcg|ug|µg|micrograms?|units?|unt|iu|\[iu\]|meq)\s*(?:/|per)\s*"
    r"(\d[\d,]*(?:\.\d+)?)?\s*(ml|l)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?<![\d.,/-])(?<!to )(\d[\d,]*(?:\.\d+)?)\s*(mg|g|gm|grams?|milligrams?|mcg|ug|µg|micrograms?|units?|unt|iu|\[iu\]|meq)(?!\w)"
    r"(?!\s*(?:/|per\b|-\s*\d|to\b|%))",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"(?<![\d.,])(\d+(?:\.\d+)?)\s*%")
# One per cent is one gram in a hundred millilitres.
_MG_PER_ML_OF_PERCENT = Decimal(10)
PER_WEIGHT = ("/kg",)


class Named(NamedTuple):
    """An amount that words name. base: the base unit; amount: in it; ml: the volume that holds it, None where none is named.

    number: the figure as written. said: figure and units as written.
    """

    base: str
    amount: Decimal
    number: Decimal
    said: str
    ml: Decimal | None = None

    @property
    def per_ml(self) -> tuple[str, Decimal] | None:
        """(base unit, amount in one mL)."""
        return (self.base, self.amount / self.ml) if self.ml else None


def amount(quantity: Quantity) -> tuple[str, Decimal] | None:
    """(base unit, amount) of a quantity: mg, units, meq, mmol, ml or each; None for a unit that is not known."""
    return amount_of(repr(quantity.value), quantity.unit)


@lru_cache(maxsize=8_192)
def amount_of(value: str, unit: str) -> tuple[str, Decimal] | None:
    """The same from a number written in decimals."""
    found = _UNITS.get(unit.strip().lower())
    return (found[0], Decimal(value) * found[1]) if found else None


def per_weight(quantity: Quantity) -> bool:
    """Whether a dose is charted by body weight (mg/kg), which is no dose until a weight is known."""
    return quantity.unit.strip().lower().endswith(PER_WEIGHT)


@lru_cache(maxsize=8_192)
def strengths(text: str) -> tuple[Named, ...]:
    """The strengths that a text names, amount and volume as written: "250 mg/5 mL" is 250 mg in 5 mL, "10 mg/mL" 10 mg in 1 mL."""
    each = (_strength(found) for found in _STRENGTH.finditer(text))
    return tuple(one for one in each if one is not None)


def _strength(found: re.Match[str]) -> Named | None:
    number = Decimal(found.group(1).replace(",", ""))
    top = amount_of(str(number), found.group(2))
    bottom = amount_of((found.group(3) or "1").replace(",", ""), found.group(4))
    if top is None or bottom is None or bottom[1] == 0:
        return None
    return Named(top[0], top[1], number, found.group(), bottom[1])


@lru_cache(maxsize=8_192)
def strength(text: str) -> tuple[str, Decimal] | None:
    """(base unit, amount in one mL) that a product text names, for example "250 mg/5 mL"; None where it names none, or two."""
    each = {one.per_ml for one in strengths(text)}
    return next(iter(each)) if len(each) == 1 else None


@lru_cache(maxsize=8_192)
def amounts_named(text: str) -> tuple[Named, ...]:
    """The amounts of drug that a text names; no strength, no rate, no dose by weight and no range."""
    found = []
    for each in _AMOUNT.finditer(text):
        number = Decimal(each.group(1).replace(",", ""))
        one = amount_of(str(number), each.group(2))
        if one is not None:
            found.append(Named(one[0], one[1], number, each.group()))
    return tuple(found)


@lru_cache(maxsize=8_192)
def percentage(text: str) -> tuple[str, Decimal] | None:
    """The strength that a text names as a percentage, in mg in one mL. Only for a text of one substance: of a bag with a diluent
    it may be the diluent's."""
    each = {Decimal(found) for found in _PERCENT.findall(text)}
    return ("mg", each.pop() * _MG_PER_ML_OF_PERCENT) if len(each) == 1 else None


def in_units(dose: tuple[str, Decimal], size: Decimal, unit: str) -> Decimal | None:
    """How many billing units of a size a dose is, not rounded; None where the units do not match."""
    one = amount_of(str(size), unit)
    if one is None or one[0] != dose[0] or one[1] == 0:
        return None
    return dose[1] / one[1]
