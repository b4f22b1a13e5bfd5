"""Answers of the tables, declines, and honest silence."""

from __future__ import annotations

from coding.codes import CODES
from coding.panel.answer import ASKS_BACK, OUTSIDE, RULE, UNKNOWN, Answer, Choice, Sentence
from coding.panel.answers import Row
from coding.panel.asked import Asked
from coding.panel.forms import ASKS_CODES, LIKENESS, QUESTION
from coding.panel.sentences import from_card, from_row, other_reading, phrase
from coding.panel.subject import Subject
from coding.panel.suggest import suggest

CARDS_SHOWN = 2


def decline(row: Row) -> Answer:
    """A decline: what it is that is not answered here, and what can be asked. It holds no code."""
    choices = tuple(Choice(one, one) for one in row.next)
    return Answer(OUTSIDE, (*from_row(row), phrase("can-do")), declined=True, choices=choices, matched=row.id)


def declined_beside(found: Answer, row: Row) -> Answer:
    """A case that is answered, with the part of the question that is not."""
    return found._replace(other=(*found.other, *from_row(row)))


def plain(row: Row) -> Answer:
    """A row as it is: for a question that says nothing."""
    choices = tuple(Choice(one, one) for one in row.next) or suggest(None)
    return Answer(RULE, from_row(row), rules=row.cards, choices=choices, matched=row.id)


def answer(asked: Asked) -> Answer:
    """The answer of the tables: short first, then its cards, then the reading of others."""
    assert asked.best is not None  # noqa: S101 - the caller looked
    row = asked.best.row
    short = from_row(row)
    if asked.best.score < LIKENESS.sure:
        short = (phrase("nearest"), *short)
    missed = [code for code in asked.codes if code in CODES and not any(code in one.text for one in short)]
    named = [phrase("code-is", code=code, label=CODES[code].label) for code in missed]
    cards = [from_card(card) for card in row.cards[:CARDS_SHOWN]]
    other = other_reading(row.cards[0]) if row.contested else ()
    return Answer(
        RULE,
        short,
        working=tuple(one for one in (*cards, *named, *_beside(asked)) if one not in short),
        other=other[:CARDS_SHOWN],
        rules=row.cards,
        choices=tuple(Choice(one, one) for one in row.next),
        matched=row.id,
    )


def _beside(asked: Asked) -> tuple[Sentence, ...]:
    """The short answer of a rule that is nearly as near."""
    best, beside = asked.best, asked.beside
    if best is None or beside is None or beside.row.cards[:1] == best.row.cards[:1]:
        return ()
    return (phrase("related"), *from_row(beside.row))


def with_row(found: Answer, asked: Asked) -> Answer:
    """A computed case with the answer of the tables beside it, where the question asks for the rule as well."""
    best = asked.best
    missed = [code for code in asked.codes if code in CODES and code not in found.text]
    found = found._replace(
        working=(*found.working, *(phrase("code-is", code=code, label=CODES[code].label) for code in missed))
    )
    asks = QUESTION.search(ASKS_CODES.sub("", asked.text)) or asked.codes
    if (
        best is None
        or not asks
        or asked.supposes
        or best.score < LIKENESS.beside
        or best.row.declined
        or best.row.compute
    ):
        return found
    said = tuple(one for one in from_row(best.row) if one not in found.short)
    first = best.score >= LIKENESS.rule_first
    other = other_reading(best.row.cards[0]) if best.row.contested else ()
    return found._replace(
        short=(*said, *found.short) if first else found.short,
        working=found.working if first else (*said, *found.working),
        other=tuple(dict.fromkeys((*found.other, *other))),
        rules=tuple(dict.fromkeys((*found.rules, *best.row.cards))),
        matched=best.row.id,
    )


def which_drug(asked: Asked) -> Answer:
    """A question back: a misspelled name that could be two drugs."""
    doubt = asked.doubtful[0]
    names = " or ".join(doubt.rivals)
    choices = tuple(Choice(name, asked.text.replace(doubt.said, name.casefold())) for name in doubt.rivals)
    return Answer(ASKS_BACK, (phrase("ask-drug", said=doubt.said, names=names),), choices=choices)


def needs_chart(asked: Asked) -> Answer:
    """A question about a chart where none is open."""
    return Answer(
        ASKS_BACK,
        (phrase("needs-chart"),),
        choices=suggest(None),
        matched=asked.about_subject.id if asked.about_subject else "",
    )


def unknown(asked: Asked, subject: Subject | None) -> Answer:
    """No rule answers this: said so, with questions that have an answer."""
    return Answer(UNKNOWN, (phrase("unknown"), phrase("can-do")), declined=True, choices=suggest(subject))
