"""No sentence reaches the reader that does not stand on a card, in a table, or in the engine's answer."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

from coding.engine import code
from coding.panel import Answer, Sentence, ask
from coding.panel.answer import CARD, PHRASE, STEP, TABLE, Turn
from coding.panel.answers import rows as answers
from coding.panel.lexicon import normal
from coding.panel.said import tokens
from coding.panel.scratch import build
from coding.panel.sentences import from_line, traces
from coding.panel.talk import follow, state_of
from coding.panel.whatif import coded
from coding.policy import policy_for
from tests.panel.scoring import QUESTIONS, answer_of, opened, rows

CODE = re.compile(r"\b(?:9[69]\d{3}|[A-Z]\d{4})\b")
ALL = [row for name in ("dev", "held", "fresh") for row in rows(QUESTIONS / f"{name}.jsonl")]


def _quoted(row: dict[str, Any]) -> list[Any]:
    """The engine's answers that a reply may quote: of the chart, under each profile; of the case in words; of a changed chart."""
    policy = policy_for(row.get("setting") or "facility", row.get("payer") or "commercial")
    found = []
    chart = opened(row, policy)
    if chart is not None:
        found.append(chart.coded)
        for profile in ("medicare_2025", "seed_commercial"):
            found.append(code(chart.encounter, policy_for(policy.setting, policy.payer, {"profile": profile})))
    talk = state_of([Turn(one["role"], one["content"]) for one in row.get("history") or []])
    for case in (follow(talk.items, talk.settings, row["question"]), follow((), (), row["question"])):
        scratch = build(case, policy)
        if scratch is not None:
            found.append(coded(scratch, policy))
    return found


@pytest.mark.parametrize("row", ALL, ids=[row["id"] for row in ALL])
def test_every_sentence_comes_from_a_place(row: dict[str, Any]) -> None:
    answer = answer_of(row)
    engine = _quoted(row)
    assert answer.sentences
    for sentence in answer.sentences:
        own = any(from_line(one) == sentence for one in answer.drug_lines)
        assert traces(sentence) or own or any(traces(sentence, one) for one in engine), sentence


@pytest.mark.parametrize("row", [one for one in ALL if one["expected"]["should_decline"]], ids=lambda row: row["id"])
def test_a_decline_names_no_code_and_no_lines(row: dict[str, Any]) -> None:
    answer = answer_of(row)
    if answer.declined:
        assert not CODE.search(answer.text)
        assert answer.lines is None
        assert not answer.rules


def test_a_sentence_made_up_traces_to_nothing() -> None:
    for kind, ref in (
        (CARD, "time.first-hour"),
        (TABLE, next(iter(answers()))),
        (PHRASE, "lines"),
        (STEP, "time.first-hour"),
    ):
        assert not traces(Sentence("Add an hour so it pays", kind, ref))


def test_only_the_makers_make_sentences() -> None:
    """Sentence(...) stands in sentences.py alone, so no other room can make one up."""
    import coding.panel as room

    folder = inspect.getfile(room).rsplit("/", 1)[0]
    from pathlib import Path

    makers = [path.name for path in Path(folder).glob("*.py") if re.search(r"\bSentence\(", path.read_text("utf-8"))]
    assert sorted(makers) == ["answer.py", "sentences.py"]


def test_all_that_is_read_is_kept_out_of_the_answer() -> None:
    """Words of the question come back only as the slip that was read, never as sentences."""
    answer: Answer = ask("my patient Zebediah Quux got remicaid 9:14a-11:21a, Quux says hi")
    assert "zebediah" not in answer.text.casefold()
    assert "quux" not in answer.text.casefold()
    assert tokens(normal("Zebediah"))[:1] == ()
