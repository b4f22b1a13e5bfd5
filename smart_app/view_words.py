"""Words and signs of the page that several rooms share: dates, grades, verdicts, severities."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from coding.model import ABSENT, ASKS, CHARTED, DERIVED, DEVICE, MET, NOT_MET, NOT_REACHED, STOPS, TELLS, UNKNOWN
from coding.timeline import clock, day

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
KINDS = {
    "outpatient": "Outpatient visit",
    "emergency": "Emergency visit",
    "observation": "Observation stay",
    "inpatient": "Inpatient stay",
    "home": "Home visit",
}


_ASIDE = re.compile(r"\s*\[rule [^\]]*\]| \(\w*Error: [^)]*\)")
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


class Sign(NamedTuple):
    """A word with its sign and the class of the sheet that shapes it; the word alone carries the meaning."""

    word: str
    sign: str
    css: str


VERDICTS = {
    MET: Sign(MET, "✓", "met"),
    NOT_MET: Sign(NOT_MET, "✕", "no"),
    NOT_REACHED: Sign(NOT_REACHED, "–", "no"),
    UNKNOWN: Sign(UNKNOWN, "?", "wait"),
}
GRADES = {
    CHARTED: Sign(CHARTED, "", ""),
    DEVICE: Sign(DEVICE, "", "d"),
    DERIVED: Sign(DERIVED, "", "v"),
    ABSENT: Sign(ABSENT, "", "z"),
}
WEAKEST = (CHARTED, DEVICE, DERIVED, ABSENT)
SEVERITIES = {
    STOPS: Sign("Holds a line", "", "wait"),
    ASKS: Sign("May change a line", "", ""),
    TELLS: Sign("Good to know", "", ""),
}


def parse_day(text: str) -> date | None:
    """A full ISO date, or None for a partial or wrong one."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def long_date(iso: str) -> str:
    """2026-03-12 as 12 Mar 2026; a partial date as it stands."""
    found = parse_day(iso)
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}" if found else iso


def full_date(iso: str) -> str:
    """2026-03-12 as 12 March 2026."""
    found = parse_day(iso)
    return f"{found.day} {LONG_MONTHS[found.month - 1]} {found.year}" if found else iso


def short_date(iso: str) -> str:
    """2026-03-12 as 12 Mar."""
    found = parse_day(iso)
    return f"{found.day} {MONTHS[found.month - 1]}" if found else iso


def at_clock(at: int, offset: int, base: int | None = None) -> str:
    """HH:MM on the clock of the chart; with the date where it leaves the day of base."""
    words = clock(at, offset)
    if base is not None and day(at, offset) != day(base, offset):
        return f"{short_date(day(at, offset))} {words}"
    return words


def upper_first(text: str) -> str:
    """The text with a capital first letter, the rest as it stands."""
    return text[:1].upper() + text[1:]


def plain(text: str) -> str:
    """A sentence of the engine as the page prints it: a capital, dates as beside it, no citation and no programmer's words."""
    said = _DATE.sub(lambda found: short_date(found[0]), _ASIDE.sub("", text)).replace(" (therapeutic)", "")
    return upper_first(said) if said.partition(" ")[0].islower() else said


def count(number: int, one: str, many: str = "") -> str:
    """1 line, 2 lines."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def weaker(a: str, b: str) -> str:
    """The weaker of two grades of evidence."""
    return a if WEAKEST.index(a) >= WEAKEST.index(b) else b


def bare(resource: str) -> str:
    """A resource id without its type."""
    return resource.rsplit("/", 1)[-1]
