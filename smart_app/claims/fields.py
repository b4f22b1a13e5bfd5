"""The fields of a billed line as people and programs write them. What cannot be read is said in words, never guessed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

MOST_UNITS = 1_000_000  # beyond this a number is a slip of the keyboard, not a count
EARLIEST, LATEST = 1990, 2100  # years in which a date of service can lie
_CODE = re.compile(r"[A-Z]\d{4}|\d{4}[A-Z0-9]")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_ICD10 = re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_AMERICAN = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?: .*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


class Unreadable(ValueError):
    """Why one field cannot be read, as the end of a sentence; it never leaves this package."""


def code_of(said: str) -> str:
    """A CPT or HCPCS code of five signs."""
    text = said.strip().upper().removesuffix(".0")
    if not _CODE.fullmatch(text):
        raise Unreadable(f"{shown(said)} is no CPT or HCPCS code of five signs" if text else "there is no code")
    return text


def units_of(said: str | int | float | Decimal) -> int:
    """A whole number of units, one or more."""
    text = str(said).strip().replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Unreadable(
            f"{shown(str(said))} is no number of units" if text else "there is no number of units"
        ) from None
    if not number.is_finite() or number != number.to_integral_value():
        raise Unreadable(f"{shown(str(said))} units: units are whole numbers")
    if number < 1:
        raise Unreadable(f"{shown(str(said))} units: a line needs at least one; a reversed line is no billed line")
    if number > MOST_UNITS:
        raise Unreadable(f"{shown(str(said))} units are more than {MOST_UNITS:,}; check the number")
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
    """A day as ISO, or "" for nothing: 2026-03-10, 3/10/2026 (month first), 20260310; of a span, its first day."""
    text = re.split(r"\s*(?:–|\bto\b|\bthrough\b|(?<=\d{4})\s*-\s*(?=\d{1,2}/))\s*", said.strip())[0]
    if not text:
        return ""
    if (found := _ISO.fullmatch(text)) or (found := _COMPACT.fullmatch(text)):
        year, month, day = (int(part) for part in found.groups())
    elif found := _AMERICAN.fullmatch(text):
        month, day, year = (int(part) for part in found.groups())
        year += 2000 if year < 100 else 0
    else:
        raise Unreadable(f"{shown(said)} is no date; write it as 2026-03-10")
    try:
        meant = date(year, month, day)
    except ValueError:
        raise Unreadable(f"{shown(said)} is no day of the calendar (month first, as 3/10/2026)") from None
    if not EARLIEST <= year <= LATEST:
        raise Unreadable(f"{shown(said)} lies outside the years {EARLIEST} to {LATEST}")
    return meant.isoformat()


def amount_of(said: str | int | float | Decimal) -> Decimal | None:
    """Dollars, zero or more; None where nothing is said."""
    text = str(said).strip().replace(",", "").removeprefix("$").strip()
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Unreadable(f"{shown(str(said))} is no amount in dollars") from None
    if not amount.is_finite() or amount < 0:
        raise Unreadable(f"the charge {shown(str(said))} is below zero or no number; a reversed line is no billed line")
    return amount


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
