"""Figures for one dose that cannot all be true: in the chart's words, in the name of the product, in the order (rule drug.units)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from coding.doses import amount, amounts_named
from coding.drug_amounts import Dose, drugs_in, in_words, plain, volume_of
from coding.drug_bags import Counted
from coding.drug_words import LIMITS, agree
from coding.drugs import read_mixture
from coding.log import Log
from coding.model import Administration
from coding.service import Item

SAID = "dose-said"
_WOULD_CHANGE = "The dose that was given."
_RULES = ("drug.units",)


class OfOrder(NamedTuple):
    """What one service gave of a drug under an order. doses: each that counted; total: all of them, in the unit of the order."""

    order: str
    ordered: Dose
    name: str
    id: str
    doses: tuple[Decimal, ...]
    total: Decimal


class _Named(NamedTuple):
    amount: Decimal
    said: str


def broken_off(one: Counted) -> bool:
    """Whether the row ended before its end, and the charted dose may be what was hung, not what went in."""
    row = one.last.row
    if row.status != "stopped" and not row.has("stopped-early"):
        return False
    return not _shows_a_part(one.item.row)


def _shows_a_part(row: Administration) -> bool:
    charted = amount(row.dose) if row.dose else None
    if charted is None:
        return False
    ordered = amount(row.order.dose) if row.order and row.order.dose else None
    wholes = [ordered[1]] if ordered and ordered[0] == charted[0] else []
    if charted[0] == "ml":
        wholes += [
            volume for text in (row.text, *(one.strength for one in row.substances)) if (volume := volume_of(text))
        ]
    said = [one.amount for one in _said(row, charted[0])]
    return any(charted[1] < whole and not agree(charted[1], whole) for whole in wholes) or any(
        agree(charted[1], one) for one in said
    )


def ask_broken_off(name: str, dose: Dose, item: Item, log: Log) -> None:
    """The question for a row that was broken off; its dose is in no line."""
    log.problem(
        "DOSE_STOPPED",
        item.id,
        f"{_upper(name)} was stopped before its end, and {plain(dose[1])} {dose[0]} may be what was hung; "
        "how much went in is not charted, and this dose is in no line.",
        "The amount that was given, in mg or in mL of the bag.",
        _RULES,
    )


def ask_two_figures(name: str, one: Dose, other: Dose, item: Item, log: Log) -> None:
    """The question where name and ingredient give a volume two strengths; its dose is in no line."""
    _ask(
        f"{_upper(name)}: the charted volume is {plain(one[1])} {one[0]} by the name and {plain(other[1])} {other[0]} by the ingredient; "
        "it is in no line.",
        item,
        log,
    )


def ask_figures(name: str, dose: Dose, total: Decimal, item: Item, log: Log) -> None:
    """A question where the row's own words or its name cannot be true beside its dose."""
    row = item.row
    others = [f'its words say "{one.said}"' for one in _said(row, dose[0]) if not _is(one.amount, dose[1], total)]
    others += [f'its name says "{one}"' for one in _in_name(item, dose)]
    if not others:
        return
    known = amount(row.dose) if row.dose else None
    charted = in_words(row.dose) if row.dose and known and known[0] != "ml" else f"{plain(dose[1])} {dose[0]}"
    _ask(
        f"{_upper(name)}: the dose is charted as {charted}, and {' and '.join(others)}; the dose is billed.", item, log
    )


def _said(row: Administration, base: str) -> list[_Named]:
    found = []
    for fact in row.facts:
        named = amounts_named(fact.quote) if fact.name == SAID else ()
        if len(named) == 1 and named[0].base == base:
            found.append(_Named(named[0].amount, fact.quote))
    return found


def _is(amount: Decimal, dose: Decimal, total: Decimal) -> bool:
    return agree(amount, dose) or agree(amount, total)


def _in_name(item: Item, dose: Dose) -> list[str]:
    """The one amount in the name, where it is less than the dose in a bag, or the same figure in another unit."""
    row = item.row
    named = [one for one in amounts_named(row.text) if one.base == dose[0]]
    if len(named) != 1 or len(drugs_in(item)) != 1 or row.dose is None or agree(named[0].amount, dose[1]):
        return []
    only = named[0]
    slip = only.number == Decimal(repr(row.dose.value))
    too_much = dose[1] > only.amount and len(read_mixture(row.text, (), row.route)) > 1
    return [only.said] if slip or too_much else []


def ask_orders(given: Iterable[OfOrder], log: Log) -> None:
    """A question for a dose that is many times its order, or a small part of it; several services may share an ordered dose."""
    by_order: dict[tuple[str, str], list[OfOrder]] = {}
    for one in given:
        by_order.setdefault((one.order, one.name), []).append(one)
    for group in by_order.values():
        ordered = group[0].ordered[1]
        if agree(sum((one.total for one in group), Decimal(0)), ordered):
            continue
        for one in group:
            if not any(agree(dose, ordered) for dose in (*one.doses, one.total)) and _far(one.total, ordered):
                unit = one.ordered[0]
                _ask(
                    f"{_upper(one.name)}: {plain(one.total)} {unit} is charted as given and {plain(ordered)} {unit} as ordered; "
                    "what is charted as given is billed.",
                    one.id,
                    log,
                )


def _far(one: Decimal, other: Decimal) -> bool:
    return one > 0 and other > 0 and max(one, other) >= LIMITS.order_factor * min(one, other)


def _upper(name: str) -> str:
    return name[:1].upper() + name[1:]


def _ask(says: str, where: Item | str, log: Log) -> None:
    log.problem("DOSE_CONTRADICTION", where if isinstance(where, str) else where.id, says, _WOULD_CHANGE, _RULES)
