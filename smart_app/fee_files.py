"""Fee schedules and crosswalks from files: a CSV of one's own, the files of CMS. Read whole or refused whole, with the line.

CMS: the Physician Fee Schedule relative value file (PPRRVU*.csv; amount = total RVUs x conversion factor) and OPPS Addendum B.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from coding.fees import IN_FACILITY, Fee, Fees, FeesError, fees_of
from coding.model import FACILITY, PROFESSIONAL
from coding.ndc import Crosswalk, CrosswalkError, Product, read_crosswalk
from coding.quarters import period_of
from smart_app.table_text import TableFault, bytes_of, rows, text_of
from smart_app.wordlists import table

_WORDS = table("fee_headings")
_HEADINGS = {heading: column for column, headings in _WORDS["columns"].items() for heading in headings}
_MEANT = {"facility": (FACILITY,), "professional": (PROFESSIONAL, IN_FACILITY), "office": (PROFESSIONAL,), "any": ("",)}
_SETTINGS = {word: _MEANT[setting] for setting, words in _WORDS["settings"].items() for word in words}
_CODE = re.compile(r"[A-Z0-9]\d{3}[A-Z0-9]")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_AMOUNT = re.compile(r"(\d{1,9}|\d{1,3}(,\d{3}){1,2})(\.\d{1,6})?|\.\d{1,6}")
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_PRICED = {"A", "R", "T"}  # status codes under which the relative value file has a national amount
_HEAD_ROWS = 60
_CENT = Decimal("0.01")

RVU_NOTE = (
    "National Medicare amounts: total RVUs by the conversion factor, without geographic adjustment or sequestration."
)
OPPS_NOTE = (
    "National OPPS payment rates, without wage adjustment or sequestration; a packaged code has no amount of its own."
)

Rows = Iterator[tuple[int, list[str]]]


class _Head(NamedTuple):
    """The head of a table. columns: their places by our names. said: the words above it. modifier and so on may be missing."""

    kind: str
    columns: Mapping[str, int]
    said: str


def load_fees(path: str) -> Fees:
    """A fee schedule from a file. Raises FeesError."""
    try:
        return read_fees(bytes_of(path), path)
    except TableFault as fault:
        raise FeesError(str(fault)) from None


def load_crosswalk(paths: Sequence[str]) -> Crosswalk:
    """The CMS NDC-HCPCS crosswalks of one or several files (ASP, OPPS) as one. Raises CrosswalkError; then none is used."""
    products: dict[str, dict[Product, None]] = {}
    try:
        for path in paths:
            for ndc, its in read_crosswalk(StringIO(text_of(bytes_of(path), path), newline=""), path).products.items():
                products.setdefault(ndc, {}).update(dict.fromkeys(its))
    except TableFault as fault:
        raise CrosswalkError(str(fault)) from None
    return Crosswalk(MappingProxyType({ndc: tuple(its) for ndc, its in products.items()}), ", ".join(paths))


def read_fees(data: bytes, name: str) -> Fees:
    """A fee schedule from the bytes of a file. Raises FeesError naming file, line and reason; then nothing of it is used."""
    try:
        text = text_of(data, name)
        for delimiter in ",;\t":
            head = _head(islice(rows(text, name, delimiter), _HEAD_ROWS), name)
            if head is not None:
                found, note = _READERS[head[1].kind], _NOTES.get(head[1].kind, "")
                below = islice(rows(text, name, delimiter), head[0], None)
                fees = fees_of(found(below, head[1], name), name, note)
                if fees.rows:
                    return fees
                raise FeesError(f"{name}: the table holds no row with an amount.")
    except TableFault as fault:
        raise FeesError(str(fault)) from None
    raise FeesError(
        f"{name}: no headings of a fee schedule were found. Give the table a first row with code and amount "
        "(and modifier, setting, from, to where you have them), or load PPRRVU*.csv or OPPS Addendum B of CMS as CSV."
    )


def _head(top: Iterable[tuple[int, list[str]]], name: str) -> tuple[int, _Head] | None:
    """The head of the table and how many rows it ends after, or None."""
    above: list[list[str]] = []
    for count, (line, row) in enumerate(top, 1):
        said = " ".join(cell for cells in above for cell in cells if cell)
        squeezed = [re.sub("[^a-z0-9]", "", cell.lower()) for cell in row]
        if squeezed[:2] == ["hcpcs", "mod"] and squeezed.count("total") > 1:
            return count, _Head("rvu", _rvu_columns([*above[-6:], row], f"{name}, line {line}"), said)
        columns = _own_columns(squeezed, f"{name}, line {line}")
        if {"si", "apc"} <= set(squeezed) and {"code", "amount"} <= set(columns):
            return count, _Head("opps", columns, said)
        if "code" in columns and {"amount", "nonfacility", "facility"} & set(columns):
            return count, _Head("own", columns, said)
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


def _rvu(below: Rows, head: _Head, name: str) -> Iterator[tuple[int, Fee]]:
    """Total RVUs by conversion factor; the facility total is a physician's, so no hospital is shown it."""
    first, last = period_of(head.said, quarterly=False)
    for line, row in below:
        where = f"{name}, line {line}"
        code = _code(row, head, where)
        if not code or _cell(row, head, "status").upper() not in _PRICED:
            continue
        factor = _amount(_cell(row, head, "factor"), f"{where}: the conversion factor of {code}")
        for column, setting in (("nonfacility", PROFESSIONAL), ("facility", IN_FACILITY)):
            total = _amount(_cell(row, head, column), f"{where}: the {column} total of {code}")
            if total and _cell(row, head, f"no {column}").upper() != "NA":
                amount = (total * factor).quantize(_CENT, ROUND_HALF_UP)
                yield line, Fee(code, _modifier(row, head, where), amount, setting, first, last)


