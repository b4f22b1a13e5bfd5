"""A letter of reconsideration filled with the facts of the chart. It asserts only what the chart shows and what a rule card says.

What Chairtime does not know stands in square brackets; nothing that names the patient is taken from the chart. Where the chart does
not support the claim there is no letter, but the reason and what to do instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from coding.billed import BilledClaim, Corrected
from coding.codes import label
from coding.denial import APPEAL, CONTRACT, CORRECT, SUPPORTS, Judgement
from coding.denial_facts import Given, corrected, covers, in_family, line_words, summed
from coding.denial_table import DRUG
from coding.model import ABSENT, CHARTED, DERIVED, MET, Coded, DrugLine, Line
from coding.rules import CARDS, Source, sources

NOT_DOCUMENTED = "not documented"
ONE_TIME = "one time"
AS_ABOVE = "same dose"
ROUTES = {
    "iv": "IV",
    "sc": "under skin",
    "im": "muscle",
    "ia": "artery",
    "it": "spinal",
    "ip": "abdomen",
    "id": "skin",
    "po": "mouth",
}
GRADES = {CHARTED: "charted", "device": "pump log", DERIVED: "derived", ABSENT: "absent"}
# A payer's reviewer is shown an authority, not a forum and not our own reading.
AUTHORITIES = ("manual", "contractor article", "payer policy", "trade press")
# Steps that speak of our own settings, not of the chart.
OUR_WORDS = ("chemo.profile",)
_CITATION = re.compile(r"\s*\[rule [^\]]*\]")
_QUOTED = re.compile(r'\s*\("[^"]*"\)|\s*“[^”]*”')


class LetterRefused(Exception):
    """The chart does not carry a letter. reason: why. instead: what to do."""

    def __init__(self, reason: str, instead: str) -> None:
        super().__init__(f"{reason} {instead}".strip())
        self.reason = reason
        self.instead = instead


class Entry(NamedTuple):
    """One administration in the letter's table; every cell as words."""

    drug: str
    dose: str
    route: str
    start: str
    stop: str
    minutes: str
    evidence: str


class Row(NamedTuple):
    """One line of the claim in the letter's second table."""

    line: str
    minutes: str
    substance: str


class Ground(NamedTuple):
    """A sentence that supports a denied line, with the number of its source in the letter, 0 for none."""

    says: str
    cites: int = 0


class Denied(NamedTuple):
    """One denied line: our own label, and what supports it."""

    line: str
    label: str
    grounds: tuple[Ground, ...]


class Letter(NamedTuple):
    """Everything that a letter says, in its order. reasons: numbers of the denial. dates: of service.

    correction: what was changed since the claim was first sent, or "". derived, undocumented: what is not charted as such.
    """

    reasons: tuple[str, ...]
    dates: tuple[str, ...]
    argument: Ground
    denied: tuple[Denied, ...]
    entries: tuple[Entry, ...]
    indications: tuple[str, ...]
    rows: tuple[Row, ...]
    correction: str
    derived: tuple[str, ...]
    undocumented: tuple[str, ...]
    sources: tuple[Source, ...]


def letter(judgement: Judgement, coded: Coded, first_sent: BilledClaim | None = None) -> Letter:
    """The letter for a judged denial. first_sent: the claim before it was corrected, where the judged claim is the correction.

    Raises LetterRefused where the chart does not support the claim, leaves it open, or cannot answer the denial.
    """
    _refuse(judgement)
    every: tuple[Line | DrugLine, ...] = (*coded.lines, *coded.drug_lines)
    used = {id for line in every for id in line.administrations}
    given = _joined([one for one in judgement.facts if one.administration in used])
    cited: list[Source] = []
    return Letter(
        judgement.denial.numbers,
        tuple(sorted({line.date for line in every if line.date})),
        Ground(judgement.denial.argument, _cite(judgement.denial.cards[:1], cited)),
        _denied(judgement, coded, cited),
        tuple(entry(one) for one in given),
        tuple(dict.fromkeys(f"{one.drug}: {one.indication or NOT_DOCUMENTED}" for one in given)),
        tuple(_row(line) for line in every),
        _correction(judgement, first_sent, corrected(coded)),
        tuple(
            f"{one.drug}: the stop {one.stop} is derived from {one.derived_from}." for one in given if one.derived_from
        ),
        _undocumented(given),
        tuple(cited),
    )


def _refuse(judgement: Judgement) -> None:
    if judgement.verdict != SUPPORTS:
        raise LetterRefused(judgement.why, _instead(judgement))
    about = judgement.denial.denied or judgement.denial.codes
    if not any(covers(about, line.code) for line in judgement.lines):
        raise LetterRefused("None of the lines is one that this denial is about.", "Say which line was denied.")
    if judgement.do == CONTRACT:
        raise LetterRefused(judgement.why, judgement.steps)
    if judgement.unsupported:
        raise LetterRefused(judgement.why, _instead(judgement._replace(do=CORRECT)))


