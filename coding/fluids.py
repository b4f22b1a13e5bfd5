"""Stage, its part for plain fluids: hydration needs an order with a reason; a carrier, a keep-open rate or a flush is never hydration."""

from __future__ import annotations

from coding import timeline
from coding.log import Log
from coding.model import NOT_MET, Encounter
from coding.policy import Policy
from coding.rules import THRESHOLDS
from coding.service import Item
from coding.words import first_diagnosis, says


def refuse_fluid(
    item: Item, items: list[Item], encounter: Encounter, policy: Policy, log: Log
) -> tuple[str, ...] | None:
    row = item.row
    if row.status == "held" or is_flush(item) or is_for_deficit(item):
        return None
    if row.has("keep-open"):
        return f'{item.name} only kept the vein open ("{row.quote("keep-open")}").', "excluded.keep-open"
    if row.has("between-blood") or row.has("carrier"):
        return f"{item.name} was the carrier of something else; a carrier is never hydration.", "excluded.carrier"
    reason = hydration_reason(item, encounter)
    rate = (
        row.rate.value if row.rate and row.rate.unit.lower().replace("hour", "h").replace("hr", "h") == "ml/h" else None
    )
    if rate is not None and 0 < rate <= policy["kvo_rate_max_ml_h"]:
        if reason:
            _ask_rate(item, rate, log)
        return (
            f"{item.name} ran at {rate:g} mL/h, at or under the {policy['kvo_rate_max_ml_h']} mL/h of a keep-open rate.",
            "excluded.keep-open",
        )
    if reason:
        log.met("hydration.necessity", f"{item.name} was given for a charted reason: {reason}.", (item.id,))
        if rate and rate <= THRESHOLDS.keep_open_flag_max_ml_h:
            _ask_rate(item, rate, log)
        return None
    if _carries(item, items):
        return f"{item.name} started and stopped with a drug: it carried that drug.", "excluded.carrier"
    log.problem(
        "HYDRATION_UNSUPPORTED",
        item.id,
        f"{item.name} has no order with a reason, and no reason is charted with it.",
        "An order that says why the fluid was needed (dehydration, volume loss, kidney protection) makes its minutes countable.",
        ("hydration.necessity", "documentation.order"),
    )
    log.step(
        "hydration.necessity",
        NOT_MET,
        f"{item.name} has no charted reason, so it is not hydration.",
        "96360",
        "An order with a reason for the fluid.",
        (item.id,),
    )
    return (
        f"{item.name} has no order or charted reason that makes it hydration.",
        "hydration.necessity",
        "documentation.order",
    )


def _ask_rate(item: Item, rate: float, log: Log) -> None:
    log.problem(
        "KEEP_OPEN_RATE",
        item.id,
        f"{item.name} was ordered for hydration but ran at {rate:g} mL/h, which a reviewer may call keep-open.",
        "A charted rate that fits the reason, or a higher keep-open ceiling in the policy, settles it.",
        ("excluded.keep-open",),
    )


def _carries(item: Item, items: list[Item]) -> bool:
    row = item.row
    if row.start is None:
        return False
    for other in items:
        if other.fluid or other.row.start is None or other.row.status in ("error", "not-given"):
            continue
        same_start = abs(other.row.start.at - row.start.at) < timeline.MINUTE
        stop, other_stop = row.stop, other.row.stop
        if same_start and (
            stop is other_stop or (stop and other_stop and abs(stop.at - other_stop.at) < timeline.MINUTE)
        ):
            return True
    return False


def is_for_deficit(item: Item) -> bool:
    """Whether a fluid with electrolytes was given to correct a deficit (rule hydration.electrolyte-therapeutic)."""
    row = item.row
    if len(item.actives) < 2 and "electrolyte" not in item.kinds:
        return False
    order = row.order
    codes = row.reasons + (order.reason_codes if order else ())
    text = f"{row.reason_text} {order.reason if order else ''}"
    return bool(first_diagnosis("deficit", codes) or says("deficit", text))


def hydration_reason(item: Item, encounter: Encounter) -> str:
    """Why a plain fluid was given, in the chart's words or code, or "".

    An order with a reason, a reason on the row, a note that says one; or an order without a reason beside a diagnosis
    of the encounter that shows the need (rule hydration.necessity).
    """
    row, order = item.row, item.row.order
    if row.has("hydration-reason"):
        return row.quote("hydration-reason")
    for text, codes in (
        (row.reason_text, row.reasons),
        (order.reason, order.reason_codes) if order else ("", ()),
    ):
        if text and says("not_a_hydration_reason", text):
            return ""
        if text or codes:
            return text or codes[0]
    if order:
        if says("not_a_hydration_reason", order.text):
            return ""
        if says("hydration_reason", order.text):
            return order.text
        code = first_diagnosis("hydration_reason", tuple(one.code for one in encounter.conditions))
        if code and (order.id or order.text):
            return f"ordered, with the diagnosis {code}"
    return ""


def is_flush(item: Item) -> bool:
    """Whether a row cleared or locked a line: by its method or drug, or by a note on a fluid that did not run and was not ordered."""
    row = item.row
    if row.technique == "flush" or "flush" in item.kinds:
        return True
    said = row.has("flush") or row.has("port-flush")
    ran = row.stop is not None and row.start is not None and row.stop.at > row.start.at
    return said and item.fluid and not ran and row.order is None


def is_port_flush(item: Item) -> bool:
    """A flush of an implanted device, which has a code when it is the only service (rule port.flush-only)."""
    return is_flush(item) and (item.row.has("port-flush") or bool(says("implanted_port", item.row.site)))
