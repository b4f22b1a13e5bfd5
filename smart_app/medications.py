"""What an administration gave: one Substance for each ingredient, from a concept or from a Medication resource."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from coding.model import ASKS, Fact, Quantity, Substance, Waste
from smart_app.concepts import NO_CONCEPT, Key, concept_codes, concept_key, concept_words, each, first, words
from smart_app.notes import read_facts
from smart_app.plans import planned_minutes
from smart_app.references import MALFORMED, Resource, Shelf
from smart_app.strengths import doses_in, in_words, read_strength
from smart_app.waste import read_waste


class Given(NamedTuple):
    """substances and the words for the whole, before any dose is worked out. key: what tells two drugs apart.

    facts, waste and planned: what the words alone state ("IVPB over 30 min").
    """

    substances: tuple[Substance, ...]
    text: str
    key: Key
    medication: Resource | None = None
    facts: tuple[Fact, ...] = ()
    waste: Waste | None = None
    planned: int | None = None


@lru_cache(maxsize=16_384)
def plain(key: Key) -> Given:
    """One substance that is given as a concept."""
    text = concept_words(key)
    return _worded(_single(text, key), text, key)


def _single(text: str, key: Key) -> tuple[Substance, ...]:
    codes = concept_codes(key)
    return (Substance(text, codes),) if text or codes else ()


def _worded(substances: tuple[Substance, ...], text: str, key: Key, medication: Resource | None = None) -> Given:
    return Given(
        substances, text, key, medication, read_facts(text, "medication"), read_waste(text), planned_minutes(text)
    )


def read_given(shelf: Shelf, resource: Resource) -> Given:
    """What a MedicationAdministration or MedicationRequest names in medication[x], in R4 or R5 shape."""
    concept = resource.get("medicationCodeableConcept")
    if concept:
        return plain(concept_key(first(concept)))
    element = resource.get("medicationReference")
    if not element:
        either = resource.get("medication")
        if not either:
            return plain(NO_CONCEPT)
        either = first(either)
        if "concept" in either or "coding" in either or "text" in either:
            return plain(concept_key(either))
        element = either.get("reference")
        element = {"reference": element} if element.__class__ is str else element
    return _by_reference(shelf, resource, element or {})


def _by_reference(shelf: Shelf, resource: Resource, element: Resource) -> Given:
    display = words(element.get("display"))
    reference = words(element.get("reference"))
    if not reference:
        return plain((display or None, ()))
    if reference.startswith("#"):
        found = shelf.find(reference, resource)
        if found is not None:
            return _read(shelf, found, display)
    known = shelf.medications.get(reference)
    if known is None:
        known = shelf.medications[reference] = _find(shelf, resource, reference)
    return plain((display, ())) if display and not known.text else known


def _find(shelf: Shelf, resource: Resource, reference: str) -> Given:
    found = shelf.find(reference)
    if found is None:
        shelf.dangling(reference, f"{resource['resourceType']}/{resource['id']}", ASKS)
        return plain(NO_CONCEPT)
    try:
        return _read(shelf, found, "")
    except MALFORMED as error:
        shelf.unreadable(f"{found['resourceType']}/{found['id']}", error)
        return plain(NO_CONCEPT)


def _read(shelf: Shelf, found: Resource, display: str) -> Given:
    key = concept_key(found.get("code"))
    ingredients = tuple(_ingredient(shelf, found, one) for one in each(found.get("ingredient")))
    text = (
        concept_words(key) if key[0] else display or concept_words(key) or " + ".join(one.text for one in ingredients)
    )
    if not ingredients:
        given = _worded(_single(text, key), text, key, found)
    else:
        given = _worded(ingredients, text, (text, tuple((None, one.text, None) for one in ingredients)), found)
    lot = _lot(found)
    return given._replace(facts=(*given.facts, Fact("lot", lot))) if lot else given


def _lot(found: Resource) -> str:
    batch = found.get("batch")
    lot = batch.get("lotNumber") if batch.__class__ is dict else None
    return str(lot).strip() if lot.__class__ is str else ""


def _ingredient(shelf: Shelf, medication: Resource, ingredient: Resource) -> Substance:
    item = ingredient.get("itemCodeableConcept") or ingredient.get("item") or {}
    key = concept_key(item)
    text = concept_words(key)
    if not text:
        element = ingredient.get("itemReference") or item.get("reference") or {}
        inner = shelf.find(words(element.get("reference")), medication) if element.get("reference") else None
        key = _substance_key(inner) if inner else (words(element.get("display")) or None, ())
        text = concept_words(key)
    active = ingredient.get("isActive")
    codes = concept_codes(key)
    return Substance(
        text, codes, None, active if active.__class__ is bool else None, in_words(read_strength(ingredient))
    )


def _substance_key(found: Resource) -> Key:
    code = found.get("code")
    return concept_key(code.get("concept") or code if code else None)


def with_doses(given: Given, dose: Quantity | None) -> tuple[Substance, ...]:
    """The substances with their doses in what was given, as far as strengths and the charted amount tell them."""
    if given.medication is None or dose is None:
        return given.substances
    ingredients = [read_strength(one) for one in each(given.medication.get("ingredient"))]
    return doses_in(given.substances, ingredients, given.text, dose) if ingredients else given.substances
