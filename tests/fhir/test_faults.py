"""The FHIR client against a server that misbehaves: real HTTP over loopback, one fault at a time."""

from __future__ import annotations

import email.utils
import time
from typing import Any

import pytest
import requests

from launch.http import guarded
from smart_app.fhir import Limits
from smart_app.fhir_http import retry_after
from tests.fhir.parts import (
    CHART,
    NOW,
    QUICK,
    Reader,
    asked_times,
    given,
    launched,
    names,
    told,
    visit,
)
from tests.fhir.server import FhirServer, Resource, outcome

# Faults of one type


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_type_that_is_refused_is_not_available_here_and_the_rest_is_read(
    server: FhirServer, read: Reader, status: int
) -> None:
    server.misbehave("Condition", "status", status=status)
    fetched = read(launched(server))
    notice = told(fetched, "Condition")
    assert notice.kind == "not available" and str(status) in notice.says and "It does not work today" in notice.says
    assert len(names(fetched, "MedicationAdministration")) == 2 and read.waits == []


def test_an_encounter_that_cannot_be_read_by_itself_is_no_matter_where_the_search_brings_it(
    server: FhirServer, read: Reader
) -> None:
    server.resources.append(visit("enc-2", "2026-11-19T08:00:00Z", "2026-11-19T09:00:00Z"))
    server.misbehave("Encounter", "status", 1, status=403)  # whichever of the two comes first
    fetched = read(launched(server))
    assert "enc-1" in names(fetched, "Encounter")
    assert all(notice.kind == "not available" for notice in fetched.notices)


def test_an_encounter_that_is_not_there_leaves_the_last_year(server: FhirServer, read: Reader) -> None:
    fetched = read(launched(server, encounter="gone"))
    assert told(fetched, "Encounter").kind == "not available" and "404" in told(fetched, "Encounter").says
    assert asked_times(server)[1] == ["ge2025-11-20T12:00:00Z", "le2026-11-21T12:00:00Z"]
    assert len(names(fetched, "MedicationAdministration")) == 2


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("status", {"status": 500}, "status 500"),
    ("status", {"status": 503}, "status 503"),
    ("status", {"status": 429}, "limiting requests"),
    ("html", {}, "a web page"),
    ("html", {"media": "application/json"}, "not whole, readable JSON"),
    ("html", {"media": "application/octet-stream"}, "something else"),
    ("truncated", {}, "not whole, readable JSON"),
    ("connection cut", {}, "broke off"),
    ("hangs up", {}, "cannot be reached"),
    ("body", {"body": b""}, "not whole, readable JSON"),
    ("body", {"body": b"[]"}, "no FHIR resource"),
    ("body", {"body": b"{}"}, "no FHIR Bundle"),
    ("body", {"body": b"\xff\xfe{}"}, "not whole, readable JSON"),
    ("body", {"body": b'{"a":' * 2000}, "not whole, readable JSON"),
    ("body", {"body": b"<Bundle/>", "media": "application/fhir+xml"}, "XML"),
    ("huge", {"size": 11_000_000}, "larger than 10240 kB"),
    ("huge", {"size": 11_000_000, "gzip": True}, "larger than 10240 kB"),
    ("drip", {}, "too long"),
    ("slow", {"seconds": 5}, "too long"),
]


@pytest.mark.parametrize(("name", "options", "says"), FAULTS)
@pytest.mark.parametrize("session", ["guarded", "plain"])
def test_a_fault_is_never_an_empty_chart(
    server: FhirServer, read: Reader, name: str, options: dict[str, Any], says: str, session: str
) -> None:
    patience = 10.0 if name == "huge" else 1.0
    plain = session == "plain"
    read.session = requests.Session() if plain else guarded(allow_loopback_http=True, total_seconds=patience)
    server.misbehave("MedicationAdministration", name, **options)
    began = time.perf_counter()
    fetched = read(launched(server), Limits(connect=0.5, read=0.5 * patience, total=1.2 * patience))
    assert time.perf_counter() - began < 3.0 * patience
    notice = told(fetched, "MedicationAdministration")
    assert notice.kind == "failed" and says in notice.says
    assert (
        notice.says.startswith("The chart could not be read") and "does not mean that nothing was given" in notice.says
    )
    assert names(fetched, "Encounter") == ["enc-1"] and fetched.patient is not None


