"""What a question about "this" is about: the open chart, or the case that the talk has built. And what in it a question points to."""

from __future__ import annotations

from typing import NamedTuple

from coding.drugs import identify
from coding.model import Administration, Coded, Encounter, Line
from coding.panel.mentions import Mention
from coding.policy import Policy


class Subject(NamedTuple):
    """A coded visit. real: it is a chart, not a case made from words.

    hidden: rows of a case whose times were laid out, so that none may be shown; said: the clock times that were said.
    beside: ids of other visits of the same days.
    """

    encounter: Encounter
    coded: Coded
    policy: Policy
    real: bool = True
    hidden: frozenset[str] = frozenset()
    said: frozenset[str] = frozenset()
    beside: tuple[str, ...] = ()


def rows_of(subject: Subject, drugs: tuple[Mention, ...]) -> tuple[Administration, ...]:
    """The administrations of the drugs that a question names, in order of time."""
    keys = {key for drug in drugs for key in _keys(drug)}
    found = [row for row in subject.encounter.administrations if keys & _row_keys(row)]
    return tuple(sorted(found, key=lambda row: row.start.at if row.start else row.stop.at if row.stop else 0))


def _keys(drug: Mention) -> frozenset[str]:
    if drug.noun and not drug.fluid:
        return frozenset()
    return frozenset({identify(drug.name).drug.key}) | (frozenset({"(fluid)"}) if drug.fluid else frozenset())


def _row_keys(row: Administration) -> frozenset[str]:
    names = [one.text for one in row.substances] or [row.text]
    codes = [one.codes for one in row.substances] or [()]
    found = [identify(name or row.text, code, row.route).drug for name, code in zip(names, codes, strict=True)]
    keys = {one.key for one in found}
    if found and all(one.kind == "fluid" for one in found):
        keys.add("(fluid)")
    return frozenset(keys)


def lines_of(subject: Subject, rows: tuple[Administration, ...]) -> tuple[Line, ...]:
    """The lines that rest on administrations."""
    ids = {row.id for row in rows}
    return tuple(line for line in subject.coded.lines if ids & set(line.administrations))
