"""A claim in FHIR R4: Claim, ExplanationOfBenefit, or ChargeItems (a Bundle or a list). Plain JSON, read tolerantly.

What was cancelled or entered in error is left out and said. Who the patient is, is never read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any, NamedTuple

from coding.billed import BilledClaim
from coding.model import FACILITY, PROFESSIONAL
from smart_app.claims.faults import ClaimFault, ids_of
from smart_app.claims.fhir_concepts import Element, display, words_of
from smart_app.claims.fhir_items import Items, Line, charge_line, item_lines, items_of
from smart_app.claims.fields import Unreadable, shown

CLAIM, BENEFIT, CHARGE = "Claim", "ExplanationOfBenefit", "ChargeItem"
KINDS = (CLAIM, BENEFIT, CHARGE)
MOST_RESOURCES = 20_000
_TYPES = {"institutional": FACILITY, "professional": PROFESSIONAL}
_OUT = tomllib.loads(resources.files("smart_app.claims").joinpath("headings.toml").read_text(encoding="utf-8"))["fhir"]
_HOW = "Give a FHIR R4 Claim, ExplanationOfBenefit, or a Bundle or list of ChargeItems."
# What reading an element of the wrong shape raises.
_MALFORMED = (Unreadable, TypeError, ValueError, AttributeError, KeyError, IndexError, ArithmeticError)


Said = list[tuple[str, str]]  # places with what is said of them


class Found(NamedTuple):
    """A resource and where it stands."""

    place: str
    resource: Element


def read_fhir(document: object, claim: str = "") -> BilledClaim:
    """The claim of a JSON document. claim: the id of one, where it holds several. Raises ClaimFault where it holds none, or others."""
    found = list(_resources(document))
    kinds = {kind: [one for one in found if one.resource.get("resourceType") == kind] for kind in KINDS}
    notes: Said = []
    for kind in (CLAIM, BENEFIT):
        if kept := _active(kinds[kind], notes):
            return _claim(_wanted(kept, kind, claim), kind, found, notes)
    if kinds[CHARGE]:
        return _charges(kinds[CHARGE], notes)
    if notes:
        raise ClaimFault(f"{notes[0][0]} was not billed: {notes[0][1]} {_HOW}")
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


def _wanted(kept: list[Found], kind: str, claim: str) -> Found:
    """The resource with the id that is wanted, or the only one."""
    ids = [_id(one) for one in kept]
    chosen = [one for one in kept if _id(one) == claim.strip()] if claim else kept
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        said = ids_of(list(dict.fromkeys(ids)), every=True)
        raise ClaimFault(
            f"There are {len(chosen)} resources of type {kind}. Give the id of one, or that one alone.{said}"
        )
    raise ClaimFault(f"No {kind} has this id.{ids_of(ids, every=True)}")


def _id(one: Found) -> str:
    said = one.resource.get("id")
    return said if isinstance(said, str) else ""


def _active(found: list[Found], notes: Said) -> list[Found]:
    kept = []
    for one in found:
        status = one.resource.get("status")
        if status in _OUT["claim"]:
            notes.append((_name(one), f"left out, its status is {status}."))
        else:
            kept.append(one)
    return kept


def _name(one: Found) -> str:
    return one.place or str(one.resource.get("resourceType"))


def _claim(one: Found, kind: str, found: list[Found], notes: Said) -> BilledClaim:
    claim = one.resource
    root = f"{one.place}.{kind}" if one.place else kind
    try:
        items: Items = items_of(claim, root)
    except _MALFORMED:
        raise ClaimFault(f"{root}.item is no list of lines. {_HOW}") from None
    unread: Said = []
    lines = _read(items.items, lambda item, place: item_lines(item, place, items), unread, notes)
    notes += [(f"{root}.addItem[{at}]", "left out, the payer added it.") for at in range(items.added)]
    if not lines:
        raise _none(root, unread + notes)
    payer = display(claim.get("insurer"), [each.resource for each in found], claim)
    used = claim.get("use")
    form = f"FHIR {kind}" if used in (None, "claim") else f"FHIR {kind} ({shown(str(used))})"
    place = next((line.place_of_service for line in lines if line.place_of_service), "")
    billed = tuple(line.billed for line in lines)
    return BilledClaim(billed, form, _setting(claim), payer, place, tuple(unread), tuple(notes))


def _charges(found: list[Found], notes: Said) -> BilledClaim:
    kept = []
    for one in found:
        status = one.resource.get("status")
        if status in _OUT["charge"]:
            notes.append((_charge_name(one), f"left out, its status is {status}."))
        else:
            kept.append((_charge_name(one), one.resource))
    unread: Said = []
    lines = _read(kept, lambda item, place: [charge_line(item, place)], unread, notes)
    if not lines:
        raise _none(CHARGE, unread + notes)
    billed = tuple(line.billed for line in lines)
    return BilledClaim(billed, f"FHIR {CHARGE}", unread=tuple(unread), notes=tuple(notes))


def _charge_name(one: Found) -> str:
    name = one.resource.get("id")
    return f"{CHARGE}/{name}" if isinstance(name, str) and name else _name(one)


def _read(
    items: list[tuple[str, Any]],
    read: Callable[[Element, str], list[Line]],
    unread: Said,
    notes: Said,
) -> list[Line]:
    """The lines, and what is noted of them; an item that cannot be read is among the unread and hides no other."""
    lines: list[Line] = []
    for place, item in items:
        try:
            found = read(item, place)
            lines += found
            notes += [(line.billed.place, note) for line in found for note in line.notes]
        except Unreadable as why:
            unread.append((place, f"{why}."))
        except _MALFORMED:
            unread.append((place, "it has not the shape of a billed line."))
    return lines


def _none(root: str, unread: Said) -> ClaimFault:
    said = f" {unread[0][0]}: {unread[0][1]}" if unread else ""
    return ClaimFault(f"{root} has no line that can be read.{said}")


def _setting(claim: Element) -> str:
    kind = claim.get("type")
    try:
        return next((_TYPES[word] for word in words_of(kind) if word in _TYPES), "")
    except _MALFORMED:
        return ""
