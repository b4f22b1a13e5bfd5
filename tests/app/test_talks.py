"""Transcripts: bounded in every direction, and gone when their owner is."""

from __future__ import annotations

from coding.panel import Answer
from smart_app import talks
from smart_app.talks import Item, Talks, turns_of


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def item(text: str = "Why?") -> Item:
    return Item(text, Answer("rule", ()), "Facility")


def test_a_talk_lives_while_its_owner_does() -> None:
    clock = Clock()
    kept = Talks(100, True, clock)
    kept.keep("launch", "visit", item())
    clock.now = 90
    kept.touch("launch")
    clock.now = 180
    assert len(kept.find("launch", "visit")) == 1
    clock.now = 281
    kept.touch("another")
    assert not kept._owners
    assert kept.find("launch", "visit") == ()


def test_turns_visits_and_owners_are_bounded() -> None:
    kept = Talks(100, True, Clock())
    for number in range(talks.MOST_TURNS + 5):
        kept.keep("a", "v", item(str(number)))
    assert next(one.question for one in kept.find("a", "v")) == "5"
    for number in range(talks.MOST_VISITS + 5):
        kept.keep("a", str(number), item())
    assert len(kept._owners["a"].visits) == talks.MOST_VISITS
    for number in range(talks.MOST_OWNERS + 5):
        kept.keep(str(number), "v", item())
    assert len(kept._owners) == talks.MOST_OWNERS and "a" not in kept._owners


def test_forgetting_one_visit_leaves_the_others() -> None:
    kept = Talks(100, True, Clock())
    kept.keep("a", "v", item())
    kept.keep("a", "w", item())
    kept.forget("a", "v")
    assert not kept.find("a", "v") and kept.find("a", "w")
    kept.forget("a")
    assert not kept.find("a", "w")


def test_a_browser_that_gets_a_new_id_keeps_its_talk() -> None:
    kept = Talks(100, True, Clock())
    kept.keep("old", "", item())
    kept.rebind("old", "new")
    assert kept.find("new") and not kept.find("old")


def test_questions_are_measured_by_the_minute_and_made_up_ids_share_one_measure() -> None:
    clock = Clock()
    kept = Talks(1000, False, clock)
    kept.keep("known", "", item())
    assert all(kept.may_ask("known") for _ in range(talks.MOST_A_MINUTE)) and not kept.may_ask("known")
    assert all(kept.may_ask(f"made up {number}") for number in range(talks.MOST_NEW_A_MINUTE))
    assert not kept.may_ask("another")
    assert Talks(1000, True, clock).may_ask("another")
    clock.now = 61
    assert kept.may_ask("known") and kept.may_ask("another")


def test_the_talk_is_given_to_the_panel_as_turns() -> None:
    assert [(one.role, one.content) for one in turns_of((item(),))] == [("user", "Why?"), ("assistant", "")]
