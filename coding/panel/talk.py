"""What the talk so far leaves behind: the case it has built, what it was about, and whether it asked to bend the chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from coding.panel.answer import Turn
from coding.panel.case import Case, read_case
from coding.panel.guard import refusal
from coding.panel.lexicon import normal
from coding.panel.said import Item, tokens

USER = "user"
REMEMBERED = 12  # user turns
BENDS = "guard-change-times"


class State(NamedTuple):
    """items, settings: the case of the talk. last: the last question. bent: one of the turns asked for other times than charted."""

    items: tuple[Item, ...] = ()
    settings: tuple[str, ...] = ()
    last: str = ""
    bent: bool = False


def state_of(talk: Sequence[Turn]) -> State:
    """Read the user's turns in order. A turn with a whole case of its own begins anew."""
    case = Case(())
    asked = [turn.content for turn in talk if turn.role == USER][-REMEMBERED:]
    bent = False
    for content in asked:
        refused = refusal(content)
        bent = bent or (refused is not None and refused.row.id == BENDS)
        if refused is None:
            case = follow(case.items, case.settings, content)
    return State(case.items, case.settings, asked[-1] if asked else "", bent)


def follow(items: tuple[Item, ...], settings: tuple[str, ...], question: str) -> Case:
    """The case after one more turn."""
    found = tokens(normal(question))
    own = read_case(found)
    if (len(own.items) > 1 and not own.bare) or (own.items and not items):
        return own
    return read_case(found, items, settings)
