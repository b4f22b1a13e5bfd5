"""Other published readings of the same chart, shown beside the answer where they would give other lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from coding.log import Log
from coding.model import Encounter, Line
from coding.policy import Policy, Switches

Recode = Callable[[Policy], list[Line]]


class Reading(NamedTuple):
    """A switch turned the other way. rule: the card that tells of both readings."""

    switch: str
    here: str
    there: str
    rule: str
    problem: str
    says: str


READINGS = (
    Reading(
        "same_drug_repeat",
        "sum",
        "interval",
        "sequential.same-drug",
        "SAME_DRUG_READINGS",
        "Runs of one drug are added up; judged one by one",
    ),
    Reading(
        "same_drug_repeat",
        "interval",
        "sum",
        "sequential.same-drug",
        "SAME_DRUG_READINGS",
        "Runs of one drug are judged one by one; added up",
    ),
    Reading(
        "profile",
        "seed_commercial",
        "medicare_2025",
        "chemo.profile",
        "PROFILE_READING",
        "Classes follow the commercial profile; under the Medicare profile",
    ),
    Reading(
        "profile",
        "medicare_2025",
        "seed_commercial",
        "chemo.profile",
        "PROFILE_READING",
        "Classes follow the Medicare profile; under the commercial profile",
    ),
    Reading(
        "init_tie",
        "longest",
        "earliest",
        "concurrent.split",
        "CLOCK_ORDER_READING",
        "The longest infusion comes first; in clock order",
    ),
    Reading(
        "hyd_subtract_push",
        "documented_only",
        "none",
        "hydration.not-concurrent",
        "HYDRATION_PUSH_MINUTES",
        "Charted push minutes are taken out of the fluid time; left in",
    ),
    Reading(
        "prof_hydration_initial",
        "no",
        "yes",
        "hydration.secondary",
        "VISIT_REASON_READING",
        "Rank decides the initial service; by the reason of the visit",
    ),
)


def tell(encounter: Encounter, policy: Policy, lines: list[Line], log: Log, recode: Recode) -> None:
    """Add a problem for each reading that gives other lines; a reading that changes nothing is not mentioned."""
    if not log.mattered:
        return
    for reading in READINGS:
        if reading.switch not in log.mattered or policy[reading.switch] != reading.here:
            continue
        other = recode(_turned(policy, reading))
        if _totals(other) != _totals(lines):
            log.problem(
                reading.problem,
                encounter.id,
                f"{reading.says}, the lines are {_words(other)}.",
                f"The switch {reading.switch} = {reading.there} takes that reading.",
                (reading.rule,),
            )


def _turned(policy: Policy, reading: Reading) -> Policy:
    return policy._replace(switches=Switches({**policy.switches, reading.switch: reading.there}))


def _totals(lines: list[Line]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for line in lines:
        totals[line.code] = totals.get(line.code, 0) + line.units
    return totals


def _words(lines: list[Line]) -> str:
    totals = _totals(lines)
    return ", ".join(f"{code} x{units}" if units > 1 else code for code, units in totals.items()) or "none"
