"""A question as a case: the items it names, and what it says of the whole visit."""

from __future__ import annotations

from typing import NamedTuple

from coding.panel.grammar import Reader
from coding.panel.said import Item, Token
from coding.panel.stretches import stretches
from coding.panel.times import Clock, Span

DENIES = 4  # letters between "not" and the setting that it denies


class Case(NamedTuple):
    """What a question says of a visit. settings, indications, marks, sites: keys of the lexicon in the order said.

    bare: drugs named of which nothing is said. changed: it adds to what earlier turns said, or changes it. arrival: minute of
    the day at which the patient came, None where nobody says so.
    """

    items: tuple[Item, ...]
    settings: tuple[str, ...] = ()
    indications: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    changed: bool = False
    arrival: int | None = None


def read_case(found: tuple[Token, ...], old: tuple[Item, ...] = (), settings: tuple[str, ...] = ()) -> Case:
    """The items of a question in the order in which it names them. old, settings: what earlier turns of the talk said."""
    reader = Reader(old)
    arrival, found = _arrival(found)
    for stretch in stretches(found):
        reader.take(stretch)
    said = {
        kind: tuple(one.value for one in found if one.kind == kind)
        for kind in ("setting", "indication", "mark", "site")
    }
    items = reader.finished()
    if arrival is not None:
        items = tuple(_running_on_arrival(one, arrival) for one in items)
    return Case(
        items,
        (*settings, *_affirmed(found)),
        said["indication"],
        said["mark"],
        said["site"],
        tuple(reader.bare),
        reader.changed,
        arrival,
    )


def _running_on_arrival(item: Item, arrival: int) -> Item:
    """A flow of which only the stop was said, in a visit whose beginning was: it ran when the patient came."""
    stops = [role.clock for role in item.clocks if role.part == "stop"]
    if item.spans or item.lengths or not stops or len(stops) != len(item.clocks) or stops[-1].minute <= arrival:
        return item
    return item._replace(spans=(Span(arrival, stops[-1].minute, stops[-1].first, stops[-1].last),), clocks=())


def _arrival(found: tuple[Token, ...]) -> tuple[int | None, tuple[Token, ...]]:
    """The minute at which the patient arrived, if it is said, and the other tokens."""
    for place, one in enumerate(found[:-1]):
        at = found[place + 1]
        if one.kind == "cue" and one.value == "arrive" and isinstance(at.what, Clock):
            return at.what.minute, (*found[:place], *found[place + 2 :])
    return None, found


def _affirmed(found: tuple[Token, ...]) -> tuple[str, ...]:
    """The settings that are named, without those that are denied: "hospital, not office"."""
    denied = {
        place + 1
        for place, one in enumerate(found)
        if one.kind == "negation" and place + 1 < len(found) and found[place + 1].first - one.last <= DENIES
    }
    return tuple(one.value for place, one in enumerate(found) if one.kind == "setting" and place not in denied)
