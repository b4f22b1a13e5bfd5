"""A judged denial as its page shows it: the answer, the facts it rests on, the lines, and the letter or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from coding.billed import BilledClaim
from coding.check_kinds import KINDS
from coding.denial import CANNOT_TELL, DOES_NOT, SUPPORTS, Judgement
from coding.denial_facts import Given
from coding.denial_table import OUTSIDE
from coding.letter import LetterRefused, letter
from coding.letter_words import GRADES
from coding.letter_words import entry as words_of
from coding.model import Coded
from smart_app.cli_denial import letter_text, wants_remark
from smart_app.view_check import RightLine, right_line
from smart_app.view_panel import Chip
from smart_app.view_places import Places
from smart_app.view_words import Sign, bare, plain, upper_first

VERDICTS = {
    SUPPORTS: Sign("The chart supports the claim", "✓", "met"),
    DOES_NOT: Sign("The chart does not support the claim", "✕", "bad"),
    CANNOT_TELL: Sign("The chart cannot tell", "?", "wait"),
}
IN_PART = Sign("The chart supports what was denied, not the whole claim", "✓", "wait")
OUT_OF_CHART = Sign("Not a question to the chart", "–", "")


class FactView(NamedTuple):
    """One administration as the chart shows it."""

    given: Chip
    dose: str
    route: str
    times: str
    minutes: str
    evidence: str
    indication: str


class LackView(NamedTuple):
    """Something the chart does not show. href: the question on the page of the visit."""

    says: str
    proof: str
    do: str
    href: str
    decides: bool


class DenialView(NamedTuple):
    """One reading of a denial. refused, instead: why there is no letter, and what to do; letter: its text. Both "" where not asked.

    unknown: numbers beside it that are not in the table. wants_remark: the number says nothing without its remark code.
    """

    id: str
    title: str
    numbers: str
    means: str
    rulebook: str
    verdict: Sign
    why: str
    do: str
    steps: str
    compare: bool
    facts: tuple[FactView, ...]
    lacks: tuple[LackView, ...]
    right: tuple[RightLine, ...]
    findings: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    cards: tuple[str, ...]
    seen: str
    letter: str
    refused: str
    instead: str
    unknown: str
    wants_remark: bool


def denial_views(
    judged: Sequence[Judgement],
    coded: Coded,
    places: Places,
    first_sent: BilledClaim | None,
    billed: BilledClaim | None = None,
) -> tuple[DenialView, ...]:
    """Each reading; a letter only where one reading is left. first_sent: the claim before it was corrected. billed: the judged claim."""
    return tuple(_view(one, coded, places, first_sent, billed, alone=len(judged) == 1) for one in judged)


def _view(
    one: Judgement,
    coded: Coded,
    places: Places,
    first_sent: BilledClaim | None,
    billed: BilledClaim | None,
    alone: bool,
) -> DenialView:
    outside = one.denial.about == OUTSIDE
    text = refused = instead = ""
    if alone:
        try:
            text = letter_text(letter(one, coded, first_sent, billed))
        except LetterRefused as refusal:
            refused, instead = refusal.reason, refusal.instead
    return DenialView(
        one.denial.id,
        one.denial.title,
        ", ".join(one.denial.numbers),
        one.denial.means,
        one.denial.rulebook,
        OUT_OF_CHART if outside else IN_PART if one.verdict == SUPPORTS and one.unsupported else VERDICTS[one.verdict],
        plain(one.why),
        upper_first(one.do),
        plain(one.steps),
        bool(one.lines) and not one.claim and not outside,
        () if outside else tuple(_fact(fact, places) for fact in one.facts),
        tuple(
            LackView(plain(lack.says), plain(lack.would_prove), lack.do, places.problem(lack.code), lack.decides)
            for lack in one.missing
        ),
        tuple(map(right_line, one.corrected)),
        tuple((KINDS[finding.kind].title, plain(finding.says)) for finding in one.findings),
        tuple(map(plain, one.notes)),
        one.cards,
        one.denial.seen,
        text,
        plain(refused),
        plain(instead),
        ", ".join(one.denial.unknown),
        wants_remark(one.denial),
    )


def _fact(fact: Given, places: Places) -> FactView:
    words = words_of(fact)
    row = places.rows.get(bare(fact.administration))
    chip = places.given(fact.administration)
    times = (
        f"{words.start}–{words.stop}"
        if fact.start and fact.stop
        else words.start
        if fact.once
        else f"{words.start} to {words.stop}"
    )
    return FactView(
        chip._replace(words=row.name if row else fact.drug),
        words.dose,
        words.route,
        times,
        words.minutes,
        GRADES.get(fact.grade, fact.grade),
        fact.why,
    )
