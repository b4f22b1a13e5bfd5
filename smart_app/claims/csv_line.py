"""One row of a claim as a CSV, as a billed line."""

from __future__ import annotations

import re
from typing import NamedTuple

from coding.billed import Billed
from coding.csv_rows import may_mean_thousands
from smart_app.claims.csv_head import Row
from smart_app.claims.fields import (
    Left,
    Unreadable,
    amount_of,
    code_of,
    date_of,
    days_of,
    diagnoses_of,
    modifiers_of,
    ndc_of,
    shown,
    units_of,
)


class Line(NamedTuple):
    """A row that was read. notes: what of it was left out. payer, place_of_service: of the claim, as this row has them."""

    billed: Billed
    notes: tuple[str, ...]
    payer: str
    place_of_service: str


def line_of(row: Row) -> Line:
    """The line. Raises Unreadable where what decides it cannot be read."""
    if any(row.cells[row.head.width :]):
        raise Unreadable(
            f"it has {len(row.cells)} cells under {row.head.width} headings; a comma in a number or text needs quotes"
        )
    notes: list[str] = []
    marked = row.one("code", _coded)
    if marked is None:
        raise Unreadable("there is no code")
    code, glued = marked
    marks = [*glued, *(one for cell in row.all("modifier") for one in modifiers_of(cell))]
    billed = Billed(
        code,
        _units(row),
        tuple(dict.fromkeys(marks)),
        _date(row, notes),
        tuple(dict.fromkeys(one for cell in row.all("diagnosis") for one in diagnoses_of(cell))),
        row.spare("amount", lambda cell: amount_of(_whole(row, cell)), notes),
        row.place,
        row.spare("ndc", ndc_of, notes) or "",
    )
    return Line(billed, tuple(notes), row.spare("payer", str, notes) or "", row.spare("place", str, notes) or "")


def _coded(cell: str) -> tuple[str, tuple[str, ...]]:
    """A code and the modifiers that hang on it: J1745-JZ."""
    code, *glued = re.split(r"[-:]", cell)
    return code_of(code), tuple(one for mark in glued if mark for one in modifiers_of(mark))


def _units(row: Row) -> int:
    if "units" not in row.head.columns:
        return 1
    units = row.one("units", lambda cell: units_of(_whole(row, cell)))
    if units is None:
        raise Unreadable("there is no number of units")
    return units


def _whole(row: Row, cell: str) -> str:
    """The number of a cell, unless it may be meant a thousand times larger."""
    if row.head.thousands_open and may_mean_thousands(cell):
        raise Left(f"{shown(cell)} may mean thousands")
    return cell


def _date(row: Row, notes: list[str]) -> str:
    try:
        first, last = row.one("date", days_of) or ("", "")
        last = row.one("last", date_of) or last
    except Left as why:
        notes.append(f"{why}.")
        return ""
    if first and last < first:
        raise Unreadable(f"it ends on {last}, before it begins on {first}")
    if first and last > first:
        notes.append(f"it spans {first} to {last}; it is read as of the first day.")
    return first
