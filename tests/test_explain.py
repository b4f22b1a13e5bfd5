"""Why, why not, what if, and the minutes at which the answer changes: all drawn from the engine, never from a second set of rules."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from coding import code
from coding.explain import Change, break_points, totals, what_if, why, why_not, why_not_words
from coding.rules import CARDS
from tests.charts import NINE, fluid, infusion, push, visit


def test_each_line_says_drug_clock_minutes_threshold_rule_and_source() -> None:
    coded = code(visit(infusion("A1", "Infliximab", 14, 141)))
    hours = next(line for line in coded.lines if line.code == "96366")
    for words in (
        "Infliximab",
        "09:14 to 11:21",
        "127 minutes",
        "31 minutes or more",
        "91 minutes earn 1",
        "rule time.additional-hour",
    ):
        assert words in hours.why
    assert hours.why.endswith("].")


def test_why_walks_the_steps_of_a_line() -> None:
    coded = code(visit(infusion("A1", "Vancomycin", 0, 90), infusion("A2", "Cefepime", 60, 120)))
    second = next(line for line in coded.lines if line.code == "96367")
    told = why(coded, second)
    assert "30 minutes alone (30 shared minutes taken out)" in told
    assert "Cefepime ran 60 minutes, 30 of them beside a higher-ranking infusion, 30 alone." in told


def test_why_not_a_further_hour_names_the_minute_that_would_earn_it() -> None:
    coded = code(visit(infusion("A1", "Vancomycin", 0, 90)))
    [reason] = why_not(coded, "96366")
    assert reason.verdict == "not met"
    assert "90 minutes; 91 would earn" in reason.why
    assert "10:31 or later adds one unit" in reason.would_change


def test_why_not_a_code_that_nothing_came_near() -> None:
    coded = code(visit(push("A1", "Ketorolac", 0)))
    assert not why_not(coded, "96413")
    assert "was not reached" in why_not_words(coded, "96413")
    assert why_not_words(coded, "96374") == "96374 is billed."


def test_what_if_changes_the_answer_and_not_the_chart() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, 90))
    assert totals(code(chart)) == (("96365", 1),)
    assert totals(what_if(chart, Change("A1", stop=NINE + 91 * 60))) == (("96365", 1), ("96366", 1))
    assert totals(code(chart)) == (("96365", 1),)


def test_break_points_of_a_lone_infusion_are_the_thresholds() -> None:
    found = break_points(visit(infusion("A1", "Vancomycin", 0, None)), "A1", horizon=220)
    assert [(one.minutes, one.clock) for one in found] == [
        (1, "09:01"),
        (16, "09:16"),
        (91, "10:31"),
        (151, "11:31"),
        (211, "12:31"),
    ]
    assert found[2].lines == (("96365", 1), ("96366", 1))


def test_break_points_see_the_rest_of_the_chart() -> None:
    """A cefepime stop can move minutes out of the fluid: the break-points are those of the whole visit."""
    chart = visit(infusion("A1", "Cefepime", 0, None), fluid("F1", 0, 60))
    found = {one.minutes: dict(one.lines) for one in break_points(chart, "A1", horizon=60)}
    assert found[1] == {"96374": 1, "96361": 1}
    assert found[16] == {"96365": 1, "96361": 1}
    assert found[30] == {"96365": 1}


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 200), st.integers(0, 60))
def test_between_break_points_nothing_changes(stop: int, other: int) -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, None), infusion("A2", "Cefepime", other, other + 45))
    points = break_points(chart, "A1", horizon=200)
    last = [point for point in points if point.minutes <= stop][-1]
    assert totals(what_if(chart, Change("A1", stop=NINE + stop * 60))) == last.lines


def test_every_considered_code_names_a_card_and_an_unmet_one_says_why() -> None:
    coded = code(
        visit(
            infusion("A1", "Infliximab", 0, 14),
            push("A2", "Morphine", 20),
            push("A3", "Morphine", 30),
            fluid("F1", 60, 85),
        )
    )
    assert {one.code for one in coded.considered} >= {"96365", "96376", "96361"}
    for one in coded.considered:
        assert set(one.rules) <= set(CARDS) and one.why and one.verdict != "met"
