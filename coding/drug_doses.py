"""What was given of each product on each date: its doses in a base unit, with what is charted of vials (rule drug.units)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from coding import drugs, timeline
from coding.dosed import Strength
from coding.doses import amount, per_weight
from coding.drug_amounts import Dose, charted_words, dose_of, drugs_in, of_base, strength_of, two_figures
from coding.drug_bags import Counted, counted
from coding.drug_figures import OfOrder, ask_broken_off, ask_figures, ask_orders, ask_two_figures, broken_off
from coding.drug_gaps import Gaps
from coding.drug_words import is_premix, maker_in
from coding.drugs import Found
from coding.fluid_codes import weigh_fluid
from coding.log import Log
from coding.model import Quantity, Waste
from coding.ndc import is_ndc
from coding.service import Item, Service

WITHOUT_LINE = {"blood", "contrast", "vaccine"}
OWN_SUPPLY = "own-supply"
AT_ONCE = ("push", "injection", "instillation")  # given whole with no stop to wait for


class Given(NamedTuple):
    """All of one product given on one date: its doses in a base unit, the rows, and what is charted of vials.

    noted: what is charted of vials, with the service that it is charted on, or with the row of a bag: rows of one bag repeat a note, two
    bags or services each mean their own. ndcs: charted for it. per_ml: the strength of its solution. shared: it was in one bag with
    another drug that is billed. maker: the maker that the chart names. served: of each dose, what its notes are kept under, and its row.
    """

    found: Found
    date: str
    base: str
    doses: tuple[Decimal, ...]
    ids: tuple[str, ...]
    noted: tuple[tuple[str, Waste], ...]
    ndcs: tuple[str, ...] = ()
    per_ml: Strength | None = None
    shared: bool = False
    maker: str = ""
    served: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The product, or the drug where none is named."""
        return self.found.product or self.found.drug.name

    @property
    def dose(self) -> Decimal:
        """All doses together."""
        return sum(self.doses, Decimal(0))

    @property
    def waste(self) -> tuple[Waste, ...]:
        """What is charted of vials and waste."""
        return tuple(waste for _, waste in self.noted)

    def with_(self, one: Given) -> Given:
        """Both as one: of one product, or of one billing code under two names (infliximab and Remicade)."""
        return self._replace(
            doses=self.doses + one.doses,
            ids=tuple(dict.fromkeys(self.ids + one.ids)),
            noted=tuple(dict.fromkeys(self.noted + one.noted)),
            ndcs=tuple(dict.fromkeys(self.ndcs + one.ndcs)),
            per_ml=self.per_ml or one.per_ml,
            shared=self.shared or one.shared,
            maker=self.maker or one.maker,
            served=self.served + one.served,
        )


class Taken(NamedTuple):
    """One dose that counts."""

    found: Found
    dose: Dose
    row: Counted


def given_in(services: Iterable[Service], running: bool, gaps: Gaps, log: Log) -> list[Given]:
    """Products by date, doses added; what has no dose that can be counted goes to the gaps, or is asked for here."""
    collected: dict[tuple[str, str, str], Given] = {}
    of_orders: list[OfOrder] = []
    for service in services:
        first = service.items[0]
        date = timeline.day(service.start, service.offset)
        if first.kinds & WITHOUT_LINE or (running and service.open and service.technique not in AT_ONCE):
            continue
        if first.fluid:
            weigh_fluid(service, date, log)
        said = service.quote(OWN_SUPPLY)
        if said and any(drugs.hcpcs_of(one.drug.name) for one in drugs_in(first)):
            gaps.supplied[first.name] = (first.id, said)
            continue
        taken = _taken(service, gaps, log)
        of_orders += _of_orders(taken)
        for found, dose, row in taken:
            key = (found.drug.name, found.product, date)
            before = collected.get(key)
            one = _given(found, date, dose, row, service)
            if before is None:
                collected[key] = one
            elif before.base == one.base:
                collected[key] = before.with_(one)
            else:
                _two_units(before, one, log)
    ask_orders(of_orders, log)
    return list(collected.values())


def _given(found: Found, date: str, dose: Dose, row: Counted, service: Service) -> Given:
    item = row.item
    at, rows = (item.id, row.rows) if row.bag else (service.ids[0], service.items)
    noted = tuple(dict.fromkeys((at, one.row.waste) for one in rows if one.row.waste))
    shared = sum(1 for one in item.actives if drugs.hcpcs_of(one.drug.name)) > 1
    ids, ndcs = (item.id,), _ndcs(found, item)
    served = ((at, item.id),)
    return Given(
        found, date, dose[0], (dose[1],), ids, noted, ndcs, strength_of(item), shared, maker_in(item.row.text), served
    )


