"""Interval arithmetic on instants (seconds) and the whole minutes that follow from it.

Spans are sorted, disjoint, half-open (start, stop) pairs. Minutes are elapsed seconds divided by sixty, never rounded up
(rule time.actual-minutes).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

Spans = tuple[tuple[int, int], ...]

MINUTE = 60
DAY = 86_400


def union(spans: Iterable[tuple[int, int]]) -> Spans:
    """The same time covered once: sorted, joined where they touch or overlap, empty ones dropped."""
    ordered = sorted(span for span in spans if span[1] > span[0])
    if len(ordered) < 2:
        return tuple(ordered)
    merged = [ordered[0]]
    for start, stop in ordered[1:]:
        last = merged[-1]
        if start <= last[1]:
            if stop > last[1]:
                merged[-1] = (last[0], stop)
        else:
            merged.append((start, stop))
    return tuple(merged)


def subtract(spans: Spans, holes: Spans) -> Spans:
    """What is left of spans when the time of holes is taken out."""
    if not holes:
        return spans
    left = []
    for start, stop in spans:
        for hole_start, hole_stop in holes:
            if hole_stop <= start or hole_start >= stop:
                continue
            if hole_start > start:
                left.append((start, hole_start))
            start = hole_stop
            if start >= stop:
                break
        if start < stop:
            left.append((start, stop))
    return tuple(left)


def seconds(spans: Spans) -> int:
    """Elapsed seconds of all spans together."""
    return sum(stop - start for start, stop in spans)


def minutes(spans: Spans) -> int:
    """Whole elapsed minutes of all spans together."""
    return seconds(spans) // MINUTE


def shared(a: Spans, b: Spans) -> int:
    """Whole minutes during which both run."""
    total = 0
    for start, stop in a:
        for other_start, other_stop in b:
            begin = start if start > other_start else other_start
            end = stop if stop < other_stop else other_stop
            if end > begin:
                total += end - begin
    return total // MINUTE


def clip(spans: Spans, start: int) -> Spans:
    """What of spans lies at or after an instant."""
    return tuple((max(begin, start), stop) for begin, stop in spans if stop > start)


def instant_after(spans: Spans, active_minutes: int) -> int:
    """The instant at which that many active minutes have passed; beyond the last span, as if it had gone on."""
    wanted = active_minutes * MINUTE
    for start, stop in spans:
        length = stop - start
        if wanted < length:
            return start + wanted
        wanted -= length
    return spans[-1][1] + wanted


@lru_cache(maxsize=65_536)
def clock(at: int, offset: int) -> str:
    """An instant on the wall clock of the chart, HH:MM."""
    of_day = (at + offset) % DAY
    return f"{of_day // 3600:02}:{of_day % 3600 // 60:02}"


def day(at: int, offset: int) -> str:
    """The calendar date of an instant on the wall clock of the chart, as YYYY-MM-DD."""
    return _date((at + offset) // DAY)


@lru_cache(maxsize=4_096)
def _date(days: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)).date().isoformat()


def words(spans: Spans, offset: int) -> str:
    """Spans as a person writes them: "09:14 to 11:21", several joined by "and", dates where they leave the first day."""
    if not spans:
        return ""
    first = (spans[0][0] + offset) // DAY
    said = []
    for start, stop in spans:
        begin = clock(start, offset)
        if (start + offset) // DAY != first:
            begin = f"{day(start, offset)} {begin}"
        end = clock(stop, offset)
        if (stop + offset) // DAY != (start + offset) // DAY:
            end = f"{day(stop, offset)} {end}"
        said.append(f"{begin} to {end}")
    return " and ".join(said)
