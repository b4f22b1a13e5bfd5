"""Tokens into items: which time, technique and route belong to which drug, and in which order the items were given.

In a stretch with one drug everything belongs to it; with several, what follows a drug belongs to it and what leads the
stretch to the first. A stretch without a drug goes on about the last.
"""

from __future__ import annotations

from coding.drugs import identify
from coding.panel.facts import NOTHING, noun_of, with_facts
from coding.panel.mentions import Mention
from coding.panel.revise import meant, revised, runs_around
from coding.panel.said import COUNT, DOSE, DRUG, TIME, Item, Token
from coding.panel.settle import settled
from coding.panel.share import shared
from coding.panel.stretches import LATER, THEN, Stretch
from coding.panel.times import Clock

BEFORE, AFTER, SAME, DURING = "before", "after", "same", "during"
_GENERIC = {"infusion": "the drug", "push": "the pushed drug", "injection": "the injected drug"}
_ANY_DRUG = ("drug", "infusion")
_SECOND_CHEMO = "second unnamed antineoplastic"


class Reader:
    """Gathers items stretch by stretch."""

    def __init__(self, old: tuple[Item, ...] = ()) -> None:
        self.items: list[Item] = list(old)
        self.bare: list[str] = []
        self.changed = False
        self._old = len(old)
        self._label = False
        self._correcting = False
        self._lead: list[Token] = []

    def finished(self) -> tuple[Item, ...]:
        """The items of which something is said; the others are bare unless they only point to one of those."""
        named = shared(self.items)
        said = [one for one in named if one.said]
        flows = any(one.technique not in ("push", "injection") and not one.fluid and _told_apart(one) for one in said)
        for one in named:
            drug = one.drugs[0]
            pointed = any(_alike(drug, other.drugs[0]) for other in said) or (flows and drug.noun and not drug.fluid)
            if not one.said and not pointed:
                self.bare.append(drug.name)
        return tuple(settled(one) for one in said)

    def take(self, stretch: Stretch) -> None:
        """Add what a stretch says."""
        observing = next((one for one in stretch.tokens if one.kind == "cue" and one.value == "observe"), None)
        if observing is not None:
            stretch = stretch._replace(tokens=tuple(one for one in stretch.tokens if one.last <= observing.first))
        sorry = next((one for one in stretch.tokens if one.kind == "cue" and one.value == "sorry"), None)
        if sorry is not None:
            self._correcting = True
            if any(one.kind == DRUG and one.last <= sorry.first for one in stretch.tokens):
                stretch = stretch._replace(tokens=tuple(one for one in stretch.tokens if one.first >= sorry.last))
            elif self.items and not self.items[-1].said:
                self.items.pop()
            if all(one.kind == "cue" for one in stretch.tokens):
                return
        if self.items and stretch.tokens[:1] and stretch.tokens[0].kind == "ask" and not stretch.of(TIME):
            return
        drugs = self._drugs(stretch)
        if not drugs:
            self._without_drug(stretch)
            return
        for place, (drug, group) in enumerate(_deal(stretch.tokens, drugs)):
            if self._lead and not self.items:
                group = [*self._lead, *group]
                self._lead = []
            self._add(drug, group, stretch.join if place == 0 else "")

    def _drugs(self, stretch: Stretch) -> list[Token]:
        """The drugs of a stretch; a label such as "premeds" beside a named drug is none."""
        drugs = stretch.of(DRUG)
        labels = [one for one in drugs if noun_of(one).label]
        alone = not any(one.kind in ("technique", TIME, "route") for one in stretch.tokens)
        if labels and (len(drugs) > len(labels) or alone):
            self._label = True
            return [one for one in drugs if one not in labels]
        return drugs

    def _without_drug(self, stretch: Stretch) -> None:
        techniques = [one.value for one in stretch.of("technique") if one.value in _GENERIC]
        counted = bool(stretch.of(COUNT))
        again = {"again", "other"} & {one.value for one in stretch.of("mark")}
        timed = bool(stretch.of(TIME))
        clocked = any(not isinstance(one.what, Clock) for one in stretch.of(TIME))
        first = not self.items and (clocked or techniques[:1] == ["injection"])
        if techniques and (counted or first) and not (again and self.items):
            at = stretch.tokens[0].first
            mention = Mention(_GENERIC[techniques[0]], techniques[0], at, at, noun=techniques[0])
            self._add(Token(DRUG, techniques[0], at, at, mention), list(stretch.tokens), stretch.join)
        elif self.items:
            self._goes_on(stretch, techniques, bool(again), timed)
        elif timed or stretch.of("technique"):
            self._lead += stretch.tokens

    def _goes_on(self, stretch: Stretch, techniques: list[str], again: bool, timed: bool) -> None:
        """A stretch without a drug, after one with: more of the last drug, or a change of what an earlier turn said."""
        last = self.items[-1]
        place = len(self.items) - 1
        if {"pause", "resume"} & {one.value for one in stretch.of("cue")}:
            flowing = [n for n, one in enumerate(self.items) if one.technique not in ("push", "injection")]
            place = flowing[-1] if flowing else place
        if stretch.of("mix") and not last.timed:
            self.items.append(self._mixed(with_facts(self.items.pop(), stretch.tokens, self._corrects())))
            return
        other = bool(techniques) and last.technique in _GENERIC and techniques[0] != last.technique
        around = runs_around(self.items, stretch)
        if around is not None:
            self.items.append(with_facts(Item(around.drugs, technique=around.technique), stretch.tokens, False))
        elif timed and techniques and ((again and techniques[0] == "push") or (other and place == len(self.items) - 1)):
            self._add(_drug_token(last), list(stretch.tokens), stretch.join)
        elif len(self.items) <= self._old:
            self._revise(meant(self.items, stretch), stretch.tokens)
        else:
            kept = (
                stretch.tokens
                if timed or not last.timed
                else tuple(one for one in stretch.tokens if one.kind != "technique")
            )
            self.items[place] = with_facts(self.items[place], kept, self._corrects())

    def _revise(self, place: int, tokens: tuple[Token, ...]) -> None:
        self.items[place], changed = revised(self.items[place], tokens)
        self.changed = self.changed or changed

    def _corrects(self) -> bool:
        was, self._correcting = self._correcting, False
        return was

    def _add(self, drug: Token, group: list[Token], join: str) -> None:
        mention = drug.what
        assert isinstance(mention, Mention)  # noqa: S101 - a drug token holds a mention
        noun = noun_of(drug)
        if noun.same:
            named = next((item.drugs for item in reversed(self.items) if item.drugs), None)
            mentions = named or (mention._replace(name="the drug", key="drug"),)
        else:
            mentions = (mention,)
        item = with_facts(Item(mentions), tuple(group), self._corrects())
        item = item._replace(led=any(one.kind == "technique" and one.last <= drug.first for one in group))
        if (
            mention.noun
            and not (mention.fluid or noun.same)
            and (item.relation in (THEN, AFTER, LATER) or "other" in item.marks)
        ):
            item = item._replace(drugs=(self._another(mention),))
        if join == "with" and not item.relation and not item.spans:
            item = item._replace(relation=DURING if item.technique != "infusion" else SAME)
        if self._label and not item.relation and not item.spans and not item.clocks:
            item = item._replace(relation=BEFORE)
        if "mix" in {one.kind for one in group} or (join == "with" and self._carries(item)):
            item = self._mixed(item)
        if any(one.kind == "both" for one in group) and self.items and not self.items[-1].timed:
            self.items[-1] = self.items[-1]._replace(spans=item.spans, clocks=item.clocks, technique=item.technique)
        if self._continues(item, noun.weak or mention.noun in _ANY_DRUG, tuple(group)):
            return
        same = next((n for n, one in enumerate(self.items[: self._old]) if _alike(one.drugs[0], item.drugs[0])), None)
        repeats = {"again", "other"} & set(item.marks)
        if same is not None and not repeats and (item.technique in ("", self.items[same].technique) or item.fluid):
            self._revise(same, tuple(group))
            return
        self.changed = self.changed or (self._old > 0 and item.said)
        self.items.append(item)

    def _another(self, mention: Mention) -> Mention:
        """The same noun for another drug: "antibiotic 1 hr, next antibiotic 20 min"."""
        used = sum(one.drugs[0].noun == mention.noun for one in self.items)
        if not used:
            return mention
        name = _SECOND_CHEMO if mention.noun == "chemo" else f"{mention.name} {used + 1}"
        return mention._replace(name=name, key=f"{mention.key} {used + 1}")

    def _carries(self, item: Item) -> bool:
        """Whether an electrolyte is in the fluid named right before it: "NS with 20 kcl"."""
        last = self.items[-1] if self.items else None
        electrolyte = identify(item.drugs[0].name).drug.kind == "electrolyte"
        return last is not None and electrolyte and last.fluid and not last.timed

    def _continues(self, item: Item, unnamed: bool, group: tuple[Token, ...]) -> bool:
        """Whether this is more of an item of this question: its stop said later, or "the drug" where one was only named."""
        fresh = range(self._old, len(self.items))
        bare = [place for place in fresh if not self.items[place].said and not self.items[place].drugs[0].noun]
        if unnamed and len(bare) == 1 and item.timed:
            self.items[bare[0]] = with_facts(self.items[bare[0]], group, False)
            return True
        started = [
            place
            for place in fresh
            if _only_started(self.items[place]) and _alike(self.items[place].drugs[0], item.drugs[0])
        ]
        if started and item.clocks and not (item.technique or item.spans or item.lengths):
            stops = tuple(role._replace(part=role.part or "stop") for role in item.clocks)
            place = started[-1]
            self.items[place] = self.items[place]._replace(clocks=(*self.items[place].clocks, *stops))
            return True
        return False

    def _mixed(self, item: Item) -> Item:
        drugs = list(item.drugs)
        while self.items and not self.items[-1].timed and not self.items[-1].technique:
            drugs = [*self.items.pop().drugs, *drugs]
        return item._replace(drugs=tuple(drugs), marks=(*item.marks, "mixed"))


