"""Questions from a file, a JSON object on each line, to answers in the same order; a bad line never hides the good ones."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

import orjson

from coding.model import FACILITY, PROFESSIONAL
from coding.panel import Open, Turn, ask
from coding.policy import Policy, PolicyError, policy_for
from smart_app import asking
from smart_app.chart import Chart, read_bundle
from smart_app.inputs import MAX_BYTES

log = logging.getLogger("chairtime")
ROLES = ("user", "assistant")


class Given(NamedTuple):
    """What holds for lines that say nothing else. chart: the one of lines that bring none."""

    setting: str
    payer: str
    switches: Mapping[str, str]
    zone: str
    chart: Chart | None


class BadLine(Exception):
    """A line that cannot be answered; the message is one plain sentence."""


def answers_to(file: BinaryIO, given: Given) -> Iterator[dict[str, Any]]:
    """One answer, or one error, for each line that is not blank."""
    for text in iter(lambda: file.readline(MAX_BYTES + 1), b""):
        if text.strip():
            yield _answer(text, given)


def _answer(text: bytes, given: Given) -> dict[str, Any]:
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return {"id": None, "error": f"The line is not JSON ({error.msg} at column {error.colno})."}
    if not isinstance(row, dict):
        return {"id": None, "error": "The line is JSON but no object; it needs a question."}
    try:
        return {"id": row.get("id")} | _asked(row, given)
    except BadLine as error:
        return {"id": row.get("id"), "error": str(error)}
    except Exception as error:  # a fault of ours in one line must not take the answers of the others away
        log.error("a question could not be answered: %s", type(error).__name__)
        return {
            "id": row.get("id"),
            "error": f"The question could not be answered: a fault of Chairtime ({type(error).__name__}).",
        }


def _asked(row: dict[str, Any], given: Given) -> dict[str, Any]:
    question = row.get("question")
    if not isinstance(question, str):
        raise BadLine("The line has no question.")
    if fault := asking.fault_of(question):
        raise BadLine(fault)
    policy = _policy(row, given)
    opened = _opened(row, given, policy)
    return asking.as_json(ask(asking.readable(question), _history(row), opened, policy))


def _policy(row: dict[str, Any], given: Given) -> Policy:
    setting, payer = row.get("setting") or given.setting, row.get("payer") or given.payer
    if setting not in (FACILITY, PROFESSIONAL):
        raise BadLine(f"The setting is {setting!r}; it must be {FACILITY} or {PROFESSIONAL}.")
    if not isinstance(payer, str):
        raise BadLine("The payer must be a text.")
    try:
        return policy_for(setting, payer, given.switches)
    except PolicyError as error:
        raise BadLine(str(error)) from None


def _history(row: dict[str, Any]) -> tuple[Turn, ...]:
    said = row.get("history") or []
    if not isinstance(said, list):
        raise BadLine("The history must be a list.")
    turns = []
    for one in said:
        role, content = (one.get("role"), one.get("content")) if isinstance(one, dict) else (None, None)
        if role not in ROLES or not isinstance(content, str):
            raise BadLine("Each turn of the history needs a role, user or assistant, and a content.")
        turns.append(Turn(role, content))
    return tuple(turns)


def _opened(row: dict[str, Any], given: Given, policy: Policy) -> Open | None:
    bundle, chart = row.get("chart"), given.chart
    if bundle is not None:
        if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
            raise BadLine("The chart is no FHIR Bundle.")
        chart = read_bundle(bundle, given.zone)
    return asking.open_visit(chart, policy)[0] if chart else None
