"""Medically unlikely units per date of service: the shipped values and the quarterly CMS files (rule edit.unlikely-units)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from importlib import resources
from types import MappingProxyType
from typing import NamedTuple

from coding.model import FACILITY, PROFESSIONAL


class LimitsError(ValueError):
    """A limits file that cannot be used; the message says which line and why."""


class Limits(NamedTuple):
    """values: (setting, code) to most units on one date. source: where they were read."""

    values: Mapping[tuple[str, str], int]
    source: str

    def most(self, setting: str, code: str) -> int | None:
        """The most units of a code on one date, or None where no value is loaded."""
        return self.values.get((setting, code))


def _shipped() -> Limits:
    text = resources.files("coding").joinpath("tables", "mue.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    values = {(row["setting"], row["code"]): int(row["units"]) for row in rows}
    return Limits(MappingProxyType(values), "the few values shipped with Chairtime (2026)")


SHIPPED = _shipped()


def read_cms(lines: Iterable[str], name: str) -> Limits:
    """A CMS quarterly MUE file (CSV, practitioner or outpatient hospital), added to nothing: it replaces its setting.

    Raises LimitsError naming the line where a value is not a whole number, or where no header or value is found.
    """
    setting, column = "", -1
    values: dict[tuple[str, str], int] = {}
    for number, row in enumerate(csv.reader(lines), 1):
        if column < 0:
            for index, cell in enumerate(row):
                said = cell.lower()
                if "mue value" in said:
                    setting = FACILITY if "hospital" in said else PROFESSIONAL
                    column = index
            continue
        code = row[0].strip() if row else ""
        if not code:
            continue
        try:
            values[setting, code] = int(row[column])
        except (ValueError, IndexError):
            raise LimitsError(f"{name}, line {number}: no whole number of units for {code}.") from None
    if not values:
        raise LimitsError(f'{name}: no column "MUE Values" with numbers was found; is this the CMS quarterly CSV file?')
    kept = {key: most for key, most in SHIPPED.values.items() if key[0] != setting}
    return Limits(MappingProxyType({**kept, **values}), name)
