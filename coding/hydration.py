"""Stage: hydration is what is left of ordered fluid time when drug time is carved out (rules hydration.*)."""

from __future__ import annotations

from typing import NamedTuple

from coding import timeline
from coding.codes import code_for
from coding.doses import amount
from coding.draft import Draft
from coding.log import Log
from coding.model import FACILITY, HYDRATION, NOT_MET, UNKNOWN
from coding.policy import Policy
from coding.rules import THRESHOLDS
from coding.service import Item, Service
from coding.timeline import MINUTE, Spans
from coding.units import hydration_units, minutes_for


def beside(known: list[Item], sifted: list[Item]) -> Spans:
    """When drugs ran that are set aside (with a procedure, under another code): no fluid counts beside them either."""
    kept = {item.id for item in sifted}
    return timeline.union(
        (item.row.start.at, item.row.stop.at)
        for item in known
        if item.id not in kept
        and not item.fluid
        and item.row.status not in ("error", "not-given", "held")
        and item.row.start is not None
        and item.row.stop is not None
    )


class Beside(NamedTuple):
    """What ran beside the fluids and is in no line of its own. ran: when. unended: drug infusions without a charted stop."""

    ran: Spans = ()
    unended: tuple[Service, ...] = ()


def beside_fluids(known: list[Item], sifted: list[Item], given: list[Service]) -> Beside:
    """Drugs that are set aside, and those of which nobody knows how long they ran."""
    unended = (one for one in given if one.open and one.technique == "infusion" and one.family != HYDRATION)
    return Beside(beside(known, sifted), tuple(unended))


