"""What throws doubt on the documentation of a row: the engine's questions about it, and what its order says."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from coding.checklist_shown import charted_name
from coding.checklist_table import CONTAINER_UNKNOWN, DOSE_DIFFERS, DOSE_TOLERANCE, NAME_UNKNOWN, ORDER_LATE, PAUSE
from coding.doses import amount
from coding.model import Coded, Order, Quantity
from coding.runs import is_pause
from coding.service import Item
from coding.timeline import MINUTE
from coding.vials import vials_of
from coding.wastage import UNDOCUMENTED

MARKED = {"JW", "JZ"}
SITE_NEEDED, SITE_UNSUPPORTED = "second-site-needed", "SECOND_SITE_UNSUPPORTED"


def doubts_of(item: Item, run: Sequence[Item], coded: Coded) -> frozenset[str]:
    """What is asked about a row: problem codes of the engine, and our own. run: the rows of its infusion, first to last, pauses left out.

    What is about the whole infusion is found at its first row.
    """
    found = {one.code for one in coded.problems if one.resource.rsplit("/", 1)[-1] == item.id}
    if is_pause(item.row):
        found.add(PAUSE)
    if charted_name(item) and not all(one.drug.known for one in item.actives):
        found.add(NAME_UNKNOWN)
    if run[0].id == item.id:
        found |= _of_infusion(run, coded)
    return frozenset(found)


def _of_infusion(run: Sequence[Item], coded: Coded) -> set[str]:
    found = set()
    row = run[0].row
    order = row.order
    if order and order.written and row.start and order.written.at - row.start.at >= MINUTE:
        found.add(ORDER_LATE)
    if order and order.dose and _differs(order, order.dose, run):
        found.add(DOSE_DIFFERS)
    if not any(single_dose(item) for item in run) and asked_for_waste(run, coded):
        found.add(CONTAINER_UNKNOWN)
    return found


def single_dose(item: Item) -> bool:
    """Whether waste can be asked for: the drug is sold in single-dose containers, or the chart speaks of them."""
    return item.row.waste is not None or any(vials_of(one.drug.name, one.product) for one in item.actives)


def asked_for_waste(run: Sequence[Item], coded: Coded) -> bool:
    """Whether the engine asks for vials or waste of what was given: a drug line of it has neither JW nor JZ."""
    if not any(one.code == UNDOCUMENTED for one in coded.problems):
        return False
    ids = {item.id for item in run}
    return any(ids & set(line.administrations) and not MARKED & set(line.modifiers) for line in coded.drug_lines)


def own_dose(item: Item) -> Quantity | None:
    """The dose charted on the row, or that of its only active ingredient."""
    doses = [one.dose for one in item.row.substances if one.active is not False]
    return item.row.dose or (doses[0] if len(doses) == 1 else None)


def _differs(order: Order, dose: Quantity, run: Sequence[Item]) -> bool:
    """Whether what was given under an order is surely another dose than it asks for.

    Only drugs given whole are judged. Rows of an infusion may share the dose, each have a part of it or each a bag of it: any reading that
    gives the ordered dose is taken.
    """
    wanted = amount(dose)
    for item in run:
        other = item.row.order is None or item.row.order.id != order.id
        if other or item.row.status != "given" or item.fluid or len(item.actives) > 1:
            return False
    given = [found for one in run if (charted := own_dose(one)) and (found := amount(charted))]
    if wanted is None or len(given) < len(run) or any(base != wanted[0] for base, _ in given):
        return False
    each = [size for _, size in given]
    readings = {*each, sum(each, Decimal(0)), sum(set(each), Decimal(0))}
    return not any(abs(one - wanted[1]) * 100 <= wanted[1] * DOSE_TOLERANCE for one in readings)
