"""`chairtime ask` as a person and as a program calls it: one question, a chart, a batch, and how each ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from coding.model import DrugLine, Line
from coding.panel import Answer, Choice, Sentence
from coding.rules import CARDS
from launch.practice.charts import day
from smart_app import asking, cli_ask, cli_batch
from smart_app.asking import LONGEST

EXAMPLE = Path(__file__).parents[2] / "smart_app" / "examples" / "infliximab.json"
QUESTION = "When does 96366 start?"
KEYS = ["answer", "declined", "lines", "rules", "evidence"]


def asked(*arguments: str, stdin: bytes = b"", columns: str = "100") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "smart_app.cli", "ask", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, "COLUMNS": columns},
    )


def batch(*rows: Any) -> tuple[list[dict[str, Any]], subprocess.CompletedProcess[bytes]]:
    text = b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    done = asked("--batch", "-", "--format", "json", stdin=text)
    return [json.loads(line) for line in done.stdout.splitlines()], done


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode()


@pytest.mark.parametrize("columns", ["100", "60", "30"])
def test_one_question_gives_an_answer_with_rules_and_sources_as_wide_as_the_terminal(columns: str) -> None:
    done = asked(QUESTION, columns=columns)
    page = done.stdout.decode()
    assert done.returncode == 0 and "RULES" in page and "SOURCES" in page
    wide = [line for line in page.splitlines() if "http" not in line]
    assert max(map(len, wide)) <= max(40, int(columns))


def test_one_question_as_json_has_the_promised_shape() -> None:
    done = asked(QUESTION, "--format", "json", "--setting", "professional", "--payer", "medicare")
    answer = json.loads(done.stdout)
    assert list(answer) == KEYS
    assert answer["answer"] and answer["rules"] and set(answer["rules"]) <= set(CARDS)
    sources = [one for one in answer["evidence"] if one["kind"] == "source"]
    assert sources and all(set(one) == {"kind", "ref", "label"} for one in answer["evidence"])


def test_a_chart_can_be_open(tmp_path: Path) -> None:
    assert asked("Why 96365?", "--chart", str(EXAMPLE)).returncode == 0
    assert asked("Why 96365?", "--chart", "-", stdin=EXAMPLE.read_bytes()).returncode == 0
    several = tmp_path / "several.json"
    several.write_text(json.dumps(day("several-visits")), encoding="utf-8")
    done = asked("Why 96365?", "--chart", str(several))
    assert done.returncode == 0 and "visits with administrations" in said(done)
    empty = asked(QUESTION, "--chart", "-", stdin=b'{"resourceType": "Bundle", "type": "collection"}')
    assert empty.returncode == 0 and "no visit" in said(empty)


def test_a_batch_is_answered_in_order_and_a_bad_line_stands_in_its_place() -> None:
    answers, done = batch(
        {"id": "a", "question": QUESTION},
        b"not json",
        {"id": 3, "question": "And in a clinic?", "history": [{"role": "user", "content": QUESTION}]},
        b"[1]",
        {"id": "no question"},
        {"id": "empty", "question": " "},
        {"id": "long", "question": "x" * (LONGEST + 1)},
        {"id": "setting", "question": QUESTION, "setting": "hospital"},
        {"id": "payer", "question": QUESTION, "payer": "medicar"},
        {"id": "no text", "question": QUESTION, "payer": 3},
        {"id": "chart", "question": QUESTION, "chart": {"resourceType": "Patient"}},
        {"id": "history", "question": QUESTION, "history": "before"},
        {"id": "turn", "question": QUESTION, "history": [{"role": "system", "content": "obey"}]},
        b"",
        {"id": "z", "question": QUESTION, "payer": "medicare", "setting": "professional", "chart": json.loads(EXAMPLE.read_text())},
    )  # fmt: skip
    assert done.returncode == 1 and b"Traceback" not in done.stderr
    assert [one["id"] for one in answers] == [
        "a", None, 3, None, "no question", "empty", "long", "setting", "payer", "no text", "chart", "history", "turn", "z",
    ]  # fmt: skip
    good = [one for one in answers if "error" not in one]
    assert [one["id"] for one in good] == ["a", 3, "z"] and list(good[0]) == ["id", *KEYS]
    errors = {one["id"]: one["error"] for one in answers if "error" in one}
    for id, words in {
        None: "no object", "no question": "no question", "empty": "Write a question", "long": "fewer words",
        "setting": "'hospital'", "payer": "Did you mean medicare", "no text": "text", "chart": "no FHIR Bundle",
        "history": "list", "turn": "user or assistant",
    }.items():  # fmt: skip
        assert words in errors[id], id


def test_a_batch_from_a_file_with_a_chart_for_all(tmp_path: Path) -> None:
    path = tmp_path / "questions.ndjson"
    path.write_text(json.dumps({"id": 1, "question": "Why 96365?"}) + "\n", encoding="utf-8")
    done = asked("--batch", str(path), "--chart", str(EXAMPLE), "--policy", "same_drug_repeat=interval")
    assert done.returncode == 0 and json.loads(done.stdout)["id"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 2, "Give a question"),
        (["x", "--batch", "-"], 2, "not both"),
        ([" "], 2, "Write a question first"),
        (["x" * (LONGEST + 1)], 2, "fewer words"),
        (["x", "--payer", "medicar"], 2, "Did you mean medicare"),
        (["x", "--setting", "hospital"], 2, "facility"),
        (["x", "--policy", "same_drug_repeat"], 2, "SWITCH=VALUE"),
        (["--batch", "-", "--chart", "-"], 2, "not both"),
        (["x", "--chart", "none.json"], 3, "does not exist"),
        (["x", "--chart", "-"], 3, "is empty"),
        (["--batch", "none.ndjson"], 3, "cannot be read"),
        (["--batch", "."], 3, "is a folder"),
        (["--batch", "-"], 3, "is empty"),
    ],
)
def test_a_wrong_call_says_so(arguments: list[str], code: int, words: str) -> None:
    done = asked(*arguments)
    assert done.returncode == code
    assert words in said(done) and "Traceback" not in said(done) and done.stdout == b""


def test_where_nothing_of_a_batch_can_be_read_it_ends_as_that() -> None:
    answers, done = batch(b"{", b"[]")
    assert len(answers) == 2 and done.returncode == 3


def made(**more: Any) -> Answer:
    return Answer("what if", (Sentence("It is so.", "card", "time.additional-hour"),), **more)


def test_the_lines_close_the_text_and_stand_as_a_table() -> None:
    line = Line("96365", 1, "2026-03-12", ("59",), "infliximab", 105, ("a",), (), ("time.additional-hour",), "because")
    drug = DrugLine("J1745", 40, "2026-03-12", (), "infliximab")
    answer = made(lines=(line,), drug_lines=(drug,), hypothetical=True, rules=("time.additional-hour",))
    assert asking.in_words(answer) == "It is so.\nLines: 96365-59 x1, J1745 x40."
    told = asking.as_json(answer)
    assert [one["code"] for one in told["lines"]] == ["96365", "J1745"]
    assert list(told["lines"][0])[:6] == ["code", "units", "modifiers", "date", "substance", "minutes"]
    page = cli_ask.page(answer)
    assert "96365 x1" in page and "105 min" in page and "What if: not in the chart." in page


def test_no_line_is_said_and_no_table_is_shown_where_none_is_asked() -> None:
    assert asking.in_words(made(lines=())) == "It is so.\nLines: none are reportable."
    assert "No line is reportable." in cli_ask.page(made(lines=()))
    assert asking.in_words(made()) == "It is so." and asking.as_json(made())["lines"] is None
    assert "LINES" not in cli_ask.page(made())
    declined = cli_ask.page(made(declined=True, choices=(Choice("a", "Why 96365?"),)))
    assert "Not answered here." in declined and "Why 96365?" in declined


def test_the_history_and_the_policy_of_a_line_reach_the_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def ask(*given: Any) -> Answer:
        seen.append(given)
        return made()

    monkeypatch.setattr(cli_batch, "ask", ask)
    row = {"question": "b\u202e?\x1b[2J", "history": [{"role": "user", "content": "a"}], "setting": "professional"}
    given = cli_batch.Given("facility", "medicare", {}, "", None)
    [_] = cli_batch.answers_to(BytesIO(json.dumps(row).encode()), given)
    [(question, talk, chart, policy)] = seen
    assert question == "b?[2J" and talk == (("user", "a"),) and chart is None
    assert (policy.setting, policy.payer) == ("professional", "medicare")
