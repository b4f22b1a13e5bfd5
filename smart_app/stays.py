"""Stays: linked encounters are one visit (rule encounter.observation-days), and everything finds the stay that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from coding.model import Administration, Condition, Encounter, Procedure
from smart_app.administrations import Draft
from smart_app.encounters import KINDS, Bound, Part
from smart_app.notes import read_facts
from smart_app.references import Shelf


class Stay:
    """One visit while its chart is read. An id of "" holds what belongs to no visit that is known."""

    __slots__ = ("conditions", "drafts", "id", "offset", "parts", "patient", "procedures", "services", "start", "stop")

    def __init__(self, parts: list[Part], patient: str) -> None:
        self.parts = parts
        self.patient = patient
        self.id = parts[0].id if parts else ""
        self.drafts: list[Draft] = []
        self.conditions: list[Condition] = []
        self.procedures: list[Procedure] = []
        self.services: list[str] = []
        for part in parts:
            self.services += part.services
        self.offset = next((part.offset for part in parts if part.offset is not None), None)
        self.start = min((part.start for part in parts if part.start is not None), default=None)
        self.stop = None if self.open else max((part.stop for part in parts if part.stop is not None), default=None)

    @property
    def open(self) -> bool:
        """Whether the visit goes on: the outermost encounter does, or has no end while a part goes on."""
        return bool(self.parts) and (
            self.parts[0].open or (self.parts[0].high is None and any(part.open for part in self.parts))
        )

    @property
    def timeless(self) -> bool:
        """Whether no part has a period."""
        return all(part.low is None and part.high is None for part in self.parts)

    def overlaps(self, first: int, last: int, offset: int) -> bool:
        """Whether any minute between two instants (seconds) lies within the visit."""
        if self.start is not None and self.stop is not None and first <= self.stop and last >= self.start:
            return True
        return any(
            (part.low is not None or part.high is not None)
            and _at_or_after(last, offset, part.low)
            and _at_or_before(first, offset, part.high)
            for part in self.parts
        )

    def finish(self, rows: tuple[Administration, ...], zone_less: int) -> Encounter:
        """The visit as the engine takes it."""
        parts = self.parts
        kinds = {part.kind for part in parts}
        reason = "; ".join(dict.fromkeys(part.reason for part in parts if part.reason)) if parts else ""
        return Encounter(
            self.id,
            next((kind for kind in KINDS if kind in kinds), ""),
            next((part.place for part in parts if part.place), ""),
            self.start,
            self.stop,
            self.offset if self.offset is not None else zone_less,
            self.open,
            self.patient,
            reason,
            tuple(dict.fromkeys(code for part in parts for code in part.reason_codes)),
            tuple(self.conditions),
            rows,
            tuple(self.procedures),
            tuple(dict.fromkeys(self.services)),
            tuple([part.id for part in parts]),
            read_facts(reason, "reason") if reason else (),
        )


def _at_or_after(at: int, offset: int, bound: Bound | None) -> bool:
    return bound is None or at + (offset if bound.wall else 0) >= bound.at


def _at_or_before(at: int, offset: int, bound: Bound | None) -> bool:
    return bound is None or at + (offset if bound.wall else 0) <= bound.at


def roll_up(shelf: Shelf, parts: list[Part]) -> list[Stay]:
    """One stay for each chain of encounters; the outermost encounter at hand comes first and gives the id."""
    if len(parts) == 1 and not parts[0].parent:
        return [Stay(parts, parts[0].patient)]
    by_id = {part.id: part for part in parts}
    chains: dict[str, list[Part]] = {}
    for part in parts:
        chains.setdefault(_top(shelf, part, by_id), []).append(part)
    stays = []
    for name, members in chains.items():
        members.sort(key=lambda part: part.id != name)
        stays.append(Stay(members, next((part.patient for part in members if part.patient), "")))
    return stays


def _top(shelf: Shelf, part: Part, by_id: dict[str, Part]) -> str:
    """The id of the outermost encounter; of encounters that are part of each other, the first id in order."""
    climbed = [part.id]
    while True:
        above = _parent(shelf, part, by_id)
        if above is None:
            return climbed[-1]
        if above.id in climbed:
            return min(climbed[climbed.index(above.id) :])
        climbed.append(above.id)
        part = above


def _parent(shelf: Shelf, part: Part, by_id: dict[str, Part]) -> Part | None:
    if not part.parent:
        return None
    found = shelf.find(part.parent)
    if found is None:
        shelf.dangling(part.parent, f"Encounter/{part.id}")
        return None
    above = by_id.get(found["id"]) if found.get("resourceType") == "Encounter" else None
    return None if above is None or _strangers(above.patient, part.patient) else above


def _strangers(patient: str, other: str) -> bool:
    return bool(patient) and bool(other) and patient != other


def strangers(patient: str, stay: Stay) -> bool:
    """Whether a resource of this patient cannot belong to the stay."""
    return _strangers(patient, stay.patient)


def of_patient(stays: Iterable[Stay], patient: str) -> list[Stay]:
    """The stays that may be those of a patient."""
    return [stay for stay in stays if not _strangers(patient, stay.patient)]