def _only_started(item: Item) -> bool:
    """Whether of a flow only the start was said."""
    return (
        bool(item.clocks) and all(role.part == "start" for role in item.clocks) and not item.spans and not item.lengths
    )


def _told_apart(item: Item) -> bool:
    """Whether an item names its drug, or gives it a letter."""
    noun = item.drugs[0].noun
    return not noun or noun.startswith("letter")


def _alike(one: Mention, other: Mention) -> bool:
    """Whether two mentions mean one drug; a noun for fluid means whichever fluid was named."""
    return one.key == other.key or (one.fluid and other.fluid and bool(one.noun or other.noun))


def _drug_token(item: Item) -> Token:
    mention = item.drugs[0]
    return Token(DRUG, mention.key, mention.first, mention.last, mention)


def _deal(tokens: tuple[Token, ...], drugs: list[Token]) -> list[tuple[Token, list[Token]]]:
    """The tokens of a stretch dealt to its drugs: to the drug before them; those that lead, and a technique or a count that
    stands right before a drug whose neighbour has one already, to the drug after them."""
    groups: list[tuple[Token, list[Token]]] = [(drug, []) for drug in drugs]
    leading = ("technique", TIME, "route")
    first_leads = any(one.last <= drugs[0].first and one.kind in leading for one in tokens)
    for place, one in enumerate(tokens):
        if one.kind == DRUG:
            continue
        home = max((index for index, drug in enumerate(drugs) if drug.last <= one.first), default=-1)
        if home < 0:
            groups[0][1].append(one)
            continue
        follows = next((other for other in tokens[place + 1 :] if other.kind not in ("route", COUNT, DOSE)), NOTHING)
        leads = first_leads and one.kind in ("technique", COUNT) and follows.kind == DRUG
        groups[drugs.index(follows) if leads else home][1].append(one)
    return groups
