"""What the lines would be if one time of the open chart were otherwise. The chart itself is not changed."""

from __future__ import annotations

from coding.engine import code
from coding.explain import Change, totals, what_if
from coding.model import FACILITY, PROFESSIONAL, Administration
from coding.panel.answer import CHART, Answer, Evidence, Sentence
from coding.panel.asked import Asked
from coding.panel.said import TIME
from coding.panel.sentences import from_line, phrase
from coding.panel.subject import Subject, rows_of
from coding.panel.times import Clock, Length, Span
from coding.panel.whatif import claim, codes_in_words
from coding.timeline import DAY, MINUTE

LONGEST_MINUTES = 720
OFFICE = "11"  # CMS place of service


def other_setting(asked: Asked, subject: Subject) -> Answer | None:
    """The lines of the chart if it were billed in the other setting, or None where the question names no other one."""
    named = [one for one in asked.case.settings if one in (PROFESSIONAL, "clinic", FACILITY)]
    wanted = (
        PROFESSIONAL
        if named and named[-1] in (PROFESSIONAL, "clinic")
        else FACILITY
        if named
        else subject.policy.setting
    )
    if wanted == subject.policy.setting or any(one.kind == TIME for one in asked.tokens):
        return None
    policy = subject.policy.under(wanted)
    place = OFFICE if wanted == PROFESSIONAL else ""
    found = code(subject.encounter._replace(place=place), policy)
    key = "office-if" if wanted == PROFESSIONAL else "hospital-if"
    said = phrase(key, codes=claim(found.lines) or "none")
    same = (
        phrase("same-lines")
        if totals(found) == totals(subject.coded)
        else phrase("was-lines", codes=claim(subject.coded.lines) or "none")
    )
    return Answer(
        CHART,
        (said, same, phrase("hypothetical")),
        working=tuple(from_line(line) for line in found.lines),
        lines=found.lines,
        hypothetical=True,
        rules=tuple(dict.fromkeys(rule for line in found.lines for rule in line.rules))[:6],
    )


def change_chart(asked: Asked, subject: Subject) -> Answer | None:
    """The answer with one row charted otherwise, or None where the question does not say which or how."""
    times = [one.what for one in asked.tokens if one.kind == TIME]
    named = rows_of(subject, asked.drugs)
    rows = named or tuple(row for row in subject.encounter.administrations if row.technique != "push" and row.start)
    if not times or not rows or (asked.complete and not named):
        return None
    fitting = [
        (row, change)
        for row in rows
        if row.start and (change := _change(row, times[0], asked.text)) and _fits(row, change)
    ]
    if not fitting:
        return None
    row, change = next((one for one in fitting if one[0].stop is None), fitting[-1])
    found = what_if(subject.encounter, change, subject.policy)
    before, after = totals(subject.coded), totals(found)
    said: list[Sentence] = [phrase("one-more", codes=codes_in_words(after)) if after else phrase("lines-none")]
    said.append(
        phrase("same-lines") if before == after else phrase("was-lines", codes=codes_in_words(before) or "no line")
    )
    return Answer(
        CHART,
        (*said, phrase("hypothetical")),
        working=tuple(from_line(line) for line in found.lines),
        lines=found.lines,
        hypothetical=True,
        rules=tuple(dict.fromkeys(rule for line in found.lines for rule in line.rules))[:6],
        evidence=(Evidence("administration", row.id, row.text),),
    )


def _fits(row: Administration, change: Change) -> bool:
    """Whether a supposed time leaves a flow that could be meant: after its start, and not half a day long."""
    start = change.start if change.start is not None else row.start.at if row.start else 0
    stop = change.stop if change.stop is not None else row.stop.at if row.stop else start + MINUTE
    return 0 < stop - start <= LONGEST_MINUTES * MINUTE


def _change(row: Administration, what: object, text: str) -> Change | None:
    assert row.start is not None  # noqa: S101 - the caller looked
    if isinstance(what, Length):
        if row.stop is not None and (what.more or what.less):
            return Change(row.id, row.stop.at + (what.minutes if what.more else -what.minutes) * MINUTE)
        return Change(row.id, row.start.at + what.minutes * MINUTE)
    if isinstance(what, Span):
        start = _at(row, what.start)
        return Change(row.id, start + (what.stop - what.start) * MINUTE, start)
    if isinstance(what, Clock):
        if "start" in text and "stop" not in text:
            return Change(row.id, start=_at(row, what.minute))
        stop = _at(row, what.minute)
        return Change(row.id, stop if stop >= row.start.at else stop + DAY)
    return None


def _at(row: Administration, minute: int) -> int:
    assert row.start is not None  # noqa: S101 - the caller looked
    midnight = row.start.at - (row.start.at + row.start.offset) % DAY
    return midnight + minute * MINUTE
