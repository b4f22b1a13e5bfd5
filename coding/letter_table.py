"""The sentences of a letter, from tables/letter.toml, and the authority of each that fits the payer and the setting."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from coding.payers import PAYERS
from coding.rules import SOURCES, Source, TableError, fields, read_table, tables

NAME = "letter.toml"
# A payer's reviewer is shown an authority, not a forum and not our own reading.
AUTHORITIES = ("manual", "contractor article", "payer policy", "trade press")
_NOT = re.compile(
    r"\b(?:no|not|non|without|denies|denied|negative for|rule out|r/o)[^\w.;:]+(?:\w+[^\w.;:]+){0,2}$", re.IGNORECASE
)


class Sentence(NamedTuple):
    """What is said of a line; the table explains each field."""

    says: str
    rules: tuple[str, ...]
    codes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    cited: bool = False
    unless: tuple[str, ...] = ()
    beside_not: tuple[str, ...] = ()
    always: bool = False


class Opening(NamedTuple):
    """What a letter about one of the denials begins with where the rule holds."""

    denials: tuple[str, ...]
    rule: str
    says: str


class Reading(NamedTuple):
    """Something that authorities read differently; the table explains each field."""

    says: str
    rule: str
    problem: str = ""
    codes: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    told: str = ""
    only: bool = False
    sources: tuple[str, ...] = ()


class Meaning(NamedTuple):
    """What words of a chart that begin with one of the stems say, in our words."""

    stems: tuple[str, ...]
    says: str


class Apart(NamedTuple):
    """Why a row stands on no line, by the rule that set it aside; of no rule: where none of them did."""

    rules: tuple[str, ...]
    says: str


class _Table(NamedTuple):
    argument: dict[str, tuple[str, ...]]
    openings: tuple[Opening, ...]
    sentences: tuple[Sentence, ...]
    readings: tuple[Reading, ...]
    needs: tuple[Meaning, ...]
    reasons: tuple[Meaning, ...]
    apart: tuple[Apart, ...]
    site: frozenset[str]


def _load() -> _Table:
    table = read_table(tables().joinpath(NAME).read_text("utf-8"), NAME)
    argument, site = table["argument"], table["site"]
    if not isinstance(argument, dict) or not isinstance(site, dict):
        raise TableError(f"{NAME}: [argument] and [site] are wanted")
    found = _Table(
        {denial: tuple(tags) for denial, tags in argument.items()},
        tuple(Opening(**row) for row in _rows(table, "opening", Opening)),  # type: ignore[arg-type]
        tuple(Sentence(**row) for row in _rows(table, "sentence", Sentence)),  # type: ignore[arg-type]
        tuple(Reading(**row) for row in _rows(table, "reading", Reading)),  # type: ignore[arg-type]
        tuple(Meaning(**row) for row in _rows(table, "need", Meaning)),  # type: ignore[arg-type]
        tuple(Meaning(**row) for row in _rows(table, "reason", Meaning)),  # type: ignore[arg-type]
        tuple(Apart(**row) for row in _rows(table, "apart", Apart)),  # type: ignore[arg-type]
        frozenset(site["words"]),
    )
    spoken = [one.sources for one in found.sentences] + [one.sources for one in found.readings]
    for tag in (tag for tags in (*found.argument.values(), *spoken) for tag in tags):
        _check(tag)
    return found


def _rows(table: dict[str, object], key: str, shape: type[NamedTuple]) -> list[dict[str, object]]:
    rows = table[key]
    if not isinstance(rows, list):
        raise TableError(f"{NAME}: [[{key}]] tables are wanted")
    return [fields(row, shape, NAME, f"{key} {number}") for number, row in enumerate(rows, 1)]


def _check(tag: str) -> None:
    source = SOURCES.get(tag)
    if source is None or source.kind not in AUTHORITIES or not source.address:
        raise TableError(f"{NAME}: {tag} is no authority with an address")
    for payer in source.payers:
        if payer not in PAYERS:
            raise TableError(f"sources.toml: {tag}: unknown payer {payer}")


_TABLE = _load()
ARGUMENT, SENTENCES, READINGS = _TABLE.argument, _TABLE.sentences, _TABLE.readings


def opening(denial: str, rules: Collection[str]) -> str:
    """What a letter about a denial begins with by the first of the rules that the table knows, "" where it has none."""
    return next((one.says for one in _TABLE.openings if denial in one.denials and one.rule in rules), "")


def authority(tags: Iterable[str], payer: str, setting: str) -> Source | None:
    """The first of the sources that speaks for a payer in a setting, None where none does."""
    return next(iter(authorities(tags, payer, setting)), None)


def authorities(tags: Iterable[str], payer: str, setting: str) -> tuple[Source, ...]:
    """Those of the sources that speak for a payer in a setting."""
    return tuple(SOURCES[tag] for tag in tags if SOURCES[tag].speaks_for(payer, setting))


def apart(rules: Iterable[str]) -> str:
    """Why something that the record shows stands on no line."""
    ruled = set(rules)
    return next(one.says for one in _TABLE.apart if not one.rules or ruled & set(one.rules))


def needs(said: str) -> tuple[str, ...]:
    """Why a second site was needed, as far as words of the chart say it in a known way; in our words."""
    return _meant(said, _TABLE.needs, denied=False)


def reasons(said: str) -> tuple[str, ...]:
    """Why something was given, as far as words of the chart say it in a known way; in our words.

    >>> reasons("Renal protection: hydration before cisplatin, no nausea")
    ('protection of the kidneys',)
    """
    return _meant(said, _TABLE.reasons, denied=True)


def _meant(said: str, meanings: tuple[Meaning, ...], denied: bool) -> tuple[str, ...]:
    lowered = said.lower()
    return tuple(one.says for one in meanings if any(_holds(lowered, stem, denied) for stem in one.stems))


def _holds(said: str, stem: str, denied: bool) -> bool:
    found = (one.start() for one in re.finditer(rf"(?<!\w){re.escape(stem)}" if denied else re.escape(stem), said))
    return any(not (denied and _NOT.search(said, 0, at)) for at in found)


def plain_site(said: str) -> str:
    """A charted access site, "" where it holds a word that no site has: such words may name a person.

    >>> plain_site("Left forearm PIV 20 G")
    'Left forearm PIV 20 G'
    >>> plain_site("left arm, placed by Karl")
    ''
    """
    words = [word for word in re.findall(r"[^\s,;/()]+", said) if word != "-"]
    plain = all(word.lower() in _TABLE.site or re.fullmatch(r"#?\d{1,2}(?:g|ga)?", word.lower()) for word in words)
    return " ".join(words) if plain else ""
