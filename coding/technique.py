"""Stage: infusion or push, by the minutes that the chart proves; and what a missing stop leaves."""

from __future__ import annotations

from coding import timeline
from coding.log import Log
from coding.missing_stop import ask_stop, first_code, tell_running, without_stop
from coding.model import HYDRATION, NOT_MET, Encounter
from coding.policy import Policy
from coding.pumps import is_short
from coding.rules import THRESHOLDS
from coding.service import Service
from coding.sift import CAVITY_ROUTES


def settle(services: list[Service], encounter: Encounter, policy: Policy, log: Log) -> list[Service]:
    """The services that remain, each with the technique by which it is coded."""
    settled = []
    for service in services:
        if "blood" in service.items[0].kinds or service.route in CAVITY_ROUTES:
            settled.append(service)
            continue
        arrived = _from_arrival(service, encounter, log)
        if arrived is None:
            continue
        arrived = _pca(arrived, policy, log) if arrived.technique == "pca" else _short_pump(arrived)
        if arrived is None:
            continue
        if arrived.technique == "infusion":
            kept = _infusion(arrived, encounter, policy, log)
        else:
            kept = _push(arrived, log) if arrived.technique == "push" else arrived
        if kept is not None:
            settled.append(kept)
    return settled


def _from_arrival(service: Service, encounter: Encounter, log: Log) -> Service | None:
    begin = encounter.start
    if begin is None or service.start >= begin:
        return service
    if service.technique != "infusion" or not service.spans or service.spans[-1][1] <= begin:
        log.refuse(
            service.ids,
            f"{service.name} was given at {service.when}, before the visit began.",
            "excluded.before-arrival",
        )
        log.problem(
            "GIVEN_BEFORE_ARRIVAL",
            service.ids[0],
            f"{service.name} is charted before the visit began at {timeline.clock(begin, service.offset)}.",
            "If the visit began earlier than charted, the corrected time makes it reportable.",
            ("excluded.before-arrival",),
        )
        return None
    spans = timeline.clip(service.spans, begin)
    log.met(
        "encounter.running-on-arrival",
        f"{service.name} was running on arrival; its minutes count from {timeline.clock(begin, service.offset)}.",
        service.ids,
    )
    log.problem(
        "STARTED_ELSEWHERE",
        service.ids[0],
        f"{service.name} began at {timeline.clock(service.start, service.offset)}, before arrival; only the time here counts.",
        "",
        ("encounter.running-on-arrival",),
    )
    return service._replace(spans=spans, minutes=timeline.minutes(spans), start=begin, runs=(spans,))


def _pca(service: Service, policy: Policy, log: Log) -> Service | None:
    """Patient-triggered doses are nothing; a clinician's loading dose is a push, a timed basal rate an infusion."""
    log.problem(
        "PCA",
        service.ids[0],
        f"{service.name} ran on a patient-controlled pump; doses that the patient triggers are not pushes.",
        "A charted clinician loading dose, or a timed basal rate, is reportable.",
        ("run.pca",),
    )
    log.met("run.pca", f"{service.name} was patient-controlled.", service.ids)
    rate = service.items[0].row.rate
    basal = service.has("basal-rate") or (rate is not None and rate.value > 0)
    if basal and policy["pca_basal"] == "include" and service.minutes >= THRESHOLDS.infusion_minimum:
        return service._replace(technique="infusion")
    if service.has("loading-dose"):
        return service._replace(technique="push", spans=(), minutes=0)
    log.refuse(
        service.ids, f"{service.name} was patient-controlled, without a charted loading dose or basal rate.", "run.pca"
    )
    return None


def _short_pump(service: Service) -> Service:
    if service.technique == "pump" and service.route == "iv" and is_short(service):
        return service._replace(technique="infusion")
    return service


