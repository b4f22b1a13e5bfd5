"""Two times that are the ends of one span: side by side (9 to 11), or a start and its stop."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from coding.panel.time_dates import date, iso_time
from coding.panel.time_digits import AITCH, BARE, DOT, FOUR, FULL, THREE, Moment
from coding.panel.time_moments import moment
from coding.panel.time_words import DAY, GAP, HALF_DAY, REACH, YEARS, Words, cue


class Ends(NamedTuple):
    """From a minute to a minute, as in a Span. place, after: the first word of both and the one behind them."""

    start: int
    stop: int
    sure: bool
    place: int
    after: int


def span_from(words: Words, one: Moment) -> Ends | None:
    """A span whose first time is given."""
    kind, spot, _ = cue(words, one.place)
    sign = one.after
    if words.at(sign).text == ")" and words.at(one.place - 1).text == "(":
        sign += 1
    if words.at(sign).text == "," and words.at(sign + 1).among("stop"):
        sign += 1
    word = words.at(sign)
    linked = word.among("to") or (word.text in ("and", "&") and words.at(spot).text == "between")
    if iso_time(words, one) or not (linked or word.text == "=") or one.minute == DAY:
        return None
    place = sign + 1
    while not word.letters and words.at(place).text in ("-", "=", ">") and place < sign + 3:
        place += 1
    while word.letters and words.at(place).among("fill") and place < sign + 3:
        place += 1
    two = moment(words, date(words, place) or place, tail=True)
    if two is None or words.at(two.after).text == "rule" or not _fits(words, one, two, sign, kind, spot):
        return None
    if words.at(two.after).text in ("-", "–") and words.joined(two.after) and words.number_joined(two.after + 1):
        return None
    return ends(one, two)


def _fits(words: Words, one: Moment, two: Moment, sign: int, kind: str, spot: int) -> bool:
    """Whether two times as they are written can be the ends of a span."""
    forms, halves, cued = {one.form, two.form}, one.half or two.half, kind in ("start", "stop", "from", "run")
    word = words.at(sign).letters
    number = words.at(one.place)
    if forms <= {FULL, FOUR, AITCH}:
        years = forms == {FOUR} and words.at(one.place).text in YEARS and two.minute - one.minute == 1
        return not (years and (one.place == 0 or words.at(one.place - 1).among("year_before")))
    if halves:
        return True
    if words.at(one.place - 1).among("names"):
        return False
    if DOT in forms:
        return forms <= {DOT, FULL, FOUR} and (cued or one.fixed or one.minute >= HALF_DAY // 2)
    if THREE in forms:
        return BARE not in forms or cued
    if forms == {BARE}:
        if one.minute == two.minute or words.at(spot - 1).among("change") or words.at(spot - 2).among("change"):
            return False
        return cued or (number.digits and words.at(two.place).digits and not one.fixed and not two.fixed)
    if two.form == BARE:
        return word or cued
    return word or cued or (number.digits and words.joined(sign))


def ends(one: Moment, two: Moment) -> Ends:
    """Two times as one span: of all that they can mean, the shortest that is longer than nothing."""
    best = (True, DAY, 0)
    for start, stop in product(_readings(one, two), _readings(two, one)):
        length = (stop - start) % DAY
        if (length == 0, length) < best[:2]:
            best = (length == 0, length, start)
    _, length, start = best
    return Ends(start, start + length, one.sure or two.sure, one.place, two.after)


def _readings(one: Moment, other: Moment) -> tuple[int, ...]:
    """The minutes that a time can mean beside another. A 24-hour writing turns soft beside am, pm or noon."""
    minute = one.minute % DAY
    marked = bool(other.half) or (other.form == FULL and other.fixed and other.minute % HALF_DAY == 0)
    twelve = 1 <= one.minute // 60 <= 12
    if one.half or not twelve or (one.fixed and not marked):
        return (minute,)
    return minute, (minute + HALF_DAY) % DAY


def one_thing(words: Words, one: Moment, two: Moment) -> bool:
    """Whether two times, one after the other, are the start and the stop of one thing."""
    kind, spot, _ = cue(words, two.place)
    before = cue(words, one.place)
    started = before[0] == "start"
    back = one.place - 1
    while not started and one.place - back <= 4 and words.at(back).letters and not words.at(back).among("stop"):
        started = words.at(back).among("start")
        back -= 1
    if not started:
        behind = words.at(one.after).among("start") and words.at(two.after).among("stop") and kind != "stop"
        heads = (
            before[0] == "stop"
            and words.at(before[1] - 2).among("start")
            and words.at(before[1] - 1).text in ("/", "-", "and", "&")
        )
        return (behind and two.place - one.after <= 3) or (heads and two.place - one.after == 1)
    if kind != "stop":
        spot = two.place - 1
        while words.at(spot).among("between", "fill") and not words.at(spot).among("stop") and two.place - spot < REACH:
            spot -= 1
    gap = [words.at(place) for place in range(one.after, spot)]
    if not words.at(spot).among("stop") or spot < one.after or len(gap) > GAP:
        return False
    return all(word.among("between") for word in gap) or (len(gap) == 1 and gap[0].text in (".", ";"))
