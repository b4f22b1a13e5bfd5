"""A single time of day, in digits or in words, with its am or pm."""

from __future__ import annotations

from coding.panel.time_digits import BARE, FOUR, FULL, Moment, in_digits, oclock
from coding.panel.time_words import DAY, HALF_DAY, NUMBERS, ROUND, Words, cardinal, cue


def moment(words: Words, place: int, tail: bool = False) -> Moment | None:
    """The time that is written at a place, whether or not it may stand there. tail: it is the end of a span."""
    one = _in_words(words, place) or (in_digits(words, place, tail) if words.at(place).digits else None)
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
    return Moment(minute, FULL, "", exact or hour[0] > 12, place, oclock(words, hour[1]) or hour[1])


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
        one = in_digits(words, place)
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
    elif clock := oclock(words, after):
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
