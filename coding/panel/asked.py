"""A question read: what it names, what it asks for, and the answer of the tables that it is nearest to."""

from __future__ import annotations

import re
from typing import NamedTuple

from coding.panel.grammar import Case
from coding.panel.lexicon import normal
from coding.panel.mentions import Mention, find_drugs
from coding.panel.retrieve import CODE, Match, Row, code_concepts, features, index, rows
from coding.panel.said import DOSE, TIME, Token, tokens
from coding.panel.schedule import minutes_said
from coding.panel.talk import State, follow

ENOUGH = 0.17  # likeness from which an answer of the tables is given
SURE = 0.27  # below it the answer is said to be the nearest rule only
DECLINES = 0.28  # likeness from which a decline of the tables is given
STRONG = 0.55  # likeness from which a question is surely about a rule
BESIDE = 0.4  # likeness from which a rule stands beside a computed case, or a second rule beside the first
CLOSE = 0.08  # how much less like a second rule may be
CERTAIN = 0.75  # likeness from which a question is about a rule though it points to the chart
MARGIN = 0.04  # how much more like a decline must be than any answer
ELLIPTIC = 3  # features up to which a question leans on the one before it
RULE_FIRST = 0.5  # likeness from which a case without a named drug is taken for an example of a rule
POINTS = re.compile(
    r"\b(?:this (?:patient|chart|visit|encounter|claim|one|infusion|case|line|pt|drug|stay)|on this|for this|here|these|line \d|"
    r"this|the chart|my patient|the patient|shouldnt|you (?:get|got|count|counted|use|used|bill|billed|code|coded)|did you|did we|"
    r"her|his|was it|is it|it (?:ran|was|is)|the (?:claim|visit|encounter)|nothing billed|why only|why is|why was|why isnt|why wasnt|why not|why)\b"
)
SUPPOSES = re.compile(r"\b(?:what if|if (?:it|the|we|they|she|he|that)|suppose|say it|had (?:it )?(?:run|stopped|started|ended|been)|longer|shorter|instead|more minutes?)\b")
# Features that a question about the code family of one drug may have; anything else makes it a question of another kind.
FAMILY = frozenset(
    {"a drug", "chemo", "complex-biologic", "bill", "initial", "what-is", "difference", "infusion", "injection", "push", "administration",
     "admin", "administer", "family", "therapeutic", "medicare", "payer", "always", "consider", "count", "treat", "give", "how", "what",
     "hormonal", "antiemetic", "no", "nonchemo", "non", "category", "class", "classifi", "classify", "ladder", "under", "biologic", "right", "correct", "proper",
     "set", "hour", "drug-code", "iv", "which", "electrolyte", "facility", "office", "insulin", "fall", "belong", "count", "type", "patient", "pt", "cpt",
     "96365", "96366", "96413", "96415", "96372", "96401", "96402", "96374", "96375", "96409", "96411", "commercial", "aetna", "cigna", "uhc", "first-hour"}
)  # fmt: skip
ASKS_FAMILY = re.compile(r"\b(?:chemo|non ?chemo|admin(?:istration)?|code|codes|family|ladder|bill|billed|9641\w|9636\w|964\d\d|963\d\d|which|therapeutic|what do (?:we|i) use)\b")
QUESTION = re.compile(r"\b(?:is|are|can|do|does|did|should|which|when|why|how|what|will|would)\b")
EXAMPLES = frozenset({"concurrent", "sequential", "same-drug", "reaction"})  # a rule about two things, asked with one
MORE_UNITS = frozenset({"further-hour", "minimum", "rule", "minutes", "hour", "units", "no", "why", "what", "how-many", "when"})
DEFINES = frozenset({"what-is", "difference", "bill", "no", "administration", "cpt", "procedure", "number"})
NOT_A_CASE = re.compile(r"\b(?:overlap\w*|in common|per (?:day|visit|encounter)|how many times|both days|each day|vs|versus)\b")
ASKS_CODES = re.compile(
    r"\b(?:what|which|how|hows|whats|is there|are there)\b[^.;]{0,30}\b(?:codes?|coded|bill|billed|units?|charge[ds]?|report(?:ed|s)?|lines?|cpt)\b|\bhow many\b"
)


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
        asks = bool(self.features & {"drug-code", "waste", "vial"}) or ("units" in self.features and dosed)
        return not self.timed and asks and ((self.only_drug is not None and (dosed or "drug-code" in self.features)) or (dosed and not self.drugs)) and not (
            self.charted and self.points
        )

    @property
    def defines(self) -> bool:
        """Whether it asks what one code is."""
        said = {concept for code in self.codes for concept in code_concepts().get(code, ())}
        return len(self.codes) == 1 and not self.drugs and self.features <= DEFINES | said | set(self.codes)

    @property
    def about_family(self) -> bool:
        """Whether it asks which code family one drug takes."""
        if self.only_drug is None or len(self.drugs) > 1 or self.only_drug.fluid or not ASKS_FAMILY.search(self.text):
            return False
        return len(self.features - FAMILY) <= 1 and not (self.timed or (self.charted and self.points))

    @property
    def has_topic(self) -> bool:
        """Whether it asks about a rule by itself, so that earlier turns do not matter."""
        return self.best is not None and self.best.score >= STRONG and not self.best.row.compute


