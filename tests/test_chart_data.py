"""Every chart of the shared data reads through, and nothing in it vanishes. Needs CHAIRTIME_SHARED."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smart_app.chart import Chart, read_bundle, read_resources
from tests.chart_parts import assert_conserved

SHARED = os.environ.get("CHAIRTIME_SHARED", "")
pytestmark = pytest.mark.skipif(
    not SHARED, reason="CHAIRTIME_SHARED is not set: the shared charts are NOT read in this run"
)

FOLDERS = [
    "hl7-r4-examples",
    "mcode",
    "mii-kds-testdata",
    "au-base",
    "qicore-examples",
    "mimic-iv-demo-fhir",
    "mimic-iv-demo-medadmin-derived",
]


def lines(path: Path) -> Iterator[dict[str, Any]]:
    data = path.read_bytes()
    for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
        if line.strip():
            yield json.loads(line)


def folder(name: str) -> list[dict[str, Any]]:
    return [one for path in sorted((Path(SHARED) / "data" / "fhir" / name).glob("*.ndjson*")) for one in lines(path)]


def entries(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"] if "resource" in entry]


def codes(found: Chart) -> set[str]:
    return {problem.code for problem in found.problems}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_of_resources_reads_through_and_conserves(name: str) -> None:
    resources = folder(name)
    found = read_resources(resources)
    assert_conserved(found, resources)
    assert not [
        problem for problem in found.problems if problem.code == "RESOURCE_UNREADABLE" and "shape" in problem.says
    ]


@pytest.mark.parametrize("name", ["ecqm/cases.ndjson.gz", "synthea/bundles.ndjson.gz"])
def test_a_file_of_bundles_reads_through_and_conserves(name: str) -> None:
    for bundle in lines(Path(SHARED) / "data" / "fhir" / name):
        assert_conserved(read_bundle(bundle), entries(bundle))


def test_every_worked_case_reads_without_a_problem() -> None:
    paths = sorted((Path(SHARED) / "cases" / "bundles").glob("*.json"))
    assert paths
    for path in paths:
        bundle = json.loads(path.read_text(encoding="utf-8"))
        found = read_bundle(bundle)
        assert_conserved(found, entries(bundle))
        assert found.problems == (), path.name
        assert all(
            row.route and (row.technique or row.route == "po")
            for encounter in found.encounters
            for row in encounter.administrations
        ), path.name


def test_the_icu_rows_of_a_hospital_stay_are_rows_of_that_stay() -> None:
    resources = folder("mimic-iv-demo-fhir") + folder("mimic-iv-demo-medadmin-derived")
    found = read_resources(resources)
    assert_conserved(found, resources)
    known = [one for one in found.encounters if one.id]
    assert len(known) == 175
    assert sum(len(one.administrations) for one in known) == 8_662 - 233
    assert {row.route for one in known for row in one.administrations} == {"iv", "other"}


def test_dates_without_a_time_give_no_start_in_oncology_examples() -> None:
    found = read_resources(folder("mcode"))
    assert {"DATE_ONLY", "ENCOUNTER_UNRESOLVED"} <= codes(found)
    assert all(row.start is None for one in found.encounters for row in one.administrations)


def test_routes_that_contradict_their_display_are_asked_in_quality_measure_charts() -> None:
    conflicts = [
        problem.resource
        for bundle in lines(Path(SHARED) / "data" / "fhir" / "ecqm" / "cases.ndjson.gz")
        for problem in read_bundle(bundle).problems
        if problem.code == "ROUTE_CONFLICT"
    ]
    assert len(conflicts) == 9


def test_a_german_rate_of_dose_over_duration_is_a_plan() -> None:
    found = read_resources(folder("mii-kds-testdata"))
    rows = {row.id: row for one in found.encounters for row in one.administrations}
    assert rows["mii-exa-test-data-patient-4-medadmin-1"].planned == 120
    assert rows["mii-exa-test-data-patient-1-medadmin-1"].planned == 30
