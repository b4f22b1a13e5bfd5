"""The practice EHR's record room: resources in memory, by type and id, and by the patient whose chart they are in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

Resource = dict[str, Any]
SHARED = frozenset(
    {"Medication", "Practitioner", "PractitionerRole", "Organization", "Location", "Device", "Substance"}
)
"""Types outside the patient compartment: no patient owns them."""
SERVED = (
    SHARED
    | {"Patient", "Encounter", "Condition", "Coverage", "Procedure", "Observation"}
    | {f"Medication{part}" for part in ("Administration", "Request", "Statement")}
)
"""Types that can be searched even where no chart holds one: the answer is then an empty Bundle."""
_OWNER = ("subject", "patient", "beneficiary")


class Shelf:
    """All charts: Bundles, and bare resources, which are read as one Bundle of their own.

    A Bundle may refer to its own entries by urn:uuid or absolute address; that comes out as Type/id.
    """

    def __init__(self, bundles: Iterable[Resource]) -> None:
        self._by_key: dict[tuple[str, str], Resource] = {}
        self._of: dict[str, dict[str, list[Resource]]] = {}
        self._owner: dict[tuple[str, str], str] = {}
        self._patients: dict[str, str] = {}
        self.clashes: list[str] = []
        loose: list[Resource] = []
        for number, chart in enumerate(bundles, 1):
            if chart.get("resourceType", "Bundle") == "Bundle":
                self._read(chart, number)
            else:
                loose.append({"fullUrl": "", "resource": chart})
        self._read({"entry": loose}, 0)

    def add(self, resource: Resource, patient: str = "") -> None:
        """Put one resource on the shelf. A second one with the same type and id is left out and named in clashes."""
        key = (str(resource["resourceType"]), str(resource["id"]))
        if key in self._by_key:
            if self._by_key[key] != resource:
                self.clashes.append("/".join(key))
            return
        self._by_key[key] = resource
        self._owner[key] = "" if key[0] in SHARED else key[1] if key[0] == "Patient" else owner(resource) or patient
        self._of.setdefault(key[0], {}).setdefault(self._owner[key], []).append(resource)

    def patients(self) -> tuple[tuple[str, str], ...]:
        """(patient id, id of the Bundle that brought the patient) in the order of the charts."""
        return tuple(self._patients.items())

    def get(self, kind: str, identity: str) -> Resource | None:
        """A resource by type and id."""
        return self._by_key.get((kind, identity))

    def owner(self, resource: Resource) -> str:
        """The id of the patient in whose chart a resource is; empty for shared types."""
        return self._owner.get((resource["resourceType"], resource["id"]), "")

    def of(self, kind: str, patient: str = "") -> list[Resource]:
        """The resources of a type, of one patient where one is named, in the order of the charts."""
        held = self._of.get(kind, {})
        return list(held.get(patient, ()) if patient else chain.from_iterable(held.values()))

    def kinds(self) -> tuple[str, ...]:
        """The types that are served: those on the shelf, and those that an EHR has whether or not a patient has any."""
        return tuple(sorted({*self._of, *SERVED}))

    def encounters(self, patient: str) -> list[Resource]:
        """A patient's encounters, those with administrations first, then the newest first."""
        given = {reference(one.get("context")) for one in self.of("MedicationAdministration", patient)}
        found = sorted(self.of("Encounter", patient), key=_began, reverse=True)
        return sorted(found, key=lambda one: f"Encounter/{one['id']}" not in given)

    def _read(self, bundle: Resource, number: int) -> None:
        resources = list(_named(bundle, number))
        places = {address: f"{one['resourceType']}/{one['id']}" for address, one in resources if address}
        turned = [_turned(one, places) for _, one in resources]
        patients = [one["id"] for one in turned if one["resourceType"] == "Patient"]
        others = dict.fromkeys(filter(None, (owner(one) for one in turned)))
        for patient in patients if patients and number else [*patients, *others]:
            self._patients.setdefault(patient, str(bundle.get("id", "")))
        for one in turned:
            self.add(one, patients[0] if len(patients) == 1 else "")


def owner(resource: Resource) -> str:
    """The id of the patient that a resource names; empty where it names none."""
    for field in _OWNER:
        kind, _, identity = reference(resource.get(field)).partition("/")
        if kind == "Patient":
            return identity
    return ""


def reference(value: object) -> str:
    """Type/id out of a FHIR Reference, relative or absolute; empty where there is none."""
    text = value.get("reference") if isinstance(value, dict) else None
    return "/".join(text.split("/_history/")[0].split("/")[-2:]) if isinstance(text, str) else ""


def _named(bundle: Resource, number: int) -> Iterator[tuple[str, Resource]]:
    for place, entry in enumerate(bundle.get("entry") or (), 1):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and isinstance(resource.get("resourceType"), str):
            identity = resource.get("id") or f"chart-{number}-entry-{place}"
            yield str(entry.get("fullUrl", "")), {**resource, "id": str(identity)}


def _turned(value: Any, places: dict[str, str]) -> Any:
    if isinstance(value, dict):
        turned = {name: _turned(part, places) for name, part in value.items()}
        if isinstance(turned.get("reference"), str):
            turned["reference"] = places.get(turned["reference"], turned["reference"])
        return turned
    return [_turned(part, places) for part in value] if isinstance(value, list) else value


def _began(encounter: Resource) -> str:
    period = encounter.get("period")
    return str(period.get("start", "")) if isinstance(period, dict) else ""
