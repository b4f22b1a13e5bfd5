"""The panel is taught by tables: every rule can be reached, every wording reaches its rule, and a wrong table is refused."""

from __future__ import annotations

import pytest

from coding.codes import CODES
from coding.panel import ask
from coding.panel.aboutcode import cards_of
from coding.panel.answers import Row, rows
from coding.panel.charted import COMPUTED
from coding.panel.lexicon import Writings, lexicon, noun_writings
from coding.panel.retrieve import Index, index
from coding.rules import CARDS, TableError

RULES = [row for row in rows().values() if not row.compute and not row.declined]


@pytest.mark.parametrize("card", sorted(CARDS))
def test_every_rule_card_is_reached_by_asking(card: str) -> None:
    asks = [ask_ for row in RULES if card in row.cards[:2] for ask_ in row.asks]
    assert any(card in ask(question).rules for question in asks), "no wording leads to this card"


@pytest.mark.parametrize("row", RULES, ids=lambda row: row.id)
def test_every_wording_reaches_an_answer_that_rests_on_its_card(row: Row) -> None:
    wrong = []
    for wording in row.asks:
        near = [one.row for one in index().nearest(wording, most=20) if not one.row.compute]
        reached = {card for one in near[:1] for card in one.cards}
        if row.cards and not reached & set(row.cards):
            wrong.append((wording, near[0].id))
    assert not wrong


@pytest.mark.parametrize("row", [one for one in rows().values() if one.declined], ids=lambda row: row.id)
def test_every_declined_wording_is_declined_or_answered_by_a_case(row: Row) -> None:
    wrong = [wording for wording in row.asks if not ask(wording).declined]
    assert not wrong


def test_an_answer_names_cards_that_exist_and_computed_ones_a_way_to_compute() -> None:
    for row in rows().values():
        assert set(row.cards) <= set(CARDS)
        assert not row.compute or row.compute in COMPUTED
        assert row.cards or row.declined or row.id in PRODUCT


PRODUCT = (
    "what-the-panel-can-do",
    "who-answers-here",
    "where-answers-come-from",
    "why-trust-this",
    "evidence-grade-of-a-rule",
    "what-happens-to-my-chart",
    "the-program-writes-nothing-to-the-chart",
    "what-a-disagreement-does",
)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_can_be_asked_for(code: str) -> None:
    answer = ask(f"What is {code}?")
    assert not answer.declined
    assert code in answer.text
    assert set(cards_of(code)) & set(answer.rules)


def test_a_writing_that_stands_twice_is_refused_with_both_places() -> None:
    with pytest.raises(TableError, match=r"route\.im: 'push' stands under technique\.push too"):
        Writings([("technique", "push", "push"), ("route", "im", "push")], "lexicon.toml")


def test_a_writing_without_a_word_is_refused() -> None:
    with pytest.raises(TableError, match="holds no word"):
        Writings([("technique", "push", "--")], "lexicon.toml")


def test_lexicon_and_nouns_load() -> None:
    assert lexicon().words
    assert noun_writings().words


def test_a_new_answer_is_found_by_a_new_wording() -> None:
    """What a newcomer does: add a row, ask it in other words."""
    new = Row("moon", ("may we report infusions on the moon", "lunar base ivpb code"), ("No.",), ("encounter.home",))
    found = Index([*rows().values(), new]).nearest("moon base infusion, reportable?")
    assert found[0].row.id == "moon"
