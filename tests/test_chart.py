"""What was given and how: every fact of FHIR in practice as a small chart."""

from __future__ import annotations

import pytest

from coding.model import Fact, Quantity
from smart_app.chart import read_bundle
from tests.chart_parts import (
    IV,
    RXNORM,
    SC,
    SNOMED,
    Json,
    chart,
    codes,
    dosage,
    dose,
    method,
    mixture,
    row,
    visit,
)

# What was given.


def test_every_coding_of_the_drug_is_kept() -> None:
    coding = [
        {"system": RXNORM, "code": "11124"},
        {"system": "http://hl7.org/fhir/sid/ndc", "code": "0069-2587-10"},
        {"system": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "J3370"},
        {"system": "http://local", "code": "x"},
    ]
    (substance,) = row(dose(medicationCodeableConcept={"coding": coding, "text": "Vanc"})).substances
    assert substance.codes == (("rxnorm", "11124"), ("ndc", "0069-2587-10"), ("hcpcs", "J3370"), ("http://local", "x"))
    assert substance.text == "Vanc"


def test_the_display_names_the_drug_where_there_is_no_text() -> None:
    assert row(dose(medicationCodeableConcept={"coding": [{"display": "vancomycin"}]})).text == "vancomycin"


@pytest.mark.parametrize(
    "reference", ["Medication/m", "https://ehr.example/fhir/Medication/m", "Medication/m/_history/3", "urn:uuid:77"]
)
def test_a_medication_is_found_however_it_is_referred_to(reference: str) -> None:
    medication = {"resourceType": "Medication", "id": "m", "code": {"text": "Cefepime 2 g"}}
    entries = [{"resource": visit()}, {"fullUrl": "urn:uuid:77", "resource": medication}]
    entries.append({"resource": dose(medicationCodeableConcept=None, medicationReference={"reference": reference})})
    (encounter,) = read_bundle({"resourceType": "Bundle", "id": "b", "entry": entries}).encounters
    assert encounter.administrations[0].text == "Cefepime 2 g"


def test_a_contained_mixture_gives_a_substance_for_each_ingredient() -> None:
    found = row(mixture())
    assert found.text == "Cefepime bag"
    assert [(one.text, one.strength, one.active) for one in found.substances] == [
        ("Cefepime", "2 g/100 mL", True),
        ("Saline", "100 mL/100 mL", False),
    ]


def test_a_strength_is_no_dose_where_no_amount_is_charted() -> None:
    assert [one.dose for one in row(mixture()).substances] == [None, None]


def test_an_ingredient_dose_is_in_proportion_to_the_volume_given() -> None:
    found = row(mixture(dosage={"route": IV, "dose": {"value": 50, "code": "mL"}}))
    assert found.substances[0].dose == Quantity(1, "g")


def test_a_charted_dose_of_the_only_such_ingredient_is_its_dose_and_the_strength_a_concentration() -> None:
    found = row(mixture(dosage={"route": IV, "dose": {"value": 1.5, "code": "g"}}))
    assert found.substances[0].dose == Quantity(1.5, "g")


def test_a_medication_that_is_not_at_hand_is_named_by_its_display_and_asked_for() -> None:
    found = chart(
        dose(
            medicationCodeableConcept=None, medicationReference={"reference": "Medication/gone", "display": "Cefepime"}
        )
    )
    assert found.encounters[0].administrations[0].text == "Cefepime"
    assert codes(found) == ["REFERENCE_UNRESOLVED"]


def test_a_drug_without_a_code_and_without_a_name_is_still_a_row() -> None:
    assert row(dose(medicationCodeableConcept={"coding": [{"extension": []}]})).substances == ()


# Status and MAR action.


@pytest.mark.parametrize(
    ("status", "meant"),
    [
        ("completed", "given"),
        ("unknown", "given"),
        ("in-progress", "running"),
        ("on-hold", "held"),
        ("stopped", "stopped"),
        ("not-done", "not-given"),
        ("entered-in-error", "error"),
    ],
)
def test_a_status_keeps_its_meaning(status: str, meant: str) -> None:
    assert row(dose(status=status)).status == meant


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("Not Given", "not-given"),
        ("not started", "not-given"),
        ("Delayed Not Started", "not-given"),
        ("Hold", "held"),
        ("Paused", "held"),
        ("Held", "held"),
        ("Refused", "not-given"),
        ("Restarted", "given"),
        ("Rate Change", "given"),
        ("Administered in Other Location", "given"),
        ("Stopped", "given"),
    ],
)
def test_status_completed_proves_nothing_where_the_mar_action_says_more(action: str, status: str) -> None:
    assert method(action).status == status


