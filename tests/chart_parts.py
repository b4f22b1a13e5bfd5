"""Small FHIR resources to build charts from, and what must hold of every chart that is read."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from coding.model import Administration, Encounter
from smart_app.chart import Chart, read_resources

SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
CPT = "http://www.ama-assn.org/go/cpt"
POS = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
IV = {
    "coding": [{"system": SNOMED, "code": "47625008", "display": "Intravenous route (qualifier value)"}],
    "text": "Intravenous",
}
SC = {"coding": [{"system": SNOMED, "code": "34206005", "display": "Subcutaneous route (qualifier value)"}]}
PATIENT = {"reference": "Patient/p"}
NINE = 1_780_304_400  # 2026-06-01T09:00:00Z
HOUR = 3_600

Json = dict[str, Any]


def visit(
    name: str = "e", start: str | None = "2026-06-01T08:00:00Z", end: str | None = "2026-06-01T18:00:00Z", **more: Any
) -> Json:
    resource: Json = {
        "resourceType": "Encounter",
        "id": name,
        "status": "finished",
        "class": {"system": ACT, "code": "AMB"},
        "subject": PATIENT,
    }
    period = {key: value for key, value in (("start", start), ("end", end)) if value}
    return {**resource, **({"period": period} if period else {}), **more}


def dose(name: str = "a", **more: Any) -> Json:
    resource = {
        "resourceType": "MedicationAdministration",
        "id": name,
        "status": "completed",
        "subject": PATIENT,
        "context": {"reference": "Encounter/e"},
        "medicationCodeableConcept": {
            "coding": [{"system": RXNORM, "code": "11124", "display": "vancomycin"}],
            "text": "Vancomycin 1 g",
        },
        "effectivePeriod": {"start": "2026-06-01T09:00:00Z", "end": "2026-06-01T10:00:00Z"},
        "dosage": {"route": IV, "method": {"text": "IV infusion"}},
    }
    return {key: value for key, value in {**resource, **more}.items() if value is not None}


def chart(*resources: Any, zone: str = "") -> Chart:
    return read_resources(
        [visit(), *resources] if not any(_is_visit(one) for one in resources) else resources, zone=zone
    )


def _is_visit(one: Any) -> bool:
    return isinstance(one, dict) and one.get("resourceType") == "Encounter"


def row(*resources: Any, name: str = "a") -> Administration:
    found = [one for encounter in chart(*resources).encounters for one in encounter.administrations if one.id == name]
    assert len(found) == 1
    return found[0]


def only(*resources: Any, zone: str = "") -> Encounter:
    (encounter,) = chart(*resources, zone=zone).encounters
    return encounter


def codes(found: Chart) -> list[str]:
    return [problem.code for problem in found.problems]


def dosage(**more: Any) -> Json:
    return dose(dosage={"route": IV, **more})


def method(text: str, **more: Any) -> Administration:
    return row(dosage(method={"text": text}, **more))


def mixture(**more: Any) -> Json:
    def part(text: str, value: float, unit: str, active: bool) -> Json:
        strength = {"numerator": {"value": value, "code": unit}, "denominator": {"value": 100, "code": "mL"}}
        return {"itemCodeableConcept": {"text": text}, "isActive": active, "strength": strength}

    contained = [
        {
            "resourceType": "Medication",
            "id": "mix",
            "ingredient": [part("Cefepime", 2, "g", True), part("Saline", 100, "mL", False)],
        }
    ]
    return dose(
        medicationCodeableConcept=None,
        contained=contained,
        medicationReference={"reference": "#mix", "display": "Cefepime bag"},
        **more,
    )


def event(name: str, time: str, action: str, **more: Any) -> Json:
    extra = {"request": {"reference": "MedicationRequest/r"}, **more}
    return dose(
        name,
        effectivePeriod=None,
        effectiveDateTime=f"2026-06-01T{time}:00Z",
        dosage={"route": IV, "method": {"text": action}},
        **extra,
    )


def problem_of(name: str, code: str, **more: Any) -> Json:
    return {
        "resourceType": "Condition",
        "id": name,
        "subject": PATIENT,
        "code": {"coding": [{"system": ICD10, "code": code}]},
        **more,
    }


def assert_conserved(found: Chart, resources: list[Any]) -> None:
    """Every MedicationAdministration is a row of exactly one visit, or is listed as unread."""
    rows = Counter(one.id for encounter in found.encounters for one in encounter.administrations)
    unread = {name.split("/", 1)[1] for name, _ in found.unread if name.startswith("MedicationAdministration/")}
    expected = {one["id"] for one in resources if one.get("resourceType") == "MedicationAdministration"}
    assert set(rows) | unread == expected
    assert all(count == 1 for count in rows.values())
    json.dumps([found.encounters, found.problems, found.unread])
    for encounter in found.encounters:
        assert_text(
            encounter.id,
            encounter.kind,
            encounter.place,
            encounter.patient,
            encounter.reason,
            *encounter.reason_codes,
            *encounter.services,
        )
        for one in encounter.administrations:
            assert_text(
                one.id,
                one.text,
                one.route,
                one.technique,
                one.status,
                one.site,
                one.procedure,
                one.reason_text,
                *one.reasons,
            )
            assert_text(
                *(substance.text for substance in one.substances),
                *(fact.quote for fact in one.facts),
                *(one.order or ())[:3],
            )
            assert all(isinstance(size.value, int | float) for size in (one.dose, one.rate) if size is not None)


def assert_text(*values: object) -> None:
    assert all(isinstance(value, str) for value in values), values
