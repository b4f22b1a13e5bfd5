"""Which visit it belongs to: kinds, stays, joining, and what a row brings along."""

from __future__ import annotations

from typing import Any

import pytest

from coding.model import Quantity
from tests.chart_parts import (
    ACT,
    CPT,
    HOUR,
    ICD10,
    IV,
    NINE,
    PATIENT,
    POS,
    chart,
    codes,
    dosage,
    dose,
    only,
    problem_of,
    row,
    visit,
)

# Visits.


@pytest.mark.parametrize(
    ("element", "kind"),
    [
        ({"code": "IMP"}, "inpatient"),
        ({"code": "ACUTE"}, "inpatient"),
        ({"code": "OBSENC"}, "observation"),
        ({"code": "EMER"}, "emergency"),
        ({"code": "AMB"}, "outpatient"),
        ({"code": "HH"}, "home"),
        ({"system": "http://terminology.hl7.org/CodeSystem/v2-0004", "code": "I"}, "inpatient"),
        ({"code": "O"}, "outpatient"),
        ({"code": "EW EMER."}, "inpatient"),
        ({"code": "EU OBSERVATION"}, "observation"),
        ({"code": "SS"}, ""),
        ([{"coding": [{"system": ACT, "code": "EMER"}]}], "emergency"),
        ([{"text": "Hospital Outpatient"}], "outpatient"),
        ({"code": "99", "display": "Infusion Center"}, "outpatient"),
        ({"extension": []}, ""),
        (None, ""),
    ],
)
def test_the_kind_of_a_visit_is_read_from_its_class(element: Any, kind: str) -> None:
    assert only(visit(**{"class": element})).kind == kind


def test_linked_encounters_are_one_stay_with_the_highest_kind() -> None:
    observation = visit("o", "2026-06-01T12:00:00Z", "2026-06-02T09:00:00Z", **{"class": {"code": "OBSENC"}})
    emergency = visit(
        "e",
        "2026-06-01T08:00:00Z",
        "2026-06-01T12:00:00Z",
        partOf={"reference": "Encounter/o"},
        **{"class": {"code": "EMER"}},
    )
    found = only(emergency, observation, dose())
    assert (found.id, found.kind, found.parts) == ("o", "observation", ("o", "e"))
    assert (found.start, found.stop) == (NINE - HOUR, NINE + 24 * HOUR)
    assert [one.id for one in found.administrations] == ["a"]


def test_an_icu_child_makes_the_stay_inpatient() -> None:
    child = visit("e", partOf={"reference": "Encounter/h"}, **{"class": {"code": "ACUTE"}})
    assert only(visit("h", **{"class": {"code": "X"}}), child).kind == "inpatient"


def test_two_unlinked_encounters_are_two_visits() -> None:
    assert len(chart(visit("e"), visit("f")).encounters) == 2


def test_encounters_that_are_part_of_each_other_are_one_stay() -> None:
    found = only(visit("e", partOf={"reference": "Encounter/f"}), visit("f", partOf={"reference": "Encounter/e"}))
    assert set(found.parts) == {"e", "f"}


def test_an_open_visit_has_no_stop() -> None:
    found = only(visit(end=None, status="in-progress"))
    assert (found.open, found.stop) == (True, None)
    assert not only(visit(status="in-progress")).open


def test_a_cancelled_encounter_is_no_result_and_is_said() -> None:
    found = chart(visit(status="cancelled"), dose())
    assert [one.id for one in found.encounters] == [""]
    assert codes(found) == ["ENCOUNTER_UNRESOLVED", "ENCOUNTER_UNRESOLVED"]


def test_the_clock_of_a_visit_comes_from_its_period_then_its_zone_then_the_rows() -> None:
    zone = [{"url": "http://hl7.org/fhir/StructureDefinition/timezone", "valueCode": "America/Denver"}]
    assert only(visit(start="2026-06-01T08:00:00-05:00")).offset == -5 * HOUR
    assert only(visit(extension=zone)).offset == -6 * HOUR
    assert only(visit(), zone="America/New_York").offset == -4 * HOUR
    assert only(visit(), dose(effectivePeriod=None, effectiveDateTime="2026-06-01T05:00:00-04:00")).offset == -4 * HOUR
    assert only(visit()).offset == 0


def test_the_place_of_service_comes_from_the_location() -> None:
    location = {"resourceType": "Location", "id": "l", "type": [{"coding": [{"system": POS, "code": "11"}]}]}
    assert only(visit(location=[{"location": {"reference": "Location/l"}}]), location).place == "11"


