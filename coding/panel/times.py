"""Clock times and durations in billers' shorthand. One walk over the words, each looked at with a short reach."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from coding.panel.time_words import (
    AITCH,
    BARE,
    DAY,
    DOT,
    FOUR,
    FULL,
    HALF_DAY,
    REACH,
    ROUND,
    THREE,
    Lasting,
    Moment,
    Words,
    cue,
    lasting,
    moment,
    split,
)

YEARS = frozenset(map(str, range(2010, 2040)))  # as times they are 20:10 to 20:39
LONGEST_WRITTEN = 8  # hours: above that, "ran 9:14" is a clock
GAP = 8  # words between a start and its stop


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


class _Item(NamedTuple):
    when: When
    moment: Moment | None
    place: int
    after: int


def read_times(text: str) -> tuple[When, ...]:
    """The times of a text, left to right, never overlapping."""
    words = split(text)
    items: list[_Item] = []
    place = 0
    while place < len(words.all):
        item, place = _next(words, place)
        if item:
            items.append(item)
    return tuple(item.when for item in _first_hours(words, _paired(words, items)))


def _next(words: Words, place: int) -> tuple[_Item | None, int]:
    """The time that begins at a place, if any, and the place to go on from."""
    past = _date(words, place)
    if past:
        return None, past
    one = moment(words, place)
    length = None if one and one.form == FULL else lasting(words, place)
    if length and not (one and one.form == AITCH and (_range(words, one) or _alone(words, one))):
        return _length(words, place, length), length.after
    if not one:
        return None, place + 1
    span = _range(words, one)
    if span:
        return span, span.after
    written = _written_length(words, one)
    if written:
        return _length(words, place, written), written.after
    if not _alone(words, one):
        return None, place + 1
    when = Clock(one.minute % DAY, words.at(place).first, words.at(one.after - 1).last, one.sure)
    return _Item(when, one, place, one.after), _after_offset(words, one)


def _date(words: Words, place: int) -> int:
    """The place behind a date, or 0."""
    word, sign, rest = words.at(place), words.at(place + 1), words.at(place + 2)
    if word.among("month") and sign.digits and len(sign.text) <= 2 and rest.text != ":":
        return place + (4 if rest.text == "-" else 2)
    if not word.digits or (len(word.text) == len(rest.text) == 4 and sign.text == "/"):
        return 0
    if sign.among("month") and sign.text != "may" and len(word.text) <= 2:
        return place + 2
    if sign.text not in ("/", "-", ".") or not words.joined(place + 1) or not words.number_joined(place + 2):
        return 0
    after = place + 3
    while words.at(after).text == sign.text and words.joined(after) and words.number_joined(after + 1):
        after += 2
    if after == place + 3:
        short = sign.text == "/" and len(word.text) <= 2 and len(rest.text) <= 2
        return after if short and not lasting(words, place) else 0
    iso = words.at(after).text == "t" and words.joined(after) and words.number_joined(after + 1)
    return after + 1 if iso else after


def _after_offset(words: Words, one: Moment) -> int:
    """The place behind a time, past the offset from UTC of an ISO time."""
    sign = words.at(one.after)
    offset = sign.text in ("-", "+") and words.joined(one.after) and words.at(one.after + 2).text == ":"
    return one.after + 4 if offset and _iso(words, one) else one.after


def _iso(words: Words, one: Moment) -> bool:
    return words.at(one.place - 1).text == "t" and words.joined(one.place)


def _length(words: Words, place: int, read: Lasting) -> _Item | None:
    if read.minutes is None:
        return None
    before, after = words.at(place - 1), words.at(read.after)
    than = words.at(read.after + 1).text == "than"
    back = place - 1
    while words.at(back).among("plan_fill") and not words.at(back).among("plan") and place - back < GAP:
        back -= 1
    planned = words.at(back).among("plan") or after.among("plan_after")
    more = read.more or before.among("more_before") or (after.among("more") and not than)
    less = after.among("less") and not than
    when = Length(read.minutes, words.at(place).first, words.at(read.after - 1).last, planned, more, less)
    return _Item(when, None, place, read.after)


def _written_length(words: Words, one: Moment) -> Lasting | None:
    """A duration that is written as a clock: ran 1:30."""
    if one.form != FULL or one.half or not words.at(one.place).digits or one.minute > LONGEST_WRITTEN * 60 + 59:
        return None
    if words.at(one.place + 1).text != ":" or words.at(one.after).among("visit"):
        return None
    behind = words.at(one.after).among("length_after") and words.at(one.place).text[0] != "0"
    back = one.place - 1
    while words.at(back).among("fill") and words.at(back).text not in ("at", "@", "-") and one.place - back < GAP:
        back -= 1
    led = words.at(back).among("length") and not words.at(back - 1).among("booked")
    if not led and (not behind or cue(words, one.place)[0]):
        return None
    return Lasting(one.minute, one.after + (words.at(one.after).text in ("h", "hr", "hrs", "hour", "hours")))


def _range(words: Words, one: Moment) -> _Item | None:
    """A span whose first time is given."""
    kind, spot, _ = cue(words, one.place)
    sign = one.after
    if words.at(sign).text == ")" and words.at(one.place - 1).text == "(":
        sign += 1
    if words.at(sign).text == "," and words.at(sign + 1).among("stop"):
        sign += 1
    word = words.at(sign)
    linked = word.among("to") or (word.text in ("and", "&") and words.at(spot).text == "between")
    if _iso(words, one) or not (linked or word.text == "=") or one.minute == DAY:
        return None
    place = sign + 1
    while not word.letters and words.at(place).text in ("-", "=", ">") and place < sign + 3:
        place += 1
    while word.letters and words.at(place).among("fill") and place < sign + 3:
        place += 1
    two = moment(words, _date(words, place) or place, tail=True)
    if two is None or words.at(two.after).text == "rule" or not _fits(words, one, two, sign, kind, spot):
        return None
    if words.at(two.after).text in ("-", "–") and words.joined(two.after) and words.number_joined(two.after + 1):
        return None
    return _span(words, one, two)


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


def _span(words: Words, one: Moment, two: Moment) -> _Item:
    best = (True, DAY, 0)
    for start, stop in product(_readings(one, two), _readings(two, one)):
        length = (stop - start) % DAY
        if (length == 0, length) < best[:2]:
            best = (length == 0, length, start)
    _, length, start = best
    first, last = words.at(one.place).first, words.at(two.after - 1).last
    return _Item(Span(start, start + length, first, last, one.sure or two.sure), None, one.place, two.after)


def _readings(one: Moment, other: Moment) -> tuple[int, ...]:
    """The minutes that a time can mean beside another. A 24-hour writing turns soft beside am, pm or noon."""
    minute = one.minute % DAY
    marked = bool(other.half) or (other.form == FULL and other.fixed and other.minute % HALF_DAY == 0)
    twelve = 1 <= one.minute // 60 <= 12
    if one.half or not twelve or (one.fixed and not marked):
        return (minute,)
    return minute, (minute + HALF_DAY) % DAY


def _alone(words: Words, one: Moment) -> bool:
    """Whether a time may stand as a clock without a second one."""
    kind, spot, at = cue(words, one.place)
    number, before, after = words.at(one.place), words.at(one.place - 1), words.at(one.after)
    if one.minute == DAY:
        return False
    if one.form == FULL:
        crosses = one.after == one.place + 1 and (before.among("crosses") or after.text == "rule")
        return not crosses and (kind != "" or number.text != "one")
    if after.text in ("-", "–") and words.joined(one.after) and words.number_joined(one.after + 1):
        return False
    if before.among("names") and (one.form != FOUR or before.among("labels")):
        return False
    if one.half:
        return True
    if one.form == FOUR:
        return at or kind in ("start", "stop") or not (_year(words, one) or _dose(words, one))
    if after.among("to") and (words.at(one.after + 1).digits or words.joined(one.after)):
        return False
    if kind in ("", "run"):
        return one.form == AITCH and kind == "" and one.minute >= HALF_DAY // 2
    verb = kind in ("start", "stop")
    if one.form == THREE:
        rate = (
            words.at(spot - 1).among("fluid", "run")
            or one.minute % 100 in (0, 25, 50, 75)
            or number.text[1:] in ("25", "50", "00")
        )
        return verb or one.minute >= 7 * 60 or not rate
    if one.form in (DOT, AITCH):
        return verb or one.fixed or one.minute >= HALF_DAY // 2
    if not 1 <= one.minute // 60 <= (23 if verb else 12):
        return False
    strict = not at or number.text == "one"
    ends = not after.letters and not after.digits and after.text not in ("/", "%", "-", "$", "#")
    return not strict or ends or after.among("after_hour", "start", "stop")


def _year(words: Words, one: Moment) -> bool:
    place = one.place
    if words.at(place).text not in YEARS:
        return False
    dated = words.at(place - 2 - (words.at(place - 1).text == ",")).among("month")
    alone = place == 0 and one.after == len(words.all)
    return dated or alone or words.at(place - 1).among("year_before") or words.at(one.after).among("year_after")


def _dose(words: Words, one: Moment) -> bool:
    """Whether a round number is a dose or volume: its time stands behind it (NS 1000 0800-0900, SM 1000 IVPB 0900-1000)."""
    if words.at(one.place).text not in ROUND or cue(words, one.place)[0]:
        return False
    place, fluid = one.after, words.at(one.place - 1).among("fluid")
    while words.at(place).among("route") or (fluid and words.at(place).text in ("at", "from", "@")):
        place += 1
        if place > one.after + 3:
            return False
    if words.at(place).among("count"):
        return True
    behind = moment(words, place)
    if behind is None or behind.form == BARE:
        return False
    return fluid or place > one.after or _range(words, behind) is not None


def _paired(words: Words, items: list[_Item]) -> list[_Item]:
    """The times with each start and its stop made one span."""
    found: list[_Item] = []
    for item in items:
        last = found[-1] if found else None
        if last and last.moment and item.moment and _one_thing(words, last.moment, item.moment):
            found[-1] = _span(words, last.moment, item.moment)
        else:
            found.append(item)
    return found


def _one_thing(words: Words, one: Moment, two: Moment) -> bool:
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


def _first_hours(words: Words, items: list[_Item]) -> list[_Item]:
    """The times with "first hour" read where a length is added to it."""
    found: list[_Item] = []
    for item in items:
        if isinstance(item.when, Length) and item.when.more:
            for place in range(found[-1].after if found else 0, item.place):
                if words.at(place).text == "first" and words.at(place + 1).among("hours"):
                    hour = Length(60, words.at(place).first, words.at(place + 1).last)
                    found.append(_Item(hour, None, place, place + 2))
                    break
        found.append(item)
    return found
