"""A case in words as an encounter that the engine can code: the scratch chart. Nothing of it ever enters a real chart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from coding.drugs import identify
from coding.model import (
    FACILITY,
    PROFESSIONAL,
    Administration,
    Condition,
    Encounter,
    Fact,
    Moment,
    Order,
    Quantity,
    Substance,
)
from coding.panel.case import Case
from coding.panel.lexicon import panel_table
from coding.panel.said import Item
from coding.panel.schedule import Flow, Placed, place
from coding.policy import Policy
from coding.timeline import clock

_TABLE = panel_table("scratch.toml")
DAY = str(dict(_TABLE["layout"])["day"])  # type: ignore[call-overload]
MIDNIGHT = int(datetime.fromisoformat(f"{DAY}T00:00:00").replace(tzinfo=UTC).timestamp())
_ICD: dict[str, str] = dict(_TABLE["indication"])  # type: ignore[call-overload]
_PLACE: dict[str, str] = dict(_TABLE["place"])  # type: ignore[call-overload]
_SITE: dict[str, str] = dict(_TABLE["site"])  # type: ignore[call-overload]
SAID = "the question"
ORDERED = "dehydration"
VISIT_FOR_FLUID = "hydration"
_FACTS = {"reaction": "stopped-early", "keep-open": "keep-open", "flush": "flush"}
_KIND = {"emergency": "emergency", "observation": "observation", "inpatient": "inpatient"}


class Scratch(NamedTuple):
    """The made visit, and further visits of that day. assumed: keys of phrases that must be said. open: drugs whose minutes were not said.

    hidden: rows whose times were laid out, so that none of them may be shown. said: the clock times that were said.
    """

    encounter: Encounter
    later: tuple[Encounter, ...]
    setting: str
    assumed: tuple[str, ...]
    open: tuple[str, ...]
    hidden: frozenset[str]
    said: frozenset[str]
    slips: tuple[tuple[str, str], ...]


def build(case: Case, policy: Policy) -> Scratch | None:
    """The case as a visit, or None where it names no administration that could be coded."""
    items = [_complete(item) for item in case.items]
    items = [one for one in items if one.technique or one.route]
    if not items:
        return None
    placed = place(items)
    setting, kind, assumed = _setting(case, policy)
    rows: list[Administration] = []
    hidden: set[str] = set()
    visit_of: dict[str, int] = {}
    visits_so_far = 0
    for number, one in enumerate(placed, 1):
        made = _rows(one, number, case)
        visits_so_far += "separate-visit" in one.item.marks and number > 1
        visit_of |= {row.id: visits_so_far for row in made}
        rows += made
        hidden |= set() if one.clocked else {row.id for row in made}
    if (
        not all(one.clocked for one in placed)
        and any(one.item.technique == "infusion" for one in placed)
        and len(placed) > 1
    ):
        assumed.append("order")
    if any(one.item.fluid and one.item.technique == "infusion" for one in placed) and "keep-open" not in case.marks:
        assumed.append("fluid")
    if any(not span.sure for item in items for span in item.spans) or any(
        not role.clock.sure for item in items for role in item.clocks
    ):
        assumed.append("clock")
    if any(
        not one.clocked
        and one.item.number > 1
        and not one.item.apart
        and len(one.flows) > 1
        and not one.item.drugs[0].noun
        for one in placed
    ):
        assumed.append("repeat")
    icd = tuple(dict.fromkeys(_ICD[one] for one in case.indications))
    visits = [
        Encounter(
            f"what-if-{number + 1}",
            kind=kind,
            start=None if case.arrival is None or number else MIDNIGHT + case.arrival * 60,
            place=_PLACE.get(setting, ""),
            reason=VISIT_FOR_FLUID if "for-fluids" in case.marks else "",
            conditions=tuple(Condition(code, "", f"said-{code}") for code in icd),
            administrations=tuple(row for row in rows if visit_of[row.id] == number),
        )
        for number in sorted(set(visit_of.values()))
    ]
    return Scratch(
        visits[0],
        tuple(visits[1:]),
        setting,
        tuple(assumed),
        tuple(_name(one.item) for one in placed if one.open),
        frozenset(hidden),
        frozenset(clock(at.at, 0) for row in rows if row.id not in hidden for at in (row.start, row.stop) if at),
        tuple((drug.said, drug.name) for item in items for drug in item.drugs if drug.said),
    )


def _complete(item: Item) -> Item:
    """The item with technique and route where the words leave only one."""
    if item.technique == "injection" or (
        item.route in ("sc", "im") and item.technique != "infusion" and not _long(item)
    ):
        return item._replace(
            technique="injection", route=item.route if item.route in ("sc", "im") else _shot_route(item)
        )
    if item.technique == "on-body":
        return item._replace(route="sc")
    if item.route == "po" or ("flush" in item.marks and item.fluid):
        return item._replace(technique="")
    if item.technique in ("push", "pca", "pump"):
        return item._replace(route=item.route or "iv")
    if item.spans or item.lengths or item.fluid or item.technique == "infusion" or item.relation == "same" or item.rate:
        return item._replace(technique="infusion", route=item.route or _flow_route(item))
    if item.clocks:
        return item._replace(technique="push" if _pushable(item) else "infusion", route="iv")
    return item


def _long(item: Item) -> bool:
    return bool(item.spans or item.lengths)


def _pushable(item: Item) -> bool:
    return all(identify(drug.name).drug.push_plausible != "N" for drug in item.drugs)


def _flow_route(item: Item) -> str:
    drug = identify(item.drugs[0].name).drug
    return "sc" if drug.goes_by("sc") and not drug.goes_by("iv") else "iv"


def _shot_route(item: Item) -> str:
    drug = identify(item.drugs[0].name).drug
    return "im" if drug.goes_by("im") and not drug.goes_by("sc") else "sc"


def _setting(case: Case, policy: Policy) -> tuple[str, str, list[str]]:
    said = [one for one in case.settings if one != "clinic"]
    setting = policy.setting if not said else PROFESSIONAL if said[-1] == "professional" else FACILITY
    kind = next((_KIND[one] for one in said if one in _KIND), "outpatient")
    return setting, kind, [f"setting-{setting}"]


def _rows(placed: Placed, number: int, case: Case) -> list[Administration]:
    item = placed.item
    flows = placed.flows
    return [
        _row(item, flow, f"{number}{chr(96 + n) if len(flows) > 1 else ''}", number, case, len(flows) == 1)
        for n, flow in enumerate(flows, 1)
    ]


def _row(item: Item, flow: Flow, id: str, number: int, case: Case, alone: bool) -> Administration:
    drugs = [drug.name for drug in item.drugs]
    if item.number > 1 and item.drugs[0].noun and not item.drugs[0].fluid and not {"again", "same"} & set(item.marks):
        drugs = [f"drug {chr(64 + number + ord(id[-1]) - 96)}"]
    stop = None if flow.stop is None else _moment(flow.stop)
    marks = dict.fromkeys(
        (*item.marks, *(mark for mark in case.marks if mark == "keep-open" and item.fluid and _only_fluid(item, case)))
    )
    facts = tuple(Fact(_FACTS[mark], mark) for mark in marks if mark in _FACTS)
    site = _SITE.get(item.site, "") if item.site != "port" else ""
    if site and "incompatible" in case.marks:
        facts = (*facts, Fact("second-site-needed", "incompatible"))
    fluid = any(drug.fluid for drug in item.drugs)
    order = Order(f"order-{number}", reason=ORDERED if fluid and "flush" not in item.marks else "")
    return Administration(
        id,
        tuple(Substance(name) for name in drugs),
        " + ".join(drugs),
        route=item.route,
        technique=item.technique,
        status="stopped" if "reaction" in item.marks and flow.stop is not None else "given",
        start=_moment(flow.start),
        stop=stop,
        dose=item.volume if item.rate and item.volume and flow.stop is None else _dose(item, alone),
        rate=Quantity(item.rate, "mL/h") if item.rate else None,
        site=site,
        order=order,
        facts=facts,
    )


def _dose(item: Item, alone: bool) -> Quantity | None:
    """The dose of a row; several doses that ran as one flow ("20 meq x2") are one row of all of them."""
    if item.dose is None or not alone or item.number == 1:
        return item.dose
    return item.dose._replace(value=item.dose.value * item.number)


def _only_fluid(item: Item, case: Case) -> bool:
    """Whether a word for keep-open, wherever it stands, can only mean this item."""
    return [one for one in case.items if one.fluid] == [item]


def _moment(minute: int) -> Moment:
    return Moment(MIDNIGHT + minute * 60, 0, source=SAID)


def _name(item: Item) -> str:
    return " + ".join(drug.name for drug in item.drugs)
