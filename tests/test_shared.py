"""Worked cases and third-party FHIR data that are not part of the project: run where CHAIRTIME_SHARED names their folder."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coding.engine import code_visits
from coding.policy import policy_for
from smart_app.chart import Chart, read_bundle, read_resources
from smart_app.coded import with_chart

SHARED = os.environ.get("CHAIRTIME_SHARED", "")
CASES = Path(SHARED) / "cases" / "cases.jsonl"
DATA = Path(SHARED) / "data" / "fhir"
WHY = "CHAIRTIME_SHARED is not set: the shared cases and charts are NOT run here"
pytestmark = pytest.mark.skipif(not SHARED, reason=WHY)


def _cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()] if SHARED else []


def _in_family(code: str) -> bool:
    return code in ("G0498", "36430") or (code.isdigit() and ("96360" <= code <= "96379" or "96401" <= code <= "96549"))


def _totals(lines: list[dict[str, Any]]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for line in lines:
        if _in_family(line["code"]):
            totals[line["code"]] += line["units"]
    return totals


@pytest.mark.parametrize("case", _cases(), ids=lambda case: f"{case['id']} {case['title']}")
def test_a_published_case_gives_its_lines(case: dict[str, Any]) -> None:
    bundle = json.loads((CASES.parent / "bundles" / f"{case['id']}.json").read_text(encoding="utf-8"))
    policy = policy_for(case["setting"], case["payer"], {name: str(value) for name, value in case["policy"].items()})
    answers = code_visits(read_bundle(bundle).encounters, policy)
    found = _totals([line._asdict() for answer in answers for line in answer.lines])
    wanted = [_totals(lines) for lines in (case["expected"]["lines"], *case.get("accept", ()))]
    assert found in wanted, case["why"]
    problems = {problem.code for answer in answers for problem in answer.problems}
    assert set(case["expected"].get("problems", ())) <= problems


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as file:
        for line in file:
            yield json.loads(line)


def _charts() -> Iterator[tuple[str, Chart]]:
    """Bundles as they are; loose resources by folder and patient, with those that belong to nobody in each chart."""
    for folder in sorted(path for path in DATA.iterdir() if path.is_dir()):
        by_patient: dict[str, list[dict[str, Any]]] = defaultdict(list)
        common: list[dict[str, Any]] = []
        for path in sorted(folder.glob("*.ndjson*")):
            for resource in _lines(path):
                if resource["resourceType"] == "Bundle":
                    yield f"{folder.name}/{resource.get('id')}", read_bundle(resource)
                    continue
                subject = (
                    (resource.get("subject") or resource.get("patient") or {}).get("reference", "").rsplit("/", 1)[-1]
                )
                owner = resource.get("id", "") if resource["resourceType"] == "Patient" else subject
                (by_patient[owner] if owner else common).append(resource)
        for patient, resources in by_patient.items():
            yield f"{folder.name}/{patient}", read_resources([*resources, *common], patient)


@pytest.mark.parametrize("setting", ["facility", "professional"])
def test_every_third_party_chart_runs_through_and_nothing_vanishes(setting: str) -> None:
    policy = policy_for(setting)
    rows = charts = 0
    for name, chart in _charts():
        charts += 1
        answers = with_chart(chart, code_visits(chart.encounters, policy))
        for encounter, answer in zip(chart.encounters, answers, strict=True):
            rows += len(encounter.administrations)
            ends = {id for line in answer.lines for id in line.administrations} | {
                one.resource for one in answer.not_billed
            }
            assert {row.id for row in encounter.administrations} <= ends, name
            assert all(one.rules for one in answer.not_billed), name
        listed = {f"MedicationAdministration/{one.resource}" for answer in answers for one in answer.not_billed}
        unread = {resource for resource, _ in chart.unread if resource.startswith("MedicationAdministration/")}
        assert not answers or unread <= listed, name
    assert charts > 300 and rows > 8_000
