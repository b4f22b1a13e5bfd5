"""Whose resources they are, page after page, and what they refer to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fhir.parts import (
    CHART,
    QUICK,
    Reader,
    given,
    launched,
    many,
    names,
    other,
    told,
    visit,
)
from tests.fhir.server import FhirServer

# Whose it is


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/somebody-else"},
        {"reference": "https://other.example/fhir/r4/Patient/pat-1"},
        {"reference": "urn:uuid:3b0b3d8a-0000-4000-8000-000000000000"},
        {"identifier": {"value": "pat-1"}},
        {"reference": "Group/pat-1"},
        "Patient/pat-1",
        None,
    ],
)
def test_a_resource_that_is_not_the_patients_is_left_out_and_counted(
    server: FhirServer, read: Reader, subject: Any
) -> None:
    server.misbehave("MedicationAdministration", "entries", entries=[{"resource": given("stray", subject=subject)}])
    fetched = read(launched(server))
    assert names(fetched, "MedicationAdministration") == ["ma-1", "ma-2"]
    notice = told(fetched, "MedicationAdministration")
    assert notice.kind == "mismatch" and "sent 1 resource of another patient" in notice.says


@pytest.mark.parametrize("reference", ["{base}/Patient/pat-1", "Patient/pat-1/_history/3"])
def test_the_patient_may_be_named_in_full(server: FhirServer, read: Reader, reference: str) -> None:
    subject = {"reference": reference.format(base=server.base)}
    server.misbehave("Condition", "entries", entries=[{"resource": other("Condition", "con-2", subject=subject)}])
    assert names(read(launched(server)), "Condition") == ["con-1", "con-2"]


def test_an_encounter_in_context_of_another_patient_is_left_out(server: FhirServer, read: Reader) -> None:
    server.resources.append(visit("theirs", subject={"reference": "Patient/pat-2"}))
    fetched = read(launched(server, encounter="theirs"))
    assert "theirs" not in names(fetched, "Encounter")
    assert told(fetched, "Encounter").kind == "mismatch"


def test_another_patient_in_the_place_of_the_patient_is_not_taken(server: FhirServer, read: Reader) -> None:
    server.misbehave("Patient", "body", body=b'{"resourceType": "Patient", "id": "pat-2"}')
    fetched = read(launched(server))
    assert fetched.patient is None and told(fetched, "Patient").kind == "failed"


def test_another_patient_among_the_entries_never_becomes_the_patient(server: FhirServer, read: Reader) -> None:
    server.misbehave("Encounter", "entries", 1, entries=[{"resource": {"resourceType": "Patient", "id": "pat-2"}}])
    fetched = read(launched(server, encounter=""))
    assert fetched.patient is not None and fetched.patient["id"] == "pat-1" and names(fetched, "Patient") == []
    assert told(fetched, "Encounter").kind == "mismatch"


# Paging


def test_pages_are_followed_to_the_end(read: Reader) -> None:
    with FhirServer(many(32), page_size=10) as server:
        fetched = read(launched(server))
        assert len(names(fetched, "MedicationAdministration")) == 32 and fetched.notices == ()
        assert len(server.asked("MedicationAdministration")) == 4


def test_a_relative_next_link_is_followed(server: FhirServer, read: Reader) -> None:
    server.misbehave("Condition", "next", 1, url="Condition?patient=pat-1&pageContext=abc", full=False)
    assert names(read(launched(server)), "Condition") == ["con-1"]
    assert server.asked("Condition")[1].query["pageContext"] == ["abc"]


def test_an_empty_page_with_a_next_link_is_not_the_end(server: FhirServer, read: Reader) -> None:
    server.misbehave("Condition", "next", 1, full=False)
    server.misbehave("Condition", "bare")
    fetched = read(launched(server))
    assert names(fetched, "Condition") == ["con-1"] and fetched.notices == ()


def test_endless_pages_end(server: FhirServer, read: Reader) -> None:
    server.misbehave("Condition", "next")
    fetched = read(launched(server), QUICK._replace(pages=6))
    assert len(server.asked("Condition")) == 6 and names(fetched, "Condition") == ["con-1"]
    assert told(fetched, "Condition").kind == "cut off" and "6 pages at most" in told(fetched, "Condition").says


def test_pages_that_lead_round_in_a_circle_end(server: FhirServer, read: Reader) -> None:
    server.misbehave("MedicationAdministration", "circle")
    fetched = read(launched(server))
    assert len(server.asked("MedicationAdministration")) == 3
    assert names(fetched, "MedicationAdministration") == ["ma-1", "ma-2"]
    assert (
        "circle" in told(fetched, "MedicationAdministration").says
        and "first 2 were" in told(fetched, "MedicationAdministration").says
    )


@pytest.mark.parametrize(
    "url",
    [
        "{other}/fhir/r4/Condition?page=2",
        "{origin}/elsewhere/Condition?page=2",
        "{origin}/fhir/r4x/Condition?page=2",
        "{base}/../../admin",
        "{base}/%2e%2e/%2e%2e/admin",
        "//other.example/fhir/r4/Condition",
        "{origin}@other.example/fhir/r4/Condition",
        "{origin}\\@other.example/fhir/r4/Condition",
        "https://user:word@127.0.0.1/fhir/r4/Condition",
        "file:///etc/passwd",
        "http://[bad/fhir/r4/Condition",
    ],
)
def test_a_next_link_that_leaves_the_base_is_never_followed(server: FhirServer, read: Reader, url: str) -> None:
    with FhirServer(list(CHART)) as other_server:
        server.misbehave(
            "Condition", "next", url=url.format(other=other_server.origin, origin=server.origin, base=server.base)
        )
        fetched = read(launched(server))
        assert other_server.requests == []
    assert len(server.asked("Condition")) == 1 and all(seen.path.startswith("/fhir/r4/") for seen in server.requests)
    assert told(fetched, "Condition").kind == "cut off" and names(fetched, "Condition") == ["con-1"]


def test_a_later_page_that_fails_keeps_the_earlier_ones_and_says_so(read: Reader) -> None:
    with FhirServer(many(15), page_size=10) as server:
        server.misbehave("MedicationAdministration", "later page fails")
        fetched = read(launched(server))
    assert len(names(fetched, "MedicationAdministration")) == 10
    assert (
        told(fetched, "MedicationAdministration").kind == "cut off"
        and "first 10" in told(fetched, "MedicationAdministration").says
    )


# References


def test_what_is_referred_to_is_read_once_each_and_within_bounds(read: Reader) -> None:
    drugs = [{"resourceType": "Medication", "id": f"med-{number}"} for number in range(9)]
    uses = [
        given(f"ma-{number}", medicationReference={"reference": f"Medication/med-{number % 9}"}) for number in range(18)
    ]
    with FhirServer([visit(), *uses, *drugs]) as server:
        fetched = read(launched(server), QUICK._replace(references=5))
        assert len(server.asked("Medication")) == 5 and len(names(fetched, "Medication")) == 5
    assert told(fetched, "Medication").kind == "cut off" and "5 of 9" in told(fetched, "Medication").says


@pytest.mark.parametrize("status", [403, 404])
def test_a_drug_that_cannot_be_read_by_reference_is_normal(server: FhirServer, read: Reader, status: int) -> None:
    server.misbehave("Medication", "status", status=status)
    server.misbehave("Practitioner", "status", status=status)
    fetched = read(launched(server))
    assert told(fetched, "Medication").kind == "not available" and len(fetched.notices) == 1
    assert len(names(fetched, "MedicationAdministration")) == 2


@pytest.mark.parametrize(
    "reference",
    [
        "https://other.example/fhir/r4/Medication/med-1",
        "#med-1",
        "urn:uuid:1",
        "Medication/../Patient",
        "Medication/..",
        "Medication/a?b",
        7,
        None,
    ],
)
def test_a_reference_elsewhere_is_not_followed(server: FhirServer, read: Reader, reference: Any) -> None:
    server.resources = [visit(), given(medicationReference={"reference": reference})]
    fetched = read(launched(server, scopes=("patient/*.rs",)))
    assert server.asked("Medication") == [] and names(fetched, "MedicationAdministration") == ["ma-1"]


def test_a_full_reference_on_this_server_is_followed(server: FhirServer, read: Reader) -> None:
    server.resources.append(given("ma-3", medicationReference={"reference": f"{server.base}/Medication/med-9"}))
    server.resources.append({"resourceType": "Medication", "id": "med-9"})
    assert "med-9" in names(read(launched(server)), "Medication")


def test_the_drug_of_an_order_is_read_only_where_something_was_given_for_it(read: Reader) -> None:
    orders = [
        other("MedicationRequest", f"ord-{number}", medicationReference={"reference": f"Medication/med-{number}"})
        for number in range(3)
    ]
    with FhirServer([visit(), given(request={"reference": "MedicationRequest/ord-1"}), *orders]) as server:
        read(launched(server))
        assert [seen.path.rsplit("/", 1)[-1] for seen in server.asked("Medication")] == ["med-1"]


def test_an_encounter_id_from_the_address_bar_is_only_an_id(server: FhirServer, read: Reader) -> None:
    for name in ("..", "../Patient/pat-2", "enc-1?x=y", "%2e%2e"):
        fetched = read(launched(server), encounter=name)
        assert told(fetched, "Encounter").kind in ("not available", "failed")
    assert all(seen.path.startswith("/fhir/r4/") for seen in server.requests)
