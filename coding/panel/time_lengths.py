"""Durations: 2 hr 13 min, an hour and a half, 20 more minutes; and whether one is only a plan."""

from __future__ import annotations

from typing import NamedTuple

from coding.panel.time_digits import FULL, Moment
from coding.panel.time_words import GAP, Words, cardinal, cue

_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_PRIMES = frozenset("'’′")
_LONGEST_WRITTEN = 8  # hours: above that, "ran 9:14" is a clock


class Lasting(NamedTuple):
    """A duration in minutes, None where it is none that counts (a rate, a range). after: the place behind it."""

    minutes: int | None
    after: int
    more: bool = False


class Counted(NamedTuple):
    """A duration that counts, with what is said about it. place, after: its first word and the one behind it."""

    minutes: int
    place: int
    after: int
    planned: bool = False
    more: bool = False
    less: bool = False


def lasting(words: Words, place: int) -> Lasting | None:
    """The duration that begins at a place."""
    if words.at(place).among("hours") and len(words.at(place).text) > 1:
        later = words.at(place + 1).among("later") or words.at(place - 1).text == "another"
        before = words.at(place - 1)
        if before.digits or before.among("every", "more") or before.text in ("first", "-", "the"):
            return None
        whole = _with_minutes(words, place + 1, 60, False)
        return whole if later or (whole.after > place + 1 and words.at(place + 1).text in ("and", "&")) else None
    amount = None if words.hangs(place) else _amount(words, place)
    if not amount:
        return None
    value, behind = amount
    unit = _unit(words, behind)
    if not unit:
        return _range(words, place, behind)
    size, after, more = unit
    if size == 60 and words.at(place).digits and len(words.at(place).text) == 4:
        return None
    before = words.at(place - 1)
    rate = words.at(place).text in ("a", "an") and (before.among("units") or before.digits)
    if before.among("every") or (rate and not before.among("hours", "minutes")):
        return Lasting(None, after)
    return Lasting(round(value), after, more) if size == 1 else _with_minutes(words, after, round(value * 60), more)


def _with_minutes(words: Words, place: int, minutes: int, more: bool) -> Lasting:
    """Hours with what follows them: and a half, and 20 minutes, 20."""
    link = 1 if words.at(place).text in (",", "and", "&", "-", "+") else 0
    link += 1 if link and words.at(place).text == "," and words.at(place + 1).text == "and" else 0
    part = _part(words, place + link) if link and words.at(place).text == "and" else None
    if part and not words.at(part[1]).among("hours") and words.at(part[1]).text not in ("past", "of", "to", "till"):
        return Lasting(minutes + round(part[0] * 60), part[1], more)
    amount = _amount(words, place + link)
    unit = _unit(words, amount[1]) if amount else None
    if amount and unit and unit[0] == 1:
        return Lasting(minutes + round(amount[0]), unit[1], more or unit[2])
    loose = _loose_minutes(words, place + link) if words.at(place).text not in (",", "-", "+") else None
    return Lasting(minutes + loose[0], loose[1], more) if loose else Lasting(minutes, place, more)


def _range(words: Words, place: int, behind: int) -> Lasting | None:
    """A range of durations such as 2-3 hrs or 10 to 15 min: none that can be counted."""
    between = words.at(behind).text == "and" and words.at(place - 1).text == "between"
    if not (between or words.at(behind).text in ("-", "–", "to")) or (
        len(words.at(place).text) > 3 and words.at(place).digits
    ):
        return None
    amount = _amount(words, behind + 1)
    unit = _unit(words, amount[1]) if amount else None
    if not amount or not unit or (len(words.at(behind + 1).text) > 3 and words.at(behind + 1).digits):
        return None
    return Lasting(None, unit[1])


