"""The pages that a person sees, and the practice EHR as it is started and installed."""

from __future__ import annotations

import io
import logging
from contextlib import redirect_stderr, redirect_stdout
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from launch.practice import words
from launch.practice.charts import practice_charts
from launch.practice.run import Running, start
from launch.practice.server import create_practice_ehr
from tests.practice.walker import LAUNCH, Walker, registration


def test_the_first_page_lists_each_patient_with_what_the_day_teaches(running: Running) -> None:
    page = requests.get(running.url, timeout=5).text
    assert "Example, Robin" in page
    assert "A day that teaches" in page
    assert "ambulatory, 2026-11-10" in page
    assert "/standalone?iss=" in page


def test_the_frame_holds_the_app_in_a_sandbox_with_a_launch_of_its_own(running: Running) -> None:
    first, second = (requests.get(f"{running.url}/practice/open/ann", timeout=5) for _ in range(2))
    assert "allow-top-navigation" not in first.text
    for allowed in ("allow-forms", "allow-scripts", "allow-same-origin", "allow-popups", "allow-downloads"):
        assert allowed in first.text
    source = urlsplit(unescape(first.text.split('iframe src="')[1].split('"')[0]))
    asked = dict(parse_qsl(source.query))
    assert source._replace(query="").geturl() == LAUNCH
    assert asked["iss"] == running.ehr.fhir
    assert asked["launch"] not in second.text


def test_the_pages_name_no_other_origin_than_the_apps(running: Running) -> None:
    answer = requests.get(f"{running.url}/practice/open/ann", timeout=5)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-src 'self' http://127.0.0.1:9;" in policy
    assert "unsafe-inline" not in policy
    assert "<style" not in answer.text
    assert "style=" not in answer.text
    assert "<script" not in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_launch_can_go_to_the_top_of_the_window(running: Running) -> None:
    answer = requests.get(f"{running.url}/practice/open/ann?frame=no", allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(LAUNCH + "?iss=")


def test_the_fault_of_a_launch_is_told_in_the_frame(running: Running) -> None:
    page = requests.get(f"{running.url}/practice/open/ann?fault=503", timeout=5).text
    assert "The first try of each request answers 503." in page


def test_the_page_of_faults_offers_every_fault(running: Running) -> None:
    page = requests.get(f"{running.url}/practice/faults?patient=bob", headers={"Accept": "text/html"}, timeout=5).text
    assert "/practice/open/bob?fault=huge-bundle" in page
    answer = requests.post(
        f"{running.url}/practice/faults", data={"fault": ["slow", "deny"]}, headers={"Accept": "text/html"}, timeout=5
    )
    assert answer.text.count(" checked") == 2


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/practice/open/nobody", 404),
        ("/practice/open/ann?encounter=bob-visit", 404),
        ("/practice/open/ann?fault=none", 400),
        ("/practice/open/ann?client=none", 409),
    ],
)
def test_what_cannot_be_opened_is_said(running: Running, path: str, status: int) -> None:
    answer = requests.get(running.url + path, timeout=5)
    assert answer.status_code == status
    assert "The practice EHR stopped here" in answer.text


def test_an_encounter_may_be_chosen_or_left_out(running: Running) -> None:
    address = f"{running.url}/practice/open/ann?format=json"
    assert requests.get(address, timeout=5).json()["encounter"] == "ann-visit"
    assert requests.get(address + "&encounter=", timeout=5).json()["encounter"] == ""


def test_another_host_name_is_refused(running: Running) -> None:
    assert requests.get(running.url, headers={"Host": "rebound.example"}, timeout=5).status_code == 400


@pytest.mark.parametrize("address", ["http://ehr.example", "http://192.0.2.1:8080", "ftp://127.0.0.1", "127.0.0.1:80"])
def test_it_does_not_run_in_the_open(address: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        create_practice_ehr([], [], address)


@pytest.mark.parametrize("address", ["http://localhost:8080", "http://127.0.0.1:1/", "https://ehr.example"])
def test_it_runs_on_loopback_or_behind_https(address: str) -> None:
    assert create_practice_ehr([], [], address).extensions["practice"].fhir == address.rstrip("/") + "/fhir"


def test_a_taken_port_is_an_error_at_once(running: Running) -> None:
    port = urlsplit(running.url).port
    assert port
    with pytest.raises(OSError, match="in use"):
        start([], [], port=port)


def test_it_stops_and_frees_its_port() -> None:
    one = start([], [])
    port = urlsplit(one.url).port
    assert port
    one.stop()
    one.stop()
    start([], [], port=port).stop()


def test_nothing_is_logged_about_a_launch(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    out = io.StringIO()
    with caplog.at_level(logging.INFO), redirect_stderr(out), redirect_stdout(out):
        app = Walker(running).launched()
        app.get("Patient/ann")
    told = out.getvalue() + caplog.text.replace("Starting new HTTP connection", "")
    assert app.token["access_token"] not in told
    assert app.state not in out.getvalue()


def test_the_pages_are_found_where_the_package_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "launch").mkdir()
    monkeypatch.setattr("launch.practice.words.resources.files", lambda _name: tmp_path / "launch")
    with pytest.raises(FileNotFoundError):
        words.templates()
    (tmp_path / "smart_app/templates/practice").mkdir(parents=True)
    assert words.templates() == tmp_path / "smart_app/templates"


def test_the_practice_days_open_one_by_one_with_their_titles() -> None:
    with start(practice_charts(), [registration("public")]) as running:
        assert running.ehr.shelf.clashes == []
        page = requests.get(running.url, timeout=5).text
        for patient, chart in running.ehr.shelf.patients():
            assert chart in running.ehr.titles
            app = Walker(running).launched(patient)
            assert app.get("Encounter/" + app.token["encounter"]).status_code == 200
            found = app.get("MedicationAdministration", patient=patient).json()
            assert found["total"] > 0, chart
        assert page.count("/practice/open/") >= 24
