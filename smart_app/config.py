"""What an installation sets: addresses, issuers, secrets, defaults. Read once at the start from a TOML file and the environment.

Secrets come from the environment or from files that the TOML names, never from the TOML itself.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from coding.policy import Policy, PolicyError, policy_for
from launch.issuers import Issuers
from launch.keys import Keys

SECRET_VARIABLE = "CHAIRTIME_SECRET"  # noqa: S105 - the name of a variable
LOOPBACK = ("127.0.0.1", "localhost", "::1")
KNOWN = {
    "base_url",
    "store",
    "keys_file",
    "audit_file",
    "zone",
    "setting",
    "payer",
    "idle_minutes",
    "absolute_hours",
    "issuer",
}


class ConfigError(Exception):
    """The installation cannot start. faults: one plain sentence for each thing that is missing or wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Config(NamedTuple):
    """One installation.

    base_url: the app's own address without a trailing slash. secret: key of the store (Fernet). store: path of the database,
    "" for memory. zone: IANA name of the place of service. idle_minutes, absolute_hours: how long a launch lives.
    """

    base_url: str
    issuers: Issuers
    keys: Keys
    secret: bytes
    store: str = ""
    audit_file: str = ""
    zone: str = ""
    setting: str = "facility"
    payer: str = "commercial"
    idle_minutes: int = 30
    absolute_hours: int = 10

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
        return policy_for(self.setting, self.payer)


def load(path: str, environment: Mapping[str, str] = os.environ) -> Config:
    """Read and check an installation. Raises ConfigError that lists everything that is missing, not only the first."""
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError([f"The configuration {path} cannot be read: {error.strerror or error}."]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"The configuration {path} is not valid TOML: {error}."]) from None
    faults = [
        f"{path}: {key} is not a setting; known are {', '.join(sorted(KNOWN))}." for key in sorted(set(table) - KNOWN)
    ]
    base_url = str(table.get("base_url", "")).rstrip("/")
    faults += _address_faults(base_url)
    secret = environment.get(SECRET_VARIABLE, "").encode()
    faults += _secret_faults(secret)
    keys = _keys(table, faults)
    issuers = _issuers(table, environment, faults)
    faults += _policy_faults(table)
    if not table.get("store"):
        faults.append("store is missing: the path of the database in which launches are kept, encrypted.")
    if faults or keys is None or issuers is None:
        raise ConfigError(faults)
    return Config(
        base_url,
        issuers,
        keys,
        secret,
        **{key: table[key] for key in KNOWN & set(table) - {"base_url", "issuer", "keys_file"}},
    )


def _address_faults(base_url: str) -> list[str]:
    parts = urlsplit(base_url)
    if not base_url:
        return [
            "base_url is missing: the address under which browsers reach the app, for example https://chairtime.example.org."
        ]
    if parts.scheme != "https":
        return [f"base_url is {base_url}; an EHR frame keeps no session without HTTPS, so it must begin with https://."]
    if parts.query or parts.fragment or not parts.hostname:
        return [f"base_url is {base_url}; it must be an address without query or fragment."]
    return []


def _secret_faults(secret: bytes) -> list[str]:
    said = f"{SECRET_VARIABLE} must hold the key with which tokens are kept; make one with: chairtime secret"
    if not secret:
        return [f"{said}. It is not set."]
    try:
        Fernet(secret)
    except ValueError:
        return [f"{said}. What it holds is no such key."]
    return []


def _keys(table: dict[str, Any], faults: list[str]) -> Keys | None:
    name = table.get("keys_file")
    if not name:
        faults.append("keys_file is missing: the private keys of the app; make them with: chairtime keys FILE")
        return None
    try:
        return Keys.load(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        faults.append(f"keys_file {name} cannot be used: {error}.")
        return None


def _issuers(table: dict[str, Any], environment: Mapping[str, str], faults: list[str]) -> Issuers | None:
    rows = table.get("issuer")
    if not isinstance(rows, list) or not rows:
        faults.append("No [[issuer]] is allowed: name each EHR with iss, client_id, client_type and frame_ancestors.")
        return None
    filled = []
    for row in rows:
        row = dict(row)
        if "client_secret" in row:
            faults.append(
                f"[[issuer]] {row.get('name', '')}: client_secret must not stand in the file; name client_secret_variable."
            )
        variable = row.pop("client_secret_variable", "")
        if variable:
            row["client_secret"] = environment.get(variable, "")
            if not row["client_secret"]:
                faults.append(
                    f"[[issuer]] {row.get('name', '')}: the variable {variable} with its client secret is not set."
                )
        filled.append(row)
    try:
        return Issuers.read(filled)
    except (ValueError, TypeError, KeyError) as error:
        faults.append(f"[[issuer]]: {error}")
        return None


def _policy_faults(table: dict[str, Any]) -> list[str]:
    try:
        policy_for(str(table.get("setting", "facility")), str(table.get("payer", "commercial")))
    except PolicyError as error:
        return [str(error)]
    return []
