"""FHIR date and time strings -> model.Moment: whole seconds since 1970 and the offset of the clock that wrote them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coding.model import CHARTED, Moment

# What a time string turned out to be.
INSTANT, LOCAL, DATE, UNREADABLE = "instant", "local", "date", "unreadable"
DAY = 86_400
TIMEZONE = "http://hl7.org/fhir/StructureDefinition/timezone"

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING = timedelta()
# Two digits of a clock: a look-up is quicker than a number read from text, and refuses whatever is not two digits.
_TWO = {f"{number:02d}": number for number in range(60)}
_HOURS = 24
_BLANKS = re.compile(r"\s*:\s*")


class Reading(NamedTuple):
    """A time string as read. at: seconds, of 1970 UTC for an instant, of the wall clock for a local time or a date."""

    kind: str
    at: int = 0
    offset: int = 0


def _shaped(text: str) -> bool:
    return len(text) > 15 and text[4] == "-" and text[7] == "-" and text[10] == "T" and text[13] == ":"


@lru_cache(maxsize=16_384)
def read_time(text: str) -> Reading:
    """Reads a dateTime or instant; seconds may be missing, fractions are dropped."""
    text = _BLANKS.sub(":", text.strip().upper())
    if len(text) > 10 and text[10] == " ":
        text = f"{text[:10]}T{text[11:].lstrip()}"
    if _DATE.fullmatch(text):
        return _read_date(text)
    if not _shaped(text):
        return Reading(UNREADABLE)
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            return Reading(LOCAL, _seconds(found.replace(tzinfo=UTC)))
        return Reading(INSTANT, _seconds(found), _offset(found))
    except (ValueError, OverflowError):
        return Reading(UNREADABLE)


def _read_date(text: str) -> Reading:
    padded = text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text
    try:
        return Reading(DATE, _seconds(datetime.fromisoformat(padded).replace(tzinfo=UTC)))
    except (ValueError, OverflowError):
        return Reading(UNREADABLE)


def _seconds(found: datetime) -> int:
    since = found - _EPOCH
    return since.days * DAY + since.seconds


def _offset(found: datetime) -> int:
    ahead = found.utcoffset() or _NOTHING
    return ahead.days * DAY + ahead.seconds


@lru_cache(maxsize=4_096)
def _midnight(date: str) -> int | None:
    found = read_time(date)
    return found.at if found.kind == DATE and len(date) == len("2026-01-01") else None


@lru_cache(maxsize=4_096)
def _tail(text: str) -> int | None:
    """Seconds east of UTC of what follows the seconds of a time ("Z", ".5-07:00"), None where that is no offset."""
    found = read_time("2000-01-01T00:00:00" + text)
    return found.offset if found.kind == INSTANT else None


@lru_cache(maxsize=16_384)
def charted(text: str, source: str) -> Moment | None:
    """The charted instant of a well-formed time string with an offset, or None where it is anything else."""
    hour, minute, second = _TWO.get(text[11:13], 99), _TWO.get(text[14:16]), _TWO.get(text[17:19])
    if hour < _HOURS and minute is not None and second is not None and text[10] == "T" and text[13] == ":" == text[16]:
        midnight, offset = _midnight(text[:10]), _tail(text[19:])
        if midnight is not None and offset is not None:
            return Moment(midnight + hour * 3600 + minute * 60 + second - offset, offset, CHARTED, source)
    found = read_time(text)
    return Moment(found.at, found.offset, CHARTED, source) if found.kind == INSTANT else None


@lru_cache(maxsize=4_096)
def zone_offset(name: str, local_or_utc: int) -> int | None:
    """Seconds east of UTC in an IANA zone near an instant (seconds), or None where the zone is not known."""
    try:
        ahead = datetime.fromtimestamp(local_or_utc, ZoneInfo(name)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OverflowError, OSError):
        return None
    return None if ahead is None else int(ahead.total_seconds())


def zone_of(resource: dict[str, Any]) -> str:
    """The IANA zone that a resource carries in the standard extension, or ""."""
    for extension in resource.get("extension") or ():
        if extension.get("url") == TIMEZONE:
            return str(extension.get("valueCode") or extension.get("valueString") or "")
    return ""


def time_problem(kind: str, element: str) -> tuple[str, str, str]:
    """(problem code, what is wrong, what would help) for a time that is not an instant."""
    if kind == LOCAL:
        return (
            "TIME_WITHOUT_ZONE",
            f"Its time ({element}) has no time zone; it is read on the clock of the visit.",
            "The time with its offset, or the time zone of the place of service.",
        )
    if kind == DATE:
        return (
            "DATE_ONLY",
            f"{element} is a date without a time of day; minutes cannot be counted from it.",
            "The charted time.",
        )
    return (
        "TIME_UNREADABLE",
        f"{element} cannot be read as a time and is not used.",
        "The time as a FHIR dateTime with its offset.",
    )
