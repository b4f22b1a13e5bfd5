"""Rows of one infusion that chart the same dose: bags, which add up, or rate steps and a resumed bag, which are one (rule drug.units).

    a row says that it is a new bag, or names another bag or lot than the rows before    ──▶ a bag of its own
    all rows together are the dose that was ordered, or that the product names           ──▶ bags
    each row is that dose                                                                ──▶ steps of one bag
    neither                                                                              ──▶ counted once, and asked

Doses that differ always add up.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from coding.doses import amount, amounts_named
from coding.drug_amounts import Dose, in_words, of_base, plain, volume_of
from coding.drug_words import agree
from coding.drugs import hcpcs_of, read_mixture
from coding.log import Log
from coding.model import Administration
from coding.runs import is_pause
from coding.service import Item, Service

NUMBER, LOT = "container", "lot"


class Counted(NamedTuple):
    """A row whose dose counts. repeats: later rows that chart the same dose again.

    bag: it is one of several, each with a note of its own vials.
    """

    item: Item
    repeats: tuple[Item, ...] = ()
    bag: bool = False

    @property
    def rows(self) -> tuple[Item, ...]:
        """All its rows."""
        return self.item, *self.repeats

    @property
    def last(self) -> Item:
        """The row on which its dose ended."""
        return self.rows[-1]


def counted(service: Service, log: Log) -> list[Counted]:
    """The rows of a service whose doses add up; where the chart does not tell bags from steps the fewer count, and a question."""
    active = [item for item in service.items if not is_pause(item.row)]
    groups: dict[tuple[object, str], list[Item]] = {}
    for item in active:
        groups.setdefault((item.row.dose, item.row.order.id if item.row.order else ""), []).append(item)
    found: list[Counted] = []
    several = False
    for group in groups.values():
        opened = _opened(group)
        if len(opened) < len(group) and not _all_numbered(group) and _are_bags(group, opened, active, log):
            opened = [[item] for item in group]
        several = several or len(opened) > 1
        found += [Counted(rows[0], tuple(rows[1:])) for rows in opened]
    each_noted = several and all(any(item.row.waste for item in one.rows) for one in found)
    return [one._replace(bag=each_noted) for one in found]


def _opened(group: list[Item]) -> list[list[Item]]:
    """Rows of one dose, by the bag that each names."""
    bags: list[list[Item]] = []
    labels: list[str] = []
    for item in group:
        label = _label(item.row)
        if bags and label and label in labels:
            bags[labels.index(label)].append(item)
        elif not bags or (label and any(labels)) or item.row.has("new-bag"):
            bags.append([item])
            labels.append(label)
        else:
            bags[-1].append(item)
    return bags


def _all_numbered(group: list[Item]) -> bool:
    """Whether each row says which bag it is of. A lot does not: the bags of one day mostly have the same."""
    return all(item.row.quote(NUMBER) for item in group)


def _label(row: Administration) -> str:
    return " ".join(quote.casefold() for name in (NUMBER, LOT) if (quote := row.quote(name)))


def _are_bags(group: list[Item], opened: list[list[Item]], active: list[Item], log: Log) -> bool:
    """Whether rows that name no bag of their own are bags all the same; asked where nothing tells."""
    each = amount(group[0].row.dose) if group[0].row.dose else None
    if each is None:
        return False
    like = [one for item in active if item.row.dose and (one := amount(item.row.dose)) and one[0] == each[0]]
    all_rows = sum((one[1] for one in like), Decimal(0))
    once = all_rows - each[1] * (len(group) - len(opened))
    wholes, named = _wholes(group[0], each[0]), _named(group[0], each[0])
    if any(agree(all_rows, whole) for whole in (*wholes, *named)):
        return True
    if _is_bag(group[0]):
        wholes += named
    billed = any(hcpcs_of(found.drug.name) for found in group[0].actives)
    if billed and not any(agree(each[1], whole) or agree(once, whole) for whole in wholes):
        _ask(group, once, all_rows, each, log)
    return False


def _wholes(item: Item, base: str) -> list[Decimal]:
    """The dose of the order, and the volume of the bag, in a base unit."""
    row = item.row
    ordered = amount(row.order.dose) if row.order and row.order.dose else None
    found = [ordered[1]] if ordered and ordered[0] == base else []
    texts = [row.text, *(one.strength for one in row.substances)]
    return found + [volume for text in texts if base == "ml" and (volume := volume_of(text))]


def _named(item: Item, base: str) -> list[Decimal]:
    """The one amount in the name of what was given: that of all bags, or of one, or of a vial."""
    found = [one.amount for one in amounts_named(item.row.text) if one.base == base]
    return found if len(found) == 1 else []


def _is_bag(item: Item) -> bool:
    """Whether the name is that of a bag: it names a fluid beside the drug."""
    return len(read_mixture(item.row.text, (), item.row.route)) > 1


def _ask(group: list[Item], once: Decimal, all_rows: Decimal, each: Dose, log: Log) -> None:
    first = group[0]
    unit = of_base(each[0])
    dose = in_words(first.row.dose) if first.row.dose else ""
    log.problem(
        "BAGS_OR_STEPS",
        first.id,
        f"{len(group)} rows of {first.name} chart {dose} each, and nothing charted tells bags from rate steps of one bag: "
        f"{plain(once)} {unit} if they are steps, which is what is billed, {plain(all_rows)} {unit} if they are bags.",
        "The dose that was ordered, or the number of each bag.",
        ("drug.units", "run.merge"),
    )
