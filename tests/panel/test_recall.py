"""Recall of drugs and times on lists that were made, by people who did not see the panel, before it was tuned."""

from __future__ import annotations

import csv

from coding.drugs import identify
from coding.panel.case import read_case
from coding.panel.lexicon import normal
from coding.panel.mentions import find_drugs
from coding.panel.said import TIME, tokens
from coding.panel.times import Clock, Length, Span, read_times
from tests.panel.scoring import QUESTIONS

LEAST = 0.95


def _table(name: str) -> list[dict[str, str]]:
    with (QUESTIONS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_drugs_are_found_under_aliases_and_slips() -> None:
    rows = _table("drug_writings.csv")
    missed = [row for row in rows if not _finds_drug(row)]
    assert 1 - len(missed) / len(rows) >= LEAST, missed


def _finds_drug(row: dict[str, str]) -> bool:
    text = normal(row["text"])
    times = tuple((one.first, one.last) for one in tokens(text) if one.kind == TIME)
    wanted = identify(row["drug"]).drug.key
    return any(wanted in (one.key, identify(one.name).drug.key) for one in find_drugs(text, times) if one.name)


def test_times_are_read_in_any_usual_writing() -> None:
    rows = _table("time_writings.csv")
    missed = [row for row in rows if not _finds_time(row)]
    assert 1 - len(missed) / len(rows) >= LEAST, missed


def _finds_time(row: dict[str, str]) -> bool:
    text = normal(row["text"])
    found = read_times(text)
    if row["start"] and row["stop"]:
        wanted = (_minute(row["start"]), _minute(row["stop"]))
        spans = [one for item in read_case(tokens(text)).items for one in item.spans]
        spans += [one for one in found if isinstance(one, Span)]
        return wanted in [(one.start, one.stop) for one in spans]
    if row["start"]:
        return _minute(row["start"]) in [one.minute for one in found if isinstance(one, Clock)]
    return int(row["minutes"]) in [one.minutes for one in found if isinstance(one, Length)]


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
