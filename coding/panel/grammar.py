"""Tokens into items: which time, technique and route belong to which drug, and in which order the items were given.

A question is cut into stretches at commas, "and", "with" and full stops. In a stretch with one drug everything belongs to it;
with several, what follows a drug belongs to it and what leads the stretch to the first. A stretch without a drug goes on about the last.
"""

from __future__ import annotations

from typing import NamedTuple

from coding.panel.lexicon import nouns
from coding.panel.mentions import Mention
from coding.panel.said import COUNT, DOSE, DRUG, SEPARATOR, TIME, Item, Role, Token
from coding.panel.times import Clock, Length, Span

BEFORE, AFTER, THEN, LATER, SAME, DURING = "before", "after", "then", "later", "same", "during"
NEAR = 14  # letters between a cue such as "stopped" and its time
_GENERIC = {"infusion": "infusion", "push": "push", "injection": "injection"}


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
    for stretch in _stretches(found):
        reader.take(stretch)
    return Case(
        reader.finished(),
        (*settings, *(one.value for one in found if one.kind == "setting")),
        tuple(one.value for one in found if one.kind == "indication"),
        tuple(one.value for one in found if one.kind == "mark"),
        tuple(one.value for one in found if one.kind == "site"),
        tuple(reader.bare),
        reader.changed,
    )


class _Stretch(NamedTuple):
    """Tokens between two separators. join: what stands before it (with, and, or punctuation)."""

    join: str
    tokens: tuple[Token, ...]

    def of(self, kind: str) -> list[Token]:
        return [one for one in self.tokens if one.kind == kind]


def _stretches(found: tuple[Token, ...]) -> list[_Stretch]:
    result: list[_Stretch] = []
    join, rest = "", []
    for one in found:
        if one.kind in (SEPARATOR, "join"):
            if rest:
                result.append(_Stretch(join, tuple(rest)))
                join, rest = "", []
            join = one.value if join in ("", "and", ",") or one.kind == "join" else join
        else:
            rest.append(one)
    if rest:
        result.append(_Stretch(join, tuple(rest)))
    return [part for stretch in result for part in _at_relations(stretch)]


