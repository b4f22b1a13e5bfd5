"""The picture of a visit as a table: the same bars, with every time and its grade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from coding.codes import CODES
from coding.model import Coded
from smart_app.timeline import BESIDE, FLUID, Bar, Timeline
from smart_app.view_rows import RowView
from smart_app.view_words import bare, plain


class TableRow(NamedTuple):
    """One administration. ran, counted: minutes or None. lines: the lines it supports. part: what it played, or why none.

    together: counted with the row that holds its count.
    """

    row: RowView
    ran: int | None
    counted: int | None
    together: bool
    lines: tuple[tuple[str, str], ...]
    part: str


def table_of(coded: Coded, rows: Mapping[str, RowView], picture: Timeline | None) -> tuple[TableRow, ...]:
    """Every administration of the visit in order of time."""
    bars: dict[str, Bar] = {}
    if picture:
        bars = {id: bar for lane in picture.lanes for bar in lane.bars for id in bar.ids}
    why = {one.resource: one.why for one in reversed(coded.not_billed)}
    waits = {bare(one.resource) for one in coded.problems if one.severity == "stops"}
    return tuple(_row(row, bars.get(id), coded, why, waits) for id, row in rows.items())


def _row(row: RowView, bar: Bar | None, coded: Coded, why: Mapping[str, str], waits: set[str]) -> TableRow:
    mine = [(f"l{n}", line.code) for n, line in enumerate(coded.lines, 1) if row.id in line.administrations]
    timed = bar is not None and bool(bar.spans)
    first = bar is not None and row.id == bar.ids[0]
    counted = bar.counted if bar is not None and first and timed and mine else None
    parts = list(dict.fromkeys(CODES[code].role for _, code in mine if code in CODES and CODES[code].role != "hour"))
    if bar is not None and bar.kind == FLUID and bar.pieces and first:
        kept = [str(piece.minutes) for piece in bar.pieces if piece.counted]
        lost = sum(piece.minutes for piece in bar.pieces if not piece.counted)
        parts.append(f"{' + '.join(kept) or '0'} counted, {lost} carved out")
    if bar is not None and bar.kind == BESIDE:
        parts.append("alongside another infusion")
    if not mine:
        parts.append("held" if row.id in waits and row.given else "not used")
        parts.append(plain(why.get(row.id, "")))
    return TableRow(
        row, row.minutes, counted, bool(mine) and timed and not first, tuple(mine), "; ".join(filter(None, parts))
    )
