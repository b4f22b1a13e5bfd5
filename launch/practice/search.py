"""Which resources a FHIR search finds: by patient, _id, status and time; any other parameter is ignored, as R4's default is."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Resource = dict[str, Any]
TIMES = {
    "MedicationAdministration": {"effective-time": "effective"},
    "Encounter": {"date": "period"},
    "Procedure": {"date": "performed"},
    "Observation": {"date": "effective"},
    "MedicationRequest": {"authoredon": "authored"},
    "Condition": {"recorded-date": "recorded"},
}
"""Type -> time parameter -> the first word of the elements that hold the time."""
_NAMES = ("DateTime", "Period", "On", "Date", "")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?")
_PREFIXES = ("ge", "gt", "le", "lt")
Span = tuple[datetime, datetime]
START, END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Refused(ValueError):
    """A search that cannot be answered: 400, with the reason for the OperationOutcome."""


def span(text: object) -> Span | None:
    """First and last moment of a FHIR date or dateTime, UTC where it has no offset; None where it is not one."""
    match = _DATE.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) if part else None for part in match.groups()[:6])
    if year is None:
        return None
    try:
        last = calendar.monthrange(year, month or 12)[1]
        low = datetime(year, month or 1, day or 1, hour or 0, minute or 0, second or 0, tzinfo=UTC)
        high = datetime(year, month or 12, day or last, _or(hour, 23), _or(minute, 59), _or(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    shift = _offset(match[7])
    return low - shift, high - shift


def matches(resource: Resource, parameter: str, values: Sequence[str]) -> bool:
    """True where the time of a resource overlaps what all values ask.

    A time that cannot be read matches: it must reach the app, which can tell the person about it.
    """
    found = _time(resource, TIMES[resource["resourceType"]][parameter])
    return found is None or all(_holds(found, *_asked(parameter, value)) for value in values)


def check(kind: str, arguments: dict[str, list[str]]) -> None:
    """Raises Refused for a search that Oracle Health would refuse: neither patient nor _id, a time without its time part."""
    if not ({"patient", "subject", "_id"} & set(arguments)) and kind not in (
        "Medication",
        "Practitioner",
        "Location",
        "Organization",
    ):
        raise Refused("A search needs patient or _id.")
    for parameter in TIMES.get(kind, {}):
        for value in arguments.get(parameter, []):
            prefix, _, text = _asked(parameter, value)
            if parameter == "effective-time" and (not prefix or "T" not in text):
                raise Refused("effective-time needs ge, gt, le or lt and a time part with an offset.")


def _asked(parameter: str, value: str) -> tuple[str, Span, str]:
    prefix, text = (value[:2], value[2:]) if value[:2] in _PREFIXES else ("", value.removeprefix("eq"))
    asked = span(text)
    if asked is None:
        raise Refused(f"{parameter} holds no date that can be read.")
    return prefix, asked, text


def _holds(found: Span, prefix: str, asked: Span, _text: str) -> bool:
    low, high = found
    if prefix in ("ge", "gt"):
        return high >= asked[0] if prefix == "ge" else high > asked[1]
    if prefix in ("le", "lt"):
        return low <= asked[1] if prefix == "le" else low < asked[0]
    return low <= asked[1] and high >= asked[0]


def _time(resource: Resource, word: str) -> Span | None:
    value = next((resource[word + name] for name in _NAMES if word + name in resource), None)
    if isinstance(value, dict):
        low, high = span(value.get("start")), span(value.get("end"))
        unread = (low is None and "start" in value) or (high is None and "end" in value)
        return None if unread else (low[0] if low else START, high[1] if high else END)
    return span(value)


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _offset(text: str | None) -> timedelta:
    if text is None or text == "Z":
        return timedelta()
    hours, minutes = text[1:].split(":")
    size = timedelta(hours=int(hours), minutes=int(minutes))
    return -size if text[0] == "-" else size
