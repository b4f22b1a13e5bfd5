"""Stage: set aside what is never reported with these codes, and say why for each row.

What stays: drugs, fluids given to hydrate, rows that only mark a pause, and what has a code outside the time rules
(transfusions, a port flush alone).
"""

from __future__ import annotations

from collections.abc import Iterable

from coding.fluids import is_flush, is_port_flush, refuse_fluid
from coding.log import Log
from coding.model import Encounter, Procedure
from coding.policy import Policy
from coding.service import Item
from coding.words import says

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
    if row.has("refused") and row.stop is None:
        return f'{item.name} was not taken: "{row.quote("refused")}".', "excluded.status"
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
        or _procedural(item, encounter, policy, log)
        or _own_code(item)
        or _transfusion_premedication(item, policy)
        or (refuse_fluid(item, items, encounter, policy, log) if item.fluid else None)
    )


def _other_family(item: Item, policy: Policy) -> tuple[str, ...] | None:
    row, kinds = item.row, item.kinds
    unknown = not item.drug.known
    if "vaccine" in kinds or (unknown and row.has("vaccine")):
        return f"{item.name} is an immunization, reported with its own administration code.", "excluded.vaccine"
    if "contrast" in kinds or (unknown and row.has("contrast")):
        return f"{item.name} is contrast: its injection belongs to the imaging study.", "excluded.contrast"
    instilled = row.technique == "instillation" and row.route not in CAVITY_ROUTES
    if instilled or "declot" in kinds or (row.has("declot") and item.drug.key == "alteplase"):
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
    if "sedation" in kinds and (row.technique != "infusion" or item.drug.commercial == "none"):
        return (
            f"{item.name} is a sedation drug: part of the procedure or of the sedation service.",
            "excluded.procedure",
        )
    return None


def _flush(item: Item) -> tuple[str, ...] | None:
    if is_flush(item) and not is_port_flush(item):
        return (
            f"{item.name} cleared or locked a line; a flush is never reported beside other services.",
            "excluded.flush",
        )
    return None


def _procedural(item: Item, encounter: Encounter, policy: Policy, log: Log) -> tuple[str, ...] | None:
    row = item.row
    if row.procedure:
        linked = next((one for one in encounter.procedures if one.id == row.procedure), None)
        if linked and says("transfusion", linked.text):
            return _transfusion_premedication(item, policy, linked.text)
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
    """Whether something ran during the procedure; what begins as it ends did not."""
    if procedure.start is None:
        return False
    stop = procedure.stop if procedure.stop is not None else procedure.start
    return (begin < stop or begin == procedure.start) and (end > procedure.start or begin >= procedure.start)


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


def _transfusion_premedication(item: Item, policy: Policy, said: str = "") -> tuple[str, ...] | None:
    said = said or item.row.quote("transfusion-premedication")
    if said and "blood" not in item.kinds and policy["premed_for_transfusion"] == "exclude":
        rule = "excluded.transfusion-premedication"
        return f'{item.name} was given for a transfusion ("{said}") and belongs to it.', rule
    return None