def _at_relations(stretch: _Stretch) -> list[_Stretch]:
    """A stretch with drugs on both sides of a relation is two: "benadryl push before remicade"."""
    drugs = stretch.of(DRUG)
    for place, one in enumerate(stretch.tokens):
        if one.kind != "relation":
            continue
        left = [drug for drug in drugs if drug.last <= one.first]
        right = [drug for drug in drugs if drug.first >= one.last]
        cut = place if one.value in (THEN, LATER) else place + 1
        follows = one.value == THEN and left and place + 1 < len(stretch.tokens)
        if (left and right) or follows:
            rest = _at_relations(_Stretch("", stretch.tokens[cut:])) if cut > 0 else []
            if cut > 0:
                return [_Stretch(stretch.join, stretch.tokens[:cut]), *rest]
    return [stretch]


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
        named = _shared(self.items)
        said = [one.drugs[0] for one in named if one.said]
        self.bare = [one.drugs[0].name for one in named if not one.said and not any(_alike(one.drugs[0], other) for other in said)]
        return tuple(_settled(one) for one in named if one.said)

    def take(self, stretch: _Stretch) -> None:
        observing = next((one for one in stretch.tokens if one.kind == "cue" and one.value == "observe"), None)
        if observing is not None:
            stretch = stretch._replace(tokens=tuple(one for one in stretch.tokens if one.last <= observing.first))
        if any(one.kind == "cue" and one.value == "sorry" for one in stretch.tokens):
            self._correcting = True
        drugs = self._drugs(stretch)
        if not drugs:
            self._without_drug(stretch)
            return
        groups = _deal(stretch.tokens, drugs)
        for place, (drug, group) in enumerate(groups):
            if self._lead and not self.items:
                group = [*self._lead, *group]
                self._lead = []
            self._add(drug, group, stretch.join if place == 0 else "")

    def _drugs(self, stretch: _Stretch) -> list[Token]:
        """The drugs of a stretch; a label such as "premeds" beside a named drug is none."""
        drugs = stretch.of(DRUG)
        labels = [one for one in drugs if _noun(one).label]
        if labels and (len(drugs) > len(labels) or not any(one.kind in ("technique", TIME, "route") for one in stretch.tokens)):
            self._label = True
            return [one for one in drugs if one not in labels]
        return drugs

    def _without_drug(self, stretch: _Stretch) -> None:
        techniques = [one.value for one in stretch.of("technique") if one.value in _GENERIC]
        counts = stretch.of(COUNT)
        again = any(one.kind == "mark" and one.value == "again" for one in stretch.tokens)
        lengths = [one for one in stretch.of(TIME) if isinstance(one.what, Length)]
        spans = [one for one in stretch.of(TIME) if isinstance(one.what, Span)]
        generic = techniques and (counts or (not self.items and (lengths or spans)))
        if generic and not (again and self.items):
            name = "the drug" if techniques[0] != "push" else "the pushed drug"
            key = {"push": "push", "injection": "injection"}.get(techniques[0], "infusion")
            at = stretch.tokens[0].first
            self._add(Token(DRUG, key, at, at, Mention(name, key, at, at, noun=key)), list(stretch.tokens), stretch.join)
        elif self.items:
            last = self.items[-1]
            if techniques and again and techniques[0] == "push" and stretch.of(TIME):
                self._add(_drug_token(last), list(stretch.tokens), stretch.join)
            elif len(self.items) <= self._old:
                self._revise(self._meant(stretch), stretch.tokens)
            else:
                self.items[-1] = _with(last, stretch.tokens, self._corrects())
        elif stretch.of(TIME) or stretch.of("technique"):
            self._lead += stretch.tokens

    def _meant(self, stretch: _Stretch) -> int:
        """The item of an earlier turn that a stretch without a drug is about: the last push for one clock time, else the last flow."""
        single = any(isinstance(one.what, Clock) for one in stretch.of(TIME)) and not stretch.of("cue")
        wanted = ("push", "injection") if single else ("infusion", "")
        places = [place for place, item in enumerate(self.items) if item.technique in wanted]
        return places[-1] if places else len(self.items) - 1

    def _revise(self, place: int, tokens: tuple[Token, ...]) -> None:
        """Change an item of an earlier turn: a new time takes the place of the old one of its kind."""
        old = self.items[place]
        new = _with(Item(old.drugs, technique=old.technique), tokens, False)
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
        if _noun(drug).same:
            named = next((item.drugs for item in reversed(self.items) if item.drugs), None)
            mentions = named or (mention._replace(name="the drug", key="drug"),)
        else:
            mentions = (mention,)
        item = _with(Item(mentions), tuple(group), self._corrects())
        if mention.noun and not (mention.fluid or _noun(drug).same) and item.relation in (THEN, AFTER, LATER) and "again" not in item.marks:
            item = item._replace(drugs=(self._another(mention),))
        if join == "with" and not item.relation and not item.spans:
            item = item._replace(relation=DURING if item.technique != "infusion" else SAME)
        if self._label and not item.relation and not item.spans and not item.clocks:
            item = item._replace(relation=BEFORE)
        if "mix" in {one.kind for one in group}:
            item = self._mixed(item)
        same = next((n for n, one in enumerate(self.items[: self._old]) if _alike(one.drugs[0], item.drugs[0])), None)
        if same is not None and "again" not in item.marks and (item.technique in ("", self.items[same].technique) or item.fluid):
            self._revise(same, tuple(group))
            return
        self.changed = self.changed or (self._old > 0 and item.said)
        self.items.append(item)

    def _another(self, mention: Mention) -> Mention:
        """The same noun for another drug: "antibiotic 1 hr, next antibiotic 20 min"."""
        used = sum(one.drugs[0].noun == mention.noun for one in self.items)
        return mention._replace(name=f"{mention.name} {used + 1}", key=f"{mention.key} {used + 1}") if used else mention

    def _mixed(self, item: Item) -> Item:
        drugs = list(item.drugs)
        while self.items and not self.items[-1].timed and not self.items[-1].technique:
            drugs = [*self.items.pop().drugs, *drugs]
        return item._replace(drugs=tuple(drugs), marks=(*item.marks, "mixed"))


