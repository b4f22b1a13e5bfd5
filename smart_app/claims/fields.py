"""The fields of a billed line as people and programs write them. What cannot be read is said in words, never guessed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import TypeVar

from coding.ndc import eleven

MOST_UNITS = 1_000_000  # beyond this a number is a slip of the keyboard, not a count
MOST_DOLLARS = 1_000_000_000
EARLIEST, LATEST = 1990, 2100  # years in which a date of service can lie
_MONTHS = tomllib.loads(resources.files("smart_app.claims").joinpath("headings.toml").read_text("utf-8"))["months"]
_CODE = re.compile(r"[A-Z]\d{4}|\d{4}[A-Z0-9]", re.ASCII)
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_ICD10 = re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?")
_COUNT = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?", re.ASCII)
_DOLLARS = re.compile(r"(\d{1,9}|\d{1,3}(,\d{3}){1,2})(\.\d{0,6})?|\.\d{1,6}", re.ASCII)
_BELOW_ZERO = re.compile(r"-\s*[\d.,]+(E\+\d+)?|\([\d.,\s]+\)|[\d.,]+\s*-", re.ASCII)
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ](.*))?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_AMERICAN = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})(?: .*)?", re.ASCII)
_NAMED = (
    re.compile(r"(?P<day>\d{1,2})[- ](?P<month>[a-z]{3,9})[- ,]+(?P<year>\d{4})", re.ASCII | re.IGNORECASE),
    re.compile(r"(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})", re.ASCII | re.IGNORECASE),
)
_UTC = re.compile(r".*(Z|[+-]00:?00)", re.IGNORECASE)
_SPAN = re.compile(r"\s*(?:–|\bto\b|\bthrough\b|(?<=\d{4})\s*-\s*(?=\d{1,2}/))\s*")
T = TypeVar("T")
R = TypeVar("R")


class Unreadable(ValueError):
    """Why one field cannot be read, as the end of a sentence; it never leaves this package."""


class Left(Unreadable):
    """Why a field that decides little is left out, while its line is read all the same."""


def or_left(read: Callable[[T], R], said: T, otherwise: R, notes: list[str]) -> R:
    """What read makes of the field; otherwise, with a note of it, where it is one that is left out."""
    try:
        return read(said)
    except Left as why:
        notes.append(f"{why}.")
        return otherwise


def code_of(said: str) -> str:
    """A CPT or HCPCS code of five signs."""
    text = said.strip().upper().removesuffix(".0")
    if not _CODE.fullmatch(text):
        raise Unreadable(f"{shown(said)} is no CPT or HCPCS code of five signs" if text else "there is no code")
    return text


def units_of(said: str | int | float | Decimal) -> int:
    """A whole number of units, one or more."""
    text = str(said).strip()
    if isinstance(said, str) and not _COUNT.fullmatch(text):
        raise Unreadable(f"{shown(text)} is no number of units" if text else "there is no number of units")
    number = Decimal(text.replace(",", ""))
    if not number.is_finite() or number != number.to_integral_value():
        raise Unreadable(f"{shown(text)} units: units are whole numbers")
    if number < 1:
        raise Unreadable(f"{shown(text)} units: a line needs at least one; a reversed line is no billed line")
    if number > MOST_UNITS:
        raise Unreadable(f"{shown(text)} units are more than {MOST_UNITS:,}; check the number")
    return int(number)


def modifiers_of(said: str) -> tuple[str, ...]:
    """Modifiers out of one cell: "59", "59 JZ", "59:JZ" or "59JZ"."""
    found: list[str] = []
    for part in re.split(r"[^A-Za-z0-9]+", said.strip()):
        part = part.upper()
        pieces = [part[at : at + 2] for at in range(0, len(part), 2)]
        if len(part) > 8 or not all(_MODIFIER.fullmatch(piece) for piece in pieces):
            raise Unreadable(f"{shown(part)} is no modifier of two signs")
        found += pieces
    return tuple(dict.fromkeys(found))


def date_of(said: str) -> str:
    """A day as ISO, or "" for nothing: 2026-03-10, 3/10/2026 (month first), 20260310, 10-Mar-2026; of a span, its first day."""
    return days_of(said)[0]


def days_of(said: str) -> tuple[str, str]:
    """First and last day of a date or a span, both ISO; "" for nothing. Left for a time in UTC, whose day another zone may not share."""
    days = [_day(one) for one in _SPAN.split(said.strip(), maxsplit=1) if one] or [""]
    if days[-1] < days[0]:
        raise Unreadable(f"{shown(said)} ends before it begins")
    return days[0], days[-1]


def _day(text: str) -> str:
    if not text:
        return ""
    if found := _ISO.fullmatch(text):
        if found[5] and _UTC.fullmatch(found[5]):
            raise Left(
                f"{shown(text)} is a time in UTC, and the day it was at the visit is not told; the line is read without a date"
            )
        year, month, day = found[1], found[3], found[4]
    elif found := _COMPACT.fullmatch(text):
        year, month, day = found.groups()
    elif found := _AMERICAN.fullmatch(text):
        month, day, year = found[1], found[3], found[4] if len(found[4]) == 4 else f"20{found[4]}"
    elif found := next(filter(None, (each.fullmatch(text) for each in _NAMED)), None):
        year, month, day = found["year"], str(_MONTHS.get(found["month"].casefold()[:3], 0)), found["day"]
    else:
        raise Unreadable(f"{shown(text)} is no date; write it as 2026-03-10")
    try:
        meant = date(int(year), int(month), int(day))
    except ValueError:
        raise Unreadable(f"{shown(text)} is no day of the calendar (month first, as 3/10/2026)") from None
    if not EARLIEST <= meant.year <= LATEST:
        raise Unreadable(f"{shown(text)} lies outside the years {EARLIEST} to {LATEST}")
    return meant.isoformat()


def amount_of(said: str | int | float | Decimal) -> Decimal | None:
    """Dollars, zero or more; None where nothing is said. Left for what is no amount, since a charge decides no line."""
    text = str(said).strip().replace("$", "", 1).strip()
    if not text:
        return None
    if _BELOW_ZERO.fullmatch(text):
        raise Unreadable(f"the charge {shown(text)} is below zero; a reversed line is no billed line")
    number = isinstance(said, int | float | Decimal) and not isinstance(said, bool)
    amount = Decimal(text.replace(",", "")) if number or _DOLLARS.fullmatch(text) else Decimal("NaN")
    if not amount.is_finite() or amount > MOST_DOLLARS:
        raise Left(f"{shown(text)} is no amount in dollars; the line is read without one")
    return Decimal(f"{amount:f}")


def ndc_of(said: str) -> str:
    """An NDC as it is written, or "" for nothing. Left for what is no NDC."""
    text = said.strip()
    if text and not eleven(text):
        raise Left(f"{shown(text)} is no NDC; it is left out")
    return text


def diagnoses_of(said: str) -> tuple[str, ...]:
    """ICD-10-CM codes with their dot out of one cell; what points to a list elsewhere ("A", "1") is not read."""
    parts = (part.upper() for part in re.split(r"[\s,;:|/]+", said.strip()))
    return tuple(dict.fromkeys(dotted(part) for part in parts if _ICD10.fullmatch(part)))


def dotted(code: str) -> str:
    """An ICD-10-CM code with its dot."""
    plain = code.replace(".", "")
    return plain if len(plain) <= 3 else f"{plain[:3]}.{plain[3:]}"


def shown(said: str) -> str:
    """What was written, short, in quotes, and without signs that a terminal should not get."""
    text = "".join(one if one.isprintable() else "?" for one in said.strip())
    return f'"{text[:20]}…"' if len(text) > 20 else f'"{text}"'