def test_a_server_that_is_down_says_so_for_every_type(read: Reader) -> None:
    with FhirServer([]) as server:
        launch = launched(server)
    fetched = read(launch)
    assert {notice.type for notice in fetched.notices if notice.kind == "failed"} >= {
        "MedicationAdministration",
        "Patient",
        "Encounter",
    }
    assert fetched.resources == () and "cannot be reached" in told(fetched, "MedicationAdministration").says


def test_a_chart_larger_than_the_app_reads_is_told(server: FhirServer, read: Reader) -> None:
    server.misbehave("Condition", "huge", size=400_000)
    fetched = read(launched(server), QUICK._replace(chart_bytes=300_000))
    assert "larger than the app reads" in told(fetched, "Condition").says


def test_a_redirect_is_not_followed(server: FhirServer, read: Reader) -> None:
    with FhirServer(list(CHART)) as elsewhere:
        read.session = requests.Session()
        server.misbehave("Condition", "redirect", url=f"{elsewhere.base}/Condition")
        server.misbehave("Coverage", "redirect", url=f"{server.base}/Condition")
        fetched = read(launched(server))
        assert elsewhere.requests == []
    assert "sent us elsewhere" in told(fetched, "Condition").says and told(fetched, "Coverage").kind == "failed"


def test_a_bare_bundle_is_tolerated(server: FhirServer, read: Reader) -> None:
    for kind in ("MedicationAdministration", "Condition", "Procedure"):
        server.misbehave(kind, "bare")
    server.resources = [one for one in server.resources if one["resourceType"] != "Condition"]
    fetched = read(launched(server))
    assert fetched.notices == () and len(names(fetched, "MedicationAdministration")) == 2


def test_a_resource_that_is_none_among_good_ones_is_counted(server: FhirServer, read: Reader) -> None:
    bad: list[Any] = [
        None,
        "text",
        {},
        {"resource": []},
        {"resource": {"id": "no type"}},
        {"resource": {"resourceType": 5}},
    ]
    server.misbehave("MedicationAdministration", "entries", entries=bad)
    fetched = read(launched(server))
    assert names(fetched, "MedicationAdministration") == ["ma-1", "ma-2"]
    assert (
        told(fetched, "MedicationAdministration").kind == "incomplete"
        and " 6 parts " in told(fetched, "MedicationAdministration").says
    )


def test_an_invalid_resource_of_the_patient_goes_to_the_chart_reader(server: FhirServer, read: Reader) -> None:
    odd = given("odd", effectivePeriod=[7], medicationReference="x", performer=[3], context=[1], vendor={"x": None})
    server.misbehave(
        "MedicationAdministration",
        "entries",
        entries=[{"resource": odd}, {"resource": given("dated", effectivePeriod={"start": 5})}],
    )
    assert names(read(launched(server)), "MedicationAdministration") == ["ma-1", "ma-2", "odd", "dated"]


# Trying again


def test_a_busy_server_is_asked_again_after_the_seconds_that_it_says(server: FhirServer, read: Reader) -> None:
    server.misbehave("Condition", "status", 2, status=429, retry_after="2")
    fetched = read(launched(server))
    assert fetched.notices == () and names(fetched, "Condition") == ["con-1"]
    assert len(read.waits) == 2 and all(2.0 <= wait <= 2.25 for wait in read.waits)


def test_a_busy_server_is_asked_again_after_the_date_that_it_says(server: FhirServer, read: Reader) -> None:
    server.misbehave("Condition", "status", 1, status=503, retry_after=email.utils.formatdate(NOW + 3, usegmt=True))
    assert read(launched(server)).notices == ()
    assert len(read.waits) == 1 and 3.0 <= read.waits[0] <= 3.25


def test_a_server_that_asks_for_a_long_wait_is_left_alone(server: FhirServer, read: Reader) -> None:
    server.misbehave("Condition", "status", status=429, retry_after="3600")
    fetched = read(launched(server))
    assert read.waits == [] and len(server.asked("Condition")) == 1
    assert "asks to wait 3600 seconds" in told(fetched, "Condition").says


