"""Close the account of one encounter: every administration ends in a line or in a reason, then all is frozen."""

from __future__ import annotations

from coding import rules
from coding.log import Log
from coding.model import MET, NOT_REACHED, Coded, Considered, DrugLine, Encounter, Line
from coding.policy import Policy


def close(
    encounter: Encounter,
    policy: Policy,
    log: Log,
    lines: list[Line],
    drug_lines: list[DrugLine],
    held: tuple[str, str] | None = None,
    would_be: list[Line] | None = None,
) -> Coded:
    """The frozen answer. held: (rule, why) that keeps the lines that would be from being billed."""
    if held:
        rule, why = held
        log.met(rule, why)
        for line in would_be or []:
            log.step(
                rule,
                NOT_REACHED,
                f"{line.why} Not billed: {why}",
                line.code,
                "The visit as the rule needs it.",
                line.administrations,
            )
        ids = tuple(id for line in would_be or [] for id in line.administrations)
        log.refuse(ids, why, rule)
    billed = {id for line in lines for id in line.administrations}
    left = tuple(row.id for row in encounter.administrations if row.id not in billed and row.id not in log.refused)
    if left:
        asked = {problem.resource: problem.rules for problem in log.problems}
        for id in left:
            log.refuse(
                (id,), "It adds no line of its own; see the steps and questions that name it.", *asked.get(id, ())
            )
    not_billed = tuple(one for one in log.not_billed if one.resource not in billed)
    return Coded(
        encounter.id,
        policy.setting,
        policy.payer,
        rules.VERSION,
        tuple((name, policy[name]) for name in policy.overridden),
        tuple(lines),
        tuple(drug_lines),
        _considered(log, lines),
        not_billed,
        tuple(log.problems),
        tuple(log.steps),
    )


def _considered(log: Log, lines: list[Line]) -> tuple[Considered, ...]:
    """Each code that was weighed and not given, once for each reason with all the rows that it is about, in order of code."""
    found: dict[Considered, dict[str, None]] = {}
    for step in log.steps:
        if step.code and step.verdict != MET:
            one = Considered(step.code, step.verdict, (step.rule,), step.says, step.would_change, ())
            found.setdefault(one, {}).update(dict.fromkeys(step.administrations))
    every = (one._replace(administrations=tuple(ids)) for one, ids in found.items())
    return tuple(sorted(every, key=lambda one: one.code))
