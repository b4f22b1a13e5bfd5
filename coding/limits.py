"""Medically unlikely units per date of service: the shipped values and the quarterly CMS files (rule edit.unlikely-units)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from types import MappingProxyType
from typing import NamedTuple

from coding.csv_rows import DELIMITERS, Rows, TableFault, rows, under
from coding.model import FACILITY, PROFESSIONAL

_VALUES, _WIDEST = "mue value", 60  # what the heading of a column of values holds, and how long a heading is at most
_SERVICES = {"practitioner": PROFESSIONAL, "outpatient hospital": FACILITY}
_CODE = re.compile(r"[A-Z0-9]\d{3}[A-Z0-9]", re.ASCII)
_NUMBER = re.compile(r"\d{1,7}|\d{1,3}(,\d{3})+", re.ASCII)


class LimitsError(ValueError):
    """A limits file that cannot be used; the message says which line and why."""


class Limits(NamedTuple):
    """values: (setting, code) to most units on one date. source: where they were read.

    settings: those of a file that was loaded, empty for the shipped values.
    """

    values: Mapping[tuple[str, str], int]
    source: str
    settings: tuple[str, ...] = ()

    def most(self, setting: str, code: str) -> int | None:
        """The most units of a code on one date, or None where no value is loaded."""
        return self.values.get((setting, code))

    def remark(self, setting: str) -> str:
        """That the file has no values for a setting, or ""."""
        if not self.settings or setting in self.settings:
            return ""
        theirs = next(name for name, one in _SERVICES.items() if one in self.settings)
        return f"{self.source} holds the values of {theirs} services; nothing of it bears on a {setting} claim."


def _shipped() -> Limits:
    text = resources.files("coding").joinpath("tables", "mue.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    values = {(row["setting"], row["code"]): int(row["units"]) for row in rows}
    return Limits(MappingProxyType(values), "the few values shipped with Chairtime (2026)")


SHIPPED = _shipped()


def read_cms(lines: Iterable[str], name: str) -> Limits:
    """A CMS quarterly MUE file (CSV) of practitioner or outpatient hospital services, or of both, in the place of SHIPPED.

    Raises LimitsError naming the line where a row is damaged or contradicts another, or where no header or value is found.
    """
    values: dict[tuple[str, str], int] = {}
    seen: dict[tuple[str, str], int] = {}
    try:
        columns, below = _below_head(list(lines), name)
        for line, row in below:
            where = f"{name}, line {line}"
            code = row[columns[""]].upper()
            if not _CODE.fullmatch(code):
                raise LimitsError(f"{where}: no code of five letters and digits.")
            for setting, at in columns.items():
                if not setting or (len(columns) > 2 and not row[at]):
                    continue
                most = _units(row[at], where, code)
                if values.setdefault((setting, code), most) != most:
                    raise LimitsError(f"{where}: {code} stands on line {seen[setting, code]} too, with another value.")
                seen.setdefault((setting, code), line)
    except TableFault as fault:
        raise LimitsError(str(fault)) from None
    if not values:
        raise LimitsError(f"{name}: there is no value below the header.")
    return Limits(MappingProxyType(values), name, tuple(filter(None, columns)))


def _below_head(lines: list[str], name: str) -> tuple[dict[str, int], Rows]:
    """Where the code (under "") and the values of each setting stand, and the rows under the header."""
    for delimiter in DELIMITERS:
        whole = rows(lines, name, delimiter)
        for line, row in whole:
            if columns := _columns(row, f"{name}, line {line}"):
                return columns, under(whole, row, name, 1 + max(columns.values()))
    raise LimitsError(f'{name}: no column "MUE Values" with numbers was found; is this the CMS quarterly CSV file?')


def _columns(row: Sequence[str], where: str) -> dict[str, int]:
    """The columns of a header, {} for another row. A cell of prose is no heading."""
    heads = [" ".join(cell.casefold().split()) if len(cell) <= _WIDEST else "" for cell in row]
    of_values = [at for at, head in enumerate(heads) if _VALUES in head]
    if not of_values or sum(map(bool, heads)) < 2:
        return {}
    columns = {"": next((at for at, head in enumerate(heads) if "cpt" in head or "hcpcs" in head), 0)}
    for words, setting in _SERVICES.items():
        found = [at for at in of_values if words in heads[at]]
        if len(found) > 1:
            raise LimitsError(f"{where}: {len(found)} columns hold the values of {words} services. Keep one.")
        if found:
            columns[setting] = found[0]
    if len(columns) == 1:
        raise LimitsError(
            f"{where}: the values are of neither {' nor '.join(_SERVICES)} services. Load the table of your claims."
        )
    return columns


def _units(text: str, where: str, code: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise LimitsError(f"{where}: no whole number of units, 0 or more, for {code}.")
    return int(text.replace(",", ""))
