"""What supports each denied line: its charted facts, the sentences of the rules it rests on, and what authorities read differently.

No sentence of the engine goes into a letter, since those quote the chart: each is made of facts and of tables/letter.toml.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from coding.codes import label
from coding.denial import Judgement
from coding.denial_facts import covers, line_words, summed
from coding.denial_table import DRUG, Denial
from coding.letter_facts import AnyLine, Facts
from coding.letter_table import READINGS, SENTENCES, Reading, Sentence, authorities, authority, opening
from coding.model import MET, Coded, Line
from coding.payers import PAYERS
from coding.rules import CARDS, THRESHOLDS, Source
from coding.switches import SWITCHES

NO_REASON = "DIAGNOSIS_MISSING"  # a denial that this leaves open is about the reason
NOTE, RATE = "derived.note", "derived.rate"  # how a stop was found; rules of tables/letter.toml alone
OF_VISIT, ON_CLAIM = "reason.of-visit", "reason.on-claim"  # rules of its [[opening]] rows
WITHIN = "waste.within-units"  # some was discarded, and no whole unit of it is left; a rule of tables/letter.toml alone
FROM_NOTE = "a nurse's note"
SECONDARY, NO_WASTE_RULE = "hydration.secondary", "drug.no-waste"
HOURS = "addl_hour_min_over"
OTHER_LINES = ", the lines are "
ALWAYS = frozenset(rule for one in SENTENCES if one.always for rule in one.rules)


class Ground(NamedTuple):
    """A sentence that supports a denied line, with the numbers of its sources in the letter."""

    says: str
    cites: tuple[int, ...] = ()


class Denied(NamedTuple):
    """A denied code on its date: the line, our own label, and what supports it."""

    line: str
    label: str
    grounds: tuple[Ground, ...]


def grouped(lines: Iterable[AnyLine]) -> tuple[tuple[AnyLine, ...], ...]:
    """Lines of one code, date and modifiers together, as a claim has them."""
    groups: dict[tuple[str, str, tuple[str, ...]], list[AnyLine]] = {}
    for line in lines:
        groups.setdefault((line.date, line.code, tuple(sorted(line.modifiers))), []).append(line)
    return tuple(map(tuple, groups.values()))


class Grounds:
    """The grounds of one letter. lines: those in question. cited: its sources, in the order in which they are cited."""

    def __init__(self, judgement: Judgement, coded: Coded) -> None:
        self.denial: Denial = judgement.denial
        self.coded = coded
        self.lines = _in_question(judgement)
        self.facts = Facts(judgement.facts, self.lines)
        self.problems = {one.code: one for one in reversed(coded.problems)}
        every: tuple[AnyLine, ...] = (*coded.lines, *coded.drug_lines)
        self.dates = tuple(sorted({one.date for one in every if one.date}))
        self.over = _over(coded)
        self.cited: list[Source] = []

    def argument(self, tags: Iterable[str], on_claim: bool = False) -> Ground:
        """The sentence that the letter begins with. on_claim: the claim at hand carries the charted reason of each line in question."""
        rules = {OF_VISIT for line in self.lines if self.facts.only_of_visit(line)} | (
            {ON_CLAIM} if on_claim else set()
        )
        says = opening(self.denial.id, rules) or self.denial.argument
        return Ground(says, self._cite(authority(tags, self.coded.payer, self.coded.setting)))

    def denied(self) -> tuple[Denied, ...]:
        """The lines in question."""
        found = []
        for group in grouped(self.lines):
            facts = [Ground(self.facts.of(line)) for line in group]
            rest = [ground for line in group for ground in self._grounds(line)]
            name = label(group[0].code) or self.facts.name(group[0])
            found.append(Denied(self.dated(group), name, tuple(dict.fromkeys((*facts, *rest)))))
        return tuple(found)

    def dated(self, group: Sequence[AnyLine]) -> str:
        """Lines of one code in words, with their date where the letter is about several."""
        words, date = line_words(summed(group)[0]), group[0].date
        return f"{date} {words}" if date and len(self.dates) > 1 else words

    def _grounds(self, line: AnyLine) -> Iterable[Ground]:
        if NO_REASON in self.denial.unproved:
            why = self.facts.why(line)
            of_visit = self.facts.only_of_visit(line)
            yield Ground(f"{why[:1].upper()}{why[1:]}." if of_visit else f"Its reason in the record: {why}.")
        yield from map(Ground, self.facts.around(line))
        rules = set(line.rules)
        if isinstance(line, Line):
            rules |= self._steps(line) | self._derived(line)
        elif NO_WASTE_RULE in rules and any(one.thrown for one in self.facts.rows(line)):
            rules.add(WITHIN)
        for sentence in SENTENCES:
            if rules & set(sentence.rules) and not rules & set(sentence.beside_not):
                yield from self._said(sentence, line)

    def _derived(self, line: AnyLine) -> set[str]:
        found = [one.derived_from for one in self.facts.rows(line) if one.derived_from]
        return {NOTE if one == FROM_NOTE else RATE for one in found}

    def _steps(self, line: AnyLine) -> set[str]:
        """Rules that a met step names for the rows of a line: those of the denial, and a few that always matter."""
        own, told = set(line.administrations), {*self.denial.cards, *ALWAYS}
        return {
            step.rule
            for step in self.coded.steps
            if step.verdict == MET and step.rule in told and own & set(step.administrations)
        }

    def _said(self, sentence: Sentence, line: AnyLine) -> Iterable[Ground]:
        if (sentence.codes and line.code not in sentence.codes) or self.problems.keys() & set(sentence.unless):
            return
        minutes = line.minutes if isinstance(line, Line) else None
        if minutes is None and "{minutes}" in sentence.says:
            return
        units = self._units(line)
        needed = self._needed(line, units) if "{needed}" in sentence.says else 0
        if needed is None or (minutes is not None and needed > minutes):
            return
        source = authority(sentence.sources, self.coded.payer, self.coded.setting)
        if source is None and sentence.cited:
            return
        says = sentence.says.format(
            code=line.code,
            modifier=" and ".join(line.modifiers) or "none",
            units="1 unit" if units == 1 else f"{units} units",
            minutes=minutes,
            needed=needed,
            over=None if self.over is None else self.over - 1,
            push_most=THRESHOLDS.infusion_minimum - 1,
        )
        yield Ground(says, self._cite(source))

    def _units(self, line: AnyLine) -> int:
        """Units of a code for one service on all its dates: its hours are counted together."""
        same = (one for one in self.coded.lines if (one.code, one.administrations) == (line.code, line.administrations))
        return sum(one.units for one in same) or line.units

    def _needed(self, line: AnyLine, units: int) -> int | None:
        """The fewest minutes that earn the units: after a first hour, or of fluid that comes second to a drug; None if not known."""
        if self.over is None:
            return None
        return max(THRESHOLDS.hydration_minimum, (units - (SECONDARY in line.rules)) * THRESHOLDS.hour + self.over)

    def _cite(self, *sources: Source | None) -> tuple[int, ...]:
        numbers = []
        for source in filter(None, sources):
            if source not in self.cited:
                self.cited.append(source)
            numbers.append(self.cited.index(source) + 1)
        return tuple(numbers)

    def differences(self) -> tuple[Ground, ...]:
        """What authorities read differently of the lines in question, and what rests on a setting of the practice."""
        rules = {rule for one in self.lines for rule in (*one.rules, *self._steps(one))}
        governing = {name for rule in rules if rule in CARDS for name in CARDS[rule].switch}
        own = [
            Ground(
                f"[This rests on the setting {name} = {value}. Say here why: the payer's written rule, or the record.]"
            )
            for name, value in self.coded.switches
            if name in governing
        ]
        return (*(ground for reading in READINGS for ground in self._reading(reading)), *own)

    def _reading(self, reading: Reading) -> Iterable[Ground]:
        if reading.only and reading.rule not in self.denial.cards:
            return
        if reading.beside and not any(covers(reading.beside, one.code) for one in self.coded.lines):
            return
        about = {id for step in self.coded.steps if step.rule == reading.rule for id in step.administrations}
        other = ""
        if reading.problem:
            problem = self.problems.get(reading.problem)
            if problem is None or not problem.says.startswith(reading.told):
                return
            about.add(problem.resource.rsplit("/", 1)[-1])
            other = problem.says.rpartition(OTHER_LINES)[2].rstrip(".")
        asked = (one for one in self.lines if not reading.codes or one.code in reading.codes)
        if about.isdisjoint(id for one in asked for id in one.administrations):
            return
        sources = authorities(reading.sources, self.coded.payer, self.coded.setting)
        yield Ground(reading.says.format(lines=other), self._cite(*sources))


def _in_question(judgement: Judgement) -> tuple[AnyLine, ...]:
    """The lines that the letter argues for: a drug's own line only where the denial is about it."""
    drugs = judgement.denial.about == DRUG or not any(isinstance(one, Line) for one in judgement.lines)
    return tuple(one for one in judgement.lines if drugs or isinstance(one, Line) or one.code in judgement.denial.named)


def _over(coded: Coded) -> int | None:
    """Minutes past a full hour that earn one more; None for a payer of one's own file, whose rules are not in the tables."""
    payer, set_ = PAYERS.get(coded.payer), dict(coded.switches)
    if HOURS in set_:
        return int(str(set_[HOURS]))
    return int(str(payer.switches.get(HOURS, SWITCHES[HOURS].default))) if payer else None
