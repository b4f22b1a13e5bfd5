"""The administrations of a visit as the page names and times them: one value for lines, gaps, picture and table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from coding.documentation import derived_stop
from coding.log import Log
from coding.model import ABSENT, DERIVED, Coded, Encounter, Moment
from coding.service import Item
from coding.substances import know
from coding.timeline import MINUTE, clock, day
from smart_app.view_words import at_clock, long_date

LONG = 28  # administrations and lines together, beyond which the first page is lean
ONE_TIME = ("push", "injection", "on-body", "refill", "flush", "instillation")
ROUTES = {
    "iv": "",
    "sc": "under the skin",
    "im": "into a muscle",
    "im/sc": "by injection",
    "ia": "artery",
    "it": "spinal fluid",
    "ip": "abdomen",
    "pleural": "pleura",
    "lesion": "lesion",
    "id": "skin",
    "po": "by mouth",
    "topical": "on the skin",
    "inhaled": "inhaled",
    "other": "another route",
}


class RowView(NamedTuple):
    """One administration. start, stop: seconds or None. minutes: elapsed, None without two times in order.

    start_words and stop_words: clock of the chart, "" where absent. once: given at one time, so that no stop is expected.
    given: False for rows that the chart marks as not given or as an error. fluid: plain fluid.
    """

    id: str
    anchor: str
    name: str
    key: str
    text: str
    site: str
    where: str
    technique: str
    fluid: bool
    once: bool
    given: bool
    running: bool
    start: int | None
    stop: int | None
    offset: int
    start_words: str
    stop_words: str
    start_grade: str
    stop_grade: str
    minutes: int | None
    date: str


def rows_of(encounter: Encounter) -> dict[str, RowView]:
    """Every administration of the visit by id, in order of time."""
    items = know(encounter, Log())
    first = min((item.row.start.at for item in items if item.row.start), default=encounter.start)
    return {item.id: _row(number, item, encounter, first) for number, item in enumerate(items, 1)}


def long_chart(rows: Mapping[str, RowView], coded: Coded) -> bool:
    """Whether steps and times stand on the full form of the page only."""
    return len(rows) + len(coded.lines) > LONG


def _row(number: int, item: Item, encounter: Encounter, first: int | None) -> RowView:
    row, offset = item.row, item.offset
    once = row.technique in ONE_TIME
    start = row.start
    stop = row.stop
    if stop is None and not once:
        end = derived_stop(row, encounter)
        stop = Moment(end, offset, DERIVED) if end is not None else None
    begin, end_at = (start.at if start else None), (stop.at if stop else None)
    both = begin is not None and end_at is not None and end_at >= begin
    shown = begin if begin is not None else end_at
    route = ROUTES.get(row.route, row.route)
    return RowView(
        row.id,
        f"a{number}",
        plain_name(item.name) or row.text or "Unknown medication",
        item.key,
        row.text or item.name,
        row.site,
        row.site or route or "site not charted",
        row.technique,
        item.fluid,
        once,
        row.status not in ("error", "not-given"),
        row.status == "running",
        begin,
        end_at,
        offset,
        at_clock(begin, offset, first) if begin is not None else "",
        at_clock(end_at, offset, first) if end_at is not None else "",
        start.grade if start else ABSENT,
        stop.grade if stop else ABSENT,
        ((end_at or 0) - (begin or 0)) // MINUTE if both else None,
        day(shown, offset) if shown is not None else "",
    )


def plain_name(name: str) -> str:
    """A drug's name without what the tables add to tell two entries apart."""
    return name.replace(" (therapeutic)", "")


def clocks(row: RowView) -> str:
    """Start and stop on the clock of the chart, with a dash between them."""
    times = (row.start, None if row.once else row.stop)
    return "–".join(clock(at, row.offset) for at in times if at is not None)


def named(rows: Mapping[str, RowView], resource: str) -> str:
    """What a person calls a resource: the drug and its start, or the id."""
    row = rows.get(resource)
    if row is None:
        return resource
    return f"{row.name}, {row.start_words}" if row.start_words else row.name


def question(row: RowView, asks: str) -> str:
    """A question to whoever gave it that names no answer and no payment."""
    begun = f" was started at {row.start_words} on {long_date(row.date)}" if row.start_words else " was given"
    where = f" ({row.site})" if row.site else ""
    return f"{row.text}{begun}{where}. {asks}"