def _two_units(before: Given, one: Given, log: Log) -> None:
    log.problem(
        "DOSE_UNIT_UNKNOWN",
        one.ids[0],
        f"{one.name} is charted in {of_base(one.base)} here and in {of_base(before.base)} elsewhere on the day; "
        "this dose is in no line.",
        f"This dose in {of_base(before.base)}.",
        ("drug.units",),
    )


def _ndcs(found: Found, item: Item) -> tuple[str, ...]:
    """The NDCs charted for the drug: those of its ingredient, or of the row where it is the only drug."""
    return tuple(
        code
        for one in item.row.substances
        if len(item.actives) == 1 or drugs.identify(one.text, one.codes, item.row.route).drug == found.drug
        for system, code in one.codes
        if is_ndc(system)
    )


def _taken(service: Service, gaps: Gaps, log: Log) -> list[Taken]:
    """Each dose of a service that counts; a drug that has none in any row goes to the gaps."""
    if not drugs_in(service.items[0]):
        return []
    found: list[Taken] = []
    held: set[str] = set()
    without: dict[str, tuple[Found, str]] = {}
    for row in counted(service, log):
        for one in drugs_in(row.item):
            name, dose = one.drug.name, dose_of(one, row.item)
            if dose is not None and dose[1] > 0 and not _is_premix(one, row.item):
                if broken_off(row) and drugs.hcpcs_of(name):
                    ask_broken_off(name, dose, row.item, log)
                    held.add(name)
                else:
                    found.append(Taken(one, dose, row))
            elif _asked_otherwise(one, row.item, log):
                held.add(name)
            else:
                without.setdefault(name, (one, charted_words(one, row.item)))
    dosed = held | {one.found.drug.name for one in found}
    for name, (one, said) in without.items():
        if name not in dosed:
            _without(one, said, service.items[0], gaps)
    _compare(found, log)
    return found


def _is_premix(found: Found, item: Item) -> bool:
    return item.fluid and is_premix(item.row.text)


def _asked_otherwise(found: Found, item: Item, log: Log) -> bool:
    """Whether a question of its own tells why the dose does not count."""
    two = two_figures(found, item)
    if two:
        ask_two_figures(found.drug.name, *two, item, log)
        return True
    if item.row.dose and per_weight(item.row.dose):
        _ask_weight(found, item, item.row.dose, log)
        return True
    return False


def _without(found: Found, said: str, item: Item, gaps: Gaps) -> None:
    name = found.drug.name
    if not drugs.hcpcs_of(name):
        gaps.no_code(found.drug)
    elif item.fluid and (len(item.row.substances) <= 1 or is_premix(item.row.text)):
        gaps.premixed[name] = item.row.text
    else:
        gaps.undosed.setdefault(name, said)


def _compare(taken: list[Taken], log: Log) -> None:
    """Each dose with the other figures of its row."""
    for found, dose, row in taken:
        if drugs.hcpcs_of(found.drug.name):
            total = sum((one.dose[1] for one in taken if one.found == found and one.dose[0] == dose[0]), Decimal(0))
            ask_figures(found.drug.name, dose, total, row.item, log)


def _of_orders(taken: list[Taken]) -> list[OfOrder]:
    """What a service gave under its order, where the order names one dose in the same kind of unit."""
    if not taken:
        return []
    found, dose, row = taken[0]
    order = row.item.row.order
    ordered = amount(order.dose) if order and order.dose else None
    same = all(one.found == found and one.dose[0] == dose[0] for one in taken)
    if order is None or ordered is None or ordered[0] != dose[0] or not same or not drugs.hcpcs_of(found.drug.name):
        return []
    doses = tuple(one.dose[1] for one in taken)
    return [OfOrder(order.id, ordered, found.drug.name, row.item.id, doses, sum(doses, Decimal(0)))]


def _ask_weight(found: Found, item: Item, dose: Quantity, log: Log) -> None:
    log.problem(
        "DOSE_PER_WEIGHT",
        item.id,
        f"The dose of {found.drug.name} is charted as {dose.value:g} {dose.unit} and no weight of the visit is at hand.",
        "The dose given, or the weight that it was worked out with.",
        ("drug.units",),
    )
