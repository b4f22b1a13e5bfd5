"""A question read: what it names, what it asks for, and the answer of the tables that it is nearest to."""

from __future__ import annotations

from typing import NamedTuple

from coding.drugs import by_hcpcs
from coding.panel.answers import Row, rows
from coding.panel.case import Case
from coding.panel.complete import is_complete
from coding.panel.forms import (
    ASKS_FAMILY,
    COUNTING,
    DEFINES,
    EVERYTHING,
    FAMILY,
    LENGTHS,
    LIKENESS,
    MORE_UNITS,
    NAMES_CHART,
    POINTS,
    SUPPOSES,
)
from coding.panel.guard import exempt
from coding.panel.lexicon import normal
from coding.panel.mentions import Mention, find_drugs
from coding.panel.retrieve import CODE, Match, code_concepts, features, index
from coding.panel.said import DOSE, TIME, Token, tokens
from coding.panel.talk import State, follow

CHEMO_NOUN = "chemo"  # "is Remicade chemo?" names one drug
MOST = 80  # answers that are looked at


class Asked(NamedTuple):
    """One question with all that was read in it. complete: it holds a case that can be coded."""

    question: str
    text: str
    tokens: tuple[Token, ...]
    drugs: tuple[Mention, ...]
    doubtful: tuple[Mention, ...]
    codes: tuple[str, ...]
    features: frozenset[str]
    case: Case
    best: Match | None
    beside: Match | None
    about_subject: Row | None
    complete: bool
    points: bool
    supposes: bool
    charted: bool

    @property
    def timed(self) -> bool:
        """Whether it names a time."""
        return any(one.kind == TIME for one in self.tokens)

    @property
    def only_drug(self) -> Mention | None:
        """The one drug it names, if it is one."""
        named = {one.name: one for one in self.drugs if not one.noun}
        return next(iter(named.values())) if len(named) == 1 else None

    @property
    def routes(self) -> frozenset[str]:
        """Routes and techniques it names."""
        return frozenset(one.value for one in self.tokens if one.kind in ("route", "technique"))

    @property
    def about_units(self) -> bool:
        """Whether it asks for billing units of a drug."""
        dosed = any(one.kind == DOSE for one in self.tokens)
        asks = (
            bool(self.features & {"drug-code", "waste", "vial"})
            or (dosed and self.drug_coded)
            or ("units" in self.features and dosed)
        )
        return (
            not self.timed
            and asks
            and ((self.only_drug is not None and (dosed or "drug-code" in self.features)) or (dosed and not self.drugs))
            and not (self.charted and self.points)
        )

    @property
    def drug_coded(self) -> bool:
        """Whether it names the billing code of a drug."""
        return any(by_hcpcs(code) for code in self.codes)

    @property
    def defines(self) -> bool:
        """Whether it asks what one code is."""
        said = {concept for code in self.codes for concept in code_concepts().get(code, ())}
        return len(self.codes) == 1 and not self.drugs and self.features <= DEFINES | said | set(self.codes)

    @property
    def about_family(self) -> bool:
        """Whether it asks which code family one drug takes."""
        if (
            self.only_drug is None
            or len([one for one in self.drugs if one.noun != CHEMO_NOUN]) > 1
            or self.only_drug.fluid
            or not ASKS_FAMILY.search(self.text)
        ):
            return False
        return len(self.features - FAMILY) <= 1 and not (self.timed or (self.charted and self.points))

    @property
    def has_topic(self) -> bool:
        """Whether it asks about a rule by itself, so that earlier turns do not matter."""
        return self.best is not None and self.best.score >= LIKENESS.strong and not self.best.row.compute


