"""Billed against coded: what a claim bills beside what the chart supports, one finding for one cause, the worst first.

The order of the looks is that of a coder: lines that agree are settled; then what no chart could make right, what this chart
cannot prove, one code in the place of another, and at last units, modifiers, dates and what is missing.
"""

from __future__ import annotations

from coding import (
    check_answers,
    check_dates,
    check_drugs,
    check_family,
    check_never,
    check_proof,
    check_swaps,
    check_units,
)
from coding.billed import Billed, BilledClaim, Finding
from coding.check_case import Case
from coding.check_doubts import doubted, hangs
from coding.check_kinds import KINDS, SEVERITIES
from coding.check_lines import ADMINISTRATION, OTHER, Open, Settled, family_of, placed, settle
from coding.check_words import corrected_claim, found, held
from coding.limits import SHIPPED, Limits
from coding.model import Coded, Encounter
from coding.policy import Policy

__all__ = ["check", "corrected_claim", "held", "placed"]

NEVER_BESIDE = "99211"  # rule encounter.em-same-day
NOT_PAYABLE = "NOT_PAYABLE"
LIMIT = "above-unlikely-limit"


def check(
    claim: BilledClaim,
    coded: Coded,
    encounter: Encounter,
    policy: Policy,
    limits: Limits = SHIPPED,
    *,
    visits: tuple[Encounter, ...] = (),
    beside: tuple[str, ...] = (),
    payer_assumed: bool = False,
) -> tuple[Finding, ...]:
    """What differs between the claim and the coded visit. An exact match gives none but questions that the chart leaves open.

    Every billed line and every coded line is in at most one finding that changes it, so corrected_claim can apply them all.
    visits: those that the encounter was joined from (coding.joined), where it is not one. beside: ids of other visits of that day that
    the claim is not held against. payer_assumed: the payer is a default.
    """
    case = Case(placed(claim), coded, encounter, policy, limits, beside, payer_assumed, visits)
    findings = _compared(case)
    hanging = {id(one) for one in check_answers.hanging(case, findings, _compared)}
    findings = [hangs(case, one) if id(one) in hanging else one for one in findings]
    return tuple(sorted(findings, key=lambda one: SEVERITIES.index(one.severity)))


def _compared(case: Case) -> list[Finding]:
    claim, coded = case.claim, case.coded
    counted = tuple(line for line in claim.lines if line.units > 0)
    empty = Open(tuple(line for line in claim.lines if line.units <= 0))
    ours = settle(Open(tuple(line for line in counted if family_of(line.code) == ADMINISTRATION), coded.lines))
    drugs = settle(Open(tuple(line for line in counted if _is_drug(line.code)), coded.drug_lines))
    drug_codes = _whole_codes(drugs)
    findings = [found(case, "no-units", empty)] if empty.billed else []
    others = _other_families(case, tuple(line for line in counted if family_of(line.code) == OTHER))
    if elsewhere := check_dates.elsewhere(case, ours, drugs):
        return findings + elsewhere + others
    left, more = check_proof.whole_visit(case, ours.open.plus(drug_codes))
    findings += more
    open, more = _administrations(case, ours, ours.open.less(ours.open.less(left)))
    findings += more
    unbilled, more = check_drugs.drugs(case, drug_codes.less(drug_codes.less(left)))
    findings += [*more, *check_units.marks(case, ours.marked)]
    findings += check_dates.dates(case, ours.dated.plus(drugs.dated.less(drug_codes)))
    findings += check_units.missing(case, open, unbilled)
    findings += [*others, *_place(case), *_not_payable(case)]
    findings += check_drugs.of_payer(case, findings)
    findings = _above_limits(case, findings)
    findings += check_proof.unasked(case, findings)
    return [doubted(case, one) for one in findings]


def _is_drug(code: str) -> bool:
    return family_of(code) not in (ADMINISTRATION, OTHER)


def _whole_codes(drugs: Settled) -> Open:
    """A drug's dose and its discarded rest are judged together: all lines of every code with a difference."""
    open = drugs.open.plus(drugs.marked)
    return open.plus(drugs.right.of(*open.codes)).plus(drugs.dated.of(*open.codes))


def _administrations(case: Case, ours: Settled, open: Open) -> tuple[Open, list[Finding]]:
    findings: list[Finding] = []
    for look in (
        check_family.readings,
        check_never.look,
        check_proof.unproved,
        check_family.flips,
        check_swaps.wrong_initial,
        check_swaps.swapped,
    ):
        open, more = look(case, open)
        findings += more
    open, more = check_swaps.alone(case, open, ours.right)
    findings += more
    open, more = check_units.units(case, open)
    return open, findings + more


def _other_families(case: Case, lines: tuple[Billed, ...]) -> list[Finding]:
    """Lines of other families are told; 99211 never stands beside drug administration."""
    never = tuple(line for line in lines if line.code == NEVER_BESIDE and case.coded.lines)
    rest = Open(lines).less(Open(never))
    findings = [found(case, "visit-99211", Open(never))] if never else []
    return findings + ([found(case, "other-family", rest, stays=True)] if rest.billed else [])


def _place(case: Case) -> list[Finding]:
    """The claim's place of service against the chart's."""
    billed, charted = case.claim.place_of_service, case.encounter.place
    if not billed or not charted or billed == charted:
        return []
    return [found(case, "place-of-service", Open(), why=f"The claim says {billed}, and the chart {charted}.")]


def _not_payable(case: Case) -> list[Finding]:
    """What the payer's written policy does not pay although the chart supports it, of the codes on the claim."""
    told = [one for one in case.coded.problems if one.code == NOT_PAYABLE]
    told = [one for one in told if any(code in one.says for code in case.billed_codes)]
    if not told:
        return []
    why, rules = " ".join(one.says for one in told), [rule for one in told for rule in one.rules]
    return [found(case, "not-payable", Open(), rules=rules, why=why)]


def _above_limits(case: Case, findings: list[Finding]) -> list[Finding]:
    """More units than the loaded limit of a day: said in the finding that has the lines, else in one of its own."""
    by_day: dict[tuple[str, str], tuple[Billed, ...]] = {}
    for line in case.claim.lines:
        by_day[line.code, line.date] = (*by_day.get((line.code, line.date), ()), line)
    for (code, _), lines in by_day.items():
        most = case.limits.most(case.policy.setting, code)
        if most is None or sum(line.units for line in lines) <= most:
            continue
        limit = f"{most} units a day ({case.limits.source})"
        places = {line.place for line in lines}
        index = next((index for index, one in enumerate(findings) if places & set(one.billed)), -1)
        if index < 0:
            findings = [*findings, found(case, LIMIT, Open(lines), stays=True, why=limit)]
        else:
            one = findings[index]
            said = f"{one.says} It is also more than {limit}."
            rules = tuple(dict.fromkeys((*one.rules, *KINDS[LIMIT].rules)))
            findings[index] = one._replace(says=said, rules=rules)
    return findings
