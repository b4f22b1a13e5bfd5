"""Infusions beside or after a higher-ranking one: sequential, concurrent, or without a code (rules sequential.*, concurrent.*)."""

from __future__ import annotations

from coding import timeline
from coding.codes import code_for
from coding.model import CHEMO, MET, NOT_MET, THERAPEUTIC
from coding.rules import THRESHOLDS
from coding.service import Service
from coding.site import Site
from coding.timeline import Spans
from coding.units import additional_hours


def relate(service: Service, higher: list[Service], site: Site) -> None:
    """Code an infusion that is not initial: its minutes alone decide sequential, its shared minutes concurrent."""
    covered = timeline.union(span for one in higher for span in one.spans)
    solo: Spans = timeline.subtract(service.spans, covered)
    together = timeline.minutes(solo) < THRESHOLDS.infusion_minimum and _side_by_side(service, higher, site)
    solo = () if together else solo
    overlap = service.minutes if together else timeline.shared(service.spans, covered)
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
    rules = ("sequential.new-drug", "time.infusion-minimum") + (("concurrent.split",) if overlap else ())
    if service.family == CHEMO or site.has_chemo:
        rules += ("chemo.sequence",)
    because = f"another drug at the same site with {counted}; {THRESHOLDS.infusion_minimum} or more are the first hour of the next infusion"
    modifiers = (service.cut,) if service.cut else ()
    site.report(code, service, rules, because, 1, solo or service.spans, 0, alone, modifiers)
    site.log.met("sequential.new-drug", f"{service.name} is another drug with {counted}.", service.ids, code)
    if not service.cut:
        site.report_hours(code_for(service.family, "hour"), service, solo, alone)


def _concurrent(service: Service, covered: Spans, overlap: int, together: bool, site: Site) -> None:
    """One concurrent unit for each date (or the visit) on which a run of the drug shared time."""
    code = code_for(THERAPEUTIC, "concurrent")
    by_date = site.policy["concurrent_unit_scope"] == "date"
    dates: dict[str, Spans] = {}
    for run in service.runs or (service.spans,):
        if together or timeline.shared(run, covered):
            dates.setdefault(timeline.day(run[0][0], service.offset) if by_date else "", run)
    free = {date: run for date, run in dates.items() if date not in site.concurrent}
    if not free:
        again = "that date" if by_date else "the visit"
        said = f"{service.name} is concurrent too, but {again} already has its one concurrent unit"
        site.log.step("concurrent.once", NOT_MET, f"{said}.", code, "", service.ids)
        site.log.refuse(service.ids, f"{said}.", "concurrent.once")
        return
    rules = ("concurrent.once", "concurrent.jitter" if together else "concurrent.split")
    because = (
        f"{overlap} minutes beside another infusion at the same site; concurrent infusion is one unit without hours"
    )
    for date, run in free.items():
        site.concurrent.add(date)
        site.report(code, service, rules, because, 1, run, 0, overlap)
        site.log.met("concurrent.once", f"{service.name} ran beside another infusion: one unit.", service.ids, code)


def _concurrent_chemo(service: Service, site: Site) -> None:
    rule = "concurrent.chemo"
    said = f"{service.name} ran wholly beside another chemotherapy infusion, for which there is no code"
    site.log.met(rule, f"{said}.", service.ids)
    if site.policy["concurrent_chemo"] == "96549":
        code = code_for(CHEMO, "unlisted")
        because = f"{said}; the policy asks for the unlisted code"
        site.report(code, service, (rule, "chemo.unlisted"), because, minutes=service.minutes)
        site.log.met("chemo.unlisted", "The policy asks for the unlisted code.", service.ids, code)
        return
    code = code_for(CHEMO, "next infusion")
    enough = f"{THRESHOLDS.infusion_minimum} or more minutes alone."
    site.log.refuse(service.ids, f"{said}.", rule)
    site.log.step(rule, NOT_MET, f"{said}.", code, enough, service.ids)
    site.log.problem(
        "CONCURRENT_CHEMO_UNCODED",
        service.id,
        f"{said}; no line is reported.",
        "The switch concurrent_chemo = 96549 reports the unlisted code.",
        (rule,),
    )


def tell_leftovers(infusions: list[Service], site: Site) -> None:
    """Say so where the left-over minutes of several drugs would together make an hour that none of them earns."""
    left = (one.minutes - THRESHOLDS.hour * (1 + additional_hours(one.minutes, site.policy)) for one in infusions)
    spare = [minutes for minutes in left if minutes > 0]
    if len(spare) > 1 and sum(spare) >= site.policy["addl_hour_min_over"]:
        ids = tuple(id for one in infusions for id in one.ids)
        said = f"{sum(spare)} left-over minutes of {len(spare)} drugs are not added together."
        site.log.step("time.no-carryover", NOT_MET, said, "", "", ids)
