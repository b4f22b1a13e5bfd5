"""The words of a question, and the durations that they write."""

from __future__ import annotations

import re
from typing import NamedTuple

from coding.rules import read_table, tables

_NAME = "panel/times.toml"
_TABLE = read_table(tables().joinpath(_NAME).read_text(encoding="utf-8"), _NAME)
_PIECE = re.compile(r"[0-9]+|[½¼¾]|[^\W\d_½¼¾]+|[^\s]")
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_PRIMES = frozenset("'’′")
DAY, HALF_DAY = 1440, 720
REACH = 5  # words between a cue and its time
ROUND = frozenset({"1000", "1250", "1500", "2000"})  # doses and volumes that look like times

# How a time is written: 9 or nine, 914, 9.14, 9h14, 0914, and every form that can be nothing else.
BARE, THREE, DOT, AITCH, FOUR, FULL = "bare", "three", "dot", "aitch", "four", "full"


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
        return any(self.text in SAID[name] for name in names)


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


class Lasting(NamedTuple):
    """A duration in minutes, None where it is none that counts (a rate, a range). after: the place behind it."""

    minutes: int | None
    after: int
    more: bool = False


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


def moment(words: Words, place: int, tail: bool = False) -> Moment | None:
    """The time that is written at a place, whether or not it may stand there. tail: it is the end of a span."""
    one = _in_words(words, place) or (_in_digits(words, place, tail) if words.at(place).digits else None)
    if one is None:
        return None
    half, after = _half(words, one)
    hour = one.minute // 60
    if half and one.form == BARE and not 1 <= hour <= 12:
        return None
    half = half if 1 <= hour <= 12 else ""
    minute = one.minute % HALF_DAY + (HALF_DAY if half == "p" else 0) if half else one.minute
    one = one._replace(minute=minute, half=half, after=after)
    return None if _has_unit(words, one) else one


def _in_digits(words: Words, place: int, tail: bool = False) -> Moment | None:
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
    if form == BARE and (clock := _oclock(words, after)):
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


def _oclock(words: Words, place: int) -> int:
    """The place behind "o'clock", or 0."""
    if words.at(place).text == "oclock":
        return place + 1
    return place + 3 if words.at(place).text == "o" and words.at(place + 2).text == "clock" else 0


def _in_words(words: Words, place: int) -> Moment | None:
    word = words.at(place)
    if word.among("noon"):
        return Moment(HALF_DAY, FULL, "", True, place, place + 1)
    if word.among("midnight"):
        return Moment(0, FULL, "", True, place, place + 1)
    following = words.at(place + 1)
    if word.text == "12" and (
        following.among("noon", "midnight") or (following.text == "n" and words.joined(place + 1))
    ):
        return Moment(0 if following.among("midnight") else HALF_DAY, FULL, "", True, place, place + 2)
    return _around_the_hour(words, place) or _hour_in_words(words, place)


def _around_the_hour(words: Words, place: int) -> Moment | None:
    """Five past nine, quarter to ten, half past ten, ten minutes before 11."""
    if words.at(place).digits and (len(words.at(place).text) > 2 or words.hangs(place)):
        return None
    start = place + (words.at(place).text == "a")
    word = words.at(start)
    fixed = {"half": (30, start + 1), "quarter": (15, start + 1)}.get(word.text)
    number = fixed or ((int(word.text), start + 1) if word.digits and start == place else cardinal(words, start))
    if not number or not 0 < number[0] < 31 or (word.digits and len(word.text) > 2):
        return None
    minutes, link = number
    link += words.at(link).text == "-" and words.at(link + 1).among("past")
    said = words.at(link).among("minutes")
    sign = words.at(link + said)
    if word.text == "half" and sign.text in NUMBERS:
        hour = _hour(words, link)
        return Moment(hour[0] * 60 + 30, FULL, "", False, place, hour[1]) if hour and hour[0] <= 12 else None
    back = not (sign.among("past") or (sign.among("after") and (said or not word.digits)))
    if back and not _before_the_hour(words, place, link + said, minutes, bool(said or fixed)):
        return None
    hour = _hour(words, link + said + 1)
    if not hour:
        return None
    minute = (hour[0] * 60 + (-minutes if back else minutes)) % DAY
    exact = words.at(hour[1] - 1).among("noon", "midnight")
    return Moment(minute, FULL, "", exact or hour[0] > 12, place, _oclock(words, hour[1]) or hour[1])


