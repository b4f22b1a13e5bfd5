"""Each named fault of the token response and the id_token."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tests.practice.walker import Walker


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ("token-invalid-grant", 400, "invalid_grant"),
        ("token-invalid-client", 401, "invalid_client"),
        ("token-500", 500, "server_error"),
    ],
)
def test_the_token_endpoint_refuses(app: Walker, fault: str, status: int, error: str) -> None:
    answer = app.exchange(app.code("ann", fault))
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_the_token_endpoint_is_a_web_page(app: Walker) -> None:
    answer = app.exchange(app.code("ann", "token-html"))
    assert answer.status_code == 200
    assert "text/html" in answer.headers["Content-Type"]


def test_the_token_endpoint_is_slow(app: Walker) -> None:
    code = app.code("ann", "token-slow")
    began = time.monotonic()
    assert app.exchange(code).status_code == 200
    assert time.monotonic() - began >= 0.3


def test_a_refresh_is_refused(app: Walker) -> None:
    assert app.launched("ann", "refresh-refused").refresh().json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("fault", "member", "value"),
    [
        ("no-patient", "patient", None),
        ("no-encounter", "encounter", None),
        ("no-scope-member", "scope", None),
        ("empty-scope", "scope", ""),
        ("string-expires", "expires_in", "3600"),
        ("no-expires", "expires_in", None),
        ("no-refresh", "refresh_token", None),
        ("no-id-token", "id_token", None),
        ("lower-bearer", "token_type", "bearer"),
        ("banner-missing", "need_patient_banner", None),
        ("banner-string", "need_patient_banner", "true"),
        ("banner-false", "need_patient_banner", False),
        ("hostile-style-url", "smart_style_url", "https://elsewhere.example/style.json"),
    ],
)
def test_the_token_response_is_spoiled(app: Walker, fault: str, member: str, value: Any) -> None:
    assert app.launched("ann", fault).token.get(member) == value
    assert app.get("Patient/ann").status_code == 200


def test_the_grant_is_wider_than_asked(app: Walker) -> None:
    assert "patient/Observation.rs" in app.launched("ann", "wider-scopes").token["scope"].split()


@pytest.mark.parametrize(
    ("fault", "kind"), [("narrower-scopes", "Condition"), ("narrower-scopes:Encounter", "Encounter")]
)
def test_the_grant_is_narrower_than_asked_and_enforced(app: Walker, fault: str, kind: str) -> None:
    assert kind not in app.launched("ann", fault).token["scope"]
    assert app.get(kind, patient="ann").status_code == 403


def test_the_grant_comes_in_the_other_notation(app: Walker) -> None:
    assert "patient/Patient.read" in app.launched("ann", "other-notation").token["scope"].split()
    assert app.get("Patient/ann").status_code == 200


def test_the_first_token_expires_at_once_and_a_refresh_helps(app: Walker) -> None:
    assert app.launched("ann", "expired-at-once").token["expires_in"] == 1
    assert app.get("Patient/ann").status_code == 401
    app.token = app.refresh().json()
    assert app.get("Patient/ann").status_code == 200


def test_a_refresh_does_not_rotate(app: Walker) -> None:
    app.launched("ann", "no-rotation")
    assert "refresh_token" not in app.refresh().json()
    assert app.refresh().status_code == 200


def identity(app: Walker, fault: str) -> dict[str, Any]:
    app.launched("ann", fault)
    keys = KeySet.import_key_set(requests.get(f"{app.auth}/jwks", timeout=5).json())
    return dict(jwt.decode(app.token["id_token"], keys, algorithms=["RS256"]).claims)


@pytest.mark.parametrize(
    ("fault", "claim", "value"),
    [
        ("id-token-other-nonce", "nonce", "not-the-nonce-that-was-sent"),
        ("id-token-other-audience", "aud", ["another-app"]),
        ("id-token-other-issuer", "iss", "https://another-issuer.example"),
        ("id-token-profile", "fhirUser", None),
        ("relative-user", "fhirUser", "Practitioner/practice-nurse"),
        ("foreign-user", "fhirUser", "https://elsewhere.example/fhir/Practitioner/practice-nurse"),
    ],
)
def test_a_claim_of_the_id_token_is_spoiled(app: Walker, fault: str, claim: str, value: Any) -> None:
    assert identity(app, fault).get(claim) == value


def test_the_id_token_has_expired(app: Walker) -> None:
    assert identity(app, "id-token-expired")["exp"] < time.time() - 600


def test_the_id_token_is_forged(app: Walker) -> None:
    with pytest.raises(JoseError):
        identity(app, "bad-id-token")


@pytest.mark.parametrize(
    ("fault", "header"), [("id-token-no-kid", {"alg": "RS256"}), ("id-token-unsigned", {"alg": "none"})]
)
def test_the_header_of_the_id_token_is_spoiled(app: Walker, fault: str, header: dict[str, str]) -> None:
    app.launched("ann", fault)
    found = jws.extract_compact(app.token["id_token"].encode()).headers()
    assert {name: found.get(name) for name in ("alg", "kid")} == {"kid": None} | header


def test_a_refresh_brings_an_odd_id_token(app: Walker) -> None:
    app.launched("ann", "refresh-odd-id-token")
    app.token = app.refresh().json()
    token = jws.extract_compact(app.token["id_token"].encode())
    assert b'"aud"' not in token.payload
    assert b'"nonce"' not in token.payload


def test_the_style_sheet_is_hostile(app: Walker) -> None:
    app.launched("ann", "hostile-style")
    assert "}" in requests.get(app.token["smart_style_url"], timeout=5).json()["color_background"]


def test_the_context_holds_what_nobody_knows(app: Walker) -> None:
    token = app.launched("ann", "extra-context").token
    assert isinstance(token["fhirContext"][1], str)
    assert token["intent"]
    assert token["tenant"]
    assert token["__practice_extension"] is True
