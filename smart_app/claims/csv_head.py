"""The heading of a claim as a CSV, and its rows by the meaning of their cells (headings.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from typing import NamedTuple, TypeVar

from smart_app.claims.fields import Left, Unreadable, shown

DELIMITERS = ",;\t|"
TITLES = 20  # rows above the heading that a report may have
_TABLE = tomllib.loads(resources.files("smart_app.claims").joinpath("headings.toml").read_text(encoding="utf-8"))
_MEANS: Mapping[str, tuple[str, int]] = {
    name: (column, rank)
    for column, ranks in _TABLE["columns"].items()
    for rank, names in enumerate(ranks)
    for name in names
}
_OUT = frozenset(_TABLE["status"]["out"])
_TEXT_FORMULA = re.compile(r'="?([^"=]*)"?')  # ="00123" is how a spreadsheet keeps text as text
T = TypeVar("T")


class Head(NamedTuple):
    """Where the heading stands, how wide it is, and the places of the columns of each meaning. thousands_open: see coding.csv_rows."""

    row: int
    columns: Mapping[str, tuple[int, ...]]
    width: int
    thousands_open: bool = False


class Row(NamedTuple):
    """A row below the heading. number: of the line on which it begins."""

    number: int
    cells: tuple[str, ...]
    head: Head

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return f"row {self.number}"

    @property
    def is_short(self) -> bool:
        """Whether it has fewer cells than the heading."""
        return len(self.cells) < self.head.width

    @property
    def claim(self) -> str:
        """The id of its claim, or ""."""
        return " ".join(filter(None, self._all("claim")))

    def left_out(self) -> str:
        """A status under which the row was not billed, as it is shown, or ""."""
        return next((shown(one) for one in self._all("status") if one.casefold() in _OUT), "")

    def all(self, name: str) -> list[str]:
        """The cells of a meaning that are not empty. Raises Unreadable for a formula, which is never worked out."""
        return [value for cell in self._all(name) if (value := _value(cell, name))]

    def one(self, name: str, read: Callable[[str], T]) -> T | None:
        """What read makes of the cells of a meaning, which must agree; None where all are empty."""
        found = self.all(name)
        if len({read(cell) for cell in found}) > 1:
            raise Unreadable(f"its columns of {name} differ: {' and '.join(map(shown, found))}")
        return read(found[0]) if found else None

    def spare(self, name: str, read: Callable[[str], T | None], notes: list[str]) -> T | None:
        """As one, for a meaning that decides no line: None with a note where the cells are not usable."""
        try:
            cells = self.all(name)
        except Unreadable as why:
            notes.append(f"{why}.")
            return None
        try:
            found = list(dict.fromkeys(map(read, cells)))
        except Left as why:
            notes.append(f"{why}.")
            return None
        if len(found) > 1:
            notes.append(f"its columns of {name} differ: {' and '.join(map(shown, cells))}; none is taken.")
            return None
        return found[0] if found else None

    def _all(self, name: str) -> list[str]:
        return [self.cells[at] if at < len(self.cells) else "" for at in self.head.columns.get(name, ())]


def head_of(rows: list[tuple[int, list[str]]]) -> Head | None:
    """The first of the opening rows with a column of codes. Of columns of one meaning, those of the first rank count."""
    for index, (_, cells) in enumerate(rows[:TITLES]):
        columns = dict(_columns(cells))
        if "code" in columns:
            width = 1 + max(at for at, cell in enumerate(cells) if cell)
            return Head(index, columns, width)
    return None


def _columns(cells: Iterable[str]) -> Iterable[tuple[str, tuple[int, ...]]]:
    meant = [(at, *_MEANS[_plain(cell)]) for at, cell in enumerate(cells) if _plain(cell) in _MEANS]
    for name in dict.fromkeys(name for _, name, _ in meant):
        first = min(rank for _, each, rank in meant if each == name)
        yield name, tuple(at for at, each, rank in meant if each == name and rank == first)


def known(cells: Iterable[str]) -> int:
    """How many of the cells are headings."""
    return sum(_plain(cell) in _MEANS for cell in cells)


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def _value(cell: str, name: str) -> str:
    """The cell; a formula is never worked out, but text that a spreadsheet guards with = is text."""
    if cell[:1] in "=+@" and cell:
        guarded = _TEXT_FORMULA.fullmatch(cell)
        if guarded is None or not re.fullmatch(r"[A-Za-z0-9./ -]*", guarded[1]) or "(" in cell:
            raise Unreadable(f"its {name} {shown(cell)} is a formula; save the values, not the formulas")
        return guarded[1].strip()
    return cell
