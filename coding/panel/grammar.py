"""Tokens into items: which time, technique and route belong to which drug, and in which order the items were given.

In a stretch with one drug everything belongs to it; with several, what follows a drug belongs to it and what leads the
stretch to the first. A stretch without a drug goes on about the last.
"""

from __future__ import annotations

from typing import NamedTuple

from coding.panel.facts import NOTHING, noun_of, with_facts
from coding.panel.mentions import Mention
from coding.panel.said import COUNT, DOSE, DRUG, TIME, Item, Token
from coding.panel.settle import settled
from coding.panel.share import shared
from coding.panel.stretches import LATER, THEN, Stretch, stretches
from coding.panel.times import Clock, Length, Span

BEFORE, AFTER, SAME, DURING = "before", "after", "same", "during"
_GENERIC = {"infusion": "the drug", "push": "the pushed drug", "injection": "the injected drug"}
_SECOND_CHEMO = "second unnamed antineoplastic"


class Case(NamedTuple):
    """What a question says of a visit. settings, indications, marks, sites: keys of the lexicon in the order said.

    bare: drugs named of which nothing is said. changed: it adds to what earlier turns said, or changes it.
    """

    items: tuple[Item, ...]
    settings: tuple[str, ...] = ()
    indications: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    changed: bool = False


def read_case(found: tuple[Token, ...], old: tuple[Item, ...] = (), settings: tuple[str, ...] = ()) -> Case:
    """The items of a question in the order in which it names them. old, settings: what earlier turns of the talk said."""
    reader = _Reader(old)
    for stretch in stretches(found):
        reader.take(stretch)
    said = {
        kind: tuple(one.value for one in found if one.kind == kind)
        for kind in ("setting", "indication", "mark", "site")
    }
    items = reader.finished()
    return Case(
        items,
        (*settings, *_affirmed(found)),
        said["indication"],
        said["mark"],
        said["site"],
        tuple(reader.bare),
        reader.changed,
    )


def _affirmed(found: tuple[Token, ...]) -> tuple[str, ...]:
    """The settings that are named, without those that are denied: "hospital, not office"."""
    denied = {
        place + 1
        for place, one in enumerate(found)
        if one.kind == "negation" and place + 1 < len(found) and found[place + 1].first - one.last <= 4
    }
    return tuple(one.value for place, one in enumerate(found) if one.kind == "setting" and place not in denied)


class _Reader:
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
        around = self._around(stretch)
        if around is not None:
            self.items.append(with_facts(Item(around.drugs, technique=around.technique), stretch.tokens, False))
        elif timed and techniques and ((again and techniques[0] == "push") or (other and place == len(self.items) - 1)):
            self._add(_drug_token(last), list(stretch.tokens), stretch.join)
        elif len(self.items) <= self._old:
            self._revise(self._meant(stretch), stretch.tokens)
        else:
            kept = (
                stretch.tokens
                if timed or not last.timed
                else tuple(one for one in stretch.tokens if one.kind != "technique")
            )
            self.items[place] = with_facts(self.items[place], kept, self._corrects())

    def _around(self, stretch: Stretch) -> Item | None:
        """The fluid that runs again on the other side of a drug: "fluids 45 min before chemo and 40 min after"."""
        order = [one.value for one in stretch.of("relation")]
        lengths = any(isinstance(one.what, Length) for one in stretch.of(TIME))
        if not lengths or order not in ([BEFORE], [AFTER]):
            return None
        opposite = AFTER if order == [BEFORE] else BEFORE
        return next((one for one in self.items if one.relation == opposite and one.lengths and one.fluid), None)

    def _meant(self, stretch: Stretch) -> int:
        """The item of an earlier turn that a stretch is about: the last push for one clock time, else the last flow."""
        single = any(isinstance(one.what, Clock) for one in stretch.of(TIME)) and not stretch.of("cue")
        wanted = ("push", "injection") if single else ("infusion", "")
        places = [place for place, item in enumerate(self.items) if item.technique in wanted]
        return places[-1] if places else len(self.items) - 1

    def _revise(self, place: int, tokens: tuple[Token, ...]) -> None:
        """Change an item of an earlier turn: a new time takes the place of the old one of its kind."""
        old = self.items[place]
        new = with_facts(Item(old.drugs, technique=old.technique), tokens, False)
        more = tuple(one for one in new.lengths if one.more or one.less)
        stops = [role.clock for role in new.clocks if role.part == "stop"]
        starts = [role.clock for role in new.clocks if role.part == "start"]
        self.changed = self.changed or new.timed or bool(new.pauses or new.paused)
        if old.spans and (stops or starts):
            first, last = old.spans[0], old.spans[-1]
            begin = starts[-1].minute if starts else first.start
            end = stops[-1].minute if stops else last.stop
            old = old._replace(spans=(Span(begin, end if end >= begin else end + 1440, first.first, last.last),))
        elif new.spans:
            old = old._replace(spans=new.spans, clocks=(), lengths=())
        elif new.clocks:
            old = old._replace(clocks=new.clocks)
        elif new.lengths and not more:
            old = old._replace(spans=(), clocks=(), lengths=new.lengths)
        self.items[place] = old._replace(
            lengths=(*old.lengths, *more),
            pauses=(*old.pauses, *new.pauses),
            paused=old.paused + new.paused,
            route=new.route or old.route,
            site=new.site or old.site,
            marks=(*old.marks, *new.marks),
        )

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
        if "mix" in {one.kind for one in group}:
            item = self._mixed(item)
        if any(one.kind == "both" for one in group) and self.items and not self.items[-1].timed:
            self.items[-1] = self.items[-1]._replace(spans=item.spans)
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

    def _mixed(self, item: Item) -> Item:
        drugs = list(item.drugs)
        while self.items and not self.items[-1].timed and not self.items[-1].technique:
            drugs = [*self.items.pop().drugs, *drugs]
        return item._replace(drugs=tuple(drugs), marks=(*item.marks, "mixed"))


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
