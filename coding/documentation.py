"""Stage: what the charted times prove.

A stop is charted, or follows from a volume and a rate that nursing charted on the same row; a planned duration is never
a stop. What is not proved is asked for.
"""

from __future__ import annotations

from typing import NamedTuple

from coding import timeline
from coding.doses import amount
from coding.log import Log
from coding.model import DERIVED, Administration, Encounter, Moment
from coding.policy import Policy
from coding.rules import THRESHOLDS
from coding.service import Item
from coding.timeline import MINUTE

ONE_TIME = ("push", "injection", "on-body", "pump", "refill", "transfusion", "pca", "flush", "")
ROUNDING = 1e-9  # binary fractions: 0.3 mL at 0.1 mL/min is three minutes, not two
ML_PER_HOUR = ("ml/h", "ml/hr", "ml/hour", "cc/h", "cc/hr")


class Timed(NamedTuple):
    """A row whose times can be used: start and stop in seconds, stop None where nothing proves one."""

    item: Item
    start: int
    stop: int | None
    grade: str


def check_times(items: list[Item], encounter: Encounter, policy: Policy, log: Log) -> list[Timed]:
    """Rows with usable times, in order of start; the others are refused with the reason."""
    timed = []
    for item in items:
        row = item.row
        if row.start is None:
            one = _without_start(item, log)
            if one:
                timed.append(one)
        elif row.stop is not None and row.stop.at < row.start.at:
            _backwards(item, row.start, row.stop, log)
        else:
            timed.append(_with_start(item, row.start, encounter, log))
    return timed


def _without_start(item: Item, log: Log) -> Timed | None:
    row = item.row
    if row.stop is not None and row.technique in ONE_TIME and row.technique != "":
        return Timed(item, row.stop.at, None, row.stop.grade)
    what = "no start" if row.stop else "no usable time"
    log.problem(
        "START_MISSING",
        item.id,
        f"{item.name} has {what}; without a start nothing can be timed.",
        "A charted start makes the minutes countable.",
        ("documentation.missing-start",),
    )
    log.refuse((item.id,), f"{item.name} has {what}.", "documentation.missing-start")
    return None


def _backwards(item: Item, begin: Moment, end: Moment, log: Log) -> None:
    hint = ""
    length = end.at + timeline.DAY - begin.at
    same_day = timeline.day(begin.at, item.offset) == timeline.day(end.at, item.offset)
    if same_day and length < THRESHOLDS.next_day_hint_hours * 60 * MINUTE:
        hint = (
            f" If the stop was on the next day, it ran {length // MINUTE} minutes; that is a question, not a reading."
        )
    start, stop = timeline.clock(begin.at, item.offset), timeline.clock(end.at, item.offset)
    log.problem(
        "STOP_BEFORE_START",
        item.id,
        f"{item.name} is charted to stop ({stop}) before it starts ({start}); nothing is billed for it until that is mended.",
        f"A corrected stop.{hint}",
        ("time.stop-before-start",),
    )
    log.refuse((item.id,), f"{item.name} is charted to stop before it starts.", "time.stop-before-start")


def _with_start(item: Item, start: Moment, encounter: Encounter, log: Log) -> Timed:
    row = item.row
    if row.has("noted-stop") and row.stop is not None:
        return _noted(item, start, row.stop, encounter, log)
    if row.stop is not None and (row.stop.at > start.at or row.technique in ONE_TIME or row.status == "held"):
        return Timed(item, start.at, row.stop.at, _weaker(start.grade, row.stop.grade))
    if row.stop is not None and item.drug.push_plausible != "N" and not item.fluid:
        log.met("time.zero-duration", f"{item.name} has the same start and stop: taken as a push.", (item.id,))
        log.problem(
            "ZERO_DURATION",
            item.id,
            f"{item.name} is charted as an infusion that starts and stops at {timeline.clock(start.at, item.offset)}.",
            "A charted stop 16 minutes or more after the start makes it an infusion.",
            ("time.zero-duration",),
        )
        return Timed(item, start.at, row.stop.at, start.grade)
    stop = derived_stop(row, encounter)
    if stop is None or (row.technique in ONE_TIME and row.technique != ""):
        return Timed(item, start.at, None, start.grade)
    log.met(
        "documentation.derived-stop",
        f"{item.name}: {_volume_words(row)} from {timeline.clock(start.at, item.offset)} "
        f"ends at {timeline.clock(stop, item.offset)}.",
        (item.id,),
    )
    log.problem(
        "STOP_DERIVED",
        item.id,
        f"{item.name} has no charted stop; {timeline.clock(stop, item.offset)} follows from {_volume_words(row)}.",
        "A charted stop replaces the derived one.",
        ("documentation.derived-stop",),
    )
    return Timed(item, start.at, stop, DERIVED)


def _noted(item: Item, start: Moment, stop: Moment, encounter: Encounter, log: Log) -> Timed:
    """The stop stands in a nurse's note; one after the visit's end proves nothing."""
    if encounter.stop is not None and stop.at > encounter.stop:
        return Timed(item, start.at, None, start.grade)
    quote = item.row.quote("noted-stop")
    at = timeline.clock(stop.at, item.offset)
    log.met("documentation.derived-stop", f"{item.name}: a note gives the stop, {at}: “{quote}”", (item.id,))
    log.problem(
        "STOP_DERIVED",
        item.id,
        f"{item.name} has no charted stop; {at} is read from the note “{quote}”.",
        "A charted stop replaces the derived one.",
        ("documentation.derived-stop",),
    )
    return Timed(item, start.at, stop.at, DERIVED)


def derived_stop(row: Administration, encounter: Encounter) -> int | None:
    """Start + volume / rate, in seconds, where nursing charted both on the row (rule documentation.derived-stop).

    None where either is absent, planned only, still running, or would end after the visit did.
    """
    if row.start is None or row.dose is None or row.rate is None or row.rate.value <= 0 or row.has("planned-only"):
        return None
    volume = amount(row.dose)
    if volume is None or volume[0] != "ml" or row.rate.unit.lower() not in ML_PER_HOUR:
        return None
    if row.status == "running" and encounter.open:
        return None
    stop = row.start.at + int(float(volume[1]) * 60 / row.rate.value + ROUNDING) * MINUTE
    if encounter.stop is not None and stop > encounter.stop:
        return None
    return stop


def _volume_words(row: Administration) -> str:
    assert row.dose is not None and row.rate is not None
    return f"{row.dose.value:g} {row.dose.unit} at {row.rate.value:g} mL/h"


def _weaker(a: str, b: str) -> str:
    order = ("charted", "device", "derived", "absent")
    return a if order.index(a) >= order.index(b) else b
