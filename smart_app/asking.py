"""What every way of asking shares: the visit that is open, the limits of a question, an answer as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from coding.check_dates import days_of
from coding.engine import code_visits
from coding.model import Coded, DrugLine, Encounter, Line
from coding.panel import Answer, Open
from coding.panel.whatif import claim
from coding.policy import Policy
from coding.rules import CARDS, Source, sources
from smart_app.chart import Chart
from smart_app.coded import with_chart
from smart_app.export import line_as_json

LONGEST = 2_000  # characters of a question
EMPTY = "Write a question first."
TOO_LONG = f"The question is longer than {LONGEST:,} characters; ask it in fewer words."


def fault_of(question: str) -> str:
    """Why a question cannot be taken, in one sentence, or ""."""
    if len(question) > LONGEST:
        return TOO_LONG
    return "" if readable(question) else EMPTY


def readable(question: str) -> str:
    """The question in one line, without what no page and no terminal should be sent: controls, and signs that turn the reading."""
    seen = (one if one.isprintable() else " " if one.isspace() else "" for one in question)
    return "".join(seen).strip()


def open_visit(chart: Chart, policy: Policy) -> tuple[Open | None, int]:
    """The visit of a chart with the most administrations, coded, and how many visits have any. None where the chart has no visit."""
    if not chart.encounters:
        return None, 0
    answers = with_chart(chart, code_visits(chart.encounters, policy))
    given = [len(one.administrations) for one in chart.encounters]
    index = given.index(max(given))
    pairs = list(zip(chart.encounters, answers, strict=True))
    return Open(*pairs[index], policy, same_days(pairs[index], pairs)), sum(map(bool, given))


def most_given(encounters: Sequence[Encounter]) -> str:
    """The id of the visit with the most administrations, "" where there is none."""
    return max(encounters, key=lambda one: len(one.administrations)).id if encounters else ""


def same_days(one: tuple[Encounter, Coded], all: Iterable[tuple[Encounter, Coded]]) -> tuple[str, ...]:
    """The ids of other visits with administrations on a day of this one."""
    days = days_of(*one)
    others = (pair for pair in all if pair[0].id != one[0].id and pair[0].administrations)
    return tuple(encounter.id for encounter, coded in others if days & days_of(encounter, coded))


def lines_in(answer: Answer) -> tuple[Line | DrugLine, ...] | None:
    """All lines of an answer, those of the drugs last; None where the question asks for none."""
    if answer.lines is None and not answer.drug_lines:
        return None
    return (*(answer.lines or ()), *answer.drug_lines)


def lines_in_words(answer: Answer) -> str:
    """ "Lines: 96365 x1, 96366 x1.", or "" where the question asks for none."""
    lines = lines_in(answer)
    if lines is None:
        return ""
    named = claim(lines)
    return f"Lines: {named}." if named else "Lines: none are reportable."


def in_words(answer: Answer) -> str:
    """The whole answer as plain text: what --batch writes and what Copy copies."""
    return "\n".join(filter(None, (answer.text, lines_in_words(answer))))


def sources_of(answer: Answer) -> tuple[Source, ...]:
    """The sources of the rules of an answer, once each, in their order."""
    return tuple(dict.fromkeys(one for id in answer.rules if id in CARDS for one in sources(CARDS[id])))


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as the command line promises it (README, "Ask")."""
    lines = lines_in(answer)
    return {
        "answer": in_words(answer),
        "declined": answer.declined,
        "lines": None if lines is None else [line_as_json(one) for one in lines],
        "rules": answer.rules,
        "evidence": [
            *({"kind": one.kind, "ref": one.ref, "label": one.label} for one in answer.evidence),
            *({"kind": "source", "ref": one.address or one.tag, "label": one.title} for one in sources_of(answer)),
        ],
    }
