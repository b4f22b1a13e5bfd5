"""Between which dates a file of CMS holds, from the words above its table."""

from __future__ import annotations

import re
from calendar import monthrange

_MONTHS = {"january": 1, "april": 4, "july": 7, "october": 10}
_QUARTER = re.compile(r"\b(january|april|july|october)\s+(20\d\d)\b")
_YEAR = re.compile(r"(?<![\d/])(20\d\d)\b")


def period_of(words: str, quarterly: bool) -> tuple[str, str]:
    """First and last day (ISO): of the quarter named ("July 2026") where files change quarterly, else of the year; "" where none is.

    >>> period_of("July 2026 ASP NDC-HCPCS Crosswalk", quarterly=True)
    ('2026-07-01', '2026-09-30')
    >>> period_of("2026 National Physician Fee Schedule, released 12/20/2025", quarterly=False)
    ('2026-01-01', '2026-12-31')
    """
    said = words.casefold()
    if quarterly and (found := _QUARTER.search(said)):
        year, month = int(found[2]), _MONTHS[found[1]]
        return f"{year}-{month:02}-01", f"{year}-{month + 2:02}-{monthrange(year, month + 2)[1]}"
    if year_found := _YEAR.search(said):
        return f"{year_found[1]}-01-01", f"{year_found[1]}-12-31"
    return "", ""


def holds(first: str, last: str, date: str) -> bool:
    """Whether a date (ISO) lies between two, where "" is open; without a date, True."""
    return not date or ((not first or first <= date) and (not last or date <= last))
