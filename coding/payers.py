"""Payer policies as data (tables/payers/, and files of a hospital's own): read whole, or refused with file, line, key and reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from coding.model import FACILITY, PROFESSIONAL
from coding.rules import CARDS, SOURCES, TableError, fields, is_day, read_table, tables
from coding.switches import PolicyError, Switches, check_known, switch_named

SETTINGS = (FACILITY, PROFESSIONAL)
# What a payer's difference does to a line: it is shown as not payable, as packaged, as part of a visit, or only told.
EFFECTS = ("not payable", "packaged", "with visit", "told")
# On which drug lines a payer's modifier stands: that of the dose, that of what was discarded, or both.
WHEN = ("given", "discarded", "every line")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_CODE = re.compile(r"[0-9A-Z]\d{3}[0-9A-Z]")
_FROM_THE_CHART = frozenset({"JW", "JZ"})


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
        return _within(code, date, self.codes, self.holds_from, self.holds_until)


class PayerModifier(NamedTuple):
    """A modifier that a payer wants on drug lines. when: one of WHEN. says: what it attests, and where the payer asks for it."""

    modifier: str
    codes: tuple[str, ...]
    when: str
    says: str
    sources: tuple[str, ...]
    settings: tuple[str, ...]
    holds_from: str = ""
    holds_until: str = ""

    def covers(self, code: str, date: str, setting: str, discarded: bool) -> bool:
        """Whether it belongs on a drug line of a code on a day (ISO) in a setting."""
        if setting not in self.settings or self.when == ("given" if discarded else "discarded"):
            return False
        return _within(code, date, self.codes, self.holds_from, self.holds_until)


def _within(code: str, date: str, codes: tuple[str, ...], holds_from: str, holds_until: str) -> bool:
    if date < holds_from or (holds_until and date > holds_until):
        return False
    return any(low <= code <= (high or low) for low, _, high in (each.partition("-") for each in codes))


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
    modifiers: tuple[PayerModifier, ...] = ()


def own_payer(path: Path, known: Mapping[str, Payer]) -> Payer:
    """A payer of a user's own file, beside those that are known. Raises PolicyError."""
    try:
        payer = _read_payer(path.read_text("utf-8"), str(path), own=True)
    except OSError as error:
        raise PolicyError(f"{path}: the payer file cannot be read: {error.strerror}") from error
    except (TableError, UnicodeDecodeError) as error:
        raise PolicyError(str(error) if isinstance(error, TableError) else f"{path}: not UTF-8 text") from error
    taken = {name for each in known.values() for name in (each.name, *each.aliases)}
    if payer.name in taken:
        raise PolicyError(f"{path}: name: {payer.name} is taken by another payer; choose another name")
    if alias := next((one for one in payer.aliases if one in taken), ""):
        raise PolicyError(f"{path}: aliases: {alias} is taken by another payer; leave it out")
    return payer


def plain_name(said: str) -> str:
    """A payer's name as it is looked up: in small letters, with hyphens for what parts its words."""
    return "-".join(said.casefold().replace("_", " ").split())


def _read_payer(text: str, file: str, own: bool = False) -> Payer:
    row = read_table(text, file)
    lines = text.splitlines()
    switches, differs, modifiers = row.pop("switches", {}), row.pop("differs", []), row.pop("modifiers", [])
    if not isinstance(switches, dict) or not isinstance(differs, list) or not isinstance(modifiers, list):
        raise TableError(f"{file}: [switches] must be a table, [[modifiers]] and [[differs]] a list of tables")
    found = fields(row, Payer, file, "payer", given=("switches", "differs", "modifiers"))
    payer = Payer(**found)  # type: ignore[arg-type]
    check_known(payer.cards, CARDS, f"{_at(file, lines, 'cards')}: cards")
    if not own:
        check_known(payer.sources, SOURCES, f"{file}: sources")
    if not is_day(payer.as_of):
        raise TableError(f"{_at(file, lines, 'as_of')}: as_of: {payer.as_of!r} is not a date YYYY-MM-DD in quotes")
    _check_sources(payer.sources, _at(file, lines, "sources"))
    if payer.name != plain_name(payer.name) or not payer.name:
        raise TableError(f"{_at(file, lines, 'name')}: name: {payer.name!r} must be lower case without spaces")
    if "" in (aliases := tuple(map(plain_name, payer.aliases))):
        raise TableError(f"{_at(file, lines, 'aliases')}: aliases: one of them is blank")
    values = {}
    for name, value in switches.items():
        try:
            values[name] = switch_named(name).parse(value)
        except PolicyError as error:
            raise TableError(f"{_at(file, lines, name, '[switches]')}: switches: {error}") from error
    return payer._replace(
        aliases=aliases,
        switches=Switches(values),
        differs=tuple(
            _read_difference(one, _block(file, lines, "differs", place), own) for place, one in enumerate(differs)
        ),
        modifiers=tuple(
            _read_modifier(one, _block(file, lines, "modifiers", place), own) for place, one in enumerate(modifiers)
        ),
    )


