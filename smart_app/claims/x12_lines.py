"""One service line of an 837: SV1 (professional) or SV2 (institutional) with its dates, drug code and quantity.

Segments and qualifiers: HIPAA implementation guides 005010X222A1 (837P) and 005010X223A2 (837I), loops 2400 and 2410.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from coding.billed import Billed
from coding.ndc import eleven
from smart_app.claims.fields import shown
from smart_app.claims.x12_segments import Elements, Part

FORM_P, FORM_I = "837P", "837I"
_SERVICE = {FORM_P: "SV1", FORM_I: "SV2"}
_CODE = re.compile(r"[A-Z0-9]{5}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_NUMBER = re.compile(r"\d{1,12}(\.\d{0,6})?|\.\d{1,6}")
_DRUG_UNITS = {"UN": "units", "ML": "mL", "GR": "g", "ME": "mg", "F2": "international units"}


class Header(NamedTuple):
    """What a claim says once for its lines. diagnoses: in the order to which lines point; an entry that is no ICD-10 code is "".

    date: of the whole claim, ISO, where it is one day, else "".
    """

    form: str
    diagnoses: tuple[str, ...] = ()
    date: str = ""


class Detail(NamedTuple):
    """What a service line says beside Billed. last: last day where it spans several, else "". quantity, unit: of the NDC, as billed.

    revenue: revenue code of an 837I. place_of_service: of this line alone (SV105), or "".
    """

    place: str
    revenue: str = ""
    last: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    place_of_service: str = ""


class ServiceLine(NamedTuple):
    """A line as far as it could be read. billed: None where it could not, then notes say why. charge: None where it is unknown.

    notes: what of it was not read.
    """

    billed: Billed | None
    detail: Detail
    charge: Decimal | None
    notes: tuple[str, ...] = ()


class _Unread(Exception):
    """Why the line cannot be read; it stays within this file."""


def read_line(parts: Sequence[Part], place: str, header: Header) -> ServiceLine:
    """The line that begins with an LX (or with its SV1 or SV2). A fault of the line is a note, never an exception."""
    detail = Detail(place)
    service = next((part for part in parts if part.name in ("SV1", "SV2")), None)
    if service is None:
        return ServiceLine(None, detail, None, (f"{parts[0].where}: no {_SERVICE[header.form]} follows.",))
    charge: Decimal | None = None
    notes: list[str] = []
    try:
        if service.name != _SERVICE[header.form]:
            raise _Unread(f"an {service.name} does not belong in an {header.form}")
        elements = service.read()
        detail = detail._replace(revenue=elements.at("01") if header.form == FORM_I else "")
        charge = _charge(elements.at("02" if header.form == FORM_P else "03"), service, notes)
        procedure, unit, counted = ("01", "03", "04") if header.form == FORM_P else ("02", "04", "05")
        code, modifiers = _procedure(elements, procedure)
        units = _units(elements.at(unit).upper(), elements.at(counted))
        first, last = _dates(parts, header.date)
        diagnoses = _diagnoses(elements, header, notes) if header.form == FORM_P else _listed(header)
    except _Unread as why:
        return ServiceLine(None, detail, charge, (f"{service.where}: {why}.",))
    ndc, quantity, drug_unit = _drug(parts, notes)
    if last:
        notes.append(f"{service.where}: it spans {first} to {last}; it is read as of the first day.")
    detail = detail._replace(last=last, quantity=quantity, unit=drug_unit)
    if header.form == FORM_P:
        detail = detail._replace(place_of_service=elements.at("05"))
    return ServiceLine(
        Billed(code, units, modifiers, first, diagnoses, charge, place, ndc), detail, charge, tuple(notes)
    )


def number(text: str) -> Decimal | None:
    """A number without a sign as X12 writes it, or None."""
    return Decimal(text) if _NUMBER.fullmatch(text) and text.isascii() else None


def day(text: str) -> str:
    """CCYYMMDD as ISO, or "" where it is no date."""
    if not (text.isascii() and text.isdigit() and len(text) == 8):
        return ""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return ""


def period(elements: Elements) -> tuple[str, str] | None:
    """First and last day of a DTP in form D8, DT or RD8, both ISO; None where it is neither."""
    form, said = elements.at("02").upper(), elements.at("03")
    if form == "RD8":
        begins, _, ends = said.partition("-")
    else:
        begins = ends = {"D8": said, "DT": said[:8]}.get(form, "")
    first, last = day(begins), day(ends)
    return (first, last) if first and last and first <= last else None


def _charge(text: str, service: Part, notes: list[str]) -> Decimal | None:
    """The charge, which decides no line; below zero the line is a reversed one."""
    if not text or (amount := number(text)) is None:
        if text.startswith("-") and number(text[1:]) is not None:
            raise _Unread(f"the charge {shown(text)} is below zero; a reversed line is no billed line")
        if text:
            notes.append(f"{service.where}: the charge {shown(text)} is no amount; the line is read without one.")
        return None
    return amount


def _procedure(elements: Elements, at: str) -> tuple[str, tuple[str, ...]]:
    qualifier, code = elements.at(f"{at}-1").upper(), elements.at(f"{at}-2").upper()
    if not qualifier and not code:
        raise _Unread("it has no procedure code, only a revenue code" if at == "02" else "it has no procedure code")
    if qualifier != "HC":
        raise _Unread(f"its procedure is no HCPCS or CPT code (the qualifier {shown(qualifier)} is not HC)")
    if not (_CODE.fullmatch(code) and code.isascii()):
        raise _Unread(f"its procedure code {shown(code)} is not five letters or digits")
    modifiers = tuple(one for at_ in range(3, 7) if (one := elements.at(f"{at}-{at_}").upper()))
    if odd := next((one for one in modifiers if not _MODIFIER.fullmatch(one)), ""):
        raise _Unread(f"its modifier {shown(odd)} is not two letters or digits")
    return code, modifiers


def _units(counted_in: str, text: str) -> int:
    if counted_in == "MJ":
        raise _Unread("it counts minutes of anesthesia (MJ), not units")
    if counted_in not in ("UN", ""):
        raise _Unread(f"it counts in {shown(counted_in)}, which is days or another measure, not units (UN)")
    units = number(text)
    if units is None:
        raise _Unread(f"its units, {shown(text)}, are no number" if text else "there is no number of units")
    if units != int(units) or units < 1:
        raise _Unread(f"its units, {shown(text)}, are not a whole number from 1 up")
    return int(units)


def _dates(parts: Sequence[Part], otherwise: str) -> tuple[str, str]:
    for part in parts:
        if part.name == "DTP" and (elements := part.read()).at("01") == "472":
            span = period(elements)
            if span is None:
                raise _Unread(f"its date of service (DTP*472), {shown(elements.at('03'))}, is no date")
            first, last = span
            return first, last if last != first else ""
    return otherwise, ""


def _diagnoses(elements: Elements, header: Header, notes: list[str]) -> tuple[str, ...]:
    """The diagnoses to which SV107 points."""
    found: dict[str, None] = {}
    for component in range(1, 5):
        pointer = elements.at(f"07-{component}")
        if not pointer:
            continue
        place = int(pointer) if pointer.isascii() and pointer.isdigit() and len(pointer) < 3 else 0
        if not 1 <= place <= len(header.diagnoses):
            notes.append(f"SV107: diagnosis pointer {component} points to no diagnosis of the claim.")
        elif header.diagnoses[place - 1]:
            found[header.diagnoses[place - 1]] = None
    return tuple(found)


def _listed(header: Header) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in header.diagnoses if one))


def _drug(parts: Sequence[Part], notes: list[str]) -> tuple[str, Decimal | None, str]:
    """NDC (11 digits), quantity and unit of the first drug of the line."""
    ndcs = [
        (part, elements.at("03")) for part in parts if part.name == "LIN" and (elements := part.read()).at("02") == "N4"
    ]
    if not ndcs:
        return "", None, ""
    if len(ndcs) > 1:
        notes.append(f"{ndcs[1][0].where}: a second NDC on the line is not read.")
    part, text = ndcs[0]
    readings = eleven(text.removeprefix("N4"))
    ndc = readings[0] if len(readings) == 1 else ""
    if not ndc:
        notes.append(f"{part.where}: the NDC {shown(text)} is not 11 digits.")
    for price in parts:
        if price.name == "CTP" and price.number > part.number:
            elements = price.read()
            unit = elements.at("05-1").upper()
            return ndc, number(elements.at("04")), _DRUG_UNITS.get(unit, "")
    return ndc, None, ""
