"""MedicationRequests and Conditions as far as administrations refer to them."""

from __future__ import annotations

from typing import NamedTuple

from coding.model import Fact, Order
from smart_app.concepts import NO_CONCEPT, Key, concept_key, concept_said, each, first, icd10_codes, words
from smart_app.notes import merge_facts, read_facts
from smart_app.plans import planned_minutes
from smart_app.references import MALFORMED, Resource, Shelf


class Placed(NamedTuple):
    """An order with what its text tells: the route that it asks for, facts, and the minutes that it plans."""

    order: Order | None = None
    route: Key = NO_CONCEPT
    text: str = ""
    facts: tuple[Fact, ...] = ()
    planned: int | None = None


NO_ORDER = Placed()


def read_order(shelf: Shelf, element: Resource, asked_by: str) -> Placed:
    """The order behind a reference; where it leads nowhere the id is kept: it still joins the rows of one order."""
    reference = words(element.get("reference"))
    if not reference:
        return NO_ORDER
    known = shelf.orders.get(reference)
    if known is None:
        known = shelf.orders[reference] = _placed(shelf, reference, asked_by)
    return known


def _placed(shelf: Shelf, reference: str, asked_by: str) -> Placed:
    found = shelf.find(reference)
    if found is None:
        shelf.dangling(reference, asked_by)
        return Placed(Order(reference.split("/_history/", 1)[0].rsplit("/", 1)[-1]))
    try:
        return _read(shelf, found)
    except MALFORMED as error:
        shelf.unreadable(f"{found['resourceType']}/{found['id']}", error)
        return Placed(Order(found["id"]))


def _read(shelf: Shelf, found: Resource) -> Placed:
    instructions = each(found.get("dosageInstruction"))
    said = [words(one.get("text")) for one in instructions] + [
        words(one.get("patientInstruction")) for one in instructions
    ]
    said += [words(one.get("text")) for one in each(found.get("note"))]
    text = "; ".join(dict.fromkeys(part for part in said if part))
    reason, codes = read_reasons(shelf, found)
    facts = merge_facts(read_facts(text, "order"), read_facts(reason, "reason")) if text or reason else ()
    route = next((concept_key(first(one["route"])) for one in instructions if one.get("route")), NO_CONCEPT)
    return Placed(Order(found["id"], text, reason, codes), route, text, facts, planned_minutes(text) if text else None)


def read_reasons(shelf: Shelf, resource: Resource) -> tuple[str, tuple[str, ...]]:
    """(words, ICD-10-CM codes) of reasonCode, reasonReference, or the R5 element reason of any shape."""
    if "reasonCode" not in resource and "reasonReference" not in resource and "reason" not in resource:
        return "", ()
    texts: list[str] = []
    codes: list[str] = []
    for element in (*each(resource.get("reasonCode")), *each(resource.get("reason"))):
        for one in each(element.get("value")) or [element]:
            _reason(shelf, resource, one, texts, codes)
    for element in each(resource.get("reasonReference")):
        _reason(shelf, resource, {"reference": element}, texts, codes)
    return "; ".join(dict.fromkeys(text for text in texts if text)), tuple(dict.fromkeys(codes))


def _reason(shelf: Shelf, resource: Resource, element: Resource, texts: list[str], codes: list[str]) -> None:
    inner = element.get("reference")
    if inner:
        reference = words(inner.get("reference")) if inner.__class__ is dict else words(inner)
        found = shelf.find(reference, resource) if reference else None
        if found is None:
            if reference:
                shelf.dangling(reference, f"{resource['resourceType']}/{resource['id']}")
            texts.append(words(inner.get("display")) if inner.__class__ is dict else "")
            return
        text, found_codes = _diagnosis(shelf, reference, found)
    else:
        key = concept_key(element)
        text, found_codes = concept_said(key), icd10_codes(key)
    texts.append(text)
    codes += found_codes


def _diagnosis(shelf: Shelf, reference: str, found: Resource) -> tuple[str, tuple[str, ...]]:
    known = shelf.conditions.get(reference)
    if known is None:
        try:
            key = concept_key(first(found.get("code")))
            known = concept_said(key), icd10_codes(key)
        except MALFORMED:
            # The pass over the conditions lists it; the resource that refers to it stays readable.
            known = "", ()
        shelf.conditions[reference] = known
    return known
