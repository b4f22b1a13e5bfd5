"""SMART App Launch 2.2, obligation 20: the id_token is checked before a word of it is believed."""

from __future__ import annotations

import base64
import hmac
import json
from typing import Any

import pytest
from flask import Response

from launch.problems import IdTokenInvalid
from tests.launch.claims import after, dated
from tests.launch.conftest import App
from tests.launch.server import CLIENT, KEYS, Ehr


def test_20_the_user_is_the_one_the_id_token_names(app: App, ehr: Ehr) -> None:
    launch = app.launch()
    assert (launch.user, launch.user_name, launch.subject) == ("Practitioner/d1", "Dr Ada Ito", f"{ehr.origin}/auth|u1")


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-app"},
        {"aud": ["another-app"]},
        {"aud": [CLIENT, "x"], "azp": "x"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": after(-600)},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": after(3600)},
        {"nbf": after(3600)},
        {"sub": None},
        {"sub": 7},
    ],
    ids=str,
)
def test_20_an_id_token_with_a_wrong_claim_refuses_the_launch_and_gives_the_token_back(
    app: App, ehr: Ehr, claims: dict[str, Any]
) -> None:
    ehr.claims = dated(claims)
    with pytest.raises(IdTokenInvalid):
        app.launch()
    assert ehr.asked("/auth/revoke")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": [CLIENT]},
        {"aud": [CLIENT, "x"], "azp": CLIENT},
        {"exp": after(-30)},
        {"iat": after(30)},
        {"iat": None},
        {"exp": after(60.5)},
    ],
    ids=str,
)
def test_20_clocks_may_differ_a_little_and_aud_may_be_a_list(app: App, ehr: Ehr, claims: dict[str, Any]) -> None:
    ehr.claims = dated(claims)
    assert app.launch().user_name


def test_20_a_trailing_slash_of_the_issuer_is_forgiven(app: App, ehr: Ehr) -> None:
    ehr.claims = {"iss": f"{ehr.origin}/auth/"}
    assert app.launch().user_name


def test_20_a_signature_of_another_key_refuses_the_launch(app: App, ehr: Ehr) -> None:
    ehr.signing = "second"
    with pytest.raises(IdTokenInvalid, match="signature"):
        app.launch()


@pytest.mark.parametrize(
    "token", ["a.b.c", "a.b", "a.b.c.d.e", "é.é.é", 7, ["x"], "x" * 100_000, "eyJhbGciOiJub25lIn0.e30."]
)
def test_20_what_is_no_signed_token_refuses_the_launch(app: App, ehr: Ehr, token: Any) -> None:
    ehr.answer["id_token"] = token
    with pytest.raises(IdTokenInvalid):
        app.launch()


def test_20_a_token_signed_with_the_public_key_as_a_password_refuses_the_launch(app: App, ehr: Ehr) -> None:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "kid": "first"}, {"sub": "u1"})
    ]
    signature = hmac.digest(KEYS["first"].as_pem(private=False), b".".join(parts), "sha256")
    ehr.answer["id_token"] = b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()
    with pytest.raises(IdTokenInvalid, match="algorithm"):
        app.launch()


@pytest.mark.parametrize(
    ("alg", "key"), [("RS256", "first"), ("RS384", "first"), ("PS256", "first"), ("ES384", "curve")]
)
@pytest.mark.parametrize("with_kid", [True, False])
def test_20_the_usual_algorithms_work_with_and_without_kid_among_several_keys(
    app: App, ehr: Ehr, alg: str, key: str, with_kid: bool
) -> None:
    ehr.published, ehr.signing = ("second", "first", "curve"), key
    ehr.token_header = {"alg": alg, "kid": key} if with_kid else {"alg": alg}
    assert app.launch().user_name == "Dr Ada Ito"


def test_20_an_unknown_kid_fetches_the_keys_again_once(app: App, ehr: Ehr) -> None:
    app.launch()
    app.launch()
    assert len(ehr.asked("/auth/jwks")) == 1
    ehr.published, ehr.signing, ehr.token_header = ("second",), "second", {"alg": "RS256", "kid": "second"}
    assert app.launch().user_name
    assert len(ehr.asked("/auth/jwks")) == 2
    ehr.token_header = {"alg": "RS256", "kid": "third"}
    with pytest.raises(IdTokenInvalid):
        app.launch()
    assert len(ehr.asked("/auth/jwks")) == 3


@pytest.mark.parametrize("absent", [None, ""])
def test_20_without_id_token_the_app_works_on_without_a_name_and_says_so(
    app: App, ehr: Ehr, absent: str | None
) -> None:
    ehr.answer["id_token"] = absent
    launch = app.launch()
    assert (launch.user, launch.user_name, launch.subject) == ("", "", "")
    assert any("who you are" in said for said in launch.unavailable)


@pytest.mark.parametrize("keys", [Response("", 500), Response("<html>"), Response('{"keys": 5}'), None])
def test_20_where_the_keys_cannot_be_had_nobody_is_named_and_the_app_works_on(
    app: App, ehr: Ehr, keys: Response | None
) -> None:
    if keys is None:
        ehr.configuration["jwks_uri"] = None
    else:
        ehr.raw["/auth/jwks"] = keys
    launch = app.launch()
    assert launch.user == launch.subject == ""
    assert any("could not be checked" in said for said in launch.unavailable)


def test_20_a_server_of_smart_1_publishes_its_keys_in_the_openid_configuration(app: App, ehr: Ehr) -> None:
    ehr.configuration.update(jwks_uri=None, issuer=None)
    openid = {"issuer": ehr.base, "jwks_uri": f"{ehr.origin}/auth/jwks"}
    ehr.raw["/r4/fhir/.well-known/openid-configuration"] = Response(json.dumps(openid))
    ehr.claims = {"iss": ehr.base}
    assert app.launch().user_name == "Dr Ada Ito"


@pytest.mark.parametrize(
    ("claims", "user", "name"),
    [
        (
            {"fhirUser": "https://elsewhere.example/fhir/Practitioner/d1"},
            "https://elsewhere.example/fhir/Practitioner/d1",
            "Dr Ada Ito",
        ),
        ({"fhirUser": None, "profile": "Practitioner/d2"}, "Practitioner/d2", "Dr Ada Ito"),
        ({"fhirUser": None}, "", "Dr Ada Ito"),
        ({"name": None, "given_name": "Ada", "family_name": "Ito"}, "Practitioner/d1", "Ada Ito"),
        ({"name": 7, "fhirUser": ["x"]}, "", ""),
        ({"name": "<b>\nAda</b>"}, "Practitioner/d1", "<b> Ada</b>"),
    ],
    ids=str,
)
def test_20_fhir_user_is_kept_as_sent_and_never_fetched(
    app: App, ehr: Ehr, claims: dict[str, Any], user: str, name: str
) -> None:
    ehr.claims = dated(claims)
    launch = app.launch()
    assert (launch.user, launch.user_name) == (user, name)


def test_20_no_max_age_is_asked_for(app: App) -> None:
    assert "max_age" not in app.begin()[1]