def _infusion(service: Service, encounter: Encounter, policy: Policy, log: Log) -> Service | None:
    if service.open:
        if encounter.open:
            tell_running(service, log)
            return None if not service.spans else service
        if not service.spans:
            return without_stop(service, policy, log)
        ask_stop(service, "the last part has no charted stop and counts no minutes", log)
    if service.family == HYDRATION:
        return service
    _after_discharge(service, encounter, log)
    log.met("documentation.start-and-stop", f"{service.name} has a start and a stop: {service.when}.", service.ids)
    if service.minutes > THRESHOLDS.implausible_minutes:
        log.met("time.implausible-duration", f"{service.name} ran {service.minutes} minutes.", service.ids)
        log.problem(
            "IMPLAUSIBLE_DURATION",
            service.ids[0],
            f"{service.name} is charted for {service.minutes} minutes, more than a day; it is computed as charted.",
            "A corrected stop, if it is not right.",
            ("time.implausible-duration",),
        )
    if service.minutes >= THRESHOLDS.infusion_minimum:
        return service
    if _stopped_early(service):
        cut = _early(service, policy, log)
        if cut:
            return cut
    _short(service, log)
    return service._replace(technique="push", by_time=True)


def _after_discharge(service: Service, encounter: Encounter, log: Log) -> None:
    if encounter.stop is None or not service.spans or service.spans[-1][1] <= encounter.stop:
        return
    log.problem(
        "STOP_AFTER_DISCHARGE",
        service.ids[0],
        f"{service.name} is charted to run until {timeline.clock(service.spans[-1][1], service.offset)}, after the visit ended at "
        f"{timeline.clock(encounter.stop, service.offset)}; its charted minutes are counted.",
        "A corrected stop or end of the visit.",
        ("documentation.start-and-stop",),
    )


def _short(service: Service, log: Log) -> None:
    needed = THRESHOLDS.infusion_minimum
    later = ""
    if service.spans:
        stop = timeline.instant_after(service.spans, needed)
        later = f"A charted stop at {timeline.clock(stop, service.offset)} or later makes it an infusion."
    log.met(
        "push.short-infusion",
        f"{service.name} ran {service.minutes} minutes; under {needed} it counts as a push.",
        service.ids,
    )
    log.step(
        "injection.subcutaneous-infusion" if service.route == "sc" else "time.infusion-minimum",
        NOT_MET,
        f"{service.name} ran {service.minutes} minutes; an infusion needs {needed}.",
        first_code(service),
        later,
        service.ids,
        (("active_minutes", service.minutes), ("needed_minutes", needed)),
    )


def _stopped_early(service: Service) -> bool:
    return service.has("stopped-early") or any(item.row.status == "stopped" for item in service.items)


def _early(service: Service, policy: Policy, log: Log) -> Service | None:
    intended = policy["early_stop"] == "infusion_53"
    log.met("run.stopped-early", f"{service.name} was stopped after {service.minutes} minutes.", service.ids)
    other = "a push by its minutes" if intended else "the intended infusion with modifier 53"
    log.problem(
        "EARLY_STOP",
        service.ids[0],
        f"{service.name} was stopped after {service.minutes} minutes; some payers want {other}.",
        "The switch early_stop chooses.",
        ("run.stopped-early",),
    )
    return service._replace(cut="53") if intended else None


def _push(service: Service, log: Log) -> Service:
    if service.minutes >= THRESHOLDS.infusion_minimum:
        log.met(
            "push.long",
            f"{service.name} is charted as a push of {service.minutes} minutes and stays a push.",
            service.ids,
        )
        log.problem(
            "LONG_PUSH",
            service.ids[0],
            f"{service.name} is charted as a push that took {service.minutes} minutes.",
            "If it ran on a pump or by gravity, charting it as an infusion makes it one.",
            ("push.long",),
        )
    elif service.spans == () and any(item.row.stop for item in service.items):
        log.met(
            "time.zero-duration", f"{service.name} has the same start and stop; a push needs one time.", service.ids
        )
    return service
