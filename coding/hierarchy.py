"""Which service is the initial one (rules initial.facility-rank, initial.tie, initial.professional-reason)."""

from __future__ import annotations

from coding import drugs
from coding.log import Log
from coding.model import CHEMO, HYDRATION, PROFESSIONAL, Encounter
from coding.policy import Policy
from coding.service import Service
from coding.words import first_diagnosis, says

RANKS = {
    (CHEMO, "infusion"): 1,
    (CHEMO, "push"): 2,
    ("therapeutic", "infusion"): 3,
    ("therapeutic", "push"): 4,
    (HYDRATION, "infusion"): 5,
}


def level(service: Service) -> int:
    """1 for a chemotherapy infusion, down to 5 for hydration."""
    return RANKS[service.family, service.technique]


def by_length(service: Service) -> tuple[int, int, int, str]:
    """Sort key: level, then longest, then earliest, then id."""
    return level(service), -service.minutes, service.start, service.id


def by_clock(service: Service) -> tuple[int, int, str]:
    """Sort key: level, then earliest, then id."""
    return level(service), service.start, service.id


def ranked(services: list[Service], policy: Policy) -> list[Service]:
    """Highest first."""
    if policy["init_tie"] == "earliest":
        return sorted(services, key=by_clock)
    return sorted(services, key=by_length)


def choose(order: list[Service], encounter: Encounter, policy: Policy, log: Log) -> Service:
    """The initial service among vein services in rank order."""
    first = order[0]
    if policy.setting != PROFESSIONAL:
        if len(order) > 1:
            _say_rank(first, order, log, "initial.facility-rank")
        return first
    named = _named(order, encounter)
    if named is not None and _leaves_all_a_primary(named, order):
        log.met(
            "initial.professional-reason",
            f'The visit was for {named.name} ("{encounter.reason}"), so it is the initial service.',
            named.ids,
        )
        return named
    if len(order) > 1:
        _say_rank(first, order, log, "initial.facility-rank")
        log.problem(
            "PRIMARY_REASON_INFERRED",
            encounter.id,
            f"Nothing charted names the main reason of the visit among the drugs; {first.name} is initial by rank.",
            "A charted reason for the visit that names the drug.",
            ("initial.professional-reason",),
        )
    return first


def _leaves_all_a_primary(named: Service, order: list[Service]) -> bool:
    """Whether the named service can be initial and each other one still has a code to stand on (rule edit.add-on-primary)."""
    if order[0].family == CHEMO and level(named) != level(order[0]):
        return False
    return named.technique == "infusion" or sum(one.technique == "infusion" for one in order) < 2


def _say_rank(first: Service, order: list[Service], log: Log, rule: str) -> None:
    kind = f"{first.family} {first.technique}"
    log.met(rule, f"{first.name} is initial: a {kind} is the highest-ranking vein service here.", first.ids)
    equals = [one for one in order[1:] if level(one) == level(first)]
    if equals:
        says_tie = f"{first.name} ({first.minutes} minutes) comes before {equals[0].name} ({equals[0].minutes} minutes) of the same rank."
        log.met("initial.tie", says_tie, first.ids)


def _named(order: list[Service], encounter: Encounter) -> Service | None:
    """The service whose drug the visit reason names, the longest first."""
    if not encounter.reason:
        return None
    keys = {found.drug.key for found in drugs.read_mixture(encounter.reason) if found.drug.known}
    return next((one for one in order if keys & set(one.components)), None)


def visit_for_hydration(encounter: Encounter) -> str:
    """The charted reason of the visit where it is a need for fluid, or ""."""
    if encounter.reason and says("hydration_reason", encounter.reason):
        return encounter.reason
    return first_diagnosis("hydration_reason", encounter.reason_codes)