def _read_difference(row: object, file: str, own: bool) -> Difference:
    one = Difference(**fields(row, Difference, file, "differs"))  # type: ignore[arg-type]
    where = f"{file}: differs"
    check_known((one.card,), CARDS, f"{where}: card")
    check_known((one.effect,), EFFECTS, f"{where}: effect")
    _check_scope(one, where, own)
    return one


def _read_modifier(row: object, file: str, own: bool) -> PayerModifier:
    one = PayerModifier(**fields(row, PayerModifier, file, "modifiers"))  # type: ignore[arg-type]
    where = f"{file}: modifiers"
    if not _MODIFIER.fullmatch(one.modifier):
        raise TableError(f"{where}: modifier: {one.modifier!r} is not two capital letters or digits")
    if one.modifier in _FROM_THE_CHART:
        raise TableError(f"{where}: modifier: {one.modifier} says what became of the drug; only the chart can say it")
    check_known((one.when,), WHEN, f"{where}: when")
    if not one.says.strip():
        raise TableError(f"{where}: says: what the modifier attests is missing")
    _check_scope(one, where, own)
    return one


def _check_scope(one: Difference | PayerModifier, where: str, own: bool) -> None:
    check_known(one.settings, SETTINGS, f"{where}: settings")
    if not own:
        check_known(one.sources, SOURCES, f"{where}: sources")
    _check_sources(one.sources, where)
    for name in ("settings", "codes"):
        if not getattr(one, name):
            raise TableError(f"{where}: {name}: at least one is needed")
    for code in one.codes:
        low, dash, high = code.partition("-")
        if not _CODE.fullmatch(low) or (dash and (not _CODE.fullmatch(high) or high < low)):
            raise TableError(
                f"{where}: codes: {code!r} is neither a code (96368, J1745) nor a range of them (96360-96379)"
            )
    for date in filter(None, (one.holds_from, one.holds_until)):
        if not is_day(date):
            raise TableError(f"{where}: {date!r} is not a date YYYY-MM-DD")
    if one.holds_from and one.holds_until and one.holds_until < one.holds_from:
        raise TableError(f"{where}: holds_until: {one.holds_until} lies before holds_from {one.holds_from}")


def _check_sources(sources: tuple[str, ...], where: str) -> None:
    if not sources or not all(one.strip() for one in sources):
        raise TableError(f"{where}: sources: at least one is needed, and none may be blank")


def _at(file: str, lines: list[str], key: str, under: str = "") -> str:
    """The file with the line on which a key stands, under a header where it is in a table; the file alone where it is not seen."""
    start = next((number for number, line in enumerate(lines) if line.strip() == under), 0) if under else 0
    for number, line in enumerate(lines[start:], start + 1):
        if line.partition("=")[0].strip().strip("\"'") == key and "=" in line:
            return f"{file}, line {number}"
    return file


def _block(file: str, lines: list[str], table: str, place: int) -> str:
    """The file with the line on which the nth table of a list begins."""
    heads = [number for number, line in enumerate(lines, 1) if line.split("#")[0].strip() == f"[[{table}]]"]
    return f"{file}, line {heads[place]}" if place < len(heads) else file


def _load_payers() -> dict[str, Payer]:
    files = {file.name: file for file in tables().joinpath("payers").iterdir() if file.name.endswith(".toml")}
    read = (_read_payer(files[name].read_text("utf-8"), f"payers/{name}") for name in sorted(files))
    return {payer.name: payer for payer in read}


PAYERS: Mapping[str, Payer] = MappingProxyType(_load_payers())
