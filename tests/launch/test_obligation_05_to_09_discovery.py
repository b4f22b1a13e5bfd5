"""SMART App Launch 2.2, obligations 5 to 9: discovery."""

from __future__ import annotations

import json

import pytest
import requests
from flask import Response, redirect

from launch.discovery import discover, forget
from launch.http import guarded
from launch.issuers import Issuer, Issuers
from launch.problems import (
    DiscoveryFailed,
    EhrUnreachable,
    IssuerNotAllowed,
)
from tests.launch.conftest import App, asked_of
from tests.launch.server import CLIENT, Ehr

WELL_KNOWN = "/r4/fhir/.well-known/smart-configuration"
STATEMENT = "/r4/fhir/metadata"


@pytest.mark.parametrize("slash", ["", "/"])
def test_05_the_well_known_path_follows_the_whole_fhir_base(app: App, ehr: Ehr, slash: str) -> None:
    app.issuer = app.issuer._replace(iss=ehr.base + slash)
    assert app.endpoints.token == f"{ehr.origin}/auth/token"
    assert ehr.seen[0][:2] == ("GET", WELL_KNOWN)


def test_05_discovery_is_asked_once_in_a_while(app: App, ehr: Ehr) -> None:
    for _ in range(3):
        assert app.endpoints
    assert len(ehr.asked(WELL_KNOWN)) == 1


@pytest.mark.parametrize("missing", ["authorization_endpoint", "token_endpoint"])
def test_05_a_configuration_without_an_endpoint_says_which(app: App, ehr: Ehr, missing: str) -> None:
    ehr.configuration[missing] = None
    with pytest.raises(DiscoveryFailed, match=missing):
        app.begin()


def test_05_the_content_type_of_the_configuration_does_not_matter(app: App, ehr: Ehr) -> None:
    ehr.raw[WELL_KNOWN] = Response(json.dumps(ehr.discovery()), content_type="text/plain")
    assert app.endpoints.jwks == f"{ehr.origin}/auth/jwks"


def test_06_relative_endpoints_of_an_old_server_start_at_the_fhir_base(app: App, ehr: Ehr) -> None:
    ehr.configuration = {"token_endpoint": "oauth/token", "authorization_endpoint": "/auth/authorize"}
    assert app.endpoints.token == f"{ehr.base}/oauth/token"
    assert app.endpoints.authorize == f"{ehr.origin}/auth/authorize"


def test_07_scopes_the_ehr_does_not_list_are_asked_all_the_same(app: App, ehr: Ehr) -> None:
    ehr.configuration["scopes_supported"] = ["openid"]
    _, url = app.begin()
    assert "patient/MedicationAdministration.rs" in asked_of(url)["scope"].split()


@pytest.mark.parametrize(
    "extension",
    ["http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris", "http://DSTU2/fhir-registry/oauth-uris"],
)
@pytest.mark.parametrize(
    "instead", [Response("", 404), Response("no", 403), Response("<html>", 200, content_type="text/html")]
)
def test_08_without_a_configuration_the_capability_statement_serves(
    app: App, ehr: Ehr, extension: str, instead: Response
) -> None:
    ehr.raw[WELL_KNOWN] = instead
    uris = [{"url": name, "valueUri": f"{ehr.origin}/auth/{name}"} for name in ("authorize", "token", "revoke")]
    statement = {"rest": [{"security": {"extension": [{"url": "other"}, {"url": extension, "extension": uris}]}}]}
    ehr.raw[STATEMENT] = Response(json.dumps(statement), content_type="application/fhir+json")
    launch = app.launch()
    assert app.endpoints.revoke == f"{ehr.origin}/auth/revoke"
    assert "patient/MedicationAdministration.read" in launch.asked
    assert any("could not be checked" in sentence for sentence in launch.unavailable)


def test_08_an_ehr_with_neither_is_said_to_have_neither(app: App, ehr: Ehr) -> None:
    ehr.raw[WELL_KNOWN] = Response("", 404)
    with pytest.raises(DiscoveryFailed):
        app.begin()


@pytest.mark.parametrize("status", [500, 503, 429])
def test_08_an_ehr_in_trouble_is_not_taken_for_an_old_one(app: App, ehr: Ehr, status: int) -> None:
    ehr.raw[WELL_KNOWN] = Response("", status)
    with pytest.raises(EhrUnreachable):
        app.begin()
    assert not ehr.asked(STATEMENT)


