"""What an answer to a question of tests/questions must show: declined or not, the codes, the lines. Words are for a reader."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from coding.panel import Answer, Open, Turn, ask
from coding.policy import Policy, policy_for
from smart_app.asking import in_words, lines_in, open_visit
from smart_app.chart import read_bundle

QUESTIONS = Path(__file__).parent.parent / "questions"
FAMILY = ("963", "964", "965")


def rows(path: Path) -> list[dict[str, Any]]:
    """The questions of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def answer_of(row: dict[str, Any]) -> Answer:
    """The panel's answer to a row, with its talk, setting, payer and chart."""
    policy = _policy(row.get("setting") or "facility", row.get("payer") or "commercial")
    talk = [Turn(one["role"], one["content"]) for one in row.get("history") or []]
    return ask(row["question"], talk, opened(row, policy), policy)


def opened(row: dict[str, Any], policy: Policy) -> Open | None:
    """The visit of the row's chart."""
    return open_visit(read_bundle(row["chart"]), policy)[0] if row.get("chart") else None


@lru_cache(maxsize=8)
def _policy(setting: str, payer: str) -> Policy:
    return policy_for(setting, payer)


def misses(row: dict[str, Any], answer: Answer) -> list[str]:
    """What is wrong with an answer; empty where all holds."""
    expected = row["expected"]
    wrong = []
    if expected["should_decline"] is not None and answer.declined != expected["should_decline"]:
        wrong.append(f"declined is {answer.declined}")
    text = in_words(answer)
    wrong += [f"{code} is not mentioned" for code in expected["must_mention_codes"] or () if code not in text]
    if expected["computed_lines"] is not None:
        wanted = [expected["computed_lines"], *(expected["alt_computed_lines"] or [])]
        if not any(_same(answer, lines) for lines in wanted):
            wrong.append(f"lines are {_found(answer, wanted[0])}, not {_wanted(wanted[0])}")
    return wrong


def _same(answer: Answer, lines: list[dict[str, Any]]) -> bool:
    return lines_in(answer) is not None and _found(answer, lines) == _wanted(lines)


def _wanted(lines: list[dict[str, Any]]) -> dict[str, int]:
    added: dict[str, int] = {}
    for line in lines:
        key = "-".join((line["code"], *(line.get("modifiers") or ())))
        added[key] = added.get(key, 0) + int(line.get("units", 1))
    return added


def _found(answer: Answer, lines: list[dict[str, Any]]) -> dict[str, int]:
    """Lines of the family, or of the drug codes that are wanted; modifiers where they are wanted for that code."""
    marked = {line["code"] for line in lines if line.get("modifiers")}
    drugs = {line["code"] for line in lines if not line["code"].startswith(FAMILY)}
    only_drugs = bool(drugs) and len(drugs) == len({line["code"] for line in lines})
    added: dict[str, int] = {}
    for line in lines_in(answer) or ():
        if line.code in drugs or (line.code.startswith(FAMILY) and not only_drugs):
            key = "-".join((line.code, *line.modifiers)) if line.code in marked else line.code
            added[key] = added.get(key, 0) + line.units
    return added


def rate(questions: list[dict[str, Any]]) -> tuple[float, list[str]]:
    """The share of rows without a miss, and the misses in words."""
    wrong = {row["id"]: misses(row, answer_of(row)) for row in questions}
    told = [
        f"{row['id']} {row['question'][:80]}: {'; '.join(wrong[row['id']])}" for row in questions if wrong[row["id"]]
    ]
    return 1 - len(told) / len(questions), told


__all__ = ["QUESTIONS", "answer_of", "misses", "opened", "rate", "rows"]
