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
from coding.denial_read import read_denial
from coding.denial_scope import bearing, families, fitting, said, scope_of, told_apart, without_rules
from coding.denial_table import OPEN, OUTSIDE, TABLE, Denial
from coding.log import Log
from coding.model import NOT_MET, Coded, DrugLine, Encounter, Line
from coding.policy import Policy

__all__ = ["Denial", "Judgement", "Lacking", "fitting", "judge", "read_denial"]

SUPPORTS, DOES_NOT, CANNOT_TELL = "supports", "does not support", "cannot tell"
# What to do.
APPEAL = "appeal with the facts"
CORRECT = "send a corrected claim"
STANDS = "leave the denial as it is"
PROVE = "complete the chart first"
CONTRACT = "follow the payer's policy"
ELSEWHERE = "settle it outside the chart"
BESIDE = "look at the other visit of that day first"
NO_LINE = "Take the lines off the claim; there is nothing to appeal."
SAME_DAY = (
    "Hold the claim against all visits of that day together. The first service of a second visit is marked 59 or XE; "
    "what the visits together support is right, what lies beyond them is not."
)
DRUG_KINDS = ("waste", "drug")  # kinds of finding for which the drug lines of a claim are compared too


class Judgement(NamedTuple):
    """The answer to one denial. why: the verdict in a sentence. steps: what to do in words.

    lines: those of the chart that the denial is about. corrected: the whole claim as the chart supports it, empty while that is open.
    unsupported: billed or named units beyond the chart. notes: said beside the answer. claim: whether one was at hand.
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


def judge(
    denial: Denial,
    coded: Coded,
    encounter: Encounter,
    policy: Policy,
    billed: BilledClaim | None = None,
    findings: tuple[Finding, ...] = (),
    beside: tuple[str, ...] = (),
) -> Judgement:
    """The answer for one chart. coded: that of the engine for the encounter. findings: of a claim check, if one was made.

    beside: ids of other visits of the same days, which could have given what this one did not.
    """
    claim = said(denial, coded) if billed is None else billed
    scope = scope_of(denial, claim, coded)
    every: tuple[Line | DrugLine, ...] = (*coded.lines, *coded.drug_lines)
    lines = tuple(line for line in every if not scope or covers(scope, line.code))
    over = unsupported(claim, coded) if claim else ()
    found = Judgement(
        denial,
        CANNOT_TELL,
        "",
        PROVE,
        "",
        lines,
        given_of(encounter, coded, policy),
        unsupported=over,
        missing=lacking(denial, coded, encounter, scope, lines, _doubted(denial, claim, over, coded)),
        notes=tuple(one.says for one in coded.problems if one.code in OPEN.told),
        findings=bearing(findings, denial, billed, scope, lines),
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
    return _decided(found, coded, encounter, policy, claim, scope, beside)


def _decided(
    found: Judgement,
    coded: Coded,
    encounter: Encounter,
    policy: Policy,
    claim: BilledClaim | None,
    scope: tuple[str, ...],
    beside: tuple[str, ...],
) -> Judgement:
    denial, right = found.denial, corrected(coded)
    over = tuple(one for one in found.unsupported if covers(scope, one.code))
    supports = not over if claim else _count(found.lines, scope) >= denial.least if scope else bool(found.lines)
    if not supports and beside:
        why = f"This visit supports {_listed(right)}; the chart has another visit on that date ({', '.join(beside)})."
        return found._replace(why=why, do=BESIDE, steps=SAME_DAY)
    found = found._replace(corrected=right)
    if not supports:
        return _refuted(found, coded, over, scope)
    if denial.once:
        apart = told_apart(found.lines)
        if not apart or any(covers(denial.named, line.code) and line not in apart for line in found.lines):
            why = f"The chart supports {_listed(summed(found.lines))}; nothing in it tells two services of one code apart."
            return found._replace(
                why=why, do=BESIDE if beside else ELSEWHERE, steps=SAME_DAY if beside else denial.once
            )
        found = found._replace(lines=apart)
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
    same = claim is None or _of_claim(summed(claim.lines), drugs, scope) == _of_claim(right, drugs, scope)
    do = APPEAL if same and not denial.corrects else CORRECT
    steps = denial.resend if do == CORRECT and denial.resend else denial.supported
    return found._replace(verdict=SUPPORTS, why=why, do=do, steps=steps)


def _refuted(found: Judgement, coded: Coded, over: tuple[Over, ...], scope: tuple[str, ...]) -> Judgement:
    """The answer where the chart does not support what is asked about."""
    denial, right = found.denial, found.corrected
    what = ", ".join(f"{one.code} x{one.billed}" for one in over) or _wanted(denial, found.lines, scope)
    why = f"The chart does not support {what}; it supports {_listed(right)}."
    asked = tuple(one.code for one in over) or tuple(code for code in denial.named if covers(scope, code))
    why = " ".join((why, *_because(asked, coded)))
    if not right:
        return found._replace(verdict=DOES_NOT, why=why, do=STANDS, steps=NO_LINE)
    steps = denial.unsupported
    if denial.same_family and asked and families(asked) <= families(line.code for line in coded.lines):
        steps = denial.same_family
    return found._replace(verdict=DOES_NOT, why=why, do=CORRECT, steps=steps)


def _because(asked: tuple[str, ...], coded: Coded) -> tuple[str, ...]:
    """Why the codes were not reached, and which code says the same thing here."""
    reasons = (one.why for one in coded.considered if one.code in asked and one.verdict == NOT_MET)
    others = {code for one in asked for code in TABLE.instead.get(one, ())}
    instead = (
        f"In its place stands {line.code}: {without_rules(line.why)}" for line in coded.lines if line.code in others
    )
    return tuple(dict.fromkeys(one[:1].upper() + one[1:] for one in (*reasons, *instead)))


def _doubted(denial: Denial, claim: BilledClaim | None, over: tuple[Over, ...], coded: Coded) -> frozenset[str]:
    """Codes asked about that the chart does not support as it stands: what else a question could put there."""
    if claim is not None:
        return frozenset(one.code for one in over)
    supported = {line.code for line in coded.lines}
    return frozenset(code for code in denial.named or denial.denied if code not in supported)


def _count(lines: Iterable[AnyLine], codes: Iterable[str]) -> int:
    codes = tuple(codes)
    return sum(line.units for line in lines if covers(codes, line.code))


def _wanted(denial: Denial, lines: Iterable[AnyLine], scope: tuple[str, ...]) -> str:
    if denial.least > 1:
        return f"{denial.least} units among {', '.join(dict.fromkeys(line.code for line in lines) or scope)}"
    return " or ".join(scope) or "any such line"


def _listed(lines: tuple[Corrected, ...]) -> str:
    return ", ".join(line_words(line) for line in lines) or "no line"


def _of_claim(lines: tuple[Corrected, ...], drugs: bool, scope: tuple[str, ...]) -> frozenset[Corrected]:
    """The lines that can be compared: administration codes and codes asked about, since a claim may carry the drugs elsewhere; with
    drugs, all of them."""
    asked = (line for line in lines if in_family(line.code) and (line.code[:1].isdigit() or covers(scope, line.code)))
    return frozenset(lines if drugs else asked)


def _not_paid(lines: tuple[Line | DrugLine, ...], encounter: Encounter, policy: Policy) -> str:
    """What the payer's written policy says where it pays none of the lines apart, or ""."""
    said = [
        [one.says for one in policy.differences(line.code, line.date, encounter.kind) if one.effect == "not payable"]
        for line in lines
    ]
    return said[0][0] if said and all(said) else ""
