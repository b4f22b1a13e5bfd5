"""Chemo and non-chemo family mistaken, and claims that follow another published reading of the same chart (rules chemo.profile, ...)."""

from __future__ import annotations

from typing import NamedTuple

from coding.billed import ASK, WRONG, Finding
from coding.check_case import Case
from coding.check_kinds import FLIPS
from coding.check_lines import Open
from coding.check_words import found
from coding.classify import PROFILE_COLUMN, PROFILE_NAME
from coding.codes import CODES
from coding.explain import totals
from coding.model import MET
from coding.policy import Switches
from coding.readings import READINGS

COMPLEXITY, PROFILE = "COMPLEXITY_OPTION", "PROFILE_READING"
RULES = ("chemo.profile", "chemo.scope", "chemo.complexity", "chemo.hormonal", "chemo.cms-named")


class Other(NamedTuple):
    """Another policy, and its lines for this chart."""

    switch: str
    value: str
    says: str
    rule: str
    problem: str
    codes: dict[str, int]


def readings(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """Where the administration lines of the claim are exactly those of another reading that the answer itself tells of."""
    if not open.codes:
        return open, []
    for other in _others(case):
        if other.codes == _claimed(case):
            if other.problem in (PROFILE, COMPLEXITY):
                return Open(), [_tell_flip(case, open, other)]
            why = f"{other.says}: the switch {other.switch} = {other.value}."
            return Open(), [found(case, "other-reading", open, rules=(other.rule,), why=why)]
    return open, []


def flips(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """Codes of one family billed where the chart supports their counterparts in the other; one finding for the whole ladder."""
    taken = Open()
    for here, others in FLIPS.items():
        for there in others:
            if open.excess(here) * open.excess(there) < 0:
                taken = taken.plus(open.of(here, there))
    if not taken.billed:
        return open, []
    families = {CODES[line.code].family for line in taken.billed if line.code in CODES}
    coded = {CODES[line.code].family for line in taken.wanted}
    hours = [code for code in open.codes if code in CODES and CODES[code].role == "hour"]
    taken = taken.plus(open.of(*(code for code in hours if CODES[code].family in families and open.excess(code) > 0)))
    taken = taken.plus(open.of(*(code for code in hours if CODES[code].family in coded and open.excess(code) < 0)))
    return open.less(taken), [_tell_flip(case, taken, _support(case))]


def _tell_flip(case: Case, taken: Open, other: Other | None) -> Finding:
    ids = {id for line in taken.wanted for id in line.administrations}
    steps = [step for step in case.coded.steps if step.rule in RULES and set(step.administrations) & ids]
    drugs = {line.substance: line for line in taken.wanted}
    said = "; ".join(_drug_words(name, case, ids) for name in drugs)
    classed = dict.fromkeys(_upper(step.says) for step in steps if step.verdict == MET)
    why = " ".join((f"{said}.", *classed))
    severity = WRONG
    if other and other.problem == PROFILE and case.payer_assumed:
        severity, why = ASK, f"{why} Nobody named the payer."
    if other and other.problem == COMPLEXITY:
        severity, why = (
            ASK,
            f"{why} Charted complexity would put it on the family that was billed; nothing charted shows it.",
        )
    elif other:
        why = f"{why} {_upper(PROFILE_NAME[PROFILE_COLUMN[other.value]])} would put it on the family that was billed."
    rules = dict.fromkeys((*(step.rule for step in steps), *((other.rule,) if other else ()), "chemo.profile"))
    return found(case, "family-flip", taken, severity=severity, rules=rules, why=why)


def _drug_words(name: str, case: Case, ids: set[str]) -> str:
    lines = [line for line in case.coded.lines if line.substance == name and set(line.administrations) & ids]
    diagnoses = dict.fromkeys(code for line in lines for code in line.diagnoses)
    minutes = next((line.minutes for line in lines if line.minutes is not None), None)
    told = f"{name} was given for {', '.join(diagnoses)}" if diagnoses else f"{name} was given, no diagnosis is linked"
    return f"{told}, and ran {minutes} minutes" if minutes is not None else told


def _upper(said: str) -> str:
    return said[:1].upper() + said[1:]


def _support(case: Case) -> Other | None:
    """The other profile, where it puts a surplus part of the claim on the family that was billed."""
    billed = _claimed(case)
    for other in _others(case):
        if other.problem in (PROFILE, COMPLEXITY):
            chemo = {code for code in other.codes if CODES[code].family == "chemo"}
            if {code for code in billed if CODES[code].family == "chemo"} == chemo:
                return other
    return None


def _claimed(case: Case) -> dict[str, int]:
    units: dict[str, int] = {}
    for line in case.claim.lines:
        if line.code in CODES:
            units[line.code] = units.get(line.code, 0) + line.units
    return units


def _others(case: Case) -> list[Other]:
    """The readings that the answer's own problems tell of, each with its lines."""
    raised = {problem.code for problem in case.coded.problems}
    found_ = []
    for one in READINGS:
        if one.problem in raised and case.policy[one.switch] == one.here:
            found_.append(_other(case, one.switch, one.there, one.says, one.rule, one.problem))
    if COMPLEXITY in raised:
        said = "The complexity of giving the drug is stated"
        found_.append(_other(case, "complexity_documented", "yes", said, "chemo.complexity", COMPLEXITY))
    return found_


def _other(case: Case, switch: str, value: str, says: str, rule: str, problem: str) -> Other:
    policy = case.policy._replace(switches=Switches({**case.policy.switches, switch: value}))
    return Other(switch, value, says, rule, problem, dict(totals(case.again(policy=policy).coded)))
