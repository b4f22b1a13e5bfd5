"""Which stay an administration, a condition or a procedure belongs to: by reference, else by time, else by nobody's guess.

Nothing is dropped: what finds no stay is kept together in a stay without an id, one for each patient.
"""

from __future__ import annotations

from coding.model import STOPS, TELLS
from smart_app.administrations import Draft
from smart_app.fhir_times import DAY
from smart_app.findings import Done, Finding
from smart_app.references import Shelf
from smart_app.stays import Stay, of_patient, strangers


class Joiner:
    """Finds the stay of everything in one chart."""

    __slots__ = ("_by_part", "_by_reference", "_homeless", "_shelf", "stays")

    def __init__(self, shelf: Shelf, stays: list[Stay]) -> None:
        self._shelf = shelf
        self.stays = stays
        self._by_part = {part.id: stay for stay in stays for part in stay.parts}
        self._by_reference: dict[str, Stay | None] = {}
        self._homeless: dict[str, Stay] = {}

    @property
    def all_stays(self) -> list[Stay]:
        """Every stay, those without an id last."""
        return [*self.stays, *self._homeless.values()]

    def _referred(self, reference: str) -> Stay | None:
        if reference in self._by_reference:
            return self._by_reference[reference]
        found = self._shelf.find(reference)
        known = found is not None and found.get("resourceType") == "Encounter"
        stay = self._by_part.get(found["id"]) if known and found is not None else None
        self._by_reference[reference] = stay
        return stay

    def place(self, draft: Draft) -> None:
        """Puts a row into its stay."""
        reference = draft.encounter
        if not reference:
            self._by_time(draft)
            return
        stay = self._referred(reference)
        if stay is None:
            found = self._shelf.find(reference)
            if found is None:
                self._shelf.dangling(reference, f"MedicationAdministration/{draft.row.id}")
            if found is not None and found.get("resourceType") == "Encounter":
                self._unresolved(draft, "the visit that it names is not used")
            else:
                self._by_time(draft)
        elif strangers(draft.patient, stay):
            self._mismatch(f"MedicationAdministration/{draft.row.id}", reference)
            self._keep(draft)
        else:
            stay.drafts.append(draft)

    def _by_time(self, draft: Draft) -> None:
        choice = of_patient(self.stays, draft.patient) if draft.patient or self._one_patient() else []
        held = [stay for stay in choice if _holds_start(draft, stay)] or [
            stay for stay in choice if _overlaps(draft, stay)
        ]
        why = "its time lies within that visit alone"
        if not held and len(choice) == 1 and not draft.encounter and (_timeless(draft) or choice[0].timeless):
            held, why = choice, "it is the only visit of the patient"
        if len(held) != 1:
            self._unresolved(
                draft, "several visits hold its time" if held else "no visit of the patient holds its time"
            )
            return
        named = "names a visit that is not at hand" if draft.encounter else "names no visit"
        self._shelf.problem(
            "ENCOUNTER_GUESSED",
            TELLS,
            f"MedicationAdministration/{draft.row.id}",
            f"It {named}; it is joined to {held[0].id}: {why}.",
            "The encounter in the administration.",
        )
        held[0].drafts.append(draft)

    def _unresolved(self, draft: Draft, why: str) -> None:
        self._shelf.problem(
            "ENCOUNTER_UNRESOLVED",
            STOPS,
            f"MedicationAdministration/{draft.row.id}",
            f"It cannot be joined to a visit: {why}.",
            "The encounter in the administration.",
        )
        self._keep(draft)

    def _one_patient(self) -> bool:
        return len({stay.patient for stay in self.stays if stay.patient}) < 2

    def _keep(self, draft: Draft) -> None:
        stay = self._homeless.get(draft.patient)
        if stay is None:
            stay = self._homeless[draft.patient] = Stay([], draft.patient)
        stay.drafts.append(draft)

    def _mismatch(self, resource: str, reference: str) -> None:
        self._shelf.problem(
            "PATIENT_MISMATCH",
            STOPS,
            resource,
            f"It is of another patient than {reference}, so it is not joined to it.",
            "The right patient or the right encounter.",
        )

    def add_condition(self, finding: Finding, listed: dict[str, list[Stay]]) -> None:
        """Gives a condition to the stays that it belongs to. listed: stays by the ids of conditions that their encounters list."""
        condition, patient, reference, refused, over = finding
        name = f"Condition/{condition.id}"
        if refused:
            self._shelf.unread.append((name, refused))
            return
        stays = [stay for stay in listed.get(condition.id, ()) if not strangers(patient, stay)] if listed else []
        if reference:
            stay = self._referred(reference)
            if stay is not None and strangers(patient, stay):
                self._mismatch(name, reference)
                self._shelf.unread.append((name, "it is of another patient than its encounter"))
                return
            if stay is not None and stay not in stays:
                stays.append(stay)
        elif not stays:
            if over:
                self._shelf.unread.append((name, "it is over and names no encounter"))
                return
            stays = of_patient(self.all_stays, patient)
        for stay in stays:
            stay.conditions.append(condition)
        if not stays:
            self._shelf.unread.append((name, "no visit that is here has it"))

    def add_procedure(self, done: Done) -> None:
        """Gives a procedure to the stay that it names, else to those whose time it overlaps."""
        procedure, patient, reference, refused, services = done
        name = f"Procedure/{procedure.id}"
        if refused:
            self._shelf.unread.append((name, refused))
            return
        stay = self._referred(reference) if reference else None
        if stay is not None and strangers(patient, stay):
            self._mismatch(name, reference)
            self._shelf.unread.append((name, "it is of another patient than its encounter"))
            return
        stays = [stay] if stay is not None else []
        if stay is None and procedure.start is not None:
            last = procedure.stop if procedure.stop is not None else procedure.start
            stays = [
                one for one in of_patient(self.stays, patient) if one.overlaps(procedure.start, last, one.offset or 0)
            ]
        for one in stays:
            one.procedures.append(procedure)
            one.services += services
        if not stays:
            self._shelf.unread.append((name, "no visit that is here has it"))


def _timeless(draft: Draft) -> bool:
    return draft.row.start is None and draft.row.stop is None and not draft.late and draft.day is None


def _on_clock(draft: Draft, stay: Stay) -> tuple[int, int, int] | None:
    """(first, last, offset) of a row; a local time stands on the clock of the visit."""
    start, stop = draft.row.start, draft.row.stop
    one = start or stop
    if one is not None:
        return one.at, stop.at if stop is not None and stop.at >= one.at else one.at, one.offset
    if not draft.late:
        return None
    clock = stay.offset or 0
    first, last = draft.late[0].reading.at, draft.late[-1].reading.at
    return first - clock, max(first, last) - clock, clock


def _holds_start(draft: Draft, stay: Stay) -> bool:
    span = _on_clock(draft, stay)
    return span is not None and stay.overlaps(span[0], span[0], span[2])


def _overlaps(draft: Draft, stay: Stay) -> bool:
    span = _on_clock(draft, stay)
    if span is not None:
        return stay.overlaps(*span)
    if draft.day is None:
        return False
    clock = stay.offset or 0
    return stay.overlaps(draft.day - clock, draft.day + DAY - 1 - clock, clock)