@pytest.mark.parametrize(
    "fault", [("status", {"status": 502}), ("status", {"status": 504}), ("hangs up", {}), ("connection cut", {})]
)
def test_a_fault_that_passes_leaves_no_trace(
    server: FhirServer, read: Reader, fault: tuple[str, dict[str, Any]]
) -> None:
    server.misbehave("Condition", fault[0], 2, **fault[1])
    fetched = read(launched(server))
    assert fetched.notices == () and names(fetched, "Condition") == ["con-1"]
    assert 0.25 <= read.waits[0] <= 0.75 and 0.5 <= read.waits[1] <= 1.5


def test_tries_are_bounded(server: FhirServer, read: Reader) -> None:
    server.misbehave("Condition", "status", status=503)
    read(launched(server))
    assert len(server.asked("Condition")) == 3


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("Fri, 20 Nov 2026 12:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2020 12:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


# What the server says beside its data


def entry(resource: Resource) -> list[Resource]:
    return [{"resource": resource, "search": {"mode": "outcome"}}]


@pytest.mark.parametrize("number", ["4119", "59204"])
def test_an_outcome_among_the_entries_is_told_as_incomplete_with_its_code(
    server: FhirServer, read: Reader, number: str
) -> None:
    said = outcome("suppressed", "It may not contain the entire record. " * 20, number)
    server.misbehave("Condition", "entries", entries=entry(said) + entry(said))
    fetched = read(launched(server))
    notice = told(fetched, "Condition")
    assert notice.kind == "incomplete" and number in notice.says and notice.says.count("It may not contain") < 7
    assert names(fetched, "Condition") == ["con-1"] and names(fetched, "OperationOutcome") == []


@pytest.mark.parametrize("number", ["4101", "4122"])
def test_an_outcome_that_only_says_that_nothing_was_found_is_not_incomplete(
    server: FhirServer, read: Reader, number: str
) -> None:
    server.misbehave(
        "Condition", "entries", entries=entry(outcome("not-found", "Resource request returns no results.", number))
    )
    assert read(launched(server)).notices == ()


@pytest.mark.parametrize("status", [200, 404])
def test_nothing_found_may_come_in_the_place_of_a_bundle(server: FhirServer, read: Reader, status: int) -> None:
    server.misbehave(
        "Condition",
        "status",
        status=status,
        outcome=outcome("not-found", "Resource request returns no results.", "4101"),
    )
    fetched = read(launched(server))
    assert fetched.notices == () and names(fetched, "Condition") == []


def test_an_outcome_in_the_place_of_a_bundle_is_a_failure(server: FhirServer, read: Reader) -> None:
    server.misbehave(
        "MedicationAdministration", "status", status=200, outcome=outcome("exception", "Try tomorrow.", "4135", "fatal")
    )
    notice = told(read(launched(server)), "MedicationAdministration")
    assert notice.kind == "failed" and "Try tomorrow" in notice.says and "4135" in notice.says


@pytest.mark.parametrize("number", ["4130", "4131"])
def test_a_protected_chart_says_to_open_it_in_the_ehr(server: FhirServer, read: Reader, number: str) -> None:
    server.misbehave(
        "MedicationAdministration", "status", status=403, outcome=outcome("forbidden", "Break the glass.", number)
    )
    server.misbehave("Condition", "entries", entries=entry(outcome("forbidden", "Break the glass.", number)))
    fetched = read(launched(server))
    for kind in ("MedicationAdministration", "Condition"):
        assert told(fetched, kind).kind == "not available" and "Open the chart in the EHR" in told(fetched, kind).do
    assert len(server.asked("MedicationAdministration")) == 1


def test_words_of_a_server_stay_words(server: FhirServer, read: Reader) -> None:
    odd: list[Any] = [
        outcome("x", "line one\r\n\x1b[31mline\u202e two"),
        {"resourceType": "OperationOutcome"},
        {
            "resourceType": "OperationOutcome",
            "issue": [7, {"details": [], "code": None}, {"details": {"coding": {}, "text": 5}}],
        },
    ]
    server.misbehave("Condition", "entries", entries=[{"resource": one} for one in odd])
    notice = told(read(launched(server)), "Condition")
    assert notice.kind == "incomplete" and "line one [31mline two" in notice.says and notice.says.isprintable()
