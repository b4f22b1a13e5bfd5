"""SMART scopes: what to ask for, and what a granted list allows, in the spelling of version 1 and of version 2.

Source: SMART App Launch 2.2, scopes and launch context; the asked list is the table scopes.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

CLINICAL = re.compile(r"(?:patient|user)/(\*|[A-Z][A-Za-z]*)\.(\*|read|write|c?r?u?d?s?)(?:\?.*)?")
LETTERS = {"*": "cruds", "read": "rs", "write": "cud"}
LETTER_OF = {"read": "r", "search": "s"}


class Wanted(NamedTuple):
    """One type of resource the app asks to read. without: the sentence for the reader where it is not granted, or ""."""

    type: str
    without: str


class Table(NamedTuple):
    """scopes.toml: the scopes by purpose, the patterns of both spellings, the types in order of need."""

    identity: tuple[str, ...]
    ehr: tuple[str, ...]
    standalone: tuple[str, ...]
    v1: tuple[str, ...]
    v2: tuple[str, ...]
    resources: tuple[Wanted, ...]


@cache
def table() -> Table:
    """The table of scopes, read once."""
    raw = tomllib.loads(Path(__file__).with_name("scopes.toml").read_text(encoding="utf-8"))
    wanted = tuple(Wanted(row["type"], row["without"]) for row in raw["resource"])
    return Table(
        identity=tuple(raw["identity"]),
        ehr=tuple(raw["ehr"]),
        standalone=tuple(raw["standalone"]),
        v1=tuple(raw["v1"].format(type=row.type) for row in wanted),
        v2=tuple(raw["v2"].format(type=row.type) for row in wanted),
        resources=wanted,
    )


def to_ask(configured: tuple[str, ...], *, ehr_launch: bool, version_2: bool, access: str) -> tuple[str, ...]:
    """The scopes of an authorization request, launch scopes first.

    configured: the issuer's own list, or () for the table's. access: "online_access", "offline_access" or "" for none.
    """
    known = table()
    rest = configured or (*known.identity, *([access] if access else []), *(known.v2 if version_2 else known.v1))
    of_launch = tuple(scope for scope in rest if scope.startswith("launch/"))
    opening = known.ehr if ehr_launch else of_launch or known.standalone
    return tuple(dict.fromkeys((*opening, *(scope for scope in rest if scope != "launch" and scope not in of_launch))))


def split(text: object) -> tuple[str, ...]:
    """The scopes of a token answer: words of a text, or (not by the book) a list of texts; each once, in order."""
    if isinstance(text, str):
        return tuple(dict.fromkeys(text.split()))
    if isinstance(text, list):
        return tuple(dict.fromkeys(word for item in text if isinstance(item, str) for word in item.split()))
    return ()


def permits(scopes: Iterable[str], resource_type: str, action: str) -> bool:
    """Whether the scopes let the app "read" or "search" a type of resource; a scope narrowed by a query counts as permission."""
    letter = LETTER_OF[action]
    for scope in scopes:
        found = CLINICAL.fullmatch(scope)
        if found and found[1] in ("*", resource_type) and letter in LETTERS.get(found[2], found[2]):
            return True
    return False


def sentences(scopes: Iterable[str]) -> tuple[str, ...]:
    """For each type the app wants but may not search or read: what that means. Reading alone is enough for the patient."""
    granted = tuple(scopes)
    return tuple(
        row.without
        for row in table().resources
        if row.without
        and not permits(granted, row.type, "search")
        and not (row.type in BY_ID and permits(granted, row.type, "read"))
    )


BY_ID = frozenset({"Patient", "Medication", "Practitioner", "Location", "Organization"})
