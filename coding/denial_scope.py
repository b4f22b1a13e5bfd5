"""What a denial is about in one claim and chart: which of its readings fit, which codes, which findings, and the units that were named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from coding.billed import Billed, BilledClaim, Finding
from coding.codes import CODES
from coding.denial_facts import JW, AnyLine, covers, in_family
from coding.denial_table import Denial
from coding.model import Coded, DrugLine, Line

_CITATION = re.compile(r"\s*\[rule [^\]]*\]")


def fitting(
    denials: tuple[Denial, ...], billed: BilledClaim | None, charted: Sequence[Line | DrugLine] = ()
) -> tuple[Denial, ...]:
    """Of several patterns of one number, those that the codes at hand can mean: those named, else billed, else of the chart.

    Those whose usual codes are at hand come before those that could be about them; where none is about any of them, the general ones.
    """
    if len(denials) < 2:
        return denials
    lines = billed.lines if billed else tuple(Billed(code, units) for code, units in denials[0].units) or charted
    named = denials[0].named or tuple(dict.fromkeys(line.code for line in lines))
    if not named:
        return denials
    usual = tuple(one for one in denials if _is_about(one, one.denied or one.codes, named, lines))
    possible = tuple(one for one in denials if one.least == 1 and any(covers(one.codes, code) for code in named))
    general = tuple(one for one in denials if one.least == 1 and not one.denied)
    return usual or possible or general or denials


def _is_about(denial: Denial, codes: tuple[str, ...], named: tuple[str, ...], lines: Iterable[AnyLine]) -> bool:
    if denial.least == 1:
        return not codes or any(covers(codes, code) for code in named)
    here = sum(line.units for line in lines if covers(codes, line.code))
    return here >= denial.least and any(covers(codes, code) for code in named)


def said(denial: Denial, coded: Coded) -> BilledClaim | None:
    """The lines of the chart as they would stand with the units that a denial names, None where it names no more than the chart has."""
    more = {code: units for code, units in denial.units if in_family(code) and units > _supported(code, coded)}
    if not more:
        return None
    lines = [Billed(line.code, line.units, line.modifiers) for line in _every(coded) if line.code not in more]
    lines += [Billed(code, units) for code, units in more.items()]
    return BilledClaim(tuple(lines), "a denial")


def _supported(code: str, coded: Coded) -> int:
    return sum(line.units for line in _every(coded) if line.code == code and JW not in line.modifiers)


def _every(coded: Coded) -> tuple[Line | DrugLine, ...]:
    return (*coded.lines, *coded.drug_lines)


def scope_of(denial: Denial, claim: BilledClaim | None, coded: Coded) -> tuple[str, ...]:
    """Codes that the question is about: those named, else those usually denied, else all of the pattern; of a claim, those on it.

    A named code that the claim lacks is still asked about where the chart supports it.
    """
    named = tuple(code for code in denial.named if denial.least == 1 and in_family(code))
    usual = tuple(code for code in named if covers(denial.denied, code))
    wanted = usual or denial.denied or named
    if claim is None:
        return wanted
    on_claim = tuple(dict.fromkeys(line.code for line in claim.lines if in_family(line.code)))
    charted = {line.code for line in _every(coded)}
    asked = usual or (() if denial.denied else named)
    if asked and not any(covers(asked, code) for code in on_claim) and charted & set(asked):
        return tuple(code for code in asked if code in charted)
    for codes in (wanted, named, denial.codes):
        if here := tuple(code for code in on_claim if covers(codes, code)):
            return here
    return on_claim


def bearing(
    findings: tuple[Finding, ...],
    denial: Denial,
    billed: BilledClaim | None,
    scope: tuple[str, ...],
    lines: Iterable[Line | DrugLine],
) -> tuple[Finding, ...]:
    """The findings of a claim check to show: of kinds that bear on the pattern; where a code was named, only those about it."""
    places = {line.place: line.code for line in billed.lines} if billed else {}
    rows = {id for line in lines for id in line.administrations}

    def codes(one: Finding) -> set[str]:
        return {places.get(place, "") for place in one.billed} | {line.code for line in one.corrected}

    if not denial.named:
        return tuple(one for one in findings if one.kind in denial.findings)
    return tuple(
        one
        for one in findings
        if any(code in denial.named for code in codes(one))
        or (
            one.kind in denial.findings
            and (rows & set(one.administrations) or any(covers(scope, code) for code in codes(one)))
        )
    )


def told_apart(lines: Sequence[Line | DrugLine]) -> tuple[Line | DrugLine, ...]:
    """Lines of a code that stands more than once, each time for other administrations."""
    found = []
    for line in lines:
        others = [one for one in lines if one is not line and one.code == line.code]
        if any(not set(one.administrations) & set(line.administrations) for one in others):
            found.append(line)
    return tuple(found)


def families(codes: Iterable[str]) -> frozenset[str]:
    """The code families of administration codes."""
    return frozenset(CODES[code].family for code in codes if code in CODES)


def without_rules(why: str) -> str:
    """A sentence of the engine without the citation of its rule."""
    return _CITATION.sub("", why)
