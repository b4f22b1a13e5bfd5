"""Stage: the vein services of one access site become lines (rules initial.*, sequential.*, concurrent.*, push.*)."""

from __future__ import annotations

from coding import timeline
from coding.codes import code_for
from coding.draft import Draft
from coding.hierarchy import by_length, choose, ranked
from coding.log import Log
from coding.model import CHEMO, FACILITY, HYDRATION, MET, NOT_MET, THERAPEUTIC, Encounter
from coding.policy import Policy
from coding.pushes import judge
from coding.rules import THRESHOLDS
from coding.service import Service
from coding.timeline import Spans
from coding.units import additional_hours, minutes_for


class Site:
    """One access site while it is being coded: its lines so far and the dates that already have a concurrent line."""

    def __init__(self, policy: Policy, log: Log, contested: bool, concurrent: set[str]) -> None:
        self.policy = policy
        self.log = log
        self.contested = contested
        self.drafts: list[Draft] = []
        self.concurrent = concurrent


def code_site(
    services: list[Service], encounter: Encounter, policy: Policy, log: Log, concurrent: set[str], led: bool = False
) -> list[Draft]:
    """Lines for the drug infusions and pushes of one site, the initial service first; hydration is coded apart.

    concurrent: the dates of the visit that already have their concurrent unit, at whatever site; added to here.
    led: another service already holds the initial place (switches prof_hydration_initial, pump_only_with_premeds).
    """
    drugs = [one for one in services if one.family != HYDRATION]
    infusions, again = _infusions([one for one in drugs if one.technique == "infusion"], policy, log)
    pushes = judge([one for one in drugs if one.technique == "push"], infusions + again, policy, log)
    order = ranked(infusions + pushes.first, policy)
    site = Site(policy, log, len(order) > 1, concurrent)
    if order:
        initial = None if led else choose(order, encounter, policy, log)
        if initial is not None:
            _initial(initial, site)
            if len(order) > 1:
                names = ", ".join(one.name for one in order if one is not initial)
                log.met(
                    "initial.one-per-site", f"One initial service: {initial.name}. Not initial: {names}.", initial.ids
                )
        _others(order, initial, infusions, site)
        _no_carryover(infusions, site)
    for run in again:
        _run_again(run, site)
    for push in pushes.repeats:
        _repeat_push(push, site)
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
        elif policy["same_drug_repeat"] == "sum":
            main.append(_summed(runs, log))
        else:
            main.append(runs[0])
            again.extend(runs[1:])
        if len(runs) > 1:
            log.mattered.add("same_drug_repeat")
            products = {found.product for run in runs for item in run.items for found in item.actives}
            doses = {item.row.dose for run in runs for item in run.items if item.row.dose}
            if len(doses) > 1 or len(products) > 1:
                log.met(
                    "sequential.different-dose",
                    f"Another dose or product of {runs[0].name} is the same drug.",
                    runs[-1].ids,
                )
    return main, again


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
        grade="derived" if any(run.grade == "derived" for run in runs) else runs[0].grade,
        cut="",
    )


def _initial(service: Service, site: Site) -> None:
    family = service.family
    if service.technique == "push":
        code = code_for(family, "initial push")
        how = _push_words(service)
        site.drafts.append(
            Draft(
                code,
                1,
                service,
                (*_first_push_rules(service), *_rank_rules(site)),
                f"{how}; {_rank_words(site)} makes it the initial service",
                service.spans,
                0,
                service.minutes if service.spans else None,
            )
        )
        return
    code = code_for(family, "initial infusion")
    if service.cut:
        site.drafts.append(
            Draft(
                code,
                1,
                service,
                ("run.stopped-early",),
                "stopped early; the intended infusion is reported with modifier 53",
                service.spans,
                0,
                service.minutes,
                (service.cut,),
            )
        )
        return
    site.drafts.append(
        Draft(
            code,
            1,
            service,
            ("time.first-hour", "time.infusion-minimum", *_rank_rules(site)),
            f"{THRESHOLDS.infusion_minimum} minutes or more make an infusion, and {_rank_words(site)} makes its first hour the initial "
            "service",
            service.spans,
            0,
            service.minutes,
        )
    )
    site.log.met(
        "time.first-hour",
        f"{service.name} ran {service.minutes} minutes: the first hour is one unit.",
        service.ids,
        code,
    )
    _hours(service, service.spans, service.minutes, code_for(family, "hour"), site)


