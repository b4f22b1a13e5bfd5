"""What the chart would give if the times that are open were answered: a finding is wrong only if every answer leaves it wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce

from coding.billed import WRONG, Finding
from coding.check_case import ROW, Case
from coding.explain import HORIZON_MINUTES, Change, changed
from coding.model import Administration
from coding.rules import THRESHOLDS
from coding.timeline import MINUTE

# Problems of a row that a charted stop answers.
NO_STOP = ("STOP_MISSING", "STILL_RUNNING", "STOP_BEFORE_START")


def hanging(case: Case, findings: Sequence[Finding], compare: Callable[[Case], Sequence[Finding]]) -> list[Finding]:
    """The wrong findings that some stop of the open rows would do away with. compare: the whole look at a claim."""
    wrong = [one for one in findings if one.severity == WRONG]
    if not wrong:
        return []
    answers = [compare(other) for other in answered(case)]
    return [one for one in wrong if any(not _stands(one, found) for found in answers)]


def answered(case: Case) -> Iterable[Case]:
    """The claim beside the chart with each tried stop of its open rows: too short for an infusion, just one, and every whole hour."""
    rows = _open_rows(case)
    if not rows:
        return
    least, hour = THRESHOLDS.infusion_minimum, THRESHOLDS.hour
    for minutes in (least - 1, least, *range(hour, HORIZON_MINUTES + 1, hour)):
        stops = [Change(row.id, row.start.at + minutes * MINUTE) for row in rows if row.start]
        yield case.again(lambda chart, stops=stops: reduce(changed, stops, chart))  # type: ignore[misc]


def _open_rows(case: Case) -> list[Administration]:
    """Rows without a stop that the chart asks about: the one that a problem names, or a further row of the same infusion."""
    asked = {one.resource.removeprefix(ROW) for one in case.coded.problems if one.code in NO_STOP}
    drugs = {_drugs(row) for row in case.encounter.administrations if row.id in asked}
    return [row for row in case.encounter.administrations if row.start and _stopless(row) and _drugs(row) in drugs]


def _drugs(row: Administration) -> tuple[str, ...]:
    return tuple(one.text for one in row.substances)


def _stopless(row: Administration) -> bool:
    return row.stop is None or (row.start is not None and row.stop.at < row.start.at)


def _stands(finding: Finding, found: Sequence[Finding]) -> bool:
    """Whether the lines are found wrong here too: the same billed ones, or the same missing ones."""
    lacking = {(line.code, line.modifiers) for line in finding.corrected}
    return any(
        set(one.billed) & set(finding.billed)
        if finding.billed
        else lacking <= {(line.code, line.modifiers) for line in one.corrected}
        for one in found
        if one.severity == WRONG
    )
