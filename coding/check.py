"""Billed against coded: what a claim bills beside what the chart supports, one finding for one cause, the worst first.

The order of the looks is that of a coder: lines that agree are settled; then what no chart could make right, what this chart
cannot prove, one code in the place of another, and at last units, modifiers, dates and what is missing.
"""

from __future__ import annotations

from coding import check_drugs, check_family, check_never, check_proof, check_swaps, check_units
from coding.billed import ASK, WRONG, Billed, BilledClaim, Finding
from coding.check_case import Case
from coding.check_kinds import KINDS, SEVERITIES, SOFTENS
from coding.check_lines import ADMINISTRATION, OTHER, Open, Settled, family_of, placed, settle
from coding.check_words import corrected_claim, found, held
from coding.limits import SHIPPED, Limits
from coding.model import Coded, Encounter
from coding.policy import Policy

__all__ = ["check", "corrected_claim", "held", "placed"]

NEVER_BESIDE = "99211"  # rule encounter.em-same-day
LIMIT = "above-unlikely-limit"


def check(
    claim: BilledClaim, coded: Coded, encounter: Encounter, policy: Policy, limits: Limits = SHIPPED
) -> tuple[Finding, ...]:
    """What differs between the claim and the coded visit. An exact match gives no finding.

    Every billed line and every coded line is in at most one finding that changes it, so corrected_claim can apply them all.
    """
    claim = placed(claim)
    case = Case(claim, coded, encounter, policy, limits)
    counted = tuple(line for line in claim.lines if line.units > 0)
    empty = Open(tuple(line for line in claim.lines if line.units <= 0))
    ours = settle(Open(tuple(line for line in counted if family_of(line.code) == ADMINISTRATION), coded.lines))
    drugs = settle(Open(tuple(line for line in counted if _is_drug(line.code)), coded.drug_lines))
    drug_codes = _whole_codes(drugs)
    findings = [found(case, "no-units", empty)] if empty.billed else []
    left, more = check_proof.whole_visit(case, ours.open.plus(drug_codes))
    findings += more
    open, more = _administrations(case, ours, ours.open.less(ours.open.less(left)))
    findings += more
    unbilled, more = check_drugs.drugs(case, drug_codes.less(drug_codes.less(left)))
    findings += [*more, *check_units.marks(case, ours.marked)]
    findings += check_units.dates(case, ours.dated.plus(drugs.dated.less(drug_codes)))
    findings += check_units.missing(case, open, unbilled)
    findings += _other_families(case, tuple(line for line in counted if family_of(line.code) == OTHER))
    findings += check_drugs.of_payer(case, findings)
    findings = [_softened(case, one) for one in _above_limits(case, findings)]
    return tuple(sorted(findings, key=lambda one: SEVERITIES.index(one.severity)))


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


def _softened(case: Case, finding: Finding) -> Finding:
    """A question, where the finding rests on a row of which the chart itself asks something that may change its lines."""
    codes = {code for row in SOFTENS if finding.kind in row.kinds for code in row.problems}
    asked = [one for one in case.coded.problems if one.code in codes and one.resource in finding.administrations]
    if not asked or finding.severity != WRONG:
        return finding
    says = dict.fromkeys((finding.says, *(f"{one.says} {one.would_change}".strip() for one in asked)))
    rules = dict.fromkeys((*finding.rules, *(rule for one in asked for rule in one.rules)))
    return finding._replace(severity=ASK, says=" ".join(says), rules=tuple(rules))


def _other_families(case: Case, lines: tuple[Billed, ...]) -> list[Finding]:
    """Lines of other families are told; 99211 never stands beside drug administration."""
    never = tuple(line for line in lines if line.code == NEVER_BESIDE and case.coded.lines)
    rest = Open(lines).less(Open(never))
    findings = [found(case, "visit-99211", Open(never))] if never else []
    return findings + ([found(case, "other-family", rest, stays=True)] if rest.billed else [])


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
