"""How much of a drug a row gave: its charted dose, or a charted volume with a strength that holds for it (rule drug.units)."""

from __future__ import annotations

from decimal import Decimal

from coding import drugs
from coding.doses import amount, percentage, strength, strengths
from coding.drug_words import agree
from coding.drugs import Found
from coding.model import Quantity, Substance
from coding.service import Item
from coding.substances import FLUID

Dose = tuple[str, Decimal]
_ONE_ML = Decimal(1)
_PIECES = "each"


def drugs_in(item: Item) -> tuple[Found, ...]:
    """The drugs of a row; of a fluid with electrolytes these, without the fluid."""
    return tuple(one for one in item.actives if one.drug.kind != FLUID) if item.fluid else item.actives


def dose_of(found: Found, item: Item) -> Dose | None:
    """The dose of a drug in a row: that of the row where it is its only drug, else that of the ingredient.

    A volume without a strength that holds for it is no dose; nor are two figures that differ.
    """
    charted, own = _figures(found, item)
    return None if _differ(charted, own) else charted or own


def two_figures(found: Found, item: Item) -> tuple[Dose, Dose] | None:
    """What the words and the ingredient make of a charted volume, where they differ."""
    charted, own = _figures(found, item)
    return (charted, own) if charted and own and _differ(charted, own) else None


def _figures(found: Found, item: Item) -> tuple[Dose | None, Dose | None]:
    row = item.row
    listed = ingredient(found, item)
    own = _known(listed.dose) if listed else None
    charted = None
    if row.dose is not None and len(drugs_in(item)) == 1:
        charted = amount(row.dose)
        if charted and charted[0] == "ml":
            per_ml = None if item.fluid else strength_of(item)
            charted = (per_ml[0], per_ml[1] * charted[1]) if per_ml else None
    return charted, own


def ingredient(found: Found, item: Item) -> Substance | None:
    """The ingredient of the row that is the drug: the one with a dose, where several are."""
    row = item.row
    own = [one for one in row.substances if drugs.identify(one.text, one.codes, row.route).drug == found.drug]
    return next((one for one in own if one.dose), own[0] if own else None)


def strength_of(item: Item) -> Dose | None:
    """(base unit, amount in one mL) of what was given, by the words of the row.

    Beside a diluent "10 mg/mL" is what the vial holds, so only an amount in a larger volume counts, and no more of it than that volume.
    """
    text = item.row.text
    if len(drugs_in(item)) != 1:
        return None
    if len(item.row.substances) <= 1 and len(drugs.read_mixture(text, (), item.row.route)) == 1:
        return strength(text) or percentage(text)
    charted, bag = amount(item.row.dose) if item.row.dose else None, volume_of(text)
    if bag is None or bag <= _ONE_ML or (charted and charted[0] == "ml" and charted[1] > bag):
        return None
    return strength(text)


def volume_of(text: str) -> Decimal | None:
    """The volume, in mL, of the one strength that a text names: 250 of "400 mg/250 mL"."""
    volumes = [one.ml for one in strengths(text) if one.ml is not None]
    return volumes[0] if len(set(volumes)) == 1 else None


def charted_words(found: Found, item: Item) -> str:
    """What the chart has for the dose of a drug, in its own figures: "10 mg/mL, 250 mL", or ""."""
    listed = ingredient(found, item)
    said = [listed.strength] if listed and listed.strength else [one.said for one in strengths(item.row.text)]
    if item.row.dose is not None:
        said.append(in_words(item.row.dose))
    return ", ".join(dict.fromkeys(said))


def in_words(quantity: Quantity) -> str:
    """A quantity as charted: "400 mg"."""
    return f"{plain(Decimal(repr(quantity.value)))} {quantity.unit}".strip()


def of_base(base: str) -> str:
    """A base unit for a reader: vials are counted in pieces."""
    return "vials" if base == _PIECES else base


def plain(value: Decimal) -> str:
    """A number without noughts at its end and without an exponent."""
    return f"{value.normalize():f}"


def _known(quantity: Quantity | None) -> Dose | None:
    found = amount(quantity) if quantity is not None else None
    return found if found and found[0] != "ml" else None


def _differ(one: Dose | None, other: Dose | None) -> bool:
    return one is not None and other is not None and one[0] == other[0] and not agree(one[1], other[1])
