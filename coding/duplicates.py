"""Stage: one administration charted twice counts once (rule run.duplicate)."""

from __future__ import annotations

from coding.log import Log
from coding.model import Administration
from coding.rules import THRESHOLDS
from coding.service import Item
from coding.timeline import MINUTE


def without_duplicates(items: list[Item], log: Log) -> list[Item]:
    """Rows of the same drug, start, dose and order: the first counts, the others are listed as not used."""
    kept: list[Item] = []
    by_key: dict[str, list[Item]] = {}
    for item in items:
        row = item.row
        if row.start is None or row.status == "held" or row.has("split-dose"):
            kept.append(item)
            continue
        earlier = by_key.setdefault(item.key, [])
        twin = next((one for one in earlier if _same_charting(one.row, row)), None)
        if twin is None:
            kept.append(item)
            earlier.append(item)
        elif _same_dose(twin.row, row) and _same_order(twin.row, row) and _same_stop(twin.row, row):
            if twin.row.stop is None and row.stop is not None:
                kept[kept.index(twin)] = item
                earlier[earlier.index(twin)] = item
                item, twin = twin, item
            log.refuse(
                (item.id,),
                f"{item.name} is charted twice with the same start, dose and order; {twin.id} counts, this row does not.",
                "run.duplicate",
            )
            log.problem(
                "DUPLICATE_ROW",
                item.id,
                f"{item.name} was read as a second charting of {twin.id}.",
                "",
                ("run.duplicate",),
            )
        else:
            kept.append(item)
            log.problem(
                "POSSIBLE_DUPLICATE",
                item.id,
                f"{item.name} starts within a minute of {twin.id} with another dose, order or stop; both are counted.",
                "If one is a correction of the other, marking it as entered in error removes it.",
                ("run.duplicate",),
            )
    return kept


def _same_charting(a: Administration, b: Administration) -> bool:
    if a.start is None or b.start is None or a.route != b.route or a.technique != b.technique:
        return False
    return abs(a.start.at - b.start.at) <= THRESHOLDS.duplicate_window_minutes * MINUTE


def _same_dose(a: Administration, b: Administration) -> bool:
    return a.dose == b.dose and a.rate == b.rate


def _same_order(a: Administration, b: Administration) -> bool:
    return (a.order.id if a.order else "") == (b.order.id if b.order else "")


def _same_stop(a: Administration, b: Administration) -> bool:
    return a.stop is None or b.stop is None or a.stop.at == b.stop.at
