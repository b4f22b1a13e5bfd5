"""What the chart cannot prove is never called wrongly billed: the visit that is barred or held, and rows that wait for an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from coding.billed import Billed, Finding
from coding.check_answers import NO_STOP
from coding.check_case import ROW, Case, Stopped, bears, stopped
from coding.check_kinds import HOLDING, LEAVE_OUT, SEQUELS
from coding.check_lines import ADMINISTRATION, OTHER, Open, family_of
from coding.check_words import found, to_settle
from coding.codes import CODES, INITIALS
from coding.explain import break_points
from coding.model import STOPS, UNKNOWN, Line
from coding.timeline import MINUTE

# Rules by which a whole visit has no lines; a held visit names one of the others and raises a problem that stops.
BARRED = ("encounter.inpatient", "encounter.facility-place", "encounter.home")

OF_STAY = "encounter.inpatient"  # takes the drugs along; a place of service only says who reports the administration
WHOSE_DRUG = "The chart does not say who bought the drug."
WHOLE = ("visit-unproved", "not-reportable-here")  # findings that speak for the whole visit
SILENT_WASTE, NO_DOSE = "WASTE_UNDOCUMENTED", "DOSE_MISSING"
HOUR = "hour"
LONGEST = 24 * 60  # minutes that are tried one by one


def whole_visit(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """One finding for all lines where the visit has none: because of a rule, or because a question about the visit holds them."""
    if case.coded.lines or case.coded.drug_lines or not open.billed:
        return open, []
    holding = [one for one in stopped(case) if not one.ids]
    barred = [one for one in case.coded.not_billed if set(one.rules) & set(BARRED)]
    if holding:
        why = " ".join(dict.fromkeys(to_settle(one.problem.says, one.problem.would_change) for one in holding))
        rules = [rule for one in holding for rule in one.problem.rules]
        return Open((), open.wanted), [found(case, "visit-unproved", Open(open.billed), rules=rules, why=why)]
    if barred and len(barred) == len(case.coded.not_billed):
        ids = [one.resource for one in barred]
        rules = [rule for one in barred for rule in one.rules if rule in BARRED]
        why = _sentence(barred[0].why)
        theirs = tuple(line for line in open.billed if OF_STAY not in rules and family_of(line.code) != ADMINISTRATION)
        ours = Open(open.billed).less(Open(theirs))
        findings = [found(case, "not-reportable-here", ours, rules=rules, ids=ids, why=why)] if ours.billed else []
        if theirs:
            findings.append(found(case, "drug-unproved", Open(theirs), rules=rules, ids=ids, why=f"{why} {WHOSE_DRUG}"))
        return Open((), open.wanted), findings
    return open, []


def unproved(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """Surplus codes that rows without an answer may yet support, with what those rows have to do with for now."""
    waiting = stopped(case)
    codes = tuple(code for code in open.over if any(bears(one, code) for one in waiting))
    if not codes:
        return open, []
    bearing = [one for one in waiting if any(bears(one, code) for code in codes)]
    most = _most(case, bearing)
    if most is not None:
        codes = tuple(code for code in codes if CODES[code].role != HOUR or most[code] > _units(case.coded.lines, code))
    if not codes:
        return open, []
    ids = {id for one in bearing for id in one.ids}
    taken = open.of(*codes)
    stand_in = tuple(line for line in open.wanted if ids & set(line.administrations))
    taken = taken.plus(Open((), stand_in)).plus(_moved(open, codes))
    return open.less(taken), [
        found(
            case,
            "unproved",
            taken,
            rules=[rule for one in bearing for rule in one.problem.rules],
            ids=sorted(ids),
            why=" ".join(
                [
                    *dict.fromkeys(_missing(one, case) for one in bearing),
                    *_beyond(case, codes, most),
                    *_one_initial(case, codes),
                ]
            ),
        )
    ]


def _moved(open: Open, codes: tuple[str, ...]) -> Open:
    """Services that are initial only while the held initial one is unproved, with the added codes that they were billed with."""
    if INITIALS.isdisjoint(codes):
        return Open()
    found_ = Open()
    for initial in sorted(INITIALS):
        sequel = next((code for code in SEQUELS[initial] if open.excess(code) > 0), "")
        if sequel and open.excess(initial) < 0:
            found_ = found_.plus(open.of(initial, sequel))
    return found_


def _one_initial(case: Case, codes: tuple[str, ...]) -> list[str]:
    """Two initial codes where one of them waits: that both cannot stand, whatever the answer."""
    billed = [line.code for line in case.claim.lines if line.code in INITIALS]
    if len(billed) < 2 or INITIALS.isdisjoint(codes):
        return []
    return [f"Of {' and '.join(dict.fromkeys(billed))} only one can be initial at one site; the answer decides which."]


def unasked(case: Case, findings: Sequence[Finding]) -> list[Finding]:
    """One question for all that the chart leaves without a line and that no finding speaks of.

    A drug without any charted dose is asked for only where the claim bills drugs: its line may stand on another claim. What became of
    the rest of a vial is asked for where the payer is Medicare, which takes no such drug line without JW or JZ.
    """
    drugs = any(family_of(line.code) not in (ADMINISTRATION, OTHER) for line in case.claim.lines)
    medicare = any(card.startswith("payer.medicare") for card in case.policy.cards)
    told = " ".join(one.says for one in findings)
    waiting = {id for one in findings if one.kind in HOLDING for id in one.administrations}
    asked = [
        one
        for one in case.coded.problems
        if (one.severity == STOPS or one.code in LEAVE_OUT or (drugs and one.code == SILENT_WASTE and medicare))
        and (drugs or one.code != NO_DOSE)
        and one.says not in told
        and one.resource.removeprefix(ROW) not in waiting
    ]
    whole = any(one.kind in WHOLE for one in findings)
    if not asked or whole or all(family_of(line.code) == OTHER for line in case.claim.lines):
        return []
    rows = {row.id for row in case.encounter.administrations}
    why = " ".join(dict.fromkeys(to_settle(one.says, one.would_change) for one in asked))
    ids = [name for one in asked if (name := one.resource.removeprefix(ROW)) in rows]
    rules = [rule for one in asked for rule in one.rules]
    return [found(case, "open-question", Open(), rules=rules, ids=ids, why=why)]


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


def _missing(one: Stopped, case: Case) -> str:
    """What is missing, and what it would change: of the step for this row where there is one, else of the problem."""
    changes = [
        step.would_change
        for step in case.coded.considered
        if step.verdict == UNKNOWN and set(one.ids) & set(step.administrations) and step.would_change
    ]
    change = changes[0] if changes else one.problem.would_change
    return to_settle(one.problem.says, change)


def _sentence(why: str) -> str:
    return why if why.endswith(".") else f"{why}."
