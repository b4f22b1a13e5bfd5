"""What is read only where something charted needs it: a body weight for a dose by weight, an insurer named only by reference."""

from __future__ import annotations

from coding import code
from smart_app.chart import read_bundle
from smart_app.coverage import payer_of
from smart_app.fhir import as_bundle
from tests.fhir.parts import PAT, Reader, given, launched, names, other, told, visit
from tests.fhir.server import FhirServer

BY_WEIGHT = given(
    "ma-1",
    "2026-11-20T10:00:00-05:00",
    "2026-11-20T12:05:00-05:00",
    medicationCodeableConcept={"text": "Infliximab"},
    dosage={"dose": {"value": 5, "unit": "mg/kg"}, "route": {"text": "intravenous"}, "method": {"text": "infusion"}},
)
WEIGHT = other(
    "Observation",
    "weight-1",
    status="final",
    code={"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    valueQuantity={"value": 80, "unit": "kg", "code": "kg"},
    effectiveDateTime="2026-11-20T09:30:00-05:00",
)
INSURER = {"resourceType": "Organization", "id": "org-1", "name": "Aetna"}


def coverage(**payor: str) -> dict[str, object]:
    return {
        "resourceType": "Coverage",
        "id": "cov-1",
        "status": "active",
        "beneficiary": PAT,
        "payor": [{"reference": "Organization/org-1", **payor}],
    }


def test_no_weight_is_asked_for_where_no_dose_is_charted_by_weight(server: FhirServer, read: Reader) -> None:
    server.resources.append(WEIGHT)
    fetched = read(launched(server))
    assert server.asked("Observation") == [] and names(fetched, "Observation") == []


def test_a_dose_by_weight_is_worked_out_with_the_weight_that_is_read_for_it(read: Reader) -> None:
    office = visit(**{"class": {"code": "AMB"}})
    with FhirServer([office, BY_WEIGHT, WEIGHT]) as server:
        fetched = read(launched(server))
    assert server.asked("Observation")[0].query["code"] == ["29463-7,3141-9"]
    [encounter] = read_bundle(as_bundle(fetched, "chart")).encounters
    assert [(line.code, line.units) for line in code(encounter).drug_lines] == [("J1745", 40)]


def test_a_weight_of_long_ago_is_left_out_even_where_the_server_sends_it(read: Reader) -> None:
    old = WEIGHT | {"effectiveDateTime": "2025-01-05T09:30:00-05:00"}
    with FhirServer([visit(), BY_WEIGHT, old]) as server:
        assert names(read(launched(server)), "Observation") == []


def test_weights_that_are_not_granted_are_told_of_only_where_one_is_needed(server: FhirServer, read: Reader) -> None:
    scopes = tuple(f"patient/{kind}.rs" for kind in ("Patient", "Encounter", "MedicationAdministration"))
    assert not [one for one in read(launched(server, scopes=scopes)).notices if one.type == "Observation"]
    with FhirServer([visit(), BY_WEIGHT, WEIGHT]) as other_server:
        fetched = read(launched(other_server, scopes=scopes))
    notice = told(fetched, "Observation")
    assert notice.kind == "not granted" and "by body weight" in notice.says


def test_an_insurer_that_is_named_only_by_reference_is_read(read: Reader) -> None:
    with FhirServer([visit(), given(), coverage(), INSURER]) as server:
        fetched = read(launched(server))
    assert names(fetched, "Organization") == ["org-1"]
    assert payer_of(fetched.resources).payer == "aetna"


def test_an_insurer_with_a_name_beside_the_reference_is_not_read(read: Reader) -> None:
    with FhirServer([visit(), given(), coverage(display="Humana"), INSURER]) as server:
        fetched = read(launched(server))
    assert server.asked("Organization") == [] and payer_of(fetched.resources).payer == "humana"


def test_an_insurer_that_cannot_be_read_is_told_of(read: Reader) -> None:
    with FhirServer([visit(), given(), coverage()]) as server:
        fetched = read(launched(server))
    assert "The payer must be chosen by hand" in told(fetched, "Organization").says
