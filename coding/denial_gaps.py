"""What the chart does not show, and whether the answer to a denial hangs on it."""

from __future__ import annotations

from typing import NamedTuple

from coding.codes import CODES
from coding.denial_facts import covers
from coding.denial_table import DRUG, OPEN, TABLE, Denial
from coding.drugs import by_hcpcs
from coding.log import Log
from coding.model import ASKS, CHEMO, STOPS, Coded, DrugLine, Encounter, Line, Problem
from coding.rules import PROBLEMS
from coding.substances import know

HYDRATION = ("96360", "96361")
ORDER_MISSING = "order-missing"


class Lacking(NamedTuple):
    """Something the chart does not show. decides: the answer hangs on it. do: what to do about it."""

    code: str
    resource: str
    says: str
    would_prove: str
    do: str
    decides: bool


def lacking(
    denial: Denial,
    coded: Coded,
    encounter: Encounter,
    scope: tuple[str, ...],
    lines: tuple[Line | DrugLine, ...],
    doubted: frozenset[str] = frozenset(),
) -> tuple[Lacking, ...]:
    """What is not shown and bears on the lines: all that holds a line, and the questions that may change one asked about.

    doubted: codes asked about that the chart does not support as it stands.
    """
    found = []
    for problem in coded.problems:
        decides = _decides(problem, denial, encounter, scope, lines, doubted)
        if decides or (problem.severity in (STOPS, ASKS) and problem.code not in OPEN.told):
            kind = PROBLEMS.get(problem.code)
            do = kind.do if kind else ""
            found.append(Lacking(problem.code, _bare(problem), problem.says, problem.would_change, do, decides))
    if denial.orders and (drugs := _without_order(encounter, lines)):
        words = TABLE.order_missing
        says = words["says"].format(drugs=" and ".join(drugs))
        found.append(Lacking(ORDER_MISSING, "", says, words["would_prove"], words["do"], True))
    return tuple(sorted(found, key=lambda one: not one.decides))


def _without_order(encounter: Encounter, lines: tuple[Line | DrugLine, ...]) -> tuple[str, ...]:
    """What was given for the lines and has no order, by name."""
    used = {id for line in lines for id in line.administrations}
    return tuple(dict.fromkeys(one.name for one in know(encounter, Log()) if one.id in used and one.row.order is None))


def _decides(
    problem: Problem,
    denial: Denial,
    encounter: Encounter,
    scope: tuple[str, ...],
    lines: tuple[Line | DrugLine, ...],
    doubted: frozenset[str],
) -> bool:
    if problem.code == "RESOURCE_UNREADABLE" and problem.resource.partition("/")[0] not in OPEN.readable:
        return False
    if problem.code in OPEN.visit and problem.severity == STOPS:
        return True
    if problem.code in OPEN.family:
        return any(CODES[code].family == CHEMO for code in doubted if code in CODES)
    if problem.code in denial.unproved:
        return _by_name(problem, encounter, scope, lines)
    if problem.code in OPEN.may_change:
        return _of_lines(problem, encounter, lines)
    if problem.code in OPEN.drug and _of_drugs(scope):
        return _by_name(problem, encounter, scope, lines)
    if problem.severity != STOPS or denial.about == DRUG or problem.code in OPEN.drug or _of_drugs(scope):
        return False
    if problem.code in OPEN.fluid or _bare(problem) in _fluids(encounter):
        asked = scope or denial.denied
        return covers(asked, HYDRATION[1]) or set(asked) == {HYDRATION[0]}
    return True


def _of_drugs(scope: tuple[str, ...]) -> bool:
    """Whether only lines of drugs are asked about: no minutes decide them."""
    return bool(scope) and all(by_hcpcs(code) for code in scope)


def _by_name(
    problem: Problem, encounter: Encounter, scope: tuple[str, ...], lines: tuple[Line | DrugLine, ...]
) -> bool:
    """Some questions are put once for several drugs: they bear only where one of these is asked about.

    A drug line has the name of the product and an administration that of the drug, so the names of its rows count too.
    """
    if problem.code not in OPEN.by_name or not (scope or lines):
        return True
    used = {id for line in lines for id in line.administrations}
    drugs = {line.substance for line in lines} | {one.name for one in know(encounter, Log()) if one.id in used}
    if not lines:
        drugs = {name for code in scope for one in by_hcpcs(code) for name in (one.name, one.product) if name}
    return any(name.lower() in problem.says.lower() for name in drugs)


def _of_lines(problem: Problem, encounter: Encounter, lines: tuple[Line | DrugLine, ...]) -> bool:
    """Whether a question is about a row of the lines, or about the whole visit."""
    rows = {row.id for row in encounter.administrations}
    return not lines or _bare(problem) not in rows or any(_bare(problem) in line.administrations for line in lines)


def _fluids(encounter: Encounter) -> frozenset[str]:
    """Rows of plain fluid: their minutes decide nothing but hydration."""
    return frozenset(item.id for item in know(encounter, Log()) if item.fluid)


def _bare(problem: Problem) -> str:
    return problem.resource.rsplit("/", 1)[-1]
