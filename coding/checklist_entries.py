"""One item of the documentation checklist for one row: present, in question, missing, or nothing that can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from coding.checklist_doubts import SITE_NEEDED, SITE_UNSUPPORTED, single_dose
from coding.checklist_shown import shown
from coding.checklist_table import (
    ASKED_ABOVE,
    CONTAINER_ASKED,
    CONTAINER_UNKNOWN,
    DOUBTED,
    DOUBTS,
    MISSING,
    NOT_APPLICABLE,
    NOT_READ,
    NOT_READABLE,
    NOT_YET,
    ORDERS,
    PRESENT,
    SECOND_SITE,
    SINGLE_DOSE,
    UNREAD,
    VEIN,
    Doubt,
    Wanted,
)
from coding.denial_facts import Given, dose_words
from coding.model import DERIVED, Encounter
from coding.one_line import one_line
from coding.service import Item
from coding.timeline import clock, day

NAME, SITE = 100, 60  # characters of a drug's name and of a site in a question
NOT_NEEDED = {
    SINGLE_DOSE: "no single-dose container of it is in the table; chart waste if it came from one",
    SECOND_SITE: "no second access site that would need a reason",
    VEIN: "not given into a vein",
}


class Entry(NamedTuple):
    """One item of one administration, or of the visit. shows: what the chart says, or why there is nothing to say.

    resource: what shows it, or "". ask: the question where it is missing, in question or derived; else "".
    """

    item: str
    title: str
    state: str
    shows: str
    resource: str
    ask: str
    card: str


class Row(NamedTuple):
    """One administration. doubts: what is asked about it. run: the rows of its infusion, pauses left out; itself where it is none."""

    given: Given
    item: Item
    kind: str
    doubts: frozenset[str]
    run: tuple[Item, ...]

    @property
    def leads(self) -> bool:
        """Whether it is the row at which things of the whole infusion are asked."""
        return self.run[0].id == self.item.id

    @property
    def order_status(self) -> str:
        """How its order is marked, "" where nothing speaks against it or there is none."""
        return self.item.row.order.status if self.item.row.order else ""


class Chart(NamedTuple):
    """given: every row, by its id. not_granted: resource types that were not read."""

    encounter: Encounter
    given: Mapping[str, Given]
    not_granted: frozenset[str]


def entry(wanted: Wanted, row: Row, chart: Chart) -> Entry:
    """The item of the row."""
    made = Entry(wanted.id, wanted.title, NOT_APPLICABLE, "", "", "", wanted.card)
    barred = _barred(wanted, row)
    if barred:
        return made._replace(shows=barred)
    doubt = next((one for one in DOUBTS if one.item == wanted.id and one.when in row.doubts), None)
    shows, resource = shown(wanted.id, row.given, row.item, chart.encounter)
    if not shows:
        return _absent(made, wanted, row, chart, doubt)
    made = made._replace(state=PRESENT, shows=shows, resource=resource)
    if wanted.id == "order" and row.order_status in ORDERS:
        return _marked(made, wanted, row, chart)
    if doubt and doubt.state == DOUBTED:
        shows = "; ".join(filter(None, (shows, _beside(doubt, row))))
        return made._replace(state=DOUBTED, shows=shows, ask=question(row, doubt.ask))
    if wanted.id == "indication" and not row.given.indication:
        return _of_visit(made, wanted, row, chart)
    derived = wanted.id == "stop" and row.given.grade == DERIVED
    return made._replace(ask=question(row, wanted.ask)) if derived else made


def _of_visit(made: Entry, wanted: Wanted, row: Row, chart: Chart) -> Entry:
    """A reason that only the diagnoses of the visit suggest: in question, unless another row of the infusion has one charted."""
    other = next((item for item in row.run if chart.given[item.id].indication), None)
    if other is not None:
        shows, resource = shown(wanted.id, chart.given[other.id], other, chart.encounter)
        return made._replace(shows=shows, resource=resource)
    asks = row.leads and not _kept(wanted, chart)
    return made._replace(state=DOUBTED, ask=question(row, wanted.ask) if asks else "")


def _barred(wanted: Wanted, row: Row) -> str:
    """Why an item does not apply to the row, or ""."""
    if row.kind not in wanted.kinds:
        return f"not asked of this kind ({row.kind})"
    if wanted.only == VEIN and row.item.row.route not in ("iv", ""):
        return NOT_NEEDED[VEIN]
    if wanted.only == SECOND_SITE and not (row.item.row.has(SITE_NEEDED) or SITE_UNSUPPORTED in row.doubts):
        return NOT_NEEDED[SECOND_SITE]
    container = {CONTAINER_UNKNOWN, CONTAINER_ASKED} & row.doubts
    if wanted.only == SINGLE_DOSE and not container and not any(map(single_dose, row.run)):
        return NOT_NEEDED[SINGLE_DOSE]
    return ""


def _marked(made: Entry, wanted: Wanted, row: Row, chart: Chart) -> Entry:
    """An order that is none in force, or that nobody has read: what was not read is not cited."""
    marked = ORDERS[row.order_status]
    ask = question(row, marked.ask) if row.leads else ""
    made = made._replace(shows=f"{made.shows}, {marked.says}")
    if row.order_status != UNREAD:
        return made._replace(state=DOUBTED, ask=ask)
    return made._replace(state=NOT_READABLE, resource="", ask="" if _kept(wanted, chart) else ask)


def _absent(made: Entry, wanted: Wanted, row: Row, chart: Chart, doubt: Doubt | None) -> Entry:
    """What is not shown by the row: by another row of its infusion, or asked for once, unless it could not be read."""
    if wanted.once and (other := _by_another(wanted, row, chart)):
        return made._replace(state=PRESENT, shows=other[0], resource=other[1])
    if wanted.unread:
        return made._replace(state=NOT_READ, shows=wanted.unread)
    if wanted.only == SINGLE_DOSE and CONTAINER_ASKED in row.doubts:
        return made._replace(state=ASKED_ABOVE)
    first = row.run[0]
    if wanted.once and not row.leads and not shown(wanted.id, chart.given[first.id], first, chart.encounter)[0]:
        return made._replace(state=ASKED_ABOVE)
    if doubt and doubt.shows:
        state = NOT_YET if doubt.state == NOT_YET else DOUBTED
        return made._replace(state=state, shows=doubt.shows, ask=question(row, doubt.ask))
    if _kept(wanted, chart):
        return made._replace(state=NOT_READABLE)
    ask = question(row, doubt.ask if doubt else wanted.ask)
    # The reason may stand in the order that nobody has read.
    unread = wanted.id == "indication" and row.order_status == UNREAD
    return made._replace(state=NOT_READABLE if unread else MISSING, ask=ask)


def _by_another(wanted: Wanted, row: Row, chart: Chart) -> tuple[str, str] | None:
    """What another row of the infusion shows; an order is that of its own row only."""
    if wanted.id == "order":
        return None
    others = (shown(wanted.id, chart.given[item.id], item, chart.encounter) for item in row.run if item != row.item)
    return next((one for one in others if one[0]), None)


def _kept(wanted: Wanted, chart: Chart) -> bool:
    return bool(set(wanted.types) & chart.not_granted)


def _beside(doubt: Doubt, row: Row) -> str:
    """What is said beside what the chart shows, with the dose and the time of the order."""
    order = row.item.row.order
    written = order.written if order else None
    when = f"{day(written.at, written.offset)} {clock(written.at, written.offset)}" if written else ""
    return doubt.shows.format(dose=dose_words(order.dose if order else None), written=when)


def question(row: Row, asks: str) -> str:
    """A question to whoever gave it that names no answer and no payment."""
    given = row.given
    when = f" on {given.date} at {given.start}" if given.start else f" on {given.date}" if given.date else ""
    where = f" ({one_line(given.site, SITE)})" if given.site else ""
    return f"{one_line(row.item.row.text or given.drug, NAME)}{when}{where}: {asks}"
