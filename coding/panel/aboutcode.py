"""What one code is: label, family, what it stands on and what extends it, from tables/codes.toml and the card of its rule."""

from __future__ import annotations

from functools import lru_cache

from coding.codes import CODES
from coding.panel.answer import RULE, Answer, Evidence, Sentence
from coding.panel.lexicon import panel_table
from coding.panel.sentences import from_card, phrase


@lru_cache(maxsize=1)
def _cards() -> dict[str, list[str]]:
    found: dict[str, list[str]] = dict(panel_table("code_cards.toml")["code"])  # type: ignore[call-overload]
    return found


def cards_of(code: str) -> list[str]:
    """The rule cards that explain a code, main one first."""
    return _cards().get(code, [])


def define(codes: tuple[str, ...]) -> Answer | None:
    """What codes are; None where one of them is not in the table."""
    if not codes or any(one not in CODES or one not in _cards() for one in codes):
        return None
    short: list[Sentence] = []
    rules: list[str] = []
    for one in codes:
        row = CODES[one]
        short.append(phrase("code-is", code=one, label=row.label))
        if row.initial:
            short.append(phrase("code-initial"))
        elif row.accepts:
            short.append(phrase("code-stands-on", codes=", ".join(row.accepts)))
        hours = [
            other
            for other, found in CODES.items()
            if found.role == "hour" and one in found.accepts and found.family == row.family
        ]
        if hours and row.role != "hour":
            short.append(phrase("code-hours", code=hours[0]))
        rules += _cards()[one]
    cards = tuple(dict.fromkeys(rules))
    return Answer(
        RULE,
        tuple(short),
        working=tuple(from_card(card) for card in cards[: len(codes) + 1]),
        rules=cards,
        evidence=tuple(Evidence("code", one, CODES[one].label) for one in codes),
    )
