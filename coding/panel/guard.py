"""Questions that are declined before anything is read in them (tables/panel/guards.toml)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from coding.panel.answers import Row, rows
from coding.panel.lexicon import normal, panel_table, words
from coding.panel.retrieve import corrected, index
from coding.rules import TableError

TABLE = "panel/guards.toml"


class Guard(NamedTuple):
    """A decline with the groups of writings that must all be met. soft: it does not keep a whole case from its answer."""

    row: Row
    groups: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    soft: bool


def _pattern(writings: list[str]) -> re.Pattern[str]:
    """One pattern for the writings of a group: whole words, and a number may begin a code (so "so 96" meets "so 96366")."""
    parts = []
    for writing in sorted(writings, key=len, reverse=True):
        said = " ".join(word.text for word in words(normal(writing)))
        parts.append(re.escape(said) + (r"\d*" if said[-1:].isdigit() else ""))
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")


@lru_cache(maxsize=1)
def _guard_words() -> frozenset[str]:
    """The words of the guards, so that a slip of the pen does not pass them."""
    groups = (group for raw in panel_table("guards.toml")["guard"] for group in raw["groups"])  # type: ignore[attr-defined]
    return frozenset(word.text for group in groups for writing in group for word in words(normal(writing)))


@lru_cache(maxsize=1)
def _guards() -> tuple[Guard, ...]:
    found = []
    for raw in panel_table("guards.toml")["guard"]:  # type: ignore[attr-defined]
        answer = str(raw["answer"])
        if answer not in rows() or not rows()[answer].declined:
            raise TableError(f"{TABLE}: {answer} is not an answer that declines")
        unless = _pattern(raw["unless"]) if raw.get("unless") else None
        found.append(
            Guard(rows()[answer], tuple(_pattern(group) for group in raw["groups"]), unless, bool(raw.get("soft")))
        )
    return tuple(found)


def refusal(question: str) -> Guard | None:
    """The decline that a question meets, or None."""
    said = _said(question)
    for guard in _guards():
        if all(group.search(said) for group in guard.groups) and not (guard.unless and guard.unless.search(said)):
            return guard
    return None


def exempt(question: str) -> frozenset[str]:
    """The declines that a question cannot mean, because it holds a word by which their guard lets it pass."""
    said = _said(question)
    return frozenset(guard.row.id for guard in _guards() if guard.unless and guard.unless.search(said))


def _said(question: str) -> str:
    """The question in corrected words alone."""
    known = index().known | _guard_words()
    return " ".join(corrected(word.text, known) for word in words(normal(question)))