def test_reason_and_charted_services_of_a_visit_are_read() -> None:
    reason = [{"text": "Dehydration", "coding": [{"system": ICD10, "code": "E86.0"}]}]
    procedure = {
        "resourceType": "Procedure",
        "id": "x",
        "status": "completed",
        "subject": PATIENT,
        "encounter": {"reference": "Encounter/e"},
        "code": {"coding": [{"system": CPT, "code": "36430"}]},
    }
    found = only(visit(reasonCode=reason, type=[{"coding": [{"system": CPT, "code": "99213"}]}]), procedure)
    assert (found.reason, found.reason_codes, found.services) == ("Dehydration", ("E86.0",), ("99213", "36430"))
    assert found.procedures[0].code == "36430"


def test_conditions_of_the_visit_of_its_diagnosis_list_and_without_a_visit_are_its_conditions() -> None:
    found = only(
        visit(diagnosis=[{"condition": {"reference": "Condition/listed"}}]),
        problem_of("own", "C50.911", encounter={"reference": "Encounter/e"}),
        problem_of("listed", "E86.0", encounter={"reference": "Encounter/gone"}),
        problem_of("free", "D50.9"),
        problem_of("other", "I10", encounter={"reference": "Encounter/gone"}),
        problem_of("over", "J18.9", clinicalStatus={"coding": [{"code": "resolved"}]}),
        problem_of("wrong", "A41.9", verificationStatus={"coding": [{"code": "entered-in-error"}]}),
        problem_of("not", "B20", verificationStatus={"coding": [{"code": "refuted"}]}),
    )
    assert [one.code for one in found.conditions] == ["C50.911", "E86.0", "D50.9"]


def test_a_code_that_is_not_icd_10_cm_leaves_the_words_of_a_condition() -> None:
    condition = {
        **problem_of("c", "x"),
        "code": {
            "coding": [
                {
                    "system": "http://fhir.mimic.mit.edu/CodeSystem/diagnosis-icd9",
                    "code": "2720",
                    "display": "Hypercholesterolemia",
                }
            ]
        },
    }
    assert [(one.code, one.text) for one in only(visit(), condition).conditions] == [("", "Hypercholesterolemia")]


def test_a_procedure_without_a_visit_belongs_to_the_visit_that_it_overlaps() -> None:
    procedure = {
        "resourceType": "Procedure",
        "id": "x",
        "subject": PATIENT,
        "performedPeriod": {"start": "2026-06-01T11:00:00Z", "end": "2026-06-01T11:30:00Z"},
    }
    found = chart(visit("e"), visit("f", "2026-06-03T08:00:00Z", "2026-06-03T18:00:00Z"), procedure)
    assert [len(one.procedures) for one in found.encounters] == [1, 0]


# Joining.


def test_a_row_without_a_visit_belongs_to_the_one_whose_period_holds_its_start() -> None:
    found = chart(visit("e"), visit("f", "2026-06-03T08:00:00Z", "2026-06-03T18:00:00Z"), dose(context=None))
    assert [len(one.administrations) for one in found.encounters] == [1, 0]
    assert codes(found) == ["ENCOUNTER_GUESSED"]
    assert "time" in found.problems[0].says


def test_a_row_that_began_before_a_visit_and_runs_into_it_belongs_to_it() -> None:
    found = chart(
        visit(), dose(context=None, effectivePeriod={"start": "2026-06-01T07:00:00Z", "end": "2026-06-01T09:00:00Z"})
    )
    assert [len(one.administrations) for one in found.encounters] == [1]


def test_the_only_visit_without_a_period_takes_the_row() -> None:
    found = chart(visit(start=None, end=None), dose(context=None))
    assert [len(one.administrations) for one in found.encounters] == [1]
    assert codes(found) == ["ENCOUNTER_GUESSED"]


def test_a_row_that_two_visits_hold_is_kept_and_asked() -> None:
    found = chart(visit("e"), visit("f"), dose(context=None))
    assert [(one.id, len(one.administrations)) for one in found.encounters] == [("e", 0), ("f", 0), ("", 1)]
    assert codes(found) == ["ENCOUNTER_UNRESOLVED"]


def test_a_row_that_no_visit_holds_is_kept_and_asked() -> None:
    found = chart(visit(), dose(context=None, effectivePeriod={"start": "2026-06-09T09:00:00Z"}))
    assert [(one.id, one.patient, len(one.administrations)) for one in found.encounters] == [
        ("e", "p", 0),
        ("", "p", 1),
    ]