def read(question: str, state: State, charted: bool) -> Asked:
    """Read one question after the turns of a talk. charted: a chart is open."""
    text = normal(question)
    found = tokens(text)
    drugs = find_drugs(text, tuple((one.first, one.last) for one in found if one.kind == TIME))
    codes = tuple(dict.fromkeys(one.upper() for one in CODE.findall(text)))
    own = features(question, index().known)
    case = follow(state.items, state.settings, question)
    points = bool(POINTS.search(text))
    every = _nearest(question, own, state)
    answers = [one for one in every if not one.row.compute and not one.row.declined]
    spared = exempt(question)
    best = _best(answers, [one for one in every if one.row.declined and one.row.id not in spared])
    complete = is_complete(case, text, own, best, charted, state)
    about = _about_subject(
        every,
        best,
        Pointing(drugs, codes, own, points, charted, charted or bool(state.items), bool(NAMES_CHART.search(text))),
        complete,
    )
    beside = (
        answers[1]
        if len(answers) > 1 and answers[1].score >= max(LIKENESS.beside, answers[0].score - LIKENESS.close)
        else None
    )
    return Asked(
        question,
        text,
        found,
        tuple(one for one in drugs if not one.rivals),
        tuple(one for one in drugs if one.rivals),
        codes,
        own,
        case,
        best,
        beside,
        about,
        complete,
        points,
        bool(SUPPOSES.search(text)),
        charted,
    )


def _nearest(question: str, own: frozenset[str], state: State) -> tuple[Match, ...]:
    """Every answer by likeness; a short question, or one that is near to nothing, leans on the question before it."""
    every = index().nearest(question, most=MOST)
    if not state.last or (len(own) > LIKENESS.elliptic and every and every[0].score >= LIKENESS.strong):
        return every
    here = {one.row.id: one.score for one in every}
    together = index().nearest(f"{state.last} {question}", most=MOST)
    return tuple(one for one in together if here.get(one.row.id, 0.0) > LIKENESS.leans) or every


def _best(rules: list[Match], declines: list[Match]) -> Match | None:
    """The nearest answer; a decline only where it is clearly nearer than any answer."""
    rule = rules[0] if rules and rules[0].score >= LIKENESS.enough else None
    decline = declines[0] if declines and declines[0].score >= LIKENESS.declines else None
    if decline is not None and (rule is None or decline.score >= rule.score + LIKENESS.margin):
        return decline
    return rule


class Pointing(NamedTuple):
    """What a question points with. subject: there is a chart or a case to point to. names_chart: it can mean nothing else."""

    drugs: tuple[Mention, ...]
    codes: tuple[str, ...]
    own: frozenset[str]
    points: bool
    charted: bool
    subject: bool
    names_chart: bool


def _about_subject(every: tuple[Match, ...], best: Match | None, by: Pointing, complete: bool) -> Row | None:
    """The computed answer that a question about the chart or the case asks for."""
    named = any(not one.noun for one in by.drugs)
    if by.charted and by.points and named and by.own & LENGTHS:
        return rows()["chart-why-units"]
    computed = next((one for one in every if one.row.compute), None)
    if computed is not None:
        score = computed.score + (LIKENESS.points if by.points else LIKENESS.plain)
        score += LIKENESS.present if by.subject or by.names_chart else LIKENESS.absent
        if score >= LIKENESS.chart and (best is None or score >= best.score):
            return computed.row
    if not by.subject or complete:
        return None
    if by.own and by.own <= MORE_UNITS:
        return rows()["chart-why-units"]
    rule = LIKENESS.taught if by.charted and named else LIKENESS.certain if by.charted else LIKENESS.strong
    return _pointed(by) if by.points and (best is None or best.score < rule) else None


def _pointed(by: Pointing) -> Row | None:
    """What a question that points to the chart asks for when no wording is near: a code, a drug, or the whole of it."""
    if by.codes:
        return rows()["chart-why-not"]
    if any(not one.noun or one.fluid for one in by.drugs):
        return rows()["chart-drug-line"]
    if by.charted and by.own & COUNTING and not by.drugs:
        return rows()["chart-why-units"]
    return rows()["chart-all-lines"] if by.charted and by.own & EVERYTHING else None
