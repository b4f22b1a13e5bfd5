"""`chairtime demo --charts FOLDER`: the practice EHR with somebody's own FHIR."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smart_app.demo import DemoError, coded_page, launch_once, load_charts, running
from tests.app.browser import Browser

PATIENT = {"resourceType": "Patient", "id": "p"}


def given(id: str, day: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationAdministration",
        "id": id,
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {"text": "Infliximab 400 mg"},
        "effectivePeriod": {"start": f"{day}T09:00:00Z", "end": f"{day}T11:05:00Z"},
        "dosage": {"route": {"text": "IV"}, "method": {"text": "IV infusion"}},
        **more,
    }


def visit(day: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": "v",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p"},
        "period": {"start": f"{day}T08:00:00Z", "end": f"{day}T12:00:00Z"},
    }


def test_loose_resources_in_ndjson_are_a_chart(tmp_path: Path) -> None:
    lines = [json.dumps(one) for one in (PATIENT, visit("2026-11-20"), given("a", "2026-11-20"))]
    (tmp_path / "all.ndjson").write_text("\n".join([*lines, "{ not json", "[]"]), encoding="utf-8")
    with running(load_charts(str(tmp_path))) as demo:
        assert launch_once(demo)
        assert "96365 x1" in coded_page(demo)


def test_a_folder_without_a_patient_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"not": "FHIR"}', encoding="utf-8")
    with pytest.raises(DemoError, match="no FHIR patient"):
        load_charts(str(tmp_path))


def test_what_was_given_years_ago_is_offered_and_not_hidden(tmp_path: Path) -> None:
    old = given("a", "2019-03-04", context={"reference": "Encounter/v"})
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": one} for one in (PATIENT, visit("2019-03-04"), old)],
    }
    (tmp_path / "a.json").write_text(json.dumps(bundle), encoding="utf-8")
    with running(load_charts(str(tmp_path))) as demo:
        browser = Browser(demo)
        listed = browser.launch("p", encounter="")
        assert "365 days" in listed.text and "encounter=v" not in listed.text
        everything = browser.get(f"{listed.url}encounters?years=all")
        assert "encounter=v" in everything.text
        assert "96365" in browser.get(f"{listed.url}?encounter=v&years=all").text
