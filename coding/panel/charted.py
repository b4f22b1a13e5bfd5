"""Answers about the open chart, or about the case of the talk: from the engine's lines, steps and problems, never computed here."""

from __future__ import annotations

from collections.abc import Callable

from coding.engine import code
from coding.panel import chart_gaps as gaps
from coding.panel import chart_lines as lines
from coding.panel.answer import CHART, Answer, Choice, Evidence, Sentence
from coding.panel.answers import Row, rows
from coding.panel.mentions import Mention
from coding.panel.pointed import Found, Pointed
from coding.panel.retrieve import CODE
from coding.panel.sentences import from_card, from_problem, without_clocks
from coding.panel.subject import Subject
from coding.panel.whatif import READINGS, if_complex
from coding.rules import CARDS

CARDS_SHOWN = 6
WITH_DRUG_LINES = ("waste", "lines")
OTHER_FAMILY = "family"

_COMPUTE: dict[str, Callable[[Pointed], Found]] = {
    "missing": gaps.missing_of,
    "hydration": gaps.hydration_of,
    "waste": gaps.waste_of,
    "planned": gaps.planned_of,
    "unbilled": gaps.unbilled_of,
    "policy": gaps.policy_of,
    "lines": lines.lines_of,
    "units": lines.units_of,
    "why-not": lines.why_not_of,
    "initial": lines.initial_of,
    "modifier": lines.modifier_of,
    "drug": lines.drug_of,
    OTHER_FAMILY: lines.family_of,
    "break-points": lines.break_points_of,
    "resources": lines.resources_of,
}
COMPUTED = frozenset(_COMPUTE)


def answer_chart(row: Row, question: str, drugs: tuple[Mention, ...], subject: Subject) -> Answer:
    """The answer of a computed row for a chart or a case."""
    codes = tuple(dict.fromkeys(one.upper() for one in CODE.findall(question)))
    row = _redirected(row, codes, drugs)
    short, working, rules = _COMPUTE[row.compute](Pointed(subject, codes, drugs, row))
    if subject.hidden:
        short, working = without_clocks(short, subject.said), without_clocks(working, subject.said)
    other_family = row.compute == OTHER_FAMILY
    shown = code(subject.encounter, lines.other_profile(subject)).lines if other_family else subject.coded.lines
    other = [from_problem(one, change=False) for one in subject.coded.problems if one.code in READINGS]
    if row.compute in ("units", "lines", "why-not", "drug") and all(
        one.code != "PROFILE_READING" for one in subject.coded.problems
    ):
        other += if_complex(subject.encounter, subject.policy, subject.coded)
    cards = tuple(one for one in dict.fromkeys([*rules, *row.cards]) if one in CARDS)[:CARDS_SHOWN]
    return Answer(
        CHART,
        tuple(dict.fromkeys(short)),
        working=tuple(dict.fromkeys(one for one in working if one not in short)) or (from_card(cards[0]),),
        other=tuple(dict.fromkeys(one for one in other if one not in short)),
        lines=shown,
        drug_lines=subject.coded.drug_lines if row.compute in WITH_DRUG_LINES else (),
        hypothetical=not subject.real or other_family,
        rules=cards,
        evidence=_evidence(subject, short + working),
        choices=tuple(Choice(one, one) for one in row.next),
        matched=row.id,
    )


def _redirected(row: Row, codes: tuple[str, ...], drugs: tuple[Mention, ...]) -> Row:
    """ "Why not" without a code is a question about the drug or the fluid that it names, or about all that has no line."""
    if row.compute != "why-not" or codes:
        return row
    if any(one.fluid for one in drugs):
        return rows()["chart-hydration"]
    return rows()["chart-drug-line" if any(not one.noun for one in drugs) else "chart-unbilled"]


def _evidence(subject: Subject, said: list[Sentence]) -> tuple[Evidence, ...]:
    """The places of the chart that sentences quote."""
    if not subject.real:
        return ()
    told = {(one.kind, one.ref) for one in said}
    quoted = [line for line in subject.coded.lines if ("line", line.code) in told]
    asked = [one for one in subject.coded.problems if ("problem", one.code) in told]
    ids = dict.fromkeys(id for line in quoted for id in line.administrations)
    ids |= dict.fromkeys(one.resource for one in asked)
    ids |= dict.fromkeys(ref for kind, ref in told if kind == "not billed")
    rows = {row.id: row for row in subject.encounter.administrations}
    found = [Evidence("line", line.code, line.substance) for line in quoted]
    found += [Evidence("problem", one.code, one.resource) for one in asked]
    found += [Evidence("administration", id, rows[id].text) for id in ids if id in rows]
    return tuple(dict.fromkeys(found))
