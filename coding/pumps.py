"""Stage: portable and implanted pumps (rule chemo.pump)."""

from __future__ import annotations

from coding.codes import code_for
from coding.draft import Draft
from coding.log import Log
from coding.model import CHEMO, FACILITY, PROFESSIONAL, THERAPEUTIC, UNKNOWN
from coding.policy import Policy
from coding.rules import THRESHOLDS
from coding.service import Service

RULE = "chemo.pump"
OFFICE_CARD = "payer.medicare-office"


def _length_words(service: Service, length: int) -> str:
    if pump_minutes(service) is None:
        return f'a pump was started that goes on at home ("{service.quote("continues-at-home")}")'
    return f"a pump was started for {length // THRESHOLDS.hour} hours, more than {THRESHOLDS.pump_minimum_hours}"


def pump_minutes(service: Service) -> int | None:
    """How long the pump runs: charted minutes, else those that the order or the text plans; None where nothing says."""
    if service.minutes:
        return service.minutes
    return next((item.row.planned for item in service.items if item.row.planned), None)


def is_short(service: Service) -> bool:
    """A charted pump run that is not prolonged: coded by its minutes like any infusion."""
    return bool(service.spans) and service.minutes <= THRESHOLDS.pump_minimum_hours * THRESHOLDS.hour


def code_pump(service: Service, policy: Policy, log: Log) -> list[Draft]:
    """The start of a prolonged pump infusion: one unit, without hours."""
    length = pump_minutes(service)
    hours = THRESHOLDS.pump_minimum_hours
    if length is None and service.has("continues-at-home"):
        length = (hours + 1) * THRESHOLDS.hour
    if length is None or length <= hours * THRESHOLDS.hour:
        _ask_length(service, log)
        return []
    if service.route == "ia":
        return [_draft(code_for("artery", "pump"), service, "chemo.intra-arterial", length, log)]
    if service.family != CHEMO:
        return _therapeutic(service, policy, length, log)
    medicare = OFFICE_CARD in policy.cards
    if medicare and policy.setting == PROFESSIONAL and _practice_pump(service):
        return [_draft(code_for(CHEMO, "office pump"), service, RULE, length, log)]
    if medicare:
        log.problem(
            "PUMP_SUPPLIER",
            service.id,
            f"Who supplied the pump for {service.name}, and whether the patient returns for its removal, is not all charted.",
            "A pump that the clinic supplied and takes off again is reported with G0498 under Medicare.",
            (RULE,),
        )
        log.step(
            RULE,
            UNKNOWN,
            "A clinic-supplied pump is not proved here.",
            code_for(CHEMO, "office pump"),
            "A note that the clinic supplied the pump.",
            service.ids,
        )
    return [_draft(code_for(CHEMO, "pump"), service, RULE, length, log)]


def _practice_pump(service: Service) -> bool:
    return service.has("practice-pump")


def _draft(code: str, service: Service, rule: str, length: int, log: Log) -> Draft:
    said = _length_words(service, length)
    log.met(rule, f"{service.name}: {said}.", service.ids, code)
    return Draft(code, 1, service, (rule,), f"{said}; one unit, hours and removal included")


def _ask_length(service: Service, log: Log) -> None:
    hours = THRESHOLDS.pump_minimum_hours
    log.refuse(
        service.ids, f"Nothing charted shows that the pump with {service.name} runs more than {hours} hours.", RULE
    )
    log.step(
        RULE,
        UNKNOWN,
        "The length of the pump infusion is not charted.",
        code_for(CHEMO, "pump"),
        f"An order or note for more than {hours} hours.",
        service.ids,
    )
    log.problem(
        "PUMP_DURATION_UNKNOWN",
        service.id,
        f"{service.name} was started on a pump, but nothing says for how long.",
        f"An order or note for more than {hours} hours supports the pump code.",
        (RULE,),
    )


def _therapeutic(service: Service, policy: Policy, length: int, log: Log) -> list[Draft]:
    if OFFICE_CARD in policy.cards and policy.setting == FACILITY:
        return [_draft(code_for(THERAPEUTIC, "pump"), service, RULE, length, log)]
    log.refuse(
        service.ids, f"No code of this family reports a prolonged pump start of {service.name} under this policy.", RULE
    )
    log.problem(
        "UNLISTED_SERVICE",
        service.id,
        f"{service.name} was started on a pump for {length // 60} hours and has no code here.",
        "The payer's own instruction.",
        (RULE,),
    )
    return []


def code_refill(service: Service, log: Log) -> Draft:
    """Refill and maintenance of a pump: implanted where the chart says so, else portable."""
    implanted = service.has("implanted-pump")
    code = code_for("device", "refill implanted" if implanted else "refill portable")
    log.met(RULE, f"A pump was refilled with {service.name}.", service.ids, code)
    return Draft(code, 1, service, (RULE,), f"{'an implanted' if implanted else 'a portable'} pump was refilled")
