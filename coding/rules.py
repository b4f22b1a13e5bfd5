"""The rule cards, their sources, numbers and problem codes, read once from tables/.

A card is the help text of the product and the reason on a line: page, panel, export and tests read the same one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date as Date
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import NamedTuple

from coding.model import ASKS, FACILITY, PROFESSIONAL, STOPS, TELLS

KINDS_OF_SOURCE = frozenset(
    {"manual", "contractor article", "trade press", "payer policy", "forum", "code table", "house", "unverified"}
)
CONFIDENCES = frozenset({"high", "medium", "low"})


class TableError(ValueError):
    """A table is wrong. The message names the file, the key and what is wrong with it."""


class Card(NamedTuple):
    """One rule. aka: older names of the rule. holds_until: its last day, or "" while it holds. Dates are ISO.

    switch: the switches that govern it. disagree: the other reading and who holds it. seeds: how errors in the
    documents that the rules began from are resolved.
    """

    id: str
    title: str
    says: str
    sources: tuple[str, ...]
    holds_from: str
    settings: tuple[str, ...]
    confidence: str
    aka: tuple[str, ...] = ()
    thresholds: tuple[str, ...] = ()
    holds_until: str = ""
    switch: tuple[str, ...] = ()
    disagree: str = ""
    seeds: str = ""


class Source(NamedTuple):
    """What was read. seen: how much of it, in our words. kind: one of KINDS_OF_SOURCE.

    payers, settings: those for which it speaks; empty where it speaks for all.
    """

    tag: str
    title: str
    address: str
    seen: str
    kind: str
    payers: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    def speaks_for(self, payer: str, setting: str) -> bool:
        """Whether it speaks for a payer, by name, in a setting."""
        return payer in (self.payers or (payer,)) and setting in (self.settings or (setting,))


class ProblemKind(NamedTuple):
    """A problem by its stable code and number. meaning: what is the matter. do: what to do next."""

    code: str
    number: int
    severity: str
    meaning: str
    do: str


class Number(NamedTuple):
    """Where a threshold or a date comes from. unit: "" for a date."""

    name: str
    value: int | str
    means: str
    sources: tuple[str, ...]
    unit: str = ""


class Thresholds(NamedTuple):
    """The numbers of the rules; the unit is in the name or is minutes. See NUMBERS for meaning and source."""

    infusion_minimum: int
    hour: int
    hydration_minimum: int
    bolus_window: int
    pump_minimum_hours: int
    implausible_minutes: int
    next_day_hint_hours: int
    duplicate_window_minutes: int
    split_dose_window_minutes: int
    keep_open_flag_max_ml_h: int
    touching_gap_minutes: int
    same_order_gap_minutes: int
    payment_window_days: int
    payment_window_days_other: int
    waste_minimum_units: int


class Dates(NamedTuple):
    """Days, ISO, on which something begins inside a card's life."""

    jw_from: str
    jz_from: str
    rsv_codes_from: str
    office_pump_from: str


def tables() -> Traversable:
    """The folder of the tables."""
    return files("coding").joinpath("tables")


