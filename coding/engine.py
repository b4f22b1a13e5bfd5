"""The stages in the order in which a coder thinks: one encounter in, lines with their reasons out."""

from __future__ import annotations

from collections.abc import Sequence

from coding import gate, readings
from coding.carried import carried
from coding.classify import classify
from coding.days import calendar_parts
from coding.diagnoses import ask_missing
from coding.documentation import check_times
from coding.draft import Draft
from coding.drug_lines import code_drugs
from coding.duplicates import without_duplicates
from coding.edits import check, with_primaries
from coding.hierarchy import visit_for_hydration
from coding.hydration import Beside, beside_fluids, code_hydration, countable
from coding.ledger import close
from coding.limits import SHIPPED, Limits
from coding.lines import date_lines
from coding.log import Log
from coding.model import CHEMO, PROFESSIONAL, Coded, DrugLine, Encounter, Line
from coding.modifiers import mark_second_sites, mark_second_visits
from coding.ndc import NO_CROSSWALK, Crosswalk
from coding.ndc_names import with_names
from coding.orders import ask_orders
from coding.policy import Policy, policy_for
from coding.runs import assemble
from coding.service import Service
from coding.side import Parts, code_flushes, code_side, code_transfusions, sort_out
from coding.sift import sift
from coding.sites import group_by_site
from coding.substances import know
from coding.technique import settle
from coding.vein import code_site

DEFAULT = policy_for()


def code_visits(
    encounters: Sequence[Encounter],
    policy: Policy = DEFAULT,
    limits: Limits = SHIPPED,
    crosswalk: Crosswalk = NO_CROSSWALK,
) -> tuple[Coded, ...]:
    """Code each encounter of one chart; the initial services of a second visit on one day are marked (encounter.same-day)."""
    admitted = gate.before_admission(encounters, policy)
    coded = [code(encounter, policy, limits, encounter.id in admitted, crosswalk) for encounter in encounters]
    if len(coded) > 1:
        coded = mark_second_visits(list(encounters), coded, policy)
    return tuple(coded)


def code(
    encounter: Encounter,
    policy: Policy = DEFAULT,
    limits: Limits = SHIPPED,
    admitted: bool = False,
    crosswalk: Crosswalk = NO_CROSSWALK,
) -> Coded:
    """Code one encounter under one policy. Never raises on a chart: what cannot be coded is in not_billed or problems.

    admitted: the chart shows an inpatient stay so soon after this visit that its services may belong to that stay.
    crosswalk: NDC to HCPCS, where one is loaded.
    """
    encounter, log = with_names(encounter, crosswalk), Log()
    barred = gate.closed(encounter, policy, log)
    if barred:
        log.refuse(tuple(row.id for row in encounter.administrations), barred[1], barred[0])
        return close(encounter, policy, log, [], [])
    held = gate.unresolved(encounter, log) or (gate.withheld(encounter, log) if admitted else None)
    lines, drug_lines = _compute(encounter, policy, limits, log, crosswalk)
    readings.tell(encounter, policy, lines, log, lambda other: _compute(encounter, other, limits, Log())[0])
    if held:
        return close(encounter, policy, log, [], [], held, lines)
    return close(encounter, policy, log, lines, drug_lines)


def _compute(
    encounter: Encounter, policy: Policy, limits: Limits, log: Log, crosswalk: Crosswalk = NO_CROSSWALK
) -> tuple[list[Line], list[DrugLine]]:
    gate.remarks(encounter, policy, log)
    known = know(encounter, log)
    sifted = sift(known, encounter, policy, log)
    kept = without_duplicates(sifted, log)
    ask_orders(kept, log)
    timed = check_times(kept, encounter, policy, log)
    given = classify(assemble(timed, policy, log), encounter, policy, log)
    services = settle(given, encounter, policy, log)
    drafts = _lines(services, beside_fluids(known, sifted, given), encounter, policy, log)
    lines = date_lines(drafts, encounter, policy, log)
    check(lines, encounter, policy, limits, log)
    ask_missing(lines, encounter, log)
    doses = [*given, *carried(known, encounter, policy, log)]
    return lines, code_drugs(doses, encounter.open, policy, log, crosswalk)


def _lines(services: list[Service], beside: Beside, encounter: Encounter, policy: Policy, log: Log) -> list[Draft]:
    """Vein services by site, then hydration, then what stands beside them. beside: drugs that ran and are not reported here."""
    parts = sort_out(services)
    others = parts.vein + parts.transfusions
    hydration_first = _hydration_first(parts, beside, encounter, policy)
    if hydration_first:
        reason = visit_for_hydration(encounter)
        log.met("initial.professional-reason", f"The visit was for fluid ({reason}), so hydration is initial.")
    elif policy.setting == PROFESSIONAL and parts.fluids and parts.vein and visit_for_hydration(encounter):
        log.mattered.add("prof_hydration_initial")
    led = hydration_first or _pump_leads(parts, policy)
    drafts: list[Draft] = []
    concurrent: set[str] = set()
    for vein, fluids in calendar_parts(parts.vein, parts.fluids, policy, log):
        groups = [code_site(group, encounter, policy, log, concurrent, led) for group in group_by_site(vein, log)]
        found = mark_second_sites(groups, policy, log)
        time = countable(fluids, others, beside, policy, log)
        water = code_hydration(fluids, time, hydration_first or not found, policy, log)
        drafts += water + found if hydration_first else found + water
    drafts += code_side(parts.side, encounter, policy, log)
    drafts += code_transfusions(parts.transfusions, log)
    drafts = with_primaries(drafts, led, log)
    return drafts + code_flushes(parts.flushes, bool(drafts), encounter, log)


def _pump_leads(parts: Parts, policy: Policy) -> bool:
    """Whether the policy lets a pump start hold the initial place, its premedication added to it."""
    pump = any(service.technique == "pump" and service.family == CHEMO for service in parts.side)
    return pump and policy["pump_only_with_premeds"] != "initial" and all(one.family != CHEMO for one in parts.vein)


def _hydration_first(parts: Parts, beside: Beside, encounter: Encounter, policy: Policy) -> bool:
    """Whether the policy lets the reason of an office visit make hydration initial (switch prof_hydration_initial)."""
    if (
        policy.setting != PROFESSIONAL
        or policy["prof_hydration_initial"] != "yes"
        or not visit_for_hydration(encounter)
    ):
        return False
    if any(service.family == CHEMO for service in parts.vein):
        return False
    silent = Log()
    time = countable(parts.fluids, parts.vein + parts.transfusions, beside, policy, silent)
    return bool(code_hydration(parts.fluids, time, True, policy, silent))