def _noun(drug: Token):  # type: ignore[no-untyped-def]
    mention = drug.what
    from coding.panel.lexicon import Noun

    return nouns().get(mention.noun, Noun("", ())) if isinstance(mention, Mention) else Noun("", ())


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
    first_leads = any(one.last <= drugs[0].first and one.kind in ("technique", TIME, "route") for one in tokens)
    for place, one in enumerate(tokens):
        if one.kind == DRUG:
            continue
        home = max((index for index, drug in enumerate(drugs) if drug.last <= one.first), default=-1)
        if home < 0:
            groups[0][1].append(one)
            continue
        follows = next((other for other in tokens[place + 1 :] if other.kind not in ("route", COUNT, DOSE)), None)
        leads = first_leads and one.kind in ("technique", COUNT) and follows is not None and follows.kind == DRUG
        if leads and follows in drugs:
            groups[drugs.index(follows)][1].append(one)
        else:
            groups[home][1].append(one)
    return groups


def _with(item: Item, tokens: tuple[Token, ...], corrects: bool) -> Item:
    """The item with what a stretch says of it."""
    pausing = False
    for place, one in enumerate(tokens):
        before = tokens[place - 1] if place else None
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if one.kind == "cue" and one.value == "pause":
            pausing = True
        elif one.kind == "technique" and one.value != "pump":
            item = item._replace(technique=_stronger(item.technique, one.value))
        elif one.kind == "technique":
            item = item._replace(technique="pump")
        elif one.kind == "route" and (one.value != "iv" or not item.route):
            item = item._replace(route=one.value)
        elif one.kind == "relation":
            item = item._replace(relation=item.relation if one.value == LATER and item.relation else one.value)
        elif one.kind == "mark":
            item = item._replace(marks=(*item.marks, one.value))
        elif one.kind == "site" and one.value not in ("same",):
            item = item._replace(site=one.value)
        elif one.kind == DOSE:
            item = item._replace(dose=one.what)  # type: ignore[arg-type]
        elif one.kind == COUNT:
            item = item._replace(count=int(one.what))  # type: ignore[arg-type, call-overload]
        elif one.kind == TIME:
            if corrects:
                item, corrects = item._replace(spans=(), clocks=(), lengths=()), False
            item = _time(item, one, before, after, pausing)
    return item


def _stronger(old: str, new: str) -> str:
    """A push or a shot is said on purpose; "ran" or "bag" beside it is only a word."""
    return new if old in ("", "infusion") else old


def _time(item: Item, one: Token, before: Token | None, after: Token | None, pausing: bool) -> Item:
    what = one.what
    near = before is not None and one.first - before.last <= NEAR
    cue = before.value if before is not None and near and before.kind == "cue" else ""
    if isinstance(what, Span):
        return item._replace(pauses=(*item.pauses, what)) if pausing else item._replace(spans=(*item.spans, what))
    if isinstance(what, Clock):
        if cue == "not":
            return item
        part = cue if cue in ("start", "stop", "pause", "resume") else "pause" if pausing and cue == "" else ""
        return item._replace(clocks=(*item.clocks, Role(part, what)))
    if not isinstance(what, Length):
        return item
    if pausing:
        return item._replace(paused=item.paused + what.minutes)
    if after is not None and after.kind == "cue" and after.value == "gap":
        return item._replace(apart=what.minutes)
    if after is not None and after.kind == "relation" and _is_gap(item, after.value):
        return item._replace(gap=what.minutes)
    said = any(one.minutes == what.minutes and not one.more for one in item.lengths) and not what.more and not item.relation
    return item if said else item._replace(lengths=(*item.lengths, what))


