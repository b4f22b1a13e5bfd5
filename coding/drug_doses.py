"""What was given of each product on each date: its doses in a base unit, with what is charted of vials (rule drug.units)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from coding import drugs, timeline
from coding.doses import amount, per_weight, percentage, strength
from coding.drugs import Found
from coding.log import Log
from coding.model import Quantity, Waste
from coding.runs import is_pause
from coding.service import Item, Service
from coding.wastage import Strength

WITHOUT_LINE = {"blood", "contrast", "vaccine"}


class Given(NamedTuple):
    """All of one product given on one date: its doses in a base unit, the rows, and what is charted of vials.

    noted: what is charted of vials, with the service that it is charted on: rows of one service repeat a note, two services each mean
    their own. ndcs: charted for it. per_ml: the strength of its solution. shared: it was in one bag with another drug that is billed.
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
        )


def given_in(services: Iterable[Service], running: bool, log: Log) -> list[Given]:
    """Products by date, doses added; what has no dose that can be counted is asked for."""
    collected: dict[tuple[str, str, str], Given] = {}
    undosed: dict[str, None] = {}
    for service in services:
        if service.items[0].fluid or service.items[0].kinds & WITHOUT_LINE or (running and service.open):
            continue
        noted = tuple(dict.fromkeys((service.ids[0], item.row.waste) for item in service.items if item.row.waste))
        for found, dose, item in _doses(service, undosed, log):
            date = timeline.day(service.start, service.offset)
            key = (found.drug.name, found.product, date)
            before = collected.get(key)
            one = Given(found, date, dose[0], (dose[1],), (item.id,), noted, _ndcs(found, item), _per_ml(item))
            one = one._replace(shared=_shared(item))
            if before is None:
                collected[key] = one
            elif before.base == one.base:
                collected[key] = before.with_(one)
            else:
                _two_units(before, one, log)
    if undosed:
        log.problem(
            "DOSE_MISSING",
            "",
            f"No dose that can be counted is charted for {', '.join(undosed)}; there is no drug line for it.",
            "The dose given, in mg, g, mcg or units.",
            ("drug.units",),
        )
    return list(collected.values())


def _two_units(before: Given, one: Given, log: Log) -> None:
    log.problem(
        "DOSE_UNIT_UNKNOWN",
        one.ids[0],
        f"{one.name} is charted in {one.base} here and in {before.base} elsewhere on the day; this dose is in no line.",
        f"This dose in {before.base}.",
        ("drug.units",),
    )


def _shared(item: Item) -> bool:
    return sum(1 for found in item.actives if drugs.hcpcs_of(found.drug.name)) > 1


def _ndcs(found: Found, item: Item) -> tuple[str, ...]:
    """The NDCs charted for the drug: those of its ingredient, or of the row where it is the only drug."""
    return tuple(
        code
        for one in item.row.substances
        if len(item.actives) == 1 or drugs.identify(one.text, one.codes, item.row.route).drug == found.drug
        for system, code in one.codes
        if "ndc" in system.casefold() or "113883.6.69" in system
    )


def _per_ml(item: Item) -> Strength | None:
    """The strength that the words of the row name; a percentage only where nothing but the drug is in them."""
    text = item.row.text
    alone = len(item.actives) == 1 and len(drugs.read_mixture(text, (), item.row.route)) == 1
    return strength(text) or (percentage(text) if alone else None)


def _doses(service: Service, undosed: dict[str, None], log: Log) -> Iterable[tuple[Found, tuple[str, Decimal], Item]]:
    """Each dose that counts: rows of one infusion that repeat the ordered dose (rate steps, a resumed bag) count it once."""
    counted: list[Item] = []
    for item in service.items:
        if is_pause(item.row) or _repeats(item, counted):
            continue
        counted.append(item)
    dosed: set[str] = set()
    without: dict[str, None] = {}
    for item in counted:
        for found in item.actives:
            dose = _dose_of(found, item)
            if dose is not None and dose[1] > 0:
                dosed.add(found.drug.name)
                yield found, dose, item
            elif item.row.dose and per_weight(item.row.dose):
                _ask_weight(found, item, item.row.dose, log)
            elif drugs.hcpcs_of(found.drug.name):
                without[found.drug.name] = None
    undosed.update({name: None for name in without if name not in dosed})


def _ask_weight(found: Found, item: Item, dose: Quantity, log: Log) -> None:
    log.problem(
        "DOSE_PER_WEIGHT",
        item.id,
        f"The dose of {found.drug.name} is charted as {dose.value:g} {dose.unit} and no weight of the visit is at hand.",
        "The dose given, or the weight that it was worked out with.",
        ("drug.units",),
    )


def _dose_of(found: Found, item: Item) -> tuple[str, Decimal] | None:
    """The dose of the row for its only drug, else that of the ingredient; a volume without a strength is no dose."""
    row = item.row
    own = next(
        (
            one.dose
            for one in row.substances
            if one.dose and drugs.identify(one.text, one.codes, row.route).drug == found.drug
        ),
        None,
    )
    charted = _dose(row.dose, item) if len(item.actives) == 1 else None
    return charted or _dose(own, item)


def _repeats(item: Item, counted: list[Item]) -> bool:
    row = item.row
    return any(one.row.dose == row.dose and not row.has("new-bag") and _order(one) == _order(item) for one in counted)


def _order(item: Item) -> str:
    return item.row.order.id if item.row.order else ""


def _dose(quantity: Quantity | None, item: Item) -> tuple[str, Decimal] | None:
    if quantity is None:
        return None
    dose = amount(quantity)
    if dose is not None and dose[0] == "ml":
        per_ml = _per_ml(item)
        return (per_ml[0], per_ml[1] * dose[1]) if per_ml else None
    return dose
