"""The shelf: every resource of one chart, found by any of the ways in which resources refer to each other.

Also keeps what could not be used: problems for a person, and the list of resources that were not read, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from coding.model import ASKS, STOPS, TELLS, Problem

Resource = dict[str, Any]
_MEANT = frozenset(
    ("Encounter", "MedicationAdministration", "Condition", "Procedure", "MedicationRequest", "Medication", "Location")
)
READ_TYPES = ("Encounter", "MedicationAdministration", "Condition", "Procedure")
# What reading a resource of the wrong shape raises.
MALFORMED = (TypeError, ValueError, AttributeError, KeyError, IndexError, ArithmeticError)


class Shelf:
    """Resources by type and by reference; orders, medications and conditions remember what was read of them, by reference."""

    __slots__ = (
        "_by_key",
        "_patients",
        "_told",
        "by_type",
        "conditions",
        "medications",
        "orders",
        "problems",
        "unread",
        "zone",
    )

    def __init__(self, entries: Iterable[tuple[str, Any]], zone: str = "") -> None:
        self.zone = zone
        self.by_type: dict[str, list[tuple[str, Resource]]] = {name: [] for name in READ_TYPES}
        self.problems: list[Problem] = []
        self.unread: list[tuple[str, str]] = []
        self.orders: dict[str, Any] = {}
        self.medications: dict[str, Any] = {}
        self.conditions: dict[str, Any] = {}
        self._by_key: dict[str, Resource] = {}
        self._patients: dict[str, str] = {}
        self._told: set[str] = set()
        by_key, by_type = self._by_key, self.by_type
        for position, (full_url, resource) in enumerate(entries):
            kind = resource.get("resourceType") if resource.__class__ is dict else None
            if kind.__class__ is not str:
                self._refuse(f"entry {position}", "it is not a FHIR resource")
                continue
            name = resource.get("id")
            if name.__class__ is not str or not name:
                name = full_url.rsplit("/", 1)[-1].rsplit(":", 1)[-1] or f"entry-{position}"
                resource = {**resource, "id": name}
            key = f"{kind}/{name}"
            if key in by_key:
                if kind in _MEANT:
                    self._twice(key, by_key[key], resource)
            else:
                by_key[key] = resource
                if kind in by_type:
                    by_type[kind].append((name, resource))
            if full_url:
                by_key.setdefault(full_url, by_key[key])

    def _twice(self, key: str, twin: Resource, resource: Resource) -> None:
        self.unread.append((key, "the same id came twice; the first copy is used"))
        if twin != resource:
            self.problem(
                "RESOURCE_UNREADABLE",
                ASKS,
                key,
                "Two different resources have this id; only the first is used.",
                "The one that holds.",
            )

    def _refuse(self, reference: str, why: str) -> None:
        self.unread.append((reference, why))
        self.problem("RESOURCE_UNREADABLE", ASKS, reference, f"This entry is not read: {why}.")

    def problem(self, code: str, severity: str, resource: str, says: str, would_change: str = "") -> None:
        """Keeps a problem for the person who reads the chart."""
        self.problems.append(Problem(code, severity, resource, says, would_change))

    def unreadable(self, reference: str, error: Exception) -> None:
        """Keeps a resource of the wrong shape, and why, out of the chart."""
        self.unread.append((reference, f"it does not have the shape of its type ({type(error).__name__}: {error})"))
        severity = STOPS if reference.startswith("MedicationAdministration/") else ASKS
        self.problem(
            "RESOURCE_UNREADABLE",
            severity,
            reference,
            "This record is damaged and cannot be read; nothing of it is billed.",
            "The record as the EHR shows it: compare it there.",
        )

    def dangling(self, reference: str, where: str, severity: str = TELLS) -> None:
        """Keeps, once, that a reference leads nowhere."""
        if reference not in self._told:
            self._told.add(reference)
            self.problem(
                "REFERENCE_UNRESOLVED",
                severity,
                where,
                f"It refers to {reference}, which is not in what was sent.",
                "The resource that is referred to.",
            )

    def find(self, reference: str, owner: Resource | None = None) -> Resource | None:
        """The resource that a reference leads to: contained, by fullUrl, or by type and id; None where it leads nowhere."""
        found = self._by_key.get(reference)
        if found is not None:
            return found
        if reference.startswith("#"):
            return next((one for one in (owner or {}).get("contained") or () if one.get("id") == reference[1:]), None)
        bare = reference.split("/_history/", 1)[0]
        return self._by_key.get("/".join(bare.rsplit("/", 2)[-2:])) or self._by_key.get(bare)

    def of_type(self, kind: str) -> Iterator[tuple[str, Resource]]:
        """(id, resource) of a type that is not among READ_TYPES; a walk over the whole chart, so only where it is needed."""
        start = f"{kind}/"
        return ((one["id"], one) for key, one in self._by_key.items() if key.startswith(start))

    def patient(self, resource: Resource) -> str:
        """The id of the patient of a resource, "" where it names none."""
        subject = resource.get("subject") or resource.get("patient")
        if not subject:
            return ""
        reference = subject.get("reference")
        if not reference:
            return ""
        known = self._patients.get(reference)
        if known is None:
            found = self.find(reference)
            known = found["id"] if found else reference.split("/_history/", 1)[0].rsplit("/", 1)[-1]
            self._patients[reference] = known
        return known


def entries_of(bundle: Resource) -> Iterator[tuple[str, Any]]:
    """(fullUrl, resource) of each entry of a Bundle of any type; Bundles within it are opened too."""
    waiting = [bundle]
    while waiting:
        entries = waiting.pop(0).get("entry")
        for entry in entries if entries.__class__ is list else ():
            if entry.__class__ is not dict:
                yield "", entry
                continue
            resource = entry.get("resource")
            if resource is None:
                continue
            if resource.__class__ is dict and resource.get("resourceType") == "Bundle":
                waiting.append(resource)
                continue
            full_url = entry.get("fullUrl")
            yield full_url if full_url.__class__ is str else "", resource
