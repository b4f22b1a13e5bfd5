"""How faults are switched, and each named fault of discovery and authorization."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from launch.practice import faults
from launch.practice.faults import FAULTS, FaultUnknown
from tests.practice.walker import Walker, landed


def discovery(app: Walker, fault: str) -> requests.Response:
    app.open("ann", fault)
    return requests.get(f"{app.fhir}/.well-known/smart-configuration", timeout=5)


def test_every_fault_has_a_sentence_and_a_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*faults.py"))
    for name, says in FAULTS.items():
        assert says.endswith("."), name
        assert f'"{name}"' in tests or f'"{name}:' in tests, name


def test_an_unknown_fault_is_refused_by_name(app: Walker) -> None:
    with pytest.raises(FaultUnknown, match="no-such-fault"):
        faults.named(["slow,no-such-fault"])
    answer = requests.post(f"{app.running.url}/practice/faults", json={"faults": ["no-such-fault"]}, timeout=5)
    assert answer.status_code == 400


def test_a_fault_for_one_launch_does_not_touch_another(app: Walker) -> None:
    app.launched("ann", "500")
    other = Walker(app.running).launched("ann")
    assert app.get("Patient/ann").status_code == 500
    assert other.get("Patient/ann").status_code == 200


def test_a_fault_for_everybody_is_switched_on_and_off_by_post(app: Walker) -> None:
    app.launched()
    address = f"{app.running.url}/practice/faults"
    assert requests.post(address, json={"faults": ["500:Patient"]}, timeout=5).json() == {"on": ["500:Patient"]}
    assert app.get("Patient/ann").status_code == 500
    assert app.get("Encounter/ann-visit").status_code == 200
    assert requests.get(address, headers={"Accept": "application/json"}, timeout=5).json()["on"] == ["500:Patient"]
    requests.post(address, json={"faults": []}, timeout=5)
    assert app.get("Patient/ann").status_code == 200


def test_another_site_cannot_switch_faults(app: Walker) -> None:
    answer = requests.post(
        f"{app.running.url}/practice/faults", data={"fault": "500"}, headers={"Sec-Fetch-Site": "cross-site"}, timeout=5
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [("discovery-404", 404, "fhir+json"), ("discovery-500", 500, "fhir+json"), ("discovery-html", 200, "html")],
)
def test_discovery_fails(app: Walker, fault: str, status: int, kind: str) -> None:
    answer = discovery(app, fault)
    assert answer.status_code == status
    assert kind in answer.headers["Content-Type"]
    assert requests.get(f"{app.fhir}/metadata", timeout=5).status_code == (500 if fault == "discovery-500" else 200)


def test_discovery_points_elsewhere(app: Walker) -> None:
    said = discovery(app, "discovery-elsewhere").json()
    assert (
        urlsplit(said["token_endpoint"]).hostname
        == urlsplit(said["authorization_endpoint"]).hostname
        == "elsewhere.example"
    )


def test_endpoints_are_relative(app: Walker) -> None:
    said = discovery(app, "relative-endpoints").json()
    assert (said["token_endpoint"], said["jwks_uri"]) == ("/auth/token", "/auth/jwks")


def test_the_issuer_ends_in_a_slash(app: Walker) -> None:
    assert discovery(app, "issuer-slash").json()["issuer"] == app.auth + "/"


@pytest.mark.parametrize(
    ("fault", "member"),
    [
        ("no-pkce-listed", "code_challenge_methods_supported"),
        ("discovery-incomplete", "token_endpoint"),
        ("no-revocation", "revocation_endpoint"),
    ],
)
def test_discovery_lacks_a_member(app: Walker, fault: str, member: str) -> None:
    assert member not in discovery(app, fault).json()


@pytest.mark.parametrize(
    ("fault", "error"),
    [("deny", "access_denied"), ("auth-invalid-scope", "invalid_scope"), ("auth-server-error", "server_error")],
)
def test_the_authorization_ends_in_an_error(app: Walker, fault: str, error: str) -> None:
    back = landed(app.authorize(app.open("ann", fault)))
    assert (back["error"], back["state"]) == (error, app.state)
    assert "code" not in back


@pytest.mark.parametrize(
    ("fault", "member", "value"),
    [
        ("state-missing", "state", None),
        ("state-wrong", "state", "not-the-state-that-was-sent"),
        ("callback-iss-other", "iss", "https://another-issuer.example"),
        ("code-missing", "code", None),
    ],
)
def test_the_callback_is_spoiled(app: Walker, fault: str, member: str, value: str | None) -> None:
    assert landed(app.authorize(app.open("ann", fault))).get(member) == value
