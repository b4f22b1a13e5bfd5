"""The strengths of the ingredients of a Medication, and how much of each was in what was given (rule drug.units).

A strength is no dose. It gives one only beside a charted amount, and by a volume only where it must be that of what was given:

    the drug alone in the product                     ──▶ any volume of it
    every drug in one same volume of more than 1 mL   ──▶ that volume of the bag, or less of it

"10 mg in 1 mL" beside a diluent is what the vial holds: the volume of the bag says nothing of how much of it went in.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from coding import drugs
from coding.doses import amount
from coding.drug_amounts import in_words as amount_in_words
from coding.model import Quantity, Substance
from coding.substances import FLUID
from smart_app.quantities import quantity

_ONE_ML = Decimal(1)
_WHOLE = "{dose}"


class Strength(NamedTuple):
    """So much of an ingredient (top) in so much of the product (below)."""

    top: Quantity | None = None
    below: Quantity | None = None

    @property
    def ml(self) -> Decimal | None:
        """The volume that it is charted for, in mL; None where it is charted for none."""
        found = amount(self.below) if self.top is not None and self.below is not None else None
        return found[1] if found and found[0] == "ml" and found[1] > 0 else None


def read_strength(ingredient: dict[str, Any]) -> Strength:
    """The strength of a Medication.ingredient, in R4 or R5 shape."""
    ratio = ingredient.get("strength") or ingredient.get("strengthRatio")
    if ratio:
        return Strength(quantity(ratio.get("numerator")), quantity(ratio.get("denominator")))
    return Strength(quantity(ingredient.get("strengthQuantity")))


def in_words(strength: Strength) -> str:
    """A strength as a person writes it: "10 mg/mL", "400 mg/250 mL"; "" where none is charted."""
    top, below = strength
    if top is None:
        return ""
    if below is None:
        return amount_in_words(top)
    return f"{amount_in_words(top)}/{below.unit if below.value == 1 else amount_in_words(below)}"


def doses_in(
    substances: Sequence[Substance], strengths: Sequence[Strength], text: str, dose: Quantity
) -> tuple[Substance, ...]:
    """The substances with their doses in an amount that was charted for the whole; without one where the strength does not tell it.

    An amount in the unit of one ingredient's own strength is that ingredient's dose. text: the words for the whole.
    """
    pairs = list(zip(substances, strengths, strict=False))
    bag = _bag(pairs)
    alone = len(pairs) == 1 and len(drugs.read_mixture(text)) == 1
    like = [strength for _, strength in pairs if strength.top is not None and strength.top.unit == dose.unit]
    own = like[0] if len(like) == 1 else None
    part = _part(dose, own, bag)
    charted = amount(dose)
    found = []
    for substance, strength in pairs:
        given = None
        if strength.top is not None and strength is own:
            given = dose
        elif strength.top is not None and alone and strength.ml and charted and charted[0] == "ml":
            given = _scaled(strength.top, charted[1] / strength.ml)
        elif strength.top is not None and part is not None and _is_of_whole(strength, bag):
            given = _scaled(strength.top, part)
        found.append(substance._replace(dose=given))
    return tuple(found)


def _part(dose: Quantity, own: Strength | None, bag: Decimal | None) -> Decimal | None:
    """How much of the whole was given, where the charted amount tells it: never more than all."""
    if dose.unit == _WHOLE:
        return Decimal(1) if dose.value == 1 else None
    if bag is None:
        return None
    charted = amount(dose)
    if charted and charted[0] == "ml":
        part = charted[1] / bag
    elif own is not None and own.top is not None and own.top.value > 0:
        part = Decimal(repr(dose.value)) / Decimal(repr(own.top.value))
    else:
        return None
    return part if part <= 1 else None


def _bag(pairs: Sequence[tuple[Substance, Strength]]) -> Decimal | None:
    """The one volume, in mL, that the strengths of all drugs are charted for, where it can be that of a bag."""
    volumes = {strength.ml for substance, strength in pairs if strength.top is not None and not _is_diluent(substance)}
    only = volumes.pop() if len(volumes) == 1 else None
    return only if only is not None and only > _ONE_ML else None


def _is_of_whole(strength: Strength, bag: Decimal | None) -> bool:
    """Whether the strength says how much is in the whole: in the volume of the bag, or in no volume at all."""
    return strength.ml == bag if bag is not None else strength.below is None


def _is_diluent(substance: Substance) -> bool:
    return substance.active is False or drugs.identify(substance.text, substance.codes).drug.kind == FLUID


def _scaled(dose: Quantity, factor: Decimal) -> Quantity:
    # Nine digits: far more than a scale shows, few enough to drop the dust of binary fractions.
    value: Any = round(dose.value * float(factor), 9)
    return Quantity(int(value) if float(value).is_integer() else value, dose.unit)
