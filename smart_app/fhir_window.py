"""The stretch of time that is asked for, and whether a resource lies in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from smart_app.fhir_times import DATE, DAY, INSTANT, UNREADABLE, read_time
from smart_app.wordlists import table

_DAYS: dict[str, int] = table("searches")["window"]
# Without an end, these are still going on; anything else without an end is taken to be over within a day of its start.
_GOING_ON = ("in-progress", "on-hold", "arrived", "triaged", "onleave")
_FOREVER = float("inf")
_EARLIEST, _LATEST = -2_208_988_800, 4_102_444_800  # 1900 and 2100: what every server can read


class Window(NamedTuple):
    """Seconds since 1970 UTC, both ends included."""

    low: float
    high: float

    def holds(self, other: Window) -> bool:
        """Whether the other lies inside."""
        return self.low <= other.low and other.high <= self.high

    def texts(self) -> tuple[str, str]:
        """Both ends as FHIR instants in UTC, whole seconds: some servers demand the time of day and guess a zone where there is none."""
        return _text(self.low), _text(self.high)


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(int(min(max(seconds, _EARLIEST), _LATEST)), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def window_of(texts: tuple[str, str]) -> Window:
    """The window between two FHIR instants. Raises ValueError where one has no time or no offset, or the second comes first."""
    low, high = read_time(texts[0]), read_time(texts[1])
    if low.kind != INSTANT or high.kind != INSTANT or high.at < low.at:
        raise ValueError("A window is two FHIR instants with offsets, the earlier first.")
    return Window(low.at, high.at)


def days_back(name: str, now: float) -> Window:
    """The last days as many as the table gives under a name (recent, wide), and a little ahead of now."""
    return Window(now - _DAYS[name] * DAY, now + _DAYS["ahead"] * DAY)


def days(name: str) -> int:
    """How many days the table gives under a name."""
    return _DAYS[name]


def around(encounters: Iterable[dict[str, Any]], now: float) -> Window:
    """The window of the parts of one visit: their periods with a margin, to now where one goes on; without any, the wide window."""
    spans = periods(encounters)
    if not spans:
        return days_back("wide", now)
    low = min(span.low for span in spans) - _DAYS["before"] * DAY
    high = max(span.high for span in spans) + _DAYS["after"] * DAY
    # Nothing has been given later than now.
    return Window(low, max(low, min(high, now + _DAYS["ahead"] * DAY)))


def periods(encounters: Iterable[dict[str, Any]]) -> list[Window]:
    """The periods of encounters that say when they began."""
    found = (span_of(one, ("period", "actualPeriod")) for one in encounters)
    return [span for span in found if span is not None and span.low > -_FOREVER]


def reaches(span: Window | None, window: Window) -> bool:
    """Whether a span touches the window; what has no readable time cannot be said to lie outside."""
    return span is None or (span.low <= window.high and window.low <= span.high)


def span_of(resource: dict[str, Any], elements: Iterable[str]) -> Window | None:
    """The time of a resource by the first of the elements that is there; None where none can be read."""
    for element in elements:
        value = resource.get(element)
        if value.__class__ is str:
            return _point(str(value))
        if isinstance(value, dict):
            return _period(value, resource.get("status") in _GOING_ON)
    return None


def _period(period: dict[str, Any], going_on: bool) -> Window | None:
    start = _point(str(period["start"])) if period.get("start") else None
    end = _point(str(period["end"])) if period.get("end") else None
    if start and end:
        return Window(min(start.low, end.low), max(start.high, end.high))
    if start:
        return Window(start.low, _FOREVER if going_on else start.high + DAY)
    return Window(-_FOREVER, end.high) if end else None


def _point(text: str) -> Window | None:
    reading = read_time(text)
    if reading.kind == UNREADABLE:
        return None
    if reading.kind == INSTANT:
        return Window(reading.at, reading.at)
    if reading.kind == DATE:
        # A year or a month alone is as wide as it can be; and where the zone is not known, a day either way.
        width = {4: 366, 7: 31}.get(len(text.strip()), 1)
        return Window(reading.at - DAY, reading.at + (width + 1) * DAY)
    return Window(reading.at - DAY, reading.at + DAY)
