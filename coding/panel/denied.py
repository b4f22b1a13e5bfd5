"""A denial asked about: what it means, and, with a chart open, whether this chart supports the claim (coding/denial.py)."""

from __future__ import annotations

from coding.denial import Judgement, fitting, judge
from coding.denial_read import Said, read
from coding.denial_table import OUTSIDE, Denial
from coding.panel.answer import CHART, RULE, UNKNOWN, Answer, Choice, Evidence, Sentence
from coding.panel.asked import Asked
from coding.panel.sentences import from_denial, from_judgement, from_problem, phrase
from coding.panel.subject import Subject
from coding.panel.suggest import suggest
from coding.rules import CARDS

DENY = "deny"  # the concept of a denial
CHOICES = 3


def numbered(asked: Asked, subject: Subject | None) -> Answer | None:
    """The answer to a denial by its number: no likeness of words may answer in its place. None where no number is written."""
    found = read(asked.question)
    if not found.numbers.written:
        return None
    if not found.denials:
        return _unknown(found, subject)
    if subject is not None and subject.real:
        return _judged(found, subject)
    taught = asked.best is not None and asked.best.row.declined
    return _outside(found) if not taught and all(one.about == OUTSIDE for one in found.denials) else None


def denied(asked: Asked, subject: Subject) -> Answer | None:
    """The judgement of a denial that a question names in words, or None where it names none."""
    found = read(asked.question) if DENY in asked.features else None
    return _judged(found, subject) if found is not None and found.denials else None


def _judged(found: Said, subject: Subject) -> Answer:
    coded = subject.coded
    fit = fitting(found.denials, None, (*coded.lines, *coded.drug_lines))
    judgement = judge(fit[0], coded, subject.encounter, subject.policy, beside=subject.beside)
    others = [one for one in (*fit[1:], *found.denials) if one != fit[0]]
    short, working = _said(judgement)
    rows = {row.id: row for row in subject.encounter.administrations}
    lacking = [from_problem(one) for one in coded.problems if one.resource in rows and one.severity == "stops"]
    return Answer(
        CHART,
        tuple(dict.fromkeys((*_beside(found, fit), *short))),
        working=tuple(dict.fromkeys([*working, *lacking, phrase("denial-page")])),
        lines=coded.lines,
        drug_lines=coded.drug_lines,
        rules=tuple(one for one in judgement.cards if one in CARDS),
        evidence=tuple(Evidence("line", line.code, line.substance) for line in judgement.lines),
        choices=tuple(Choice(one.title, _about(one)) for one in dict.fromkeys(others))[:CHOICES],
        matched=f"denial {fit[0].id}",
    )


def _about(denial: Denial) -> str:
    """The question that is about this reading of a denial and no other."""
    return f"{denial.title}: denied {', '.join((*denial.numbers, *denial.named))}".strip()


def _beside(found: Said, fit: tuple[Denial, ...]) -> list[Sentence]:
    """What is said before the answer: numbers that are not known, and that it may mean something else."""
    said = []
    if found.numbers.unknown:
        said.append(phrase("denial-not-known", numbers=", ".join(found.numbers.unknown)))
    if len(fit) > 1:
        said.append(phrase("denial-can-mean", titles="; ".join(one.title for one in fit)))
    return said


def _said(judgement: Judgement) -> tuple[list[Sentence], list[Sentence]]:
    short = [from_judgement(judgement, text) for text in (judgement.denial.means, judgement.why, judgement.steps)]
    working = [from_judgement(judgement, text) for text in (judgement.denial.rulebook, *judgement.notes)]
    return [one for one in short if one.text], [one for one in working if one.text]


def _unknown(found: Said, subject: Subject | None) -> Answer:
    numbers = ", ".join(found.numbers.unknown)
    return Answer(UNKNOWN, (phrase("denial-not-known", numbers=numbers),), declined=True, choices=suggest(subject))


def _outside(found: Said) -> Answer:
    """What a denial means that no chart can answer."""
    one = found.denials[0]
    return Answer(
        RULE,
        (*_beside(found, ()), from_denial(one, one.means), from_denial(one, one.unsupported)),
        working=(from_denial(one, one.rulebook),),
        choices=tuple(Choice(other.title, _about(other)) for other in found.denials[1:CHOICES]),
        matched=f"denial {one.id}",
    )
