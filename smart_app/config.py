"""What an installation sets: addresses, issuers, secrets, defaults. Read once at the start from a TOML file and the environment.

Secrets come from the environment or from files that the TOML names, never from the TOML itself.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from coding.policy import Policy, policy_for
from launch.issuers import IssuerFault, Issuers
from launch.keys import Keys
from smart_app.config_faults import (
    NUMBERS,
    SECRET_VARIABLE,
    TEXTS,
    address_faults,
    file_faults,
    policy_faults,
    secret_faults,
    store_faults,
    type_faults,
    zone_faults,
)
from smart_app.own_files import LISTS, NONE, OwnFiles, read_own
from smart_app.own_files import TEXTS as OWN

KNOWN = {*TEXTS, *NUMBERS, *LISTS, "issuer"}
FAULTLESS = {"name": "x", "iss": "https://ehr.example/fhir", "client_id": "x", "client_type": "public"}


class ConfigError(Exception):
    """The installation cannot start. faults: one plain sentence for each thing that is missing or wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Config(NamedTuple):
    """One installation.

    base_url: the app's own address without a trailing slash. secret: key of the store (Fernet). store: path of the database,
    "" for memory. zone: IANA name of the place of service. unanswered_file: keeps the words of what the panel could not answer.
    idle_minutes, absolute_hours: how long a launch lives. own: fee schedules, payers and tables of the installation.
    """

    base_url: str
    issuers: Issuers
    keys: Keys
    secret: bytes
    store: str = ""
    audit_file: str = ""
    unanswered_file: str = ""
    zone: str = ""
    setting: str = "facility"
    payer: str = "commercial"
    idle_minutes: int = 30
    absolute_hours: int = 10
    own: OwnFiles = NONE

    def __repr__(self) -> str:
        return f"Config({self.base_url!r}, {len(self.issuers.all())} issuers)"

    @property
    def redirect_uri(self) -> str:
        """Where the EHR sends the browser back."""
        return f"{self.base_url}/callback"

    @property
    def frame_ancestors(self) -> tuple[str, ...]:
        """The EHR origins that may show the app in a frame."""
        return tuple(dict.fromkeys(origin for issuer in self.issuers.all() for origin in issuer.frame_ancestors))

    def policy(self) -> Policy:
        """The policy that a page starts with."""
        return policy_for(self.setting, self.payer, files=self.own.payers)


def load(path: str, environment: Mapping[str, str] = os.environ) -> Config:
    """Read and check an installation. Raises ConfigError that lists everything that is missing, not only the first."""
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            [f"The configuration {path} cannot be read: {error.strerror or error}. Name it with --config."]
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"The configuration {path} is not valid TOML: {error}."]) from None
    faults = [
        f"{path}: {key} is not a setting; known are {', '.join(sorted(KNOWN))}." for key in sorted(set(table) - KNOWN)
    ]
    faults += type_faults(table)
    if faults:  # what follows needs texts to be texts
        table = {key: value for key, value in table.items() if not type_faults({key: value})}
    base_url = table.get("base_url", "").rstrip("/")
    faults += address_faults(base_url)
    secret = environment.get(SECRET_VARIABLE, "").encode()
    bad_secret = secret_faults(secret)
    faults += bad_secret
    keys = _keys(table, faults)
    issuers = _issuers(table, environment, faults)
    own = read_own(table, faults)
    faults += policy_faults(table, own.payers) + zone_faults(table)
    faults += store_faults(table.get("store", ""), b"" if bad_secret else secret)
    faults += file_faults(table)
    if faults or keys is None or issuers is None:
        raise ConfigError(faults)
    return Config(
        base_url,
        issuers,
        keys,
        secret,
        own=own,
        **{key: table[key] for key in KNOWN & set(table) - {"base_url", "issuer", "keys_file", *LISTS, *OWN}},
    )


def _keys(table: dict[str, Any], faults: list[str]) -> Keys | None:
    name = table.get("keys_file")
    if not name:
        faults.append("keys_file is missing: the private keys of the app; make them with: chairtime keys FILE")
        return None
    try:
        return Keys.load(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        faults.append(f"keys_file {name} cannot be read: {error.strerror}. Make it with: chairtime keys {name}")
    except ValueError as error:
        faults.append(f"keys_file {name} cannot be used: {error}")
    return None


def _issuers(table: dict[str, Any], environment: Mapping[str, str], faults: list[str]) -> Issuers | None:
    rows = table.get("issuer")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        faults.append("No [[issuer]] is allowed: name each EHR with iss, client_id, client_type and frame_ancestors.")
        return None
    before = len(faults)
    filled = [
        _filled(dict(row), f"EHR {row.get('name') or number}", environment, faults)
        for number, row in enumerate(rows, 1)
    ]
    for row in filled:
        faults += _row_faults(row)
    if len(faults) > before:
        return None
    try:
        return Issuers.read(filled)
    except IssuerFault as error:
        faults.append(str(error))
        return None


def _filled(row: dict[str, Any], called: str, environment: Mapping[str, str], faults: list[str]) -> dict[str, Any]:
    """A row with its name, and its client secret from the environment; a stand-in where that is at fault, which is said once."""
    row["name"] = row.get("name") or called.removeprefix("EHR ")
    variable = row.pop("client_secret_variable", "")
    if "client_secret" in row:
        faults.append(f"{called}: client_secret must not stand in the file; name client_secret_variable.")
    elif variable and not environment.get(str(variable)):
        faults.append(f"{called}: the variable {variable} with its client secret is not set.")
    elif row.get("client_type") == "symmetric" and not variable:
        faults.append(
            f"{called}: a symmetric client needs client_secret_variable, the name of the variable with its secret."
        )
    if variable or "client_secret" in row or row.get("client_type") == "symmetric":
        row["client_secret"] = environment.get(str(variable)) or "missing"
    return row


def _row_faults(row: dict[str, Any]) -> list[str]:
    """Every fault of one row: each setting on faultless ground, then, where each is good, all together."""
    said = []
    for key in {**dict.fromkeys(FAULTLESS), **row}:
        ground = {**FAULTLESS, "name": row["name"], "allow_http": row.get("allow_http") is True}
        if key != "client_secret" and row.get(key) != "symmetric":  # a secret and its type go together
            said += _fault({**ground, key: row.get(key, "")})
    iss = row.get("iss", "")
    if isinstance(iss, str) and not set(iss).isdisjoint("* "):
        said.append(f"EHR {row['name']}: iss is {iss!r}; name one FHIR address, without a wildcard or a blank.")
    return said or _fault(row)


def _fault(row: dict[str, Any]) -> list[str]:
    try:
        Issuers.read([row])
    except IssuerFault as error:
        return [str(error)]
    return []
