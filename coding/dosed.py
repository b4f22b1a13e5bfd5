"""A drug given on a date, in the billing units of its code, and what the chart was found to prove of its waste."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import NamedTuple

from coding.doses import amount, in_units
from coding.drugs import Hcpcs
from coding.model import Quantity
from coding.vials import Vials, fitting

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
        return self.of_base(sum(self.doses, Decimal(0)))

    @property
    def billed(self) -> int:
        """Billing units of all doses, added and rounded up once."""
        return math.ceil(self.units)

    @property
    def unit(self) -> str:
        """What one billing unit is, for a person: "10 mg"."""
        return f"{self.code.unit_qty} {self.code.unit_uom}"

    def smallest(self, pooled: bool = False) -> tuple[int, ...]:
        """The smallest containers that hold the doses, each dose from its own or all from the same; () where none are known."""
        if self.vials is None or self.vials.base != self.base:
            return ()
        doses = (sum(self.doses, Decimal(0)),) if pooled else self.doses
        each = [fitting(dose, self.vials.sizes) for dose in doses]
        return tuple(size for one in each for size in one) if all(each) else ()

    def in_code(self, quantity: Quantity) -> Decimal | None:
        """A charted quantity in billing units, a volume by the charted strength; None where that cannot be told."""
        found = self._in_base(quantity)
        return in_units(found, self.code.unit_qty, self.code.unit_uom) if found else None

    def of(self, quantity: Quantity) -> Decimal:
        """The same of a quantity that can be told."""
        return self.in_code(quantity) or Decimal(0)

    def of_base(self, total: Decimal | int) -> Decimal:
        """So much of the base unit in billing units."""
        return in_units((self.base, Decimal(total)), self.code.unit_qty, self.code.unit_uom) or Decimal(0)

    def in_containers(self, quantity: Quantity) -> Decimal | None:
        """A quantity in the unit of the containers; None where they are not known or it is measured otherwise."""
        found = self._in_base(quantity)
        known = self.vials is not None and self.vials.base == self.base
        return found[1] if known and found and found[0] == self.base else None

    def _in_base(self, quantity: Quantity) -> tuple[str, Decimal] | None:
        found = amount(quantity)
        if found and found[0] == "ml" and self.strength:
            return (self.strength[0], self.strength[1] * found[1])
        return found


class Question(NamedTuple):
    """Something that a person must settle. row: the administration that it is about, "" for the drug as a whole."""

    code: str
    says: str
    would_change: str
    row: str = ""


class Wasted(NamedTuple):
    """discarded: whole units for a line with JW. none: JZ. evidence: what it rests on. silent: nothing is charted of it.

    held: what the containers held as far as it counts, in units, not rounded; None where the chart does not prove it. multi_dose: a
    container that serves several doses.
    """

    discarded: int = 0
    none: bool = False
    evidence: str = ""
    silent: bool = False
    questions: tuple[Question, ...] = ()
    held: Decimal | None = None
    multi_dose: bool = False
