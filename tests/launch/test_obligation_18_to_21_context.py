"""SMART App Launch 2.2, obligations 18, 19 and 21: the context beside the token."""

from __future__ import annotations

import json
from typing import Any

import pytest

from launch.context import local_reference
from launch.problems import PatientMissing
from tests.launch.conftest import App
from tests.launch.server import Ehr


def test_18_the_whole_context_is_read(app: App, ehr: Ehr) -> None:
    ehr.answer.update(
        need_patient_banner=False,
        smart_style_url=f"{ehr.origin}/style.json",
        intent="reconcile",
        tenant="t1",
        fhirContext=[{"reference": "ImagingStudy/i1", "role": "launch"}],
        __epic={"x": 1},
    )
    launch = app.launch()
    assert (launch.patient, launch.encounter, launch.banner) == ("p1", "e1", False)
    assert (launch.style_url, launch.intent, launch.tenant) == (f"{ehr.origin}/style.json", "reconcile", "t1")
    assert [json.loads(text)["reference"] for text in launch.fhir_context] == ["ImagingStudy/i1"]


@pytest.mark.parametrize(
    ("said", "banner"),
    [(None, True), (True, True), ("true", True), ("yes", True), (0, True), (False, False), ("False", False)],
)
def test_18_the_banner_is_left_out_only_where_the_ehr_says_so(app: App, ehr: Ehr, said: Any, banner: bool) -> None:
    ehr.answer["need_patient_banner"] = said
    assert app.launch().banner is banner


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "http://evil.example/s.json", "/style.json", 7, "https://a/" + "x" * 3000, "https://u@a/s"],
)
def test_18_a_style_address_that_is_not_plain_https_is_dropped(app: App, ehr: Ehr, url: Any) -> None:
    ehr.answer["smart_style_url"] = url
    assert app.launch().style_url == ""


def test_18_no_encounter_works_on_and_says_so(app: App, ehr: Ehr) -> None:
    ehr.answer["encounter"] = None
    launch = app.launch()
    assert launch.encounter == "" and any("encounter" in sentence for sentence in launch.unavailable)


@pytest.mark.parametrize(
    "entry", ["Patient/p9", {"reference": "Patient/p9"}, {"reference": "Patient/p9", "role": "launch"}, "ABSOLUTE"]
)
def test_18_a_patient_named_only_in_fhir_context_is_found(app: App, ehr: Ehr, entry: Any) -> None:
    ehr.answer.update(patient=None, fhirContext=[f"{ehr.base}/Patient/p9" if entry == "ABSOLUTE" else entry, 7, None])
    assert app.launch().patient == "p9"


def test_18_a_patient_with_another_role_in_fhir_context_is_another_patient(app: App, ehr: Ehr) -> None:
    ehr.answer.update(
        encounter=None,
        fhirContext=[
            {"reference": "Patient/mother", "role": "https://ehr.example/mother"},
            {"reference": "Encounter/e9"},
        ],
    )
    launch = app.launch()
    assert (launch.patient, launch.encounter) == ("p1", "e9")
    ehr.answer["patient"] = None
    with pytest.raises(PatientMissing):
        app.launch()


@pytest.mark.parametrize(
    ("patient", "found"),
    [
        ("Patient/p7", "p7"),
        (12345, "12345"),
        ("BASE/Patient/p7", "p7"),
        ("eq081-VQEgP8drUUqCWzHfw3", "eq081-VQEgP8drUUqCWzHfw3"),
    ],
)
def test_18_a_patient_written_as_reference_or_number_is_understood(
    app: App, ehr: Ehr, patient: Any, found: str
) -> None:
    ehr.answer["patient"] = patient.replace("BASE", ehr.base) if isinstance(patient, str) else patient
    assert app.launch().patient == found


@pytest.mark.parametrize("context", [None, "x", {}, [[]], [{"reference": 5}], ["Patient/a", "Patient/b"]])
def test_18_an_odd_fhir_context_harms_nothing(app: App, ehr: Ehr, context: Any) -> None:
    ehr.answer["fhirContext"] = context
    assert app.launch().patient == "p1"


def test_19_each_launch_keeps_its_own_patient_and_a_name_nobody_guesses(app: App, ehr: Ehr) -> None:
    (one, url_one), (two, url_two) = app.begin("a"), app.begin("b")
    ehr.answer["patient"] = "second"
    second = app.finish(two, ehr.authorize(url_two))
    ehr.answer["patient"] = "first"
    first = app.finish(one, ehr.authorize(url_one))
    assert (first.patient, second.patient) == ("first", "second")
    assert first.id != second.id and len(first.id) >= 22


@pytest.mark.parametrize(
    ("reference", "local"),
    [
        ("Practitioner/d1", "Practitioner/d1"),
        ("https://ehr.example/fhir/Practitioner/d1", "Practitioner/d1"),
        ("https://ehr.example/fhir/Practitioner/d1/_history/2", "Practitioner/d1"),
        ("https://other.example/fhir/Practitioner/d1", ""),
        ("https://ehr.example.evil.example/fhir/Practitioner/d1", ""),
        ("https://ehr.example/fhirPractitioner/d1", ""),
        ("//evil.example/Practitioner/d1", ""),
        ("Practitioner/..", ""),
        ("Practitioner/d1?x=1", ""),
        ("urn:uuid:1", ""),
    ],
)
@pytest.mark.parametrize("slash", ["", "/"])
def test_21_only_references_to_the_launchs_own_server_are_followed(reference: str, local: str, slash: str) -> None:
    assert local_reference("https://ehr.example/fhir" + slash, reference) == local
