"""Names in a row that share what is said of one of them."""

from __future__ import annotations

from coding.drugs import identify
from coding.panel.said import Item

_AT_ONCE = ("push", "injection")
_BESIDE_VEIN = ("po", "im", "sc")


def shared(items: list[Item]) -> list[Item]:
    """The items with technique and route lent to bare names: from the next one ("zofran and toradol ivp"), and from a number
    of pushes to the names that follow it in brackets ("two iv pushes (zofran, toradol)"), which then stand for that number; or
    from the one before, where its technique leads ("pushed Benadryl and Pepcid")."""
    items = _from_next(items)
    result: list[Item] = []
    for item in items:
        counted = next((one for one in reversed(result) if one.number > 1 and one.drugs[0].noun), None)
        if counted is not None and not item.said and not item.drugs[0].noun and not item.fluid:
            item = item._replace(technique=counted.technique, route=counted.route, relation=counted.relation)
        last = result[-1] if result else None
        if (
            last is not None
            and last.led
            and last.technique in _AT_ONCE
            and not item.said
            and not item.drugs[0].noun
            and not item.fluid
        ):
            item = item._replace(technique=last.technique, route=last.route, relation=last.relation, led=True)
        result.append(item)
    named = [one for one in result if not one.drugs[0].noun and not one.fluid]
    return [one for one in result if not _stands_for(one, named)]


def _stands_for(item: Item, named: list[Item]) -> bool:
    """Whether a counted noun only announces drugs that are named."""
    return (
        item.number > 1
        and bool(item.drugs[0].noun)
        and sum(one.technique == item.technique for one in named) >= item.number
    )


def _may_be_pushed(item: Item) -> bool:
    return not item.fluid and all(identify(drug.name).drug.push_plausible != "N" for drug in item.drugs)


def _from_next(items: list[Item]) -> list[Item]:
    result: list[Item] = []
    for item in reversed(items):
        following = result[-1] if result else None
        by_mouth = following is not None and following.route in _BESIDE_VEIN and not following.timed
        if following is not None and not item.said and by_mouth and not item.fluid:
            item = item._replace(technique=following.technique, route=following.route)
        if following is not None and not item.said and following.technique in _AT_ONCE and _may_be_pushed(item):
            item = item._replace(
                technique=following.technique, route=following.route, relation=item.relation or following.relation
            )
        result.append(item)
    return result[::-1]
