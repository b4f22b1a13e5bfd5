"""At which minute a stop would change the lines of one administration: the cells of the break-point ruler.

The engine is run at likely stops, and the minute of each change is found by halving; it is never a formula. The same answer as
coding.explain.break_points, in a tenth of its runs; a change that comes and goes between two probed stops could be missed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from coding.codes import CODES
from coding.explain import BreakPoint, Change, totals, what_if
from coding.model import Administration, Coded, Encounter
from coding.policy import Policy
from coding.rules import THRESHOLDS
from coding.timeline import MINUTE, clock
from smart_app.view_words import at_clock

HORIZON, LONGEST = 480, 2_880  # minutes after the start that are looked at: for an open end, and at most
STRIDE = 30
MOST_CELLS = 6

Totals = tuple[tuple[str, int], ...]


class Cell(NamedTuple):
    """One outcome. when: the stops that give it. says: what it does to the claim. loses: a code falls. now: the chart stands here.

    more: it stands for outcomes that are left out.
    """

    when: str
    says: str
    now: str = ""
    open: bool = False
    loses: bool = False
    more: bool = False


@lru_cache(maxsize=512)
def changes(
    encounter: Encounter, administration: str, policy: Policy, horizon: int = HORIZON
) -> tuple[BreakPoint, ...]:
    """Each first minute of stop from which the lines differ, up to horizon minutes after the start; empty without a start."""
    row = _row(encounter, administration)
    if row is None or row.start is None:
        return ()
    start, offset = row.start.at, row.start.offset or encounter.offset
    seen: dict[int, Totals] = {}

    def lines(minutes: int) -> Totals:
        if minutes not in seen:
            seen[minutes] = totals(what_if(encounter, Change(administration, start + minutes * MINUTE), policy))
        return seen[minutes]

    found = [1]
    probes = _probes(encounter, start, horizon)
    for low, high in pairwise(probes):
        found += _between(low, high, lines)
    return tuple(BreakPoint(start + at * MINUTE, clock(start + at * MINUTE, offset), at, lines(at)) for at in found)


def _between(low: int, high: int, lines: Callable[[int], Totals]) -> list[int]:
    """The minutes in (low, high] at which the lines change."""
    if lines(low) == lines(high):
        return []
    if high - low == 1:
        return [high]
    middle = (low + high) // 2
    return _between(low, middle, lines) + _between(middle, high, lines)


def _probes(encounter: Encounter, start: int, horizon: int) -> list[int]:
    """Stops worth a try, in minutes after the start: the thresholds, every half hour, and where other rows begin or end."""
    wanted = {1, horizon, THRESHOLDS.infusion_minimum, THRESHOLDS.hydration_minimum}
    wanted |= set(range(STRIDE, horizon, STRIDE))
    wanted |= {hour * THRESHOLDS.hour + 31 for hour in range(horizon // THRESHOLDS.hour)}
    if len(encounter.administrations) <= 12:
        for row in encounter.administrations:
            wanted |= {(moment.at - start) // MINUTE for moment in (row.start, row.stop) if moment}
    return sorted(minute for minute in wanted if 1 <= minute <= horizon)


def ruler(
    encounter: Encounter,
    coded: Coded,
    row: str,
    policy: Policy,
    stop: int | None,
    now: int | None,
    every: bool = False,
) -> tuple[Cell, ...]:
    """The cells for one administration. stop: the stop that stands, charted or derived, or None. now: epoch seconds.
    every: all outcomes, however many.

    Empty where the lines of the visit are held for another reason, so that a stop would not change them.
    """
    given = _row(encounter, administration=row)
    if given is None or given.start is None:
        return ()
    start, offset = given.start.at, given.start.offset or encounter.offset
    horizon = _horizon(encounter, start, stop, now)
    points = changes(encounter, row, policy, horizon)
    here = totals(coded)
    cells: list[Cell] = []
    if stop is None:
        billed = [line.code for line in coded.lines if row in line.administrations]
        says = f"billed as {', '.join(dict.fromkeys(billed))}" if billed else "nothing billed for it"
        cells.append(Cell("No stop", says, "as charted", open=True))
    same = [point.lines == here for point in points]
    if all(same) or (stop is not None and not any(same)):
        return ()
    running = stop is None and now is not None and start < now <= start + horizon * MINUTE
    marked = stop if stop is not None else now if running else None
    for number, point in enumerate(points):
        until = points[number + 1].at - MINUTE if number + 1 < len(points) else None
        inside = marked is not None and point.at <= marked and (until is None or marked < until + MINUTE)
        note = ""
        if inside and marked is not None:
            note = (
                f"now, {at_clock(marked, offset, start)}"
                if stop is not None
                else f"if stopped now, {clock(marked, offset)}"
            )
        says, loses = difference(here, point.lines)
        cells.append(Cell(_range(point.at, until, offset, start, number == 0), says, note, False, loses))
    return tuple(cells) if every else _nearest(cells)


def _nearest(cells: list[Cell]) -> tuple[Cell, ...]:
    """The cells around where the chart stands; what is left out is counted in a cell of its own."""
    if len(cells) <= MOST_CELLS + 1:
        return tuple(cells)
    stands = max((number for number, cell in enumerate(cells) if cell.now), default=0)
    first = max(0, min(stands - 2, len(cells) - MOST_CELLS)) if stands > 3 else 0
    last = min(len(cells), first + MOST_CELLS)
    kept = cells[first:last]
    if first:
        kept = [Cell("Earlier", f"{first} other outcomes", more=True), *kept]
    if last < len(cells):
        kept = [*kept, Cell("Later", f"{len(cells) - last} other outcomes", more=True)]
    return tuple(kept)


def _horizon(encounter: Encounter, start: int, stop: int | None, now: int | None) -> int:
    wanted = HORIZON
    if not encounter.open and encounter.stop is not None and encounter.stop > start:
        wanted = (encounter.stop - start) // MINUTE
    for moment in (stop, now):
        if moment is not None and (moment - start) // MINUTE < LONGEST:
            wanted = max(wanted, (moment - start) // MINUTE + 1)
    return max(THRESHOLDS.hydration_minimum, min(wanted, LONGEST))


def _range(low: int, high: int | None, offset: int, base: int, first: bool) -> str:
    if high is None:
        return f"{at_clock(low, offset, base)} or later"
    end = at_clock(high, offset, base)
    if first:
        return f"{end} or earlier"
    return end if high == low else f"{at_clock(low, offset, base)} to {end}"


def difference(before: Totals, after: Totals) -> tuple[str, bool]:
    """What one answer has beyond another, in codes, and whether it loses any."""
    old, new = dict(before), dict(after)
    more = {code: new[code] - old.get(code, 0) for code in new if new[code] > old.get(code, 0)}
    less = {code: old[code] - new.get(code, 0) for code in old if old[code] > new.get(code, 0)}
    if not more and not less:
        return "the lines stand as they are", False
    loses, said = bool(less), []
    for gone in list(less):
        into = next((code for code in more if more[code] == less[gone] and _kin(code, gone)), "")
        if len(more) == len(less) == 1 and more == {next(iter(more)): less[gone]}:
            into = next(iter(more))
        if into:
            said.append(f"{_units(gone, less.pop(gone))} becomes {into}")
            more.pop(into)
    gains = [f"+ {_units(*one)}" for one in more.items()]
    return ", ".join([*gains, *(f"− {_units(*one)}" for one in less.items()), *said]), loses


def _kin(code: str, other: str) -> bool:
    """Whether two codes report the same kind of service, a push and a push, an hour and an hour."""
    return code in CODES and other in CODES and CODES[code].role.split()[-1] == CODES[other].role.split()[-1]


def _units(code: str, units: int) -> str:
    return code if units == 1 else f"{code} ×{units}"


def _row(encounter: Encounter, administration: str) -> Administration | None:
    return next((one for one in encounter.administrations if one.id == administration), None)
