"""A question, the talk so far and the open chart in; an answer out. The order in which an answer is looked for, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from coding.engine import DEFAULT
from coding.explain import totals
from coding.panel import aboutcode, aboutdrug, charted, guard, rowed, whatif
from coding.panel.answer import Answer, Choice, Open, Turn
from coding.panel.answers import rows
from coding.panel.asked import Asked, read
from coding.panel.case import Case
from coding.panel.changed import change_chart, other_setting
from coding.panel.denied import denied, numbered
from coding.panel.retrieve import AS_TAUGHT
from coding.panel.scratch import build
from coding.panel.subject import Subject
from coding.panel.suggest import suggest
from coding.panel.talk import BENDS, State, state_of
from coding.policy import Policy

ABOUT_THE_PANEL = "what-the-panel-can-do"
LONGEST = 4_000  # letters of a question that are read


def ask(question: str, talk: Sequence[Turn] = (), chart: Open | None = None, policy: Policy = DEFAULT) -> Answer:
    """Answer one question. Pure: it changes neither chart nor policy. Never raises on any text.

    talk: the turns before it, oldest first. chart: the visit that is open. policy: setting and payer where no chart is open
    and the words name none.
    """
    question = question[:LONGEST]
    policy = chart.policy if chart else policy
    refused = guard.refusal(question)
    if refused is not None and not refused.soft:
        return rowed.decline(refused.row)
    state = state_of(talk)
    asked = read(question, state, chart is not None)
    if refused is not None:
        case = _case(asked, None, policy)
        return rowed.declined_beside(case, refused.row) if case else rowed.decline(refused.row)
    if state.bent and not asked.has_topic:
        return rowed.decline(rows()[BENDS])
    subject = _subject(chart, state, policy)
    by_number = None if asked.complete else numbered(asked, subject)
    if by_number is not None:
        return by_number
    answered = asked.complete or asked.about_units or (asked.about_subject is not None and subject is not None)
    if not asked.features:
        return rowed.plain(rows()[ABOUT_THE_PANEL])
    taught = asked.best is not None and asked.best.score >= AS_TAUGHT
    if asked.best is not None and asked.best.row.declined and (taught or not answered):
        return rowed.decline(asked.best.row)
    for look in (_doubt, _units, _denied, _changed, _drug, _case, _about_subject, _code, _row):
        found = look(asked, subject, policy)
        if found is not None:
            return found
    return rowed.unknown(asked, subject)


def suggestions(chart: Open | None = None, talk: Sequence[Turn] = ()) -> tuple[Choice, ...]:
    """Questions worth asking now, made from the open chart."""
    return suggest(_subject(chart, state_of(talk), DEFAULT))


def _subject(chart: Open | None, state: State, policy: Policy) -> Subject | None:
    """The open chart, else the case of the talk."""
    if chart is not None:
        return Subject(chart.encounter, chart.coded, chart.policy, beside=chart.beside)
    if not state.items:
        return None
    scratch = build(Case(state.items, state.settings), policy)
    if scratch is None:
        return None
    found = whatif.coded(scratch, policy)
    return Subject(
        scratch.encounter,
        found,
        whatif.policy_of(scratch, policy),
        real=False,
        hidden=scratch.hidden,
        said=scratch.said,
    )


def _doubt(asked: Asked, subject: Subject | None, policy: Policy) -> Answer | None:
    """A misspelled drug that could be two: ask which, before anything is made of it."""
    if asked.doubtful and asked.timed:
        return rowed.which_drug(asked)
    return None


def _units(asked: Asked, subject: Subject | None, policy: Policy) -> Answer | None:
    return aboutdrug.units(asked.text, asked.tokens, asked.only_drug, policy) if asked.about_units else None


def _denied(asked: Asked, subject: Subject | None, policy: Policy) -> Answer | None:
    """A denial of a claim on the open chart."""
    return denied(asked, subject) if subject is not None and subject.real else None


def _changed(asked: Asked, subject: Subject | None, policy: Policy) -> Answer | None:
    """What if one fact of the open chart were otherwise."""
    if subject is None or not subject.real:
        return None
    return (change_chart(asked, subject) if asked.supposes else None) or other_setting(asked, subject)


def _case(asked: Asked, subject: Subject | None, policy: Policy) -> Answer | None:
    """A case in words, or a change of the case of the talk."""
    if not asked.complete:
        return None
    scratch = build(asked.case, policy)
    if scratch is None:
        return None
    before = totals(subject.coded) if subject is not None and not subject.real and asked.case.changed else None
    answer = whatif.answer_case(scratch, policy, before)
    return rowed.with_row(answer, asked)


def _about_subject(asked: Asked, subject: Subject | None, policy: Policy) -> Answer | None:
    if asked.about_subject is None:
        return None
    if subject is None:
        return rowed.needs_chart(asked) if asked.points else None
    return charted.answer_chart(asked.about_subject, asked.text, asked.drugs, subject)


def _code(asked: Asked, subject: Subject | None, policy: Policy) -> Answer | None:
    return aboutcode.define(asked.codes) if asked.defines else None


def _drug(asked: Asked, subject: Subject | None, policy: Policy) -> Answer | None:
    if not asked.about_family or asked.only_drug is None:
        return None
    return aboutdrug.family(asked.only_drug, policy, asked.routes)


def _row(asked: Asked, subject: Subject | None, policy: Policy) -> Answer | None:
    return rowed.answer(asked) if asked.best is not None else None
