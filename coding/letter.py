"""A letter of reconsideration filled with the facts of the chart. It asserts only what the chart shows and what an authority says.

What Chairtime does not know stands in square brackets. Nothing that may name the patient is taken from the chart: no words of notes,
orders or diagnoses, only codes, numbers and words that the tables know. Where the chart does not support the claim there is no letter,
but the reason and what to do instead.
"""

from __future__ import annotations

from typing import NamedTuple

from coding.billed import BilledClaim, Corrected
from coding.denial import CONTRACT, CORRECT, SUPPORTS, Judgement
from coding.denial_facts import Given, corrected, covers, in_family, line_words, summed
from coding.letter_facts import AnyLine
from coding.letter_grounds import NO_REASON, Denied, Ground, Grounds, grouped
from coding.letter_table import ARGUMENT, apart
from coding.letter_words import NOT_DOCUMENTED, ON_HOLD, Entry, entry, joined, lacking, reason, when
from coding.model import Coded, Line
from coding.rules import Source

CHANGES = "[Say here what the corrected claim changes.]"
FROM_DAY = "Times without a date are those of {day}."
SECONDS = "Minutes are whole minutes that passed; seconds are shown where they decide the count."
CLOCKS = (
    "The record writes its times with more than one distance from universal time (UTC), shown behind each time; "
    "minutes are those that passed."
)


class LetterRefused(Exception):
    """The chart does not carry a letter. reason: why. instead: what to do."""

    def __init__(self, reason: str, instead: str) -> None:
        super().__init__(f"{reason} {instead}".strip())
        self.reason = reason
        self.instead = instead


class Row(NamedTuple):
    """A code of the claim on its date in the letter's second table."""

    line: str
    minutes: str
    substance: str


class Letter(NamedTuple):
    """Everything that a letter says, in its order. reasons: numbers of the denial. dates: of service.

    differences: what authorities read differently. notes: how the times are to be read. others: what else the record shows, on no
    line. correction: what was changed since the claim was first sent, or "". derived, undocumented: what is not charted as such.
    """

    reasons: tuple[str, ...]
    dates: tuple[str, ...]
    argument: Ground
    denied: tuple[Denied, ...]
    differences: tuple[Ground, ...]
    entries: tuple[Entry, ...]
    notes: tuple[str, ...]
    others: tuple[str, ...]
    indications: tuple[str, ...]
    rows: tuple[Row, ...]
    correction: str
    derived: tuple[str, ...]
    undocumented: tuple[str, ...]
    sources: tuple[Source, ...]


def letter(
    judgement: Judgement, coded: Coded, first_sent: BilledClaim | None = None, billed: BilledClaim | None = None
) -> Letter:
    """The letter for a judged denial. first_sent: the claim before it was corrected, where the judged claim is the correction.

    billed: the judged claim. Raises LetterRefused where the chart does not support the claim, leaves it open, or cannot answer the denial.
    """
    _refuse(judgement)
    every: tuple[AnyLine, ...] = (*coded.lines, *coded.drug_lines)
    used = {id for line in every for id in line.administrations}
    grounds = Grounds(judgement, coded)
    _refuse_without_reason(judgement, grounds)
    on_claim = _on_claim(grounds, billed) if NO_REASON in judgement.denial.unproved else False
    given = joined([one for one in grounds.facts.given if one.administration in used and not one.held])
    set_aside = {one.resource.rsplit("/", 1)[-1]: one.rules for one in coded.not_billed}
    others = [one for one in grounds.facts.given if one.administration not in used or one.held]
    return Letter(
        judgement.denial.numbers,
        grounds.dates,
        grounds.argument(ARGUMENT.get(judgement.denial.id, ()), on_claim),
        grounds.denied(),
        grounds.differences(),
        tuple(entry(one) for one in given),
        _notes((*given, *others)),
        tuple(_other(one, set_aside.get(one.administration, ())) for one in others),
        tuple(dict.fromkeys(f"{one.drug}: {reason(one) or NOT_DOCUMENTED}" for one in given)),
        _rows(grounds, every),
        _correction(judgement, first_sent, billed, corrected(coded)),
        tuple(
            f"{one.drug}: the stop {one.stop} is derived from {one.derived_from}." for one in given if one.derived_from
        ),
        tuple(
            f"{one.drug}{f', {entry(one).start}' if one.start else ''}: {', '.join(lacks)}"
            for one in given
            if (lacks := lacking(one))
        ),
        tuple(grounds.cited),
    )


