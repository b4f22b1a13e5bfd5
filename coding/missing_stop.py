"""What is left of an infusion whose stop is not charted, or that still runs (rules documentation.*)."""

from __future__ import annotations

from coding import timeline
from coding.codes import code_for
from coding.log import Log
from coding.model import CHEMO, HYDRATION, UNKNOWN
from coding.policy import Policy
from coding.rules import THRESHOLDS
from coding.service import Service
from coding.timeline import MINUTE


def first_code(service: Service) -> str:
    if service.route == "sc":
        return code_for("subcutaneous", "initial infusion")
    if service.route == "ia" and service.family == CHEMO:
        return code_for("artery", "initial infusion")
    return code_for(service.family, "initial infusion")


def tell_running(service: Service, log: Log) -> None:
    log.met("documentation.still-running", f"{service.name} is still running.", service.ids)
    log.problem(
        "STILL_RUNNING",
        service.ids[0],
        f"{service.name} is still running since {timeline.clock(service.start, service.offset)}; what runs now is not billed yet.",
        "Its charted stop.",
        ("documentation.still-running",),
    )
    if not service.spans:
        log.refuse(service.ids, f"{service.name} is still running.", "documentation.still-running")


def without_stop(service: Service, policy: Policy, log: Log) -> Service | None:
    fluid = service.family == HYDRATION
    plausible = policy["missing_stop_policy"] == "push" and not fluid and service.drug.push_plausible != "N"
    outcome = "it falls back to a push" if plausible else "nothing is billed for it"
    ask_stop(service, outcome, log)
    need = THRESHOLDS.hydration_minimum if fluid else THRESHOLDS.infusion_minimum
    at = timeline.clock(service.start + need * MINUTE, service.offset)
    code = code_for(HYDRATION, "initial") if fluid else first_code(service)
    log.step(
        "documentation.missing-stop",
        UNKNOWN,
        f"{service.name} started at {timeline.clock(service.start, service.offset)} and has no stop.",
        code,
        f"A charted stop at {at} or later supports {code} or its add-on.",
        service.ids,
        (("needed_minutes", need),),
    )
    if plausible and service.drug.known:
        return service._replace(technique="push", by_time=True)
    why = (
        "a fluid"
        if fluid
        else "a drug that is not given as a push"
        if service.drug.known
        else "a drug that is not known"
    )
    log.refuse(
        service.ids,
        f"{service.name} has no stop, and {why} cannot be billed without one.",
        "documentation.missing-stop",
    )
    return None


def ask_stop(service: Service, outcome: str, log: Log) -> None:
    planned = next((item.row.planned for item in service.items if item.row.planned), None)
    hint = f" The planned {planned} minutes are not a stop." if planned else ""
    log.problem(
        "STOP_MISSING",
        service.ids[0],
        f"{service.name} started at {timeline.clock(service.start, service.offset)} and no stop is charted; {outcome}.{hint}",
        "The charted stop, or the volume infused with its rate as charted by nursing.",
        ("documentation.missing-stop",),
    )
