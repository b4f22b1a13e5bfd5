"""FHIR resources of one chart -> the visits that the engine takes, with the problems of reading and what was left unread.

Plain JSON, R4 or R5 in shape, read tolerantly: one resource of the wrong shape never hides another. No billing judgement is made
here; every MedicationAdministration is a row of exactly one visit or is listed as unread, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from coding.model import CHARTED, Administration, Encounter, Moment, Problem
from smart_app.administrations import Late, read_administration
from smart_app.encounters import read_part
from smart_app.findings import read_condition, read_procedure
from smart_app.joining import Joiner
from smart_app.mar_events import fold_events
from smart_app.references import MALFORMED, Resource, Shelf, entries_of
from smart_app.stays import Stay, roll_up
from smart_app.weights import weighed

T = TypeVar("T")


class Chart(NamedTuple):
    """One chart as read. bundle: the id of the Bundle. unread: (resource, why) of everything that is in no visit."""

    bundle: str
    encounters: tuple[Encounter, ...]
    problems: tuple[Problem, ...]
    unread: tuple[tuple[str, str], ...]


def read_bundle(bundle: Resource, zone: str = "") -> Chart:
    """Reads a Bundle of any type. zone: IANA name of the place of service, used where the chart's times are in UTC or have no zone."""
    name = bundle.get("id")
    return _read(Shelf(entries_of(bundle), zone), name if name.__class__ is str and name else "")


def read_resources(resources: Iterable[Resource], bundle_id: str = "", zone: str = "") -> Chart:
    """Reads resources that came without a Bundle."""
    return _read(Shelf((("", resource) for resource in resources), zone), bundle_id)


def _read(shelf: Shelf, name: str) -> Chart:
    parts = _read_each(shelf, "Encounter", read_part)
    joiner = Joiner(shelf, roll_up(shelf, parts))
    for draft in _read_each(shelf, "MedicationAdministration", read_administration):
        joiner.place(draft)
    _add_findings(shelf, joiner)
    encounters = tuple([_finish(shelf, stay) for stay in joiner.all_stays])
    return Chart(name, encounters, tuple(shelf.problems), tuple(shelf.unread))


def _read_each(shelf: Shelf, kind: str, read: Callable[[Shelf, str, Resource], T | None]) -> list[T]:
    """Everything of one type that can be read; what cannot be is listed and the rest goes on."""
    found = []
    for name, resource in shelf.by_type[kind]:
        try:
            one = read(shelf, name, resource)
        except MALFORMED as error:
            shelf.unreadable(f"{kind}/{name}", error)
            continue
        if one is not None:
            found.append(one)
    return found


def _add_findings(shelf: Shelf, joiner: Joiner) -> None:
    listed = _listed(shelf, joiner.stays)
    for finding in _read_each(shelf, "Condition", read_condition):
        joiner.add_condition(finding, listed)
    for done in _read_each(shelf, "Procedure", read_procedure):
        joiner.add_procedure(done)


def _listed(shelf: Shelf, stays: list[Stay]) -> dict[str, list[Stay]]:
    """The stays whose encounters list a condition as a diagnosis, by the id of the condition."""
    listed: dict[str, list[Stay]] = {}
    for stay in stays:
        for part in stay.parts:
            for reference in part.diagnoses:
                found = shelf.find(reference)
                if found is None:
                    shelf.dangling(reference, f"Encounter/{part.id}")
                elif stay not in listed.setdefault(found["id"], []):
                    listed[found["id"]].append(stay)
    return listed


def _finish(shelf: Shelf, stay: Stay) -> Encounter:
    clock = _clock(stay)
    if any(draft.late for draft in stay.drafts):
        stay.drafts = [draft._replace(row=_on_clock(draft.row, draft.late, clock), late=()) for draft in stay.drafts]
    stay.drafts = weighed(shelf, stay.drafts, [part.id for part in stay.parts])
    drafts, folded = fold_events(stay.drafts)
    for name, into in folded:
        shelf.unread.append((f"MedicationAdministration/{name}", f"folded into MedicationAdministration/{into}"))
    return stay.finish(tuple([draft.row for draft in drafts]), clock)


def _clock(stay: Stay) -> int:
    """Seconds east of UTC at the place of service: of the visit, else of the first row that was not written in UTC, else 0."""
    if stay.offset is not None:
        return stay.offset
    starts = (draft.row.start for draft in stay.drafts)
    return next((start.offset for start in starts if start is not None and start.offset), 0)


def _on_clock(row: Administration, late: tuple[Late, ...], clock: int) -> Administration:
    for field, reading, source in late:
        said = f"{source}, no zone: read on the clock of the visit"
        moment = Moment(reading.at - clock, clock, CHARTED, said)
        row = row._replace(start=moment) if field == "start" else row._replace(stop=moment)
    return row
