"""The times of a row in words, so that a reader who counts them comes to the same minutes.

Each time is shown as its own clock wrote it. Where a chart writes its times with several distances from universal time (a night on
which the clocks change), each shows its distance; where the clock's minutes alone would give another count, both show their seconds.
"""

from __future__ import annotations

from typing import NamedTuple

from coding.model import Administration, Encounter, Moment
from coding.timeline import MINUTE, clock, day


class Times(NamedTuple):
    """start, stop: clock words, "" where absent; stop has its date where that is another than the start's. date: ISO, or "".

    begin, end: instants in seconds. minutes: elapsed, None without two times in order. dated: not on the first day of the chart.
    """

    date: str
    start: str
    stop: str
    begin: int | None
    end: int | None
    minutes: int | None
    dated: bool = False


class Clock(NamedTuple):
    """How a chart writes its times. first: its first date, ISO, or "". mixed: with several distances from universal time."""

    first: str
    mixed: bool

    def times(self, row: Administration, begin: int | None, end: int | None, offset: int) -> Times:
        """The times of a row. offset: of the clock at the place of service, for charts that write one clock throughout."""
        starts = self._offset(row.start, offset)
        stops = self._offset(row.stop, starts) if row.stop is not None and row.stop.at == end else starts
        in_order = begin is not None and end is not None and end >= begin
        minutes = (end - begin) // MINUTE if in_order and begin is not None and end is not None else None
        seconds = minutes is not None and (end or 0) // MINUTE - (begin or 0) // MINUTE != minutes
        date = day(begin, starts) if begin is not None else day(end, stops) if end is not None else ""
        stop = self.words(end, stops, seconds)
        if stop and end is not None and begin is not None and day(end, stops) != date:
            stop = f"{day(end, stops)} {stop}"
        dated = bool(date) and date != self.first
        return Times(date, self.words(begin, starts, seconds), stop, begin, end, minutes, dated)

    def words(self, at: int | None, offset: int, seconds: bool = False) -> str:
        """An instant on the clock that wrote it, "" for none: "01:40", "01:40:07", "01:40 -06:00"."""
        if at is None:
            return ""
        text = clock(at, offset) + (f":{(at + offset) % MINUTE:02}" if seconds else "")
        return f"{text} {_distance(offset)}" if self.mixed else text

    def _offset(self, moment: Moment | None, other: int) -> int:
        return moment.offset if self.mixed and moment is not None else other


def clock_of(encounter: Encounter, offset: int) -> Clock:
    """How the chart of a visit writes its times. offset: of its first row."""
    moments = [one for row in encounter.administrations for one in (row.start, row.stop) if one is not None]
    first = min(moments, key=lambda one: one.at, default=None)
    mixed = len({one.offset for one in moments}) > 1
    return Clock(day(first.at, first.offset if mixed else offset) if first else "", mixed)


def _distance(offset: int) -> str:
    """The distance of a clock from universal time, "-06:00"."""
    minutes = abs(offset) // MINUTE
    return f"{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
