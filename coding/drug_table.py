"""The drug tables as values: tables/drugs.csv, drugs_common.csv, hcpcs.csv and aliases.csv."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

# Kinds of row that a bare name never means: something in the chart must say so.
UNUSUAL_KINDS = frozenset({"flush", "declot", "own-code", "vaccine", "local"})
IGNORED, PURPOSE, OTHER, ONLY_ALONE = "(ignored)", "(purpose)", "(other)", "only alone"


class Drug(NamedTuple):
    """One row of the drug tables, or a name that is in none of them (known is False).

    key: the ingredient; drugs of one key are one drug for administration coding. kind: what sets it apart, or ""
    (hormonal cms-named electrolyte fluid blood contrast flush declot own-code vaccine oxytocin sedation expander
    local).
    group: class of the rulebook. family, commercial, medicare: family of codes by default and under each payer profile.
    push_plausible: Y, N or "" (not given into a vein). routes: "iv push", "iv infusion", "sc", "im", "po", ...
    cues: words and strengths that tell it from other rows of its key. source: how its class is known.
    """

    name: str
    key: str
    kind: str = ""
    group: str = ""
    family: str = ""
    commercial: str = ""
    medicare: str = ""
    push_plausible: str = ""
    brands: tuple[str, ...] = ()
    icd10: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    rxnorm: str = ""
    rxnorm_checked: bool = False
    cues: tuple[str, ...] = ()
    known: bool = True
    source: str = ""

    def goes_by(self, route: str) -> bool:
        """Whether a route of the chart (iv sc im po ...) is among its own."""
        return any(one.split()[0] == route for one in self.routes)

    @property
    def only_oral(self) -> bool:
        """Whether it is never given through a needle."""
        return bool(self.routes) and set(self.routes) <= {"po", "topical", "inhaled", "other"}


class Hcpcs(NamedTuple):
    """A billing code for a drug product. product: brand or biosimilar it belongs to, or "" for the generic one.

    unit_qty and unit_uom: one billing unit. first, last: dates of service between which it holds (ISO), or "".
    """

    code: str
    name: str
    product: str
    unit_qty: Decimal
    unit_uom: str
    source: str
    first: str
    last: str

    def holds_on(self, date: str) -> bool:
        """Whether it is in force on a date of service; without a date, whether it still is."""
        if not date:
            return not self.last
        return (not self.first or self.first <= date) and (not self.last or date <= self.last)


class Alias(NamedTuple):
    """Another writing of a name or brand; or IGNORED, PURPOSE, OTHER for a word that leads to no row."""

    alias: str
    name: str
    source: str


def _rows(table: str) -> list[dict[str, str]]:
    text = resources.files("coding").joinpath("tables", table).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _drug(row: dict[str, str]) -> Drug:
    return Drug(
        row["name"],
        row["key"],
        row["kind"],
        row["class"],
        row["family_default"],
        row["commercial"],
        row["medicare"],
        row["push_plausible"],
        _split(row["brands"]),
        _split(row["icd10"]),
        _split(row["route"]),
        row["rxnorm"],
        row["rxnorm_source"] not in ("", "unverified"),
        _split(row["cues"]),
        True,
        row["class_source"],
    )


@lru_cache(maxsize=1)
def all_drugs() -> tuple[Drug, ...]:
    """Every row of both drug tables, in their order."""
    return tuple(_drug(row) for table in ("drugs.csv", "drugs_common.csv") for row in _rows(table))


@lru_cache(maxsize=1)
def aliases() -> tuple[Alias, ...]:
    """Every row of the alias table."""
    return tuple(Alias(row["alias"], row["name"], row["source"]) for row in _rows("aliases.csv"))


@lru_cache(maxsize=1)
def all_codes() -> tuple[Hcpcs, ...]:
    """Every row of the code table that has a code or says that a product's own code is not known."""
    return tuple(
        Hcpcs(
            row["code"],
            row["name"],
            row["product"],
            Decimal(row["unit_qty"] or "0"),
            row["unit_uom"],
            row["source"],
            row["from"],
            row["until"],
        )
        for row in _rows("hcpcs.csv")
    )


@lru_cache(maxsize=1)
def names() -> dict[str, Drug]:
    """Drugs by name, in lower case."""
    return {drug.name.casefold(): drug for drug in all_drugs()}


@lru_cache(maxsize=1)
def families() -> dict[str, tuple[Drug, ...]]:
    """The rows of each key, the usual one first: no unusual kind, named as the ingredient, not only oral."""
    rows: dict[str, list[Drug]] = {}
    for drug in all_drugs():
        rows.setdefault(drug.key, []).append(drug)
    return {key: tuple(sorted(group, key=_unusual)) for key, group in rows.items()}


def _unusual(drug: Drug) -> tuple[bool, bool, bool]:
    return drug.kind in UNUSUAL_KINDS, drug.name.casefold() != drug.key.casefold(), drug.only_oral


@lru_cache(maxsize=1)
def by_rxnorm() -> dict[str, tuple[Drug, ...]]:
    """Drugs by RxNorm code of the ingredient, and of those products that the alias table lists."""
    found: dict[str, list[Drug]] = {}
    for drug in all_drugs():
        if drug.rxnorm:
            found.setdefault(drug.rxnorm, []).append(drug)
    for alias in aliases():
        if alias.alias.startswith("rxnorm:"):
            found.setdefault(alias.alias.removeprefix("rxnorm:"), []).append(names()[alias.name.casefold()])
    return {code: tuple(drugs) for code, drugs in found.items()}


@lru_cache(maxsize=1)
def codes_by_name() -> dict[str, tuple[Hcpcs, ...]]:
    """Codes by drug name."""
    found: dict[str, list[Hcpcs]] = {}
    for code in all_codes():
        found.setdefault(code.name, []).append(code)
    return {name: tuple(codes) for name, codes in found.items()}


@lru_cache(maxsize=1)
def codes_by_code() -> dict[str, tuple[Hcpcs, ...]]:
    """Rows by billing code; a code that serves two rows of the drug tables has two."""
    found: dict[str, list[Hcpcs]] = {}
    for code in all_codes():
        if code.code:
            found.setdefault(code.code, []).append(code)
    return {code: tuple(rows) for code, rows in found.items()}
