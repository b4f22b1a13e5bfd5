"""JW or JZ: what was left of the opened containers, as charted (rules drug.wastage, drug.no-waste).

    charted vials, or whole containers dispensed ──▶ opened, at most the smallest containers that fit ──▶ less the units given
    no vials, but a discarded amount              ──▶ dose and discarded amount, rounded down         ──▶ less the units given
    "no waste"                                    ──▶ nothing discarded

Units given are rounded up and discarded units down, so together they are never above what was opened. Where the figures do not
add up there is neither modifier, and a question.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from coding.doses import amount, in_units
from coding.drugs import Hcpcs
from coding.model import Quantity, Waste
from coding.rules import THRESHOLDS
from coding.vials import Vials, fitting, in_words, whole

UNDOCUMENTED, CONTRADICTION = "WASTE_UNDOCUMENTED", "WASTE_CONTRADICTION"
NO_AMOUNT, NOT_SMALLEST = "WASTE_AMOUNT_MISSING", "VIALS_NOT_SMALLEST"
Strength = tuple[str, Decimal]


class Dosed(NamedTuple):
    """A drug given on a date. doses: those given one by one, in base. shared: it was in one bag with another drug that is billed."""

    name: str
    code: Hcpcs
    base: str
    doses: tuple[Decimal, ...]
    strength: Strength | None = None
    vials: Vials | None = None
    shared: bool = False

    @property
    def units(self) -> Decimal:
        """Billing units of all doses, not rounded."""
        return in_units((self.base, sum(self.doses, Decimal(0))), self.code.unit_qty, self.code.unit_uom) or Decimal(0)

    @property
    def billed(self) -> int:
        """Billing units of all doses, added and rounded up once."""
        return math.ceil(self.units)

    def smallest(self, pooled: bool = False) -> tuple[int, ...]:
        """The smallest containers that hold the doses, each dose from its own or all from the same; () where none are known."""
        if self.vials is None or self.vials.base != self.base:
            return ()
        doses = (sum(self.doses, Decimal(0)),) if pooled else self.doses
        each = [fitting(dose, self.vials.sizes) for dose in doses]
        return tuple(size for one in each for size in one) if all(each) else ()

    def in_code(self, quantity: Quantity) -> Decimal | None:
        """A charted quantity in billing units, a volume by the charted strength; None where that cannot be told."""
        found = amount(quantity)
        if found and found[0] == "ml" and self.strength:
            found = (self.strength[0], self.strength[1] * found[1])
        return in_units(found, self.code.unit_qty, self.code.unit_uom) if found else None

    def of_base(self, total: int) -> Decimal:
        """So much of the base unit in billing units."""
        return in_units((self.base, Decimal(total)), self.code.unit_qty, self.code.unit_uom) or Decimal(0)


class Question(NamedTuple):
    """Something that a person must settle."""

    code: str
    says: str
    would_change: str


class Wasted(NamedTuple):
    """discarded: whole units for a line with JW. none: JZ. evidence: what it rests on. silent: nothing is charted of it."""

    discarded: int = 0
    none: bool = False
    evidence: str = ""
    silent: bool = False
    questions: tuple[Question, ...] = ()


def wasted(drug: Dosed, charted: Sequence[Waste]) -> Wasted:
    """What the chart proves of discarded drug. Without proof neither JW nor JZ, and a question."""
    if any(one.multi_dose for one in charted):
        return Wasted(evidence=f'a container for several doses leaves no waste to bill ("{_quote(charted)}")')
    if contradicts(charted):
        says = f"The chart says both that {drug.name} was wasted and that none was; no JW or JZ is set."
        return _asked(says, "A corrected waste note.")
    amounts = [size for one in charted for _, size in one.vials]
    amounts += [one for each in charted for one in (each.discarded, each.dispensed) if one]
    if drug.shared and amounts:
        says = f"{drug.name} was in one bag with another drug, and the waste note does not say whose vials or waste it means."
        return _asked(f"{says} No JW or JZ is set.", "Vials and waste of each drug.")
    foreign = next((one for one in amounts if drug.in_code(one) is None), None)
    if foreign:
        says = f"Vials or waste of {drug.name} are charted in {foreign.unit}, and {drug.code.code} counts {_unit(drug.code)}"
        return _asked(
            f"{says}; no JW or JZ is set.", "The amount in the unit of the code, or the strength of the solution."
        )
    opened = sum((count * _of(drug, size) for one in charted for count, size in one.vials), Decimal(0))
    thrown = [_of(drug, one.discarded) for one in charted if one.discarded]
    none = any(one.none for one in charted) or (bool(thrown) and not any(thrown))
    if opened:
        said = f'vials for {_plain(opened)} units were opened ("{_quote(charted)}")'
        return _from_opened(drug, opened, thrown, none, said)
    dispensed = sum((_of(drug, one.dispensed) for one in charted if one.dispensed), Decimal(0))
    if dispensed and _whole_containers(drug, charted):
        said = f'{_plain(dispensed)} units were dispensed in whole containers ("{_quote(charted)}")'
        return _from_opened(drug, dispensed, thrown, none, said)
    if any(thrown):
        return _from_discarded(drug, sum(thrown, Decimal(0)), _quote(charted))
    if none:
        return _from_none(drug, _quote(charted))
    if charted and not dispensed:
        says = (
            f'The note on vials or waste of {drug.name} cannot be worked out ("{_quote(charted)}"); no JW or JZ is set.'
        )
        return _asked(says, "One amount discarded, or the vials opened.")
    return Wasted(silent=True)


def contradicts(charted: Sequence[Waste]) -> bool:
    """Whether one note says both that drug was discarded and that none was."""
    return any(waste.none and waste.discarded is not None and waste.discarded.value > 0 for waste in charted)


def would_leave(drug: Dosed) -> str:
    """What the smallest containers would leave of the doses, for a question; "" where the table has none of the product."""
    containers = drug.smallest() if len(drug.doses) == 1 else ()
    if not containers or drug.vials is None:
        return ""
    left = math.floor(drug.of_base(sum(containers))) - drug.billed
    rest = f"{left} units left over" if left >= THRESHOLDS.waste_minimum_units else "nothing left to bill"
    return f"{drug.name}: the smallest vials that fit are {in_words(containers, drug.vials.base)}, {rest}"


def _from_opened(drug: Dosed, opened: Decimal, thrown: list[Decimal], none: bool, said: str) -> Wasted:
    rest = opened - drug.units
    least = THRESHOLDS.waste_minimum_units
    charted = sum(thrown, Decimal(0))
    if rest < 0 or (thrown and abs(charted - rest) >= least) or (none and rest >= least):
        means = f"{said}, {_plain(drug.units)} units were given"
        means += f" and {_plain(charted)} discarded" if thrown else " and no waste is charted" if none else ""
        says = f"Dose, vials and waste of {drug.name} do not add up: {means}; no JW or JZ is set."
        return _asked(says, "The vials opened, the dose given and the amount discarded, so that they agree.")
    questions: list[Question] = []
    counted = math.floor(opened)
    containers = drug.smallest()
    if containers and drug.vials and (most := math.floor(drug.of_base(sum(containers)))) < counted:
        fit = in_words(containers, drug.vials.base)
        says = f"More was opened of {drug.name} than its dose needs: {fit} would do. Waste is counted from those."
        questions.append(Question(NOT_SMALLEST, says, "Why larger vials or more of them were opened."))
        counted = most
    left = max(0, counted - drug.billed)
    if left < least:
        return Wasted(0, True, said, questions=tuple(questions))
    if not thrown:
        says = f"{left} units of {drug.name} are left of what was opened, but no discarded amount is charted."
        questions.append(Question(NO_AMOUNT, says, "The amount discarded, and a witness where your policy wants one."))
    return Wasted(left, False, said, questions=tuple(questions))


def _from_discarded(drug: Dosed, thrown: Decimal, quote: str) -> Wasted:
    said = f'waste is charted ("{quote}")'
    counted = math.floor(drug.units + thrown)
    questions: tuple[Question, ...] = ()
    containers = drug.smallest()
    if containers and drug.vials and (most := math.floor(drug.of_base(sum(containers)))) < counted:
        fit = in_words(containers, drug.vials.base)
        says = f"The waste charted for {drug.name} is more than {fit} would leave. Waste is counted from those."
        questions = (Question(NOT_SMALLEST, says, "The vials opened, and why larger ones or more of them were."),)
        counted = most
    left = max(0, counted - drug.billed)
    return Wasted(left, left < THRESHOLDS.waste_minimum_units, said, questions=questions)


def _from_none(drug: Dosed, quote: str) -> Wasted:
    containers = drug.smallest(pooled=True)
    left = math.floor(drug.of_base(sum(containers))) - drug.billed if containers else 0
    if left >= THRESHOLDS.waste_minimum_units and drug.vials:
        fit = in_words(containers, drug.vials.base)
        says = f'No waste is charted of {drug.name} ("{quote}"), but {fit}, the smallest vials that fit, leave {left} units; no JZ is set.'
        return _asked(says, "The vials opened.")
    return Wasted(0, True, f'no waste is charted ("{quote}")')


def _whole_containers(drug: Dosed, charted: Sequence[Waste]) -> bool:
    if drug.vials is None or drug.vials.base != drug.base:
        return False
    for one in charted:
        found = amount(one.dispensed) if one.dispensed else None
        if found and found[0] == "ml" and drug.strength:
            found = (drug.strength[0], drug.strength[1] * found[1])
        if found and not (found[0] == drug.vials.base and whole(found[1], drug.vials.sizes)):
            return False
    return True


def _asked(says: str, would_change: str) -> Wasted:
    return Wasted(questions=(Question(CONTRADICTION, says, would_change),))


def _of(drug: Dosed, quantity: Quantity) -> Decimal:
    return drug.in_code(quantity) or Decimal(0)


def _unit(code: Hcpcs) -> str:
    return f"{code.unit_qty} {code.unit_uom}"


def _quote(charted: Sequence[Waste]) -> str:
    return "; ".join(waste.quote for waste in charted if waste.quote)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