def read_table(text: str, name: str) -> dict[str, object]:
    """The TOML of a table, or a TableError that names the file."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"{name}: not valid TOML: {error}") from error
    except RecursionError:
        raise TableError(f"{name}: not valid TOML: its lists or tables lie too deep in one another") from None
    except ValueError:  # a number beyond the digits that Python reads
        raise TableError(f"{name}: not valid TOML: a number has too many digits") from None


def fields(row: object, shape: type[NamedTuple], name: str, where: str, given: Iterable[str] = ()) -> dict[str, object]:
    """The row as arguments of shape: no unknown key, none missing, every value of the kind the shape names.

    given: fields that the caller fills in, so the row may not have them.
    """
    if not isinstance(row, dict):
        raise TableError(f"{name}: {where}: a table is wanted here")
    allowed = [field for field in shape._fields if field not in given]
    for key in row:
        if key not in allowed:
            raise TableError(f"{name}: {where}: unknown key {key}; known are {', '.join(allowed)}")
    result: dict[str, object] = {}
    for key in allowed:
        if key not in row:
            if key in shape._field_defaults:
                continue
            raise TableError(f"{name}: {where}: {key} is missing")
        wanted = shape.__annotations__[key]
        result[key] = _value(row[key], getattr(wanted, "__forward_arg__", str(wanted)), f"{name}: {where}: {key}")
    return result


def _value(value: object, wanted: str, where: str) -> object:
    if wanted.startswith("tuple"):
        if not isinstance(value, list) or ("[str," in wanted and not all(isinstance(item, str) for item in value)):
            raise TableError(f"{where} must be a list of texts" if "[str," in wanted else f"{where} must be a list")
        return tuple(value)
    kinds = {"str": (str,), "int": (int,), "int | None": (int,), "int | str": (int, str)}.get(wanted)
    if kinds and (isinstance(value, bool) or not isinstance(value, kinds)):
        names = ("text" if kind is str else "a whole number" for kind in kinds)
        raise TableError(f"{where} must be {' or '.join(names)}")
    return value


def is_day(text: str) -> bool:
    """Whether the text is an ISO date, YYYY-MM-DD."""
    try:
        return Date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _load(name: str) -> dict[str, object]:
    return read_table(tables().joinpath(name).read_text("utf-8"), name)


def _rows(table: dict[str, object], key: str, name: str) -> dict[str, object]:
    rows = table.get(key)
    if not isinstance(rows, dict):
        raise TableError(f"{name}: no [{key}.…] tables")
    return rows


def _load_sources() -> dict[str, Source]:
    name, found = "sources.toml", {}
    for tag, row in _rows(_load(name), "source", name).items():
        source = Source(tag=tag, **fields(row, Source, name, tag, given=("tag",)))  # type: ignore[arg-type]
        if source.kind not in KINDS_OF_SOURCE:
            raise TableError(f"{name}: {tag}: kind {source.kind} is not one of {', '.join(sorted(KINDS_OF_SOURCE))}")
        for setting in source.settings:
            if setting not in (FACILITY, PROFESSIONAL):
                raise TableError(f"{name}: {tag}: unknown setting {setting}")
        found[tag] = source
    return found


def _load_numbers(table: dict[str, object], key: str) -> dict[str, Number]:
    name = "thresholds.toml"
    return {
        number: Number(name=number, **fields(row, Number, name, number, given=("name",)))  # type: ignore[arg-type]
        for number, row in _rows(table, key, name).items()
    }


def _load_problems() -> dict[str, ProblemKind]:
    name = "problems.toml"
    found: dict[str, ProblemKind] = {}
    numbers: dict[int, str] = {}
    for code, row in _rows(_load(name), "problem", name).items():
        kind = ProblemKind(code=code, **fields(row, ProblemKind, name, code, given=("code",)))  # type: ignore[arg-type]
        if kind.severity not in (STOPS, ASKS, TELLS):
            raise TableError(f"{name}: {code}: severity {kind.severity} is not one of {STOPS}, {ASKS}, {TELLS}")
        if kind.number in numbers:
            raise TableError(f"{name}: {code}: number {kind.number} is taken by {numbers[kind.number]}")
        numbers[kind.number] = code
        found[code] = kind
    return found


def _load_cards() -> dict[str, Card]:
    found: dict[str, Card] = {}
    folder = tables().joinpath("rules")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        name = f"rules/{file.name}"
        table = read_table(file.read_text("utf-8"), name)
        if list(table) != ["rule"] or not isinstance(table["rule"], list):
            raise TableError(f"{name}: only [[rule]] tables belong here")
        for row in table["rule"]:
            where = str(row.get("id", "a rule without id")) if isinstance(row, dict) else "a rule"
            card = Card(**fields(row, Card, name, where))  # type: ignore[arg-type]
            _check(card, name, found)
            found[card.id] = card
    return found


def _check(card: Card, name: str, found: Mapping[str, Card]) -> None:
    where = f"{name}: {card.id}"
    if card.id in found:
        raise TableError(f"{where}: the id is taken")
    for day in filter(None, (card.holds_from, card.holds_until)):
        if not is_day(day):
            raise TableError(f"{where}: {day} is not a date YYYY-MM-DD")
    for value, known, what in (
        *((tag, SOURCES, "source") for tag in card.sources),
        *((number, THRESHOLDS._fields, "threshold") for number in card.thresholds),
        *((setting, (FACILITY, PROFESSIONAL), "setting") for setting in card.settings),
        (card.confidence, CONFIDENCES, "confidence"),
    ):
        if value not in known:
            raise TableError(f"{where}: unknown {what} {value}")
    if not card.sources:
        raise TableError(f"{where}: a rule without a source")


SOURCES: Mapping[str, Source] = MappingProxyType(_load_sources())
_NUMBERS_TABLE = _load("thresholds.toml")
VERSION = str(_rows(_NUMBERS_TABLE, "tables", "thresholds.toml")["version"])
_THRESHOLDS = _load_numbers(_NUMBERS_TABLE, "threshold")
_DATES = _load_numbers(_NUMBERS_TABLE, "date")
NUMBERS: Mapping[str, Number] = MappingProxyType({**_THRESHOLDS, **_DATES})
THRESHOLDS = Thresholds(**{name: number.value for name, number in _THRESHOLDS.items()})  # type: ignore[arg-type]
DATES = Dates(**{name: number.value for name, number in _DATES.items()})  # type: ignore[arg-type]
CARDS: Mapping[str, Card] = MappingProxyType(_load_cards())
PROBLEMS: Mapping[str, ProblemKind] = MappingProxyType(_load_problems())


def card(id: str) -> Card:
    """The card with this id. KeyError for an id that does not exist: that is a mistake in the program."""
    return CARDS[id]


def in_force(card: Card, date: str | Date) -> bool:
    """Whether the card holds on the day, given as a date or as YYYY-MM-DD."""
    day = date if isinstance(date, str) else date.isoformat()[:10]
    return card.holds_from <= day and (not card.holds_until or day <= card.holds_until)


def sources(card: Card) -> tuple[Source, ...]:
    """The sources of a card, in its order."""
    return tuple(SOURCES[tag] for tag in card.sources)