def _before_the_hour(words: Words, place: int, sign: int, minutes: int, plain: bool) -> bool:
    """Whether "to" means before the hour: in "from ten to eleven" it does not. plain: minutes or a quarter is said."""
    if not words.at(sign).among("before") or minutes == 30:
        return False
    if plain:
        return words.at(sign).text != "of" or minutes == 15
    fives = minutes % 5 == 0 and words.at(place).letters and words.at(sign).text != "of"
    return fives and cue(words, place)[0] not in ("from", "run")


def _hour(words: Words, place: int) -> tuple[int, int] | None:
    """A bare hour and the place behind it."""
    word = words.at(place)
    if word.among("noon", "midnight"):
        return (12 if word.among("noon") else 0), place + 1
    if word.digits:
        one = _in_digits(words, place)
        ok = one is not None and one.form in (BARE, FULL) and one.minute % 60 == 0 and words.at(place + 1).text != ":"
        number = (int(word.text), place + 1) if ok else None
    else:
        number = cardinal(words, place)
    return number if number and 0 < number[0] < 24 else None


def _hour_in_words(words: Words, place: int) -> Moment | None:
    """Ten, ten thirty, nine oh five, fourteen hundred, nine o'clock."""
    if words.at(place).text not in NUMBERS or (words.joined(place) and words.at(place - 1).text == "-"):
        return None
    hour, after = cardinal(words, place) or (0, place)
    if words.at(after).text == "hundred":
        after += 1 + (words.at(after + 1).text == "hours")
        return Moment(hour * 60, FULL, "", True, place, after) if 0 < hour < 24 else None
    if not 0 < hour < 20:
        return None
    form, minute, link = BARE, 0, after + (words.at(after).text == "-")
    oh = words.at(link).text in ("oh", "o") and words.at(link + 1).text in NUMBERS
    number = cardinal(words, link + oh)
    if (
        number
        and (0 < number[0] < 10 if oh else 10 <= number[0] < 60)
        and not words.at(number[1]).among("past", "units")
    ):
        form, minute, after = FULL, number[0], number[1]
    elif clock := _oclock(words, after):
        form, after = FULL, clock
    return Moment(hour * 60 + minute, form, "", hour > 12, place, after)


def _half(words: Words, one: Moment) -> tuple[str, int]:
    """a or p where am or pm is said behind a time, and the place behind it."""
    after = one.after + (words.at(one.after).text in ("ish", "z") and words.joined(one.after))
    word = words.at(after)
    if word.text in ("am", "pm"):
        return word.text[0], after + 1
    if word.text in ("a", "p"):
        dotted = words.at(after + 1).text == "." and words.at(after + 2).text == "m"
        if dotted:
            end = words.at(after + 3).text == "." and words.joined(after + 3)
            return word.text, after + 3 + end
        if words.joined(after):
            return word.text, after + 1
    if word.text in ("in", "this", "at"):
        day = words.at(after + 1 + (words.at(after + 1).text == "the"))
        if day.among("morning", "evening"):
            early = day.among("morning") or (day.text == "night" and one.minute // 60 in (12, 1, 2, 3, 4, 5))
            return ("a" if early else "p"), after + 2 + (words.at(after + 1).text == "the")
    return "", after


def _has_unit(words: Words, one: Moment) -> bool:
    """Whether a unit, or a thing that is counted, stands behind a number."""
    number = words.at(one.place)
    if one.half or (one.form == FULL and not number.letters):
        return False
    after = one.after + (
        words.at(one.after).text == "-" and words.joined(one.after) and not words.at(one.after + 1).digits
    )
    word = words.at(after)
    if one.form == FULL or (one.form == FOUR and number.text not in ROUND):
        return word.among("units") and len(word.text) > 1
    counted = words.at(after + 1) if word.text == "iv" else word
    return word.among("units") or counted.among("counts") or (number.text in ("1", "one") and word.among("count"))


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
