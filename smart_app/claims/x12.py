"""Claims in X12: 837P (005010X222A1) and 837I (005010X223A2), as a clearinghouse receives them. Patients are never read.

What could not be read of a claim stands in its unread, and where lines may be missing; what was left out of a line, in its notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from coding.billed import BilledClaim
from coding.model import FACILITY, PROFESSIONAL
from smart_app.claims.faults import ClaimFault, ids_of
from smart_app.claims.x12_lines import FORM_I, FORM_P, Detail, Header, ServiceLine, number, period, read_line
from smart_app.claims.x12_segments import AGAIN, Part, segments

_FORMS = {"005010X222": FORM_P, "005010X223": FORM_I}
_SETTINGS = {FORM_P: PROFESSIONAL, FORM_I: FACILITY}
_TRANSACTIONS = {
    "835": "a remittance advice (835)",
    "270": "a question of eligibility (270)",
    "271": "an answer on eligibility (271)",
    "276": "a question on the status of a claim (276)",
    "277": "an answer on the status of a claim (277)",
    "278": "a prior authorization (278)",
    "820": "a premium payment (820)",
    "834": "an enrollment (834)",
    "997": "an acknowledgment (997)",
    "999": "an acknowledgment (999)",
}
# Claim filing indicators (SBR09) that say of which kind the payer is, where its name (NM1*PR) is not known.
_FILINGS = {
    "MA": "Medicare",
    "MB": "Medicare",
    "16": "Medicare Advantage",
    "MC": "Medicaid",
    "CH": "TRICARE",
    "VA": "Veterans Affairs",
}
_DIAGNOSES = {"ABK", "ABF", "BK", "BF"}
_ICD10 = re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?")
_ENDS = {"HL", "SE", "GE", "IEA", "ST", "GS", "ISA"}


class X12Claim(NamedTuple):
    """A claim of a file. id: CLM01, the account number. frequency: CLM05-3 (1 original, 7 replacement, 8 void). bill_type: of an 837I.

    details: what each of claim.lines says beside Billed, in their order.
    """

    id: str
    claim: BilledClaim
    frequency: str = ""
    bill_type: str = ""
    details: tuple[Detail, ...] = ()


class _Cut(NamedTuple):
    """The segments of one claim, CLM first. ending: what is wrong with the trailer of its transaction, or ""."""

    form: str
    payer: str
    filing: str
    parts: tuple[Part, ...]
    ending: str = ""

    @property
    def id(self) -> str:
        """CLM01, the account number."""
        return self.parts[0].read().at("01")


def read_x12(data: bytes, claim: str = "") -> BilledClaim:
    """The only claim of a file, or the one with this id (CLM01). Raises ClaimFault, also where the file holds several."""
    cuts = _found(data)
    ids = [cut.id for cut in cuts]
    if claim:
        cuts = [cut for cut in cuts if cut.id == claim.strip()]
        if not cuts:
            raise ClaimFault(f"No claim (CLM01) of the file has this id.{ids_of(ids)}")
        if len(cuts) > 1:
            raise ClaimFault(f"{len(cuts)} claims of the file have this id. Split the file, so that each stands alone.")
    if len(cuts) > 1:
        raise ClaimFault(f"The file holds {len(cuts)} claims. Give the id (CLM01) of one.{ids_of(ids)}")
    return _claim(cuts[0]).claim


def read_x12_all(data: bytes) -> tuple[X12Claim, ...]:
    """Every claim of a file, in its order. Raises ClaimFault where the file is no 837P or 837I, or a claim has no service line."""
    return tuple(_claim(cut) for cut in _found(data))


def _found(data: bytes) -> list[_Cut]:
    cuts = list(_cuts(segments(data)))
    if not cuts:
        raise ClaimFault(f"The file holds no claim (no CLM segment). {AGAIN}")
    return cuts


def _cuts(parts: Sequence[Part]) -> Iterator[_Cut]:
    """The claims of each transaction, once its trailer has been held against it."""
    form = payer = filing = version = ""
    begins = 0
    cuts: list[_Cut] = []
    claim: list[Part] = []
    for part in parts:
        if claim and (part.name in _ENDS or part.name == "CLM"):
            cuts.append(_Cut(form, payer, filing, tuple(claim)))
            claim = []
        if claim:
            claim.append(part)
        elif part.name == "GS":
            version = part.read().at("08")
        elif part.name == "ST":
            yield from _ended(cuts, "The trailer (SE) of the claim's transaction is missing; lines may be missing.")
            form, payer, filing, begins = _form(part, version), "", "", part.number
        elif part.name == "SE":
            right = part.read().at("01").lstrip("0") == str(part.number - begins + 1)
            yield from _ended(
                cuts, "" if right else f"{part.where} counts other segments than there are; lines may be missing."
            )
            form = ""
        elif part.name == "HL" and part.read().at("03") == "22":
            payer = filing = ""
        elif part.name == "SBR":
            filing = _FILINGS.get(part.read().at("09").upper(), "")
        elif part.name == "NM1" and (elements := part.read()).at("01").upper() == "PR":
            payer = elements.at("03") or payer
        elif part.name == "CLM":
            if not form:
                raise ClaimFault(f"A claim, {part.where}, stands outside a transaction (no ST before it). {AGAIN}")
            claim = [part]
    if claim:
        cuts.append(_Cut(form, payer, filing, tuple(claim)))
    yield from _ended(cuts, "The file ends without the trailer (SE) of the claim's transaction; lines may be missing.")


def _ended(cuts: list[_Cut], ending: str) -> list[_Cut]:
    """The claims gathered so far with what is said of their trailer; the list is emptied."""
    done = [cut._replace(ending=ending) for cut in cuts]
    cuts.clear()
    return done


def _form(part: Part, version: str) -> str:
    elements = part.read()
    kind, version = elements.at("01"), (elements.at("03") or version).upper()
    if kind != "837":
        known = _TRANSACTIONS.get(kind, "another kind of transaction")
        raise ClaimFault(
            f"{part.where[0].upper()}{part.where[1:]}: the file is {known}, not a claim (837). Load the claim itself."
        )
    form = _FORMS.get(version[:10])
    if form is None:
        known = "a dental claim" if version.startswith("005010X224") else "of a version that is not read"
        raise ClaimFault(
            f"{part.where[0].upper()}{part.where[1:]}: the claim is {known}. "
            "Read are 005010X222A1 (professional) and 005010X223A2 (institutional)."
        )
    return form


def _claim(cut: _Cut) -> X12Claim:
    clm = cut.parts[0].read()
    starts = [at for at, part in enumerate(cut.parts) if part.name == "LX"]
    head = cut.parts[1 : starts[0]] if starts else cut.parts[1:]
    if not starts:
        raise ClaimFault(
            f"The claim at {cut.parts[0].where} has no service line (no LX): it is truncated or damaged. {AGAIN}"
        )
    header = _header(cut.form, head)
    ends = [*starts[1:], len(cut.parts)]
    read = [
        read_line(cut.parts[begin:end], f"line {place}", header)
        for place, (begin, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
    place, frequency = clm.at("05-1"), clm.at("05-3")
    professional = cut.form == FORM_P
    unread = [(line.detail.place, note) for line in read if not line.billed for note in line.notes]
    notes = [(line.detail.place, note) for line in read if line.billed for note in line.notes]
    if professional:
        place, said = _place_of_service(place, read)
        notes += said
    unread += [("claim", said) for said in (_total(clm.at("02"), read), cut.ending) if said]
    if frequency == "8":
        notes.append(("claim", "It voids an earlier claim (frequency code 8); it bills nothing."))
    billed = BilledClaim(
        tuple(line.billed for line in read if line.billed),
        cut.form,
        _SETTINGS[cut.form],
        cut.payer,
        place if professional else "",
        tuple(unread),
        tuple(notes),
        cut.filing,
    )
    details = tuple(line.detail for line in read if line.billed)
    return X12Claim(cut.id, billed, frequency, "" if professional else f"{place}{frequency}", details)


def _header(form: str, parts: Sequence[Part]) -> Header:
    diagnoses: list[str] = []
    day = ""
    for part in parts:
        if part.name == "HI":
            elements = part.read()
            for at in range(1, 13):
                qualifier, code = elements.at(f"{at:02}-1").upper(), elements.at(f"{at:02}-2").upper()
                if qualifier in _DIAGNOSES:
                    diagnoses.append(_dotted(code) if qualifier.startswith("A") else "")
        elif part.name == "DTP" and (elements := part.read()).at("01") == "434":
            span = period(elements)
            day = span[0] if span and span[0] == span[1] else ""
    return Header(form, tuple(diagnoses), day)


def _dotted(code: str) -> str:
    """An ICD-10-CM code with its dot, or "" where it is none."""
    if not (code.isascii() and _ICD10.fullmatch(code)):
        return ""
    plain = code.replace(".", "")
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain


def _place_of_service(claimed: str, read: Sequence[ServiceLine]) -> tuple[str, list[tuple[str, str]]]:
    """The place of the claim, or that of its lines where they all name another; a line that differs from the rest is told."""
    own = {line.detail.place_of_service or claimed for line in read if line.billed}
    place = own.pop() if len(own) == 1 else claimed
    said = [
        (line.detail.place, "it names another place of service (SV105) than the claim.")
        for line in read
        if line.billed and (line.detail.place_of_service or claimed) != place
    ]
    if not re.fullmatch("[0-9]{2}", place):
        return "", [*said, ("claim", "its place of service (CLM05) is not two digits.")]
    return place, said


def _total(text: str, read: Sequence[ServiceLine]) -> str:
    """What is said where the charges of the lines are not the charge of the claim; "" where one of them is not known."""
    charges = [line.charge for line in read]
    total = number(text)
    if total is None or None in charges:
        return ""
    summed = sum((charge for charge in charges if charge is not None), Decimal(0))
    if summed == total:
        return ""
    return f"The claim charges {total:,.2f} in all and its lines {summed:,.2f}; lines may be missing."
