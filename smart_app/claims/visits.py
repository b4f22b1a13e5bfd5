"""Which visits of a chart a claim is about: those of its dates; among those of one date, the ones whose lines are nearest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from coding.billed import Billed, BilledClaim
from coding.check_dates import days_billed, days_of
from coding.check_lines import ADMINISTRATION, DRUG, every_line, family_of, judged
from coding.joined import Pair, joined
from coding.model import Coded, DrugLine, Encounter, Line

Compared = Billed | Line | DrugLine
ANY = ""  # in the place of a date: lines of every date


class Visit(NamedTuple):
    """The visit, or several, that the claim is held against. others: ids of visits that were left out; beside: those of them of
    the same days.

    dated: whether a date of the claim is a date of the visit, where the claim has dates. visits: those that encounter is joined from.
    """

    encounter: Encounter
    coded: Coded
    ids: tuple[str, ...]
    others: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    dated: bool = True
    visits: tuple[Encounter, ...] = ()


def visit_of(
    claim: BilledClaim, encounters: Sequence[Encounter], answers: Sequence[Coded], wanted: str = ""
) -> Visit | None:
    """The visit that is wanted by its id, else those of the claim's dates, else the nearest; None where there is none."""
    pairs = list(zip(encounters, answers, strict=True))
    if wanted:
        found = next((pair for pair in pairs if wanted in (pair[0].id, *pair[0].parts)), None)
        return _visit([found], pairs, claim) if found else None
    treated = [pair for pair in pairs if pair[0].administrations] or pairs
    if not treated:
        return None
    return _visit(_of_dates(claim, treated) or _nearest(claim, _groups(treated), ANY), pairs, claim)


def _of_dates(claim: BilledClaim, pairs: list[Pair]) -> list[Pair]:
    """Every visit of a day that the claim names; of several visits of one day, those whose lines of that day are nearest."""
    chosen: set[str] = set()
    for date in sorted(days_billed(claim)):
        on_day = [pair for pair in pairs if date in days_of(*pair)]
        if on_day:
            groups = [[pair] for pair in on_day] + ([on_day] if len(on_day) > 1 else [])
            chosen |= {one.id for one, _ in _nearest(claim, groups, date)}
    return [pair for pair in pairs if pair[0].id in chosen]


def _groups(pairs: list[Pair]) -> list[list[Pair]]:
    """What a claim without dates can be about: one visit, all visits of a day, or all of the chart."""
    days = sorted(set().union(*(days_of(*pair) for pair in pairs)))
    same_day = [group for date in days if len(group := [pair for pair in pairs if date in days_of(*pair)]) > 1]
    return [[pair] for pair in pairs] + same_day + ([pairs] if len(pairs) > 1 else [])


def _nearest(claim: BilledClaim, groups: list[list[Pair]], date: str) -> list[Pair]:
    return min(
        groups, key=lambda group: (_distance(claim, group, date), -sum(len(one.administrations) for one, _ in group))
    )


def _visit(group: list[Pair], pairs: list[Pair], claim: BilledClaim) -> Visit:
    ids = tuple(one.id for one, _ in group)
    left_out = [pair for pair in pairs if pair[0].administrations and pair[0].id not in ids]
    days = frozenset[str]().union(*(days_of(*pair) for pair in group))
    billed = days_billed(claim)
    beside = tuple(one.id for one, coded in left_out if days & days_of(one, coded))
    dated = not billed or not billed.isdisjoint(days)
    return Visit(
        *joined(group), ids, tuple(one.id for one, _ in left_out), beside, dated, tuple(one for one, _ in group)
    )


def _distance(claim: BilledClaim, group: list[Pair], date: str) -> tuple[int, int]:
    """Units by which claim and visits differ, without and with their modifiers; a drug counts once, whatever its dose."""
    coded = [line for _, one in group for line in every_line(one)]
    ours, theirs = _on(claim.lines, date), _on(coded, date)
    return _apart(ours, theirs, False), _apart(ours, theirs, True)


def _on(lines: Iterable[Compared], date: str) -> list[Compared]:
    return [line for line in lines if date in (ANY, line.date)]


def _apart(billed: Sequence[Compared], coded: Sequence[Compared], marked: bool) -> int:
    ours, theirs = _units(billed, marked), _units(coded, marked)
    return sum(abs(ours.get(key, 0) - theirs.get(key, 0)) for key in {*ours, *theirs})


def _units(lines: Sequence[Compared], marked: bool) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for line in lines:
        key = (line.code, *(judged(line.code, line.modifiers) if marked else ()))
        if family_of(line.code) == ADMINISTRATION:
            found[key] = found.get(key, 0) + line.units
        elif family_of(line.code) == DRUG:
            found[key] = 1
    return found
