"""NDC to HCPCS: the CMS crosswalk of a quarter, where a user loads it (rule drug.units).

It ships with nothing: the file changes every quarter. An NDC that it does not hold decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import NamedTuple

from coding.csv_rows import DELIMITERS, Rows, TableFault, rows, under
from coding.doses import amount_of

_HEADS = {"code": ("code", "hcpcs"), "ndc": ("ndc",), "name": ("drug name",), "dosage": ("dosage",)}
_CODE = re.compile(r"[A-Z]\d{4}|\d{5}", re.ASCII)
_PARTS = re.compile(r"(\d{1,5})-(\d{1,4})-(\d{1,2})", re.ASCII)
# Fewer digits than an NDC has, or a number with an exponent: what a sheet makes of an NDC without hyphens.
_SPOILED = re.compile(r"\d{1,10}|\d+(\.\d+)?E[+-]?\d+", re.ASCII | re.IGNORECASE)
_DOSAGE = re.compile(r"\s*(\d[\d,]*(?:\.\d+)?|\.\d+)\s*(.+?)\s*", re.ASCII)


class CrosswalkError(ValueError):
    """A crosswalk that cannot be used; the message says which line and why. Nothing of it is loaded."""


class Product(NamedTuple):
    """What an NDC is billed as. quantity, unit: one billing unit; unit "" where the file's words for it are not understood."""

    code: str
    name: str
    quantity: Decimal = Decimal(0)
    unit: str = ""


class Crosswalk(NamedTuple):
    """products: those of each NDC of eleven digits. source: the name of the file."""

    products: Mapping[str, tuple[Product, ...]] = MappingProxyType({})
    source: str = ""

    def find(self, ndc: str) -> tuple[Product, ...]:
        """The products of an NDC as charted; none for one that may be read in two ways that both are in the file."""
        held = [self.products[one] for one in eleven(ndc) if one in self.products]
        return held[0] if len(held) == 1 else ()


NO_CROSSWALK = Crosswalk()


def is_ndc(system: str) -> bool:
    """Whether a code system of the chart is that of the National Drug Codes."""
    return "ndc" in system.casefold() or "113883.6.69" in system


def eleven(ndc: str) -> tuple[str, ...]:
    """An NDC with eleven digits (5-4-2); three readings of ten digits without hyphens, none of what is no NDC.

    >>> eleven("57894-030-01"), eleven("57894003001"), eleven("0002-1433-80")
    (('57894003001',), ('57894003001',), ('00002143380',))
    """
    text = ndc.strip()
    parts = _PARTS.fullmatch(text)
    if parts:
        return (f"{parts[1]:0>5}{parts[2]:0>4}{parts[3]:0>2}",)
    if not (text.isascii() and text.isdigit()):
        return ()
    if len(text) == 11:
        return (text,)
    if len(text) == 10:
        return (f"0{text}", f"{text[:5]}0{text[5:]}", f"{text[:9]}0{text[9:]}")
    return ()


def read_crosswalk(lines: Iterable[str], name: str) -> Crosswalk:
    """The quarterly CMS file (CSV) with its prose above the header. Raises CrosswalkError naming the line."""
    found: dict[str, dict[Product, None]] = {}
    try:
        lines = list(lines)
        columns, below = _below_head(lines, name)
        for line, row in below:
            ndc, product = _product(row, columns, f"{name}, line {line}")
            found.setdefault(ndc, {})[product] = None
    except TableFault as fault:
        raise CrosswalkError(str(fault)) from None
    except UnicodeDecodeError:
        raise CrosswalkError(f"{name}: it is not text in the encoding in which it was opened.") from None
    if not found:
        raise CrosswalkError(f"{name}: there is no row below the header.")
    return Crosswalk(MappingProxyType({ndc: tuple(products) for ndc, products in found.items()}), name)


def _below_head(lines: list[str], name: str) -> tuple[dict[str, int], Rows]:
    """Where the columns are, and the rows under the header, whatever sign parts the cells."""
    for delimiter in DELIMITERS:
        whole = rows(lines, name, delimiter)
        for _, row in whole:
            if columns := _columns(row):
                return columns, under(whole, row, name, 1 + max(columns.values()))
    raise CrosswalkError(
        f"{name}: no header with a HCPCS code, an NDC and a dosage; is this the CMS NDC-HCPCS crosswalk?"
    )


def _columns(row: list[str]) -> dict[str, int]:
    """Where the columns are, {} for a row that is not the header. A cell of prose is no head of a column."""
    heads = [cell.strip().casefold() if len(cell) < 40 else "" for cell in row]
    found: dict[str, int] = {}
    for key, words in _HEADS.items():
        place = next(
            (at for at, head in enumerate(heads) if any(word in head for word in words) and at not in found.values()),
            -1,
        )
        if place >= 0:
            found[key] = place
    return found if len(found) == len(_HEADS) else {}


def _product(row: list[str], columns: Mapping[str, int], where: str) -> tuple[str, Product]:
    cells = {key: row[at].strip() if at < len(row) else "" for key, at in columns.items()}
    ndc = eleven(cells["ndc"])
    code = cells["code"].upper()
    if not _CODE.fullmatch(code):
        raise CrosswalkError(f"{where}: {cells['code'][:30]!r} is not a HCPCS code.")
    if _SPOILED.fullmatch(cells["ndc"]):
        raise CrosswalkError(
            f"{where}: the NDC {cells['ndc'][:30]} is a number that a sheet has shortened; keep that column as text."
        )
    if len(ndc) != 1:
        # The file has alternate ids for a few products; they are no NDC and are not looked up.
        if cells["ndc"]:
            return cells["ndc"], Product(code, cells["name"])
        raise CrosswalkError(f"{where}: there is no NDC.")
    return ndc[0], Product(code, cells["name"], *_unit(cells["dosage"]))


def _unit(words: str) -> tuple[Decimal, str]:
    found = _DOSAGE.fullmatch(words)
    if found is None:
        return Decimal(0), ""
    number, unit = found[1].replace(",", ""), found[2].lower()
    try:
        known = amount_of(number, unit)
    except InvalidOperation:
        known = None
    return (Decimal(number), unit) if known and known[1] > 0 else (Decimal(0), "")
