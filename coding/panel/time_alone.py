"""Whether one time of day may stand without a second one, or is a year, a dose or a count."""

from __future__ import annotations

from coding.panel.time_digits import AITCH, BARE, DOT, FOUR, FULL, THREE, Moment
from coding.panel.time_moments import moment
from coding.panel.time_spans import span_from
from coding.panel.time_words import DAY, HALF_DAY, ROUND, YEARS, Words, cue


def alone(words: Words, one: Moment) -> bool:
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
    return fluid or place > one.after or span_from(words, behind) is not None
