"""The deciding minutes and counted pieces of a bar, taken from the lines and steps.

Where the counted time cannot be shown to add up to a line's minutes, nothing is marked.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

from coding import timeline
from coding.codes import CODES
from coding.model import NOT_MET, Coded
from coding.policy import Policy
from coding.rules import THRESHOLDS
from coding.timeline import MINUTE, Spans
from coding.units import minutes_for
from smart_app.view_rows import RowView

Flows = dict[tuple[str, ...], Spans]


class Mark(NamedTuple):
    """A deciding minute. at: the instant at which it is reached; minutes: of flow."""

    at: int
    minutes: int
    reached: bool


class Piece(NamedTuple):
    """A stretch of fluid time, counted or carved out."""

    start: int
    stop: int
    counted: bool

    @property
    def minutes(self) -> int:
        """Whole minutes of the stretch."""
        return (self.stop - self.start) // MINUTE


def needs(policy: Policy, fluid: bool) -> tuple[int, int]:
    """The two first minutes that could decide for a bar without a stop."""
    first = THRESHOLDS.hydration_minimum if fluid else THRESHOLDS.infusion_minimum
    return first, minutes_for(1, policy)


def alone(ids: tuple[str, ...], spans: Spans, counted: int, flows: Flows, rows: dict[str, RowView]) -> Spans:
    """The part of a flow that makes its counted minutes: all of it, or what is left beside some other drugs; () if neither fits."""
    if timeline.minutes(spans) == counted:
        return spans
    over = [
        flow
        for other, flow in flows.items()
        if other != ids and not rows[other[0]].fluid and timeline.shared(flow, spans)
    ]
    for size in range(1, min(len(over), 4) + 1):
        for some in combinations(over, size):
            left = timeline.subtract(spans, timeline.union(span for flow in some for span in flow))
            if timeline.minutes(left) == counted:
                return left
    return ()


def marks(
    spans: Spans, counted: int, lines: tuple[int, ...], ids: tuple[str, ...], coded: Coded, policy: Policy
) -> tuple[Mark, ...]:
    """The minutes that earned a unit, and the next one, not reached."""
    if not spans:
        return ()
    hours = sum(coded.lines[n].units for n in lines if CODES[coded.lines[n].code].role == "hour")
    earned = [THRESHOLDS.infusion_minimum, *(minutes_for(unit, policy) for unit in range(1, hours + 1))]
    reached = [Mark(timeline.instant_after(spans, need), need, True) for need in earned if need <= counted]
    return tuple(reached + _next(spans, ids, coded))


def _next(spans: Spans, ids: tuple[str, ...], coded: Coded) -> list[Mark]:
    for step in coded.steps:
        facts = dict(step.facts)
        need = facts.get("needed_minutes")
        if (
            step.verdict == NOT_MET
            and "active_minutes" in facts
            and isinstance(need, int)
            and set(ids) & set(step.administrations)
        ):
            return [Mark(timeline.instant_after(spans, need), need, False)]
    return []


def fluid(
    ids: tuple[str, ...],
    counted: int,
    flows: Flows,
    rows: dict[str, RowView],
    coded: Coded,
    lines: tuple[int, ...],
) -> tuple[tuple[Piece, ...], tuple[Mark, ...]]:
    """Pieces counted and carved out of one fluid, if all fluids of its line together make the minutes of the line."""
    every = {id for n in lines for id in coded.lines[n].administrations}
    flowing = timeline.union(span for other, flow in flows.items() if set(other) & every for span in flow)
    drugs = timeline.union(span for other, flow in flows.items() if not rows[other[0]].fluid for span in flow)
    pushed = timeline.union(
        (row.start, row.stop) for row in rows.values() if row.technique == "push" and row.start and row.stop
    )
    for left in (
        timeline.subtract(timeline.subtract(flowing, drugs), pushed),
        timeline.subtract(flowing, drugs),
        flowing,
    ):
        if timeline.minutes(left) == counted:
            break
    else:
        return (), ()
    mine = flows[ids]
    outside = timeline.subtract(mine, left)
    inside = timeline.subtract(mine, outside)
    pieces = [Piece(*span, True) for span in inside] + [Piece(*span, False) for span in outside]
    ahead = _next(left, ids, coded) if mine == flowing and left else []
    return tuple(sorted(pieces)), tuple(ahead)
