"""Which visit of a chart a claim is about: that of its dates, and among those the one whose lines are nearest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from coding.billed import Billed, BilledClaim
from coding.check_lines import ADMINISTRATION, DRUG, family_of, judged
from coding.model import Coded, DrugLine, Encounter, Line
from coding.timeline import day

Compared = Billed | Line | DrugLine


class Visit(NamedTuple):
    """The visit, or several of one day, that the claim is held against. others: ids of visits that were left out.

    dated: whether a date of the claim is a date of the visit, where the claim has dates.
    """

    encounter: Encounter
    coded: Coded
    ids: tuple[str, ...]
    others: tuple[str, ...] = ()
    dated: bool = True


def visit_of(
    claim: BilledClaim, encounters: Sequence[Encounter], answers: Sequence[Coded], wanted: str = ""
) -> Visit | None:
    """The visit that is wanted by its id, else the nearest one; None where there is none."""
    pairs = list(zip(encounters, answers, strict=True))
    if wanted:
        found = next((pair for pair in pairs if wanted in (pair[0].id, *pair[0].parts)), None)
        return _visit([found], pairs, claim) if found else None
    treated = [pair for pair in pairs if pair[0].administrations] or pairs
    if not treated:
        return None
    dates = {line.date for line in claim.lines if line.date}
    on_day = [pair for pair in treated if dates & _dates(pair)]
    groups = [[pair] for pair in on_day or treated] + ([on_day] if len(on_day) > 1 else [])
    best = min(groups, key=lambda group: (_distance(claim, group), -sum(len(one.administrations) for one, _ in group)))
    return _visit(best, pairs, claim)


def _visit(group: list[tuple[Encounter, Coded]], pairs: list[tuple[Encounter, Coded]], claim: BilledClaim) -> Visit:
    ids = tuple(one.id for one, _ in group)
    others = tuple(one.id for one, _ in pairs if one.administrations and one.id not in ids)
    dates = {line.date for line in claim.lines if line.date}
    dated = not dates or any(dates & _dates(pair) for pair in group)
    return Visit(*_together(group), ids, others, dated)


def _dates(pair: tuple[Encounter, Coded]) -> set[str]:
    encounter, coded = pair
    found = {line.date for line in coded.lines} | {line.date for line in coded.drug_lines}
    for row in encounter.administrations:
        if row.start is not None:
            found.add(day(row.start.at, row.start.offset or encounter.offset))
    return found


def _distance(claim: BilledClaim, group: list[tuple[Encounter, Coded]]) -> tuple[int, int]:
    """Units by which claim and visits differ, without and with their modifiers; a drug counts once, whatever its dose."""
    coded: list[Compared] = [line for _, one in group for line in one.lines]
    coded += [line for _, one in group for line in one.drug_lines]
    return _apart(claim.lines, coded, False), _apart(claim.lines, coded, True)


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


def _together(group: list[tuple[Encounter, Coded]]) -> tuple[Encounter, Coded]:
    """Several visits as one value: nothing is coded anew, each line keeps the visit that gave it."""
    if len(group) == 1:
        return group[0]
    encounters, answers = [one for one, _ in group], [one for _, one in group]
    encounter = encounters[0]._replace(
        administrations=tuple(chain.from_iterable(one.administrations for one in encounters)),
        conditions=tuple(dict.fromkeys(chain.from_iterable(one.conditions for one in encounters))),
        procedures=tuple(dict.fromkeys(chain.from_iterable(one.procedures for one in encounters))),
        parts=tuple(part for one in encounters for part in (one.id, *one.parts)),
        services=tuple(chain.from_iterable(one.services for one in encounters)),
    )
    coded = answers[0]._replace(
        encounter=" and ".join(one.encounter for one in answers),
        lines=tuple(chain.from_iterable(one.lines for one in answers)),
        drug_lines=tuple(chain.from_iterable(one.drug_lines for one in answers)),
        considered=tuple(chain.from_iterable(one.considered for one in answers)),
        not_billed=tuple(chain.from_iterable(one.not_billed for one in answers)),
        problems=tuple(dict.fromkeys(chain.from_iterable(one.problems for one in answers))),
        steps=tuple(chain.from_iterable(one.steps for one in answers)),
    )
    return encounter, coded