def test_08_an_ehr_that_is_switched_off_is_unreachable() -> None:
    issuer = Issuer("Off", "http://127.0.0.1:9/fhir", CLIENT, "public", allow_http=True)
    with pytest.raises(EhrUnreachable, match="Off"):
        discover(issuer, guarded(allow_loopback_http=True))


HOSTILE = (
    "http://169.254.169.254/latest/meta-data",
    "https://evil.example/r4/fhir",
    "https://ehr.example.evil.example/fhir",
    "https://ehr.example@evil.example/fhir",
    "https://ehr.example/fhir/../admin",
    "https://ehr.example/fhir//",
    "https://ehr.example/FHIR",
    "https://ehr.example/fhir?x=1",
    "https://ehr.example/fhir#x",
    "https://EHR.example/fhir",
    " https://ehr.example/fhir",
    "file:///etc/passwd",
    "https://[bad",
    "",
)


@pytest.mark.parametrize("iss", HOSTILE)
def test_09_an_issuer_that_is_not_on_the_list_is_refused_before_any_request(iss: str) -> None:
    issuers = Issuers.read(
        [{"name": "A", "iss": "https://ehr.example/fhir", "client_id": "c", "client_type": "public"}]
    )
    with pytest.raises(IssuerNotAllowed) as caught:
        issuers.find(iss)
    assert "latest" not in caught.value.detail and "passwd" not in caught.value.detail


def test_09_begin_too_refuses_an_iss_that_is_not_the_issuers(app: App, ehr: Ehr) -> None:
    with pytest.raises(IssuerNotAllowed):
        app.begin(iss=f"{ehr.origin}/another/fhir")


@pytest.mark.parametrize("code", [302, 307])
def test_09_discovery_is_not_led_to_another_origin(app: App, ehr: Ehr, code: int) -> None:
    ehr.raw[WELL_KNOWN] = redirect(f"{ehr.origin.replace('127.0.0.1', 'localhost')}/landed", code)
    with pytest.raises(DiscoveryFailed):
        app.begin()
    assert not ehr.asked("/landed") and not ehr.asked(STATEMENT)


def test_09_discovery_may_be_redirected_within_its_origin(app: App, ehr: Ehr) -> None:
    ehr.raw[WELL_KNOWN] = redirect("/moved", 302)
    ehr.raw["/moved"] = Response(json.dumps(ehr.discovery()))
    assert app.endpoints.token


class Answering(requests.Session):
    """A session whose every GET answers with a SMART configuration of these endpoints."""

    def __init__(self, authorize: str, token: str, jwks: str) -> None:
        super().__init__()
        forget()
        self._found = {"authorization_endpoint": authorize, "token_endpoint": token, "jwks_uri": jwks}

    def get(self, url: str | bytes, **more: object) -> requests.Response:  # type: ignore[override]
        response = requests.Response()
        response.status_code = 200
        response._content = json.dumps(self._found).encode()
        return response


AWAY = (
    "http://ehr.example/token",
    "javascript:alert(1)",
    "https://127.0.0.1/token",
    "https://10.0.0.5/token",
    "https://elsewhere.example/token",
    "https://ehr.example.evil.example/token",
    "https://u:p@ehr.example/token",
)


@pytest.mark.parametrize("address", AWAY)
def test_09_endpoints_may_not_point_away_from_the_ehr_or_from_tls(address: str) -> None:
    issuer = Issuer("A", "https://ehr.example/fhir", CLIENT, "public")
    for addresses in (("https://ehr.example/a", address), (address, "https://ehr.example/t")):
        with pytest.raises(DiscoveryFailed):
            discover(issuer, Answering(*addresses, "https://ehr.example/k"))
    assert discover(issuer, Answering("https://ehr.example/a", "https://ehr.example:8443/t", address)).jwks == ""


@pytest.mark.parametrize("trusted", ["sign-in.example", "sign-in.example:8443"])
def test_09_a_sign_in_on_another_host_is_taken_where_it_is_registered(trusted: str) -> None:
    there = [f"https://sign-in.example:8443/{name}" for name in "atk"]
    issuer = Issuer("A", "https://ehr.example/fhir", CLIENT, "public")
    with pytest.raises(DiscoveryFailed, match=r"trust_hosts: https://sign-in\.example:8443"):
        discover(issuer, Answering(*there))
    assert discover(issuer._replace(trust_hosts=(trusted,)), Answering(*there)).jwks == there[2]


def test_09_on_this_machine_localhost_and_its_numbers_are_one_host(app: App, ehr: Ehr) -> None:
    ehr.configuration["token_endpoint"] = f"{ehr.origin.replace('127.0.0.1', 'localhost')}/auth/token"
    assert app.launch().patient == "p1"
