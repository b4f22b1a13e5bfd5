"""Each named fault while the chart is read."""

from __future__ import annotations

import time
from collections import Counter

import pytest
import requests

from launch.practice.run import start
from tests.practice.walker import Walker, chart, following, ids, registration


def test_every_answer_is_slow(app: Walker) -> None:
    app.launched("ann", "slow")
    began = time.monotonic()
    assert app.get("Patient/ann").status_code == 200
    assert time.monotonic() - began >= 0.3


def test_answers_hang_until_the_ehr_stops() -> None:
    with start([chart("ann", "Example", 1)], [registration("public")]) as running:
        app = Walker(running).launched("ann", "hang")
        with pytest.raises(requests.Timeout):
            app.get("Patient/ann", timeout=0.3)
        began = time.monotonic()
    assert time.monotonic() - began < 5


def test_the_token_stops_working_in_the_middle_and_a_refresh_helps(app: Walker) -> None:
    app.launched("ann", "401-mid-read")
    assert [app.get("Patient/ann").status_code for _ in range(3)] == [200, 401, 401]
    app.token = app.refresh().json()
    assert [app.get("Patient/ann").status_code for _ in range(3)] == [200, 200, 200]


def test_every_token_is_refused(app: Walker) -> None:
    app.launched("ann", "401-always")
    app.token = app.refresh().json()
    assert app.get("Patient/ann").status_code == 401


@pytest.mark.parametrize(
    ("fault", "status", "struck", "spared"),
    [
        ("403-on-type", 403, "Condition?patient=ann", "Patient/ann"),
        ("403-on-type:Encounter", 403, "Encounter/ann-visit", "Condition?patient=ann"),
        ("404-type", 404, "MedicationAdministration?patient=ann", "Condition?patient=ann"),
        ("404-encounter", 404, "Encounter/ann-visit", "Encounter?patient=ann"),
        ("500:Condition", 500, "Condition?patient=ann", "Patient/ann"),
    ],
)
def test_a_type_or_a_resource_is_not_given(app: Walker, fault: str, status: int, struck: str, spared: str) -> None:
    app.launched("ann", fault)
    answer = app.get(struck)
    assert answer.status_code == status
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert app.get(spared).status_code == 200


@pytest.mark.parametrize(("fault", "status"), [("500", 500), ("503-stays", 503)])
def test_every_request_fails(app: Walker, fault: str, status: int) -> None:
    app.launched("ann", fault)
    assert {app.get("Patient/ann").status_code for _ in range(2)} == {status}


@pytest.mark.parametrize(
    ("fault", "status", "after"), [("429-retry-after", 429, "1"), ("429-date", 429, " GMT"), ("503", 503, "")]
)
def test_the_first_try_of_each_request_is_put_off(app: Walker, fault: str, status: int, after: str) -> None:
    app.launched("ann", fault)
    for path in ("Patient/ann", "Condition?patient=ann"):
        first = app.get(path)
        assert first.status_code == status
        assert first.headers.get("Retry-After", "").endswith(after)
        assert app.get(path).status_code == 200


def test_a_web_page_comes_in_place_of_json(app: Walker) -> None:
    answer = app.launched("ann", "html-instead-of-json").given()
    assert answer.status_code == 200
    assert "text/html" in answer.headers["Content-Type"]


def test_the_json_breaks_off(app: Walker) -> None:
    answer = app.launched("ann", "truncated-json").given()
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_an_outcome_comes_in_place_of_the_bundle(app: Walker) -> None:
    answer = app.launched("ann", "outcome-with-200").given()
    assert (answer.status_code, answer.json()["resourceType"]) == (200, "OperationOutcome")


def test_a_warning_stands_among_the_entries(app: Walker) -> None:
    last = app.launched("ann", "outcome-entry").given().json()["entry"][-1]
    assert last["search"]["mode"] == "outcome"
    assert last["resource"]["resourceType"] == "OperationOutcome"


def test_another_patients_administration_is_in_the_bundle(app: Walker) -> None:
    entries = app.launched("ann", "wrong-patient").given().json()["entry"]
    assert {entry["resource"]["subject"]["reference"] for entry in entries} == {"Patient/ann", "Patient/bob"}


def test_one_administration_does_not_conform(app: Walker) -> None:
    entries = app.launched("ann", "invalid-resource").given().json()["entry"]
    assert any(entry["resource"]["status"] == 17 for entry in entries)


def walk(app: Walker, most: int = 12) -> tuple[list[str], list[str]]:
    """The links followed and the ids seen, for so many pages at most."""
    page = app.given().json()
    links: list[str] = []
    seen = ids(page)
    while (link := following(page)) and len(links) < most:
        links.append(link)
        page = app.get(link).json()
        seen += ids(page)
    return links, seen


def test_the_first_page_comes_twice_and_nothing_is_lost(app: Walker) -> None:
    _, seen = walk(app.launched("ann", "duplicate-page"))
    assert sorted(Counter(seen).values()) == [1, 1, 1, 1, 2, 2, 2]


def test_the_first_page_is_empty_and_nothing_is_lost(app: Walker) -> None:
    app.launched("ann", "empty-page")
    assert "entry" not in app.given().json()
    assert len(set(walk(app)[1])) == 7


def test_the_pages_never_end_though_every_link_is_new(app: Walker) -> None:
    links, seen = walk(app.launched("ann", "endless-next"))
    assert len(links) == len(set(links)) == 12
    assert len(set(seen)) == 7


def test_the_next_link_runs_in_a_circle(app: Walker) -> None:
    links, _ = walk(app.launched("ann", "circular-next"))
    assert len(links) == 12
    assert len(set(links)) == 1


@pytest.mark.parametrize("fault", ["foreign-next", "next-off-base"])
def test_the_next_link_leaves_the_fhir_base(app: Walker, fault: str) -> None:
    link = following(app.launched("ann", fault).given().json())
    assert link.startswith("https://elsewhere.example/" if fault == "foreign-next" else app.running.url)
    assert not link.startswith(app.fhir)


def test_the_second_page_has_expired(app: Walker) -> None:
    link = following(app.launched("ann", "next-expired").given(_count=50).json())
    assert app.get(link).status_code == 410


def test_the_bundle_is_huge(app: Walker) -> None:
    assert len(app.launched("ann", "huge-bundle").given().content) > 10_000_000


def test_the_bundle_is_bare(app: Walker) -> None:
    page = app.launched("ann", "bare-bundle").given().json()
    assert "total" not in page
    assert all(set(entry) == {"resource"} for entry in page["entry"])
