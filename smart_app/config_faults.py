"""What can be wrong with an installation, setting by setting: a plain sentence for each fault, with what to do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet

from coding.policy import PolicyError, policy_for
from launch.http import is_loopback, is_safe
from smart_app import own_files
from smart_app.store import StoreFault, check_store

SECRET_VARIABLE = "CHAIRTIME_SECRET"  # noqa: S105 - the name of a variable
RECORDS = ("audit_file", "unanswered_file")
TEXTS = ("base_url", "store", "keys_file", *RECORDS, "zone", "setting", "payer", *own_files.TEXTS)
NUMBERS = ("idle_minutes", "absolute_hours")


def address_faults(base_url: str) -> list[str]:
    """What is wrong with the app's own address, a sentence for each; nothing if it can be used. Plain HTTP: on this machine only."""
    if not base_url:
        return [
            "base_url is missing: the address under which browsers reach the app, for example https://chairtime.example.org."
        ]
    loopback = is_safe(base_url, True) and is_loopback(urlsplit(base_url).hostname or "")
    if base_url.startswith("http://") and not loopback:
        return [f"base_url is {base_url}; an EHR frame keeps no session without HTTPS, so it must begin with https://."]
    parts = urlsplit(base_url) if is_safe(base_url, loopback) else None
    if parts is None or parts.path or parts.query or parts.fragment or not set(base_url).isdisjoint("* \\"):
        return [
            f"base_url is {base_url}; it must be https:// and a host of the app's own, nothing after it, "
            "for example https://chairtime.example.org."
        ]
    return []


def type_faults(table: Mapping[str, Any]) -> list[str]:
    """Settings of the wrong kind."""
    texts = [
        f'{key} must be a text in quotes, for example {key} = "...".'
        for key in TEXTS
        if not isinstance(table.get(key, ""), str)
    ]
    numbers = [
        f"{key} must be a whole number from 1 up, without quotes."
        for key in NUMBERS
        if type(table.get(key, 1)) is not int or table.get(key, 1) < 1
    ]
    lists = [
        f'{key} must be a list of texts, for example {key} = ["..."].'
        for key in own_files.LISTS
        if not isinstance(table.get(key, []), list) or not all(isinstance(one, str) for one in table.get(key, []))
    ]
    return texts + numbers + lists


def secret_faults(secret: bytes) -> list[str]:
    """What is wrong with the key of the store; it is never shown."""
    said = f"{SECRET_VARIABLE} must hold the key with which tokens are kept; make one with: chairtime secret"
    if not secret:
        return [f"{said}. It is not set."]
    try:
        Fernet(secret)
    except ValueError:
        return [f"{said}. What it holds is no such key."]
    return []


def policy_faults(table: dict[str, Any], files: Iterable[str] = ()) -> list[str]:
    """A setting or payer that neither the tables nor the files of the installation know."""
    faults = []
    for setting, payer in (
        (table.get("setting", "facility"), "commercial"),
        ("facility", table.get("payer", "commercial")),
    ):
        try:
            policy_for(setting, payer, files=files)
        except PolicyError as error:
            faults.append(str(error))
    return faults


def zone_faults(table: dict[str, Any]) -> list[str]:
    """A zone that is no IANA name."""
    try:
        ZoneInfo(table.get("zone") or "UTC")
    except (OSError, ValueError, KeyError):
        return [f"zone is {table['zone']!r}; it must be an IANA name, for example America/Chicago."]
    return []


def store_faults(store: str, secret: bytes) -> list[str]:
    """Why launches cannot be kept in the store; secret: b"" where it is not known."""
    if not store:
        return ["store is missing: the path of the database in which launches are kept, encrypted."]
    if fault := _unwritable(store):
        return [f"store {store} cannot be written: {fault}"]
    try:
        if secret and Path(store).exists():
            check_store(store, secret)
    except StoreFault as error:
        return [str(error)]
    except sqlite3.Error as error:
        return [
            f"store {store} cannot be used: {error}. Name a database of Chairtime's own, or a file that is not there yet."
        ]
    return []


def file_faults(table: Mapping[str, Any]) -> list[str]:
    """Why what is recorded cannot be written."""
    named = [(key, table[key]) for key in RECORDS if table.get(key)]
    return [f"{key} {path} cannot be written: {fault}" for key, path in named if (fault := _unwritable(path))]


def _unwritable(name: str) -> str:
    """Why a file cannot be made or changed, or ""; nothing is made in looking."""
    path = Path(name)
    if path.is_dir():
        return "it is a folder; name a file in it."
    if not path.parent.is_dir():
        return f"the folder {path.parent} is not there; make it, owned by the user that runs the app."
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        return "give the user that runs the app the right to write the file and its folder."
    return ""
