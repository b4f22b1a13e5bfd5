"""Dates, which are no times, and the ISO times that stand behind them."""

from __future__ import annotations

from coding.panel.time_digits import Moment
from coding.panel.time_lengths import lasting
from coding.panel.time_words import Words


def date(words: Words, place: int) -> int:
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


def after_offset(words: Words, one: Moment) -> int:
    """The place behind a time, past the offset from UTC of an ISO time."""
    sign = words.at(one.after)
    offset = sign.text in ("-", "+") and words.joined(one.after) and words.at(one.after + 2).text == ":"
    return one.after + 4 if offset and iso_time(words, one) else one.after


def iso_time(words: Words, one: Moment) -> bool:
    """Whether a time stands behind the T of an ISO time."""
    return words.at(one.place - 1).text == "t" and words.joined(one.place)
