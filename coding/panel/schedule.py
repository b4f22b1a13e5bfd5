"""When each item of a case ran: from the clock times said, or laid out in the order said where no clock was named.

Minutes since midnight of one made day. Laid-out times decide nothing but the order; they are never shown as times.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from coding.panel.grammar import AFTER, BEFORE, DURING, SAME
from coding.panel.lexicon import panel_table
from coding.panel.said import Item
from coding.panel.stretches import LATER, THEN
from coding.panel.times import Span

LAYOUT: dict[str, int] = {name: value for name, value in panel_table("scratch.toml")["layout"].items() if name != "day"}  # type: ignore[attr-defined]
HALF_DAY, DAY = 720, 1440  # minutes
FOLLOWS = (AFTER, THEN, LATER)


class Flow(NamedTuple):
    """One stretch of an item: minutes since midnight; stop is None for a push at one time, or where no stop is known."""

    start: int
    stop: int | None = None


class Placed(NamedTuple):
    """An item with its stretches. clocked: its times were said. open: it is an infusion whose minutes were not said."""

    item: Item
    flows: tuple[Flow, ...]
    clocked: bool
    open: bool = False


def place(items: Sequence[Item]) -> tuple[Placed, ...]:
    """Each item with its stretches, in the order said."""
    placed: dict[int, Placed] = {}
    crossing = next((span.start for item in items for span in item.spans if span.stop >= DAY), None)
    sure = [span for item in items for span in item.spans if span.sure]
    for index, item in enumerate(items):
        flows = _clocked(item, crossing, sure)
        if flows:
            open_ = flows[-1].stop is None and item.technique == "infusion" and not (item.rate and item.volume)
            placed[index] = Placed(item, flows, True, open_)
    order = sorted(set(range(len(items))) - set(placed), key=lambda index: (items[index].relation == BEFORE, index))
    pushes = 0
    for index in order:
        item = items[index]
        placed[index] = _laid_out(item, index, placed, pushes)
        pushes += item.technique != "infusion"
    return tuple(placed[index] for index in range(len(items)))


def minutes_said(item: Item) -> int:
    """The minutes that durations give an item, its pauses taken out; 0 where none was said."""
    base = [one.minutes for one in item.lengths if not one.more and not one.less]
    more = sum(one.minutes for one in item.lengths if one.more) - sum(one.minutes for one in item.lengths if one.less)
    return max(0, sum(base) + more - item.paused)


def _clocked(item: Item, crossing: int | None, sure: Sequence[Span]) -> tuple[Flow, ...]:
    def at(minute: int, certain: bool) -> int:
        late = crossing is not None and minute < crossing - LAYOUT["rolls_over_after"]
        minute = minute + DAY if late else minute
        return minute if certain else min((minute, minute + HALF_DAY), key=lambda one: (_away(one, sure), one))

    flows: list[Flow] = []
    for span in item.spans:
        shift = at(span.start, span.sure) - span.start
        flows += _without_pauses(Flow(span.start + shift, span.stop + shift), item, shift)
    planned = [one for one in item.lengths if not one.more and not one.less]
    for role in item.clocks:
        minute = at(role.clock.minute, role.clock.sure)
        if role.part == "stop" and planned:
            flows.append(Flow(minute - planned[0].minutes, minute))
        elif role.part != "stop" or item.technique != "infusion" or flows:
            flows.append(Flow(minute, minute + minutes_said(item) if planned else None))
    more = sum(one.minutes for one in item.lengths if one.more) - sum(one.minutes for one in item.lengths if one.less)
    if more and flows and flows[-1].stop is not None:
        flows[-1] = Flow(flows[-1].start, max(flows[-1].start, flows[-1].stop + more))
    if item.number > 1 and len(flows) == 1 and item.apart and item.technique != "infusion":
        start, stop = flows[0]
        steps = [number * item.apart for number in range(item.number)]
        flows = [Flow(start + step, None if stop is None else stop + step) for step in steps]
    return tuple(flows)


def _away(minute: int, sure: Sequence[Span]) -> int:
    """Minutes between a time and the nearest flow whose half of the day is known; 0 where none is known."""
    return min((max(span.start - minute, minute - span.stop, 0) for span in sure), default=0)


def _without_pauses(flow: Flow, item: Item, shift: int) -> list[Flow]:
    holes: list[Span] = [
        hole
        for hole in item.pauses
        if flow.start <= hole.start + shift and flow.stop is not None and hole.stop + shift <= flow.stop
    ]
    start, result = flow.start, []
    for hole in sorted(holes):
        result.append(Flow(start, hole.start + shift))
        start = hole.stop + shift
    if item.paused and flow.stop is not None and not holes:
        middle = (start + flow.stop - item.paused) // 2
        result.append(Flow(start, middle))
        start = middle + item.paused
    return [*result, Flow(start, flow.stop)]


def _laid_out(item: Item, index: int, placed: dict[int, Placed], pushes: int) -> Placed:
    infusion = item.technique == "infusion"
    length = minutes_said(item)
    anchor = _anchor(index, placed, item)
    if anchor is None:
        start = LAYOUT["first_minute"] + (0 if infusion else pushes * LAYOUT["next_push"])
    else:
        start = _beside(item, anchor, placed, length, pushes, infusion)
    if infusion and item.relation == SAME and not length and anchor is not None:
        return Placed(item, anchor.flows, anchor.clocked, anchor.open)
    if length:
        share = length // item.number if item.number > 1 and not infusion else length
        first = (Flow(start, start + share),)
    else:
        first = (Flow(start),)
    apart = item.apart or LAYOUT["next_push"]
    stop = next((role.clock.minute for role in item.clocks if role.part == "stop"), None)
    if infusion and not length and stop is not None and stop > start and item.relation in FOLLOWS:
        first = (Flow(start, stop),)
    apart = length if infusion else apart
    repeats = item.number if not infusion or length else 1
    flows = tuple(
        Flow(one.start + n * apart, None if one.stop is None else one.stop + n * apart)
        for n in range(repeats)
        for one in first
    )
    return Placed(item, flows, False, infusion and flows[-1].stop is None)


def _anchor(index: int, placed: dict[int, Placed], item: Item) -> Placed | None:
    """The item that this one is laid out by: the one said before it, else the first that has a place."""
    earlier = [placed[place] for place in sorted(placed) if place < index]
    if item.relation in (BEFORE, DURING, SAME):
        flowing = [one for one in earlier if one.item.technique == "infusion"]
        earlier = flowing or earlier
    later = [placed[place] for place in sorted(placed) if place > index]
    return earlier[-1] if earlier else later[0] if later else None


def _beside(item: Item, anchor: Placed, placed: dict[int, Placed], length: int, pushes: int, infusion: bool) -> int:
    first = min(one.flows[0].start for one in placed.values())
    step = pushes * LAYOUT["next_push"]
    if item.relation == BEFORE:
        return first - item.gap - (length or LAYOUT["push_before"]) - (0 if length else step)
    if item.relation in (DURING, SAME):
        return anchor.flows[0].start + (0 if item.relation == SAME and infusion else LAYOUT["push_during"] + step)
    if item.relation in FOLLOWS or infusion:
        end = _end(anchor) if item.gap or not infusion else max(_end(anchor), _end(_last(placed)))
        return end + item.gap + (0 if infusion else step)
    if anchor.item.technique == "infusion":
        return first - LAYOUT["push_before"] - step if first > LAYOUT["push_before"] + step else first + step
    return _end(anchor) + (item.gap or LAYOUT["next_push"])


def _end(placed: Placed) -> int:
    return max(one.start if one.stop is None else one.stop for one in placed.flows)


def _last(placed: dict[int, Placed]) -> Placed:
    flowing = [one for one in placed.values() if one.item.technique == "infusion"]
    return max(flowing or list(placed.values()), key=_end)
