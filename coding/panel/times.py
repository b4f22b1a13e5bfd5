"""Clock times and durations in billers' shorthand. One walk over the words, each looked at with a short reach."""

from __future__ import annotations

from typing import NamedTuple

from coding.panel.time_alone import alone
from coding.panel.time_dates import after_offset, date
from coding.panel.time_digits import AITCH, FULL, Moment
from coding.panel.time_lengths import Counted, counted, lasting, written_length
from coding.panel.time_moments import moment
from coding.panel.time_spans import Ends, ends, one_thing, span_from
from coding.panel.time_words import DAY, NUMBERS, SAID, Words, split

# Every word that a time, a duration or a date can begin with, beside digits.
_OPENERS = frozenset({"a", "an", "half", "quarter", "quarters", "½", "¼", "¾", ".", *NUMBERS}).union(
    *(SAID[name] for name in ("hours", "noon", "midnight", "month"))
)


class Clock(NamedTuple):
    """One time of day. minute: since midnight, 0 to 1439. first, last: its place in the text, last not included.

    sure: False where am or pm was not said and could be either; minute is the likelier.
    """

    minute: int
    first: int
    last: int
    sure: bool = True


class Span(NamedTuple):
    """From a time to a time. start: minutes since midnight. stop: never below start; over midnight 1440 or more."""

    start: int
    stop: int
    first: int
    last: int
    sure: bool = True


class Length(NamedTuple):
    """A duration in minutes. planned: it could be only a plan. more, less: it is added to, or taken from, what was said."""

    minutes: int
    first: int
    last: int
    planned: bool = False
    more: bool = False
    less: bool = False


When = Clock | Span | Length
_Found = Moment | Ends | Counted


def read_times(text: str) -> tuple[When, ...]:
    """The times of a text, left to right, never overlapping."""
    words = split(text)
    found: list[_Found] = []
    behind = 0
    for place, word in enumerate(words.all):
        if place >= behind and (word.digits or word.text in _OPENERS):
            one, behind = _next(words, place)
            if one:
                found.append(one)
    return tuple(_when(words, one) for one in _first_hours(words, _paired(words, found)))


def _next(words: Words, place: int) -> tuple[_Found | None, int]:
    """The time that begins at a place, if any, and the place to go on from."""
    past = date(words, place)
    if past or (len(words.at(place).text) > 4 and words.at(place).digits):  # a date, or a procedure code
        return None, past or place + 1
    one = moment(words, place)
    length = None if one and one.form == FULL else lasting(words, place)
    if length and not (one and one.form == AITCH and (span_from(words, one) or alone(words, one))):
        return counted(words, place, length), length.after
    if not one:
        return None, place + 1
    span = span_from(words, one)
    if span:
        return span, span.after
    written = written_length(words, one)
    if written:
        return counted(words, place, written), written.after
    return (one, after_offset(words, one)) if alone(words, one) else (None, place + 1)


def _paired(words: Words, every: list[_Found]) -> list[_Found]:
    """The times with each start and its stop made one span."""
    found: list[_Found] = []
    for one in every:
        last = found[-1] if found else None
        if isinstance(last, Moment) and isinstance(one, Moment) and one_thing(words, last, one):
            found[-1] = ends(last, one)
        else:
            found.append(one)
    return found


def _first_hours(words: Words, every: list[_Found]) -> list[_Found]:
    """The times with "first hour" read where a length is added to it."""
    found: list[_Found] = []
    for one in every:
        if isinstance(one, Counted) and one.more:
            for place in range(found[-1].after if found else 0, one.place):
                if words.at(place).text == "first" and words.at(place + 1).among("hours"):
                    found.append(Counted(60, place, place + 2))
                    break
        found.append(one)
    return found


def _when(words: Words, one: _Found) -> When:
    """What was found, with its place in the text."""
    first, last = words.at(one.place).first, words.at(one.after - 1).last
    if isinstance(one, Moment):
        return Clock(one.minute % DAY, first, last, one.sure)
    if isinstance(one, Ends):
        return Span(one.start, one.stop, first, last, one.sure)
    return Length(one.minutes, first, last, one.planned, one.more, one.less)
