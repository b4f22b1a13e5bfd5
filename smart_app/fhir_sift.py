"""What of a server's answer belongs to this chart: the launch's patient, and the time that was asked for.

Servers ignore parameters that they do not know, so nothing is taken on trust.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from smart_app.fhir_notices import TYPES
from smart_app.fhir_origin import read_reference
from smart_app.fhir_window import Window, reaches, span_of

Resource = dict[str, Any]


def _names(field: str) -> dict[str, tuple[str, ...]]:
    return {kind: tuple(row[field]) for kind, row in TYPES.items() if isinstance(row.get(field), list)}


_OWNERS, _TIMES = _names("owner"), _names("times")


def belongs(base: str, patient: str, resource: Resource) -> bool:
    """Whether a resource is the patient's own, or of a type that belongs to nobody. One that should name a patient and does not, is not."""
    kind = str(resource.get("resourceType"))
    if kind == "Patient":
        return bool(resource.get("id") == patient)
    owners = _OWNERS.get(kind)
    if owners is None:
        return True
    subject = next((resource[owner] for owner in owners if resource.get(owner)), None)
    return refers_to(base, subject, "Patient", patient)


def refers_to(base: str, element: object, kind: str, name: str) -> bool:
    """Whether a Reference leads to the resource of this server with that type and id."""
    return isinstance(element, dict) and bool(name) and read_reference(base, element.get("reference")) == (kind, name)


def in_time(base: str, resources: Iterable[Resource], window: Window, visit: Collection[str]) -> list[Resource]:
    """Those inside the window, with those of the visit's encounters (ids) whatever their time, and every encounter that these refer to."""
    kept: list[Resource] = []
    others: list[Resource] = []
    for resource in resources:
        (kept if _in_time(base, resource, window, visit) else others).append(resource)
    outside = {str(one.get("id")): one for one in others if one.get("resourceType") == "Encounter"}
    waiting = [name for resource in kept for name in _encounters(base, resource)]
    while waiting:
        found = outside.pop(waiting.pop(), None)
        if found is not None:
            kept.append(found)
            waiting += _encounters(base, found)
    return kept


def parts_of_visit(base: str, resources: Iterable[Resource], name: str) -> list[Resource]:
    """The encounter with that id and every other that is part of the same visit, up and down by partOf."""
    encounters = {str(one.get("id")): one for one in resources if one.get("resourceType") == "Encounter"}
    above = {key: _encounters(base, one) for key, one in encounters.items()}
    names, waiting = {name}, [name]
    while waiting:
        one = waiting.pop()
        near = {*above.get(one, ()), *(key for key, parents in above.items() if one in parents)} - names
        names |= near
        waiting += near
    return [one for key, one in encounters.items() if key in names]


def _in_time(base: str, resource: Resource, window: Window, visit: Collection[str]) -> bool:
    kind = str(resource.get("resourceType"))
    if kind == "Encounter" and str(resource.get("id")) in visit:
        return True
    if any(name in visit for name in _encounters(base, resource)):
        return True
    times = _TIMES.get(kind)
    return times is None or reaches(span_of(resource, times), window)


def _encounters(base: str, resource: Resource) -> list[str]:
    """Ids of the encounters that a resource names: R4 context, R5 encounter, and what an encounter is part of."""
    elements = (resource.get(name) for name in ("context", "encounter", "partOf"))
    found = (read_reference(base, one.get("reference")) for one in elements if isinstance(one, dict))
    return [pair[1] for pair in found if pair is not None and pair[0] == "Encounter"]
