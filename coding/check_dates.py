"""Dates of a claim: of another visit altogether, or wrong for single lines (rules encounter.unit-dating, encounter.same-day)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from coding.billed import ASK, BilledClaim, Corrected, Finding
from coding.check_case import Case
from coding.check_lines import Open, Settled, every_line
from coding.check_words import found
from coding.model import Coded, Encounter
from coding.timeline import day


def days_of(encounter: Encounter, coded: Coded) -> frozenset[str]:
    """Every date (ISO) of a visit's lines, and on which something charted for it began or ended."""
    moments = [moment for row in encounter.administrations for moment in (row.start, row.stop) if moment]
    charted = {day(moment.at, moment.offset or encounter.offset) for moment in moments}
    return frozenset({line.date for line in every_line(coded)} | charted)


def days_billed(claim: BilledClaim) -> frozenset[str]:
    """Every date (ISO) that the claim names."""
    return frozenset(line.date for line in claim.lines if line.date)


def with_day(lines: Iterable[Corrected], claim: BilledClaim, days: Collection[str]) -> tuple[Corrected, ...]:
    """Lines of a claim without any date, with the date of the visit where it has only one."""
    only = next(iter(days)) if len(days) == 1 and not days_billed(claim) else ""
    return tuple(line._replace(date=line.date or only) for line in lines)


def off(case: Case) -> bool:
    """Whether the claim has dates and none of them is of this visit."""
    billed, days = days_billed(case.claim), days_of(case.encounter, case.coded)
    return bool(billed) and bool(days) and billed.isdisjoint(days)


def elsewhere(case: Case, *settled: Settled) -> list[Finding]:
    """One question in place of every other finding where the claim is of other days and its lines are not those of this visit."""
    judged = [line for one in settled for part in (one.open, one.marked, one.dated, one.right) for line in part.billed]
    if not judged or not off(case) or not any(one.open.codes or one.marked.codes for one in settled):
        return []
    days = sorted(days_of(case.encounter, case.coded))
    why = f"It shows {' and '.join(days) if len(days) < 3 else f'{days[0]} to {days[-1]}'}."
    return [found(case, "no-visit-that-day", Open(tuple(judged)), why=why)]


def dates(case: Case, dated: Open) -> list[Finding]:
    """Lines that are right but for their date: wrong where the claim has other lines of this visit, else a question."""
    if not dated.billed:
        return []
    charted = {line.date for line in every_line(case.coded)}
    asked = off(case) or all(line.date in charted for line in dated.billed)
    why = " and ".join(sorted({line.date for line in dated.wanted}))
    named = dict.fromkeys(line.date for line in dated.billed)
    severity = ASK if asked else ""
    return [found(case, "date-of-service", dated, severity=severity, why=f"{why} (billed: {', '.join(named)})")]
