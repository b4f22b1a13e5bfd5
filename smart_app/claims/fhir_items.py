"""One item of a FHIR Claim or ExplanationOfBenefit, or one ChargeItem, as billed lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from coding.billed import Billed
from smart_app.claims.fhir_concepts import (
    Element,
    coded_as,
    icd10,
    listed,
    modifier_of,
    ndc_in,
    place_of,
    short_codes,
    words_of,
)
from smart_app.claims.fields import (
    Left,
    Unreadable,
    amount_of,
    code_of,
    days_of,
    or_left,
    units_of,
)

DOLLARS = "USD"


class Items(NamedTuple):
    """The items of a claim with their places, its diagnoses by sequence, how many items the payer added, and its date if it has one day."""

    items: list[tuple[str, Element]]
    diagnoses: dict[int, str]
    added: int
    date: str


class Line(NamedTuple):
    """An item as a billed line. notes: what of it was left out or taken for granted."""

    billed: Billed
    place_of_service: str
    notes: tuple[str, ...]


def items_of(claim: Element, root: str) -> Items:
    """Raises TypeError where the items are no list."""
    items = claim.get("item")
    added = claim.get("addItem")
    if items is not None and not isinstance(items, list):
        raise TypeError("item")
    rows = [(f"{root}.item[{at}]", item) for at, item in enumerate(items or [])]
    return Items(rows, _diagnoses(claim), len(added) if isinstance(added, list) else 0, _day(claim))


def item_lines(item: Element, place: str, claim: Items) -> list[Line]:
    """The line of an item with its place of service; where the item is only a group, the lines of its details."""
    details = item.get("detail")
    details = details if isinstance(details, list) else []
    own = coded_as(item.get("productOrService"))
    inner = [(f"{place}.detail[{at}]", one) for at, one in enumerate(details) if isinstance(one, dict)]
    inner += [
        (f"{where}.subDetail[{at}]", one)
        for where, detail in list(inner)
        for at, one in enumerate(detail.get("subDetail") or [])
        if isinstance(one, dict)
    ]
    coded = [(where, one) for where, one in inner if coded_as(one.get("productOrService"))]
    ndc = next(filter(None, (ndc_in(one.get("productOrService")) for _, one in [(place, item), *inner])), "")
    if coded and (not own or any(coded_as(one.get("productOrService")) == own for _, one in coded)):
        return [_line(one, where, claim, ndc, item) for where, one in coded]
    return [_line(item, place, claim, ndc, item), *(_line(one, where, claim, "", item) for where, one in coded)]


def _line(item: Element, place: str, claim: Items, ndc: str, outer: Element) -> Line:
    code = coded_as(item.get("productOrService"))
    if not code:
        raise Unreadable("its productOrService has no CPT or HCPCS code")
    modifiers = [one for part in listed(item.get("modifier")) for one in modifier_of(part)]
    sequence = listed(outer.get("diagnosisSequence"))
    diagnoses = (claim.diagnoses.get(one, "") for one in sequence if isinstance(one, int))
    notes: list[str] = []
    billed = Billed(
        code_of(code),
        _units(item.get("quantity"), notes),
        tuple(dict.fromkeys(modifiers)),
        _date((item, outer), claim.date, notes),
        tuple(dict.fromkeys(filter(None, diagnoses))),
        or_left(_amount, item, None, notes),
        place,
        ndc,
    )
    return Line(billed, place_of(outer), tuple(notes))


def charge_line(item: Element, place: str) -> Line:
    """The line of a ChargeItem; its modifiers stand beside the code or in extensions."""
    concept = item.get("code")
    code = coded_as(concept)
    if not code:
        raise Unreadable("its code is no CPT or HCPCS code")
    modifiers = [one for one in short_codes(concept) if one != code]
    for extension in listed(item.get("extension")):
        if isinstance(extension, dict) and str(extension.get("url", "")).casefold().rstrip("/").endswith("modifier"):
            value = extension.get("valueCodeableConcept") or extension.get("valueCoding") or extension.get("valueCode")
            modifiers += modifier_of(value)
    notes: list[str] = []
    reasons = [one for reason in listed(item.get("reason")) for one in icd10(reason)]
    billed = Billed(
        code_of(code),
        _units(item.get("quantity"), notes),
        tuple(dict.fromkeys(modifiers)),
        _date((item,), "", notes),
        tuple(dict.fromkeys(reasons)),
        or_left(_money, item.get("priceOverride"), None, notes),
        place,
        ndc_in(item.get("productCodeableConcept")),
    )
    return Line(billed, "", tuple(notes))


def _units(quantity: object, notes: list[str]) -> int:
    if quantity is None:
        notes.append("it has no quantity; it is read as 1 unit.")
        return 1
    value = quantity.get("value") if isinstance(quantity, dict) else quantity
    if value is None or isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise Unreadable("its quantity has no value")
    return units_of(value)


def _date(items: tuple[Element, ...], otherwise: str, notes: list[str]) -> str:
    """The day of the first element that has one, or that of the claim; "" with a note where it cannot be told."""
    try:
        first, last = next(filter(any, map(_days, items)), (otherwise, otherwise))
    except Left as why:
        notes.append(f"{why}.")
        return ""
    if last > first:
        notes.append(f"it spans {first} to {last}; it is read as of the first day.")
    return first


def _days(item: Element) -> tuple[str, str]:
    for name in ("serviced", "occurrence"):
        said = item.get(f"{name}Date") or item.get(f"{name}DateTime")
        if said:
            return _span(said, said)
        if period := item.get(f"{name}Period"):
            return _period(period)
    return "", ""


def _period(period: Any) -> tuple[str, str]:
    if not isinstance(period, dict) or not (period.get("start") or period.get("end")):
        raise Unreadable("its period has no date")
    return _span(period.get("start") or period["end"], period.get("end") or period["start"])


def _span(start: object, end: object) -> tuple[str, str]:
    if not isinstance(start, str) or not isinstance(end, str):
        raise Unreadable("its date is no text")
    first, last = days_of(start)[0], days_of(end)[1]
    if last < first:
        raise Unreadable(f"it ends on {last}, before it begins on {first}")
    return first, last


def _day(claim: Element) -> str:
    """The one day of a claim (billablePeriod), or ""."""
    try:
        first, last = _period(claim.get("billablePeriod"))
    except Unreadable:
        return ""
    return first if first == last else ""


def _amount(item: Element) -> Decimal | None:
    if item.get("net") is not None:
        return _money(item["net"])
    for one in listed(item.get("adjudication")):
        if isinstance(one, dict) and "submitted" in words_of(one.get("category")):
            return _money(one.get("amount"))
    return None


def _money(said: object) -> Decimal | None:
    if said is None or said == {}:
        return None
    if not isinstance(said, dict) or said.get("value") is None:
        raise Left("its amount has no value; the line is read without one")
    if said.get("currency", DOLLARS) != DOLLARS:
        raise Left("its amount is not in dollars; the line is read without one")
    return amount_of(said["value"])


def _diagnoses(claim: Element) -> dict[int, str]:
    found = {}
    for one in listed(claim.get("diagnosis")):
        if isinstance(one, dict) and isinstance(one.get("sequence"), int):
            found[one["sequence"]] = next(iter(icd10(one.get("diagnosisCodeableConcept"))), "")
    return found
