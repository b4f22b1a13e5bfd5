"""The values that the panel takes and gives. An answer is sentences, and each sentence names the place it was taken from.

There is no free text in an answer: a Sentence is made from a rule card, a row of a table, a step of the engine or a
phrase of tables/panel/phrases.toml whose gaps are filled with values of those (design: closed answer types).
"""

from __future__ import annotations

from typing import NamedTuple

from coding.model import Coded, DrugLine, Encounter, Line
from coding.policy import Policy

# Kinds of answer.
WHAT_IF, RULE, CHART, OUTSIDE, UNKNOWN, ASKS_BACK = "what if", "rule", "chart", "outside", "unknown", "asks back"

# Where a sentence was taken from.
CARD, TABLE, STEP, LINE, PROBLEM, CONSIDERED, NOT_BILLED, PHRASE, DENIAL = (
    "card",
    "table",
    "step",
    "line",
    "problem",
    "considered",
    "not billed",
    "phrase",
    "denial",
)


class Turn(NamedTuple):
    """One turn of the talk so far. role: user or assistant."""

    role: str
    content: str


class Open(NamedTuple):
    """The visit that is open, with its answer from the engine and the policy it was coded under.

    beside: ids of other visits of the same days.
    """

    encounter: Encounter
    coded: Coded
    policy: Policy
    beside: tuple[str, ...] = ()


class Sentence(NamedTuple):
    """One sentence. kind and ref: the place it was taken from, such as ("card", "time.first-hour")."""

    text: str
    kind: str
    ref: str


class Evidence(NamedTuple):
    """A place of the chart that an answer rests on. kind: line, administration or problem. ref: code, resource id, or problem code."""

    kind: str
    ref: str
    label: str


class Choice(NamedTuple):
    """Something to click: label is shown, question is what is asked then."""

    label: str
    question: str


class Answer(NamedTuple):
    """The whole answer. short: what to read first. working: how it follows. other: the reading of other authorities.

    assumed: what was taken as given because nobody said it. lines: None where the question asks for none;
    hypothetical: the lines are of a case made from words, never of the chart.
    """

    kind: str
    short: tuple[Sentence, ...]
    working: tuple[Sentence, ...] = ()
    other: tuple[Sentence, ...] = ()
    assumed: tuple[Sentence, ...] = ()
    declined: bool = False
    lines: tuple[Line, ...] | None = None
    drug_lines: tuple[DrugLine, ...] = ()
    hypothetical: bool = False
    rules: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    choices: tuple[Choice, ...] = ()
    matched: str = ""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence, in the order in which it is read."""
        return (*self.short, *self.assumed, *self.working, *self.other)

    @property
    def text(self) -> str:
        """The answer as plain text: a paragraph for each part."""
        parts = (self.short, self.assumed, self.working, self.other)
        return "\n".join(" ".join(one.text for one in part) for part in parts if part)