def test_the_mar_action_may_be_a_code() -> None:
    coding = [{"system": "http://fhir.mimic.mit.edu/CodeSystem/mimic-medication-method", "code": "Not Given"}]
    assert row(dosage(method={"coding": coding})).status == "not-given"


def test_an_error_stays_an_error_whatever_the_action_says() -> None:
    assert row(dose(status="entered-in-error", dosage={"method": {"text": "Hold"}})).status == "error"


# Route.


@pytest.mark.parametrize(
    ("code", "route"),
    [
        ("47625008", "iv"),
        ("255560000", "iv"),
        ("418114005", "iv"),
        ("20045000", "iv"),
        ("C38276", "iv"),
        ("IVPB", "iv"),
        ("IV DRIP", "iv"),
        ("34206005", "sc"),
        ("78421000", "im"),
        ("58100008", "ia"),
        ("72607000", "it"),
        ("26643006", "po"),
        ("SC INFUSION", "sc"),
        ("IO", "other"),
        ("EX-VIVO", "other"),
    ],
)
def test_a_route_code_is_known_in_any_system(code: str, route: str) -> None:
    assert row(dose(dosage={"route": {"coding": [{"system": "http://any", "code": code}]}})).route == route


def test_a_route_code_whose_display_names_another_route_is_asked_and_not_guessed() -> None:
    found = chart(
        dose(
            dosage={
                "route": {"coding": [{"system": SNOMED, "code": "34206005", "display": "Intravenous"}]},
                "method": {"text": "push"},
            }
        )
    )
    given_row = found.encounters[0].administrations[0]
    assert codes(found) == ["ROUTE_CONFLICT"]
    assert (given_row.route, given_row.technique) == ("", "")
    assert given_row.has("route-conflict")


def test_two_codings_of_different_routes_are_a_conflict() -> None:
    assert codes(chart(dose(dosage={"route": {"coding": [{"code": "47625008"}, {"code": "78421000"}]}}))) == [
        "ROUTE_CONFLICT"
    ]


def test_a_method_that_names_another_route_is_a_conflict() -> None:
    assert codes(chart(dosage(method={"text": "IM injection"}))) == ["ROUTE_CONFLICT"]


def test_two_codings_of_one_route_agree() -> None:
    coding = [
        {"system": "http://standardterms.edqm.eu", "code": "20045000", "display": "Intravenous use"},
        IV["coding"][0],
    ]
    assert row(dose(dosage={"route": {"coding": coding}})).route == "iv"


@pytest.mark.parametrize(
    ("more", "route", "place"),
    [
        ({"category": {"coding": [{"code": "01-Drips"}]}, "dosage": {}}, "iv", "category"),
        ({"category": [{"text": "IV fluids"}], "dosage": {}}, "iv", "category"),
        (
            {"category": {"coding": [{"code": "06-Insulin (Non IV)"}]}, "dosage": {"method": {"text": "Drug Push"}}},
            "other",
            "category",
        ),
        ({"dosage": {"method": {"text": "IM injection"}}}, "im", "method"),
        ({"dosage": {"text": "20 Units SC before breakfast"}}, "sc", "dosage text"),
        ({"dosage": {}, "medicationCodeableConcept": {"text": "Zosyn 3.375 g IVPB"}}, "iv", "medication"),
        ({"dosage": {}, "medicationCodeableConcept": {"text": "Acetaminophen 650 mg tablet"}}, "po", "medication"),
    ],
)
def test_a_missing_route_is_taken_from_the_next_place_and_the_place_is_recorded(
    more: Json, route: str, place: str
) -> None:
    found = row(dose(**more))
    assert found.route == route
    assert Fact("route-from", place) in found.facts


