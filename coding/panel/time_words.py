"""The words of a text with times in it, the sets that times.toml puts them in, and what leads up to a time."""

from __future__ import annotations

import re
from typing import NamedTuple

from coding.rules import read_table, tables

_NAME = "panel/times.toml"
_TABLE = read_table(tables().joinpath(_NAME).read_text(encoding="utf-8"), _NAME)
_PIECE = re.compile(r"[0-9]+|[½¼¾]|[^\W\d_½¼¾]+|[^\s]")
DAY, HALF_DAY = 1440, 720
REACH = 5  # words between a cue and its time
GAP = 8  # words between two that belong to each other
ROUND = frozenset({"1000", "1250", "1500", "2000"})  # doses and volumes that look like times
YEARS = frozenset(map(str, range(2010, 2040)))  # as times they are 20:10 to 20:39


def _sets() -> dict[str, frozenset[str]]:
    words = _TABLE["words"]
    if not isinstance(words, dict):
        raise TypeError(f"{_NAME}: words is not a table")
    return {name: frozenset(entry) for name, entry in words.items()}


def _numbers() -> dict[str, int]:
    numbers = _TABLE["number"]
    if not isinstance(numbers, dict):
        raise TypeError(f"{_NAME}: number is not a table")
    return dict(numbers)


SAID = _sets()
NUMBERS = _numbers()


class Word(NamedTuple):
    """A run of digits, a run of letters or one sign, in lower case. first, last: its place in the text."""

    text: str
    first: int
    last: int

    @property
    def digits(self) -> bool:
        """Whether it is a run of digits."""
        return bool(self.text) and "0" <= self.text[0] <= "9"

    @property
    def letters(self) -> bool:
        """Whether it is a run of letters."""
        return self.text.isalpha()

    def among(self, *names: str) -> bool:
        """Whether a set of times.toml holds it."""
        for name in names:  # noqa: SIM110 - any() is far slower, and this is asked for every word
            if self.text in SAID[name]:
                return True
        return False


_NO_WORD = Word("", -2, -1)


class Words(NamedTuple):
    """The words of a text; there are empty ones before the first and after the last."""

    all: tuple[Word, ...]

    def at(self, place: int) -> Word:
        """The word at a place."""
        return self.all[place] if 0 <= place < len(self.all) else _NO_WORD

    def joined(self, place: int) -> bool:
        """Whether no space stands between the word and the one before."""
        return self.at(place).first == self.at(place - 1).last

    def number_joined(self, place: int) -> bool:
        """Whether a run of digits stands at the place with no space before it."""
        return self.at(place).digits and self.joined(place)

    def hangs(self, place: int) -> bool:
        """Whether the number at the place is the tail of a longer number or code."""
        before, sign = self.at(place - 2), self.at(place - 1)
        if not self.joined(place):
            return sign.text in ("$", "#")
        if sign.text == "t" and before.digits and self.joined(place - 1):
            return False
        if sign.digits or sign.letters or sign.text in ("$", "#", "_", "½", "¼", "¾"):
            return True
        return sign.text in "-–/.:+,*>" and self.joined(place - 1) and before.digits


def split(text: str) -> Words:
    """The words of a text."""
    return Words(tuple(Word(one[0].lower(), one.start(), one.end()) for one in _PIECE.finditer(text)))


def cardinal(words: Words, place: int) -> tuple[int, int] | None:
    """A number from one to 199 in words, and the place behind it."""
    word = words.at(place)
    if words.at(place + 1).text == "hundred" and (word.text == "a" or word.text == "one"):
        place += 2 + (words.at(place + 2).text == "and")
        rest = cardinal(words, place) if words.at(place).text in NUMBERS else None
        return (100 + rest[0], rest[1]) if rest else (100, place)
    number = NUMBERS.get(word.text)
    if number is None:
        return None
    dash = 1 if words.at(place + 1).text == "-" else 0
    ones = NUMBERS.get(words.at(place + 1 + dash).text, 0)
    if number >= 20 and 0 < ones < 10:
        return number + ones, place + 2 + dash
    return number, place + 1


def cue(words: Words, place: int) -> tuple[str, int, bool]:
    """What leads up to a time: start, stop, from, run, at or "". Then the place of that word, and whether "at" is said."""
    at = False
    for spot in range(place - 1, place - 1 - REACH, -1):
        word = words.at(spot)
        for name in ("start", "stop", "from", "run"):
            if word.among(name):
                return name, spot, at
        if not word.among("fill"):
            break
        at = at or word.text in ("at", "@")
    return ("at" if at else ""), place - 1, at
