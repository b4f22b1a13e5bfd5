"""CodeableConcepts as hashable keys, and what their codes mean (tables/systems.toml).

A key is (text, ((system, code, display), ...)): it is made once for each element, so that everything read from it can be
remembered by it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, cast

from smart_app.wordlists import table

Coding = tuple[str | None, str | None, str | None]
Key = tuple[str | None, tuple[Coding, ...]]
NO_CONCEPT: Key = (None, ())

_SYSTEMS: dict[str, str] = {
    address: name
    for name, addresses in table("systems").items()
    if isinstance(addresses, list)
    for address in addresses
}
_ICD10_SHAPE = re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?")


def concept_key(concept: dict[str, Any] | None) -> Key:
    """The key of a CodeableConcept; of the concept within, for an R5 CodeableReference."""
    if not concept:
        return NO_CONCEPT
    codings = concept.get("coding")
    if codings:
        if codings.__class__ is list and len(codings) == 1:
            only = codings[0]
            return concept.get("text"), ((only.get("system"), only.get("code"), only.get("display")),)
        return (
            concept.get("text"),
            tuple(
                [(each.get("system"), each.get("code"), each.get("display")) for each in codings if each is not None]
            ),
        )
    inner = concept.get("concept")
    return concept_key(inner) if inner else (concept.get("text"), ())


def each(element: Any) -> list[Any]:
    """The elements of a list, or of what should have been one; R4 and R5 differ in many places."""
    if element is None:
        return []
    if element.__class__ is list:
        return [one for one in element if one is not None]
    if element.__class__ is dict:
        return [element]
    raise TypeError("an object or a list is expected")


def first(element: Any) -> dict[str, Any]:
    """The element itself, or the first of a list, or an empty one."""
    if element.__class__ is dict:
        return cast("dict[str, Any]", element)
    found = each(element)
    return found[0] if found else {}


def words(value: Any) -> str:
    """A text element, "" where absent. Raises TypeError where it is not text."""
    if value is None:
        return ""
    if value.__class__ is not str:
        raise TypeError("text is expected")
    return str(value)


@lru_cache(maxsize=16_384)
def concept_said(key: Key) -> str:
    """The words of a concept: its text, else the first display, else ""."""
    text, codings = key
    return words(text) or next((words(display) for _, _, display in codings if display), "")


@lru_cache(maxsize=16_384)
def concept_words(key: Key) -> str:
    """The words of a concept; the first code where it has none: local codes often are words."""
    return concept_said(key) or next((words(code) for _, code, _ in key[1] if code), "")


@lru_cache(maxsize=16_384)
def concept_codes(key: Key) -> tuple[tuple[str, str], ...]:
    """(system, code) pairs; the system by our short name where we have one."""
    return tuple((_SYSTEMS.get(words(system), words(system)), words(code)) for system, code, _ in key[1] if code)


def with_dot(code: str) -> str:
    """An ICD-10-CM code with the dot that some feeds leave out."""
    code = code.strip().upper()
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 and code[3] != "." else code


@lru_cache(maxsize=16_384)
def icd10_codes(key: Key) -> tuple[str, ...]:
    """The ICD-10-CM codes of a concept, each with its dot."""
    found = [with_dot(code) for system, code in concept_codes(key) if system == "icd10cm"]
    return tuple(dict.fromkeys(code for code in found if _ICD10_SHAPE.fullmatch(code)))


@lru_cache(maxsize=16_384)
def service_codes(key: Key) -> tuple[str, ...]:
    """The CPT and HCPCS codes of a concept."""
    return tuple(code for system, code in concept_codes(key) if system in ("cpt", "hcpcs"))
