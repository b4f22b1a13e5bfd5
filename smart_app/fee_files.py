"""Fee schedules and crosswalks from files: a CSV of one's own, the files of CMS. Read whole or refused whole, with the line.

CMS: the Physician Fee Schedule relative value file (PPRRVU*.csv; amount = total RVUs x conversion factor) and OPPS Addendum B.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from itertools import islice
from types import MappingProxyType

from coding.csv_rows import DELIMITERS, Rows, TableFault, leaves_thousands_open, may_mean_thousands, rows, under
from coding.fees import IN_FACILITY, Fee, Fees, FeesError, fees_of
from coding.limits import Limits, LimitsError, read_cms
from coding.model import FACILITY, PROFESSIONAL
from coding.ndc import Crosswalk, CrosswalkError, Product, read_crosswalk
from coding.quarters import period_of
from smart_app.fee_heads import Head, head_of
from smart_app.table_text import bytes_of, text_of
from smart_app.wordlists import table

_WORDS = table("fee_headings")
_MEANT = {"facility": (FACILITY,), "professional": (PROFESSIONAL, IN_FACILITY), "office": (PROFESSIONAL,), "any": ("",)}
_SETTINGS = {word: _MEANT[setting] for setting, words in _WORDS["settings"].items() for word in words}
_CODE = re.compile(r"[A-Z0-9]\d{3}[A-Z0-9]")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_AMOUNT = re.compile(r"(\d{1,9}|\d{1,3}(,\d{3}){1,2})(\.\d{1,6})?|\.\d{1,6}")
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_PRICED = {"A", "R", "T"}  # status codes under which the relative value file has a national amount
_NONE = "NA"  # there is no amount in this setting
_HEAD_ROWS = 60
_CENT = Decimal("0.01")

RVU_NOTE = (
    "National Medicare amounts: total RVUs by the conversion factor, without geographic adjustment or sequestration."
)
OPPS_NOTE = (
    "National OPPS payment rates, without wage adjustment or sequestration; a packaged code has no amount of its own."
)


def load_fees(path: str) -> Fees:
    """A fee schedule from a file. Raises FeesError."""
    try:
        return read_fees(bytes_of(path), path)
    except TableFault as fault:
        raise FeesError(str(fault)) from None


def load_limits(path: str) -> Limits:
    """The unlikely units of a quarterly CMS file. Raises LimitsError; then none is used."""
    try:
        return read_cms(StringIO(text_of(bytes_of(path), path), newline=""), path)
    except TableFault as fault:
        raise LimitsError(str(fault)) from None


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
        for delimiter in DELIMITERS:
            found = head_of(islice(_rows(text, name, delimiter), _HEAD_ROWS), name)
            if found is not None:
                ends, head = found[0], found[1]._replace(thousands_open=leaves_thousands_open(text, delimiter))
                below = under(islice(_rows(text, name, delimiter), ends, None), head.cells, name, head.needed)
                fees = fees_of(_READERS[head.kind](below, head, name), name, _NOTES.get(head.kind, ""))
                if fees.rows:
                    return fees
                raise FeesError(f"{name}: the table holds no row with an amount.")
    except TableFault as fault:
        raise FeesError(str(fault)) from None
    raise FeesError(
        f"{name}: no headings of a fee schedule were found. Give the table a first row with code and amount "
        "(and modifier, setting, from, to where you have them), or load PPRRVU*.csv or OPPS Addendum B of CMS as CSV."
    )


def _rows(text: str, name: str, delimiter: str) -> Rows:
    return rows(StringIO(text, newline=""), name, delimiter)


def _rvu(below: Rows, head: Head, name: str) -> Iterator[tuple[int, Fee]]:
    """Total RVUs by conversion factor; the facility total is a physician's, so no hospital is shown it."""
    first, last = period_of(head.said, quarterly=False)
    for line, row in below:
        where = f"{name}, line {line}"
        code = _code(row, head, where)
        if _cell(row, head, "status").upper() not in _PRICED:
            continue
        factor = _amount(_cell(row, head, "factor"), head, f"{where}: the conversion factor of {code}")
        for column, setting in (("nonfacility", PROFESSIONAL), ("facility", IN_FACILITY)):
            if _NONE in (_cell(row, head, column).upper(), _cell(row, head, f"no {column}").upper()):
                continue
            total = _amount(_cell(row, head, column), head, f"{where}: the {column} total of {code}")
            if total:
                amount = (total * factor).quantize(_CENT, ROUND_HALF_UP)
                yield line, Fee(code, _modifier(row, head, where), amount, setting, first, last)


