"""What a payer and a user have settled where authorities differ: the switches.

The defaults of tables/switches.toml come first, then what a file of tables/payers/ sets, then what the user sets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from coding.model import FACILITY, PROFESSIONAL
from coding.rules import CARDS, CONFIDENCES, SOURCES, TableError, fields, is_day, read_table, tables

SETTINGS = (FACILITY, PROFESSIONAL)
# What a payer's difference does to a line: it is shown as not payable, as packaged, as part of a visit, or only told.
EFFECTS = ("not payable", "packaged", "with visit", "told")


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
        near = "" if reason else _near(text, [str(option) for option in self.options])
        raise PolicyError(f"The switch {self.name} cannot be {value!r}{reason}.{near} It takes {self.takes()}.")


class Difference(NamedTuple):
    """One thing that a payer does otherwise. effect: one of EFFECTS. codes: codes or ranges of codes ("96360-96379").

    kinds: kinds of encounter to which it is limited, if any. holds_until: its last day, or "".
    """

    card: str
    effect: str
    says: str
    sources: tuple[str, ...]
    settings: tuple[str, ...]
    codes: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    holds_from: str = ""
    holds_until: str = ""

    def covers(self, code: str, date: str, setting: str, kind: str = "") -> bool:
        """Whether it bears on a code on a day (ISO) in a setting and kind of encounter."""
        if setting not in self.settings or (self.kinds and kind not in self.kinds):
            return False
        if date < self.holds_from or (self.holds_until and date > self.holds_until):
            return False
        return any(low <= code <= (high or low) for low, _, high in (each.partition("-") for each in self.codes))


class Payer(NamedTuple):
    """A payer's policy as data. switches: only what differs from the defaults. as_of: the day of what was read."""

    name: str
    title: str
    as_of: str
    sources: tuple[str, ...]
    cards: tuple[str, ...]
    switches: Mapping[str, str | int] = MappingProxyType({})
    aliases: tuple[str, ...] = ()
    differs: tuple[Difference, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Policy:
    """What is in force for one coding. policy["same_drug_repeat"] is the value of a switch.

    cards: what is known of the payer, for both settings. overridden: the switches that the user set.
    """

    setting: str
    payer: str
    switches: Switches
    cards: tuple[str, ...] = ()
    overridden: tuple[str, ...] = ()
    differs: tuple[Difference, ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.switches._values[name]

    @property
    def shown(self) -> tuple[tuple[str, object], ...]:
        """Every switch with its value, in the order of the table."""
        return tuple(self.switches.items())

    def _replace(self, **changes: Any) -> Policy:
        """The policy with some fields changed, as the tuples of coding.model do it."""
        return replace(self, **changes)

    def differences(self, code: str, date: str, kind: str = "") -> tuple[Difference, ...]:
        """What this payer does otherwise with a code on a day (ISO) in a kind of encounter."""
        return tuple(one for one in self.differs if one.covers(code, date, self.setting, kind))


def policy_for(
    setting: str = FACILITY,
    payer: str = "commercial",
    overrides: Mapping[str, str | int] = MappingProxyType({}),
    files: str | Path | Iterable[str | Path] | None = None,
) -> Policy:
    """The policy of a setting and a payer, with the switches that the user set. files: further payer files (TOML)."""
    if setting not in SETTINGS:
        raise PolicyError(f"There is no setting {setting!r}.{_near(setting, SETTINGS)} It is {' or '.join(SETTINGS)}.")
    found = payer_named(payer, files)
    values = {name: switch.default for name, switch in SWITCHES.items()}
    values.update(found.switches)
    for name, value in overrides.items():
        values[name] = _switch(name).parse(value)
    return Policy(setting, found.name, Switches(values), found.cards, tuple(sorted(overrides)), found.differs)


def payers() -> tuple[str, ...]:
    """The names of the payers that the tables know."""
    return tuple(_PAYERS)


def payer_named(name: str, files: str | Path | Iterable[str | Path] | None = None) -> Payer:
    """A payer by name or alias, from the tables or from the user's own files. Raises PolicyError."""
    known = dict(_PAYERS)
    for path in (files,) if isinstance(files, str | Path) else files or ():
        own = _own_payer(Path(path), known)
        known[own.name] = own
    wanted = "-".join(name.casefold().replace("_", " ").split())
    for payer in known.values():
        if wanted == payer.name or wanted in payer.aliases:
            return payer
    words = [word for payer in known.values() for word in (payer.name, *payer.aliases)]
    raise PolicyError(f"There is no payer {name!r}.{_near(wanted, words)} Known are {', '.join(known)}.")


def _switch(name: str) -> Switch:
    if name not in SWITCHES:
        raise PolicyError(f"There is no switch {name!r}.{_near(name, SWITCHES)} Known are {', '.join(SWITCHES)}.")
    return SWITCHES[name]


def _near(word: str, words: Collection[str]) -> str:
    near = get_close_matches(word.casefold(), words, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def _own_payer(path: Path, known: Mapping[str, Payer]) -> Payer:
    try:
        payer = _read_payer(path.read_text("utf-8"), str(path), own=True)
    except OSError as error:
        raise PolicyError(f"{path}: the payer file cannot be read: {error.strerror}") from error
    except (TableError, UnicodeDecodeError) as error:
        raise PolicyError(str(error) if isinstance(error, TableError) else f"{path}: not UTF-8 text") from error
    if any(payer.name in (each.name, *each.aliases) for each in known.values()):
        raise PolicyError(f"{path}: name: {payer.name} is taken by another payer; choose another name")
    return payer


def _read_payer(text: str, file: str, own: bool = False) -> Payer:
    row = read_table(text, file)
    switches, differs = row.pop("switches", {}), row.pop("differs", [])
    if not isinstance(switches, dict) or not isinstance(differs, list):
        raise TableError(f"{file}: [switches] must be a table and [[differs]] a list of tables")
    payer = Payer(**fields(row, Payer, file, "payer", given=("switches", "differs")))  # type: ignore[arg-type]
    _known(payer.cards, CARDS, f"{file}: cards")
    if not own:
        _known(payer.sources, SOURCES, f"{file}: sources")
    if not is_day(payer.as_of):
        raise TableError(f"{file}: as_of: {payer.as_of!r} is not a date YYYY-MM-DD in quotes")
    if payer.name != "-".join(payer.name.casefold().split()) or not payer.name:
        raise TableError(f"{file}: name: {payer.name!r} must be lower case without spaces")
    try:
        values = {name: _switch(name).parse(value) for name, value in switches.items()}
    except PolicyError as error:
        raise TableError(f"{file}: switches: {error}") from error
    return payer._replace(switches=Switches(values), differs=tuple(_read_difference(one, file, own) for one in differs))


def _read_difference(row: object, file: str, own: bool) -> Difference:
    where = f"{file}: differs"
    one = Difference(**fields(row, Difference, file, "differs"))  # type: ignore[arg-type]
    _known((one.card,), CARDS, f"{where}: card")
    _known((one.effect,), EFFECTS, f"{where}: effect")
    _known(one.settings, SETTINGS, f"{where}: settings")
    if not own:
        _known(one.sources, SOURCES, f"{where}: sources")
    for date in filter(None, (one.holds_from, one.holds_until)):
        if not is_day(date):
            raise TableError(f"{where}: {date!r} is not a date YYYY-MM-DD")
    return one


def _known(values: Iterable[str], known: Collection[str], where: str) -> None:
    for value in values:
        if value not in known:
            raise TableError(f"{where}: unknown: {value}.{_near(value, known)}")


def _load_switches() -> dict[str, Switch]:
    name = "switches.toml"
    table = read_table(tables().joinpath(name).read_text("utf-8"), name)
    found = {}
    for key, row in dict(table["switch"]).items():  # type: ignore[call-overload]
        switch = Switch(name=key, **fields(row, Switch, name, key, given=("name",)))  # type: ignore[arg-type]
        _known(switch.cards, CARDS, f"{name}: {key}: cards")
        _known((switch.confidence,), CONFIDENCES, f"{name}: {key}: confidence")
        if switch.parse(switch.default) != switch.default:
            raise TableError(f"{name}: {key}: the default {switch.default!r} is not written as an option")
        found[key] = switch
    return found


def _load_payers() -> dict[str, Payer]:
    files = {file.name: file for file in tables().joinpath("payers").iterdir() if file.name.endswith(".toml")}
    read = (_read_payer(files[name].read_text("utf-8"), f"payers/{name}") for name in sorted(files))
    return {payer.name: payer for payer in read}


SWITCHES: Mapping[str, Switch] = MappingProxyType(_load_switches())
_PAYERS: Mapping[str, Payer] = MappingProxyType(_load_payers())
