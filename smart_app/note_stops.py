"""When a nurse's note says that an infusion ended: the stop of a row that has none (rule documentation.derived-stop).

Only what has happened counts: a sentence that plans, doubts, speaks of a pause or of another drug says nothing. Two different times, or a
clock that can be read in two ways, say nothing either; the stop is then asked for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from coding.model import DERIVED, Fact, Moment
from smart_app.notes import sentences
from smart_app.wordlists import either, table

_TABLE = table("phrases")["stop"]
_ABOUT: tuple[str, ...] = tuple(_TABLE["about"])
_SAY = either([pattern.replace("CLOCK", _TABLE["clock"]) for pattern in _TABLE["say"]])
_UNLESS = either(_TABLE["unless"])
_RUNS_ON = either(_TABLE["runs_on"])
_HOUR, _DAY, _NOON = 3_600, 86_400, 12
NOTED = "noted-stop"


class Clock(NamedTuple):
    """Seconds after midnight. sure: written so that it cannot be the other half of the day."""

    seconds: int
    sure: bool


class Noted(NamedTuple):
    """The stop, graded derived, and the sentence that says it."""

    stop: Moment
    fact: Fact


def noted_stop(note: str, start: Moment) -> Noted | None:
    """The stop that a note states for what began at start, at most the table's hours later; None where it states none for sure."""
    said = _said(note)
    if said is None:
        return None
    clock, sentence = said
    length = (clock.seconds - start.at - start.offset) % _DAY
    next_day = (start.at + start.offset) % _DAY + length >= _DAY
    if not 0 < length <= _TABLE["longest_hours"] * _HOUR or (next_day and not clock.sure):
        return None
    return Noted(Moment(start.at + length, start.offset, DERIVED, "note"), Fact(NOTED, sentence))


@lru_cache(maxsize=4_096)
def _said(note: str) -> tuple[Clock, str] | None:
    lowered = note.lower()
    if not any(word in lowered for word in _ABOUT) or _RUNS_ON.search(note):
        return None
    found: dict[Clock | None, str] = {}
    for sentence in sentences(note):
        match = _SAY.search(sentence)
        if match and not _UNLESS.search(sentence):
            found[_clock(match)] = sentence.strip()
    if len(found) != 1:
        return None
    ((clock, said),) = found.items()
    return None if clock is None else (clock, said)


def _clock(match: re.Match[str]) -> Clock | None:
    hour, minute, half = int(match["hour"]), int(match["minute"]), (match["half"] or "").lower()
    if minute > 59 or hour > (_NOON if half else 23) or (half and not hour):
        return None
    if half:
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    sure = bool(half) or hour > _NOON or (len(match["hour"]) == 2 and match["hour"].startswith("0"))
    return Clock(hour * _HOUR + minute * 60, sure)
