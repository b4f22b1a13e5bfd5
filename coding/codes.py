"""The codes of the family, from tables/codes.toml: label, place, and what an add-on may stand on."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import NamedTuple


class Code(NamedTuple):
    """One billing code. label: our words, never the CPT descriptor. accepts: the codes an add-on needs beside it."""

    code: str
    label: str
    family: str
    role: str
    initial: bool = False
    accepts: tuple[str, ...] = ()


def _load() -> dict[str, Code]:
    table = tomllib.loads(resources.files("coding").joinpath("tables", "codes.toml").read_text(encoding="utf-8"))
    return {
        code: Code(
            code, row["label"], row["family"], row["role"], row.get("initial", False), tuple(row.get("accepts", ()))
        )
        for code, row in table.items()
    }


CODES = _load()
INITIALS = frozenset(code for code, row in CODES.items() if row.initial)
_PLACES = {(row.family, row.role): code for code, row in CODES.items()}


def code_for(family: str, role: str) -> str:
    """The code that a family uses in a role. Raises KeyError where the family has none (a programmer's error)."""
    return _PLACES[family, role]


def label(code: str) -> str:
    """Our own short words for a code, or "" for a code of another family."""
    return CODES[code].label if code in CODES else ""
