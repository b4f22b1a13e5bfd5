"""One item of a FHIR Claim or ExplanationOfBenefit, or one ChargeItem, as billed lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from coding.billed import Billed
from smart_app.claims.fields import Unreadable, amount_of, code_of, date_of, dotted, modifiers_of, units_of
from smart_app.wordlists import table

Element = dict[str, Any]
_SYSTEMS = table("systems")
_CODES = frozenset((*_SYSTEMS["cpt"], *_SYSTEMS["hcpcs"]))
_NDC = frozenset(_SYSTEMS["ndc"])
_PLACE = "place-of-service"


class Items(NamedTuple):
    """The items of a claim with their places, its diagnoses by sequence, and how many items the payer added."""

    items: list[tuple[str, Element]]
    diagnoses: dict[int, str]
    added: int


def items_of(claim: Element, root: str) -> Items:
    """Raises TypeError where the items are no list."""
    items = claim.get("item")
    added = claim.get("addItem")
    if items is not None and not isinstance(items, list):
        raise TypeError("item")
    rows = [(f"{root}.item[{at}]", item) for at, item in enumerate(items or [])]
    return Items(rows, _diagnoses(claim), len(added) if isinstance(added, list) else 0)


def item_lines(item: Element, place: str, claim: Items) -> list[tuple[Billed, str]]:
    """The line of an item with its place of service; where the item is only a group, the lines of its details."""
    details = item.get("detail")
    details = details if isinstance(details, list) else []
    own = _coded(item.get("productOrService"))
    inner = [(f"{place}.detail[{at}]", one) for at, one in enumerate(details) if isinstance(one, dict)]
    inner += [
        (f"{where}.subDetail[{at}]", one)
        for where, detail in list(inner)
        for at, one in enumerate(detail.get("subDetail") or [])
        if isinstance(one, dict)
    ]
    coded = [(where, one) for where, one in inner if _coded(one.get("productOrService"))]
    ndc = next(filter(None, (_ndc(one.get("productOrService")) for _, one in [(place, item), *inner])), "")
    if coded and (not own or any(_coded(one.get("productOrService")) == own for _, one in coded)):
        return [(_line(one, where, claim, ndc, item), _place_of(item)) for where, one in coded]
    lines = [(_line(item, place, claim, ndc, item), _place_of(item))]
    return lines + [(_line(one, where, claim, "", item), _place_of(item)) for where, one in coded]


def _line(item: Element, place: str, claim: Items, ndc: str, outer: Element) -> Billed:
    code = _coded(item.get("productOrService"))
    if not code:
        raise Unreadable("its productOrService has no CPT or HCPCS code")
    modifiers = [one for part in _list(item.get("modifier")) for one in _modifiers(part)]
    sequence = _list(outer.get("diagnosisSequence"))
    diagnoses = (claim.diagnoses.get(one, "") for one in sequence if isinstance(one, int))
    return Billed(
        code_of(code),
        _units(item.get("quantity")),
        tuple(dict.fromkeys(modifiers)),
        _date(item) or _date(outer),
        tuple(dict.fromkeys(filter(None, diagnoses))),
        _amount(item),
        place,
        ndc,
    )


def charge_line(item: Element, place: str) -> Billed:
    """The line of a ChargeItem; its modifiers stand beside the code or in extensions."""
    concept = item.get("code")
    code = _coded(concept)
    if not code:
        raise Unreadable("its code is no CPT or HCPCS code")
    modifiers = [one for one in _short(concept) if one != code]
    for extension in _list(item.get("extension")):
        if isinstance(extension, dict) and str(extension.get("url", "")).casefold().rstrip("/").endswith("modifier"):
            value = extension.get("valueCodeableConcept") or extension.get("valueCoding") or extension.get("valueCode")
            modifiers += _modifiers(value)
    price = item.get("priceOverride")
    reasons = [one for reason in _list(item.get("reason")) for one in _icd10(reason)]
    return Billed(
        code_of(code),
        _units(item.get("quantity")),
        tuple(dict.fromkeys(modifiers)),
        _date(item),
        tuple(dict.fromkeys(reasons)),
        amount_of(price["value"]) if isinstance(price, dict) and "value" in price else None,
        place,
        _ndc(item.get("productCodeableConcept")),
    )


def words_of(concept: object) -> list[str]:
    """The codes and words of a CodeableConcept, in small letters."""
    if not isinstance(concept, dict):
        return []
    found = [str(one.get("code", "")) for one in _codings(concept)]
    return [word.casefold() for word in (*found, str(concept.get("text", "")))]


def display(reference: object, resources: list[Element], holder: Element) -> str:
    """What an organization is called: beside its reference, or in the resource to which that points."""
    if not isinstance(reference, dict):
        return ""
    if isinstance(reference.get("display"), str):
        return str(reference["display"])
    target = str(reference.get("reference", "")).lstrip("#").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    for one in (*resources, *_list(holder.get("contained"))):
        if isinstance(one, dict) and one.get("resourceType") == "Organization" and one.get("id") == target:
            return str(one.get("name", ""))
    return ""


def _codings(concept: object) -> list[Element]:
    found = concept.get("coding") if isinstance(concept, dict) else None
    return [one for one in _list(found) if isinstance(one, dict)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _coded(concept: object) -> str:
    """The CPT or HCPCS code of a concept: by its system, else by its shape where no system is given."""
    for wanted in (_CODES, (None, "")):
        for coding in _codings(concept):
            said = coding.get("code")
            if coding.get("system") in wanted and isinstance(said, str) and len(said.strip()) == 5:
                try:
                    return code_of(said)
                except Unreadable:
                    continue
    return ""


def _short(concept: object) -> list[str]:
    return [
        str(one["code"]).strip().upper()
        for one in _codings(concept)
        if isinstance(one.get("code"), str) and len(one["code"].strip()) == 2
    ]


def _modifiers(said: object) -> list[str]:
    if isinstance(said, str):
        return list(modifiers_of(said))
    if not isinstance(said, dict):
        return []
    codes = [one["code"] for one in _codings(said) or [said] if isinstance(one.get("code"), str)]
    text = said.get("text")
    return [one for code in codes or ([text] if isinstance(text, str) else []) for one in modifiers_of(code)]


def _ndc(concept: object) -> str:
    return next((str(one["code"]) for one in _codings(concept) if one.get("system") in _NDC and one.get("code")), "")


def _units(quantity: object) -> int:
    if quantity is None:
        return 1
    value = quantity.get("value") if isinstance(quantity, dict) else quantity
    if value is None or isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise Unreadable("its quantity has no value")
    return units_of(value)


def _date(item: Element) -> str:
    for name in ("serviced", "occurrence"):
        said = item.get(f"{name}Date") or item.get(f"{name}DateTime")
        period = item.get(f"{name}Period")
        said = said or (period.get("start") or period.get("end") if isinstance(period, dict) else None)
        if isinstance(said, str) and said:
            return date_of(said)
    return ""


def _amount(item: Element) -> Decimal | None:
    net = item.get("net")
    if isinstance(net, dict) and "value" in net:
        return amount_of(net["value"])
    for one in _list(item.get("adjudication")):
        if (
            isinstance(one, dict)
            and "submitted" in words_of(one.get("category"))
            and isinstance(one.get("amount"), dict)
        ):
            return amount_of(one["amount"].get("value", ""))
    return None


def _diagnoses(claim: Element) -> dict[int, str]:
    found = {}
    for one in _list(claim.get("diagnosis")):
        if isinstance(one, dict) and isinstance(one.get("sequence"), int):
            found[one["sequence"]] = next(iter(_icd10(one.get("diagnosisCodeableConcept"))), "")
    return found


def _icd10(concept: object) -> list[str]:
    return [
        dotted(str(one["code"]).upper())
        for one in _codings(concept)
        if "icd-10" in str(one.get("system", "")) and one.get("code")
    ]


def _place_of(item: Element) -> str:
    for coding in _codings(item.get("locationCodeableConcept")):
        system, said = str(coding.get("system", "")).casefold(), coding.get("code")
        if _PLACE in system.replace("_", "-") and isinstance(said, str) and len(said) == 2 and said.isdigit():
            return said
    return ""