def _refuse(judgement: Judgement) -> None:
    if judgement.verdict != SUPPORTS:
        raise LetterRefused(judgement.why, _instead(judgement))
    about = judgement.denial.denied or judgement.denial.codes
    if not any(covers(about, line.code) for line in judgement.lines):
        raise LetterRefused("None of the lines is one that this denial is about.", "Say which line was denied.")
    if judgement.do == CONTRACT:
        raise LetterRefused(judgement.why, judgement.steps)
    if judgement.denial.corrects:
        raise LetterRefused("A claim with this denial is sent again, corrected; it is not appealed.", judgement.steps)
    if judgement.unsupported:
        raise LetterRefused(judgement.why, _instead(judgement._replace(do=CORRECT)))


def _refuse_without_reason(judgement: Judgement, grounds: Grounds) -> None:
    """A denial for want of a reason is answered with the charted reason of each line in question, or not at all."""
    if NO_REASON not in judgement.denial.unproved:
        return
    bare = dict.fromkeys(grounds.facts.name(line) for line in grounds.lines if not grounds.facts.why(line))
    if bare:
        raise LetterRefused(
            f"The record at hand gives no reason for {', '.join(bare)}.",
            "Find the indication, or ask the clinician who ordered it.",
        )


def _on_claim(grounds: Grounds, billed: BilledClaim | None) -> bool:
    """Whether each line in question carries a diagnosis that is charted for it; refused where the claim has another one."""
    shown = []
    for line in grounds.lines:
        charted = grounds.facts.reasons(line)
        claimed = {code for one in (billed.lines if billed else ()) if one.code == line.code for code in one.diagnoses}
        if charted and claimed and not charted & claimed:
            raise LetterRefused(
                f"The claim gives {', '.join(sorted(claimed))} for {line.code}; the record gives {', '.join(sorted(charted))}.",
                "Send a corrected claim with the diagnosis of the record, or ask the clinician which of them it is.",
            )
        shown.append(bool(charted & claimed))
    return bool(shown) and all(shown)


def _instead(judgement: Judgement) -> str:
    lines = ", ".join(line_words(line) for line in judgement.corrected)
    if judgement.do == CORRECT and lines:
        return f"Send a corrected claim: {lines}."
    proofs = " ".join(dict.fromkeys(f"{one.do}" for one in judgement.missing if one.decides))
    return proofs or judgement.steps


def _notes(given: tuple[Given, ...]) -> tuple[str, ...]:
    """How the times are to be read, where that is not plain."""
    starts = [one for one in given if one.start]
    first = next((one.date for one in sorted(starts, key=lambda one: one.begin or 0) if not one.dated), "")
    dated = any(one.dated or one.stop[4:5] == "-" for one in given)
    shown = " ".join(f"{one.start} {one.stop}" for one in given)
    return (
        *([FROM_DAY.format(day=first)] if dated and first else []),
        *([SECONDS] if any(part.count(":") == 2 for part in shown.split()) else []),
        *([CLOCKS] if any(part[0] in "+-" for part in shown.split()) else []),
    )


def _other(given: Given, rules: tuple[str, ...]) -> str:
    """Something that the record shows and that stands on no line: told, so that the letter and the record agree."""
    shown = entry(given)
    if given.held:
        return f"{given.drug}, {when([given])}: {ON_HOLD}; nothing of it is counted."
    cells = (given.drug, given.dose, shown.route if given.route else "", when([given]) if given.start else "")
    return f"{', '.join(filter(None, cells))}: {apart(rules)}"


def _rows(grounds: Grounds, every: tuple[AnyLine, ...]) -> tuple[Row, ...]:
    """All lines, those of one code on one date added up as a claim has them."""
    found = []
    for group in grouped(every):
        lengths = [line.minutes if isinstance(line, Line) else None for line in group]
        alone = len(group) == 1
        names = [
            grounds.facts.name(line) + (f" ({length} min)" if length is not None and not alone else "")
            for line, length in zip(group, lengths, strict=True)
        ]
        shown = str(lengths[0]) if alone and lengths[0] is not None else ""
        found.append(Row(grounds.dated(group), shown, ", ".join(dict.fromkeys(names))))
    return tuple(found)


def _correction(
    judgement: Judgement, first_sent: BilledClaim | None, billed: BilledClaim | None, right: tuple[Corrected, ...]
) -> str:
    """What differs from the claim as first sent: added, changed or taken off. Without that claim nothing is said to have been changed."""
    sent = first_sent or (billed if judgement.do == CORRECT else None)
    if sent is None:
        return CHANGES if judgement.do == CORRECT else ""
    before = summed(line for line in sent.lines if in_family(line.code))
    now = tuple(line for line in right if line.code[:1].isdigit() or any(line.code == old.code for old in before))
    off = [line_words(line) for line in before if line not in now]
    on = [line_words(line) for line in now if line not in before]
    if not off and not on:
        return ""
    changes = [
        f"takes off {', '.join(off)}" if off else "",
        f"{'reports' if off else 'adds'} {', '.join(on)}" if on else "",
    ]
    return f"The corrected claim {' and '.join(filter(None, changes))}."
