"""A denial asked about with a chart open: what it means, and whether this chart supports the claim (coding/denial.py)."""

from __future__ import annotations

from coding.denial import Judgement, judge
from coding.denial_table import read_denial
from coding.panel.answer import CHART, Answer, Choice, Evidence, Sentence
from coding.panel.asked import Asked
from coding.panel.sentences import from_judgement, from_problem, phrase
from coding.panel.subject import Subject
from coding.rules import CARDS

DENY = "deny"  # the concept of a denial


def denied(asked: Asked, subject: Subject) -> Answer | None:
    """The judgement of the first denial that a question names, or None where it names none."""
    if DENY not in asked.features:
        return None
    found = read_denial(asked.text)
    if not found:
        return None
    judgement = judge(found[0], subject.coded, subject.encounter, subject.policy)
    short, working = _said(judgement)
    rows = {row.id: row for row in subject.encounter.administrations}
    lacking = [from_problem(one) for one in subject.coded.problems if one.resource in rows and one.severity == "stops"]
    return Answer(
        CHART,
        tuple(dict.fromkeys(short)),
        working=tuple(dict.fromkeys([*working, *lacking, phrase("denial-page")])),
        lines=subject.coded.lines,
        drug_lines=subject.coded.drug_lines,
        rules=tuple(one for one in judgement.cards if one in CARDS),
        evidence=tuple(Evidence("line", line.code, line.substance) for line in judgement.lines),
        choices=tuple(Choice(one.title, f"{one.title}: denied") for one in found[1:3]),
        matched=f"denial {found[0].id}",
    )


def _said(judgement: Judgement) -> tuple[list[Sentence], list[Sentence]]:
    short = [from_judgement(judgement, text) for text in (judgement.denial.means, judgement.why, judgement.steps)]
    working = [from_judgement(judgement, text) for text in (judgement.denial.rulebook, *judgement.notes)]
    return [one for one in short if one.text], [one for one in working if one.text]
