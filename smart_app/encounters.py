"""One Encounter resource -> one Part of a stay: its kind, its bounds, its clock, its place, its reason."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from coding.model import ASKS, TELLS
from smart_app.concepts import Key, concept_codes, concept_key, each, first, service_codes, words
from smart_app.fhir_times import DATE, DAY, INSTANT, LOCAL, Reading, read_time, time_problem, zone_of, zone_offset
from smart_app.orders import read_reasons
from smart_app.references import MALFORMED, Resource, Shelf
from smart_app.wordlists import Phrase, table

_CLASSES = table("encounter_classes")
_BY_CODE: dict[str, str] = dict(_CLASSES["code"])
_BY_TYPE: dict[str, str] = _CLASSES["type"]
_BY_WORDS: tuple[tuple[str, Phrase], ...] = tuple((entry["kind"], Phrase(entry)) for entry in _CLASSES["word"])
# Which kind a stay has when its parts differ: the first of these that any part has.
KINDS = ("inpatient", "observation", "emergency", "outpatient", "home")
_NO_VISIT = ("entered-in-error", "cancelled")
_GOING_ON = ("in-progress", "arrived", "triaged", "onleave", "on-hold")
_PLACE_OF_SERVICE = ("place-of-service", "placeofservice")


class Bound(NamedTuple):
    """One end of a visit. wall: seconds of the wall clock (a date, or a time without a zone), else of 1970 UTC."""

    at: int
    wall: bool


class Part(NamedTuple):
    """One Encounter resource as read. parent: the id of the encounter that it is part of, or ""."""

    id: str
    patient: str
    kind: str
    low: Bound | None
    high: Bound | None
    start: int | None
    stop: int | None
    offset: int | None
    open: bool
    place: str
    parent: str
    reason: str
    reason_codes: tuple[str, ...]
    services: tuple[str, ...]
    diagnoses: tuple[str, ...]


@lru_cache(maxsize=4_096)
def kind_of(key: Key) -> str:
    """The kind of visit that a class concept means, or ""."""
    for _, code, _ in key[1]:
        if code and words(code).upper() in _BY_CODE:
            return _BY_CODE[words(code).upper()]
    for text in (key[0], *(display or code for _, code, display in key[1])):
        for kind, phrase in _BY_WORDS:
            if text and phrase.find(words(text)):
                return kind
    return ""


def _kind(resource: Resource) -> str:
    element = resource.get("class")
    if element.__class__ is dict and "coding" not in element and "text" not in element:
        kind = kind_of((None, ((element.get("system"), element.get("code"), element.get("display")),)))
    else:
        kind = next((kind for kind in (kind_of(concept_key(one)) for one in each(element)) if kind), "")
    if kind:
        return kind
    codes = (code for one in each(resource.get("type")) for _, code in concept_codes(concept_key(one)))
    return next((_BY_TYPE[code] for code in codes if code in _BY_TYPE), "")


def read_part(shelf: Shelf, name: str, resource: Resource) -> Part | None:
    """Reads one Encounter; None where it is no visit. Raises one of references.MALFORMED where its shape is wrong."""
    status = words(resource.get("status"))
    if status in _NO_VISIT:
        shelf.unread.append((f"Encounter/{name}", f"it is marked {status}"))
        shelf.problem(
            "ENCOUNTER_UNRESOLVED",
            TELLS,
            f"Encounter/{name}",
            f"This encounter is marked {status}, so nothing is coded for it.",
            "The encounter under which the care was given.",
        )
        return None
    period = resource.get("period") or resource.get("actualPeriod") or {}
    begin, end = period.get("start"), period.get("end")
    zone = zone_of(resource)
    place, location_zone = _place(shelf, resource) if "location" in resource else ("", "")
    low, start, offset = _bound(shelf, name, "period.start", begin, zone or location_zone or shelf.zone)
    high, stop, ending = _bound(shelf, name, "period.end", end, zone or location_zone or shelf.zone)
    going_on = not end and status in _GOING_ON
    if low is not None and high is None and not going_on and not end:
        # A finished visit without an end holds what was given within a day of its start, and no more.
        high = low._replace(at=low.at + DAY)
    reason, codes = read_reasons(shelf, resource)
    parent = resource.get("partOf")
    services = (
        tuple(code for one in each(resource.get("type")) for code in service_codes(concept_key(one)))
        if "type" in resource
        else ()
    )
    diagnoses = (
        tuple(filter(None, (_diagnosis(one) for one in each(resource.get("diagnosis")))))
        if "diagnosis" in resource
        else ()
    )
    return Part(
        name,
        shelf.patient(resource),
        _kind(resource),
        low,
        high,
        start,
        stop,
        offset if offset is not None else ending,
        going_on,
        place,
        words(parent.get("reference")) if parent else "",
        reason,
        codes,
        services,
        diagnoses,
    )


def _diagnosis(element: Resource) -> str:
    inner = first(element.get("condition"))
    reference = inner.get("reference")
    return words(reference.get("reference")) if reference.__class__ is dict else words(reference)


def _bound(shelf: Shelf, name: str, element: str, text: Any, zone: str) -> tuple[Bound | None, int | None, int | None]:
    """(bound for joining, instant, seconds east of UTC where known) of one end of a period."""
    if not text:
        return None, None, None
    reading = read_time(text)
    if reading.kind == INSTANT:
        offset = reading.offset or (zone_offset(zone, reading.at) if zone else None)
        return Bound(reading.at, False), reading.at, offset
    code, says, would_change = time_problem(reading.kind, element)
    shelf.problem(code, ASKS if reading.kind != DATE else TELLS, f"Encounter/{name}", says, would_change)
    offset = zone_offset(zone, reading.at) if zone else None
    return _wall_bound(reading, element, offset)


def _wall_bound(reading: Reading, element: str, offset: int | None) -> tuple[Bound | None, int | None, int | None]:
    if reading.kind == DATE:
        return Bound(reading.at + (DAY - 1 if element.endswith("end") else 0), True), None, offset
    if reading.kind != LOCAL:
        return None, None, None
    return Bound(reading.at, True), reading.at - (offset or 0), offset


def _place(shelf: Shelf, resource: Resource) -> tuple[str, str]:
    """(CMS place-of-service code, IANA zone) of the first location that has one."""
    place = zone = ""
    for element in each(resource.get("location")):
        reference = words((element.get("location") or {}).get("reference"))
        found = shelf.find(reference, resource) if reference else None
        if found is None:
            continue
        try:
            place = place or _service_place(found)
            zone = zone or zone_of(found)
        except MALFORMED as error:
            shelf.unreadable(f"Location/{found['id']}", error)
    return place, zone


def _service_place(location: Resource) -> str:
    for one in each(location.get("type")):
        for system, code in concept_codes(concept_key(one)):
            if any(part in system.lower().replace("_", "-") for part in _PLACE_OF_SERVICE):
                return code
    return ""