def _rank_rules(site: Site) -> tuple[str, ...]:
    if not site.contested:
        return ()
    return ("initial.facility-rank",) if site.policy.setting == FACILITY else ("initial.professional-reason",)


def _rank_words(site: Site) -> str:
    if not site.contested:
        return "being the only vein service"
    return (
        "the highest rank at this site"
        if site.policy.setting == FACILITY
        else "the main reason of the visit, or else rank,"
    )


def _others(order: list[Service], initial: Service | None, infusions: list[Service], site: Site) -> None:
    for service in sorted(infusions, key=by_length):
        if service is not initial:
            higher = [one for one in infusions if by_length(one) < by_length(service) or one is initial]
            _below(service, higher, site)
    for service in order:
        if service is not initial and service.technique == "push":
            _next_push(service, site)


def _below(service: Service, higher: list[Service], site: Site) -> None:
    """An infusion that is not initial: its minutes alone decide sequential, its shared minutes concurrent."""
    covered = timeline.union(span for one in higher for span in one.spans)
    together = _side_by_side(service, higher, site)
    if together:
        solo: Spans = ()
        overlap = service.minutes
    else:
        solo = timeline.subtract(service.spans, covered)
        overlap = timeline.shared(service.spans, covered)
    alone = timeline.minutes(solo)
    if overlap and not together:
        if any(one.start > service.start and one.family == service.family for one in higher):
            site.log.mattered.add("init_tie")
        site.log.step(
            "concurrent.split",
            MET,
            f"{service.name} ran {service.minutes} minutes, {overlap} of them beside a higher-ranking infusion, {alone} alone.",
            "",
            "",
            service.ids,
            (("overlap_minutes", overlap), ("solo_minutes", alone)),
        )
    if service.cut or alone >= THRESHOLDS.infusion_minimum:
        _sequential(service, solo, alone, overlap, site)
        both = site.policy["split_report_both"] == "yes" and overlap >= site.policy["concurrent_min_overlap"]
        if both and service.family == THERAPEUTIC:
            _concurrent(service, covered, overlap, together, site)
        return
    if overlap < site.policy["concurrent_min_overlap"]:
        site.log.problem(
            "SPLIT_AMBIGUOUS",
            service.id,
            f"{service.name} ran {alone} minutes alone and {overlap} beside another infusion; neither part reaches the minimum.",
            "No source decides; it is coded as concurrent.",
            ("concurrent.split",),
        )
    if service.family == CHEMO:
        _concurrent_chemo(service, site)
    else:
        _concurrent(service, covered, overlap, together, site)


def _side_by_side(service: Service, higher: list[Service], site: Site) -> bool:
    """Starts and stops within the jitter of each other: fully concurrent (rule concurrent.jitter)."""
    jitter = int(site.policy["concurrency_jitter_min"]) * timeline.MINUTE
    for one in higher:
        apart_start = abs(one.spans[0][0] - service.spans[0][0])
        apart_stop = abs(one.spans[-1][1] - service.spans[-1][1])
        if apart_start <= jitter and apart_stop <= jitter:
            if apart_start or apart_stop:
                site.log.met(
                    "concurrent.jitter", f"{service.name} and {one.name} start and stop together.", service.ids
                )
            return True
    return False


