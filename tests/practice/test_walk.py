"""A plain client walks from the launch value to the chart, and away again."""

from __future__ import annotations

import time

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from launch.practice.run import Running
from tests.practice.walker import EC, RSA, Walker, landed


@pytest.mark.parametrize(
    ("type_", "alg"), [("public", "RS384"), ("symmetric", "RS384"), ("asymmetric", "RS384"), ("asymmetric", "ES384")]
)
def test_a_client_of_each_type_walks_from_launch_to_chart_to_refresh_to_revocation(
    running: Running, type_: str, alg: str
) -> None:
    app = Walker(running, type_, key=RSA if alg == "RS384" else EC, alg=alg).launched()
    assert app.token["patient"] == "ann"
    assert app.token["encounter"] == "ann-visit"
    assert app.token["token_type"] == "Bearer"  # noqa: S105, a kind of token
    assert app.token["need_patient_banner"] is True
    assert app.get("Patient/ann").json()["birthDate"] == "1984-02-11"
    assert app.given().json()["total"] == 7
    again = app.refresh()
    assert again.status_code == 200
    assert again.json()["patient"] == "ann"
    assert again.json()["refresh_token"] != app.token["refresh_token"]
    app.token = again.json()
    assert app.get("Patient/ann").status_code == 200
    assert app.post("revoke", {"token": app.token["refresh_token"]}).status_code == 200
    assert app.get("Patient/ann").status_code == 401
    assert app.refresh().json()["error"] == "invalid_grant"


def test_discovery_names_every_required_member(app: Walker) -> None:
    answer = requests.get(f"{app.fhir}/.well-known/smart-configuration", timeout=5)
    said = answer.json()
    assert answer.headers["Content-Type"] == "application/json"
    assert said["issuer"] == app.auth != app.fhir
    assert said["authorization_endpoint"] == f"{app.auth}/authorize"
    assert said["token_endpoint"] == f"{app.auth}/token"
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert "authorization_code" in said["grant_types_supported"]
    assert {"launch-ehr", "launch-standalone", "client-confidential-asymmetric", "sso-openid-connect"} <= set(
        said["capabilities"]
    )
    assert requests.get(said["jwks_uri"], timeout=5).json()["keys"][0]["alg"] == "RS256"


def test_the_capability_statement_carries_the_older_endpoints(app: Walker) -> None:
    rest = requests.get(f"{app.fhir}/metadata", timeout=5).json()["rest"][0]
    ends = {one["url"]: one["valueUri"] for one in rest["security"]["extension"][0]["extension"]}
    assert ends["authorize"] == f"{app.auth}/authorize"
    assert ends["token"] == f"{app.auth}/token"
    assert "MedicationAdministration" in {one["type"] for one in rest["resource"]}


def test_the_id_token_is_signed_and_says_who_and_for_whom(app: Walker) -> None:
    app.launched()
    keys = KeySet.import_key_set(requests.get(f"{app.auth}/jwks", timeout=5).json())
    token = jwt.decode(app.token["id_token"], keys, algorithms=["RS256"])
    assert token.header["kid"] == keys.keys[0].kid
    assert token.claims["iss"] == app.auth
    assert app.client_id in token.claims["aud"]
    assert token.claims["nonce"] == app.nonce
    assert token.claims["exp"] > time.time()
    assert token.claims["fhirUser"] == f"{app.fhir}/Practitioner/practice-nurse"
    assert app.get("Practitioner/practice-nurse").json()["name"][0]["text"] == "Rhea Osei"


def test_the_callback_names_the_issuer_and_returns_the_state(app: Walker) -> None:
    back = landed(app.authorize(app.open()))
    assert back["state"] == app.state
    assert back["iss"] == app.auth


def test_a_standalone_launch_signs_in_chooses_a_patient_and_gets_its_context(app: Walker) -> None:
    page = app.authorize()
    assert page.status_code == 200
    assert "Example, Robin" in page.text
    form = {"user": "practice-coder", "patient": "bob", "decision": "allow"}
    asked = app.request()
    back = landed(requests.post(f"{app.auth}/choose", params=asked, data=form, allow_redirects=False, timeout=5))
    token = app.exchange(back["code"]).json()
    assert token["patient"] == "bob"
    assert token["encounter"] == "bob-visit"


def test_a_person_who_refuses_sends_the_app_away_with_access_denied(app: Walker) -> None:
    form = {"user": "practice-nurse", "patient": "bob", "decision": "deny"}
    back = landed(
        requests.post(f"{app.auth}/choose", params=app.request(), data=form, allow_redirects=False, timeout=5)
    )
    assert back["error"] == "access_denied"
    assert back["state"] == app.state


def test_a_standalone_launch_without_a_known_patient_stops(app: Walker) -> None:
    answer = requests.post(
        f"{app.auth}/choose", params=app.request(), data={"patient": "nobody"}, allow_redirects=False, timeout=5
    )
    assert answer.status_code == 400


def test_the_authorization_request_may_be_posted(app: Walker) -> None:
    answer = requests.post(f"{app.auth}/authorize", data=app.request(app.open()), allow_redirects=False, timeout=5)
    assert landed(answer)["code"]


def test_introspection_tells_the_owner_of_a_token_its_context_and_others_nothing(app: Walker, running: Running) -> None:
    app.launched()
    said = app.post("introspect", {"token": app.token["access_token"]}).json()
    assert (said["active"], said["patient"], said["client_id"]) == (True, "ann", "app-public")
    other = Walker(running, "symmetric")
    assert other.post("introspect", {"token": app.token["access_token"]}).json() == {"active": False}


def test_token_answers_may_not_be_stored(app: Walker) -> None:
    assert app.exchange(app.code()).headers["Cache-Control"] == "no-store"
