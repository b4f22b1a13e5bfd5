"""What a denial means for one chart: whether the chart supports the claim, the corrected lines, and what to do.

The chart answers, never the number of the denial: an answer rests on the lines that the engine gives, and a chart that holds or leaves
open what the denial is about is no answer but a list of what would prove it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from coding import gate
from coding.billed import BilledClaim, Corrected, Finding
from coding.denial_facts import (
    AnyLine,
    Given,
    Over,
    corrected,
    covers,
    given_of,
    in_family,
    line_words,
    summed,
    unsupported,
)
from coding.denial_gaps import Lacking, lacking
from coding.denial_table import OPEN, OUTSIDE, Denial, read_denial
from coding.log import Log
from coding.model import Coded, DrugLine, Encounter, Line
from coding.policy import Policy

__all__ = ["Denial", "Judgement", "Lacking", "fitting", "judge", "read_denial"]

SUPPORTS, DOES_NOT, CANNOT_TELL = "supports", "does not support", "cannot tell"
# What to do.
APPEAL = "appeal with the facts"
CORRECT = "send a corrected claim"
STANDS = "nothing: the denial is right"
PROVE = "complete the chart first"
CONTRACT = "follow the payer's policy"
ELSEWHERE = "settle it outside the chart"
NO_LINE = "Take the lines off the claim; there is nothing to appeal."
DRUG_KINDS = ("waste", "drug")  # kinds of finding for which the drug lines of a claim are compared too


class Judgement(NamedTuple):
    """The answer to one denial. why: the verdict in a sentence. steps: what to do in words.

    lines: those of the chart that the denial is about. corrected: the whole claim as the chart supports it, empty while that is open.
    unsupported: billed units beyond the chart, of the whole claim. notes: said beside the answer. claim: whether one was at hand.
    """

    denial: Denial
    verdict: str
    why: str
    do: str
    steps: str
    lines: tuple[Line | DrugLine, ...] = ()
    facts: tuple[Given, ...] = ()
    corrected: tuple[Corrected, ...] = ()
    unsupported: tuple[Over, ...] = ()
    missing: tuple[Lacking, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    cards: tuple[str, ...] = ()
    claim: bool = False


def fitting(denials: tuple[Denial, ...], billed: BilledClaim | None) -> tuple[Denial, ...]:
    """Of several patterns of one number, those that the billed lines can mean; all where none can."""
    if billed is None:
        return denials
    about = ((one, one.denied or one.codes) for one in denials)
    fit = tuple(one for one, codes in about if not codes or _count(billed.lines, codes) >= one.least)
    return fit or denials


def judge(
    denial: Denial,
    coded: Coded,
    encounter: Encounter,
    policy: Policy,
    billed: BilledClaim | None = None,
    findings: tuple[Finding, ...] = (),
) -> Judgement:
    """The answer for one chart. coded: that of the engine for the encounter. findings: of a claim check, if one was made."""
    scope = _scope(denial, billed)
    every: tuple[Line | DrugLine, ...] = (*coded.lines, *coded.drug_lines)
    lines = tuple(line for line in every if not scope or covers(scope, line.code))
    found = Judgement(
        denial,
        CANNOT_TELL,
        "",
        PROVE,
        "",
        lines,
        given_of(encounter, coded, policy),
        unsupported=unsupported(billed, coded) if billed else (),
        missing=lacking(denial, coded, encounter, scope, lines),
        notes=tuple(one.says for one in coded.problems if one.code in OPEN.told),
        findings=tuple(one for one in findings if one.kind in denial.findings),
        cards=denial.cards,
        claim=billed is not None,
    )
    if denial.about == OUTSIDE:
        why = "The chart cannot answer this denial."
        return found._replace(why=why, do=ELSEWHERE, steps=denial.unsupported, corrected=corrected(coded), missing=())
    barred = gate.closed(encounter, policy, Log())
    if barred:
        return found._replace(verdict=DOES_NOT, why=barred[1], do=STANDS, steps=NO_LINE, missing=(), cards=(barred[0],))
    if not encounter.administrations:
        return found._replace(why="The chart at hand shows no administration, so it proves nothing either way.")
    deciding = tuple(one for one in found.missing if one.decides)
    if deciding:
        why = "The chart leaves this open: " + " ".join(dict.fromkeys(one.says for one in deciding))
        return found._replace(why=why, steps=" ".join(dict.fromkeys(one.do for one in deciding)))
    return _decided(found, coded, encounter, policy, billed, scope)


def _decided(
    found: Judgement,
    coded: Coded,
    encounter: Encounter,
    policy: Policy,
    billed: BilledClaim | None,
    scope: tuple[str, ...],
) -> Judgement:
    denial, right = found.denial, corrected(coded)
    over = tuple(one for one in found.unsupported if covers(scope, one.code))
    supports = not over if billed else _count(found.lines, scope) >= denial.least if scope else bool(found.lines)
    found = found._replace(corrected=right)
    if not supports:
        what = ", ".join(f"{one.code} x{one.billed}" for one in over) or _wanted(denial, scope)
        why = f"The chart does not support {what}; it supports {_listed(right)}."
        if not right:
            return found._replace(verdict=DOES_NOT, why=why, do=STANDS, steps=NO_LINE)
        return found._replace(verdict=DOES_NOT, why=why, do=CORRECT, steps=denial.unsupported)
    why = f"The chart supports {_listed(summed(found.lines))}."
    if found.unsupported:
        more = ", ".join(f"{one.code} x{one.billed}" for one in found.unsupported)
        why += f" It does not support {more} on the same claim."
    contract = _not_paid(found.lines, encounter, policy)
    if contract:
        return found._replace(
            verdict=SUPPORTS, why=f"{why} {contract}", do=CONTRACT, steps="Follow your contract with the payer."
        )
    drugs = any(kind.startswith(DRUG_KINDS) for kind in denial.findings)
    same = billed is None or _of_claim(summed(billed.lines), drugs) == _of_claim(right, drugs)
    return found._replace(verdict=SUPPORTS, why=why, do=APPEAL if same else CORRECT, steps=denial.supported)


def _scope(denial: Denial, billed: BilledClaim | None) -> tuple[str, ...]:
    """Codes that the question is about: those named, else those usually denied, else all of the pattern; of a claim, those on it."""
    named = tuple(code for code in denial.named if denial.least == 1 and in_family(code))
    usual = tuple(code for code in named if covers(denial.denied, code))
    wanted = usual or denial.denied or named
    if billed is None:
        return wanted
    on_claim = tuple(dict.fromkeys(line.code for line in billed.lines if in_family(line.code)))
    for codes in (wanted, denial.codes):
        if here := tuple(code for code in on_claim if covers(codes, code)):
            return here
    return on_claim


def _count(lines: Iterable[AnyLine], codes: Iterable[str]) -> int:
    codes = tuple(codes)
    return sum(line.units for line in lines if covers(codes, line.code))


def _wanted(denial: Denial, scope: tuple[str, ...]) -> str:
    if denial.least > 1:
        return f"{denial.least} units among {', '.join(scope)}"
    return " or ".join(scope) or "any such line"


def _listed(lines: tuple[Corrected, ...]) -> str:
    return ", ".join(line_words(line) for line in lines) or "no line"


def _of_claim(lines: tuple[Corrected, ...], drugs: bool) -> frozenset[Corrected]:
    """The lines that can be compared: administration codes, since a claim may carry the drugs elsewhere; with drugs, all of them."""
    return frozenset(line for line in lines if drugs or (in_family(line.code) and line.code[:1].isdigit()))


def _not_paid(lines: tuple[Line | DrugLine, ...], encounter: Encounter, policy: Policy) -> str:
    """What the payer's written policy says where it pays none of the lines apart, or ""."""
    said = [
        [one.says for one in policy.differences(line.code, line.date, encounter.kind) if one.effect == "not payable"]
        for line in lines
    ]
    return said[0][0] if said and all(said) else ""
