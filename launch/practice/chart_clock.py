"""Clock times as a day writes them -> FHIR dateTimes with the offset of the place."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

_WRITTEN = re.compile(
    r"(?:(?P<day>\d{4}-\d\d-\d\d|\+\d+) )?(?P<time>\d\d:\d\d)(?P<seconds>:\d\d)?(?P<offset>Z|[+-]\d\d:\d\d)?"
)
YEAR, FRESH = 364, 300  # days: 52 weeks keep the day of the week; an EHR is asked for a year


class Clock:
    """The clock of one day. date: YYYY-MM-DD. offset: of the place on that date, such as -06:00. later: moves every time of the day."""

    def __init__(self, date: str, offset: str, later: timedelta = timedelta()) -> None:
        self._date, self._offset, self._later = date, offset, later

    def moved(self, written: str, now: datetime) -> Clock:
        """The clock on which a time of the day is now, to the minute. now: with its time zone."""
        away = now - datetime.fromisoformat(self.time(written))
        return Clock(self._date, self._offset, timedelta(minutes=away // timedelta(minutes=1)))

    def recent(self, now: datetime) -> Clock:
        """The clock moved on by whole years of 52 weeks, so that its day is at most FRESH days before now."""
        old = (now.date() - date.fromisoformat(self._date)).days
        years = max(0, (old - FRESH + YEAR - 1) // YEAR)
        return Clock(self._date, self._offset, timedelta(days=years * YEAR))

    def time(self, written: str) -> str:
        """ "09:14", "+1 02:00" (the next day), "2026-10-30 08:00", each with seconds or an offset of its own where it has one.

        Raises ValueError where it is none of these.
        """
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise ValueError(f"{written!r} is no clock time; write it as 09:14, +1 02:00 or 2026-11-09 09:14.")
        day, seconds, offset = (
            self._day(found["day"] or "+0"),
            found["seconds"] or ":00",
            found["offset"] or self._offset,
        )
        if not self._later:
            return f"{day}T{found['time']}{seconds}{offset}"
        return (datetime.fromisoformat(f"{day}T{found['time']}{seconds}{offset}") + self._later).isoformat()

    def _day(self, written: str) -> str:
        if not written.startswith("+"):
            return written
        return (date.fromisoformat(self._date) + timedelta(days=int(written))).isoformat()

    def instant(self, written: str) -> str:
        """A clock time, or a dateTime that is given out as it stands: a chart that does not conform holds such."""
        return self.time(written) if _WRITTEN.fullmatch(written) else written
