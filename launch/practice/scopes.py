"""SMART scopes, v1 and v2: what was asked, narrowed to what is registered, and what a granted set permits.

SMART App Launch 2.2.0, "Scopes for requesting FHIR resources": v1 .read is v2 .rs, .write is .cud, .* is .cruds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

READ, SEARCH = "r", "s"
_V1 = {"read": "rs", "write": "cud", "*": "cruds"}
_WORDS = {actions: word for word, actions in _V1.items()}
_WRITTEN = re.compile(r"(patient|user|system)/([A-Za-z]+|\*)\.(read|write|\*|c?r?u?d?s?)")


class Scope(NamedTuple):
    """One resource scope. context: patient, user or system; kind: a FHIR type or *; actions: letters of cruds in that order."""

    context: str
    kind: str
    actions: str
    v1: bool

    def __str__(self) -> str:
        actions = _WORDS.get(self.actions, self.actions) if self.v1 else self.actions
        return f"{self.context}/{self.kind}.{actions}"


def read(text: str) -> Scope | None:
    """A resource scope, or None for any other (launch, openid, ...), for a malformed one, and for one with search parameters."""
    match = _WRITTEN.fullmatch(text)
    if not match or not match[3]:
        return None
    return Scope(match[1], match[2], _V1.get(match[3], match[3]), match[3] in _V1)


def narrow(asked: Iterable[str], registered: Iterable[str]) -> tuple[str, ...]:
    """The part of what was asked that is registered, in the notation of the asker; unknown scopes are dropped without a word."""
    known = tuple(registered)
    granted: dict[str, None] = {}
    for text in asked:
        if text in known:
            granted[text] = None
        elif (wanted := read(text)) is not None:
            granted |= {str(one): None for own in known if (one := _common(wanted, read(own))) is not None}
    return tuple(granted)


def permits(scopes: Iterable[str], kind: str, action: str) -> frozenset[str]:
    """The contexts (patient, user) in which these scopes allow an action on a type; empty where they do not."""
    held = (one for one in map(read, scopes) if one is not None)
    return frozenset(one.context for one in held if one.kind in (kind, "*") and action in one.actions)


def _common(asked: Scope, own: Scope | None) -> Scope | None:
    if own is None or own.context != asked.context or not (own.kind == asked.kind or "*" in (own.kind, asked.kind)):
        return None
    actions = "".join(letter for letter in asked.actions if letter in own.actions)
    kind = own.kind if asked.kind == "*" else asked.kind
    return asked._replace(kind=kind, actions=actions) if actions else None
