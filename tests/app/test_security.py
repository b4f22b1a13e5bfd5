"""What every answer carries, what an unsafe request must prove, what the cookie and the audit record give away (ASVS 3.3 to 3.5, 16.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from launch.context import Launch
from smart_app.application import build
from smart_app.audit import Audit
from smart_app.config import load
from smart_app.services import Services
from smart_app.sessions import COOKIE
from tests.app.browser import Browser
from tests.app.installation import environment, install

OWN = "https://chairtime.example.org"
LAUNCH = Launch("the-launch-id", "https://epic.hospital.example/interconnect-prd/api/FHIR/R4", "epic", "the-patient")
ANSWERS = {
    "/health": 200,
    "/standalone": 200,
    "/rules/": 200,
    "/static/app.css": 200,
    "/.well-known/jwks.json": 200,
    "/": 302,
    "/launch": 400,
    "/e/unknown/": 404,
    "/no/such/page": 404,
    "/static/none.css": 404,
    "/launch?iss=https://evil.example&launch=x": 403,
    "/fails": 500,
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("installed")
    built = build(load(str(install(folder)), environment()))

    @built.get("/fails")
    def fails() -> str:
        raise RuntimeError("Smith, MRN 4711")

    yield built


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def first_static() -> str:
    folder = Path(__file__).parents[2] / "smart_app" / "static"
    return f"/static/{next(path for path in sorted(folder.rglob('*.css'))).relative_to(folder)}"


@pytest.mark.parametrize("path", ANSWERS)
def test_every_kind_of_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(first_static() if path == "/static/app.css" else path)
    assert answer.status_code == ANSWERS[path]
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy and "*" not in policy
    assert policy.endswith("frame-ancestors 'self' https://hyperdrive.hospital.example https://mpages.hospital.example")
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert "X-Frame-Options" not in answer.headers
    kept = answer.headers["Cache-Control"]
    assert kept == "no-store" or path.startswith(("/static/", "/.well-known/")), kept


def test_a_fault_of_ours_shows_and_logs_no_data(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/fails")
    assert answer.status_code == 500 and "4711" not in answer.text and "Traceback" not in answer.text
    assert "RuntimeError at test_security.py" in caplog.text and "4711" not in caplog.text


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": OWN}, True),
        ({"Origin": f"{OWN}:443"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OWN}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "http://chairtime.example.org"}, False),
        ({"Origin": f"{OWN}.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_a_request_that_changes_something_comes_from_our_own_page(
    app: Flask, client: FlaskClient, headers: dict[str, str], passes: bool
) -> None:
    services: Services = app.extensions["chairtime"]
    services.store.keep("mine", LAUNCH)
    client.set_cookie(COOKIE, "mine", domain="localhost", secure=False)
    answer = client.post("/e/none/sign-out", headers=headers)
    assert (answer.status_code != 403) is passes
    assert passes or "did not come from a page of Chairtime" in answer.text
    for method in ("PUT", "DELETE", "PATCH"):
        assert client.open("/e/none/sign-out", method=method, headers=headers).status_code == 405
    assert services.store.find("mine", LAUNCH.id) is not None


def test_the_cookie_is_fit_for_a_frame_and_changes_when_the_launch_is_done(browser: Browser) -> None:
    stopped = browser.get(browser.launch_url("infliximab-patient"), stop_at="/callback")
    before = browser.cookie
    answer = browser.one("GET", stopped.url)
    name, *flags = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith("__Host-chairtime=")
    assert set(flags) == {"Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"}
    assert browser.cookie != before and len(browser.cookie) >= 43  # 256 bits


def test_the_audit_record_names_nobody(tmp_path: Path) -> None:
    file = tmp_path / "audit.ndjson"
    audit = Audit(str(file))
    audit.record("launch finished", LAUNCH.id, issuer="epic", encounter=True)
    audit.record("chart read", LAUNCH.id, resources=12)
    first, second = (json.loads(line) for line in file.read_text().splitlines())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]{12}\+00:00", first["at"])
    assert first["launch"] == second["launch"] and re.fullmatch("[0-9a-f]{12}", first["launch"])
    assert LAUNCH.id not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_failed_request_leaves_a_line_without_its_address(app: Flask, client: FlaskClient) -> None:
    services: Services = app.extensions["chairtime"]
    client.get("/e/the-secret-launch/?encounter=the-encounter")
    last = Path(services.config.audit_file).read_text().splitlines()[-1]
    assert json.loads(last)["code"] == "launch-not-found"
    assert "the-secret-launch" not in last and "the-encounter" not in last


def test_an_audit_file_that_fails_stops_no_page(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Audit(str(tmp_path)).record("chart read")
    assert "The audit record cannot be written" in caplog.text
