"""Stage: set aside what is never reported with these codes, and say why for each row.

What stays: drugs, fluids given to hydrate, rows that only mark a pause, and what has a code outside the time rules
(transfusions, a port flush alone).
"""

from __future__ import annotations

from collections.abc import Iterable

from coding import timeline
from coding.log import Log
from coding.model import NOT_MET, Encounter, Procedure
from coding.policy import Policy
from coding.rules import THRESHOLDS
from coding.service import Item
from coding.words import first_diagnosis, says

OUTSIDE_ROUTES = ("po", "topical", "inhaled", "other", "id")
CAVITY_ROUTES = ("it", "ip", "pleural", "lesion")
FLUSHES = ("fluid", "flush")


def sift(items: Iterable[Item], encounter: Encounter, policy: Policy, log: Log) -> list[Item]:
    """The rows that the next stages judge. Every row that is set aside is in log.not_billed."""
    items = list(items)
    kept = []
    for item in items:
        refusal = _refusal(item, items, encounter, policy, log)
        if refusal:
            log.refuse((item.id,), *refusal)
        else:
            kept.append(item)
    return kept


def _refusal(item: Item, items: list[Item], encounter: Encounter, policy: Policy, log: Log) -> tuple[str, ...] | None:
    row = item.row
    if row.status in ("error", "not-given"):
        said = "entered in error" if row.status == "error" else "not given"
        return f"{item.name} is charted as {said}.", "excluded.status"
    if row.route in OUTSIDE_ROUTES:
        return f"{item.name} was given by a route without an administration code in this family.", "excluded.route"
    if not row.route and not row.technique and says("oral_form", row.text):
        return f"{item.name} is an oral or surface form.", "excluded.route"
    return (
        _other_family(item, policy)
        or _flush(item)
        or _procedural(item, encounter, log)
        or _own_code(item)
        or _transfusion_premedication(item, policy)
        or (_fluid(item, items, encounter, policy, log) if item.fluid else None)
    )


def _other_family(item: Item, policy: Policy) -> tuple[str, ...] | None:
    row, kinds = item.row, item.kinds
    if "vaccine" in kinds or row.has("vaccine"):
        return f"{item.name} is an immunization, reported with its own administration code.", "excluded.vaccine"
    if "contrast" in kinds or (row.has("contrast") and item.fluid):
        return f"{item.name} is contrast: its injection belongs to the imaging study.", "excluded.contrast"
    instilled = row.technique == "instillation" and row.route not in CAVITY_ROUTES
    if instilled or row.has("declot") or "declot" in kinds:
        return f"{item.name} was instilled to clear a catheter; that is 36593, not a push.", "excluded.declot"
    if "oxytocin" in kinds and policy["oxytocin"] == "exclude":
        return "Oxytocin for labor belongs to the obstetric service.", "excluded.oxytocin"
    return None


def _own_code(item: Item) -> tuple[str, ...] | None:
    row, kinds = item.row, item.kinds
    if "own-code" in kinds:
        return f"{item.name} is given under a code of another family.", "excluded.own-code"
    if "local" in kinds:
        return f"{item.name} is a local anesthetic, which belongs to what it was given for.", "excluded.procedure"
    if "sedation" in kinds and row.technique != "infusion":
        return (
            f"{item.name} is a sedation drug: part of the procedure or of the sedation service.",
            "excluded.procedure",
        )
    return None


def is_port_flush(item: Item) -> bool:
    """A flush of an implanted device, which has a code when it is the only service (rule port.flush-only)."""
    row = item.row
    return (item.fluid or "flush" in item.kinds) and row.has("port-flush")


def _flush(item: Item) -> tuple[str, ...] | None:
    row = item.row
    flushes = row.technique == "flush" or "flush" in item.kinds or (item.fluid and row.has("flush"))
    if flushes and not is_port_flush(item):
        return (
            f"{item.name} cleared or locked a line; a flush is never reported beside other services.",
            "excluded.flush",
        )
    return None


def _procedural(item: Item, encounter: Encounter, log: Log) -> tuple[str, ...] | None:
    row = item.row
    if row.procedure:
        linked = next((one for one in encounter.procedures if one.id == row.procedure), None)
        if not (linked and says("infusion_procedure", linked.text)):
            name = linked.text if linked else "a procedure"
            return f"{item.name} was given as part of {name}.", "excluded.procedure"
    for fact in ("procedural", "sedation"):
        if row.has(fact):
            return f'{item.name} belongs to a procedure: "{row.quote(fact)}".', "excluded.procedure"
    if row.start is None or row.status == "held" or (row.rate is not None and row.rate.value == 0):
        return None
    begin = row.start.at
    end = max(row.stop.at, begin) if row.stop else begin
    for procedure in encounter.procedures:
        if _meets(procedure, begin, end) and says("sedated_procedure", procedure.text):
            _ask_overlap(item, procedure, begin, end, log)
            return (
                f"{item.name} ran during {procedure.text}; drugs given around such a procedure belong to it.",
                "excluded.procedure",
            )
    return None


def _meets(procedure: Procedure, begin: int, end: int) -> bool:
    if procedure.start is None:
        return False
    stop = procedure.stop if procedure.stop is not None else procedure.start
    return begin <= stop and end >= procedure.start and (end > procedure.start or begin >= procedure.start)


def _ask_overlap(item: Item, procedure: Procedure, begin: int, end: int, log: Log) -> None:
    if procedure.start is None or (begin >= procedure.start and end <= (procedure.stop or procedure.start)):
        return
    log.problem(
        "PROCEDURE_OVERLAP",
        item.id,
        f"{item.name} ran before or after {procedure.text} as well as during it, and was left out with the procedure.",
        "If it was not given for the procedure, charting that makes it reportable.",
        ("excluded.procedure",),
    )


def _transfusion_premedication(item: Item, policy: Policy) -> tuple[str, ...] | None:
    if item.row.has("transfusion-premedication") and policy["premed_for_transfusion"] == "exclude":
        quote = item.row.quote("transfusion-premedication")
        return (
            f'{item.name} was given for a transfusion ("{quote}") and belongs to it.',
            "excluded.transfusion-premedication",
        )
    return None


def _fluid(item: Item, items: list[Item], encounter: Encounter, policy: Policy, log: Log) -> tuple[str, ...] | None:
    row = item.row
    if row.status == "held" or is_port_flush(item) or is_for_deficit(item):
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
