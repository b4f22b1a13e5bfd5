"""Stage: the drug itself: HCPCS code, billing units, and JW or JZ where vials or waste are charted (rules drug.*)."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from coding import drugs, timeline
from coding.doses import amount, in_units, strength
from coding.draft import cite
from coding.drugs import Found, Hcpcs
from coding.log import Log
from coding.model import NOT_MET, DrugLine, Quantity, Waste
from coding.policy import Policy
from coding.rules import DATES
from coding.runs import is_pause
from coding.service import Item, Service
from coding.wastage import contradicts, discarded_units

JW, JZ = "JW", "JZ"
WITHOUT_LINE = {"blood", "contrast", "vaccine"}
_NOT_SET = tomllib.loads(resources.files("coding").joinpath("tables", "modifiers.toml").read_text(encoding="utf-8"))


class Given(NamedTuple):
    """All of one product given on one date: its dose in a base unit, the rows, and what is charted of vials."""

    found: Found
    date: str
    base: str
    dose: Decimal
    ids: tuple[str, ...]
    waste: tuple[Waste, ...]


def code_drugs(services: Iterable[Service], running: bool, policy: Policy, log: Log) -> list[DrugLine]:
    """Drug lines of all that was given, by product and date; what cannot be computed is asked for, once for each kind.

    running: the visit is not over, so a bag that still runs has no dose given yet.
    """
    lines: list[DrugLine] = []
    unmarked: list[str] = []
    for given in _given(services, running, log):
        code = _code(given, log)
        if code is None:
            continue
        units = in_units((given.base, given.dose), code.unit_qty, code.unit_uom)
        if units is None:
            log.problem(
                "DOSE_UNIT_UNKNOWN",
                given.ids[0],
                f"The dose of {given.found.drug.name} is charted in {given.base}, and {code.code} counts {code.unit_qty} {code.unit_uom}.",
                "A dose in the unit of the code.",
                ("drug.units",),
            )
            continue
        lines += _lines(given, code, units, policy, unmarked, log)
    if unmarked:
        log.problem(
            "WASTE_UNDOCUMENTED",
            "",
            f"Nothing is charted of vials or waste for {', '.join(dict.fromkeys(unmarked))}; no JW or JZ is set.",
            "The vials opened and the amount discarded, or a note of no waste.",
            ("drug.wastage",),
        )
    return lines


def _given(services: Iterable[Service], running: bool, log: Log) -> list[Given]:
    collected: dict[tuple[str, str, str], Given] = {}
    undosed: dict[str, None] = {}
    for service in services:
        if service.items[0].fluid or service.items[0].kinds & WITHOUT_LINE or (running and service.open):
            continue
        waste = tuple(dict.fromkeys(item.row.waste for item in service.items if item.row.waste))
        for found, dose, item in _doses(service, undosed):
            date = timeline.day(service.start, service.offset)
            key = (found.drug.name, found.product, date)
            before = collected.get(key)
            if before is None:
                collected[key] = Given(found, date, dose[0], dose[1], (item.id,), waste)
            elif before.base == dose[0]:
                both = tuple(dict.fromkeys(before.waste + waste))
                collected[key] = before._replace(dose=before.dose + dose[1], ids=(*before.ids, item.id), waste=both)
    if undosed:
        log.problem(
            "DOSE_MISSING",
            "",
            f"No dose that can be counted is charted for {', '.join(undosed)}; there is no drug line for it.",
            "The dose given, in mg, g, mcg or units.",
            ("drug.units",),
        )
    return list(collected.values())


def _doses(service: Service, undosed: dict[str, None]) -> Iterable[tuple[Found, tuple[str, Decimal], Item]]:
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
            if dose is not None:
                dosed.add(found.drug.name)
                yield found, dose, item
            elif drugs.hcpcs_of(found.drug.name):
                without[found.drug.name] = None
    undosed.update({name: None for name in without if name not in dosed})


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
    charted = _dose(row.dose, row.text) if len(item.actives) == 1 else None
    return charted or _dose(own, row.text)


def _repeats(item: Item, counted: list[Item]) -> bool:
    row = item.row
    return any(one.row.dose == row.dose and not row.has("new-bag") and _order(one) == _order(item) for one in counted)


def _order(item: Item) -> str:
    return item.row.order.id if item.row.order else ""


def _dose(quantity: Quantity | None, text: str) -> tuple[str, Decimal] | None:
    if quantity is None:
        return None
    dose = amount(quantity)
    if dose is not None and dose[0] == "ml":
        per_ml = strength(text)
        return (per_ml[0], per_ml[1] * dose[1]) if per_ml else None
    return dose


def _code(given: Given, log: Log) -> Hcpcs | None:
    """The one code of the product on the date; several, or none any more, is a question."""
    found = given.found
    codes = _codes(found.drug.name, found.product, given.date)
    if len(codes) > 1:
        said = ", ".join(code.code for code in codes)
        log.problem(
            "HCPCS_SEVERAL",
            given.ids[0],
            f"{found.drug.name} can be {said}; the product decides and is not charted.",
            "The product name or NDC.",
            ("drug.units",),
        )
        return None
    if not codes and drugs.hcpcs_of(found.drug.name):
        log.problem(
            "HCPCS_NOT_ON_DATE",
            given.ids[0],
            f"No loaded HCPCS code of {found.drug.name} is in force on {given.date}.",
            "The current HCPCS table.",
            ("drug.units",),
        )
    return codes[0] if codes else None


_codes = lru_cache(maxsize=16_384)(drugs.hcpcs_for)


def _lines(given: Given, code: Hcpcs, units: Decimal, policy: Policy, unmarked: list[str], log: Log) -> list[DrugLine]:
    name = given.found.product or given.found.drug.name
    billed = math.ceil(units)
    per = f"{code.unit_qty} {code.unit_uom}".strip()
    why = f"{name}: {_plain(given.dose)} {given.base} in units of {per} are {billed}, rounded up once [{cite('drug.units')}]."
    log.met("drug.units", why, given.ids, code.code)
    for modifier, row in _NOT_SET.items():
        if given.found.drug.key in row["keys"]:
            log.step(
                row["rule"],
                NOT_MET,
                f"{name}: {row['says']}",
                f"{code.code}-{modifier}",
                "A payer policy that asks for it.",
                given.ids,
            )
    discarded, evidence = discarded_units(given.waste, code, billed, units)
    modifier, jw_units = "", 0
    if policy["wastage_modifiers"] == "medicare" and not any(one.startswith("payer.medicare") for one in policy.cards):
        evidence = ""
    elif not given.waste:
        unmarked.append(name)
    if evidence and discarded > 0 and given.date >= DATES.jw_from:
        jw_units = discarded
    elif evidence and given.date >= DATES.jz_from:
        modifier = JZ
    if contradicts(given.waste):
        log.problem(
            "WASTE_CONTRADICTION",
            given.ids[0],
            f"The chart says both that {name} was wasted and that none was; no JW or JZ is set.",
            "A corrected waste note.",
            ("drug.wastage",),
        )
        modifier, jw_units = "", 0
    rules: tuple[str, ...] = ("drug.units",)
    if modifier:
        why += f" No drug was wasted: JZ [{cite('drug.no-waste')}]."
        log.met("drug.no-waste", f"{name}: {evidence}.", given.ids, code.code)
        rules += ("drug.no-waste",)
    lines = [DrugLine(code.code, billed, given.date, (modifier,) if modifier else (), name, given.ids, rules, why)]
    if jw_units:
        said = f"{name}: {evidence}; {jw_units} units were discarded"
        log.met("drug.wastage", f"{said}.", given.ids, code.code)
        lines.append(
            DrugLine(
                code.code,
                jw_units,
                given.date,
                (JW,),
                name,
                given.ids,
                ("drug.wastage",),
                f"{said} [{cite('drug.wastage')}].",
            )
        )
    return lines


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
