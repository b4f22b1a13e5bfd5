"""Clock times as a day writes them -> FHIR dateTimes with the offset of the place."""

from __future__ import annotations

import re
from datetime import date, timedelta

_WRITTEN = re.compile(
    r"(?:(?P<day>\d{4}-\d\d-\d\d|\+\d+) )?(?P<time>\d\d:\d\d)(?P<seconds>:\d\d)?(?P<offset>Z|[+-]\d\d:\d\d)?"
)


class Clock:
    """The clock of one day. date: YYYY-MM-DD. offset: of the place on that date, such as -06:00."""

    def __init__(self, date: str, offset: str) -> None:
        self._date, self._offset = date, offset

    def time(self, written: str) -> str:
        """ "09:14", "+1 02:00" (the next day), "2026-10-30 08:00", each with seconds or an offset of its own where it has one.

        Raises ValueError where it is none of these.
        """
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise ValueError(f"{written!r} is no clock time; write it as 09:14, +1 02:00 or 2026-11-09 09:14.")
        return f"{self._day(found['day'] or '+0')}T{found['time']}{found['seconds'] or ':00'}{found['offset'] or self._offset}"

    def _day(self, written: str) -> str:
        if not written.startswith("+"):
            return written
        return (date.fromisoformat(self._date) + timedelta(days=int(written))).isoformat()

    def instant(self, written: str) -> str:
        """A clock time, or a dateTime that is given out as it stands: a chart that does not conform holds such."""
        return self.time(written) if _WRITTEN.fullmatch(written) else written
