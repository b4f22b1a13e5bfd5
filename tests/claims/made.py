"""Claims made in one line, typed as a biller would or made of the answer for a chart, and small charts to hold them against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from coding import Encounter, code, policy_for
from coding.billed import Billed, BilledClaim, Corrected, Finding
from coding.check import check
from coding.model import Administration, Coded, DrugLine, Line, Quantity, Waste
from coding.policy import Policy
from tests.charts import infusion, visit

DAY = "2026-03-10"
Totals = Counter[tuple[str, tuple[str, ...], str]]


def billed(*said: str, date: str = DAY) -> BilledClaim:
    """ "96366 x2", "J1745-JZ x40", "96366 x2 @2026-03-11": one line each."""
    return BilledClaim(tuple(_line(one, number, date) for number, one in enumerate(said, 1)), "typed lines")


def _line(said: str, number: int, date: str) -> Billed:
    name, *rest = said.split()
    code_, *modifiers = name.split("-")
    units = next((int(one[1:]) for one in rest if one[0] == "x"), 1)
    date = next((one[1:] for one in rest if one[0] == "@"), date)
    return Billed(code_, units, tuple(modifiers), date, place=f"line {number}")


def claim_of(coded: Coded) -> BilledClaim:
    """The claim that bills exactly what is coded."""
    lines = (*coded.lines, *coded.drug_lines)
    made = (Billed(one.code, one.units, one.modifiers, one.date, place=f"line {n}") for n, one in enumerate(lines, 1))
    return BilledClaim(tuple(made), "made of the answer")


def findings(
    chart: Encounter, *said: str, setting: str = "facility", payer: str = "commercial", **switches: str
) -> tuple[Finding, ...]:
    """What is found in a typed claim for a chart."""
    policy = policy_for(setting, payer, switches)
    return check(billed(*said), code(chart, policy), chart, policy)


def kinds(found: Iterable[Finding]) -> list[str]:
    return [one.kind for one in found]


def written(lines: Iterable[Corrected]) -> list[str]:
    """Corrected lines as they are typed, sorted."""
    names = [("-".join((one.code, *one.modifiers)), one.units) for one in lines]
    return sorted(name if units == 1 else f"{name} x{units}" for name, units in names)


def totals(lines: Iterable[Line | DrugLine | Corrected | Billed]) -> Totals:
    added: Totals = Counter()
    for one in lines:
        added[one.code, tuple(sorted(one.modifiers)), one.date] += one.units
    return added


def policy_of(setting: str, payer: str) -> Policy:
    return policy_for(setting, payer)


def dosed(row: Administration, dose: float, unit: str = "mg", waste: Waste | None = None) -> Administration:
    """The row with its dose, and what is charted of vials."""
    return row._replace(dose=Quantity(dose, unit), waste=waste)


def infliximab(minutes: int | None = 127, dose: int = 400, wasted: int | None = 0) -> Encounter:
    """One infliximab infusion for Crohn's disease from nine on; wasted: mg out of four vials, None: nothing charted of vials."""
    waste = None
    if wasted is not None:
        vials = ((4, Quantity(100, "mg")),)
        waste = Waste(vials, Quantity(wasted, "mg"), not wasted, f"4 x 100 mg vials, {wasted} mg wasted")
    return visit(dosed(infusion("A1", "Infliximab", 0, minutes), dose, "mg", waste)._replace(reasons=("K50.90",)))
