"""The denials that the table knows, and what it says beside them."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, NamedTuple

from coding.rules import CARDS, PROBLEMS, TableError, fields, read_table, tables

NAME = "denials.toml"
READ = ("named", "units", "numbers", "unknown")  # fields set in reading
ADMINISTRATION, DRUG, OUTSIDE = "administration", "drug", "outside"


class Denial(NamedTuple):
    """One pattern of denial, as the table's first lines explain.

    Set in reading: named: billing codes that the biller named; units: those named with more than one unit; numbers: of the denial
    ("CARC 16", "RARC N822"); unknown: numbers beside them that the table does not have.
    """

    id: str
    title: str
    about: str
    means: str
    rulebook: str
    supported: str
    unsupported: str
    seen: str
    carc: tuple[str, ...] = ()
    rarc: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    least: int = 1
    findings: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    argument: str = ""
    once: str = ""
    resend: str = ""
    drug_numbers: tuple[str, ...] = ()
    same_family: str = ""
    corrects: bool = False
    orders: bool = False
    named: tuple[str, ...] = ()
    units: tuple[tuple[str, int], ...] = ()
    numbers: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class Open(NamedTuple):
    """Problems by what they leave open; the table explains each."""

    visit: tuple[str, ...]
    fluid: tuple[str, ...]
    drug: tuple[str, ...]
    family: tuple[str, ...]
    may_change: tuple[str, ...]
    told: tuple[str, ...]
    by_name: tuple[str, ...]
    readable: tuple[str, ...]


class Table(NamedTuple):
    """The whole table; its first lines explain each part."""

    denials: tuple[Denial, ...]
    open: Open
    spelling: dict[str, str]
    between: tuple[str, ...]
    other_after: tuple[str, ...]
    names: dict[str, tuple[str, ...]]
    remark_wanted: dict[str, str]
    instead: dict[str, tuple[str, ...]]
    order_missing: dict[str, str]


def _load() -> Table:
    table = read_table(tables().joinpath(NAME).read_text("utf-8"), NAME)
    rows = table["denial"]
    if not isinstance(rows, list):
        raise TableError(f"{NAME}: [[denial]] tables are wanted")
    found = []
    for row in rows:
        where = str(row.get("id", "a denial without id")) if isinstance(row, dict) else "a denial"
        found.append(Denial(**fields(row, Denial, NAME, where, given=READ)))  # type: ignore[arg-type]
        _check(found[-1], where)
    ids = {one.id for one in found}
    if len(ids) < len(found):
        raise TableError(f"{NAME}: an id stands twice")
    left_open = Open(**fields(table["problems"], Open, NAME, "problems"))  # type: ignore[arg-type]
    _known({code for group in left_open[:-1] for code in group}, PROBLEMS, "problems")
    wanted = {str(number): str(id) for number, id in _group(table, "remark_wanted").items()}
    _known(wanted.values(), ids, "remark_wanted")
    return Table(
        tuple(found),
        left_open,
        {str(word): str(as_) for word, as_ in _group(table, "spelling").items()},
        tuple(map(str, _group(table, "joins")["between"])),
        tuple(map(str, _group(table, "joins")["other_after"])),
        {str(word): tuple(codes) for word, codes in _group(table, "names").items()},
        wanted,
        {str(code): tuple(codes) for code, codes in _group(table, "instead").items()},
        {key: str(_group(table, "order_missing")[key]) for key in ("says", "would_prove", "do")},
    )


def _group(table: dict[str, object], name: str) -> dict[str, Any]:
    found = table[name]
    if not isinstance(found, dict):
        raise TableError(f"{NAME}: [{name}] is wanted")
    return found


def _check(denial: Denial, where: str) -> None:
    _known(denial.cards, CARDS, where)
    _known(denial.unproved, PROBLEMS, where)
    if denial.about not in (ADMINISTRATION, DRUG, OUTSIDE):
        raise TableError(f"{NAME}: {where}: about is {denial.about!r}")
    if denial.about != OUTSIDE and not (denial.codes and denial.supported and denial.argument):
        raise TableError(f"{NAME}: {where}: codes, supported and argument are wanted where the chart can answer")


def _known(values: Iterable[str], known: Iterable[str], where: str) -> None:
    for value in values:
        if value not in known:
            raise TableError(f"{NAME}: {where}: unknown: {value}")


TABLE = _load()
OPEN = TABLE.open
DENIALS = MappingProxyType({one.id: one for one in TABLE.denials})
