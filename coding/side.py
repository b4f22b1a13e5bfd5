"""Stage: services outside the vein contest: shots, pumps, arteries, cavities, devices, transfusions, a port flush alone."""

from __future__ import annotations

from typing import NamedTuple

from coding import timeline
from coding.codes import code_for
from coding.draft import Draft
from coding.fluids import is_port_flush
from coding.injections import SHOT_ROUTES, code_shots, code_under_skin
from coding.log import Log
from coding.model import CHEMO, NOT_MET, THERAPEUTIC, Encounter
from coding.policy import Policy
from coding.pumps import code_pump, code_refill
from coding.service import Service
from coding.sift import CAVITY_ROUTES
from coding.units import additional_hours, minutes_for


class Parts(NamedTuple):
    """The services sorted by the rules that code them."""

    vein: list[Service]
    fluids: list[Service]
    transfusions: list[Service]
    flushes: list[Service]
    side: list[Service]


def sort_out(services: list[Service]) -> Parts:
    """Which rules code which service."""
    parts = Parts([], [], [], [], [])
    for service in services:
        item = service.items[0]
        if "blood" in item.kinds or service.technique == "transfusion":
            parts.transfusions.append(service)
        elif is_port_flush(item):
            parts.flushes.append(service)
        elif service.technique in ("infusion", "push") and service.route == "iv":
            (parts.fluids if service.family == "hydration" else parts.vein).append(service)
        else:
            parts.side.append(service)
    return parts


def code_side(services: list[Service], encounter: Encounter, policy: Policy, log: Log) -> list[Draft]:
    """Lines that are reported beside the vein services, whatever their rank."""
    shots, under_skin, rest = [], [], []
    for service in services:
        if service.route in SHOT_ROUTES and service.technique in ("injection", "push"):
            shots.append(service)
        elif service.route == "sc" and service.technique == "infusion":
            under_skin.append(service)
        else:
            rest.append(service)
    drafts = code_shots(shots, encounter, policy, log) + code_under_skin(under_skin, policy, log)
    for service in rest:
        drafts += _other(service, policy, log)
    return drafts


def _other(service: Service, policy: Policy, log: Log) -> list[Draft]:
    if service.technique == "on-body":
        log.met("injection.on-body", f"{service.name} was put on as a wearable injector.", service.ids)
        return [
            Draft(code_for("device", "on-body"), 1, service, ("injection.on-body",), "a wearable injector was put on")
        ]
    if service.technique == "refill":
        return [code_refill(service, log)]
    if service.technique == "pump":
        return code_pump(service, policy, log)
    if service.route in CAVITY_ROUTES:
        return _cavity(service, log)
    if service.route == "ia":
        return _artery(service, policy, log)
    return _unplaced(service, log)


def _cavity(service: Service, log: Log) -> list[Draft]:
    if service.family != CHEMO:
        log.problem(
            "ROUTE_UNSUPPORTED",
            service.id,
            f"{service.name} went into a body space, by a route that these codes cover for chemotherapy only.",
            "The procedure code under which it was given.",
            ("chemo.cavity",),
        )
        log.refuse(
            service.ids,
            f"{service.name} went into a body space; for a drug of this class that is another code family.",
            "chemo.cavity",
        )
        return []
    code = code_for("cavity", service.route)
    log.met(
        "chemo.cavity", f"{service.name} went into a body space: one unit, outside the time rules.", service.ids, code
    )
    return [Draft(code, 1, service, ("chemo.cavity",), "given into a body space, one unit")]


def _artery(service: Service, policy: Policy, log: Log) -> list[Draft]:
    if service.family != CHEMO:
        if service.technique == "infusion":
            log.refuse(
                service.ids,
                f"No code of this family reports an artery infusion of {service.name}.",
                "injection.intra-arterial",
            )
            log.problem(
                "UNLISTED_SERVICE",
                service.id,
                f"{service.name} was infused into an artery.",
                "The payer's own instruction.",
                ("injection.intra-arterial",),
            )
            return []
        code = code_for(THERAPEUTIC, "artery")
        log.met("injection.intra-arterial", f"{service.name} was given into an artery.", service.ids, code)
        return [Draft(code, 1, service, ("injection.intra-arterial",), "a shot into an artery")]
    rule = "chemo.intra-arterial"
    if service.technique != "infusion":
        code = code_for("artery", "push")
        log.met(rule, f"{service.name} was pushed into an artery.", service.ids, code)
        return [
            Draft(
                code,
                1,
                service,
                (rule,),
                "pushed into an artery",
                service.spans,
                0,
                service.minutes if service.spans else None,
            )
        ]
    first, hour = code_for("artery", "initial infusion"), code_for("artery", "hour")
    log.met(rule, f"{service.name} was infused into an artery for {service.minutes} minutes.", service.ids, first)
    drafts = [
        Draft(
            first,
            1,
            service,
            (rule, "time.first-hour"),
            "infused into an artery, first hour",
            service.spans,
            0,
            service.minutes,
        )
    ]
    units = additional_hours(service.minutes, policy)
    if units:
        drafts.append(
            Draft(
                hour,
                units,
                service,
                ("time.additional-hour", rule),
                f"{minutes_for(units, policy)} minutes earn {units}",
                service.spans,
                1,
                service.minutes,
            )
        )
    return drafts


def _unplaced(service: Service, log: Log) -> list[Draft]:
    says = f"{service.name} at {service.when} has no charted route or method that a rule can read"
    log.refuse(service.ids, f"{says}.", "documentation.start-and-stop")
    log.problem(
        "ROUTE_MISSING",
        service.id,
        f"{says}; nothing is billed for it.",
        "The charted route and method (push, infusion, injection).",
        ("documentation.start-and-stop",),
    )
    return []


def code_transfusions(transfusions: list[Service], log: Log) -> list[Draft]:
    """One transfusion code for a date, whatever the number of units given."""
    drafts: list[Draft] = []
    by_date: dict[str, Draft] = {}
    for service in transfusions:
        date = timeline.day(service.start, service.offset)
        log.met("excluded.blood", f"{service.name} is a transfusion, not a drug infusion.", service.ids)
        if date in by_date:
            first = by_date[date]
            merged = first._replace(ids=(first.ids or first.service.ids) + service.ids)
            drafts[drafts.index(first)] = by_date[date] = merged
        else:
            by_date[date] = Draft(
                code_for("blood", "transfusion"),
                1,
                service,
                ("excluded.blood",),
                "transfusion is one unit for a date",
                service.spans,
            )
            drafts.append(by_date[date])
    return drafts


def code_flushes(flushes: list[Service], others: bool, encounter: Encounter, log: Log) -> list[Draft]:
    """A flush of an implanted device, only where nothing else was done (rule port.flush-only)."""
    if not flushes:
        return []
    ids = tuple(id for flush in flushes for id in flush.ids)
    code = code_for("device", "port flush")
    if others or encounter.services:
        log.refuse(ids, "The port was flushed beside other services, which include it.", "excluded.flush")
        log.step(
            "port.flush-only",
            NOT_MET,
            "Another service of the visit includes the flush.",
            code,
            "A visit for the flush alone.",
            ids,
        )
        return []
    log.met("port.flush-only", "The port flush is the only service.", ids, code)
    return [
        Draft(
            code, 1, flushes[0], ("port.flush-only",), "the flush of an implanted device is the only service", ids=ids
        )
    ]
