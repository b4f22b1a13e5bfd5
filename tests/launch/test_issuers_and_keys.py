"""The allow-list and the app's own keys: what is taken, what is refused, what stays hidden."""

from __future__ import annotations

import json
from typing import Any

import pytest

from launch.issuers import Issuer, IssuerFault, Issuers
from launch.keys import Keys, KeysFault
from launch.problems import IssuerNotAllowed
from launch.scopes import table

ENTRY = {"name": "A", "iss": "https://ehr.example/fhir", "client_id": "c", "client_type": "public"}
KEYS = Keys.generate()


def test_an_entry_needs_four_settings_and_the_rest_have_defaults() -> None:
    assert Issuers.read([ENTRY]).all() == (Issuer("A", "https://ehr.example/fhir", "c", "public"),)


@pytest.mark.parametrize(("registered", "sent"), [("", "/"), ("/", ""), ("", ""), ("/", "/")])
def test_one_trailing_slash_makes_no_difference(registered: str, sent: str) -> None:
    issuers = Issuers.read([{**ENTRY, "iss": ENTRY["iss"] + registered}])
    assert issuers.find(ENTRY["iss"] + sent).name == "A"


def test_an_ehr_is_found_by_its_name_too() -> None:
    issuers = Issuers.read([ENTRY])
    assert issuers.named("A").client_id == "c"
    with pytest.raises(IssuerNotAllowed):
        issuers.named("B")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "name is missing"),
        ({"client_id": None}, "client_id is missing"),
        ({"iss": "http://ehr.example/fhir"}, "https"),
        ({"iss": "http://ehr.example/fhir", "allow_http": True}, "https"),
        ({"iss": "https://ehr.example/fhir?x=1"}, "https"),
        ({"iss": "https://me@ehr.example/fhir"}, "https"),
        ({"client_type": "confidential"}, "public, symmetric, asymmetric"),
        ({"client_type": "symmetric"}, "needs a client_secret"),
        ({"client_secret": "s"}, "no client_secret"),
        ({"key_alg": "RS256"}, "RS384, ES384"),
        ({"basic_encoding": "url"}, "rfc6749, raw"),
        ({"access": "always"}, "online_access"),
        ({"scopes": "openid fhirUser"}, "list of texts"),
        ({"scopes": ["openid fhirUser"]}, "not a scope"),
        ({"frame_ancestors": ["*"]}, "origins"),
        ({"frame_ancestors": ["https://ehr.example/"]}, "origins"),
        ({"frame_ancestors": ["http://ehr.example"]}, "origins"),
        ({"frame_ancestors": ["https://ehr.example; script-src *"]}, "origins"),
        ({"trust_hosts": ["https://sign-in.example"]}, "hosts such as"),
        ({"allow_http": "yes"}, "true or false"),
        ({"clientid": "x"}, "unknown setting clientid"),
    ],
    ids=str,
)
def test_an_entry_that_cannot_work_is_refused_with_the_reason(change: dict[str, Any], says: str) -> None:
    with pytest.raises(IssuerFault, match=says):
        Issuers.read([{**ENTRY, **change}])


@pytest.mark.parametrize(
    "other", [{"name": "B"}, {"iss": "https://other.example/fhir"}, {"name": "B", "iss": ENTRY["iss"] + "/"}]
)
def test_two_entries_share_neither_name_nor_address(other: dict[str, str]) -> None:
    with pytest.raises(IssuerFault, match="same"):
        Issuers.read([ENTRY, {**ENTRY, **other}])


def test_plain_http_is_for_this_machine_and_only_where_allowed() -> None:
    local = {**ENTRY, "iss": "http://localhost:8080/v/r4/fhir"}
    assert Issuers.read([{**local, "allow_http": True}]).all()
    with pytest.raises(IssuerFault):
        Issuers.read([local])


def test_keys_survive_writing_and_reading() -> None:
    again = Keys.load(KEYS.dump())
    assert again.jwks() == KEYS.jwks() and again.signer("ES384")[1] == KEYS.signer("ES384")[1]


def test_the_public_set_holds_nothing_private_and_all_that_an_ehr_needs() -> None:
    for key in KEYS.jwks()["keys"]:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)
        assert {"kty", "kid", "alg", "use", "key_ops"} <= set(key) and key["key_ops"] == ["verify"]
    assert {key["alg"] for key in KEYS.jwks()["keys"]} == {"RS384", "ES384"}


def test_rotation_signs_with_new_keys_and_publishes_one_generation_back() -> None:
    second = KEYS.rotate()
    third = second.rotate()
    published = [{key["kid"] for key in keys.jwks()["keys"]} for keys in (KEYS, second, third)]
    assert published[0] < published[1] and published[1] & published[2] and not published[0] & published[2]
    assert second.signer("RS384")[1] != KEYS.signer("RS384")[1]


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"keys": []}', '{"keys": [1]}', '{"keys": [{"kty": "RSA"}]}', json.dumps(KEYS.jwks())]
)
def test_keys_that_cannot_be_used_are_refused_without_being_shown(text: str) -> None:
    with pytest.raises(KeysFault) as caught:
        Keys.load(text)
    assert "register" in str(caught.value) and '"n"' not in str(caught.value)


def test_every_type_asked_for_has_a_sentence_and_none_may_be_written() -> None:
    seldom = {"Observation", "Organization"}  # read only where something charted needs them, and told of then
    for row in table().resources:
        assert row.without == "" if row.type in seldom else row.type in row.without and row.without.endswith(".")
    assert {scope.rpartition(".")[2] for scope in table().v1 + table().v2} == {"read", "rs"}
    assert not [scope for scope in table().v1 + table().v2 if "*" in scope]
