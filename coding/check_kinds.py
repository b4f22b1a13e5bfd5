"""What can be found in a claim: the kinds of tables/findings.toml, and the code lists that tell them apart."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from coding.billed import ASK, NOTE, WRONG
from coding.rules import CARDS, PROBLEMS, TableError, fields, read_table, tables

NAME = "findings.toml"
SEVERITIES = (WRONG, ASK, NOTE)
# Kinds whose billed lines wait for an answer: off the corrected claim until the chart proves them.
HOLDING = ("visit-unproved", "no-visit-that-day", "unproved", "drug-unproved")


class Kind(NamedTuple):
    """One kind of finding. says: a sentence with places for {billed}, {wanted}, {proof} and {why}. do: what to do next."""

    name: str
    severity: str
    title: str
    says: str
    do: str
    rules: tuple[str, ...]


class Swap(NamedTuple):
    """Codes that are mistaken for one another; either side may be the billed one."""

    kind: str
    one: tuple[str, ...]
    other: tuple[str, ...]


class Softens(NamedTuple):
    """Problems of a row that make findings of these kinds a question."""

    problems: tuple[str, ...]
    kinds: tuple[str, ...]


class Doubt(NamedTuple):
    """Something about the claim that makes findings of these kinds a question. says: why, with a place for {ids} or {says}."""

    kinds: tuple[str, ...]
    says: str


class Modifiers(NamedTuple):
    """Modifiers that are judged, by what they say."""

    distinct: tuple[str, ...]
    misplaced: tuple[str, ...]
    early_stop: tuple[str, ...]
    waste: tuple[str, ...]


def _kind(name: str, row: object) -> Kind:
    kind = Kind(name=name, **fields(row, Kind, NAME, name, given=("name",)))  # type: ignore[arg-type]
    if kind.severity not in SEVERITIES:
        raise TableError(f"{NAME}: {name}: severity {kind.severity} is not one of {', '.join(SEVERITIES)}")
    if strange := [rule for rule in kind.rules if rule not in CARDS]:
        raise TableError(f"{NAME}: {name}: no such rule: {', '.join(strange)}")
    return kind


def _softens(row: object) -> Softens:
    found = Softens(**fields(row, Softens, NAME, "softens"))  # type: ignore[arg-type]
    if strange := [one for one in (*found.problems,) if one not in PROBLEMS] + [
        one for one in found.kinds if one not in KINDS
    ]:
        raise TableError(f"{NAME}: softens: unknown: {', '.join(strange)}")
    return found


def _doubt(name: str, row: object) -> Doubt:
    found = Doubt(**fields(row, Doubt, NAME, f"doubt.{name}"))  # type: ignore[arg-type]
    if strange := [one for one in found.kinds if one not in KINDS]:
        raise TableError(f"{NAME}: doubt.{name}: unknown: {', '.join(strange)}")
    return found


def _lists(row: dict[str, Any]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({code: tuple(others) for code, others in row.items()})


_TABLE: dict[str, Any] = read_table(tables().joinpath(NAME).read_text("utf-8"), NAME)
KINDS: Mapping[str, Kind] = MappingProxyType({name: _kind(name, row) for name, row in _TABLE["kind"].items()})
FLIPS = _lists(_TABLE["flips"])
SEQUELS = _lists(_TABLE["sequels"])
MODIFIERS = Modifiers(**fields(_TABLE["modifiers"], Modifiers, NAME, "modifiers"))  # type: ignore[arg-type]
SWAPS = tuple(Swap(**fields(row, Swap, NAME, "swap")) for row in _TABLE["swap"])  # type: ignore[arg-type]
SOFTENS = tuple(_softens(row) for row in _TABLE["softens"])
DOUBTS: Mapping[str, Doubt] = MappingProxyType({name: _doubt(name, row) for name, row in _TABLE["doubt"].items()})
BELONGS: Mapping[str, str] = MappingProxyType(dict(_TABLE["belongs"]))
LEAVE_OUT: tuple[str, ...] = tuple(_TABLE["leaves-out"]["problems"])
