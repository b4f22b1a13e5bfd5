"""The table of the documentation checklist (tables/checklist.toml): what is wanted, what throws doubt on it, and how orders are marked."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from coding.rules import CARDS, PROBLEMS, TableError, fields, read_table, tables

NAME = "checklist.toml"
PRESENT, MISSING, DOUBTED, NOT_YET, ASKED_ABOVE, NOT_APPLICABLE, NOT_READABLE, NOT_READ = (
    "present",
    "missing",
    "in question",
    "not yet",
    "asked above",
    "not applicable",
    "not readable here",
    "not read by Chairtime",
)
PAUSE, KEEP_OPEN, CARRIER = "pause", "keep-open", "carrier"
KINDS = (
    "infusion", "push", "injection", "hydration", "device", "flush", KEEP_OPEN, CARRIER, PAUSE, "other",
)  # fmt: skip
VEIN, SINGLE_DOSE, SECOND_SITE = "vein", "single-dose", "second-site"
ORDER_LATE, DOSE_DIFFERS, NAME_UNKNOWN = "order-late", "dose-differs", "drug-unknown"
# Whether a drug came from a single-dose container is asked at its first row in the visit.
CONTAINER_UNKNOWN, CONTAINER_ASKED = "container-unknown", "container-asked"
UNREAD = "unread"
_ONLY = ("", VEIN, SINGLE_DOSE, SECOND_SITE)
_ONCE = ("", "infusion")
_STATES = (DOUBTED, MISSING, NOT_YET)
_OURS = (ORDER_LATE, DOSE_DIFFERS, CONTAINER_UNKNOWN, NAME_UNKNOWN, PAUSE)


class Wanted(NamedTuple):
    """One item of the table, as its first lines explain. types: the column `from`."""

    id: str
    title: str
    card: str
    ask: str
    types: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    only: str = ""
    unread: str = ""
    once: str = ""


class Doubt(NamedTuple):
    """What throws doubt on an item, or words its question anew. when: a problem of the engine, or one of our own."""

    item: str
    when: str
    ask: str
    state: str = DOUBTED
    shows: str = ""


class Marked(NamedTuple):
    """How an order is marked that does not show that the drug was ordered. status: that of model.Order."""

    status: str
    says: str
    ask: str


class Table(NamedTuple):
    """The table as read; tolerance in per cent of the ordered dose."""

    visit: tuple[Wanted, ...]
    items: tuple[Wanted, ...]
    doubts: tuple[Doubt, ...]
    orders: dict[str, Marked]
    tolerance: int


def _load() -> Table:
    table = read_table(tables().joinpath(NAME).read_text("utf-8"), NAME)
    visit, items = (tuple(map(_wanted, _rows(table[name]))) for name in ("visit", "item"))
    doubts = tuple(_doubt(row, {one.id for one in items}) for row in _rows(table["doubt"]))
    orders = [Marked(**fields(row, Marked, NAME, str(row.get("status")))) for row in _rows(table["order"])]  # type: ignore[arg-type]
    tolerance = table["dose_tolerance"]
    if not isinstance(tolerance, int):
        raise TableError(f"{NAME}: dose_tolerance must be a whole number")
    return Table(visit, items, doubts, {one.status: one for one in orders}, tolerance)


def _rows(rows: object) -> list[dict[str, object]]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _wanted(row: dict[str, object]) -> Wanted:
    row = {"types" if key == "from" else key: value for key, value in row.items()}
    one = Wanted(**fields(row, Wanted, NAME, str(row.get("id"))))  # type: ignore[arg-type]
    if one.card not in CARDS or not set(one.kinds) <= set(KINDS) or one.only not in _ONLY or one.once not in _ONCE:
        raise TableError(f"{NAME}: {one.id}: an unknown card, kind or condition")
    return one


def _doubt(row: dict[str, object], items: Collection[str]) -> Doubt:
    one = Doubt(**fields(row, Doubt, NAME, str(row.get("when"))))  # type: ignore[arg-type]
    if not (one.when in PROBLEMS or one.when in _OURS) or one.item not in items or one.state not in _STATES:
        raise TableError(f"{NAME}: {one.when}: an unknown problem, item or state")
    return one


VISIT, ITEMS, DOUBTS, ORDERS, DOSE_TOLERANCE = _load()
