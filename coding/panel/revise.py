"""What a later stretch or a later turn changes of an item that was said before."""

from __future__ import annotations

from collections.abc import Sequence

from coding.panel.facts import with_facts
from coding.panel.said import TIME, Item, Token
from coding.panel.stretches import Stretch
from coding.panel.times import Clock, Length, Span

BEFORE, AFTER = "before", "after"
DAY = 1440  # minutes


def runs_around(items: Sequence[Item], stretch: Stretch) -> Item | None:
    """The fluid that runs again on the other side of a drug: "fluids 45 min before chemo and 40 min after"."""
    order = [one.value for one in stretch.of("relation")]
    lengths = any(isinstance(one.what, Length) for one in stretch.of(TIME))
    if not lengths or order not in ([BEFORE], [AFTER]):
        return None
    opposite = AFTER if order == [BEFORE] else BEFORE
    return next((one for one in items if one.relation == opposite and one.lengths and one.fluid), None)


def meant(items: Sequence[Item], stretch: Stretch) -> int:
    """The item of an earlier turn that a stretch is about: the last push for one clock time, else the last flow."""
    single = any(isinstance(one.what, Clock) for one in stretch.of(TIME)) and not stretch.of("cue")
    wanted = ("push", "injection") if single else ("infusion", "")
    places = [place for place, item in enumerate(items) if item.technique in wanted]
    return places[-1] if places else len(items) - 1


def revised(old: Item, tokens: tuple[Token, ...]) -> tuple[Item, bool]:
    """The item with a new time in the place of the old one of its kind, and whether anything of it changed."""
    new = with_facts(Item(old.drugs, technique=old.technique), tokens, False)
    changed = new.timed or bool(new.pauses or new.paused)
    more = tuple(one for one in new.lengths if one.more or one.less)
    if "keep-open" in new.marks and new.lengths and old.spans:
        return _later(old, sum(one.minutes for one in new.lengths)), True
    stops = [role.clock for role in new.clocks if role.part == "stop"]
    starts = [role.clock for role in new.clocks if role.part == "start"]
    if old.spans and (stops or starts):
        first, last = old.spans[0], old.spans[-1]
        begin = starts[-1].minute if starts else first.start
        end = stops[-1].minute if stops else last.stop
        old = old._replace(spans=(Span(begin, end if end >= begin else end + DAY, first.first, last.last),))
    elif new.spans:
        old = old._replace(spans=new.spans, clocks=(), lengths=())
    elif new.clocks:
        old = old._replace(clocks=new.clocks)
    elif new.lengths and not more:
        old = old._replace(spans=(), clocks=(), lengths=new.lengths)
    item = old._replace(
        lengths=(*old.lengths, *more),
        pauses=(*old.pauses, *new.pauses),
        paused=old.paused + new.paused,
        route=new.route or old.route,
        site=new.site or old.site,
        marks=(*old.marks, *new.marks),
    )
    return item, changed


def _later(item: Item, minutes: int) -> Item:
    """The item without its first minutes, in which it only kept the line open."""
    first = item.spans[0]
    return item._replace(spans=(first._replace(start=min(first.start + minutes, first.stop)), *item.spans[1:]))
