"""Body weight of a chart (Observation), for doses that are charted by weight (rule drug.units).

A weight counts for a dose where it is of the same patient, final, and charted for that visit or within a day before the dose: an
older one is never used, and the engine asks.
"""

from __future__ import annotations

from decimal import Context, Decimal
from functools import lru_cache
from typing import NamedTuple

from coding.doses import per_weight
from coding.model import ASKS, Administration, Fact, Quantity
from smart_app.administrations import Draft
from smart_app.concepts import concept_codes, concept_key, first, words
from smart_app.fhir_times import DAY, INSTANT, read_time
from smart_app.quantities import number
from smart_app.references import MALFORMED, Resource, Shelf
from smart_app.wordlists import table

_TABLE = table("weights")
_CODES = frozenset(_TABLE["codes"])
_KILOGRAMS: dict[str, float] = _TABLE["kilograms"]
_STATES = frozenset(_TABLE["states"])
NOTHING_GIVEN = ("error", "not-given")
_LEAST, _MOST = _TABLE["least_kg"], _TABLE["most_kg"]
# Whole pounds or ounces are written without the digits that they mean: 9 lb is not 4 kg.
_LEAST_DIGITS = 3


class Weight(NamedTuple):
    """A charted weight. at: seconds of 1970 UTC. said: as charted."""

    id: str
    patient: str
    encounter: str
    at: int
    kilograms: Decimal
    said: str


def _weights(shelf: Shelf) -> tuple[Weight, ...]:
    """The weights of a chart, oldest first. What is damaged or odd is no weight."""
    found = []
    for name, resource in shelf.of_type("Observation"):
        try:
            one = _read(shelf, name, resource)
        except MALFORMED:
            continue
        if one is not None:
            found.append(one)
    return tuple(sorted(found, key=lambda one: (one.at, one.id)))


def _read(shelf: Shelf, name: str, resource: Resource) -> Weight | None:
    if words(resource.get("status")) not in _STATES:
        return None
    codes = {code for _, code in concept_codes(concept_key(first(resource.get("code"))))}
    element = resource.get("valueQuantity") or {}
    factor = _factor(element.get("code"), element.get("unit"))
    reading = read_time(words(resource.get("effectiveDateTime") or resource.get("effectiveInstant")))
    if not codes & _CODES or factor is None or reading.kind != INSTANT:
        return None
    value = number(element.get("value"))
    if element.get("comparator"):
        return None
    kilograms = _converted(value, factor)
    if not _LEAST <= kilograms <= _MOST:
        return None
    visit = resource.get("encounter") or {}
    said = f"{value:g} {element.get('unit') or element.get('code')}"
    return Weight(name, shelf.patient(resource), words(visit.get("reference")), reading.at, kilograms, said)


def _converted(value: float, factor: float) -> Decimal:
    """A weight in kg. From another unit it keeps as many digits as were charted: 176.37 lb are 80.000 kg, not 80.0001."""
    charted = Decimal(repr(value))
    if factor == 1:
        return charted
    digits = max(_LEAST_DIGITS, len(charted.normalize().as_tuple().digits))
    return Context(prec=digits).multiply(charted, Decimal(repr(factor)))


@lru_cache(maxsize=256)
def _factor(code: str | None, unit: str | None) -> float | None:
    for name in (code, unit):
        if name and name.strip().lower() in _KILOGRAMS:
            return _KILOGRAMS[name.strip().lower()]
    return None


def weighed(shelf: Shelf, drafts: list[Draft], parts: list[str]) -> list[Draft]:
    """The rows of a visit, each dose by weight turned into a dose where a weight counts for it. parts: ids of its encounters."""
    if not any(draft.row.dose and per_weight(draft.row.dose) for draft in drafts):
        return drafts
    weights = _weights(shelf)
    return [draft._replace(row=_with_weight(draft.row, draft.patient, parts, weights, shelf)) for draft in drafts]


def _with_weight(
    row: Administration, patient: str, parts: list[str], weights: tuple[Weight, ...], shelf: Shelf
) -> Administration:
    if row.dose is None or not per_weight(row.dose) or row.status in NOTHING_GIVEN:
        return row
    at = row.start.at if row.start else None
    own = [one for one in weights if at is not None and one.at <= at and (not patient or one.patient == patient)]
    near = [one for one in own if (at is not None and at - one.at <= DAY) or one.encounter.rsplit("/", 1)[-1] in parts]
    reference = f"MedicationAdministration/{row.id}"
    charted = f"{row.dose.value:g} {row.dose.unit}"
    if not near:
        return row
    weight = near[-1]
    unit = row.dose.unit.rsplit("/", 1)[0]
    value = float(Decimal(repr(row.dose.value)) * weight.kilograms)
    dose = Quantity(int(value) if value.is_integer() else value, unit)
    said = f"{charted} by a weight of {weight.said} (Observation/{weight.id})"
    shelf.problem(
        "DOSE_BY_WEIGHT",
        ASKS,
        reference,
        f"The dose is worked out: {said} is {dose.value:g} {unit}. Pharmacies round such doses.",
        "The dose in mg, as it was given.",
    )
    return row._replace(dose=dose, facts=(*row.facts, Fact("dose-by-weight", said)))