def _opps(below: Rows, head: _Head, name: str) -> Iterator[tuple[int, Fee]]:
    first, last = period_of(head.said, quarterly=True)
    for line, row in below:
        where = f"{name}, line {line}"
        code, rate = _code(row, head, where), _cell(row, head, "amount")
        if code and rate:
            yield line, Fee(code, "", _amount(rate, f"{where}: the payment rate of {code}"), FACILITY, first, last)


def _own(below: Rows, head: _Head, name: str) -> Iterator[tuple[int, Fee]]:
    for line, row in below:
        where = f"{name}, line {line}"
        code = _code(row, head, where)
        if not code:
            continue
        modifier, dates = _modifier(row, head, where), (_day(row, head, "first", where), _day(row, head, "last", where))
        if all(dates) and dates[0] > dates[1]:
            raise FeesError(f"{where}: {code} ends before it begins.")
        if "amount" in head.columns:
            amount = _amount(_cell(row, head, "amount"), f"{where}: the amount of {code}")
            for setting in _settings(row, head, where):
                yield line, Fee(code, modifier, amount, setting, *dates)
        for column, setting in (("nonfacility", PROFESSIONAL), ("facility", IN_FACILITY)):
            if (price := _cell(row, head, column)) and price.upper() != "NA":
                yield (
                    line,
                    Fee(code, modifier, _amount(price, f"{where}: the {column} price of {code}"), setting, *dates),
                )


_READERS = {"rvu": _rvu, "opps": _opps, "own": _own}
_NOTES = {"rvu": RVU_NOTE, "opps": OPPS_NOTE}


def _cell(row: Sequence[str], head: _Head, column: str) -> str:
    place = head.columns.get(column, -1)
    return row[place] if 0 <= place < len(row) else ""


def _code(row: Sequence[str], head: _Head, where: str) -> str:
    """The code of a row, or "" where the row is a sentence under the table."""
    code = _cell(row, head, "code").upper()
    if _CODE.fullmatch(code) and code.isascii():
        return code
    said = [cell for cell in row if cell]
    if len(said) == 1 and " " in said[0] and not said[0].startswith(("=", "+", "-", "@")):
        return ""
    raise FeesError(f"{where}: no code of five letters and digits (a sheet may have dropped zeros at its beginning).")


def _modifier(row: Sequence[str], head: _Head, where: str) -> str:
    modifier = _cell(row, head, "modifier").upper()
    if modifier and not (_MODIFIER.fullmatch(modifier) and modifier.isascii()):
        raise FeesError(f"{where}: a modifier is not two letters or digits; give one modifier in a row.")
    return modifier


def _amount(text: str, what: str) -> Decimal:
    plain = text.removeprefix("$").strip()
    if plain.startswith(("-", "(")):
        raise FeesError(f"{what} is negative.")
    if not (plain.isascii() and _AMOUNT.fullmatch(plain)):
        raise FeesError(f"{what} is no amount in dollars, like 1234.50.")
    return Decimal(plain.replace(",", ""))


def _settings(row: Sequence[str], head: _Head, where: str) -> tuple[str, ...]:
    settings = _SETTINGS.get(_cell(row, head, "setting").casefold())
    if settings is None:
        raise FeesError(f"{where}: the setting is neither facility nor professional.")
    return settings


def _day(row: Sequence[str], head: _Head, column: str, where: str) -> str:
    text = _cell(row, head, column)
    american = _US_DATE.fullmatch(text)
    if american:
        text = f"{american[3]}-{int(american[1]):02}-{int(american[2]):02}"
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise FeesError(f"{where}: a date is not like 2026-03-10 or 3/10/2026.") from None