def test_a_missing_route_is_taken_from_the_order() -> None:
    order = {"resourceType": "MedicationRequest", "id": "r", "dosageInstruction": [{"route": IV}]}
    found = row(order, dose(dosage={}, request={"reference": "MedicationRequest/r"}))
    assert (found.route, found.quote("route-from")) == ("iv", "order")


def test_a_text_that_names_two_routes_decides_nothing() -> None:
    assert row(dose(dosage={"route": {"text": "PO/IV"}})).route == ""


def test_ordinary_words_are_no_route_abbreviations() -> None:
    assert row(dose(dosage={"text": "give it now, id checked, im Liegen"})).route == ""


# Technique.


@pytest.mark.parametrize(
    ("text", "technique"),
    [
        ("IV infusion", "infusion"),
        ("IV piggyback", "infusion"),
        ("IVPB", "infusion"),
        ("IV push", "push"),
        ("IVP", "push"),
        ("Slow IV push", "push"),
        ("IV push (power injector)", "push"),
        ("Bolus", "push"),
        ("IV Fluid Bolus", "infusion"),
        ("Continuous infusion", "infusion"),
        ("heparin gtt", "infusion"),
        ("IV drip", "infusion"),
        ("Continuous infusion by portable ambulatory pump", "pump"),
        ("CADD pump", "pump"),
        ("Elastomeric pump", "pump"),
        ("IV infusion by insulin pump", "infusion"),
        ("Portable pump refill", "refill"),
        ("Transfusion", "transfusion"),
        ("PCA pump", "pca"),
        ("IV flush", "flush"),
        ("Catheter instillation, dwell", "instillation"),
        ("Continuous Med", "infusion"),
        ("Drug Push", "push"),
        ("Administered Bolus from IV Drip", "push"),
        ("PICC line", ""),
        ("Started", "infusion"),
        ("IV infusion by Alaris pump", "infusion"),
    ],
)
def test_a_method_into_a_vein_is_read(text: str, technique: str) -> None:
    assert method(text).technique == technique


@pytest.mark.parametrize(
    ("text", "technique"),
    [
        ("Subcutaneous injection", "injection"),
        ("Subcutaneous infusion by pump", "infusion"),
        ("On-body injector applied", "on-body"),
        ("Onpro", "on-body"),
        ("SC infusion by ambulatory pump", "infusion"),
        ("push", "injection"),
    ],
)
def test_a_method_under_the_skin_is_read(text: str, technique: str) -> None:
    assert row(dose(dosage={"route": SC, "method": {"text": text}})).technique == technique


def test_push_and_inject_are_known_by_code() -> None:
    push, inject = ({"coding": [{"system": SNOMED, "code": code}]} for code in ("420620005", "422145002"))
    assert row(dosage(method=push)).technique == "push"
    assert row(dose(dosage={"route": SC, "method": inject})).technique == "injection"


def test_inject_into_a_vein_may_be_a_push_or_an_infusion_and_is_left_open() -> None:
    assert row(dosage(method={"coding": [{"system": SNOMED, "code": "422145002"}]})).technique == ""


def test_the_route_text_says_how_it_went_in_where_the_method_does_not() -> None:
    found = row(dose(dosage={"route": {**IV, "text": "IV Piggyback"}}))
    assert (found.technique, found.quote("technique-from")) == ("infusion", "route")


@pytest.mark.parametrize(
    ("category", "technique"),
    [
        ("01-Drips", "infusion"),
        ("02-Fluids (Crystalloids)", "infusion"),
        ("05-Med Bolus", "push"),
        ("03-IV Fluid Bolus", "infusion"),
    ],
)
def test_an_icu_category_says_how_it_went_in(category: str, technique: str) -> None:
    assert row(dose(category={"coding": [{"code": category}]}, dosage={})).technique == technique


def test_a_litre_called_a_bolus_is_run_in_not_pushed() -> None:
    assert method("Bolus", dose={"value": 1000, "code": "mL"}).technique == "infusion"


def test_a_product_name_does_not_say_that_it_was_injected() -> None:
    assert (
        row(dose(dosage={"route": IV}, medicationCodeableConcept={"text": "Heparin sodium injection"})).technique == ""
    )
