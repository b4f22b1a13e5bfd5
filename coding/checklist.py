"""The documentation checklist of a visit: for each thing given, what is there, what is missing or doubted, and what could not be read.

A missing item is a question to whoever gave it, never a reading; what was not granted is not called missing. Nothing of the chart is left
out: rows that were not given, belong to another row or could not be read stand apart, with the reason.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from coding.checklist_doubts import doubts_of
from coding.checklist_entries import NAME, Chart, Entry, Row, entry
from coding.checklist_shown import kind_of
from coding.checklist_table import (
    CONTAINER_ASKED,
    CONTAINER_UNKNOWN,
    ITEMS,
    MISSING,
    NOT_READABLE,
    PRESENT,
    VISIT,
    Wanted,
)
from coding.denial_facts import given_of
from coding.documentation import check_times
from coding.log import Log
from coding.model import Coded, Encounter
from coding.one_line import one_line
from coding.policy import Policy
from coding.rules import PROBLEMS
from coding.runs import assemble, is_pause
from coding.service import Item
from coding.substances import know
from coding.timeline import clock, day

_DAMAGED, _ROW = "RESOURCE_UNREADABLE", "MedicationAdministration/"
_WHY = 200  # characters of a reason


class Checked(NamedTuple):
    """One administration with all items of the table, each once."""

    administration: str
    drug: str
    kind: str
    date: str
    start: str
    entries: tuple[Entry, ...]


class Apart(NamedTuple):
    """A row of the chart to which no item applies, and why. do: what to do about it, or ""."""

    administration: str
    why: str
    do: str


class Checklist(NamedTuple):
    """The visit's own items, then each administration in order of time, then the rows that stand apart."""

    encounter: str
    visit: tuple[Entry, ...]
    administrations: tuple[Checked, ...]
    apart: tuple[Apart, ...] = ()


def checklist(encounter: Encounter, coded: Coded, policy: Policy, not_granted: Collection[str] = ()) -> Checklist:
    """The checklist of a visit. not_granted: FHIR resource types that the app may not read, or that the server does not have."""
    items = {item.id: item for item in know(encounter, Log())}
    given = {one.administration: one for one in given_of(encounter, coded, policy)}
    runs = _runs([items[id] for id in given], encounter, policy)
    rules = {one.resource: one.rules for one in coded.not_billed}
    chart = Chart(encounter, given, frozenset(not_granted))
    found = []
    asked: set[str] = set()
    for id, one in given.items():
        item, run = items[id], runs.get(id) or (items[id],)
        doubts = doubts_of(item, run, coded)
        if CONTAINER_UNKNOWN in doubts and item.key in asked:
            doubts = doubts - {CONTAINER_UNKNOWN} | {CONTAINER_ASKED}
        elif CONTAINER_UNKNOWN in doubts:
            asked.add(item.key)
        row = Row(one, item, kind_of(item, {*rules.get(id, ()), *doubts}), doubts, run)
        entries = tuple(entry(wanted, row, chart) for wanted in ITEMS)
        found.append(Checked(id, one_line(one.drug, NAME), row.kind, one.date, one.start, entries))
    visit = tuple(_visit(one, encounter, not_granted) for one in VISIT)
    return Checklist(encounter.id, visit, tuple(found), _apart(encounter, coded, given))


def _runs(items: list[Item], encounter: Encounter, policy: Policy) -> dict[str, tuple[Item, ...]]:
    """The rows of each infusion as the engine puts them together, by each of their ids; pauses left out."""
    found: dict[str, tuple[Item, ...]] = {}
    for service in assemble(check_times(items, encounter, policy, Log()), policy, Log()):
        active = tuple(item for item in service.items if not is_pause(item.row))
        found |= dict.fromkeys((item.id for item in active), active)
    return found


def _visit(wanted: Wanted, encounter: Encounter, not_granted: Collection[str]) -> Entry:
    if wanted.id == "class":
        shows = encounter.kind
    else:
        ends = [f"{day(at, encounter.offset)} {clock(at, encounter.offset)}" for at in _ends(encounter)]
        shows = " to ".join(ends) if len(ends) == 2 or (ends and encounter.open) else ""
    state = PRESENT if shows else NOT_READABLE if set(wanted.types) & set(not_granted) else MISSING
    resource = f"Encounter/{encounter.id}" if shows and encounter.id else ""
    return Entry(wanted.id, wanted.title, state, shows, resource, wanted.ask if state == MISSING else "", wanted.card)


def _ends(encounter: Encounter) -> list[int]:
    return [at for at in (encounter.start, encounter.stop) if at is not None]


def _apart(encounter: Encounter, coded: Coded, given: Collection[str]) -> tuple[Apart, ...]:
    """Rows without items, in the words of the engine and of the reader where these have some."""
    damaged = [one for one in coded.problems if one.code == _DAMAGED and one.resource.startswith(_ROW)]
    found = {one.resource: one.why for one in coded.not_billed if one.resource not in given}
    for row in encounter.administrations:
        if row.id not in given:
            found.setdefault(
                row.id, f"It is charted as {'entered in error' if row.status == 'error' else 'not given'}."
            )
    found |= {one.resource.removeprefix(_ROW): one.says for one in damaged}
    unread = {one.resource.removeprefix(_ROW) for one in damaged}
    do = PROBLEMS[_DAMAGED].do
    return tuple(Apart(id, one_line(says, _WHY), do if id in unread else "") for id, says in found.items())
