"""The words of the lexicon and nouns tables, and how they are found in a question: the longest writing wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from coding.drug_writings import plain
from coding.rules import TableError, read_table, tables

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+")
_SHORT = (
    (re.compile(r"\bw/\s?o\b"), "without "),
    (re.compile(r"\bw/\s?"), "with "),
    (re.compile(r"\b(\d{5})\s?-\s?(25|50|51|52|53|59|73|74|76|77|x[epsu])\b"), r"\1 modifier \2"),
    (re.compile(r"\bw\b(?!\s?/)"), "with"),
    (re.compile(r"\bu\b"), "you"),
    (re.compile(r"\br\b(?= )"), "are"),
    (re.compile(r"\bb/c\b"), "because"),
    (re.compile(r"\$+"), " dollars "),
    (re.compile(r"\bb/w\b|\bbtwn\b|\bbtw\b"), "between"),
    (re.compile(r"\b(hrs?|mins?)\.(?=\s)"), r"\1"),
    (re.compile(r"(\d)\s?m\b(?!\s?[/l])"), r"\1 min"),
    (re.compile(r"(:\d\d) ([ap])\b"), r"\1\2"),
    (re.compile(r"\b(\d{4})/(\d{4})\b"), r"\1-\2"),
    (re.compile(r"\bbetween (\d[\d:]*(?:\s?[ap]m?)?) (?:and|&|plus) (?=\d)"), r"from \1 to "),
    (re.compile(r"\b(ran|over|for) (\d{2,3})(?=\s*(?:$|[,.;?]|then\b|and\b|plus\b|with\b))"), r"\1 \2 min"),
    (re.compile(r"\bs/p\b"), "after"),
    (re.compile(r"\bd/t\b"), "due to"),
    (re.compile(r"\be/m\b"), "em visit"),
    (re.compile(r"\bd/c'?d?\s+(?=home\b)"), "discharged "),
    (re.compile(r"\bd/c'?d?\b"), "discontinued"),
    (re.compile(r"\bo/n\b"), "overnight"),
    (re.compile(r"@"), " at "),
    (re.compile(r"\s&\s|\s\+\s|(?<=[a-z])\s?\+\s?(?=[a-z])"), " plus "),
)
_LETTER = re.compile(
    r"(?<![A-Za-z0-9'])(?:[Dd]rug |[Bb]ag |[Mm]ed |[Aa]bx |[Aa]gent )?([A-D])"
    r"(?=:?\s+(?:\d|from\b|ran\b|runs\b|was\b|over\b|iv|IV|x\s?\d|at\b))"
)
_NUMBERED = re.compile(
    r"\b(?:drug|abx|antibiotic|med|agent|antibx)\s?#?\s?([1-4])\b(?!\s?(?:mg|g|hr|h|min|of|dose|x))", re.I
)
_MINUTE_MARK = re.compile(r"(?<=\d)\s?['\u2019\u2032](?!\w)")
_ROUND_BRACKET = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", "“": '"', "”": '"', "—": "-", "→": ">"})


class Word(NamedTuple):
    """A word or number with its place in the plain question."""

    text: str
    first: int
    last: int


class Found(NamedTuple):
    """A writing found. kind and value: table and key. words: places among the words, last not included."""

    kind: str
    value: str
    first: int
    last: int
    words: tuple[int, int]


class Noun(NamedTuple):
    """A noun that stands for a drug. name: the text under which the engine sees it."""

    name: str
    words: tuple[str, ...]
    weak: bool = False
    label: bool = False
    same: bool = False
    fluid: bool = False


def normal(question: str) -> str:
    """The question in lower case and plain signs, with shorthand such as w/ written out. One call, then all else reads this."""
    text = _LETTER.sub(lambda match: f"drug {match[1].lower()}", question.translate(_ROUND_BRACKET))
    text = _NUMBERED.sub(lambda match: f"drug {'abcd'[int(match[1]) - 1]}", text)
    text = plain(_MINUTE_MARK.sub(" min", text))
    for pattern, long in _SHORT:
        text = pattern.sub(long, text)
    return text


def words(text: str) -> tuple[Word, ...]:
    """The words and numbers of a plain text."""
    return tuple(Word(match.group(), match.start(), match.end()) for match in _WORD.finditer(text))


def panel_table(name: str) -> dict[str, object]:
    """A table of the panel. Raises TableError."""
    return read_table(tables().joinpath("panel", name).read_text("utf-8"), f"panel/{name}")


class Writings:
    """Many-word writings by their first word, to be found in one walk."""

    def __init__(self, rows: Iterable[tuple[str, str, str]], name: str) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        seen: dict[tuple[str, ...], tuple[str, str]] = {}
        for kind, value, writing in rows:
            key = tuple(word.text for word in words(normal(writing)))
            if not key:
                raise TableError(f"{name}: {kind}.{value}: {writing!r} holds no word")
            if seen.get(key, (kind, value)) != (kind, value):
                raise TableError(f"{name}: {kind}.{value}: {writing!r} stands under {'.'.join(seen[key])} too")
            if key not in seen:
                seen[key] = (kind, value)
                self._by_first.setdefault(key[0], []).append((key, kind, value))
        for group in self._by_first.values():
            group.sort(key=lambda one: -len(one[0]))
        self.words = frozenset(word for key in seen for word in key)

    def find(self, text: tuple[Word, ...], taken: frozenset[int] = frozenset()) -> list[Found]:
        """What stands in the words, left to right, without overlap. taken: places among the words that are not free."""
        found: list[Found] = []
        place = 0
        while place < len(text):
            hit = None if place in taken else self._at(text, place, taken)
            if hit is None:
                place += 1
                continue
            found.append(hit)
            place = hit.words[1]
        return found

    def _at(self, text: tuple[Word, ...], place: int, taken: frozenset[int]) -> Found | None:
        for key, kind, value in self._by_first.get(text[place].text, ()):
            end = place + len(key)
            if end <= len(text) and all(
                text[place + n].text == word and place + n not in taken for n, word in enumerate(key)
            ):
                return Found(kind, value, text[place].first, text[end - 1].last, (place, end))
        return None


@lru_cache(maxsize=1)
def lexicon() -> Writings:
    """Techniques, routes, order, cues, marks, sites, settings and indications."""
    table = panel_table("lexicon.toml")
    rows = (
        (kind, value, writing)
        for kind, group in table.items()
        for value, writings in group.items()  # type: ignore[attr-defined]
        for writing in writings
    )
    return Writings(rows, "panel/lexicon.toml")


@lru_cache(maxsize=1)
def nouns() -> Mapping[str, Noun]:
    """The nouns by key."""
    found = {}
    for key, row in dict(panel_table("nouns.toml")["noun"]).items():  # type: ignore[call-overload]
        flags = {flag: bool(row.get(flag, False)) for flag in ("weak", "label", "same", "fluid")}
        found[key] = Noun(str(row["as"]), tuple(row["words"]), **flags)
    return found


@lru_cache(maxsize=1)
def noun_writings() -> Writings:
    """The writings of the nouns; weak ones stand in the lexicon too and are looked at only where no drug is named."""
    rows = [("noun", key, writing) for key, noun in nouns().items() if not noun.weak for writing in noun.words]
    return Writings(rows, "panel/nouns.toml")
