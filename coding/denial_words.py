"""Phrases by which a biller names a denial: which of them stand in a text, and which billing codes there are only the other code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coding.denial_table import TABLE

NEXT = ">"  # in a phrase: the next part follows this one, with only words of TABLE.between and counts between them
CODE_LENGTH = 5  # signs of a billing code
_FAR = 8  # words that are looked at for the next joined part
_SHORT = 2  # letters of a joined part that must be a whole word, so that "to" is no "total"
_WORD = re.compile(r"[a-z0-9]+")
_COUNT = re.compile(r"x?\d{1,2}")
_BETWEEN = frozenset(TABLE.between)
_AFTER = tuple(f" {one}" for one in TABLE.other_after)
_JOINED = re.compile(r"\s*(?:/|\+|&|\band\b|\bor\b)\s*")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in their order, spelled as the table spells them."""
    lowered = text.lower()
    for written, as_ in TABLE.spelling.items():
        lowered = lowered.replace(written, as_)
    return tuple(_WORD.findall(lowered))


def parts_said(phrase: str, words: Sequence[str]) -> int:
    """How many parts a phrase has where all of them stand in the words, joined parts in their order; else 0."""
    runs: list[list[list[str]]] = []
    joined = False
    for part in phrase.split():
        if part == NEXT:
            joined = True
            continue
        stems = part.strip("()").lower().split("|")
        if joined:
            runs[-1].append(stems)
        else:
            runs.append([stems])
        joined = False
    return sum(map(len, runs)) if all(_stands(run, words) for run in runs) else 0


def _stands(run: list[list[str]], words: Sequence[str]) -> bool:
    if len(run) == 1:
        return any(_begins(stem, word) for stem in run[0] for word in words)
    return any(_follows(run, words[at : at + _FAR * len(run)]) for at in range(len(words)))


def _follows(run: list[list[str]], words: Sequence[str]) -> bool:
    """Whether the first word is the first part, and the others follow it."""
    if not words or not any(_is(stem, words[0]) for stem in run[0]):
        return False
    if len(run) == 1:
        return True
    for at, word in enumerate(words[1 : _FAR + 1], 1):
        if _follows(run[1:], words[at:]):
            return True
        if word not in _BETWEEN and not _COUNT.fullmatch(word):
            return False
    return False


def _is(stem: str, word: str) -> bool:
    return word == stem if len(stem) <= _SHORT else _begins(stem, word)


def _begins(stem: str, word: str) -> bool:
    """Whether a word begins with a stem; a short number is a whole word, so that 25 is no 2."""
    return word == stem if stem.isdigit() and len(stem) < CODE_LENGTH else word.startswith(stem)


def asked_about(text: str, found: Sequence[tuple[str, int, int]]) -> tuple[str, ...]:
    """The codes of a text that it is about: not one that another is only bundled into, included in, billed with or paid as.

    found: each billing code with where it begins and ends, in the order of the text.

    >>> asked_about("96375 bundled into 96413", [("96375", 0, 5), ("96413", 19, 24)])
    ('96375',)
    """
    about: list[str] = []
    other, end = False, 0
    for number, (code, start, stop) in enumerate(found):
        if number:
            gap = text[end:start]
            other = _names_other(gap) or (other and bool(_JOINED.fullmatch(gap)))
        end = stop
        if not other:
            about.append(code)
    return tuple(dict.fromkeys(about))


def _names_other(gap: str) -> bool:
    """Whether the words before a code say that it is only the other code."""
    said = list(words_of(gap))
    while said:
        if f" {' '.join(said)}".endswith(_AFTER):
            return True
        if said.pop() not in _BETWEEN:
            return False
    return False