def countable(fluids: list[Service], others: list[Service], set_aside: Beside, policy: Policy, log: Log) -> Spans:
    """The fluid time during which no drug ran, at any site (rules hydration.not-concurrent, hydration.second-site).

    others: drug services and transfusions. set_aside: what ran beside them and is not reported here; after the start of a drug
    without a stop no fluid is proved to have run alone. Charted push minutes are taken out too, as the policy says.
    """
    flowing = timeline.union(span for fluid in fluids for span in fluid.spans)
    if not flowing:
        return ()
    infused = (span for one in others if one.technique != "push" or one.by_time for span in one.spans)
    drugs = timeline.union((*infused, *set_aside.ran))
    ids = _ids(fluids)
    left = _proved(timeline.subtract(flowing, drugs), set_aside.unended, ids, log)
    under = timeline.shared(flowing, drugs)
    if under:
        log.met("hydration.not-concurrent", f"{under} minutes of fluid ran beside a drug and do not count.", ids)
        _second_site(fluids, others, under, log)
    pushed = timeline.union(_push_time(others, policy))
    taken = timeline.shared(left, pushed)
    left = timeline.subtract(left, pushed)
    if taken:
        log.mattered.add("hyd_subtract_push")
        log.met("hydration.not-concurrent", f"{taken} charted push minutes are taken out of the fluid time.", ids)
    if policy["hydration_segments"] == "each_31":
        kept = tuple(span for span in left if (span[1] - span[0]) // MINUTE >= THRESHOLDS.hydration_minimum)
        if kept != left:
            log.met("hydration.segments", "Pieces under 31 minutes are left out; the policy judges each alone.", ids)
        return kept
    if len(left) > 1:
        pieces = " + ".join(str((stop - start) // MINUTE) for start, stop in left)
        log.met("hydration.segments", f"The pieces {pieces} minutes are added.", ids)
    return left


def _proved(left: Spans, unended: tuple[Service, ...], ids: tuple[str, ...], log: Log) -> Spans:
    """Fluid time without what followed the start of a drug whose stop is not charted."""
    for drug in unended:
        began = max((item.row.start.at for item in drug.items if item.row.start), default=drug.start)
        open_time = timeline.shared(left, ((began, left[-1][1]),)) if left and began < left[-1][1] else 0
        if open_time:
            left = timeline.subtract(left, ((began, left[-1][1]),))
            at = timeline.clock(began, drug.offset)
            log.step(
                "hydration.not-concurrent",
                UNKNOWN,
                f"{drug.name} started at {at} and has no stop; {open_time} minutes of fluid after that may have run beside it "
                "and are not counted.",
                code_for(HYDRATION, "hour"),
                f"The charted stop of {drug.name}: fluid after it counts.",
                (*ids, *drug.ids),
            )
    return left


def _push_time(others: list[Service], policy: Policy) -> list[tuple[int, int]]:
    switch = str(policy["hyd_subtract_push"])
    pushes = [one for one in others if one.technique == "push" and not one.by_time]
    if switch == "documented_only":
        return [span for one in pushes for span in one.spans]
    if switch.startswith("fixed_"):
        length = int(switch.removeprefix("fixed_")) * MINUTE
        return [(one.start, one.start + length) for one in pushes]
    return []


def _second_site(fluids: list[Service], others: list[Service], under: int, log: Log) -> None:
    sites = {one.site for one in others if one.spans and one.site}
    if any(fluid.site and sites and fluid.site not in sites for fluid in fluids):
        log.met(
            "hydration.second-site", f"The {under} minutes ran at another site, which changes nothing.", _ids(fluids)
        )


def code_hydration(fluids: list[Service], time: Spans, initial: bool, policy: Policy, log: Log) -> list[Draft]:
    """Hydration lines: the initial block and its hours, or all hours as secondary to a drug service."""
    if not fluids:
        return []
    ids = _ids(fluids)
    total = timeline.minutes(time)
    need = THRESHOLDS.hydration_minimum
    first, hour = code_for(HYDRATION, "initial"), code_for(HYDRATION, "hour")
    service = fluids[0]._replace(
        items=tuple(item for fluid in fluids for item in fluid.items),
        ids=ids,
        spans=time,
        minutes=total,
        name=" and ".join(dict.fromkeys(fluid.name for fluid in fluids)),
        start=time[0][0] if time else fluids[0].start,
    )
    too_small = _too_small(fluids, policy)
    if total < need or too_small:
        _nothing(service, total, too_small, first if initial else hour, ids, log)
        return []
    drafts = []
    if initial:
        drafts.append(
            Draft(
                first,
                1,
                service,
                ("hydration.minimum", "hydration.definition"),
                f"ordered fluid with {need} countable minutes or more, and no line for a drug in the vein, is the initial service",
                time,
                0,
                total,
                ids=ids,
            )
        )
        log.met("hydration.minimum", f"{total} countable minutes reach {need}.", ids, first)
    else:
        log.met(
            "hydration.secondary",
            "A drug service is initial, so all hydration is reported with the further-hour code.",
            ids,
            hour,
        )
        if policy.setting == FACILITY:
            log.met("initial.facility-rank", "A drug service in the vein outranks hydration.", ids)
        log.step(
            "edit.hydration-pair",
            NOT_MET,
            "A second initial code beside a drug service is never reported.",
            first,
            "A visit without a vein drug service.",
            ids,
        )
    units = hydration_units(total, initial, policy)
    if units:
        rules = ("hydration.units",) if initial else ("hydration.secondary", "hydration.units")
        drafts.append(
            Draft(
                hour,
                units,
                service,
                rules,
                f"countable minutes beside no drug; {need} or more of an hour count, which makes {units}",
                time,
                1 if initial else 0,
                total,
                ids=ids,
            )
        )
        log.met("hydration.units", f"{total} countable minutes make {units} further hours.", ids, hour)
    _next_unit(service, total, units, initial, hour, policy, log)
    return drafts


def _next_unit(service: Service, total: int, units: int, initial: bool, hour: str, policy: Policy, log: Log) -> None:
    need = minutes_for(units + 1 if initial else units, policy)
    later = timeline.instant_after(service.spans, need)
    log.step(
        "hydration.units",
        NOT_MET,
        f"{total} countable minutes; {need} would earn one more unit.",
        hour,
        f"Fluid alone until {timeline.clock(later, service.offset)} or later adds one unit.",
        service.ids,
        (("active_minutes", total), ("needed_minutes", need)),
    )


def _too_small(fluids: list[Service], policy: Policy) -> str:
    least = policy["hydration_min_ml"]
    if least in ("none", 0):
        return ""
    volume = sum(_volume(fluid) for fluid in fluids)
    return f"{volume:g} mL is under the {least} mL that the policy asks for" if volume < int(least) else ""


def _volume(fluid: Service) -> float:
    """Charted mL of one fluid; rows that repeat the volume of their bag count it once."""
    doses = {item.row.dose for item in fluid.items if item.row.dose}
    found = (amount(dose) for dose in doses)
    return float(sum(one[1] for one in found if one and one[0] == "ml"))


def _nothing(service: Service, total: int, too_small: str, code: str, ids: tuple[str, ...], log: Log) -> None:
    need = THRESHOLDS.hydration_minimum
    why = too_small or f"{total} countable minutes are under {need}"
    later = ""
    if service.spans and not too_small:
        at = timeline.instant_after(service.spans, need)
        later = f"Fluid alone until {timeline.clock(at, service.offset)} or later."
    log.step(
        "hydration.minimum",
        NOT_MET,
        f"{service.name}: {why}.",
        code,
        later,
        ids,
        (("active_minutes", total), ("needed_minutes", need)),
    )
    log.refuse(ids, f"{service.name}: {why}; hydration is not reported, not even as a push.", "hydration.minimum")


def _ids(fluids: list[Service]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for fluid in fluids for id in fluid.ids))
