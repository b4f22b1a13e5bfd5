"""The picture of a visit as values: lanes, bars, counted pieces and deciding minutes. One source for the drawing and its table.

Nothing is coded here: counts come from the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from coding import timeline
from coding.codes import CODES
from coding.model import HYDRATION, Coded, Encounter
from coding.policy import Policy
from coding.runs import is_pause
from coding.sites import site_key
from coding.timeline import MINUTE, Spans
from smart_app.timeline_marks import Mark, Piece, alone, fluid, marks, needs
from smart_app.view_rows import RowView, rows_of

DRUG, BESIDE, FLUID, PUSH, UNUSED, NO_STOP = "drug", "beside", "fluid", "push", "unused", "no stop"
INFUSED = ("initial infusion", "next infusion", "initial", "hour")


class Bar(NamedTuple):
    """What is drawn in one row. kind: one of the six above. counted: minutes that the lines count, None where none do.

    lines: indexes of the lines it supports. beside: where it overlaps the bar that outranks it, and that bar's first id.
    times: of a bar without length, each with whether a line reports it. how: the technique. as_push: so short that it counts as a push.
    """

    ids: tuple[str, ...]
    name: str
    text: str
    kind: str
    where: str
    start: int
    stop: int | None
    spans: Spans
    minutes: int
    counted: int | None
    grade: str
    lines: tuple[int, ...] = ()
    pieces: tuple[Piece, ...] = ()
    marks: tuple[Mark, ...] = ()
    beside: tuple[int, int, str] | None = None
    running: bool = False
    times: tuple[tuple[int, bool], ...] = ()
    how: str = ""
    as_push: bool = False

    @property
    def pushes(self) -> tuple[tuple[int, bool], ...]:
        """What is drawn as a sign without length: each time, and whether a line reports it."""
        if self.kind != PUSH and (self.spans or self.kind == NO_STOP):
            return ()
        return self.times or ((self.start, bool(self.lines)),)


class Lane(NamedTuple):
    """An access site, or another way in, with its bars in order of time."""

    name: str
    bars: tuple[Bar, ...]


class Timeline(NamedTuple):
    """start, stop: the seconds between which it is drawn. now: the present, where the visit is open."""

    start: int
    stop: int
    offset: int
    lanes: tuple[Lane, ...]
    now: int | None = None

    @property
    def signs(self) -> frozenset[str]:
        """The kinds of shape that are drawn, for a key without signs that do not occur."""
        bars = [bar for lane in self.lanes for bar in lane.bars]
        found = {bar.kind for bar in bars if bar.spans or bar.kind == NO_STOP}
        found |= {"carved" for bar in bars for piece in bar.pieces if not piece.counted}
        found |= {"reached" if mark.reached else "ahead" for bar in bars for mark in bar.marks if mark.at < self.stop}
        return frozenset(found | {"given" if told else "not given" for bar in bars for _, told in bar.pushes})


def timeline_of(
    coded: Coded, encounter: Encounter, policy: Policy, now: int | None = None, rows: dict[str, RowView] | None = None
) -> Timeline | None:
    """The picture of one visit, or None where nothing given has a time."""
    rows = rows_of(encounter) if rows is None else rows
    shown = {id: row for id, row in rows.items() if row.given and (row.start or row.stop) is not None}
    if not shown:
        return None
    groups = _groups(coded, shown)
    paused = {row.id for row in encounter.administrations if is_pause(row)}
    flows = {ids: _flow([shown[id] for id in ids], paused) for ids in groups}
    bars = [_bar(ids, flows, shown, coded, policy) for ids in groups]
    bars = [bar._replace(beside=_partner(bar, bars)) if bar.kind == BESIDE else bar for bar in bars]
    begin = min(bar.start for bar in bars)
    end = max(
        max(
            bar.stop or bar.start,
            bar.marks[-1].at if bar.kind == NO_STOP and bar.marks else 0,
            *(at for at, _ in bar.times),
        )
        for bar in bars
    )
    present = now if now is not None and encounter.open and begin < now < begin + 4 * timeline.DAY else None
    offset = next(iter(shown.values())).offset
    start, stop = _frame(begin, max(end, present or 0), encounter)
    return Timeline(start, stop, offset, _lanes(bars), present)


def _frame(begin: int, end: int, encounter: Encounter) -> tuple[int, int]:
    """A little more than the bars; out to the ends of the visit where those are near."""
    near = max((end - begin) // 4, 30 * MINUTE)
    margin = max((end - begin) // 40, 5 * MINUTE)
    low, high = begin - margin, end + margin
    if encounter.start is not None and 0 <= begin - encounter.start <= near:
        low = encounter.start
    if encounter.stop is not None and 0 <= encounter.stop - end <= near:
        high = encounter.stop
    return low, max(high, low + 30 * MINUTE)


def _groups(coded: Coded, rows: dict[str, RowView]) -> list[tuple[str, ...]]:
    """Rows that are one service, by what the lines and the steps say of them; fluids only where they are one run."""
    home: dict[str, tuple[str, ...]] = {}
    merged = [step.administrations for step in coded.steps if step.rule in ("run.merge", "sequential.same-drug")]
    for ids in [*merged, *(line.administrations for line in coded.lines)]:
        found = tuple(id for id in ids if id in rows)
        hydration = ids not in merged and any(rows[id].fluid for id in found)
        if len(found) > 1 and not hydration and len({rows[id].key for id in found}) == 1:
            whole = tuple(dict.fromkeys([id for one in found for id in home.get(one, (one,))]))
            home.update(dict.fromkeys(whole, whole))
    pushes: dict[tuple[str, str], list[str]] = {}
    for id, row in rows.items():
        if id not in home and row.once:
            pushes.setdefault((row.key, row.where), []).append(id)
    home.update({id: tuple(ids) for ids in pushes.values() for id in ids})
    return list(dict.fromkeys(home.get(id, (id,)) for id in rows))


def _flow(rows: Sequence[RowView], paused: set[str]) -> Spans:
    if all(row.once for row in rows):
        return ()
    ordered = sorted(rows, key=lambda row: row.start or 0)
    spans: list[tuple[int, int]] = []
    holes: list[tuple[int, int]] = []
    for row in ordered:
        later = next((other.start for other in ordered if (other.start or 0) > (row.start or 0)), None)
        stop = row.stop if row.stop is not None else later
        if row.start is not None and stop is not None and stop > row.start:
            (holes if row.id in paused else spans).append((row.start, stop))
    return timeline.subtract(timeline.union(spans), timeline.union(holes))


def _bar(
    ids: tuple[str, ...], flows: dict[tuple[str, ...], Spans], rows: dict[str, RowView], coded: Coded, policy: Policy
) -> Bar:
    mine = [rows[id] for id in ids]
    lines = tuple(n for n, line in enumerate(coded.lines) if set(ids) & set(line.administrations))
    roles = {CODES[coded.lines[n].code].role for n in lines if coded.lines[n].code in CODES}
    spans = flows[ids]
    begin = min((row.start if row.start is not None else row.stop or 0) for row in mine)
    last = max(mine, key=lambda row: (row.start or 0, row.stop or 0))
    open_end = last.stop is None and not last.once and last.technique not in ("pump", "")
    stop = None if open_end else max([span[1] for span in spans], default=begin)
    timed = [coded.lines[n] for n in lines if coded.lines[n].minutes is not None]
    counted = timed[0].minutes if timed else None
    hydration = any(CODES[line.code].family == HYDRATION for line in timed if line.code in CODES)
    kind = NO_STOP if open_end else PUSH if not spans else UNUSED if not lines else DRUG
    kind = BESIDE if kind == DRUG and "concurrent" in roles and not roles & set(INFUSED) else kind
    pieces: tuple[Piece, ...] = ()
    decided: tuple[Mark, ...] = ()
    if hydration and kind == DRUG:
        kind = FLUID
        pieces, decided = fluid(ids, counted or 0, flows, rows, coded, lines)
    elif kind == DRUG and counted is not None and roles & set(INFUSED):
        decided = marks(alone(ids, spans, counted, flows, rows), counted, lines, ids, coded, policy)
    elif kind == NO_STOP:
        decided = tuple(Mark(begin + need * MINUTE, need, False) for need in needs(policy, last.fluid))
    return Bar(
        ids,
        mine[0].name,
        mine[0].text,
        kind,
        next((row.site for row in mine if row.site), mine[0].where),
        begin,
        stop,
        spans,
        timeline.minutes(spans),
        counted,
        last.stop_grade,
        lines,
        pieces,
        decided,
        None,
        last.running,
        tuple(
            (at, any(row.id in coded.lines[n].administrations for n in lines))
            for row in mine
            if (at := row.start if row.start is not None else row.stop) is not None
        ),
        last.technique,
        kind == DRUG and any(role.endswith("push") for role in roles),
    )


def _partner(bar: Bar, bars: list[Bar]) -> tuple[int, int, str] | None:
    best: tuple[int, int, int, str] = (0, 0, 0, "")
    for other in bars:
        if other.kind == DRUG and other.spans and bar.spans:
            low, high = max(bar.start, other.start), min(bar.stop or 0, other.stop or 0)
            best = max(best, (high - low, low, high, other.ids[0]))
    return best[1:] if best[0] > 0 else None


def _lanes(bars: list[Bar]) -> tuple[Lane, ...]:
    lanes: dict[object, tuple[str, list[Bar]]] = {}
    for bar in sorted(bars, key=lambda one: (one.start, one.ids)):
        lanes.setdefault(site_key(bar.where) or bar.where, (bar.where, []))[1].append(bar)
    for _, rows in lanes.values():
        for bar in [one for one in rows if one.beside]:
            over = next((one for one in rows if bar.beside and bar.beside[2] in one.ids), None)
            if over:
                rows.remove(bar)
                rows.insert(rows.index(over) + 1, bar)
    return tuple(Lane(name, tuple(rows)) for name, rows in lanes.values())
