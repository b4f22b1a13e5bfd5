"""What the chart still needs: each problem with its effect, its rule, the ruler of stops and a question that leads nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from coding.engine import code
from coding.explain import totals
from coding.model import ASKS, CHARTED, DEVICE, STOPS, TELLS, Coded, Encounter, Problem
from coding.policy import Policy
from coding.rules import PROBLEMS
from smart_app.break_ruler import Cell, ruler
from smart_app.view_rows import RowView, question
from smart_app.view_words import SEVERITIES, Sign, bare, plain, upper_first

WITH_RULER = ("STOP_MISSING", "STOP_DERIVED", "STILL_RUNNING")
BUDGET = 4_000  # administrations coded for rulers in one page; beyond it a ruler is made on request
RUNS = 45  # of the engine, for one ruler
TITLES = {
    "STOP_MISSING": "no stop time",
    "STOP_DERIVED": "stop is derived, not charted",
    "STILL_RUNNING": "still running",
    "START_MISSING": "no start time",
    "STOP_BEFORE_START": "stop lies before start",
    "ZERO_DURATION": "start and stop at the same minute",
    "ROUTE_MISSING": "how it was given is not charted",
    "DOSE_MISSING": "no dose",
    "TIME_WITHOUT_ZONE": "a time has no time zone",
    "SECOND_SITE_UNSUPPORTED": "no reason for a second site",
    "WASTE_UNDOCUMENTED": "waste not charted",
    "HYDRATION_UNSUPPORTED": "hydration not supported",
    "DIAGNOSIS_MISSING": "no diagnosis",
    "RESOURCE_UNREADABLE": "a row of the chart could not be read",
    "ORDER_IN_DOUBT": "the order is in doubt",
    "DOSE_STOPPED": "stopped early, and how much went in is not charted",
    "DOSE_CONTRADICTION": "figures of one dose differ",
    "DOSE_IMPLAUSIBLE": "more than anyone gives",
    "BAGS_OR_STEPS": "bags or rate steps",
    "ELECTROLYTE_IN_FLUID": "how much electrolyte is not charted",
    "DRUG_SUPPLY": "not from your own stock",
    "HCPCS_UNKNOWN": "a drug without a code here",
}
ASK = {
    "STOP_MISSING": "Please chart when it stopped, or the volume infused and the rate.",
    "STOP_DERIVED": "Please chart when it stopped.",
    "STILL_RUNNING": "Please chart when it stops.",
    "START_MISSING": "Please chart when it was started.",
    "STOP_BEFORE_START": "The charted stop lies before the start. Please say which of the times are right.",
    "ZERO_DURATION": "Start and stop are charted at the same minute. Please say how it was given, and when.",
    "ROUTE_MISSING": "Please chart how it was given.",
    "ROUTE_CONFLICT": "Two routes are charted. Please say by which it was given.",
    "TECHNIQUE_ASSUMED": "Please chart how it was given.",
    "DOSE_MISSING": "Please chart the dose given.",
    "DATE_ONLY": "Please chart the time of day.",
    "SEGMENT_GAP": "Please say what happened between the charted times.",
    "POSSIBLE_DUPLICATE": "Two like rows are charted. Please say what was given.",
    "ORDER_IN_DOUBT": "Please name the signed order that it was given under.",
    "DOSE_STOPPED": "Please chart how much went in before it was stopped.",
    "DOSE_CONTRADICTION": "Please say which of the charted doses was given.",
    "DOSE_IMPLAUSIBLE": "Please chart the dose given.",
    "BAGS_OR_STEPS": "Please say whether these rows are several bags or one bag at several rates.",
    "ELECTROLYTE_IN_FLUID": "Please chart how much was added to the bag.",
}


class Task(NamedTuple):
    """One question. late: its ruler is made on request, to keep the page quick."""

    id: str
    code: str
    severity: str
    tag: Sign
    title: str
    says: str
    more: str
    do: str
    rules: tuple[str, ...]
    cells: tuple[Cell, ...] = ()
    ask: str = ""
    late: bool = False


class Missing(NamedTuple):
    """tasks: what stops or asks; told: what only tells. charted: how much of each fact the chart has."""

    tasks: tuple[Task, ...]
    told: tuple[Task, ...]
    charted: str


def missing_of(
    coded: Coded,
    encounter: Encounter,
    policy: Policy,
    rows: dict[str, RowView],
    now: int | None = None,
    every_ruler: bool = False,
) -> Missing:
    """The questions of a visit, what holds a line first."""
    ordered = _ordered(coded)
    rulers = _rulers(coded, encounter, policy, rows, ordered, now, every_ruler)
    tasks = [_task(number, problem, rows, rulers) for number, problem in enumerate(ordered, 1)]
    return Missing(
        tuple(task for task in tasks if task.severity != TELLS),
        tuple(task for task in tasks if task.severity == TELLS),
        charted(encounter, rows),
    )


def task_ids(coded: Coded) -> dict[str, str]:
    """The id of the first question of each problem code."""
    found: dict[str, str] = {}
    for number, problem in enumerate(_ordered(coded), 1):
        found.setdefault(problem.code, f"t{number}")
    return found


def _ordered(coded: Coded) -> list[Problem]:
    return sorted(coded.problems, key=lambda one: (STOPS, ASKS, TELLS).index(one.severity))


def _rulers(
    coded: Coded,
    encounter: Encounter,
    policy: Policy,
    rows: dict[str, RowView],
    problems: Iterable[Problem],
    now: int | None,
    every: bool,
) -> dict[str, tuple[Cell, ...] | None]:
    """Cells by administration; None where the ruler is left for a request."""
    wanted = dict.fromkeys(
        bare(one.resource) for one in problems if one.code in WITH_RULER and bare(one.resource) in rows
    )
    if not wanted or totals(code(encounter, policy)) != totals(coded):
        return {}
    most = max(1, BUDGET // (RUNS * max(len(encounter.administrations), 1)))
    found: dict[str, tuple[Cell, ...] | None] = {}
    for number, id in enumerate(wanted):
        here = ruler(encounter, coded, id, policy, rows[id].stop, now, every) if every or number < most else None
        found[id] = here
    return found


def _task(number: int, problem: Problem, rows: dict[str, RowView], rulers: dict[str, tuple[Cell, ...] | None]) -> Task:
    kind = PROBLEMS.get(problem.code)
    row = rows.get(bare(problem.resource))
    words = TITLES.get(problem.code, problem.code.replace("_", " ").lower())
    cells = rulers.get(row.id, ()) if row and problem.code in WITH_RULER else ()
    tag = SEVERITIES[problem.severity]
    if problem.severity == ASKS and any(cell.loses for cell in cells or ()):
        tag = Sign("Could remove a line", "", "bad")
    if problem.severity == STOPS and row is None:
        tag = Sign("Holds a drug line" if problem.code.startswith("DOSE_") else "Holds lines", "", "wait")
    ask = question(row, ASK[problem.code]) if row and problem.code in ASK else ""
    return Task(
        f"t{number}",
        problem.code,
        problem.severity,
        tag,
        f"{row.name}: {words}" if row else upper_first(words),
        plain(problem.says),
        plain(problem.would_change),
        kind.do if kind else "",
        problem.rules,
        cells or (),
        ask,
        cells is None,
    )


def charted(encounter: Encounter, rows: dict[str, RowView]) -> str:
    """How many of the rows given have an order, a site, a start and, if infused, a stop."""
    given = [row for row in encounter.administrations if row.id in rows and rows[row.id].given]
    if not given:
        return ""
    infused = [row for row in given if row.technique == "infusion"]
    stops = sum(1 for row in infused if row.stop and row.stop.grade in (CHARTED, DEVICE))
    veins = [row for row in given if row.route == "iv"]
    parts = [
        f"orders {sum(1 for row in given if row.order)} of {len(given)}",
        f"sites {sum(1 for row in veins if row.site)} of {len(veins)}" if veins else "",
        f"starts {sum(1 for row in given if row.start)} of {len(given)}",
        f"infusion stops {stops} of {len(infused)}" if infused else "",
    ]
    return "Charted: " + ", ".join(filter(None, parts))
