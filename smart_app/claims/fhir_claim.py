"""A claim in FHIR R4: Claim, ExplanationOfBenefit, or ChargeItems (a Bundle or a list). Plain JSON, read tolerantly.

What was cancelled or entered in error is left out and said. Who the patient is, is never read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any, NamedTuple

from coding.billed import Billed, BilledClaim
from coding.model import FACILITY, PROFESSIONAL
from smart_app.claims.faults import ClaimFault
from smart_app.claims.fhir_items import Element, Items, charge_line, display, item_lines, items_of, words_of
from smart_app.claims.fields import Unreadable, shown

CLAIM, BENEFIT, CHARGE = "Claim", "ExplanationOfBenefit", "ChargeItem"
KINDS = (CLAIM, BENEFIT, CHARGE)
MOST_RESOURCES = 20_000
_TYPES = {"institutional": FACILITY, "professional": PROFESSIONAL}
_OUT = tomllib.loads(resources.files("smart_app.claims").joinpath("headings.toml").read_text(encoding="utf-8"))["fhir"]
_HOW = "Give a FHIR R4 Claim, ExplanationOfBenefit, or a Bundle or list of ChargeItems."
# What reading an element of the wrong shape raises.
_MALFORMED = (Unreadable, TypeError, ValueError, AttributeError, KeyError, IndexError, ArithmeticError)


class Found(NamedTuple):
    """A resource and where it stands."""

    place: str
    resource: Element


def read_fhir(document: object) -> BilledClaim:
    """The claim of a JSON document. Raises ClaimFault where it holds none, or several."""
    found = list(_resources(document))
    kinds = {kind: [one for one in found if one.resource.get("resourceType") == kind] for kind in KINDS}
    unread: list[tuple[str, str]] = []
    for kind in (CLAIM, BENEFIT):
        kept = _active(kinds[kind], unread)
        if len(kept) > 1:
            names = ", ".join(str(one.resource.get("id", "without id")) for one in kept[:5])
            raise ClaimFault(
                f"There are {len(kept)} resources of type {kind} ({names}). Give one, and check one at a time."
            )
        if kept:
            return _claim(kept[0], kind, found, unread)
    if kinds[CHARGE]:
        return _charges(kinds[CHARGE], unread)
    if unread:
        raise ClaimFault(f"{unread[0][0]} was not billed: {unread[0][1]} {_HOW}")
    other = next(
        (one.resource.get("resourceType") for one in found if isinstance(one.resource.get("resourceType"), str)), ""
    )
    said = f"The JSON is a FHIR {shown(str(other))}, not a claim." if other else "The JSON is no FHIR claim."
    raise ClaimFault(f"{said} {_HOW}")


def _resources(document: object) -> Iterator[Found]:
    """The resource itself, the entries of a Bundle, or the members of a list."""
    if isinstance(document, list):
        members = [(f"[{at}]", one) for at, one in enumerate(document)]
    elif isinstance(document, dict) and document.get("resourceType") == "Bundle":
        entries = document.get("entry")
        if not isinstance(entries, list):
            raise ClaimFault(f"The Bundle has no list of entries (Bundle.entry). {_HOW}")
        members = [
            (f"Bundle.entry[{at}]", one.get("resource") if isinstance(one, dict) else one)
            for at, one in enumerate(entries)
        ]
    else:
        members = [("", document)]
    if len(members) > MOST_RESOURCES:
        raise ClaimFault(
            f"The JSON holds {len(members):,} resources; at most {MOST_RESOURCES:,} are read. Give one claim."
        )
    for place, one in members:
        if isinstance(one, dict):
            yield Found(place, one)


def _active(found: list[Found], unread: list[tuple[str, str]]) -> list[Found]:
    kept = []
    for one in found:
        status = one.resource.get("status")
        if status in _OUT["claim"]:
            unread.append((_name(one), f"left out, its status is {status}."))
        else:
            kept.append(one)
    return kept


def _name(one: Found) -> str:
    return one.place or str(one.resource.get("resourceType"))


def _claim(one: Found, kind: str, found: list[Found], unread: list[tuple[str, str]]) -> BilledClaim:
    claim = one.resource
    root = f"{one.place}.{kind}" if one.place else kind
    try:
        items: Items = items_of(claim, root)
    except _MALFORMED:
        raise ClaimFault(f"{root}.item is no list of lines. {_HOW}") from None
    lines, places = _read(items.items, lambda item, place: item_lines(item, place, items), unread)
    unread += [(f"{root}.addItem[{at}]", "left out, the payer added it.") for at in range(items.added)]
    if not lines:
        raise _none(root, unread)
    payer = display(claim.get("insurer"), [each.resource for each in found], claim)
    used = claim.get("use")
    form = f"FHIR {kind}" if used in (None, "claim") else f"FHIR {kind} ({shown(str(used))})"
    place = next(iter(dict.fromkeys(filter(None, places))), "")
    return BilledClaim(tuple(lines), form, _setting(claim), payer, place, tuple(unread))


def _charges(found: list[Found], unread: list[tuple[str, str]]) -> BilledClaim:
    kept = []
    for one in found:
        status = one.resource.get("status")
        if status in _OUT["charge"]:
            unread.append((_charge_name(one), f"left out, its status is {status}."))
        else:
            kept.append((_charge_name(one), one.resource))
    lines, _ = _read(kept, lambda item, place: [(charge_line(item, place), "")], unread)
    if not lines:
        raise _none(CHARGE, unread)
    return BilledClaim(tuple(lines), f"FHIR {CHARGE}", unread=tuple(unread))


def _charge_name(one: Found) -> str:
    name = one.resource.get("id")
    return f"{CHARGE}/{name}" if isinstance(name, str) and name else _name(one)


def _read(
    items: list[tuple[str, Any]],
    read: Callable[[Element, str], list[tuple[Billed, str]]],
    unread: list[tuple[str, str]],
) -> tuple[list[Billed], list[str]]:
    """The lines and their places of service; an item that cannot be read is among the unread and hides no other."""
    lines, places = [], []
    for place, item in items:
        try:
            for line, where in read(item, place):
                lines.append(line)
                places.append(where)
        except Unreadable as why:
            unread.append((place, f"{why}."))
        except _MALFORMED:
            unread.append((place, "it has not the shape of a billed line."))
    return lines, places


def _none(root: str, unread: list[tuple[str, str]]) -> ClaimFault:
    said = f" {unread[0][0]}: {unread[0][1]}" if unread else ""
    return ClaimFault(f"{root} has no line that can be read.{said}")


def _setting(claim: Element) -> str:
    kind = claim.get("type")
    try:
        return next((_TYPES[word] for word in words_of(kind) if word in _TYPES), "")
    except _MALFORMED:
        return ""
