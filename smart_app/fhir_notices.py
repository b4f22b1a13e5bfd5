"""What a page must say about a chart that was not read whole: one Notice for each type and fault, in plain words.

A notice is never optional decoration: a chart with one is not shown as complete (OWASP ASVS 5.0, 16.5: never fail open into a bill).
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from smart_app.wordlists import table

Kind = Literal["not granted", "not available", "incomplete", "cut off", "failed", "mismatch"]

TYPES: dict[str, dict[str, Any]] = table("searches")["type"]
_AGAIN = "Reload the page. If it stays, give this sentence to the people who run the EHR."
_AGAIN_OR_COMPARE = "Reload the page. If it stays, compare with the chart in the EHR before billing."
_COMPARE = "Compare with the chart in the EHR before billing."
_SHORT = 200


class Notice(NamedTuple):
    """One thing that the page must tell. type: FHIR resource type. says: what happened and what it means. do: what to do next."""

    type: str
    kind: Kind
    says: str
    do: str


def title(kind: str) -> str:
    """How the page names a resource type, at the start of a sentence."""
    return str(TYPES[kind]["title"])


def _said(kind: str, what: str) -> str:
    return f"{title(kind)}: {what} {TYPES[kind]['without']}".strip()


def not_granted(kind: str) -> Notice:
    """The scopes of the launch do not let the app read the type."""
    return Notice(
        kind,
        "not granted",
        _said(kind, "not granted to the app in this launch."),
        f"Ask the people who run the EHR to grant reading of {kind} to this app, then launch again.",
    )


def not_available(kind: str, reason: str) -> Notice:
    """The server has no such type, or keeps it from this user."""
    return Notice(
        kind, "not available", _said(kind, f"not available here ({reason})."), "Look at them in the EHR itself."
    )


def behind_glass(kind: str) -> Notice:
    """The chart is protected, and a person must give a reason in the EHR first (Epic: break-the-glass)."""
    return Notice(
        kind,
        "not available",
        _said(kind, "the EHR protects this chart and asks for a reason first."),
        "Open the chart in the EHR and answer its question there, then launch again.",
    )


def failed(kind: str, reason: str) -> Notice:
    """Nothing of the type could be read, though it may be there."""
    if kind == "MedicationAdministration":
        return Notice(kind, "failed", f"The chart could not be read: {reason}. {TYPES[kind]['without']}", _AGAIN)
    return Notice(
        kind, "failed", f"{title(kind)} could not be read ({reason}). {TYPES[kind]['without']}".strip(), _AGAIN
    )


def cut_off(kind: str, count: int, reason: str) -> Notice:
    """Reading stopped before the end. count: resources of the type that were read before it."""
    return Notice(
        kind,
        "cut off",
        f"{title(kind)}: only the first {count} were read; {reason}. More may be in the chart.",
        _AGAIN_OR_COMPARE,
    )


def unread_references(kind: str, count: int, reason: str) -> Notice:
    """Resources that others refer to were not read."""
    return Notice(
        kind, "not available", _said(kind, f"{count} could not be read ({reason})."), "Look at them in the EHR itself."
    )


def too_many_references(kind: str, read: int, count: int) -> Notice:
    """More resources are referred to than are read one by one."""
    return Notice(kind, "cut off", _said(kind, f"only {read} of {count} were read, to spare the EHR."), _COMPARE)


def incomplete(kind: str, text: str) -> Notice:
    """The server itself says that its answer is not the whole."""
    return Notice(kind, "incomplete", f"{title(kind)}: the EHR says of its answer: {text}.", _COMPARE)


def undated(days: int) -> Notice:
    """The encounter has no period, so that its administrations cannot be looked for by its time."""
    says = (
        f"{title('Encounter')}: this one has no period; only administrations of the last {days} days were looked for."
    )
    return Notice("Encounter", "incomplete", says, _COMPARE)


def malformed(kind: str, count: int) -> Notice:
    """Entries of an answer that are not FHIR resources."""
    return Notice(
        kind,
        "incomplete",
        f"{title(kind)}: {_counted(count, 'part')} of the EHR's answer could not be read at all.",
        _COMPARE,
    )


def mismatch(kind: str, count: int) -> Notice:
    """Resources of another patient, or of nobody, in the answer for this one."""
    return Notice(
        kind,
        "mismatch",
        f"{title(kind)}: the EHR sent {_counted(count, 'resource')} of another patient, or of nobody; left out here.",
        "Do not bill from this page until the people who run the EHR have looked into it.",
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def short(text: str) -> str:
    """Text of a server on one line without control characters, cut to 200 characters."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1].rstrip() + "…"
