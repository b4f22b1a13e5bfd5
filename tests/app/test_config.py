"""An installation starts whole or not at all, and every fault is told at once, with what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from smart_app.config import ConfigError, load
from smart_app.config_faults import address_faults
from smart_app.store import Store
from tests.app.installation import EPIC, GOOD, ORACLE, SECRET, environment, install

ALL_WRONG = """
base_url = "http://chairtime.example.org"
store = "{folder}/no/such/folder/launches.sqlite"
keys_file = "{folder}/none.json"
audit_file = "{folder}"
unanswered_file = "{folder}/no/such/folder/unanswered.ndjson"
zone = "Chicago"
setting = "hospital"
payer = "nobody"
idle_minutes = "30"
absolute_hours = 0
colour = "blue"

[[issuer]]
name = "epic"
iss = "https://*.hospital.example/fhir"
client_id = "x"
client_type = "confidential"
frame_ancestors = ["*", "https://ehr.example/path"]

[[issuer]]
name = "oracle"
iss = "fhir.example"
client_type = "symmetric"
client_secret = "in the file"
"""
SAID = (
    "CHAIRTIME_SECRET must hold the key",
    "base_url is http://chairtime.example.org; an EHR frame keeps no session without HTTPS",
    "store .*/no/such/folder/launches.sqlite cannot be written: the folder .* is not there; make it",
    "keys_file .*/none.json cannot be read: No such file or directory. Make it with: chairtime keys",
    "audit_file .* cannot be written: it is a folder",
    "unanswered_file .* cannot be written: the folder .* is not there; make it",
    "zone is 'Chicago'; it must be an IANA name",
    "There is no setting 'hospital'",
    "There is no payer 'nobody'",
    "idle_minutes must be a whole number",
    "absolute_hours must be a whole number",
    "colour is not a setting; known are",
    "EHR epic: iss is .* without a wildcard",
    "EHR epic: client_type is one of public, symmetric, asymmetric",
    "EHR epic: frame_ancestors holds origins such as",
    "EHR oracle: iss must be the https address",
    "EHR oracle: client_id is missing",
    "EHR oracle: client_secret must not stand in the file",
)


def faults(path: Path, **more: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load(str(path), environment(**more))
    return refused.value.faults


def test_a_whole_installation_is_read(tmp_path: Path) -> None:
    config = load(str(install(tmp_path)), environment())
    assert config.redirect_uri == "https://chairtime.example.org/callback"
    assert config.frame_ancestors == ("https://hyperdrive.hospital.example", "https://mpages.hospital.example")
    assert [issuer.client_secret for issuer in config.issuers.all()] == ["", "a secret of Oracle's"]
    assert not (tmp_path / "launches.sqlite").exists(), "looking makes nothing"


def test_every_fault_is_told_at_once_and_once(tmp_path: Path) -> None:
    said = faults(install(tmp_path, ALL_WRONG), CHAIRTIME_SECRET="")
    for expected in SAID:
        assert [fault for fault in said if re.search(expected, fault)], expected
    assert len(said) == len(SAID), said


def test_the_text_form_of_an_installation_shows_no_secret(tmp_path: Path) -> None:
    shown = repr(load(str(install(tmp_path)), environment()))
    assert SECRET not in shown and "a secret of Oracle's" not in shown


@pytest.mark.parametrize(
    "address",
    [
        "chairtime.example.org",
        "https://",
        "https://chairtime.example.org/app",
        "https://user:word@chairtime.example.org",
        "https://chairtime.example.org:port",
        "https://[",
        "https://*.example.org",
        "https://chairtime.example.org?x=1",
    ],
)
def test_an_address_that_is_not_a_host_of_its_own_is_refused(tmp_path: Path, address: str) -> None:
    text = (GOOD + EPIC).replace("https://chairtime.example.org", address)
    assert [
        fault for fault in faults(install(tmp_path, text)) if fault.startswith(f"base_url is {address.rstrip('/')}")
    ]


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('base_url = "https://chairtime.example.org"', "base_url = 5", "base_url must be a text in quotes"),
        ('store = "{folder}/launches.sqlite"', "store = true", "store must be a text in quotes"),
        ('keys_file = "{folder}/keys.json"', "keys_file = []", "keys_file must be a text in quotes"),
        ('keys_file = "{folder}/keys.json"', 'keys_file = "{folder}/chairtime.toml"', "keys cannot be read"),
        ('store = "{folder}/launches.sqlite"', 'store = "{folder}/keys.json"', "file is not a database"),
        (EPIC, 'issuer = ["epic"]', r"No \[\[issuer\]\] is allowed"),
        (EPIC, EPIC + EPIC, "have the same name"),
        ('name = "epic"', "name = 7", "EHR 7: name is missing"),
        ('client_type = "asymmetric"', 'client_type = "symmetric"', "needs client_secret_variable"),
        ('"https://hyperdrive.hospital.example"', '"https://*.hospital.example"', "frame_ancestors holds origins"),
        ("[[issuer]]", "[[issuer]", "is not valid TOML"),
    ],
)
def test_a_setting_of_the_wrong_shape_is_a_sentence_and_no_crash(
    tmp_path: Path, good: str, bad: str, said: str
) -> None:
    text = GOOD + EPIC
    assert good in text
    assert [fault for fault in faults(install(tmp_path, text.replace(good, bad))) if re.search(said, fault)]


def test_a_client_secret_that_is_not_set_is_told_by_the_name_of_its_variable(tmp_path: Path) -> None:
    assert faults(install(tmp_path, GOOD + ORACLE), ORACLE_CLIENT_SECRET="") == [
        "EHR oracle: the variable ORACLE_CLIENT_SECRET with its client secret is not set."
    ]


def test_a_store_of_another_secret_is_told_before_anybody_loses_a_session(tmp_path: Path) -> None:
    path = install(tmp_path)
    Store(str(tmp_path / "launches.sqlite"), Fernet.generate_key(), 60, 60)
    (said,) = faults(path)
    assert "was written with another CHAIRTIME_SECRET. Set that one again, or remove the file" in said


def test_what_is_no_key_is_told_without_showing_it(tmp_path: Path) -> None:
    (said,) = faults(install(tmp_path), CHAIRTIME_SECRET="hunter2")  # noqa: S106
    assert "chairtime secret" in said and "hunter2" not in said


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8080", True),
        ("http://127.0.0.1.evil.example", False),
        ("http://10.0.0.1:8080", False),
    ],
)
def test_plain_http_is_for_this_machine_only(address: str, fits: bool) -> None:
    assert (address_faults(address) == []) is fits
