"""A small chart, a launch on it, and a reader at a frozen hour, for the tests of the FHIR client."""

from __future__ import annotations

from typing import Any

import requests

from launch.context import Launch
from launch.http import guarded
from smart_app.fhir import Fetched, Limits, Notice, fetch_chart
from tests.fhir.server import FhirServer, Resource

NOW = 1_795_176_000.0  # 2026-11-20T12:00:00Z
BEARER = "secret-token-of-the-launch"
QUICK = Limits(connect=1.0, read=1.0, total=5.0)
PAT = {"reference": "Patient/pat-1"}


def given(
    name: str = "ma-1", start: str = "2026-11-20T09:00:00-05:00", end: str = "2026-11-20T10:00:00-05:00", **more: Any
) -> Resource:
    return {
        "resourceType": "MedicationAdministration",
        "id": name,
        "status": "completed",
        "subject": PAT,
        "context": {"reference": "Encounter/enc-1"},
        "medicationCodeableConcept": {"text": "paclitaxel"},
        "effectivePeriod": {"start": start, "end": end},
        **more,
    }


def visit(
    name: str = "enc-1", start: str = "2026-11-20T08:00:00-05:00", end: str = "2026-11-20T13:00:00-05:00", **more: Any
) -> Resource:
    period = {"start": start, **({"end": end} if end else {})}
    return {"resourceType": "Encounter", "id": name, "status": "finished", "subject": PAT, "period": period, **more}


def other(kind: str, name: str, **more: Any) -> Resource:
    return {"resourceType": kind, "id": name, "subject": PAT, **more}


CHART: list[Resource] = [
    {"resourceType": "Patient", "id": "pat-1", "name": [{"family": "Doe"}]},
    visit(location=[{"location": {"reference": "Location/loc-1"}}]),
    given(performer=[{"actor": {"reference": "Practitioner/doc-1"}}]),
    given(
        "ma-2",
        "2026-11-20T10:00:00-05:00",
        "2026-11-20T10:30:00-05:00",
        medicationCodeableConcept=None,
        medicationReference={"reference": "Medication/med-1"},
    ),
    other("Condition", "con-1"),
    other("MedicationRequest", "ord-1"),
    other("Procedure", "pro-1", performedDateTime="2026-11-20T09:00:00-05:00"),
    {"resourceType": "Coverage", "id": "cov-1", "beneficiary": PAT},
    {"resourceType": "Medication", "id": "med-1", "code": {"text": "ondansetron"}},
    {"resourceType": "Location", "id": "loc-1"},
    {"resourceType": "Practitioner", "id": "doc-1"},
]


def launched(server: FhirServer, bearer: str = BEARER, **changes: Any) -> Launch:
    fields: dict[str, Any] = {"encounter": "enc-1", "access_token": bearer, "scopes": ("patient/*.read",)}
    return Launch("launch-1", server.base, "Practice", "pat-1", **fields | changes)


class Reader:
    """Fetches at a frozen hour, and keeps how long it would have waited between tries."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.session: requests.Session = guarded(allow_loopback_http=True)

    def __call__(self, launch: Launch, limits: Limits = QUICK, **more: Any) -> Fetched:
        return fetch_chart(launch, self.session, clock=lambda: NOW, sleep=self.waits.append, limits=limits, **more)


def names(fetched: Fetched, kind: str) -> list[str]:
    return [one["id"] for one in fetched.resources if one["resourceType"] == kind]


def told(fetched: Fetched, kind: str) -> Notice:
    found = [notice for notice in fetched.notices if notice.type == kind]
    assert len(found) == 1, fetched.notices
    assert found[0].says.endswith((".", ")")) and found[0].do.endswith(".")
    return found[0]


def asked_times(server: FhirServer) -> list[list[str]]:
    return [seen.query.get("effective-time", []) for seen in server.asked("MedicationAdministration")]


def many(count: int) -> list[Resource]:
    return [CHART[0], visit(), *(given(f"ma-{number}") for number in range(count))]
