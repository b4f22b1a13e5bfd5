"""Whether the case that a question describes can be coded, and is meant to be."""

from __future__ import annotations

from coding.panel.case import Case
from coding.panel.forms import ASKS_CODES, EXAMPLES, LIKENESS, NOT_A_CASE, POINTS, QUESTION, SUPPOSES
from coding.panel.retrieve import CODE, Match
from coding.panel.said import Item
from coding.panel.schedule import minutes_said
from coding.panel.talk import State

AT_ONCE = ("push", "injection")


def is_complete(case: Case, text: str, own: frozenset[str], best: Match | None, charted: bool, state: State) -> bool:
    """Whether nothing in the case is open, and it is no example of a rule. own: features of the question; best: the nearest rule."""
    if not case.items or case.bare or not _says_something(case, state) or any(_is_open(one) for one in case.items):
        return False
    if NOT_A_CASE.search(text) or (charted and POINTS.search(text) and not SUPPOSES.search(text)):
        return False
    timed = any(one.timed for one in case.items)
    if charted and not timed and QUESTION.search(text):
        return False
    named = any(not drug.noun or drug.fluid for item in case.items for drug in item.drugs)
    if "deny" in own and not (named and any(one.spans for one in case.items)):
        return False
    asks = QUESTION.search(text)
    if not named and best is not None and best.score >= LIKENESS.beside and (asks or CODE.search(text)):
        return len(case.items) == 1 and timed and not own & EXAMPLES
    if not timed and (not named or QUESTION.search(ASKS_CODES.sub("", text))):
        return False
    return timed or len(case.items) > 1 or not asks or not (best is not None and best.score >= LIKENESS.strong)


def _says_something(case: Case, state: State) -> bool:
    """Whether this turn says anything of the case: a first one does, a later one must change items or setting."""
    said = any(one.timed or one.technique in AT_ONCE or one.route in ("sc", "im") for one in case.items)
    here = tuple(one._replace(site="", marks=()) for one in case.items)
    before = tuple(one._replace(site="", marks=()) for one in state.items)
    return said and (not before or case.changed or here != before or case.settings != state.settings)


def _is_open(item: Item) -> bool:
    """Whether something that decides its code was not said: the minutes of a flow, the duration of a pump, the times of a series."""
    flows = item.technique == "infusion" or item.fluid
    if flows and not (item.spans or minutes_said(item) or item.clocks or item.relation == "same"):
        return True
    if (
        item.clocks
        and all(role.part == "stop" for role in item.clocks)
        and not (item.spans or item.lengths or item.relation)
    ):
        return True
    if item.technique in ("pump", "pca") and not item.timed:
        return True
    return bool(item.apart) and item.number == 1 and len(item.clocks) < 2
