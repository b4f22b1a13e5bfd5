"""The only makers of sentences, one for each place a sentence may come from, and the check that one came from there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from coding.denial import Judgement
from coding.denial_table import DENIALS, Denial
from coding.model import Coded, Considered, DrugLine, Line, NotBilled, Problem, Step
from coding.panel.answer import CARD, CONSIDERED, DENIAL, LINE, NOT_BILLED, PHRASE, PROBLEM, STEP, TABLE, Sentence
from coding.panel.answers import Row, rows
from coding.panel.lexicon import panel_table
from coding.rules import CARDS, card

_RULE = re.compile(r" \[rule [^\]]*\]")
_TIME = r"(?:\d{4}-\d\d-\d\d )?\d\d:\d\d"
_CLOCK = re.compile(rf", {_TIME}(?: to {_TIME})?(?: and {_TIME} to {_TIME})*")
_ANY_CLOCK = re.compile(r"\b\d\d:\d\d\b")


@lru_cache(maxsize=1)
def phrases() -> Mapping[str, str]:
    """The sentences with gaps, by key."""
    found: dict[str, str] = dict(panel_table("phrases.toml")["phrase"])  # type: ignore[call-overload]
    return found


def from_card(id: str) -> Sentence:
    """What a card says."""
    return Sentence(card(id).says, CARD, id)


def other_reading(id: str) -> tuple[Sentence, ...]:
    """The reading of other authorities that a card gives."""
    found = card(id).disagree
    return (Sentence(found, CARD, id),) if found else ()


def from_row(row: Row) -> tuple[Sentence, ...]:
    """The short answer of a row."""
    return tuple(Sentence(text, TABLE, row.id) for text in row.short)


def phrase(key: str, **values: object) -> Sentence:
    """A sentence with its gaps filled."""
    return Sentence(phrases()[key].format(**values), PHRASE, key)


def from_line(line: Line | DrugLine, hidden: frozenset[str] = frozenset()) -> Sentence:
    """Code and why it stands, without the citation that a chip shows. hidden: rows of which no clock time may be shown."""
    clocked = not hidden & set(line.administrations)
    text = f"{line.code}: {_capital(_RULE.sub('', line.why))}"
    return Sentence(text if clocked else _CLOCK.sub("", text), LINE, line.code)


def from_step(step: Step) -> Sentence:
    """What a step found."""
    return Sentence(step.says, STEP, step.rule)


def from_problem(problem: Problem, change: bool = True) -> Sentence:
    """What a problem says, and what would change it."""
    return Sentence(_changing(problem.says, problem.would_change if change else ""), PROBLEM, problem.code)


def from_considered(one: Considered, change: bool = True) -> Sentence:
    """The code, why it was not reached, and what would change it."""
    return Sentence(f"{one.code}: {_changing(one.why, one.would_change if change else '')}", CONSIDERED, one.code)


def _changing(says: str, change: str) -> str:
    """What was found, and the fact that would change it."""
    says = _capital(says)
    return f"{says} {phrases()['changes'].format(fact=change[:1].lower() + change[1:])}" if change else says


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def from_unbilled(one: NotBilled) -> Sentence:
    """Why an administration has no line."""
    return Sentence(_capital(one.why), NOT_BILLED, one.resource)


def from_judgement(judgement: Judgement, text: str) -> Sentence:
    """A sentence of a judged denial: its meaning, the verdict, what to do, the rule."""
    if text not in _texts(judgement):
        raise ValueError("not a sentence of the judgement")
    return Sentence(text, DENIAL, judgement.denial.id)


def from_denial(denial: Denial, text: str) -> Sentence:
    """A sentence of a row of the table of denials."""
    if text not in (denial.means, denial.rulebook, denial.supported, denial.unsupported):
        raise ValueError("not a sentence of the denial")
    return Sentence(text, DENIAL, denial.id)


def _texts(judgement: Judgement) -> tuple[str, ...]:
    return (judgement.denial.means, judgement.denial.rulebook, judgement.why, judgement.steps, *judgement.notes)


def without_clocks(found: list[Sentence], said: frozenset[str]) -> list[Sentence]:
    """Without the sentences that show a clock time which nobody said, as in a case laid out from durations."""
    return [one for one in found if set(_ANY_CLOCK.findall(one.text)) <= said]


def traces(sentence: Sentence, coded: Coded | None = None) -> bool:
    """Whether a sentence stands where it says it comes from. coded: the answer of the engine that it may quote."""
    kind, ref, text = sentence.kind, sentence.ref, sentence.text
    if kind == CARD:
        return ref in CARDS and text in (CARDS[ref].says, CARDS[ref].disagree)
    if kind == TABLE:
        return ref in rows() and text in rows()[ref].short
    if kind == PHRASE:
        return ref in phrases() and bool(re.fullmatch(_pattern(phrases()[ref]), text, re.S))
    if kind == DENIAL and ref in DENIALS:
        row = DENIALS[ref]
        return text in (row.means, row.rulebook, row.supported, row.unsupported)
    if coded is None:
        return False
    if kind == LINE:
        lines: list[Line | DrugLine] = [*coded.lines, *coded.drug_lines]
        whys = [f"{one.code}: {_capital(_RULE.sub('', one.why))}" for one in lines if one.code == ref]
        return any(text in (why, _CLOCK.sub("", why)) for why in whys)
    if kind == STEP:
        return any(one.rule == ref and one.says == text for one in coded.steps)
    if kind == PROBLEM:
        return any(one.code == ref and text.startswith(_capital(one.says)) for one in coded.problems)
    if kind == CONSIDERED:
        return any(one.code == ref and text.startswith(f"{one.code}: {_capital(one.why)}") for one in coded.considered)
    return any(one.resource == ref and _capital(one.why) == text for one in coded.not_billed)


def _pattern(template: str) -> str:
    return "".join(".+?" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", template))