def _sequential(service: Service, solo: Spans, alone: int, overlap: int, site: Site) -> None:
    code = code_for(service.family, "next infusion")
    counted = f"{alone} minutes alone ({overlap} shared minutes taken out)" if overlap else f"{service.minutes} minutes"
    modifiers = (service.cut,) if service.cut else ()
    rules = ("sequential.new-drug", "time.infusion-minimum") + (("concurrent.split",) if overlap else ())
    rules += ("chemo.sequence",) if service.family == CHEMO or _has_chemo(site) else ()
    site.drafts.append(
        Draft(
            code,
            1,
            service,
            rules,
            f"another drug at the same site with {counted}; {THRESHOLDS.infusion_minimum} or more "
            "are the first hour of the next infusion",
            solo or service.spans,
            0,
            alone,
            modifiers,
        )
    )
    site.log.met("sequential.new-drug", f"{service.name} is another drug with {counted}.", service.ids, code)
    if not service.cut:
        _hours(service, solo, alone, code_for(service.family, "hour"), site)


def _has_chemo(site: Site) -> bool:
    return bool(site.drafts) and site.drafts[0].service.family == CHEMO


def _concurrent(service: Service, covered: Spans, overlap: int, together: bool, site: Site) -> None:
    """One concurrent unit for each date (or the visit) on which a run of the drug shared time."""
    code = code_for(THERAPEUTIC, "concurrent")
    by_date = site.policy["concurrent_unit_scope"] == "date"
    dates: dict[str, Spans] = {}
    for run in service.runs or (service.spans,):
        if timeline.shared(run, covered) or together:
            dates.setdefault(timeline.day(run[0][0], service.offset) if by_date else "", run)
    free = {date: run for date, run in dates.items() if date not in site.concurrent}
    if not free:
        _concurrent_again(service, code, by_date, site)
        return
    rules = ("concurrent.once", "concurrent.jitter" if together else "concurrent.split")
    for date, run in free.items():
        site.concurrent.add(date)
        site.drafts.append(
            Draft(
                code,
                1,
                service,
                rules,
                f"{overlap} minutes beside another infusion at the same site; concurrent infusion is one unit "
                "without hours",
                run,
                0,
                overlap,
            )
        )
        site.log.met(
            "concurrent.once", f"{service.name} ran beside another infusion: one concurrent unit.", service.ids, code
        )


def _concurrent_again(service: Service, code: str, by_date: bool, site: Site) -> None:
    again = "that date" if by_date else "the visit"
    said = f"{service.name} is concurrent too, but {again} already has its one concurrent unit"
    site.log.step("concurrent.once", NOT_MET, f"{said}.", code, "", service.ids)
    site.log.refuse(service.ids, f"{said}.", "concurrent.once")


def _concurrent_chemo(service: Service, site: Site) -> None:
    said = f"{service.name} ran wholly beside another chemotherapy infusion, for which there is no code"
    unlisted = site.policy["concurrent_chemo"] == "96549"
    site.log.met("concurrent.chemo", f"{said}.", service.ids)
    if unlisted:
        code = code_for(CHEMO, "unlisted")
        site.drafts.append(
            Draft(
                code,
                1,
                service,
                ("concurrent.chemo", "chemo.unlisted"),
                f"{said}; the policy asks for the unlisted code",
                service.spans,
                0,
                service.minutes,
            )
        )
        site.log.met("chemo.unlisted", "The policy asks for the unlisted code.", service.ids, code)
        return
    site.log.refuse(service.ids, f"{said}.", "concurrent.chemo")
    site.log.step("concurrent.chemo", NOT_MET, f"{said}.", "96417", "Sixteen or more minutes alone.", service.ids)
    site.log.problem(
        "CONCURRENT_CHEMO_UNCODED",
        service.id,
        f"{said}; no line is reported.",
        "The switch concurrent_chemo = 96549 reports the unlisted code.",
        ("concurrent.chemo",),
    )


def _hours(service: Service, spans: Spans, minutes: int, code: str, site: Site) -> None:
    units = additional_hours(minutes, site.policy)
    over = site.policy["addl_hour_min_over"]
    if units:
        site.drafts.append(
            Draft(
                code,
                units,
                service,
                ("time.additional-hour",),
                f"each hour after the first counts when {over} minutes or more of it ran; {minutes_for(units, site.policy)} minutes "
                f"earn {units}",
                spans,
                1,
                minutes,
            )
        )
        site.log.met(
            "time.additional-hour", f"{service.name}: {minutes} minutes earn {units} further hours.", service.ids, code
        )
    need = minutes_for(units + 1, site.policy)
    later = timeline.instant_after(spans, need)
    site.log.step(
        "time.additional-hour",
        NOT_MET,
        f"{service.name} ran {minutes} minutes; {need} would earn {'one more' if units else 'the first'} further hour.",
        code,
        f"A charted stop at {timeline.clock(later, service.offset)} or later adds one unit.",
        service.ids,
        (("active_minutes", minutes), ("needed_minutes", need)),
    )


