"""The head of a fee schedule: where its columns are, in one's own file, the relative value file and Addendum B of CMS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from coding.fees import FeesError
from smart_app.wordlists import table

_HEADINGS = {heading: column for column, headings in table("fee_headings")["columns"].items() for heading in headings}


class Head(NamedTuple):
    """The head of a table. columns: their places by our names, of which some may be missing. said: the words above it.

    cells: the headings as they stand in the last row of the head. thousands_open: see coding.csv_rows.
    """

    kind: str
    columns: Mapping[str, int]
    said: str
    cells: Sequence[str]
    thousands_open: bool = False

    @property
    def needed(self) -> int:
        """How many cells a row has at least, so that its amount is there."""
        columns = self.columns
        if self.kind == "rvu":
            return 1 + max(columns[column] for column in ("nonfacility", "facility", "factor"))
        prices = [columns[column] for column in ("amount", "nonfacility", "facility") if column in columns]
        return 1 + max(columns["code"], columns.get("amount", min(prices)))


def head_of(top: Iterable[tuple[int, list[str]]], name: str) -> tuple[int, Head] | None:
    """The head of the table and how many rows it ends after, or None."""
    above: list[list[str]] = []
    for count, (line, row) in enumerate(top, 1):
        said = " ".join(cell for cells in above for cell in cells if cell)
        squeezed = [re.sub("[^a-z0-9]", "", cell.lower()) for cell in row]
        if squeezed[:2] == ["hcpcs", "mod"] and squeezed.count("total") > 1:
            return count, Head("rvu", _rvu_columns([*above[-6:], row], f"{name}, line {line}"), said, row)
        columns = _own_columns(squeezed, f"{name}, line {line}")
        if {"si", "apc"} <= set(squeezed) and {"code", "amount"} <= set(columns):
            return count, Head("opps", columns, said, row)
        if "code" in columns and {"amount", "nonfacility", "facility"} & set(columns):
            return count, Head("own", columns, said, row)
        above.append(row)
    return None


def _own_columns(squeezed: Sequence[str], where: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, heading in enumerate(squeezed):
        column = _HEADINGS.get(heading, "")
        if column in found and "code" in found and column in ("code", "amount"):
            raise FeesError(f"{where}: two columns could be the {column}. Keep one of them.")
        if column:
            found.setdefault(column, place)
    return found


def _rvu_columns(head: Sequence[Sequence[str]], where: str) -> dict[str, int]:
    """The columns of the relative value file, whose headings stand in several rows one above the other."""
    width = len(head[-1])
    names = [
        re.sub("[^A-Z]", "", "".join(row[at] for row in head if at < len(row) and len(row[at]) < 25).upper())
        for at in range(width)
    ]
    wanted = {
        "status": "STATUSCODE$",
        "nonfacility": "NONFAC(ILITY)?TOTAL$",
        "facility": "(?<!NON)FAC(ILITY)?TOTAL$",
        "factor": "CONV(ERSION)?FACTOR$",
    }
    columns = {"code": 0, "modifier": 1}
    for column, pattern in wanted.items():
        places = [at for at, heading in enumerate(names) if re.search(pattern, heading)]
        if len(places) != 1:
            raise FeesError(
                f"{where}: {len(places)} columns could be the {column} of the relative value file; one is needed."
            )
        columns[column] = places[0]
    absent = [at for at, heading in enumerate(names) if heading.endswith("NAINDICATOR")]
    if len(absent) == 2:
        columns["no nonfacility"], columns["no facility"] = absent
    return columns
