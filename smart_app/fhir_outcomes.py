"""FHIR OperationOutcome: what a server says beside, or instead of, its data (FHIR R4 2.36)."""

from __future__ import annotations

from typing import Any, NamedTuple

from smart_app.fhir_notices import short
from smart_app.wordlists import table

_MEANINGS: dict[str, list[str]] = table("searches")["outcome"]
_EMPTY, _HARMLESS, _GLASS = (frozenset(_MEANINGS[name]) for name in ("empty", "harmless", "glass"))

_NO_WORDS = "something is amiss, without words"


class Outcome(NamedTuple):
    """One OperationOutcome as read. empty: it only says that nothing was found. texts: what must be told, shortened, with codes."""

    empty: bool
    glass: bool
    texts: tuple[str, ...]


def read_outcome(resource: dict[str, Any]) -> Outcome:
    """Reads an OperationOutcome of any shape; one that says nothing readable is told as such."""
    listed = resource.get("issue")
    issues = [issue for issue in listed if issue.__class__ is dict] if listed.__class__ is list else []
    codes = [_codes(issue) for issue in issues]
    quiet = _EMPTY | _HARMLESS
    texts = tuple(
        dict.fromkeys(_text(issue, found) for issue, found in zip(issues, codes, strict=True) if not found & quiet)
    )
    empty = bool(issues) and not texts and any(found & _EMPTY for found in codes)
    return Outcome(
        empty,
        any(found & _GLASS for found in codes),
        texts if issues else (_NO_WORDS,),
    )


def _details(issue: dict[str, Any]) -> dict[str, Any]:
    details = issue.get("details")
    return details if details.__class__ is dict else {}


def _codings(issue: dict[str, Any]) -> list[dict[str, Any]]:
    codings = _details(issue).get("coding")
    return [coding for coding in codings if coding.__class__ is dict] if codings.__class__ is list else []


def _codes(issue: dict[str, Any]) -> frozenset[str]:
    return frozenset(str(coding.get("code")) for coding in _codings(issue) if coding.get("code"))


def _text(issue: dict[str, Any], codes: frozenset[str]) -> str:
    said = [
        _details(issue).get("text"),
        issue.get("diagnostics"),
        *(coding.get("display") for coding in _codings(issue)),
    ]
    text = next((short(one) for one in said if one.__class__ is str and one.strip()), "")
    code = ", ".join(sorted(codes)) or short(str(issue.get("code") or ""))
    if not text:
        return f"code {code}" if code else _NO_WORDS
    return f"“{text}” ({code})" if code else f"“{text}”"
