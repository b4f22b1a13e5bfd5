"""The switches: every point on which authorities differ, what it may be set to, and its default (tables/switches.toml)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, NamedTuple

from coding.rules import CARDS, CONFIDENCES, TableError, fields, read_table, tables


class PolicyError(ValueError):
    """A setting, payer, switch or value that does not exist, or a payer file with an error; says what is allowed."""


class Switch(NamedTuple):
    """A point on which authorities differ. options, or whole numbers from minimum to maximum, written behind prefix.

    refused: values that are not taken, and why. windows: first and last day for which an option is meant.
    """

    name: str
    type: str
    options: tuple[str | int, ...]
    default: str | int
    cards: tuple[str, ...]
    why: str
    confidence: str
    minimum: int | None = None
    maximum: int | None = None
    prefix: str = ""
    refused: Mapping[str, str] = MappingProxyType({})
    windows: Mapping[str, list[str]] = MappingProxyType({})

    def takes(self) -> str:
        """The allowed values in words."""
        named = [str(option) for option in self.options]
        if self.minimum is not None:
            range_ = f"{self.minimum} to {self.maximum}"
            named.append(f"{self.prefix}n with n from {range_}" if self.prefix else f"a whole number from {range_}")
        return ", ".join(named[:-1]) + " or " + named[-1] if len(named) > 1 else named[0]

    def parse(self, value: str | int) -> str | int:
        """The value as the switch keeps it. Raises PolicyError with what is allowed."""
        text = "" if isinstance(value, bool) else str(value).strip()
        for option in self.options:
            if text.casefold().replace("-", "_") == str(option).casefold():
                return option
        digits = text.removeprefix(self.prefix) if text.startswith(self.prefix) else ""
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else -1
        if self.minimum is not None and self.maximum is not None and self.minimum <= number <= self.maximum:
            return f"{self.prefix}{number}" if self.prefix else number
        reason = f": {self.refused[text]}" if text in self.refused else ""
        hint = "" if reason else near(text, [str(option) for option in self.options])
        raise PolicyError(f"The switch {self.name} cannot be {value!r}{reason}.{hint} It takes {self.takes()}.")


class Switches(Mapping[str, Any]):
    """Switch values by name: read-only, comparable and hashable, so that a Policy can be the key of a cache."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str | int]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(tuple(self._values.items()))

    def __repr__(self) -> str:
        return f"Switches({self._values!r})"


def switch_named(name: str) -> Switch:
    """The switch of this name. Raises PolicyError."""
    if name not in SWITCHES:
        raise PolicyError(f"There is no switch {name!r}.{near(name, SWITCHES)} Known are {', '.join(SWITCHES)}.")
    return SWITCHES[name]


def near(word: str, words: Collection[str]) -> str:
    """ " Did you mean …?" for a word that is nearly one of the words, else ""."""
    close = get_close_matches(word.casefold(), words, n=1)
    return f" Did you mean {close[0]}?" if close else ""


def check_known(values: Iterable[str], known: Collection[str], where: str) -> None:
    """Raises TableError for the first value that is not known."""
    for value in values:
        if value not in known:
            raise TableError(f"{where}: unknown: {value}.{near(value, known)}")


def _load_switches() -> dict[str, Switch]:
    name = "switches.toml"
    table = read_table(tables().joinpath(name).read_text("utf-8"), name)
    found = {}
    for key, row in dict(table["switch"]).items():  # type: ignore[call-overload]
        switch = Switch(name=key, **fields(row, Switch, name, key, given=("name",)))  # type: ignore[arg-type]
        check_known(switch.cards, CARDS, f"{name}: {key}: cards")
        check_known((switch.confidence,), CONFIDENCES, f"{name}: {key}: confidence")
        if switch.parse(switch.default) != switch.default:
            raise TableError(f"{name}: {key}: the default {switch.default!r} is not written as an option")
        found[key] = switch
    return found


SWITCHES: Mapping[str, Switch] = MappingProxyType(_load_switches())
