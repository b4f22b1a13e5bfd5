"""What words and diagnosis codes of the chart mean for a rule, from tables/words.toml and tables/diagnoses.toml."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any


def _table(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files("coding").joinpath("tables", name).read_text(encoding="utf-8"))


def _pattern(entry: dict[str, Any]) -> re.Pattern[str]:
    parts = [r"\b" + re.escape(word) for word in entry.get("starts", [])]
    parts += [re.escape(word) + r"\b" for word in entry.get("ends", [])]
    return re.compile("|".join(parts), re.IGNORECASE)


_WORDS = {name: _pattern(entry) for name, entry in _table("words.toml").items()}
_DIAGNOSES = _table("diagnoses.toml")


@lru_cache(maxsize=16_384)
def says(kind: str, text: str) -> str:
    """The word of a kind (a section of words.toml) that the text holds, or ""."""
    found = _WORDS[kind].search(text)
    return found.group(0) if found else ""


@lru_cache(maxsize=16_384)
def is_diagnosis(kind: str, code: str) -> bool:
    """Whether an ICD-10-CM code is of a kind (a section of diagnoses.toml)."""
    entry = _DIAGNOSES[kind]
    category = code[:3].upper()
    for low, high in entry.get("ranges", []):
        if low <= category <= high:
            return True
    return code.upper().startswith(tuple(entry.get("starts", ())))


def first_diagnosis(kind: str, codes: tuple[str, ...]) -> str:
    """The first code of a kind among several, or ""."""
    return next((code for code in codes if is_diagnosis(kind, code)), "")
