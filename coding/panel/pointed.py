"""What a computed answer is asked of, and the values that every one of them gives."""

from __future__ import annotations

from typing import NamedTuple

from coding.explain import totals
from coding.model import Administration, Coded, DrugLine, Line
from coding.panel.answer import Sentence
from coding.panel.answers import Row
from coding.panel.mentions import Mention
from coding.panel.sentences import phrase
from coding.panel.subject import Subject, lines_of, rows_of
from coding.panel.whatif import claim

Found = tuple[list[Sentence], list[Sentence], list[str]]  # short, working, rule ids


class Pointed(NamedTuple):
    """A chart or a case, with what the question names: codes, drugs, and the row of the tables that it asks for."""

    subject: Subject
    codes: tuple[str, ...]
    drugs: tuple[Mention, ...]
    row: Row

    @property
    def coded(self) -> Coded:
        """The engine's answer."""
        return self.subject.coded

    @property
    def clocked(self) -> bool:
        """Whether every clock time was charted or said."""
        return not self.subject.hidden

    @property
    def rows(self) -> tuple[Administration, ...]:
        """The administrations of the drugs that it names."""
        return rows_of(self.subject, self.drugs)

    @property
    def lines_by_drug(self) -> tuple[Line, ...]:
        """The lines of the drugs that it names."""
        return lines_of(self.subject, self.rows)

    @property
    def all_lines(self) -> list[Line | DrugLine]:
        """Lines and drug lines."""
        return [*self.coded.lines, *self.coded.drug_lines]

    @property
    def whole(self) -> Sentence:
        """All codes and units in one sentence."""
        added = totals(self.coded)
        name = "chart" if self.subject.real else "lines"
        if not added:
            return phrase(f"{name}-none")
        return phrase("chart-lines" if self.subject.real else "lines-if", codes=claim(self.coded.lines))
