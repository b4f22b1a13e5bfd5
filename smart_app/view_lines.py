"""Lines, drug lines, held administrations, considered codes and unused rows as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from coding.codes import CODES, label
from coding.model import ABSENT, MET, NOT_MET, NOT_REACHED, STOPS, UNKNOWN, Coded, Considered, DrugLine, Line, Step
from coding.rules import CARDS, SOURCES
from smart_app.view_rows import RowView, clocks, named, plain_name
from smart_app.view_words import bare, plain, upper_first, weaker

MOST_SOURCES = 1
TIMES = "documentation.start-and-stop"  # said better by the times and grades that stand under the steps
UNREAD = "A row of the chart"
_ORDER = (UNKNOWN, NOT_MET, NOT_REACHED, MET)
WAITS = {
    "STOP_MISSING": "waits for a stop time",
    "START_MISSING": "waits for a start time",
    "STILL_RUNNING": "is still running",
    "STOP_BEFORE_START": "waits for a corrected stop",
    "ROUTE_MISSING": "waits for its route",
    "HYDRATION_UNSUPPORTED": "waits for an order, a reason and both times",
}


class StepView(NamedTuple):
    """One considered rule. more: what would change it."""

    verdict: str
    says: str
    rule: str
    more: str = ""


class SourceView(NamedTuple):
    """A source by title; address "" where it has none."""

    title: str
    address: str


class LineView(NamedTuple):
    """One line of the claim with its why. grades: of start and stop, the weakest behind the line. rows: what it is made of.

    when: its clock times, where it is made of one row.
    """

    id: str
    code: str
    label: str
    substance: str
    units: int
    modifiers: tuple[str, ...]
    date: str
    minutes: int | None
    grades: tuple[str, ...]
    why: str
    steps: tuple[StepView, ...]
    diagnoses: tuple[str, ...]
    sources: tuple[SourceView, ...]
    readings: tuple[str, ...]
    rows: tuple[RowView, ...]
    tasks: tuple[tuple[str, str], ...] = ()
    rules: tuple[str, ...] = ()
    when: str = ""


class HeldView(NamedTuple):
    """An administration that waits for a fact. task: the id of its question."""

    row: RowView
    waits: str
    task: str


class ReasonView(NamedTuple):
    """A code considered, or a row not used, and why. resource: what it is about, in words."""

    title: str
    verdict: str
    why: str
    more: str
    rules: tuple[str, ...]
    resource: str


class DrugLineView(NamedTuple):
    """One HCPCS line for the drug itself."""

    code: str
    substance: str
    units: int
    modifiers: tuple[str, ...]
    date: str
    why: str
    rules: tuple[str, ...]


def lines_of(coded: Coded, rows: Mapping[str, RowView], tasks: Mapping[str, tuple[str, str]]) -> tuple[LineView, ...]:
    """Every line in order. tasks: by administration, the id and title of the question that it hangs on."""
    return tuple(_line(number, line, coded, rows, tasks) for number, line in enumerate(coded.lines, 1))


def first_lines(coded: Coded) -> dict[str, str]:
    """The id of the first line of each code."""
    found: dict[str, str] = {}
    for number, line in enumerate(coded.lines, 1):
        found.setdefault(line.code, f"l{number}")
    return found


def _line(
    number: int, line: Line, coded: Coded, rows: Mapping[str, RowView], tasks: Mapping[str, tuple[str, str]]
) -> LineView:
    mine = tuple(rows[id] for id in line.administrations if id in rows)
    steps = _steps(line, coded.steps)
    return LineView(
        f"l{number}",
        line.code,
        upper_first(label(line.code)),
        plain_name(line.substance),
        line.units,
        line.modifiers,
        line.date,
        line.minutes,
        _grades(line, mine),
        plain(line.why),
        steps,
        line.diagnoses,
        sources_of(line.rules),
        readings_of(line.rules),
        mine,
        tuple(dict.fromkeys(tasks[row.id] for row in mine if row.id in tasks)),
        line.rules,
        clocks(mine[0]) if len(mine) == 1 else "",
    )


def _grades(line: Line, rows: Iterable[RowView]) -> tuple[str, ...]:
    starts = stops = ""
    for row in rows:
        starts = weaker(starts, row.start_grade) if starts else row.start_grade
        if not (row.once and row.stop_grade == ABSENT):
            stops = weaker(stops, row.stop_grade) if stops else row.stop_grade
    return tuple(filter(None, (starts, stops if line.minutes is not None else "")))


def _steps(line: Line, steps: Iterable[Step]) -> tuple[StepView, ...]:
    mine = set(line.administrations)
    found: dict[StepView, None] = {}
    for step in steps:
        if step.rule == TIMES and step.verdict == MET:
            continue
        touches = bool(mine & set(step.administrations))
        ours = step.rule in line.rules and (touches or not step.administrations) and step.code in ("", line.code)
        if ours or (touches and (step.code == line.code or (not step.code and step.verdict == MET))):
            found[StepView(step.verdict, plain(step.says), step.rule, plain(step.would_change))] = None
    return tuple(found)


def sources_of(rules: Iterable[str]) -> tuple[SourceView, ...]:
    """The first source of each of the first rules, once each."""
    tags = dict.fromkeys(CARDS[rule].sources[0] for rule in rules if rule in CARDS and CARDS[rule].sources)
    return tuple(SourceView(SOURCES[tag].title, SOURCES[tag].address) for tag in list(tags)[:MOST_SOURCES])


def readings_of(rules: Iterable[str]) -> tuple[str, ...]:
    """Rules among these on which authorities differ."""
    return tuple(rule for rule in rules if rule in CARDS and CARDS[rule].disagree)[:3]


def held_of(coded: Coded, rows: Mapping[str, RowView], tasks: Mapping[str, tuple[str, str]]) -> tuple[HeldView, ...]:
    """Administrations without a line that wait for a fact."""
    billed = {id for line in coded.lines for id in line.administrations}
    found = {}
    for problem in coded.problems:
        id = bare(problem.resource)
        if problem.severity == STOPS and id in rows and id not in billed and rows[id].given and id not in found:
            waits = WAITS.get(problem.code, f"waits: {problem.code.replace('_', ' ').lower()}")
            found[id] = HeldView(rows[id], waits, tasks.get(id, ("missing", ""))[0])
    return tuple(found.values())


def drug_lines_of(coded: Coded) -> tuple[DrugLineView, ...]:
    """Every HCPCS line in order."""
    return tuple(
        DrugLineView(one.code, plain_name(one.substance), one.units, one.modifiers, one.date, _sum(one), one.rules)
        for one in coded.drug_lines
    )


def _sum(line: DrugLine) -> str:
    """The sum of a drug line; the drug stands in its own column."""
    return plain(line.why.removeprefix(f"{line.substance}: "))


def considered_of(coded: Coded, rows: Mapping[str, RowView]) -> tuple[ReasonView, ...]:
    """Codes weighed and not billed: the unknown first, then what was nearly met; codes of drugs come last."""
    ordered = sorted(coded.considered, key=lambda one: (one.code not in CODES, _ORDER.index(one.verdict), one.code))
    return tuple(
        ReasonView(one.code, one.verdict, plain(one.why), plain(one.would_change), one.rules, _about(one, rows))
        for one in ordered
    )


def _about(one: Considered, rows: Mapping[str, RowView]) -> str:
    known = [rows[id] for id in one.administrations if id in rows]
    name = known[0].name if known else ""
    said = one.why.casefold()
    return "" if name.casefold() in said or said.partition(":")[0] in name.casefold() else name


def unused_of(coded: Coded, rows: Mapping[str, RowView], held: Iterable[HeldView]) -> tuple[ReasonView, ...]:
    """Administrations that end in no line and wait for nothing, with the reason."""
    waiting = {one.row.id for one in held}
    return tuple(
        ReasonView(
            named(rows, one.resource) if one.resource in rows else UNREAD,
            "",
            plain(one.why),
            "",
            one.rules,
            one.resource,
        )
        for one in coded.not_billed
        if one.resource not in waiting
    )