def _opps(below: Rows, head: Head, name: str) -> Iterator[tuple[int, Fee]]:
    first, last = period_of(head.said, quarterly=True)
    for line, row in below:
        where = f"{name}, line {line}"
        code, rate = _code(row, head, where), _cell(row, head, "amount")
        if rate:
            amount = _amount(rate, head, f"{where}: the payment rate of {code}")
            yield line, Fee(code, "", amount, FACILITY, first, last)


def _own(below: Rows, head: Head, name: str) -> Iterator[tuple[int, Fee]]:
    for line, row in below:
        where = f"{name}, line {line}"
        code = _code(row, head, where)
        modifier, dates = _modifier(row, head, where), (_day(row, head, "first", where), _day(row, head, "last", where))
        if all(dates) and dates[0] > dates[1]:
            raise FeesError(f"{where}: {code} ends before it begins.")
        if "amount" in head.columns:
            amount = _amount(_cell(row, head, "amount"), head, f"{where}: the amount of {code}")
            for setting in _settings(row, head, where):
                yield line, Fee(code, modifier, amount, setting, *dates)
        for column, setting in (("nonfacility", PROFESSIONAL), ("facility", IN_FACILITY)):
            if (price := _cell(row, head, column)) and price.upper() != _NONE:
                amount = _amount(price, head, f"{where}: the {column} price of {code}")
                yield line, Fee(code, modifier, amount, setting, *dates)


_READERS = {"rvu": _rvu, "opps": _opps, "own": _own}
_NOTES = {"rvu": RVU_NOTE, "opps": OPPS_NOTE}


def _cell(row: Sequence[str], head: Head, column: str) -> str:
    place = head.columns.get(column, -1)
    return row[place] if 0 <= place < len(row) else ""


def _code(row: Sequence[str], head: Head, where: str) -> str:
    code = _cell(row, head, "code").upper()
    if not (_CODE.fullmatch(code) and code.isascii()):
        raise FeesError(
            f"{where}: no code of five letters and digits (a sheet may have dropped zeros at its beginning)."
        )
    return code


def _modifier(row: Sequence[str], head: Head, where: str) -> str:
    modifier = _cell(row, head, "modifier").upper()
    if modifier and not (_MODIFIER.fullmatch(modifier) and modifier.isascii()):
        raise FeesError(f"{where}: a modifier is not two letters or digits; give one modifier in a row.")
    return modifier


def _amount(text: str, head: Head, what: str) -> Decimal:
    plain = text.removeprefix("$").strip()
    if plain.startswith(("-", "(")):
        raise FeesError(f"{what} is negative.")
    if not (plain.isascii() and _AMOUNT.fullmatch(plain)):
        raise FeesError(f"{what} is no amount in dollars, like 1234.50.")
    if head.thousands_open and may_mean_thousands(plain):
        raise FeesError(
            f"{what}, {plain}, may mean thousands; write it with two or four places, like 1021.00 or 1.0210."
        )
    return Decimal(plain.replace(",", ""))


def _settings(row: Sequence[str], head: Head, where: str) -> tuple[str, ...]:
    settings = _SETTINGS.get(_cell(row, head, "setting").casefold())
    if settings is None:
        raise FeesError(f"{where}: the setting is neither facility nor professional.")
    return settings


def _day(row: Sequence[str], head: Head, column: str, where: str) -> str:
    text = _cell(row, head, column)
    american = _US_DATE.fullmatch(text)
    if american:
        text = f"{american[3]}-{int(american[1]):02}-{int(american[2]):02}"
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise FeesError(f"{where}: a date is not like 2026-03-10 or 3/10/2026.") from None
