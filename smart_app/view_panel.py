"""The panel as a page shows it: turns with their lines, chips and choices. Nothing is worked out here that the answer does not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from coding.codes import label
from coding.model import DrugLine, Line
from coding.panel import Answer, Choice, Open, suggestions
from coding.policy import Policy
from smart_app.asking import LONGEST, in_words, lines_in, sources_of
from smart_app.pages_env import part, render, web
from smart_app.talks import Item, turns_of
from smart_app.view_lines import first_lines
from smart_app.view_missing import task_ids
from smart_app.view_policy import policy_words
from smart_app.view_rows import long_chart, plain_name, rows_of
from smart_app.view_words import bare, upper_first

MOST_SOURCES = 2
MOST_SUGGESTED = 4
KINDS = {"line": "Line", "administration": "Given", "problem": "Missing"}


class Chip(NamedTuple):
    """A place that an answer rests on. href: "" where there is nothing to go to. away: on another site."""

    kind: str
    words: str
    href: str = ""
    away: bool = False


class RowOf(NamedTuple):
    """One line of an answer, in words."""

    code: str
    what: str
    substance: str
    units: str
    modifiers: str
    minutes: str


class TurnView(NamedTuple):
    """One question and its answer. under: the policy it was answered under, where that is no longer in force.

    rows: None where the question asks for no lines. copied: the whole answer as plain text.
    """

    question: str
    answer: Answer
    tag: str
    under: str
    rows: tuple[RowOf, ...] | None
    chips: tuple[Chip, ...]
    copied: str


class Here(NamedTuple):
    """Where the panel stands. base: before /rules/. ask, clear: where its forms go. alone: the panel as a page, "" if it is one.

    page: the page with the lines, "" if the panel is on it. full: the page on which every administration has its place.
    source: the form of the page, which its questions bring back.
    """

    base: str
    ask: str
    clear: str
    alone: str = ""
    page: str = ""
    full: str = ""
    source: str = ""


class PanelView(NamedTuple):
    """All that the panel shows. fault: why the last question was not taken; typed: what it was.

    chart: whether a visit is open.
    """

    heading: str
    who: str
    turns: tuple[TurnView, ...]
    suggested: tuple[Choice, ...]
    here: Here
    fault: str
    typed: str
    chart: bool
    longest: int = LONGEST


def panel_view(
    talk: Sequence[Item],
    opened: Open | None,
    policy: Policy,
    here: Here,
    *,
    who: str = "",
    fault: str = "",
    typed: str = "",
) -> PanelView:
    """The panel over a talk. opened: the visit that is asked about, None without a patient."""
    anchors = anchors_of(opened, here) if opened else {}
    now = policy_words(policy)
    return PanelView(
        "Ask the rules and this chart" if opened else "Ask the rules",
        who or "You",
        tuple(_turn(item, anchors, now, here, opened is not None) for item in talk),
        tuple(suggestions(opened, turns_of(tuple(talk))))[:MOST_SUGGESTED],
        here,
        fault,
        typed,
        opened is not None,
    )


def anchors_of(opened: Open, here: Here) -> dict[tuple[str, str], str]:
    """Where the page shows a line by its code, an administration by its id, a problem by its code."""
    rows = rows_of(opened.encounter)
    times = here.full if long_chart(rows, opened.coded) else here.page
    return {
        **{("line", code): f"{here.page}#{id}" for code, id in first_lines(opened.coded).items()},
        **{("administration", id): f"{times}#{row.anchor}" for id, row in rows.items()},
        **{("problem", code): f"{here.page}#{id}" for code, id in task_ids(opened.coded).items()},
    }


def _turn(item: Item, anchors: Mapping[tuple[str, str], str], now: str, here: Here, chart: bool) -> TurnView:
    answer = item.answer
    lines = lines_in(answer)
    tag = "What if, not in the chart" if chart else "What if"
    return TurnView(
        item.question,
        answer,
        "Not answered here" if answer.declined else tag if answer.hypothetical else "",
        item.policy if item.policy != now else "",
        None if lines is None else tuple(map(_row, lines)),
        _chips(answer, anchors, here.base),
        in_words(answer),
    )


def _row(line: Line | DrugLine) -> RowOf:
    drug = isinstance(line, DrugLine)
    name = plain_name(line.substance)
    minutes = line.minutes if isinstance(line, Line) else None
    return RowOf(
        line.code,
        upper_first(name) if drug else upper_first(label(line.code)),
        "" if drug else name,
        f"{line.units:,}",
        " ".join(line.modifiers),
        "" if minutes is None else str(minutes),
    )


def _chips(answer: Answer, anchors: Mapping[tuple[str, str], str], base: str) -> tuple[Chip, ...]:
    chips = [Chip("Rule", id, f"{base}/rules/{part(id)}") for id in answer.rules]
    for one in answer.evidence:
        if one.kind == "line" and answer.hypothetical:
            continue  # a line of a case made from words is none of the chart's, and stands in the table
        ref = bare(one.ref) if one.kind == "administration" else one.ref
        chips.append(
            Chip(KINDS.get(one.kind, upper_first(one.kind)), plain_name(one.label), anchors.get((one.kind, ref), ""))
        )
    chips += [Chip("Source", one.title, web(one.address), True) for one in sources_of(answer)[:MOST_SOURCES]]
    return tuple(dict.fromkeys(chips))


def fragment(view: PanelView) -> str:
    """The last turn and what may be asked next, for the script to add to the page."""
    return render("parts/fragment.html", panel=view)
