"""A plain fluid that was given to hydrate has no drug line; its code is shown as one that was weighed (rule drug.units)."""

from __future__ import annotations

from decimal import Decimal

from coding.doses import amount, amount_of
from coding.drug_amounts import plain
from coding.drugs import Hcpcs, hcpcs_for
from coding.log import Log
from coding.model import NOT_MET
from coding.service import Service

_WOULD_CHANGE = "A payer that pays for it."


def weigh_fluid(service: Service, date: str, log: Log) -> None:
    """A step for each plain fluid of a service that has a code, under that of the largest container that its volume fills."""
    volume = _volume(service)
    for found in service.items[0].actives:
        codes = sorted((one for one in hcpcs_for(found, date=date) if _ml(one)), key=_ml)
        if not codes:
            continue
        filled = [one for one in codes if volume is not None and _ml(one) <= volume]
        code = filled[-1] if filled else codes[0]
        sizes = ", ".join(f"{one.code} ({plain(_ml(one))} mL)" for one in codes)
        says = f"{found.drug.name}: plain fluid has no drug line here ({sizes})."
        log.step("drug.units", NOT_MET, says, code.code, _WOULD_CHANGE, service.ids)


def _ml(code: Hcpcs) -> Decimal:
    found = amount_of(str(code.unit_qty), code.unit_uom)
    return found[1] if found and found[0] == "ml" else Decimal(0)


def _volume(service: Service) -> Decimal | None:
    """Charted mL; rows that repeat the volume of their bag count it once."""
    doses = dict.fromkeys(item.row.dose for item in service.items if item.row.dose)
    found = [one[1] for dose in doses if (one := amount(dose)) and one[0] == "ml"]
    return sum(found, Decimal(0)) if found else None
