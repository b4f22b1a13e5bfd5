"""Resources that others refer to, read one by one: drugs, places, staff, insurers. A bounded number, each once; absence is normal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from typing import Any

from launch.context import Launch, allows
from smart_app import fhir_notices as tell
from smart_app.fhir_http import Unanswered, Wire
from smart_app.fhir_notices import TYPES, Notice
from smart_app.fhir_origin import read_reference
from smart_app.fhir_pages import Found, get_one
from smart_app.fhir_sift import Resource

BY_REFERENCE = ("Medication", "Location", "Practitioner", "Organization")

PAYERS = ("payor", "insurer")  # of a Coverage, in R4 and R5; one with a display is named already


def missing(base: str, resources: Iterable[Resource]) -> dict[str, list[str]]:
    """Ids by type of what is referred to on this server and has not been read, in order of mention."""
    there: set[tuple[str, str]] = set()
    wanted: dict[tuple[str, str], None] = {}
    resources = tuple(resources)
    orders = {pair for one in resources for pair in [read_reference(base, _request(one))] if pair is not None}
    for resource in resources:
        there.add((str(resource.get("resourceType")), str(resource.get("id"))))
        if (
            resource.get("resourceType") == "MedicationRequest"
            and ("MedicationRequest", resource.get("id")) not in orders
        ):
            continue  # an order that nothing was given for
        for element in _referring(resource):
            found = read_reference(base, element.get("reference")) if element.__class__ is dict else None
            if found is not None and found[0] in BY_REFERENCE:
                wanted[found] = None
    by_type: dict[str, list[str]] = {}
    for kind, name in wanted:
        if (kind, name) not in there:
            by_type.setdefault(kind, []).append(name)
    return by_type


def _request(resource: Resource) -> object:
    request = resource.get("request") if resource.get("resourceType") == "MedicationAdministration" else None
    return request.get("reference") if isinstance(request, dict) else None


def _referring(resource: Resource) -> Iterator[Any]:
    kind = resource.get("resourceType")
    if kind in ("MedicationAdministration", "MedicationRequest"):
        yield resource.get("medicationReference")
        medication = resource.get("medication")
        yield medication.get("reference") if medication.__class__ is dict else None
        yield from _inner(resource.get("performer"), "actor")
    elif kind == "Encounter":
        yield from _inner(resource.get("location"), "location")
    elif kind == "Coverage":
        yield from (one for name in PAYERS for one in _each(resource.get(name)) if not one.get("display"))


def _inner(elements: object, name: str) -> Iterator[Any]:
    yield from (element.get(name) for element in _each(elements))


def _each(elements: object) -> Iterator[dict[str, Any]]:
    yield from (one for one in (elements if isinstance(elements, list) else [elements]) if one.__class__ is dict)


def read_referred(wire: Wire, launch: Launch, pool: Executor, resources: Iterable[Resource]) -> Found:
    """Reads what is missing, where the launch allows it. Raises SessionEnded."""
    notices: list[Notice] = []
    jobs = []
    for kind, names in missing(wire.base, resources).items():
        if not allows(launch, kind, "read"):
            if TYPES[kind]["without"]:
                notices.append(tell.not_granted(kind))
            continue
        most = wire.limits.references
        if len(names) > most and TYPES[kind]["without"]:
            notices.append(tell.too_many_references(kind, most, len(names)))
        jobs.append((kind, [pool.submit(_one, wire, kind, name) for name in names[:most]]))
    brought: list[Resource] = []
    for kind, futures in jobs:
        answers = [future.result() for future in futures]
        brought += [answer for answer in answers if not isinstance(answer, str)]
        faults = [answer for answer in answers if isinstance(answer, str)]
        if faults and TYPES[kind]["without"]:
            notices.append(tell.unread_references(kind, len(faults), faults[0]))
    return Found(tuple(brought), tuple(notices))


def _one(wire: Wire, kind: str, name: str) -> Resource | str:
    try:
        return get_one(wire, kind, name)
    except Unanswered as fault:
        return fault.says
