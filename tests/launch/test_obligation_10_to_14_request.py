"""SMART App Launch 2.2, obligations 10 to 14: the authorization request, and how the app proves who it is."""

from __future__ import annotations

import pytest
from joserfc import jws
from joserfc.jwk import KeySet

from launch.handshake import received, refresh
from launch.keys import Keys
from launch.problems import (
    IssuerMissing,
    LaunchMissing,
    TokenRefused,
)
from tests.launch.conftest import App, asked_of
from tests.launch.server import CALLBACK, CLIENT, SECRET, Ehr

KEYS = Keys.generate()


def test_10_iss_and_launch_are_both_required() -> None:
    assert received({"iss": "https://a/fhir", "launch": "x"}) == ("https://a/fhir", "x")
    with pytest.raises(IssuerMissing):
        received({"launch": "x"})
    with pytest.raises(LaunchMissing):
        received({"iss": "https://a/fhir"})


@pytest.mark.parametrize("launch", ["abc", "WzAsIiJd==", "a b+c/d&e=f%20é", "{}"])
def test_10_the_launch_value_goes_back_unchanged_with_scope_launch(app: App, launch: str) -> None:
    _, url = app.begin(launch)
    assert asked_of(url)["launch"] == launch
    scopes = asked_of(url)["scope"].split()
    assert "launch" in scopes and not [scope for scope in scopes if scope.startswith("launch/")]


def test_10_a_standalone_launch_asks_for_patient_and_encounter_instead(app: App, ehr: Ehr) -> None:
    pending, url = app.begin("")
    scopes = asked_of(url)["scope"].split()
    assert "launch" not in asked_of(url) and "launch" not in scopes
    assert {"launch/patient", "launch/encounter"} <= set(scopes)
    assert app.finish(pending, ehr.authorize(url)).patient == "p1"


@pytest.mark.parametrize("slash", ["", "/"])
def test_11_aud_is_the_iss_as_received_byte_for_byte(app: App, ehr: Ehr, slash: str) -> None:
    pending, url = app.begin(iss=ehr.base + slash)
    assert asked_of(url)["aud"] == ehr.base + slash == pending.iss
    assert app.finish(pending, ehr.authorize(url)).iss == ehr.base + slash


def test_12_the_authorization_request_is_complete(app: App, ehr: Ehr) -> None:
    pending, url = app.begin("xyz")
    asked = asked_of(url)
    assert url.startswith(f"{ehr.origin}/auth/authorize?")
    assert set(asked) == {
        "response_type", "client_id", "redirect_uri", "scope", "state", "aud", "nonce", "launch", "code_challenge", "code_challenge_method"
    }  # fmt: skip
    assert (asked["response_type"], asked["client_id"], asked["redirect_uri"]) == ("code", CLIENT, CALLBACK)
    assert pending.verifier not in url


def test_12_an_authorize_address_with_a_query_keeps_it(app: App, ehr: Ehr) -> None:
    ehr.configuration["authorization_endpoint"] = f"{ehr.origin}/auth/authorize?tenant=t%201"
    _, url = app.begin()
    assert asked_of(url)["tenant"] == "t 1" and asked_of(url)["client_id"] == CLIENT


def test_13_a_public_client_names_itself_in_the_body_and_nowhere_else(app: App, ehr: Ehr) -> None:
    app.launch()
    _, _, form, headers = next(seen for seen in ehr.seen if seen[1] == "/auth/token")
    assert set(form) == {"grant_type", "code", "redirect_uri", "code_verifier", "client_id"}
    assert form["grant_type"] == "authorization_code" and "Authorization" not in headers
    assert headers["Content-Type"].startswith("application/x-www-form-urlencoded")


@pytest.mark.parametrize(("client_type", "encoding"), [("symmetric", "rfc6749"), ("symmetric raw", "raw")])
def test_13_a_symmetric_client_uses_http_basic_in_the_encoding_the_server_wants(
    app: App, ehr: Ehr, client_type: str, encoding: str
) -> None:
    ehr.client_type = client_type
    app.issuer = app.issuer._replace(client_type="symmetric", client_secret=SECRET, basic_encoding=encoding)
    launch = app.launch()
    assert refresh(launch, app.issuer, app.endpoints, None, app.http).access_token != launch.access_token
    assert not {"client_id", "client_secret"} & set(ehr.asked("/auth/token")[0])


def test_13_a_wrong_secret_is_said_to_be_a_matter_of_registration(app: App, ehr: Ehr) -> None:
    ehr.client_type = "symmetric"
    app.issuer = app.issuer._replace(client_type="symmetric", client_secret=SECRET[::-1])
    with pytest.raises(TokenRefused) as caught:
        app.launch()
    assert caught.value.error == "invalid_client" and "secret" in caught.value.do


@pytest.mark.parametrize("alg", ["RS384", "ES384"])
def test_14_each_token_call_has_its_own_assertion_signed_by_a_published_key(app: App, ehr: Ehr, alg: str) -> None:
    ehr.client_type, ehr.app_keys = "asymmetric", KeySet.import_key_set(KEYS.jwks())  # type: ignore[arg-type]
    app.issuer, app.keys = app.issuer._replace(client_type="asymmetric", key_alg=alg), KEYS
    launch = app.launch()
    launch = refresh(launch, app.issuer, app.endpoints, app.keys, app.http)
    refresh(launch, app.issuer, app.endpoints, app.keys, app.http)
    headers = [jws.extract_compact(form["client_assertion"].encode()).headers() for form in ehr.asked("/auth/token")]
    assert [header["alg"] for header in headers] == [alg] * 3 and {header["kid"] for header in headers} <= {
        key["kid"] for key in KEYS.jwks()["keys"]
    }
    assert len(ehr.jtis) == 3


def test_14_keys_rotated_between_two_launches_go_on_working(app: App, ehr: Ehr) -> None:
    rotated = KEYS.rotate()
    ehr.client_type, ehr.app_keys = "asymmetric", KeySet.import_key_set(rotated.jwks())  # type: ignore[arg-type]
    app.issuer = app.issuer._replace(client_type="asymmetric")
    for app.keys in (KEYS, rotated):
        assert app.launch().patient == "p1"