def read(question: str, state: State, charted: bool) -> Asked:
    """Read one question after the turns of a talk. charted: a chart is open."""
    text = normal(question)
    found = tokens(text)
    drugs = find_drugs(text, tuple((one.first, one.last) for one in found if one.kind == TIME))
    codes = tuple(dict.fromkeys(one.upper() for one in CODE.findall(text)))
    own = features(question, index().known)
    case = follow(state.items, state.settings, question)
    points = bool(POINTS.search(text))
    every = index().nearest(question, most=80)
    if state.last and (len(own) <= ELLIPTIC or not every or every[0].score < STRONG):
        here = {one.row.id: one.score for one in every}
        together = index().nearest(f"{state.last} {question}", most=80)
        every = tuple(one for one in together if here.get(one.row.id, 0.0) > 0.1) or every
    subject = charted or bool(state.items)
    answers = [one for one in every if not one.row.compute and not one.row.declined]
    declines = [one for one in every if one.row.declined]
    best = _best(answers, declines)
    complete_ = _complete(case, text, own, best, charted, state)
    computed = next((one for one in every if one.row.compute), None)
    about = computed if computed and _is_about_subject(computed, best, points, subject) else None
    if about is None and subject and not complete_:
        about = _pointed(drugs, codes, own, charted) if points and (best is None or best.score < (CERTAIN if charted else STRONG)) else None
        about = Match(rows()["chart-why-units"], ENOUGH, "") if own and own <= MORE_UNITS else about
    beside = answers[1] if len(answers) > 1 and answers[1].score >= max(BESIDE, answers[0].score - CLOSE) else None
    return Asked(
        question, text, found, tuple(one for one in drugs if not one.rivals), tuple(one for one in drugs if one.rivals), codes, own, case,
        best, beside, about.row if about else None, complete_, points, bool(SUPPOSES.search(text)), charted,
    )  # fmt: skip


def _pointed(drugs: tuple[Mention, ...], codes: tuple[str, ...], own: frozenset[str], charted: bool) -> Match | None:
    """What a question that points to the chart asks for when no wording is near: a code, a drug, or the whole of it."""
    name = "chart-why-not" if codes else "chart-drug-line" if any(not one.noun or one.fluid for one in drugs) else ""
    name = name or ("chart-all-lines" if charted and own & {"bill", "units", "what"} else "")
    return Match(rows()[name], ENOUGH, "") if name else None


def _best(rules: list[Match], declines: list[Match]) -> Match | None:
    """The nearest answer; a decline only where it is clearly nearer than any answer."""
    rule = rules[0] if rules and rules[0].score >= ENOUGH else None
    decline = declines[0] if declines and declines[0].score >= DECLINES else None
    if decline is not None and (rule is None or decline.score >= rule.score + MARGIN):
        return decline
    return rule


def _is_about_subject(computed: Match, best: Match | None, points: bool, subject: bool) -> bool:
    score = computed.score + (0.15 if points else -0.1) + (0.05 if subject else -0.25)
    return score >= 0.4 and (best is None or score >= best.score)


def _complete(case: Case, text: str, own: frozenset[str], best: Match | None, charted: bool, state: State) -> bool:
    """Whether the case of a question can be coded, and is meant to be: not an example of a rule, and nothing in it left open."""
    if not case.items or case.bare or (state.items and not case.changed and not _resets(case, state)):
        return False
    if NOT_A_CASE.search(text) or "deny" in own:
        return False
    open_ = [
        one
        for one in case.items
        if (one.technique == "infusion" or one.fluid) and not (one.spans or minutes_said(one) or one.clocks or one.relation == "same")
    ]
    said = [one for one in case.items if one.timed or one.technique in ("push", "injection") or one.route in ("sc", "im")]
    if open_ or not said or any(one.technique in ("pump", "pca") and not one.timed for one in case.items):
        return False
    if charted and POINTS.search(text) and not SUPPOSES.search(text):
        return False
    timed = any(one.timed for one in case.items)
    generic = all(drug.noun and not drug.fluid for item in case.items for drug in item.drugs)
    if generic and best is not None and best.score >= RULE_FIRST and (QUESTION.search(text) or CODE.search(text)):
        return len(case.items) == 1 and timed and not own & EXAMPLES
    if any(one.apart and one.count == 1 and len(one.clocks) < 2 for one in case.items):
        return False
    if not timed and (generic or QUESTION.search(ASKS_CODES.sub("", text))):
        return False
    return timed or len(case.items) > 1 or not (best is not None and best.score >= STRONG)


def _resets(case: Case, state: State) -> bool:
    return case.items != state.items or case.settings != state.settings
