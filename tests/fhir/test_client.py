"""The FHIR client: what it asks for, of which time, with which token."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest
import requests

from launch.context import Launch
from launch.problems import PatientMissing, SessionEnded
from smart_app.chart import read_bundle
from smart_app.fhir import as_bundle, fetch_encounters
from smart_app.fhir_notices import TYPES
from tests.fhir.parts import (
    BEARER,
    CHART,
    NOW,
    Reader,
    asked_times,
    given,
    launched,
    names,
    told,
    visit,
)
from tests.fhir.server import FhirServer

# The whole chart


def test_a_chart_is_read_whole_and_says_nothing_when_nothing_is_wrong(server: FhirServer, read: Reader) -> None:
    fetched = read(launched(server))
    assert fetched.notices == ()
    assert fetched.patient is not None and fetched.patient["name"] == [{"family": "Doe"}]
    assert sorted(f"{one['resourceType']}/{one['id']}" for one in fetched.resources) == sorted(
        f"{one['resourceType']}/{one['id']}" for one in CHART if one["resourceType"] != "Patient"
    )


def test_the_chart_reader_takes_what_was_read(server: FhirServer, read: Reader) -> None:
    bundle = as_bundle(read(launched(server)), "launch-1")
    chart = read_bundle(bundle)
    assert bundle["type"] == "collection" and chart.bundle == "launch-1"
    assert [len(one.administrations) for one in chart.encounters] == [2]


def test_any_requests_session_will_do(server: FhirServer, read: Reader) -> None:
    read.session = requests.Session()
    assert read(launched(server)).notices == ()


def test_an_issuer_with_a_trailing_slash_reads_the_same(server: FhirServer, read: Reader) -> None:
    fetched = read(launched(server)._replace(iss=server.base + "/"))
    assert fetched.notices == () and len(names(fetched, "MedicationAdministration")) == 2


def test_every_request_asks_for_fhir_json_with_the_token_and_changes_nothing(server: FhirServer, read: Reader) -> None:
    read(launched(server))
    assert server.requests
    for seen in server.requests:
        assert (seen.method, seen.token, seen.headers["Accept"]) == ("GET", BEARER, "application/fhir+json")


def test_only_parameters_that_real_ehrs_honour_are_sent(server: FhirServer, read: Reader) -> None:
    read(launched(server))
    sent = {name for seen in server.requests for name in seen.query}
    assert sent <= {"patient", "effective-time", "_count"}


def test_all_types_are_asked_for_at_once(read: Reader) -> None:
    with FhirServer(list(CHART), latency=0.2) as server:
        began = time.perf_counter()
        assert read(launched(server)).notices == ()
        assert time.perf_counter() - began < 0.75  # two round trips: the types, then what they refer to


def test_a_netrc_of_the_machine_never_takes_the_place_of_the_token(
    server: FhirServer, read: Reader, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    read.session = requests.Session()
    read(launched(server))
    assert {seen.token for seen in server.requests} == {BEARER}


def test_nothing_of_the_token_or_the_patient_is_logged_by_us(
    server: FhirServer, read: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.misbehave("Condition", "status", status=403)
    server.misbehave("Coverage", "hangs up")
    fetched = read(launched(server))
    ours = [record for record in caplog.records if not record.name.startswith("urllib3")]
    assert not [record for record in ours if "pat-1" in record.getMessage()]
    assert BEARER not in caplog.text and BEARER not in repr(fetched.notices) and "pat-1" not in repr(fetched.notices)


def test_a_launch_without_a_patient_asks_for_nothing(server: FhirServer, read: Reader) -> None:
    with pytest.raises(PatientMissing):
        read(launched(server)._replace(patient=""))
    assert server.requests == []


# What the launch allows


def test_only_granted_types_are_asked_for_and_the_others_are_told(server: FhirServer, read: Reader) -> None:
    fetched = read(launched(server, scopes=("patient/MedicationAdministration.rs", "patient/Encounter.read")))
    assert {seen.path.split("/")[3] for seen in server.requests} == {"MedicationAdministration", "Encounter"}
    assert {notice.kind for notice in fetched.notices} == {"not granted"}
    assert "diagnoses" in told(fetched, "Condition").says and "Condition" in told(fetched, "Condition").do
    assert told(fetched, "Medication").kind == "not granted"
    assert fetched.patient is None


def test_without_a_grant_for_administrations_the_page_learns_that_nothing_can_be_coded(
    server: FhirServer, read: Reader
) -> None:
    fetched = read(launched(server, scopes=("patient/Encounter.rs",)))
    assert "Nothing can be coded" in told(fetched, "MedicationAdministration").says


def test_staff_names_are_no_loss_worth_a_notice(server: FhirServer, read: Reader) -> None:
    wanted = tuple(f"patient/{kind}.rs" for kind in TYPES if kind != "Practitioner")
    assert read(launched(server, scopes=wanted)).notices == ()
    assert server.asked("Practitioner") == []


# Time


def test_the_last_week_is_asked_for_at_once_where_an_encounter_is_in_context(server: FhirServer, read: Reader) -> None:
    read(launched(server))
    assert asked_times(server) == [["ge2026-11-13T12:00:00Z", "le2026-11-21T12:00:00Z"]]


def test_an_older_encounter_is_asked_for_by_its_period_with_a_margin(read: Reader) -> None:
    old = [
        visit(start="2026-05-01T08:00:00Z", end="2026-05-02T09:00:00Z"),
        given(start="2026-05-01T09:00:00Z", end="2026-05-01T10:00:00Z"),
    ]
    with FhirServer(old) as server:
        fetched = read(launched(server))
        assert asked_times(server)[1] == ["ge2026-04-30T08:00:00Z", "le2026-05-05T09:00:00Z"]
        assert names(fetched, "MedicationAdministration") == ["ma-1"]


def test_a_visit_is_as_long_as_all_its_parts(read: Reader) -> None:
    parts = [
        visit("enc-1", "2026-11-10T08:00:00Z", "2026-11-10T12:00:00Z", partOf={"reference": "Encounter/stay"}),
        visit("stay", "2026-11-01T08:00:00Z", "2026-11-12T08:00:00Z"),
        visit("long ago", "2025-11-01T08:00:00Z", "2025-11-02T08:00:00Z"),
    ]
    with FhirServer(parts) as server:
        fetched = read(launched(server))
        assert asked_times(server)[1] == ["ge2026-10-31T08:00:00Z", "le2026-11-15T08:00:00Z"]
        assert names(fetched, "Encounter") == ["enc-1", "stay"]


def test_an_encounter_that_goes_on_is_asked_for_until_tomorrow(read: Reader) -> None:
    going_on = visit(start="2026-11-01T08:00:00Z", end="", status="in-progress")
    with FhirServer([going_on]) as server:
        read(launched(server))
        assert asked_times(server)[1] == ["ge2026-10-31T08:00:00Z", "le2026-11-21T12:00:00Z"]


def test_without_an_encounter_the_last_year_is_asked_for(server: FhirServer, read: Reader) -> None:
    fetched = read(launched(server, encounter=""))
    assert asked_times(server) == [["ge2025-11-20T12:00:00Z", "le2026-11-21T12:00:00Z"]]
    assert len(names(fetched, "MedicationAdministration")) == 2


def test_a_window_that_is_given_is_asked_for_and_no_other(server: FhirServer, read: Reader) -> None:
    read(launched(server), window=("2026-11-19T00:00:00-05:00", "2026-11-21T00:00:00-05:00"))
    assert asked_times(server) == [["ge2026-11-19T05:00:00Z", "le2026-11-21T05:00:00Z"]]


@pytest.mark.parametrize(
    "window", [("2026-11-19", "2026-11-20"), ("2026-11-21T00:00:00Z", "2026-11-20T00:00:00Z"), ("now", "later")]
)
def test_a_window_that_is_none_is_an_error_of_the_caller(
    server: FhirServer, read: Reader, window: tuple[str, str]
) -> None:
    with pytest.raises(ValueError, match="two FHIR instants"):
        read(launched(server), window=window)


def test_what_the_server_sends_of_another_time_is_left_out_and_what_has_no_time_is_kept(read: Reader) -> None:
    elsewhere: dict[str, Any] = {"context": {"reference": "Encounter/enc-9"}}
    sent = [
        CHART[0],
        visit(),
        given(),
        given("last year", "2025-11-20T09:00:00Z", "2025-11-20T10:00:00Z", **elsewhere),
        given("no time", effectivePeriod=None, **elsewhere),
        given("a date", effectivePeriod=None, effectiveDateTime="2026-11-20", **elsewhere),
        given("never stopped", "2026-06-01T09:00:00Z", effectivePeriod={"start": "2026-06-01T09:00:00Z"}, **elsewhere),
        given("still running", effectivePeriod={"start": "2026-06-01T09:00:00Z"}, status="in-progress", **elsewhere),
        given("charted late, of this visit", "2026-12-20T09:00:00Z", "2026-12-20T10:00:00Z"),
        visit("enc-8", "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"),
    ]
    with FhirServer(sent) as server:
        fetched = read(launched(server))
    assert names(fetched, "MedicationAdministration") == [
        "ma-1",
        "no time",
        "a date",
        "still running",
        "charted late, of this visit",
    ]
    assert names(fetched, "Encounter") == ["enc-1"] and fetched.notices == ()


def test_an_old_encounter_that_an_administration_names_is_kept(read: Reader) -> None:
    sent = [
        visit(),
        given(),
        given("ma-2", context={"reference": "Encounter/series"}),
        visit("series", "2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"),
    ]
    with FhirServer(sent) as server:
        assert names(read(launched(server)), "Encounter") == ["enc-1", "series"]


def test_a_server_that_does_not_know_the_time_parameter_is_asked_without_it(server: FhirServer, read: Reader) -> None:
    server.misbehave("MedicationAdministration", "refuses parameter", parameter="effective-time")
    fetched = read(launched(server))
    assert asked_times(server)[1:] == [[]] and fetched.notices == ()
    assert len(names(fetched, "MedicationAdministration")) == 2


def test_coverage_is_asked_by_beneficiary_where_patient_is_not_known(server: FhirServer, read: Reader) -> None:
    server.misbehave("Coverage", "refuses parameter", parameter="patient")
    fetched = read(launched(server))
    assert server.asked("Coverage")[1].query["beneficiary"] == ["Patient/pat-1"]
    assert names(fetched, "Coverage") == ["cov-1"]


def test_the_list_of_encounters_looks_back_a_year(server: FhirServer, read: Reader) -> None:
    server.resources += [
        visit("in march", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
        given("ma-march", "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", context={"reference": "Encounter/in march"}),
        visit("too old", "2024-03-01T00:00:00Z", "2024-03-02T00:00:00Z"),
    ]
    fetched = fetch_encounters(launched(server), read.session, clock=lambda: NOW)
    assert asked_times(server) == [["ge2025-11-20T12:00:00Z", "le2026-11-21T12:00:00Z"]]
    assert names(fetched, "Encounter") == ["enc-1", "in march"]
    assert names(fetched, "MedicationAdministration") == ["ma-1", "ma-2", "ma-march"]
    assert fetched.patient is not None and server.asked("Condition") == []


# The token


def test_an_expired_token_is_refreshed_once_for_all_threads(read: Reader) -> None:
    refreshed: list[int] = []
    with FhirServer(list(CHART), tokens={"new"}, latency=0.02) as server:
        launch = launched(server, bearer="old")

        def refresh() -> Launch:
            time.sleep(0.05)
            refreshed.append(1)
            return launched(server, bearer="new")

        fetched = read(launch, refresh=refresh)
        assert refreshed == [1] and fetched.notices == () and len(names(fetched, "MedicationAdministration")) == 2
        assert {seen.token for seen in server.asked("Medication")} == {"new"}


def test_a_token_that_ends_midway_is_refreshed(server: FhirServer, read: Reader) -> None:
    server.misbehave("Condition", "status", 1, status=401)
    fetched = read(launched(server), refresh=lambda: launched(server, bearer="new"))
    assert fetched.notices == () and names(fetched, "Condition") == ["con-1"]


@pytest.mark.parametrize("fresh", ["refused too", "old"])
def test_a_second_refusal_ends_the_session(read: Reader, fresh: str) -> None:
    with FhirServer(list(CHART), tokens={"another"}) as server:
        launch = launched(server, bearer="old")
        refreshed: list[int] = []

        def refresh() -> Launch:
            refreshed.append(1)
            return launch._replace(access_token=fresh)

        with pytest.raises(SessionEnded):
            read(launch, refresh=refresh)
        assert refreshed == [1]


def test_without_a_way_to_refresh_the_first_refusal_ends_the_session(read: Reader) -> None:
    with FhirServer(list(CHART), tokens={"another"}) as server, pytest.raises(SessionEnded):
        read(launched(server))


def test_a_refresh_that_fails_is_the_same_failure_for_everybody(read: Reader) -> None:
    def refresh() -> Launch:
        raise SessionEnded("the EHR refused")

    with FhirServer(list(CHART), tokens={"another"}) as server, pytest.raises(SessionEnded, match="the EHR refused"):
        read(launched(server), refresh=refresh)


def test_a_visit_without_a_period_says_how_far_back_was_looked(server: FhirServer, read: Reader) -> None:
    server.resources[:] = [one for one in server.resources if one["resourceType"] != "Encounter"]
    undated = visit()
    del undated["period"]
    server.resources.append(undated)
    fetched = read(launched(server))
    assert "no period" in told(fetched, "Encounter").says and "365 days" in told(fetched, "Encounter").says
    assert "ma-1" in names(fetched, "MedicationAdministration")