def _amount(words: Words, place: int) -> tuple[float, int] | None:
    """A number before a unit of time, and the place behind it."""
    part = _part(words, place)
    if part:
        value, place = part
        place += 1 if words.at(place).text == "of" else 0
        return value, place + (1 if words.at(place).text in ("a", "an") else 0)
    word = words.at(place)
    value = 0
    if word.text == "." and words.joined(place + 1) and words.at(place + 1).digits and not words.joined(place):
        return _decimal("0", words.at(place + 1).text), place + 2
    if word.digits and len(word.text) <= 4:
        value = int(word.text)
        place += 1
        if (
            words.at(place).text == "."
            and words.joined(place)
            and words.joined(place + 1)
            and words.at(place + 1).digits
        ):
            return _decimal(word.text, words.at(place + 1).text), place + 2
    elif number := cardinal(words, place):
        value, place = number
    elif word.text in ("a", "an"):
        return 1, place + 1
    else:
        return None
    link = 1 if words.at(place).text in ("and", "-", "&") else 0
    part = _part(words, place + link)
    return (value + part[0], part[1]) if part else (value, place)


def _part(words: Words, place: int) -> tuple[float, int] | None:
    """A half, a quarter, 1/2 or its sign, and the place behind it."""
    word = words.at(place)
    if word.text in _FRACTIONS:
        return _FRACTIONS[word.text], place + 1
    if word.digits and len(word.text) == 1 and words.at(place + 1).text == "/" and words.joined(place + 1):
        below = words.at(place + 2)
        if words.joined(place + 2) and below.text in ("2", "3", "4") and word.text < below.text and word.text != "0":
            return int(word.text) / int(below.text), place + 3
    many = {"a": 1, "one": 1, "three": 3}.get(word.text, 0)
    place += (2 if words.at(place + 1).text == "-" else 1) if many else 0
    name = words.at(place).text
    size = {"half": 0.5, "quarter": 0.25, "quarters": 0.25}.get(name)
    return ((many or 1) * size, place + 1) if size and (many < 2 or size < 0.5) else None


def _decimal(whole: str, rest: str) -> float:
    return float(f"{whole}.{rest[:4]}")


def _unit(words: Words, place: int) -> tuple[int, int, bool] | None:
    """Minutes in the unit of time, the place behind it, and whether "more" stands before it."""
    dash = words.at(place).text == "-"
    more = words.at(place).among("more")
    place += 1 if dash or more else 0
    word = words.at(place)
    if word.among("hours"):
        return 60, place + 1, more
    digits = words.at(place - 1).text
    prime = (
        word.text in _PRIMES
        and 2 <= len(digits) <= 3
        and not (words.joined(place + 1) and words.at(place + 1).text[:1].isalnum())
    )
    if word.among("minutes") or (words.joined(place) and digits.isdigit() and (word.text == "m" or prime)):
        return 1, place + 1, more
    return None


def _loose_minutes(words: Words, place: int) -> tuple[int, int] | None:
    """Minutes without their unit behind hours: 2h 15."""
    word, after = words.at(place), words.at(place + 1)
    if word.digits and (len(word.text) == 2 or (words.joined(place) and len(word.text) == 1)) and word.text < "60":
        number: tuple[int, int] | None = (int(word.text), place + 1)
    else:
        number = cardinal(words, place)
        after = words.at(number[1]) if number else after
    if not number or not (word.digits or 10 <= number[0] < 60):
        return None
    tail = (
        words.joined(number[1]) and not after.letters and words.at(number[1] + 1).digits and words.joined(number[1] + 1)
    )
    if tail or after.text in ("/", "%", "to", "past") or (after.letters and words.joined(number[1])):
        return None
    if after.among("more"):
        return number
    return None if after.among("units", "counts", "route") else number


def counted(words: Words, place: int, read: Lasting) -> Counted | None:
    """A duration with whether it is a plan, more or less; none where it does not count."""
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
    return Counted(read.minutes, place, read.after, planned, more, less)


def written_length(words: Words, one: Moment) -> Lasting | None:
    """A duration that is written as a clock: ran 1:30."""
    if one.form != FULL or one.half or not words.at(one.place).digits or one.minute > _LONGEST_WRITTEN * 60 + 59:
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