def _instead(judgement: Judgement) -> str:
    lines = ", ".join(line_words(line) for line in judgement.corrected)
    if judgement.do == CORRECT and lines:
        return f"Send a corrected claim: {lines}."
    proofs = " ".join(dict.fromkeys(f"{one.do}" for one in judgement.missing if one.decides))
    return proofs or judgement.steps


def _joined(given: list[Given]) -> tuple[Given, ...]:
    """Rows of one flow that touch (rate steps) as one row, so that a repeated dose is not read as given twice."""
    found: list[Given] = []
    for one in given:
        last = found[-1] if found else None
        if (
            last is not None
            and one.repeats
            and (last.drug, last.route, last.site, last.stop) == (one.drug, one.route, one.site, one.start)
            and last.minutes is not None
            and one.minutes is not None
        ):
            derived = one.derived_from or last.derived_from
            grade = one.grade if one.grade != CHARTED else last.grade
            minutes = last.minutes + one.minutes
            found[-1] = last._replace(stop=one.stop, minutes=minutes, grade=grade, derived_from=derived)
        else:
            found.append(one)
    return tuple(found)


def entry(given: Given) -> Entry:
    """One administration as words."""
    return Entry(
        given.drug,
        AS_ABOVE if given.repeats and given.dose else given.dose or NOT_DOCUMENTED,
        ROUTES.get(given.route, given.route) or NOT_DOCUMENTED,
        given.start or NOT_DOCUMENTED,
        given.stop or (ONE_TIME if given.once else NOT_DOCUMENTED),
        "" if given.minutes is None else str(given.minutes),
        GRADES.get(given.grade, given.grade),
    )


def _row(line: Line | DrugLine) -> Row:
    minutes = line.minutes if isinstance(line, Line) else None
    shown = line_words(Corrected(line.code, line.units, line.modifiers))
    return Row(shown, "" if minutes is None else str(minutes), line.substance)


def _denied(judgement: Judgement, coded: Coded, cited: list[Source]) -> tuple[Denied, ...]:
    """The lines in question, each with its sentence and with the steps that the denial turns on."""
    lines = [line for line in judgement.lines if judgement.denial.about == DRUG or isinstance(line, Line)]
    found = []
    for line in lines:
        grounds = [Ground(_plain(line.why), _cite(line.rules, cited))]
        others = {rule for other in coded.lines if other.code != line.code for rule in other.rules}
        for step in coded.steps:
            turns = step.rule in judgement.denial.cards and step.rule not in {*line.rules, *OUR_WORDS, *others}
            if step.verdict == MET and turns and set(step.administrations) & set(line.administrations):
                grounds.append(Ground(_plain(step.says), _cite((step.rule,), cited)))
        name = label(line.code) or line.substance
        found.append(Denied(_row(line).line, name, tuple(dict.fromkeys(grounds))))
    return tuple(found)


def _plain(says: str) -> str:
    """A sentence of the engine without its citation and without words quoted from notes, which may name the patient."""
    bare = _QUOTED.sub("", _CITATION.sub("", says))
    return bare[:1].upper() + bare[1:]


def _cite(rules: Iterable[str], cited: list[Source]) -> int:
    """The number of the first authority among rules, entered in the list; 0 where there is none."""
    source = next((found for rule in rules if (found := _authority(rule)) is not None), None)
    if source is None:
        return 0
    if source not in cited:
        cited.append(source)
    return cited.index(source) + 1


def _authority(rule: str) -> Source | None:
    """The best source of a card that a reviewer can open, None where there is none."""
    known = [one for one in sources(CARDS[rule]) if one.kind in AUTHORITIES and one.address] if rule in CARDS else []
    return min(known, key=lambda one: AUTHORITIES.index(one.kind), default=None)


def _correction(judgement: Judgement, first_sent: BilledClaim | None, right: tuple[Corrected, ...]) -> str:
    """What differs from the claim as first sent: added, changed or taken off."""
    if first_sent is None:
        return "" if judgement.do == APPEAL else "The claim has been corrected to the lines above."
    before = summed(line for line in first_sent.lines if in_family(line.code))
    now = tuple(line for line in right if line.code[:1].isdigit() or any(line.code == old.code for old in before))
    off = [line_words(line) for line in before if line not in now]
    on = [line_words(line) for line in now if line not in before]
    if not off and not on:
        return ""
    changes = [f"takes off {', '.join(off)}" if off else "", f"reports {', '.join(on)}" if on else ""]
    return f"The corrected claim {' and '.join(filter(None, changes))}."


def _undocumented(given: tuple[Given, ...]) -> tuple[str, ...]:
    found = []
    for one in given:
        lacks = [
            *([] if one.dose else ["dose"]),
            *([] if one.route else ["route"]),
            *([] if one.site or one.route != "iv" else ["access site"]),
            *([] if one.indication else ["indication"]),
            *([] if one.order else ["link to the order"]),
            *([] if one.start else ["start"]),
            *([] if one.stop or one.once else ["stop"]),
        ]
        if lacks:
            found.append(f"{one.drug}{f', {one.start}' if one.start else ''}: {', '.join(lacks)}")
    return tuple(found)
