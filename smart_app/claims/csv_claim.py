"""A claim as a CSV, read by its headings in any usual writing. Columns that are not needed, names least of all, are not read."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import NamedTuple

from coding.billed import Billed, BilledClaim
from smart_app.claims.faults import ClaimFault
from smart_app.claims.fields import (
    Unreadable,
    amount_of,
    code_of,
    date_of,
    diagnoses_of,
    modifiers_of,
    shown,
    units_of,
)

FORM = "CSV"
TITLES = 20  # rows above the heading that a report may have
_TABLE = tomllib.loads(resources.files("smart_app.claims").joinpath("headings.toml").read_text(encoding="utf-8"))
_MEANS: Mapping[str, str] = {name: column for column, names in _TABLE["columns"].items() for name in names}
_OUT = frozenset(_TABLE["status"]["out"])
_DELIMITERS = ",;\t|"
_TEXT_FORMULA = re.compile(r'="?([^"=]*)"?')  # ="00123" is how a spreadsheet keeps text as text


class _Head(NamedTuple):
    """Where the heading stands and which columns mean what. columns: (index, meaning)."""

    row: int
    columns: tuple[tuple[int, str], ...]


class _Row(NamedTuple):
    """A row by the meaning of its cells; several cells of one meaning in their order."""

    number: int
    cells: Mapping[str, list[str]]

    def one(self, name: str) -> str:
        """The first cell of this meaning that is not empty."""
        return next((cell for cell in self.cells.get(name, ()) if cell), "")


def looks_like_csv(text: str) -> bool:
    """Whether one of the first rows is a heading with a column of codes."""
    try:
        return _head(_rows(text, TITLES)) is not None
    except csv.Error:
        sign = _delimiter(text)
        return _head([(at, line.split(sign)) for at, line in enumerate(text.splitlines()[:TITLES])]) is not None


def read_csv(text: str) -> BilledClaim:
    """The claim; a row that cannot be read is among the unread. Raises ClaimFault where there is no heading or no line."""
    try:
        rows = _rows(text)
    except csv.Error as error:
        raise ClaimFault(f"The CSV cannot be read ({error}). Save it again as plain CSV.") from None
    head = _head(rows)
    if head is None:
        raise ClaimFault(
            "No heading with a column of codes was found. Name the columns, as: code,units,modifiers,date."
        )
    claims: dict[str, None] = {}
    lines: list[Billed] = []
    unread: list[tuple[str, str]] = []
    payer = place = ""
    for number, cells in rows[head.row + 1 :]:
        row = _row(number, cells, head)
        if row is None:
            continue
        claims.update({one: None for one in row.cells.get("claim", ()) if one})
        try:
            lines.append(_line(row))
            payer, place = payer or row.one("payer"), place or row.one("place")
        except Unreadable as why:
            unread.append((f"row {number}", f"{why}."))
    if len(claims) > 1:
        raise ClaimFault(
            f"The CSV holds {len(claims)} claims or visits. Keep the rows of one, and check one at a time."
        )
    if not lines:
        said = f" {unread[0][0][:1].upper()}{unread[0][0][1:]}: {unread[0][1]}" if unread else ""
        raise ClaimFault(f"The CSV has a heading and no line that can be read.{said}")
    place = place if re.fullmatch(r"\d{2}", place) else ""
    return BilledClaim(tuple(lines), FORM, payer=payer, place_of_service=place, unread=tuple(unread))


def _rows(text: str, most: int = 0) -> list[tuple[int, list[str]]]:
    """Rows with the number of the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    rows, begins = [], 1
    for row in reader:
        rows.append((begins, row))
        begins = reader.line_num + 1
        if most and len(rows) >= most:
            break
    return rows


def _delimiter(text: str) -> str:
    """The sign that parts the most cells of a row with a known heading; a comma where none does."""
    opening = text.splitlines()[:TITLES]
    best = max(_DELIMITERS, key=lambda sign: max((_known(line.split(sign)) for line in opening), default=0))
    return best if any(_known(line.split(best)) for line in opening) else ","


def _known(cells: list[str]) -> int:
    return sum(_plain(cell) in _MEANS for cell in cells)


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def _head(rows: list[tuple[int, list[str]]]) -> _Head | None:
    for index, (_, cells) in enumerate(rows[:TITLES]):
        columns = tuple((at, _MEANS[_plain(cell)]) for at, cell in enumerate(cells) if _plain(cell) in _MEANS)
        if any(name == "code" for _, name in columns):
            return _Head(index, columns)
    return None


def _row(number: int, cells: list[str], head: _Head) -> _Row | None:
    if not any(cell.strip() for cell in cells):
        return None
    found: dict[str, list[str]] = {}
    for at, name in head.columns:
        found.setdefault(name, []).append(cells[at].strip() if at < len(cells) else "")
    return _Row(number, found)


def _line(row: _Row) -> Billed:
    status = row.one("status").casefold()
    if status in _OUT:
        raise Unreadable(f"left out, its status is {shown(status)}")
    cells = {name: [_value(cell, name) for cell in found] for name, found in row.cells.items()}
    row = row._replace(cells=cells)
    code, *glued = re.split(r"[-:]", row.one("code")) if row.one("code") else [""]
    marks = [one for cell in (*glued, *row.cells.get("modifier", ())) if cell for one in modifiers_of(cell)]
    units = row.one("units")
    if "units" in row.cells and not units:
        raise Unreadable("there is no number of units")
    return Billed(
        code_of(code),
        units_of(units) if units else 1,
        tuple(dict.fromkeys(marks)),
        date_of(row.one("date")),
        tuple(dict.fromkeys(one for cell in row.cells.get("diagnosis", ()) for one in diagnoses_of(cell))),
        amount_of(row.one("amount")),
        f"row {row.number}",
        re.sub(r"[^0-9-]", "", row.one("ndc")),
    )


def _value(cell: str, name: str) -> str:
    """The cell; a formula is never worked out, but text that a spreadsheet guards with = is text."""
    if cell[:1] in "=+@" and cell:
        guarded = _TEXT_FORMULA.fullmatch(cell)
        if guarded is None or not re.fullmatch(r"[A-Za-z0-9./ -]*", guarded[1]) or "(" in cell:
            raise Unreadable(f"its {name} {shown(cell)} is a formula; save the values, not the formulas")
        return guarded[1].strip()
    return cell