def test_a_dangling_visit_is_told_and_the_row_is_joined_by_time() -> None:
    found = chart(visit(), dose(context={"reference": "Encounter/gone"}))
    assert len(found.encounters[0].administrations) == 1
    assert codes(found) == ["REFERENCE_UNRESOLVED", "ENCOUNTER_GUESSED"]


def test_a_row_of_another_patient_than_its_visit_is_not_joined() -> None:
    found = chart(visit(), dose(subject={"reference": "Patient/q"}))
    assert [(one.id, one.patient, len(one.administrations)) for one in found.encounters] == [
        ("e", "p", 0),
        ("", "q", 1),
    ]
    assert codes(found) == ["PATIENT_MISMATCH"]


def test_a_visit_that_is_a_date_holds_the_rows_of_its_day_on_the_wall_clock() -> None:
    found = chart(
        visit(start="2026-06-01", end="2026-06-01"),
        visit("f", "2026-06-02", "2026-06-02"),
        dose(context=None, effectivePeriod={"start": "2026-06-01T22:00:00-05:00"}),
    )
    assert [len(one.administrations) for one in found.encounters] == [1, 0]
    assert found.encounters[0].start is None


# Site, order, reasons, procedure, facts.


def test_the_site_is_in_the_words_of_the_chart() -> None:
    assert row(dosage(site={"text": "L forearm PIV"})).site == "L forearm PIV"
    assert row(dosage(site={"coding": [{"display": "Dorsum of left hand"}]})).site == "Dorsum of left hand"
    assert row(dose(device=[{"reference": "Device/1", "display": "R chest port"}])).site == "R chest port"
    assert row(dose(device=[{"reference": "Device/1", "display": "Alaris infuser"}])).site == ""


def test_the_order_brings_its_words_and_its_reasons() -> None:
    order = {
        "resourceType": "MedicationRequest",
        "id": "r",
        "dosageInstruction": [{"text": "Infuse IV as ordered for dehydration"}],
        "note": [{"text": "KVO"}],
        "reasonCode": [{"coding": [{"system": ICD10, "code": "E860"}], "text": "Dehydration"}],
        "reasonReference": [{"reference": "Condition/c"}],
    }
    condition = {
        "resourceType": "Condition",
        "id": "c",
        "subject": PATIENT,
        "code": {"coding": [{"system": ICD10, "code": "R11.2"}]},
    }
    found = row(order, condition, dose(request={"reference": "MedicationRequest/r"}))
    assert found.order is not None
    assert found.order.text == "Infuse IV as ordered for dehydration; KVO"
    assert found.order.reason_codes == ("E86.0", "R11.2")
    assert found.has("keep-open")
    assert found.has("hydration-reason")


def test_an_order_that_is_not_at_hand_still_joins_rows_and_is_told_once() -> None:
    found = chart(*(dose(name, request={"reference": "MedicationRequest/gone"}) for name in ("a", "b")))
    assert {one.order.id for one in found.encounters[0].administrations if one.order} == {"gone"}
    assert codes(found) == ["REFERENCE_UNRESOLVED"]


def test_reasons_are_icd_codes_with_their_dot() -> None:
    reason = [
        {
            "coding": [{"system": "http://fhir.mimic.mit.edu/CodeSystem/diagnosis-icd10", "code": "C50911"}],
            "text": "Breast cancer",
        }
    ]
    found = row(dose(reasonCode=reason))
    assert (found.reasons, found.reason_text) == (("C50.911",), "Breast cancer")


def test_part_of_a_procedure_is_kept() -> None:
    procedure = {
        "resourceType": "Procedure",
        "id": "x",
        "status": "completed",
        "subject": PATIENT,
        "encounter": {"reference": "Encounter/e"},
    }
    assert row(procedure, dose(partOf=[{"reference": "Procedure/x"}])).procedure == "x"
    assert row(dose(partOf={"reference": "Procedure/gone"})).procedure == "gone"


def test_notes_dosage_text_and_drug_name_state_facts_and_waste() -> None:
    note = [{"text": "KVO"}, {"text": "Four 100 mg single-dose vials used, no waste."}]
    found = row(
        dose(
            note=note,
            medicationCodeableConcept={"text": "Heparin lock flush 100 units/mL"},
            dosage={"route": IV, "text": "50 mL infused at 100 mL/h"},
        )
    )
    assert {"keep-open", "flush", "volume-infused"} <= {fact.name for fact in found.facts}
    assert found.waste is not None
    assert found.waste.none
    assert found.waste.vials == ((4, Quantity(100, "mg")),)
