"""MedicationRequests and Conditions as far as administrations refer to them."""

from __future__ import annotations

from typing import Any, NamedTuple

from coding.model import Fact, Moment, Order, Quantity
from coding.words import says
from smart_app.concepts import NO_CONCEPT, Key, concept_key, concept_said, each, first, icd10_codes, words
from smart_app.fhir_times import charted
from smart_app.findings import untrue
from smart_app.notes import merge_facts, read_facts
from smart_app.order_doses import ordered_dose
from smart_app.plans import planned_minutes
from smart_app.references import MALFORMED, Resource, Shelf

_ERROR, _UNREAD = "entered-in-error", "unread"
# Of the statuses and intents of a MedicationRequest those that show no order in force; one that was carried out, stopped or put on
# hold was an order. FHIR R4 and R5 say of these intents that they authorize nobody to act.
_NO_STATUS = (_ERROR, "cancelled", "draft")
_NO_INTENT = ("proposal", "plan", "option")
_REASON = "hydration-reason"


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
        return Placed(Order(reference.split("/_history/", 1)[0].rsplit("/", 1)[-1], status=_UNREAD))
    try:
        return _read(shelf, found)
    except MALFORMED as error:
        shelf.unreadable(f"{found['resourceType']}/{found['id']}", error)
        return Placed(Order(found["id"], status=_UNREAD))


def _read(shelf: Shelf, found: Resource) -> Placed:
    instructions = each(found.get("dosageInstruction"))
    said = [words(one.get("text")) for one in instructions] + [
        words(one.get("patientInstruction")) for one in instructions
    ]
    said += [words(one.get("text")) for one in each(found.get("note"))]
    text = "; ".join(dict.fromkeys(part for part in said if part))
    status = _status(found)
    reason, codes = read_reasons(shelf, found) if status != _ERROR else ("", ())
    facts = merge_facts(read_facts(text, "order"), read_facts(reason, "reason")) if text or reason else ()
    route = next((concept_key(first(one["route"])) for one in instructions if one.get("route")), NO_CONCEPT)
    planned = planned_minutes(text) if text else None
    kept = text
    if status == _ERROR:
        # It gives no reason for anything; what it says against a line (keep-open, carrier) is still heard.
        facts = tuple(fact for fact in facts if fact.name != _REASON)
        kept = text if says("not_a_hydration_reason", text) else ""
    order = Order(found["id"], kept, reason, codes, status, _written(found), _dose(instructions))
    return Placed(order, route, text, facts, planned)


def _status(found: Resource) -> str:
    """What keeps a request from being an order in force, "" where nothing does: an unknown word speaks against nothing."""
    status, intent = found.get("status"), found.get("intent")
    if found.get("doNotPerform") is True and status != _ERROR:
        return "do-not-perform"
    return status if status in _NO_STATUS else intent if intent in _NO_INTENT else ""


def _written(found: Resource) -> Moment | None:
    authored = found.get("authoredOn")
    return charted(authored, "authoredOn") if authored.__class__ is str else None


def _dose(instructions: list[Any]) -> Quantity | None:
    try:
        return ordered_dose(instructions)
    except MALFORMED:
        # A dose of the wrong shape takes nothing from the order but itself.
        return None


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
    """(words, codes) of a Condition; nothing of one that was ruled out or entered in error."""
    known = shelf.conditions.get(reference)
    if known is None:
        try:
            key = concept_key(first(found.get("code")))
            known = ("", ()) if untrue(found) else (concept_said(key), icd10_codes(key))
        except MALFORMED:
            # The pass over the conditions lists it; the resource that refers to it stays readable.
            known = "", ()
        shelf.conditions[reference] = known
    return known
