"""What the chart shows of each item of the documentation checklist, and of which kind a row is."""

from __future__ import annotations

from collections.abc import Collection

from coding.checklist_table import CARRIER, KEEP_OPEN, KINDS, PAUSE
from coding.denial_facts import Given, dose_words
from coding.fluids import is_flush, is_for_deficit
from coding.model import Encounter, Waste
from coding.one_line import one_line
from coding.runs import is_pause
from coding.service import Item

LONGEST = 200  # characters of what is shown of one item
_DEVICES = ("pump", "refill", "on-body")


def kind_of(item: Item, because: Collection[str] = ()) -> str:
    """Which items apply to a row. because: the rules by which the engine set it aside, and its questions about it.

    Plain fluid that runs is hydration, whatever it turns out to be worth, unless it only keeps a vein open or carries a drug.
    """
    row = item.row
    if is_pause(row):
        return PAUSE
    if is_flush(item):
        return "flush"
    if item.fluid and row.technique in ("infusion", "") and not is_for_deficit(item):
        if "KEEP_OPEN_RATE" in because:
            return "hydration"
        if row.has("keep-open") or "excluded.keep-open" in because:
            return KEEP_OPEN
        if row.has("carrier") or row.has("between-blood") or "excluded.carrier" in because:
            return CARRIER
        return "hydration"
    if row.technique in _DEVICES:
        return "device"
    return row.technique if row.technique in KINDS else "other"


def charted_name(item: Item) -> str:
    """What the chart calls a drug, "" where it says nothing."""
    return item.row.text or " + ".join(one.text for one in item.row.substances if one.text)


def shown(id: str, given: Given, item: Item, encounter: Encounter) -> tuple[str, str]:
    """(what the chart shows of an item, the resource that shows it); ("", ...) where it shows nothing."""
    text, resource = _shown(id, given, item, encounter)
    return one_line(text, LONGEST), resource


def _shown(id: str, given: Given, item: Item, encounter: Encounter) -> tuple[str, str]:
    row = item.row
    here = f"MedicationAdministration/{row.id}"
    order = f"MedicationRequest/{row.order.id}" if row.order else ""
    match id:
        case "order":
            return (row.order.id if row.order else ""), order
        case "start":
            return given.start, here
        case "stop":
            said = f"{given.stop}, derived from {given.derived_from}" if given.derived_from else given.stop
            return said, here
        case "indication":
            own = row.reasons or row.reason_text
            ordered = row.order is not None and bool(row.order.reason_codes or row.order.reason)
            return given.why, here if own else order if ordered else _conditions(given, encounter)
        case "drug":
            known = all(one.drug.known for one in item.actives)
            return (given.drug if known else charted_name(item)), here
        case "dose":
            return given.dose, here
        case "lot":
            return row.quote("lot"), here
        case "route":
            return row.route, here
        case "site":
            return row.site, here
        case "second-site":
            return row.quote("second-site-needed"), here
        case "performer":
            return ("named in the row" if row.has("performer") else ""), here
        case "waste":
            return _waste_words(row.waste), here
    return "", here


def _waste_words(waste: Waste | None) -> str:
    if waste is None:
        return ""
    if waste.multi_dose:
        return "a container for several doses"
    found = [f"{count} x {dose_words(size)}" for count, size in waste.vials]
    found += [f"{dose_words(waste.dispensed)} dispensed"] if waste.dispensed else []
    found += [f"{dose_words(waste.discarded)} discarded"] if waste.discarded else []
    found += ["no waste"] if waste.none else []
    return "; ".join(found) or f'"{waste.quote}"'


def _conditions(given: Given, encounter: Encounter) -> str:
    """The conditions of the visit that a line was linked to."""
    named = [one for one in encounter.conditions if one.code and one.code in given.of_visit]
    return ", ".join(f"Condition/{one.id}" for one in named if one.id)