def _is_gap(item: Item, relation: str) -> bool:
    return relation == LATER or (relation in (BEFORE, AFTER) and (item.technique in ("push", "injection") or bool(item.lengths)))


def _shared(items: list[Item]) -> list[Item]:
    """Names in a row that share what is said of the last ("zofran and toradol ivp"), and names in brackets behind a number
    of pushes ("two iv pushes (zofran, toradol)")."""
    result: list[Item] = []
    for item in reversed(items):
        following = result[-1] if result else None
        if following is not None and not item.said and following.technique in ("push", "injection") and not item.fluid:
            item = item._replace(technique=following.technique, route=following.route, relation=item.relation or following.relation)
        result.append(item)
    items = result[::-1]
    result = []
    for item in items:
        many = result[-1] if result else None
        counted = next((one for one in reversed(result) if one.count > 1 and one.drugs[0].noun), None)
        if counted is not None and not item.said and not item.drugs[0].noun and not item.fluid:
            result.append(item._replace(technique=counted.technique, route=counted.route, relation=counted.relation, lengths=()))
            continue
        result.append(item)
        del many
    named = [one for one in result if not one.drugs[0].noun and not one.fluid]
    return [
        one
        for one in result
        if not (one.count > 1 and one.drugs[0].noun and sum(other.technique == one.technique for other in named) >= one.count)
    ]


def _settled(item: Item) -> Item:
    """Clock times with parts made into spans where two of them bound a flow."""
    clocks = _corrected(item.clocks)
    starts = [one.clock for one in clocks if one.part == "start"]
    stops = [one.clock for one in clocks if one.part == "stop"]
    pauses = [one.clock for one in clocks if one.part == "pause"]
    resumes = [one.clock for one in clocks if one.part == "resume"]
    plain = [one.clock for one in clocks if one.part == ""]
    if pauses and resumes:
        item = item._replace(pauses=(*item.pauses, _span(pauses[0], resumes[0])))
    if item.technique in ("push", "injection"):
        rest = [*starts, *plain, *([] if starts and stops else stops)]
        if starts and stops:
            item = item._replace(spans=(*item.spans, _span(starts[0], stops[-1])))
            rest = plain
        return item._replace(clocks=tuple(Role("", one) for one in rest))
    if not starts and plain and stops:
        starts, plain = plain[:1], plain[1:]
    if starts and not stops and len(plain) == 1:
        stops, plain = plain, []
    if starts and stops and not item.spans:
        item = item._replace(spans=(_span(starts[0], stops[-1]),))
        starts = stops = []
    elif not starts and len(plain) == 2 and not item.spans and not item.lengths and item.technique == "infusion":
        item = item._replace(spans=(_span(plain[0], plain[1]),))
        plain = []
    elif starts and not stops and item.lengths:
        plain = [*starts, *plain]
        starts = []
    kept = [Role("start", one) for one in starts] + [Role("stop", one) for one in stops] + [Role("", one) for one in plain]
    return item._replace(clocks=tuple(kept))


def _corrected(clocks: tuple[Role, ...]) -> list[Role]:
    """Without a rough time that the next one makes exact: "quarter past nine (9:14)"."""
    result: list[Role] = []
    for one in clocks:
        last = result[-1] if result else None
        if last is not None and one.part == "" and abs(one.clock.minute - last.clock.minute) <= 5 and one.clock.first - last.clock.last <= 3:
            result[-1] = Role(last.part, one.clock)
        else:
            result.append(one)
    return result


def _span(start: Clock, stop: Clock) -> Span:
    end = stop.minute if stop.minute >= start.minute else stop.minute + (720 if stop.minute + 720 >= start.minute and not stop.sure else 1440)
    return Span(start.minute, end, start.first, stop.last, start.sure and stop.sure)
