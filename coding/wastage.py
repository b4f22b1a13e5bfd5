"""How much of the opened vials was discarded, as charted (rules drug.wastage, drug.no-waste)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from coding.doses import amount, in_units
from coding.drugs import Hcpcs
from coding.model import Quantity, Waste


def discarded_units(charted: Sequence[Waste], code: Hcpcs, billed: int, units: Decimal) -> tuple[int, str]:
    """(whole billing units discarded, the evidence in words); no evidence gives (0, "").

    billed: units of the dose, rounded up; units: not rounded. Vials give what was opened: opened less billed. Without vials,
    the charted discarded amount with the dose, rounded down, less billed; together never more than dose and waste.
    """
    opened = sum((_in_code(size, code) * count for waste in charted for count, size in waste.vials), Decimal(0))
    thrown = sum((_in_code(waste.discarded, code) for waste in charted if waste.discarded), Decimal(0))
    quote = "; ".join(waste.quote for waste in charted if waste.quote)
    said_none = any(waste.none for waste in charted)
    if opened > 0 and opened >= units and (thrown or said_none or opened == units):
        return max(0, math.floor(opened) - billed), f'vials for {math.floor(opened)} units were opened ("{quote}")'
    if thrown:
        return max(0, math.floor(units + thrown) - billed), f'waste is charted ("{quote}")'
    if said_none:
        return 0, f'no waste is charted ("{quote}")'
    return 0, ""


def _in_code(quantity: Quantity, code: Hcpcs) -> Decimal:
    """A charted quantity in billing units of the code; nothing where its unit is not that of the code."""
    found = amount(quantity)
    return (in_units(found, code.unit_qty, code.unit_uom) if found else None) or Decimal(0)


def contradicts(charted: Sequence[Waste]) -> bool:
    """Whether one note says both that drug was discarded and that none was."""
    return any(waste.none and waste.discarded is not None and waste.discarded.value > 0 for waste in charted)
