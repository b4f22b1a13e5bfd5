"""Stage: the vein services of one access site become lines, the initial service first (rules initial.*, sequential.same-drug)."""

from __future__ import annotations

from coding import push_lines, timeline
from coding.codes import code_for
from coding.draft import Draft
from coding.hierarchy import by_length, choose, level, ranked
from coding.log import Log
from coding.model import CHEMO, DERIVED, FACILITY, HYDRATION, NOT_MET, Encounter
from coding.policy import Policy
from coding.pushes import judge
from coding.relations import relate, tell_leftovers
from coding.rules import THRESHOLDS
from coding.service import Service
from coding.site import Site
from coding.units import additional_hours


def code_site(
    services: list[Service], encounter: Encounter, policy: Policy, log: Log, concurrent: set[str], led: bool = False
) -> list[Draft]:
    """Lines for the drug infusions and pushes of one site; hydration is coded apart.

    concurrent: the dates of the visit that already have their concurrent unit, at whatever site; added to here.
    led: another service already holds the initial place (switches prof_hydration_initial, pump_only_with_premeds).
    """
    drugs = [one for one in services if one.family != HYDRATION]
    infusions, again = _infusions([one for one in drugs if one.technique == "infusion"], policy, log)
    pushes = judge([one for one in drugs if one.technique == "push"], infusions + again, policy, log)
    order = ranked(infusions + pushes.first, policy)
    site = Site(policy, log, len(order) > 1, concurrent)
    initial = choose(order, encounter, policy, log) if order and not led else None
    if initial is not None:
        _report_initial(initial, order, site)
    for service in sorted(infusions, key=by_length):
        if service is not initial:
            higher = [one for one in infusions if by_length(one) < by_length(service) or one is initial]
            ranks = {one.key for one in higher}
            relate(service, higher + [run for run in again if run.key in ranks], site)
    for service in order:
        if service is not initial and service.technique == "push":
            push_lines.report_next(service, site)
    tell_leftovers(infusions, site)
    for run in again:
        others = timeline.union(span for one in infusions if one.key != run.key for span in one.spans)
        solo = timeline.subtract(run.spans, others)
        _report_run_again(run._replace(spans=solo, minutes=timeline.minutes(solo)), site)
    for push in pushes.repeats:
        push_lines.report_repeat(push, site)
    return site.drafts


def _infusions(services: list[Service], policy: Policy, log: Log) -> tuple[list[Service], list[Service]]:
    """(one service for each infusate, runs judged alone): all runs of a drug added up, or the first run and the rest."""
    by_key: dict[str, list[Service]] = {}
    for service in services:
        by_key.setdefault(service.key, []).append(service)
    main, again = [], []
    for runs in by_key.values():
        if len(runs) == 1:
            main.append(runs[0])
            continue
        log.mattered.add("same_drug_repeat")
        _tell_variants(runs, log)
        if policy["same_drug_repeat"] == "sum":
            main.append(_summed(runs, log))
        else:
            main.append(runs[0])
            again.extend(runs[1:])
    return main, again


def _tell_variants(runs: list[Service], log: Log) -> None:
    items = [item for run in runs for item in run.items]
    products = {found.product for item in items for found in item.actives}
    doses = {item.row.dose for item in items if item.row.dose}
    if len(doses) > 1 or len(products) > 1:
        said = f"Another dose or product of {runs[0].name} is the same drug."
        log.met("sequential.different-dose", said, runs[-1].ids)


def _summed(runs: list[Service], log: Log) -> Service:
    spans = timeline.union(span for run in runs for span in run.spans)
    total = timeline.minutes(spans)
    ids = tuple(id for run in runs for id in run.ids)
    added = " + ".join(str(run.minutes) for run in runs)
    log.met("sequential.same-drug", f"{runs[0].name} ran {len(runs)} times: {added} minutes, {total} together.", ids)
    return runs[0]._replace(
        items=tuple(item for run in runs for item in run.items),
        ids=ids,
        spans=spans,
        minutes=total,
        runs=tuple(run.spans for run in runs),
        grade=DERIVED if any(run.grade == DERIVED for run in runs) else runs[0].grade,
        cut="",
    )


def _report_initial(service: Service, order: list[Service], site: Site) -> None:
    name, ids = service.name, service.ids
    if site.contested:
        others = ", ".join(one.name for one in order if one is not service)
        site.log.met("initial.one-per-site", f"One initial service: {name}. Not initial: {others}.", ids)
    if service.technique == "push":
        rules = push_lines.rules_of(service)
        rules = rules[:1] if service.by_time and service.family != CHEMO else rules
        because = f"{push_lines.words_of(service)}; {_rank_words(service, order, site)} makes it the initial service"
        minutes = service.minutes if service.spans else None
        code = code_for(service.family, "initial push")
        site.report(code, service, rules + _rank_rules(site), because, minutes=minutes)
        return
    code = code_for(service.family, "initial infusion")
    if service.cut:
        because = "stopped early; the intended infusion is reported with modifier 53"
        site.report(code, service, ("run.stopped-early",), because, minutes=service.minutes, modifiers=(service.cut,))
        return
    because = (
        f"{THRESHOLDS.infusion_minimum} minutes or more make an infusion, and {_rank_words(service, order, site)} makes its first hour "
        "the initial service"
    )
    rules = ("time.first-hour", "time.infusion-minimum", *_rank_rules(site))
    site.report(code, service, rules, because, minutes=service.minutes)
    site.log.met("time.first-hour", f"{name} ran {service.minutes} minutes: the first hour is one unit.", ids, code)
    site.report_hours(code_for(service.family, "hour"), service, service.spans, service.minutes)


def _rank_rules(site: Site) -> tuple[str, ...]:
    if not site.contested:
        return ()
    return ("initial.facility-rank",) if site.policy.setting == FACILITY else ("initial.professional-reason",)


def _rank_words(service: Service, order: list[Service], site: Site) -> str:
    if not site.contested:
        return "being the only drug service at its site"
    if site.policy.setting != FACILITY:
        return "the main reason of the visit, or else rank,"
    equals = [one for one in order if one is not service and level(one) == level(service)]
    if not equals:
        return "the highest rank at this site"
    longest = site.policy["init_tie"] == "longest" and service.minutes > max(one.minutes for one in equals)
    return f"being the {'longest' if longest else 'first'} of the highest rank at this site"


def _report_run_again(service: Service, site: Site) -> None:
    """A later run of the same drug judged alone (switch same_drug_repeat = interval)."""
    rule, name, ids, minutes = "sequential.same-drug", service.name, service.ids, service.minutes
    code = code_for(service.family, "hour")
    need = int(site.policy["interval_min"])
    if minutes < need:
        said = f"{name} ran again for {minutes} minutes; a repeat run needs {need}."
        site.log.refuse(ids, said, rule)
        site.log.step(rule, NOT_MET, said, code, "", ids, (("active_minutes", minutes), ("needed_minutes", need)))
        return
    units = 1 + additional_hours(minutes, site.policy)
    because = f"the same drug again for {minutes} minutes, judged alone"
    site.report(code, service, (rule,), because, units, minutes=minutes)
    site.log.met(rule, f"{name} ran again for {minutes} minutes.", ids, code)
