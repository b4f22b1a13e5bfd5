"""Answers from what a chart or a case lacks: missing times, fluids that did not count, waste, what has no line."""

from __future__ import annotations

from coding.model import ASKS, STOPS
from coding.panel.mentions import Mention
from coding.panel.pointed import Found, Pointed
from coding.panel.sentences import from_card, from_considered, from_line, from_problem, from_row, from_unbilled, phrase
from coding.panel.subject import Subject, rows_of

FLUIDS = ("96360", "96361")
LISTED = 6  # questions that are named where nothing stops a line
WASTE = (
    "WASTE_UNDOCUMENTED",
    "WASTE_CONTRADICTION",
    "WASTE_AMOUNT_MISSING",
    "VIALS_NOT_SMALLEST",
    "DOSE_MISSING",
    "HCPCS_SEVERAL",
)
TIMES = ("STOP_MISSING", "START_MISSING", "STILL_RUNNING", "STOP_BEFORE_START", "ZERO_DURATION", "DATE_ONLY")


def missing_of(of: Pointed) -> Found:
    """What the chart lacks, what stops a line first."""
    problems = of.coded.problems
    stops = [one for one in problems if one.severity == STOPS or one.code in TIMES]
    asks = [one for one in problems if one.severity == ASKS and one not in stops]
    short = [from_problem(one) for one in stops] or [phrase("nothing-missing")]
    short += [from_problem(one) for one in asks[: max(0, LISTED - len(stops))]] if not stops else []
    working = [from_problem(one) for one in asks] if stops else []
    if any(one.code == "STOP_MISSING" for one in stops):
        working.insert(0, from_card("documentation.derived-stop"))
    return short, [*working, of.whole], [rule for one in (*stops, *asks) for rule in one.rules]


def hydration_of(of: Pointed) -> Found:
    """What became of the fluids."""
    lines = [line for line in of.coded.lines if line.code in FLUIDS]
    rows = {one.id for one in of.subject.encounter.administrations if _is_fluid(of.subject, one.id)}
    unbilled = [one for one in of.coded.not_billed if one.resource in rows]
    near = [one for one in of.coded.considered if one.code in FLUIDS]
    problems = [one for one in of.coded.problems if one.resource in rows and one.severity in (STOPS, ASKS)]
    short = [from_line(line, of.subject.hidden) for line in lines]
    short += [from_unbilled(one) for one in unbilled] + [from_considered(one) for one in near]
    rules = [rule for line in lines for rule in line.rules]
    rules += [rule for one in unbilled for rule in one.rules] + [rule for one in near for rule in one.rules]
    if not short:
        short = [phrase("no-fluid"), from_card("excluded.carrier")]
        rules = ["hydration.definition", "excluded.carrier", "excluded.flush"]
    return short, [*(from_problem(one) for one in problems), from_card("hydration.minimum")], rules


def _is_fluid(subject: Subject, id: str) -> bool:
    fluid = Mention("normal saline", "sodium chloride 0.9%", 0, 0, True)
    return id in {row.id for row in rows_of(subject, (fluid,))}


def waste_of(of: Pointed) -> Found:
    """The drug lines, and what is known of waste."""
    problems = [one for one in of.coded.problems if one.code in WASTE]
    short = [from_problem(one) for one in problems] + [from_line(line) for line in of.coded.drug_lines]
    return (
        short or [phrase("not-on-chart")],
        [from_card("drug.wastage"), from_card("drug.no-waste")],
        ["drug.wastage", "drug.no-waste", "drug.units"],
    )


def planned_of(of: Pointed) -> Found:
    """An ordered duration is no stop; and what is missing here."""
    problems = [one for one in of.coded.problems if one.code in TIMES]
    short = [*from_row(of.row), *(from_problem(one) for one in problems)]
    return (
        short,
        [from_card("documentation.derived-stop")],
        ["documentation.derived-stop", "documentation.missing-stop"],
    )


def unbilled_of(of: Pointed) -> Found:
    """What was given and has no line."""
    short = [from_unbilled(one) for one in of.coded.not_billed]
    working = [from_considered(one) for one in of.coded.considered]
    rules = [rule for one in of.coded.not_billed for rule in one.rules]
    rules += [rule for one in of.coded.considered for rule in one.rules]
    return short or [phrase("all-billed")], [*working, of.whole], rules


def policy_of(of: Pointed) -> Found:
    """The policy in force."""
    said = phrase(f"setting-{of.subject.policy.setting}", payer=of.subject.policy.payer)
    switches = [phrase("switch-is", name=name, value=value) for name, value in of.coded.switches]
    return [said], switches, ["chemo.profile"]
