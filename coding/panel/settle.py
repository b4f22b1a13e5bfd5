"""What the clock times of an item mean together: a start and a stop bound a flow, a pause and its end a hole in it."""

from __future__ import annotations

from coding.panel.said import Item, Role
from coding.panel.times import Clock, Span

HALF_DAY = 720  # minutes
BRACKET = 3  # letters between a rough time and the exact one in a bracket
ROUGH = 5  # minutes by which the exact time of a bracket may differ from the rough one before it


def settled(item: Item) -> Item:
    """Clock times with parts made into spans where two of them bound a flow."""
    clocks = _corrected(item.clocks)
    starts = [one.clock for one in clocks if one.part == "start"]
    stops = [one.clock for one in clocks if one.part == "stop"]
    pauses = [one.clock for one in clocks if one.part == "pause"]
    resumes = [one.clock for one in clocks if one.part == "resume"]
    plain = [one.clock for one in clocks if one.part == ""]
    if pauses and resumes:
        item = item._replace(pauses=(*item.pauses, _span(pauses[0], resumes[0])))
    if item.technique in ("push", "injection"):
        rest = [*starts, *plain, *([] if starts and stops else stops)]
        if starts and stops:
            item = item._replace(spans=(*item.spans, _span(starts[0], stops[-1])))
            rest = plain
        return item._replace(clocks=tuple(Role("", one) for one in rest))
    if not starts and plain and stops:
        starts, plain = plain[:1], plain[1:]
    if starts and not stops and len(plain) == 1:
        stops, plain = plain, []
    if starts and stops and not item.spans:
        item = item._replace(spans=(_span(starts[0], stops[-1]),))
        starts = stops = []
    elif not starts and len(plain) == 2 and not item.spans and not item.lengths and item.technique == "infusion":
        item = item._replace(spans=(_span(plain[0], plain[1]),))
        plain = []
    elif starts and not stops and item.lengths:
        plain = [*starts, *plain]
        starts = []
    if item.spans:
        plain = []
        starts = [one for one in starts if all(abs(one.minute - span.start) > ROUGH for span in item.spans)]
    kept = (
        [Role("start", one) for one in starts] + [Role("stop", one) for one in stops] + [Role("", one) for one in plain]
    )
    return item._replace(clocks=tuple(kept))


def _corrected(clocks: tuple[Role, ...]) -> list[Role]:
    """Without a rough time that the next one makes exact: "quarter past nine (9:14)"."""
    result: list[Role] = []
    for one in clocks:
        last = result[-1] if result else None
        rough = last is not None and abs(one.clock.minute - last.clock.minute) <= ROUGH
        if last is not None and rough and one.part == "" and one.clock.first - last.clock.last <= BRACKET:
            result[-1] = Role(last.part, one.clock)
        else:
            result.append(one)
    return result


def _span(start: Clock, stop: Clock) -> Span:
    half = HALF_DAY if stop.minute + HALF_DAY >= start.minute and not stop.sure else 2 * HALF_DAY
    end = stop.minute if stop.minute >= start.minute else stop.minute + half
    return Span(start.minute, end, start.first, stop.last, start.sure and stop.sure)
