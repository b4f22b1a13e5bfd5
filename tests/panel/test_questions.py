"""Whole questions with expected answers: sets written by people who did not see the panel, and the shared one.

Each set was measured once before anybody looked into it: benchmarks/README.md has those rates. Here they are floors.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import pytest

from tests.panel.scoring import QUESTIONS, answer_of, rate, rows

SHARED = os.environ.get("CHAIRTIME_SHARED", "")


@pytest.mark.parametrize(("name", "floor"), [("dev.jsonl", 0.95), ("held.jsonl", 0.94), ("fresh.jsonl", 0.94)])
def test_questions_of_our_own_sets_are_answered(name: str, floor: float) -> None:
    share, told = rate(rows(QUESTIONS / name))
    assert share >= floor, "\n".join(told)


@pytest.mark.skipif(not SHARED, reason="CHAIRTIME_SHARED does not name the shared questions")
def test_the_shared_questions_are_answered() -> None:
    share, told = rate(rows(Path(SHARED) / "questions" / "questions.jsonl"))
    assert share >= 0.95, "\n".join(told)


@pytest.mark.skipif(not SHARED, reason="CHAIRTIME_SHARED does not name the shared questions")
def test_rows_of_one_group_get_one_answer() -> None:
    groups = defaultdict(list)
    for row in rows(Path(SHARED) / "questions" / "questions.jsonl"):
        if row["group"] and row["expected"]["computed_lines"] is not None:
            lines = answer_of(row).lines
            groups[row["group"]].append({(line.code, line.units) for line in lines or ()})
    assert groups
    assert [name for name, found in groups.items() if any(one != found[0] for one in found)] == []


@pytest.mark.skipif(not SHARED, reason="CHAIRTIME_SHARED does not name the shared questions")
def test_no_shared_question_is_stored_as_a_wording() -> None:
    from coding.panel.answers import rows as answers

    stored = {ask.casefold().strip(" ?.") for row in answers().values() for ask in row.asks}
    asked = {row["question"].casefold().strip(" ?.") for row in rows(Path(SHARED) / "questions" / "questions.jsonl")}
    assert stored & asked == set()
