"""What the lines would be if one time of the open chart were otherwise. The chart itself is not changed."""

from __future__ import annotations

from coding.explain import Change, totals, what_if
from coding.model import Administration
from coding.panel.answer import CHART, Answer, Evidence, Sentence
from coding.panel.asked import Asked
from coding.panel.said import TIME
from coding.panel.sentences import from_line, phrase
from coding.panel.subject import Subject, rows_of
from coding.panel.times import Clock, Length, Span
from coding.panel.whatif import codes_in_words
from coding.timeline import DAY, MINUTE


def change_chart(asked: Asked, subject: Subject) -> Answer | None:
    """The answer with one row charted otherwise, or None where the question does not say which or how."""
    times = [one.what for one in asked.tokens if one.kind == TIME]
    named = rows_of(subject, asked.drugs)
    rows = named or tuple(row for row in subject.encounter.administrations if row.technique != "push" and row.start)
    if not times or not rows or rows[-1].start is None or (asked.complete and not named):
        return None
    row = rows[-1]
    change = _change(row, times[0], asked.text)
    if change is None:
        return None
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
