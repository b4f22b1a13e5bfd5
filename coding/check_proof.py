"""What the chart cannot prove is never called wrongly billed: the visit that is barred or held, and rows that wait for an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from coding.billed import Billed, Finding
from coding.check_case import Case, Stopped, stopped
from coding.check_lines import Open
from coding.check_words import found
from coding.codes import CODES
from coding.explain import break_points
from coding.model import UNKNOWN, Line
from coding.timeline import MINUTE

# Rules by which a whole visit has no lines; a held visit names one of the others and raises a problem that stops.
BARRED = ("encounter.inpatient", "encounter.facility-place", "encounter.home")

NO_STOP = ("STOP_MISSING", "STILL_RUNNING")
HOUR = "hour"
LONGEST = 24 * 60  # minutes that are tried one by one


def whole_visit(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """One finding for all lines where the visit has none: because of a rule, or because a question about the visit holds them."""
    if case.coded.lines or case.coded.drug_lines or not open.billed:
        return open, []
    holding = [one for one in stopped(case) if not one.ids]
    barred = [one for one in case.coded.not_billed if set(one.rules) & set(BARRED)]
    if holding:
        why = " ".join(dict.fromkeys(f"{one.problem.says} {one.problem.would_change}".strip() for one in holding))
        rules = [rule for one in holding for rule in one.problem.rules]
        return Open((), open.wanted), [found(case, "visit-unproved", Open(open.billed), rules=rules, why=why)]
    if barred and len(barred) == len(case.coded.not_billed):
        ids = [one.resource for one in barred]
        rules = [rule for one in barred for rule in one.rules if rule in BARRED]
        taken = Open(open.billed)
        return Open((), open.wanted), [
            found(case, "not-reportable-here", taken, rules=rules, ids=ids, why=_sentence(barred[0].why))
        ]
    return open, []


def unproved(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """Surplus codes that rows without an answer may yet support, with what those rows have to do with for now."""
    waiting = stopped(case)
    codes = tuple(code for code in open.over if any(_bears(one, code) for one in waiting))
    if not codes:
        return open, []
    bearing = [one for one in waiting if any(_bears(one, code) for code in codes)]
    most = _most(case, bearing)
    if most is not None:
        codes = tuple(code for code in codes if CODES[code].role != HOUR or most[code] > _units(case.coded.lines, code))
    if not codes:
        return open, []
    ids = {id for one in bearing for id in one.ids}
    taken = open.of(*codes)
    stand_in = tuple(line for line in open.wanted if ids & set(line.administrations))
    taken = taken.plus(Open((), stand_in))
    return open.less(taken), [
        found(
            case,
            "unproved",
            taken,
            rules=[rule for one in bearing for rule in one.problem.rules],
            ids=sorted(ids),
            why=" ".join([*dict.fromkeys(_missing(one, case) for one in bearing), *_beyond(case, codes, most)]),
        )
    ]


def _most(case: Case, bearing: list[Stopped]) -> Counter[str] | None:
    """The most units of each code that any stop of the one row without a stop could give, to the charted end of the visit."""
    end = case.encounter.stop
    rows = [row for row in case.encounter.administrations if row.id in bearing[0].ids]
    if end is None or len(bearing) > 1 or bearing[0].problem.code not in NO_STOP or not rows or rows[0].start is None:
        return None
    minutes = (end - rows[0].start.at) // MINUTE
    if not 0 < minutes <= LONGEST:
        return None
    most: Counter[str] = Counter()
    for point in break_points(case.encounter, rows[0].id, case.policy, minutes):
        most |= Counter(dict(point.lines))
    return most


def _beyond(case: Case, codes: tuple[str, ...], most: Counter[str] | None) -> list[str]:
    """What not even a stop at the end of the visit would support."""
    if most is None:
        return []
    over = [code for code in codes if CODES[code].role == HOUR and _units(case.claim.lines, code) > most[code]]
    return [f"No stop within the visit supports more than {most[code]} of {code}." for code in over]


def _units(lines: Sequence[Billed | Line], code: str) -> int:
    return sum(line.units for line in lines if line.code == code)


def _bears(one: Stopped, code: str) -> bool:
    return code in CODES and CODES[code].family in one.families


def _missing(one: Stopped, case: Case) -> str:
    """What is missing, and what it would change: of the step for this row where there is one, else of the problem."""
    changes = [
        step.would_change
        for step in case.coded.considered
        if step.verdict == UNKNOWN and set(one.ids) & set(step.administrations) and step.would_change
    ]
    change = changes[0] if changes else one.problem.would_change
    return f"{one.problem.says} {change}".strip()


def _sentence(why: str) -> str:
    return why if why.endswith(".") else f"{why}."
