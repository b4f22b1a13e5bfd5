"""Interval arithmetic against counting second by second."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from coding import timeline

span = st.tuples(st.integers(0, 400), st.integers(0, 120)).map(lambda pair: (pair[0], pair[0] + pair[1]))
spans = st.lists(span, max_size=6)


def seconds_of(some: list[tuple[int, int]] | timeline.Spans) -> set[int]:
    return {second for start, stop in some for second in range(start, stop)}


@given(spans)
def test_a_union_covers_each_second_once(some: list[tuple[int, int]]) -> None:
    joined = timeline.union(some)
    assert seconds_of(joined) == seconds_of(some)
    assert timeline.seconds(joined) == len(seconds_of(some))
    assert all(a[1] < b[0] for a, b in itertools.pairwise(joined))


@given(spans, spans)
def test_subtracting_and_sharing_divide_the_time(some: list[tuple[int, int]], holes: list[tuple[int, int]]) -> None:
    a, b = timeline.union(some), timeline.union(holes)
    left = timeline.subtract(a, b)
    assert seconds_of(left) == seconds_of(a) - seconds_of(b)
    assert timeline.shared(a, b) == len(seconds_of(a) & seconds_of(b)) // 60


@given(spans.filter(lambda some: any(stop > start for start, stop in some)), st.integers(0, 5))
def test_the_instant_after_so_many_minutes_has_so_many_minutes_behind_it(
    some: list[tuple[int, int]], minutes: int
) -> None:
    a = timeline.union(some)
    instant = timeline.instant_after(a, minutes)
    behind = sum(1 for second in seconds_of(a) if second < instant) + max(0, instant - a[-1][1])
    assert behind == minutes * 60


def test_elapsed_time_is_never_rounded_up() -> None:
    assert timeline.minutes(((0, 15 * 60 + 59),)) == 15
    assert timeline.minutes(((30, 16 * 60 + 30),)) == 16


def test_words_name_the_date_where_a_span_leaves_its_day() -> None:
    evening = 1_773_198_000  # 2026-03-11 03:00 UTC, 22:00 the day before at UTC-5
    assert timeline.words(((evening, evening + 3 * 3600),), -5 * 3600) == "22:00 to 2026-03-11 01:00"
