"""A time of day in digits: 9:14, 0914, 914, 9.14, 9h14, 9."""

from __future__ import annotations

from typing import NamedTuple

from coding.panel.time_words import DAY, Words

# How a time is written: 9 or nine, 914, 9.14, 9h14, 0914, and every form that can be nothing else.
BARE, THREE, DOT, AITCH, FOUR, FULL = "bare", "three", "dot", "aitch", "four", "full"


class Moment(NamedTuple):
    """A time of day as written. minute: since midnight, up to 1440. half: a, p or "" where neither am nor pm is said.

    fixed: its hour is not one of a 12-hour clock. place, after: its first word and the one behind it.
    """

    minute: int
    form: str
    half: str
    fixed: bool
    place: int
    after: int

    @property
    def sure(self) -> bool:
        """Whether it can be one time of day only."""
        return bool(self.half) or self.fixed


def in_digits(words: Words, place: int, tail: bool = False) -> Moment | None:
    """The time that the digits at a place write, if any. tail: it is the end of a span."""
    digits, sign, rest = words.at(place).text, words.at(place + 1).text, words.at(place + 2)
    if len(digits) > 4 or (words.hangs(place) and not tail and not _listed(words, place - 2)):
        return None
    form, hour, minute, after = BARE, 0, 0, place + 1
    if len(digits) > 2:
        form, hour, minute = (FOUR if len(digits) == 4 else THREE), int(digits[:-2]), int(digits[-2:])
    else:
        hour = int(digits)
        if (
            sign in (":", ".", "h")
            and words.joined(place + 1)
            and len(rest.text) == 2
            and words.number_joined(place + 2)
        ):
            form, minute, after = {":": FULL, ".": DOT, "h": AITCH}[sign], int(rest.text), place + 3
        if sign == ":" and words.number_joined(place + 2) and form == BARE:
            return None
    if form == FULL and words.at(after).text == ":" and words.joined(after) and words.number_joined(after + 1):
        after += 2
    if form == BARE and (clock := oclock(words, after)):
        form, after = FULL, clock
    if form == FOUR and words.at(after).text in ("h", "hr", "hrs", "hours", "hour"):
        after += 1
    if hour * 60 + minute > DAY or minute > 59 or (hour == 24 and form != FOUR) or _runs_on(words, after):
        return None
    fixed = hour == 0 or hour > 12 or digits[0] == "0" or form == FOUR
    return Moment(hour * 60 + minute, form, "", fixed, place, after)


def _listed(words: Words, place: int) -> bool:
    """Whether two four-digit times are parted by a stroke: 0914/1121."""
    one, other = words.at(place), words.at(place + 2)
    return one.digits and other.digits and len(one.text) == len(other.text) == 4 and words.at(place + 1).text == "/"


def _runs_on(words: Words, after: int) -> bool:
    """Whether a longer number, a code or a rate goes on behind a number."""
    sign, rest = words.at(after), words.at(after + 1)
    if sign.text == "%":
        return True
    if not words.joined(after):
        return False
    if sign.digits or (sign.letters and sign.text not in ("a", "p", "am", "pm", "ish", "to", "noon", "z", "x")):
        return True
    if sign.text in "'’′½¼¾+*_":
        return True
    if sign.text == "/" and words.joined(after + 1):
        return (rest.digits and not _listed(words, after - 1)) or rest.among("units")
    return sign.text in ".:," and words.number_joined(after + 1)


def oclock(words: Words, place: int) -> int:
    """The place behind "o'clock", or 0."""
    if words.at(place).text == "oclock":
        return place + 1
    return place + 3 if words.at(place).text == "o" and words.at(place + 2).text == "clock" else 0
