"""The FHIR API: who may read what, and how searches and pages behave."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from launch.practice import scopes, search
from launch.practice.shelf import Shelf
from tests.practice.walker import Walker, following, ids


@pytest.mark.parametrize(("bearer", "error"), [("", ""), ("invented", 'error="invalid_token"')])
def test_no_token_or_an_unknown_one_is_401_with_a_challenge(app: Walker, bearer: str, error: str) -> None:
    answer = app.get("Patient/ann", bearer=bearer)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert error in answer.headers["WWW-Authenticate"]
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert answer.headers["Content-Type"].startswith("application/fhir+json")


def test_a_refresh_token_does_not_open_the_api(app: Walker) -> None:
    app.launched()
    assert app.get("Patient/ann", bearer=app.token["refresh_token"]).status_code == 401


@pytest.mark.parametrize(
    "path", ["Patient/bob", "Encounter/bob-visit", "MedicationAdministration/bob-given-0", "Condition?patient=bob"]
)
def test_another_patients_chart_is_forbidden(app: Walker, path: str) -> None:
    assert app.launched().get(path).status_code == 403


def test_a_search_by_id_does_not_reach_another_patient(app: Walker) -> None:
    assert "entry" not in app.launched().get("MedicationAdministration", _id="bob-given-0").json()


def test_shared_types_have_no_patient(app: Walker) -> None:
    app.launched()
    assert app.get("Medication/drug-ann").json()["code"]["text"] == "Infliximab"
    assert ids(app.get("Medication", _id="drug-ann").json()) == ["drug-ann"]


def test_what_does_not_exist_is_404(app: Walker) -> None:
    app.launched()
    assert app.get("Condition/none").status_code == 404
    assert app.get("Basic/none").status_code == 404


def test_only_json_is_served(app: Walker) -> None:
    app.launched()
    headers = {"Authorization": f"Bearer {app.token['access_token']}", "Accept": "application/fhir+xml"}
    assert requests.get(f"{app.fhir}/Patient/ann", headers=headers, timeout=5).status_code == 406


def test_urn_references_come_out_as_references_of_this_server(app: Walker) -> None:
    given = app.launched().get("MedicationAdministration/ann-given-0").json()
    assert given["subject"]["reference"] == "Patient/ann"
    assert given["medicationReference"]["reference"] == "Medication/drug-ann"


def test_pages_follow_opaque_links_to_the_end(app: Walker) -> None:
    page = app.launched().given().json()
    seen = ids(page)
    assert page["total"] == 7
    while following(page):
        assert following(page).startswith(f"{app.fhir}/MedicationAdministration?page=")
        assert "ann" not in following(page).split("?")[1]
        page = app.get(following(page)).json()
        seen += ids(page)
    assert sorted(seen) == sorted(f"ann-given-{number}" for number in range(7))


def test_count_sets_the_page_and_is_lowered_without_a_word(app: Walker) -> None:
    app.launched()
    assert len(ids(app.given(_count=5).json())) == 5
    assert len(ids(app.given(_count=5000).json())) == 7
    assert app.given(_count="many").status_code == 400


def test_a_page_belongs_to_its_launch(app: Walker) -> None:
    link = following(app.launched().given().json())
    other = Walker(app.running).launched("ann")
    assert other.get(link).status_code == 410


def test_an_empty_answer_has_no_entry_member(app: Walker) -> None:
    page = app.launched().given(**{"effective-time": "ge2030-01-01T00:00:00Z"}).json()
    assert page["total"] == 0
    assert "entry" not in page


def test_a_time_window_finds_what_overlaps_it(app: Walker) -> None:
    window = ["ge2026-11-10T15:30:00Z", "le2026-11-10T10:30:00-06:00"]
    assert ids(app.launched().given(**{"effective-time": window}).json()) == ["ann-given-1", "ann-given-2"]


@pytest.mark.parametrize("value", ["ge2026-11-10", "2026-11-10T08:00:00Z", "eq2026-11-10T08:00:00Z", "geyesterday"])
def test_effective_time_needs_a_prefix_and_a_time_part(app: Walker, value: str) -> None:
    answer = app.launched().given(**{"effective-time": value})
    assert answer.status_code == 400
    assert answer.json()["resourceType"] == "OperationOutcome"


def test_a_search_needs_patient_or_id(app: Walker) -> None:
    assert app.launched().get("MedicationAdministration").status_code == 400


def test_unknown_parameters_are_ignored_as_the_standard_allows(app: Walker) -> None:
    assert app.launched().given(context="Encounter/none", _sort="-effective-time").json()["total"] == 7


@pytest.mark.parametrize(
    ("asked", "registered", "granted"),
    [
        ("patient/*.rs", "patient/Patient.rs patient/Condition.r", "patient/Patient.rs patient/Condition.r"),
        ("patient/Patient.read", "patient/*.rs", "patient/Patient.read"),
        ("patient/Patient.cruds", "patient/*.read", "patient/Patient.rs"),
        ("user/Patient.rs", "patient/*.rs", ""),
        ("patient/Patient.write", "patient/*.rs", ""),
        ("patient/Observation.rs?category=laboratory", "patient/*.rs", ""),
        ("patient/Patient.sr patient/Patient. launch", "launch patient/*.rs", "launch"),
    ],
)
def test_scopes_are_narrowed_in_the_notation_of_the_asker(asked: str, registered: str, granted: str) -> None:
    assert " ".join(scopes.narrow(asked.split(), registered.split())) == granted


@pytest.mark.parametrize(
    ("written", "asked", "found"),
    [
        ({"effectiveDateTime": "2026-11-10"}, "ge2026-11-10T23:00:00Z", True),
        ({"effectiveDateTime": "2026-11"}, "le2026-11-01T00:00:00Z", True),
        ({"effectiveDateTime": "2026-11-10T08:00:00-06:00"}, "gt2026-11-10T14:00:00Z", False),
        ({"effectivePeriod": {"start": "2026-11-10T08:00:00Z"}}, "ge2026-12-01T00:00:00Z", True),
        ({"effectivePeriod": {"end": "2026-11-10T08:00:00Z"}}, "lt2026-11-01T00:00:00Z", True),
        ({"effectivePeriod": "yesterday"}, "ge2026-12-01T00:00:00Z", True),
        ({"effectiveDateTime": "2026-02-30"}, "ge2026-12-01T00:00:00Z", True),
        ({}, "ge2026-12-01T00:00:00Z", True),
    ],
)
def test_a_time_matches_where_it_overlaps_or_cannot_be_read(written: dict[str, Any], asked: str, found: bool) -> None:
    assert search.matches({"resourceType": "MedicationAdministration"} | written, "effective-time", [asked]) is found


def test_the_same_id_twice_is_kept_once_and_a_difference_is_named() -> None:
    one = {"resourceType": "Patient", "id": "a"}
    bundles = [
        {"entry": [{"resource": one}]},
        {"entry": [{"resource": one}]},
        {"entry": [{"resource": one | {"gender": "male"}}]},
    ]
    shelf = Shelf(bundles)
    assert shelf.patients() == (("a", ""),)
    assert shelf.clashes == ["Patient/a"]


def test_a_chart_without_ids_or_patient_is_still_readable() -> None:
    given = {"resourceType": "MedicationAdministration", "subject": {"reference": "https://far.example/fhir/Patient/p"}}
    shelf = Shelf([{"entry": [{"resource": given}, {"resource": "nonsense"}, "nonsense"]}])
    assert shelf.patients() == (("p", ""),)
    assert [one["id"] for one in shelf.of("MedicationAdministration", "p")] == ["chart-1-entry-1"]


def test_bare_resources_are_read_as_one_chart_room() -> None:
    given = {"resourceType": "MedicationAdministration", "id": "g", "subject": {"reference": "Patient/q"}}
    shelf = Shelf([{"resourceType": "Patient", "id": "p"}, given])
    assert shelf.patients() == (("p", ""), ("q", ""))
    assert shelf.of("MedicationAdministration", "q") == [given]
    assert shelf.of("MedicationAdministration", "p") == []
