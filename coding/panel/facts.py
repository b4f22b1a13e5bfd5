"""What the tokens of a stretch say of one item: technique, route, times with their parts, pauses, counts, marks."""

from __future__ import annotations

from coding.model import Quantity
from coding.panel.lexicon import Noun, nouns
from coding.panel.mentions import Mention
from coding.panel.said import COUNT, DOSE, EVERY, RATE, TIME, Item, Role, Token
from coding.panel.times import Clock, Length, Span

NEAR = 30  # letters between a cue such as "stopped" and its time
NOTHING = Token("", "", 0, 0)
_PASSED_OVER = ("site", "mark", "route", "indication")


def noun_of(drug: Token) -> Noun:
    """The noun that a drug token is, or an empty one where it names a drug."""
    mention = drug.what
    return nouns().get(mention.noun, Noun("", ())) if isinstance(mention, Mention) else Noun("", ())


def with_facts(item: Item, tokens: tuple[Token, ...], corrects: bool) -> Item:
    """The item with what a stretch says of it. corrects: its first time takes the place of those said before."""
    pausing = False
    for place, one in enumerate(tokens):
        if one.kind == TIME:
            if corrects:
                item, corrects = item._replace(spans=(), clocks=(), lengths=()), False
            item = _time(
                item,
                one,
                _cue_before(tokens, place),
                tokens[place + 1] if place + 1 < len(tokens) else NOTHING,
                pausing,
            )
        elif one.kind == "cue" and one.value in ("pause", "resume"):
            pausing = one.value == "pause"
        else:
            item = _with_fact(item, one)
    return item


def _with_fact(item: Item, one: Token) -> Item:
    if one.kind == "technique":
        return item._replace(technique=_stronger(item.technique, one.value))
    if one.kind == "route" and (one.value != "iv" or not item.route):
        return item._replace(route=one.value)
    if one.kind == "relation":
        return item if one.value == "later" and item.relation else item._replace(relation=one.value)
    if one.kind == "mark":
        return item._replace(marks=(*item.marks, one.value))
    if one.kind == "site" and one.value != "same":
        return item._replace(site=one.value)
    if one.kind == DOSE:
        volume = isinstance(one.what, Quantity) and one.what.unit in ("mL", "L")
        return item._replace(volume=one.what) if volume else item._replace(dose=one.what)  # type: ignore[arg-type]
    if one.kind == RATE:
        return item._replace(rate=float(one.value))
    if one.kind == COUNT:
        return item._replace(number=int(one.what))  # type: ignore[arg-type]
    if one.kind == EVERY:
        return item._replace(apart=int(one.what))  # type: ignore[arg-type]
    return item


def _stronger(old: str, new: str) -> str:
    """A push or a shot is said on purpose; "ran" or "bag" beside it is only a word."""
    return new if old in ("", "infusion") or new == "pump" else old


def _cue_before(tokens: tuple[Token, ...], place: int) -> str:
    """The cue that a time stands behind, past words for sites and the like."""
    at = tokens[place].first
    for one in reversed(tokens[:place]):
        if one.kind == "cue":
            return one.value if at - one.last <= NEAR else ""
        if one.kind not in _PASSED_OVER:
            return ""
    return ""


def _time(item: Item, one: Token, cue: str, after: Token, pausing: bool) -> Item:
    what = one.what
    if isinstance(what, Span):
        return item._replace(pauses=(*item.pauses, what)) if pausing else item._replace(spans=(*item.spans, what))
    if isinstance(what, Clock):
        if cue == "not":
            return item
        part = cue if cue in ("start", "stop", "pause", "resume") else "pause" if pausing and cue == "" else ""
        return item._replace(clocks=(*item.clocks, Role(part, what)))
    if not isinstance(what, Length) or cue == "claim":
        return item
    if pausing or (after.kind == "cue" and after.value == "pause"):
        return item._replace(paused=item.paused + what.minutes)
    if after.kind == "cue" and after.value == "gap":
        return item._replace(apart=what.minutes)
    if after.kind == "relation" and _is_gap(item, after.value):
        return item._replace(gap=what.minutes)
    said = (
        any(had.minutes == what.minutes and not had.more for had in item.lengths)
        and not what.more
        and not item.relation
    )
    return item if said else item._replace(lengths=(*item.lengths, what))


def _is_gap(item: Item, relation: str) -> bool:
    beside = item.technique in ("push", "injection") or bool(item.lengths)
    return relation == "later" or (relation in ("before", "after") and beside)
