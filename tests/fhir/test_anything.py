"""Whatever JSON a server sends, the FHIR client ends with resources and notices, and never with an error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smart_app.fhir_http import Limits
from smart_app.fhir_origin import read_reference, within
from smart_app.fhir_outcomes import read_outcome
from smart_app.fhir_pages import search
from smart_app.fhir_references import missing
from smart_app.fhir_sift import in_time, parts_of_visit
from smart_app.fhir_window import around, days_back

BASE = "https://ehr.example/api/FHIR/R4"
NOW = 1_795_176_000.0
OWN = {"reference": "Patient/pat-1"}
# fmt: off
FIELDS = [
    "resourceType", "id", "status", "subject", "context", "partOf", "encounter", "medicationReference", "medication",
    "request", "reference", "performer", "actor", "location", "effectivePeriod", "effectiveDateTime", "period",
    "start", "end", "performedPeriod", "issue", "details", "coding", "code", "text", "entry", "resource", "link",
    "relation", "url", "search",
]
# fmt: on
WORDS = (
    "Encounter",
    "MedicationAdministration",
    "OperationOutcome",
    "Bundle",
    "next",
    "Encounter/e",
    "Medication/m",
    "2026",
    "in-progress",
    "",
)
leaf = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(WORDS)
    | st.text(max_size=8)
)
anything = st.recursive(
    leaf,
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), one, max_size=6),
    max_leaves=25,
)
objects = st.dictionaries(st.sampled_from(FIELDS), anything, max_size=8)
resources = objects.map(lambda one: {"resourceType": "MedicationAdministration", **one, "subject": OWN})
entries = st.lists(resources.map(lambda one: {"resource": one}) | anything, max_size=4)
bundles = st.builds(lambda more, found: {**more, "resourceType": "Bundle", "entry": found}, objects, entries)


class Fed:
    """A wire that brings the same answer whatever is asked."""

    base = BASE

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.limits = Limits(pages=3)

    def get(self, url: str) -> Any:
        return self.answer


@settings(max_examples=400, deadline=None)
@given(bundles | objects)
def test_any_answer_is_read_or_told(answer: dict[str, Any]) -> None:
    found = search(Fed(answer), "MedicationAdministration", "pat-1", days_back("wide", NOW))  # type: ignore[arg-type]
    kept = in_time(BASE, found.resources, days_back("wide", NOW), {"e"})
    missing(BASE, kept)
    around(parts_of_visit(BASE, found.resources, "e"), NOW).texts()
    if answer.get("resourceType") != "Bundle":
        assert found.notices and not found.resources


@settings(max_examples=200, deadline=None)
@given(objects)
def test_any_outcome_is_read(outcome: dict[str, Any]) -> None:
    assert all(text.isprintable() for text in read_outcome(outcome).texts)


@pytest.mark.parametrize(
    "url",
    [
        BASE,
        f"{BASE}/Condition?patient=1",
        f"{BASE}?_getpages=8a&_count=10",
        "https://EHR.example:443/api/FHIR/R4/Condition?a=b|c",
        f"{BASE}/Condition?next=../../x",
    ],
)
def test_addresses_under_the_base_are_asked(url: str) -> None:
    assert within(BASE, url) and within(BASE + "/", url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "Condition?patient=1",
        "http://ehr.example/api/FHIR/R4/Condition",
        "https://ehr.example:8443/api/FHIR/R4/Condition",
        "https://ehr.example.evil.example/api/FHIR/R4/Condition",
        "https://ehr.example@evil.example/api/FHIR/R4",
        "https://evil.example\\@ehr.example/api/FHIR/R4",
        "https://ehr.example/api/FHIR/R45/Condition",
        "https://ehr.example/api/FHIR/R4/..%2f..%2fadmin",
        "https://ehr.example/api/FHIR/R4/ Condition",
        "https://ehr.example:port/api/FHIR/R4",
        "https:///api/FHIR/R4",
        "javascript:alert(1)",
    ],
)
def test_addresses_elsewhere_are_not(url: str) -> None:
    assert not within(BASE, url)


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("Medication/a.b-c_d~e", ("Medication", "a.b-c_d~e")),
        ("Medication/m/_history/2", ("Medication", "m")),
        (f"{BASE}/Medication/m", ("Medication", "m")),
        ("https://EHR.EXAMPLE:443/api/FHIR/R4/Medication/m", ("Medication", "m")),
        (f"{BASE}/Medication/m?x=y", ("Medication", "m")),
        ("Medication/m?x=y", None),
        ("Medication?name=m", None),
        ("/Medication/m", None),
        ("medication/m", None),
    ],
)
def test_references_are_read_strictly(reference: str, found: tuple[str, str] | None) -> None:
    assert read_reference(BASE, reference) == found
