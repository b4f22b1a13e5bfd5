"""Free text of a chart -> the facts that it states, each with the words that state it (tables/phrases.toml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from coding.model import Fact
from smart_app.wordlists import either, table

_TABLE = table("phrases")
_BEFORE = re.compile(_TABLE["guard"]["before"], re.IGNORECASE)
_AFTER = re.compile(_TABLE["guard"]["after"], re.IGNORECASE)
_NOT = re.compile(_TABLE["guard"]["within"], re.IGNORECASE)
# A full stop ends a sentence only before a blank: "0.9 %" and "i.v." do not.
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|[\r\n]+|;")
_LONGEST_GUARD = 60


class _Kind:
    """One kind of fact; its patterns are compiled when a text first holds one of its stems."""

    __slots__ = ("_entry", "_patterns", "holds_not", "name", "not_in", "stems", "whole_text")

    def __init__(self, entry: dict[str, Any]) -> None:
        self.name: str = entry["name"]
        self.stems: tuple[str, ...] = tuple(entry["stems"])
        self.not_in: frozenset[str] = frozenset(entry.get("not_in", ()))
        self.holds_not: bool = entry.get("holds_not", False)
        self.whole_text: bool = entry.get("reach", "sentence") == "text"
        self._entry = entry
        self._patterns: tuple[re.Pattern[str], re.Pattern[str] | None, tuple[re.Pattern[str], ...]] | None = None

    def stated(self, reach: str) -> bool:
        """Whether the sentence (or text) states the fact and does not take it back."""
        if self._patterns is None:
            entry = self._entry
            unless = either(entry["unless"]) if "unless" in entry else None
            also = tuple(re.compile(pattern, re.IGNORECASE) for pattern in entry.get("all", ()))
            self._patterns = (either(entry["say"]), unless, also)
        say, unless, also = self._patterns
        if not any(self._affirmed(reach, found) for found in say.finditer(reach)):
            return False
        if unless is not None and unless.search(reach):
            return False
        return all(pattern.search(reach) for pattern in also)

    def _affirmed(self, reach: str, found: re.Match[str]) -> bool:
        start, end = found.span()
        if not self.holds_not and _NOT.search(found.group()):
            return False
        if _BEFORE.search(reach, max(0, start - _LONGEST_GUARD), start):
            return False
        return not _AFTER.match(reach[end : end + _LONGEST_GUARD])


_KINDS = tuple(_Kind(entry) for entry in _TABLE["fact"])


def sentences(text: str) -> Iterator[str]:
    """The sentences and lines of a text, without empty ones."""
    for sentence in _SENTENCE_END.split(text):
        if sentence and not sentence.isspace():
            yield sentence


@lru_cache(maxsize=32_768)
def read_facts(text: str, where: str = "") -> tuple[Fact, ...]:
    """The facts that a text states, in the order of the table, each once with the sentence that says it.

    where: note, dosage, order, medication, reason, or "" for any; some places cannot state some facts (an order is no event).
    """
    lowered = text.lower()
    found = []
    for kind in _KINDS:
        if where in kind.not_in or not any(stem in lowered for stem in kind.stems):
            continue
        if kind.whole_text:
            if kind.stated(text):
                found.append(Fact(kind.name, text.strip()))
            continue
        for sentence in sentences(text):
            if kind.stated(sentence):
                found.append(Fact(kind.name, sentence.strip()))
                break
    return tuple(found)


def merge_facts(*groups: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Facts of several texts, the first quote of each kept."""
    kept: dict[str, Fact] = {}
    for group in groups:
        for fact in group:
            kept.setdefault(fact.name, fact)
    return tuple(kept.values())