def _no_carryover(infusions: list[Service], site: Site) -> None:
    """Say so where the left-over minutes of several drugs would together make an hour that none of them earns."""
    if len(infusions) < 2:
        return
    left = [one.minutes - THRESHOLDS.hour * (1 + additional_hours(one.minutes, site.policy)) for one in infusions]
    spare = [minutes for minutes in left if minutes > 0]
    if len(spare) > 1 and sum(spare) >= site.policy["addl_hour_min_over"]:
        site.log.step(
            "time.no-carryover",
            NOT_MET,
            f"{sum(spare)} left-over minutes of {len(spare)} drugs are not added together.",
            "",
            "",
            tuple(id for one in infusions for id in one.ids),
        )


def _push_rules(service: Service) -> tuple[str, ...]:
    new = "push.chemo" if service.family == CHEMO else "push.new-drug"
    if not service.by_time:
        return (new,)
    return ("push.short-infusion" if service.spans else "documentation.missing-stop", new)


def _first_push_rules(service: Service) -> tuple[str, ...]:
    rules = _push_rules(service)
    return rules[:1] if service.by_time and service.family != CHEMO else rules


def _push_words(service: Service) -> str:
    if service.by_time and service.spans:
        return f"an infusion of {service.minutes} minutes counts as a push"
    if service.by_time:
        return "an infusion without a proved length falls back to a push"
    return "a push"


def _next_push(service: Service, site: Site) -> None:
    code = code_for(service.family, "next push")
    rules = _push_rules(service)
    site.log.met(rules[-1], f"{service.name} was pushed and is another drug.", service.ids, code)
    if _has_chemo(site):
        rules += ("chemo.sequence",)
    site.drafts.append(
        Draft(
            code,
            1,
            service,
            rules,
            f"{_push_words(service)} of a drug that is new at this site",
            service.spans,
            0,
            service.minutes if service.spans else None,
        )
    )


def _repeat_push(service: Service, site: Site) -> None:
    code = code_for(THERAPEUTIC, "repeat push")
    site.drafts.append(
        Draft(
            code,
            1,
            service,
            ("push.same-drug",),
            f"the same drug again, {site.policy['repeat_push_min_gap']} minutes or more "
            "after its last reported push or apart from its infusion; a facility reports the repeat",
            service.spans,
        )
    )
    site.log.met("push.same-drug", f"{service.name} at {service.when} is a repeat push.", service.ids, code)


def _run_again(service: Service, site: Site) -> None:
    """A later run of the same drug judged alone (switch same_drug_repeat = interval)."""
    code = code_for(service.family, "hour")
    need = int(site.policy["interval_min"])
    if service.minutes < need:
        site.log.refuse(
            service.ids,
            f"{service.name} ran again for {service.minutes} minutes; a repeat run needs {need}.",
            "sequential.same-drug",
        )
        site.log.step(
            "sequential.same-drug",
            NOT_MET,
            f"The repeat run has {service.minutes} minutes; {need} are needed.",
            code,
            "",
            service.ids,
            (("active_minutes", service.minutes), ("needed_minutes", need)),
        )
        return
    units = 1 + additional_hours(service.minutes, site.policy)
    site.drafts.append(
        Draft(
            code,
            units,
            service,
            ("sequential.same-drug",),
            f"the same drug again for {service.minutes} minutes, judged alone",
            service.spans,
            0,
            service.minutes,
        )
    )
    site.log.met("sequential.same-drug", f"{service.name} ran again for {service.minutes} minutes.", service.ids, code)
