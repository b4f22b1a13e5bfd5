"""FHIR quantities -> model.Quantity in UCUM where the chart or the table knows the unit, and durations in minutes."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from coding.model import Quantity
from smart_app.wordlists import table

_TABLE = table("units")
_ALIAS: dict[str, str] = _TABLE["alias"]
_MINUTES: dict[str, float] = _TABLE["minutes"]


@lru_cache(maxsize=4_096)
def unit_of(code: str | None, words: str | None) -> str:
    """The unit that a quantity means; where code and words name different ones, both ("mg [mL]"), which nobody converts."""
    if code is None or code == "":
        words = words or ""
        return _known(words) or words.strip()
    meant = _known(code) or code.strip()
    if words and not code.startswith("{"):
        said = _known(words)
        if said is not None and said != meant:
            return f"{words.strip()} [{code.strip()}]"
    return meant


def _known(unit: str) -> str | None:
    return _ALIAS.get(unit.strip().rstrip(".").lower())


def number(value: Any) -> float:
    """A finite number, also where it came as text. Raises TypeError or ValueError."""
    if value.__class__ is bool:
        raise TypeError("a number is expected")
    found = float(value)
    if not math.isfinite(found):
        raise ValueError("a finite number is expected")
    return int(found) if found.is_integer() else found


def quantity(element: dict[str, Any] | None) -> Quantity | None:
    """A FHIR Quantity, or None where there is none or it has no value.

    "Less than 400 mg" is an amount in the unit "mg [<]", which nobody converts.
    """
    if not element:
        return None
    value = element.get("value")
    if value is None:
        return None
    if value.__class__ is not int:
        value = number(value)
    unit = unit_of(element.get("code"), element.get("unit"))
    comparator = element.get("comparator")
    return Quantity(value, f"{unit} [{comparator}]" if comparator else unit)


def minutes(element: dict[str, Any] | None) -> float | None:
    """A FHIR Quantity or Duration of time in minutes, or None where its unit is not one of time."""
    if not element or element.get("value") is None:
        return None
    factor = minutes_per(element.get("code"), element.get("unit"))
    return None if factor is None else number(element["value"]) * factor


@lru_cache(maxsize=1_024)
def minutes_per(code: str | None, words: str | None) -> float | None:
    """Minutes in a unit of time, or None where it is not one."""
    for name in (code, words):
        if name and name.strip().lower() in _MINUTES:
            return _MINUTES[name.strip().lower()]
    return None


def _per_time(unit: str) -> bool:
    return "/" in unit and unit.rsplit("/", 1)[1] in ("h", "min", "d", "s")


def rate_and_plan(dosage: dict[str, Any], dose: Quantity | None) -> tuple[Quantity | None, float | None]:
    """(rate, planned minutes) of dosage.rate[x].

    A rateQuantity may hold a duration, and a rateRatio may be the whole dose over its duration; neither is a stop. A quantity
    without a time in its unit is no rate, but a zero is a pause whatever its unit.
    """
    element = dosage.get("rateQuantity")
    if element:
        planned = minutes(element)
        if planned is not None:
            return None, planned
        rate = quantity(element)
        return (rate, None) if rate is not None and (rate.value == 0 or _per_time(rate.unit)) else (None, None)
    ratio = dosage.get("rateRatio")
    if not ratio:
        return None, None
    above, below = quantity(ratio.get("numerator")), ratio.get("denominator")
    duration = minutes(below)
    if above is None or duration is None or duration <= 0:
        return None, None
    hourly = above.value * 60 / duration
    rate = Quantity(int(hourly) if float(hourly).is_integer() else hourly, f"{above.unit}/h")
    whole_dose = above == dose or number(below["value"]) != 1
    return rate, duration if whole_dose else None
