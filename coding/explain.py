"""Questions about an answer: why this line, why not that code, what if, and at which minute the answer changes.

Nothing here knows a rule: each answer is a line, a step or another run of the engine.
"""

from __future__ import annotations

from typing import NamedTuple

from coding.codes import label
from coding.engine import DEFAULT, code
from coding.model import CHARTED, MET, Administration, Coded, Considered, Encounter, Line, Moment, Step
from coding.policy import Policy
from coding.timeline import MINUTE, clock

HORIZON_MINUTES = 480


class Change(NamedTuple):
    """One changed fact of one administration. stop and start: instants in seconds; None leaves the fact as charted."""

    administration: str
    stop: int | None = None
    start: int | None = None


class BreakPoint(NamedTuple):
    """A stop at which the lines change. at: the first minute (seconds) that gives them. lines: code and units."""

    at: int
    clock: str
    minutes: int
    lines: tuple[tuple[str, int], ...]


def why(coded: Coded, line: Line) -> str:
    """The sentence of a line and the steps that led to it."""
    steps = [step.says for step in coded.steps if step.verdict == MET and _about(step, line)]
    return " ".join([line.why, *dict.fromkeys(steps)])


def _about(step: Step, line: Line) -> bool:
    return step.rule in line.rules and (
        not step.administrations or bool(set(step.administrations) & set(line.administrations))
    )


def why_not(coded: Coded, wanted: str) -> tuple[Considered, ...]:
    """Why a code is not among the lines, or not in more units; empty where nothing in the chart came near it."""
    return tuple(one for one in coded.considered if one.code == wanted)


def why_not_words(coded: Coded, wanted: str) -> str:
    """The same in words."""
    found = why_not(coded, wanted)
    if not found:
        billed = [line for line in coded.lines if line.code == wanted]
        if billed:
            return f"{wanted} is billed."
        return f"{wanted} ({label(wanted) or 'a code of another family'}) was not reached: nothing charted is of that kind."
    return " ".join(f"{one.why} {one.would_change}".strip() for one in found)


def what_if(encounter: Encounter, change: Change, policy: Policy = DEFAULT) -> Coded:
    """The answer if one fact were charted otherwise. The encounter itself is not changed."""
    return code(changed(encounter, change), policy)


def changed(encounter: Encounter, change: Change) -> Encounter:
    """The encounter with one fact charted otherwise."""
    rows = tuple(_row(row, change) if row.id == change.administration else row for row in encounter.administrations)
    return encounter._replace(administrations=rows)


def _row(row: Administration, change: Change) -> Administration:
    offset = row.start.offset if row.start else row.stop.offset if row.stop else 0
    if change.start is not None:
        row = row._replace(start=Moment(change.start, offset, CHARTED, "what if"))
    if change.stop is not None:
        status = "given" if row.status == "running" else row.status
        row = row._replace(stop=Moment(change.stop, offset, CHARTED, "what if"), status=status)
    return row


def break_points(
    encounter: Encounter, administration: str, policy: Policy = DEFAULT, horizon: int = HORIZON_MINUTES
) -> tuple[BreakPoint, ...]:
    """Each stop of one administration, minute by minute for a horizon, at which the lines of the whole visit change.

    Found by running the engine, not by formula, so it holds for charts of many drugs. Empty where it has no start.
    """
    row = next((one for one in encounter.administrations if one.id == administration), None)
    if row is None or row.start is None:
        return ()
    offset = row.start.offset or encounter.offset
    found: list[BreakPoint] = []
    last: tuple[tuple[str, int], ...] | None = None
    for minutes in range(1, horizon + 1):
        stop = row.start.at + minutes * MINUTE
        lines = totals(what_if(encounter, Change(administration, stop), policy))
        if lines != last:
            found.append(BreakPoint(stop, clock(stop, offset), minutes, lines))
            last = lines
    return tuple(found)


def totals(coded: Coded) -> tuple[tuple[str, int], ...]:
    """Code and units of all lines, added up, in order of code."""
    added: dict[str, int] = {}
    for line in coded.lines:
        added[line.code] = added.get(line.code, 0) + line.units
    return tuple(sorted(added.items()))
