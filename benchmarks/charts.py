"""Charts for the benchmarks: one encounter, two conditions, six administrations, as FHIR R4 Bundles with their own times and ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
UCUM = "http://unitsofmeasure.org"
ZONES = (-5, -6, -7, -8)
# text, RxNorm, method, start and stop in minutes after the visit began, dose in mg (mL for the fluid)
ROWS = (
    ("Ondansetron 8 mg", "26225", "IV push", 10, None, 8),
    ("Dexamethasone sodium phosphate 10 mg in 50 mL", "3264", "IV piggyback", 15, 30, 10),
    ("Oxaliplatin 150 mg in D5W 250 mL", "32592", "IV infusion", 40, 160, 150),
    ("Leucovorin calcium 700 mg in D5W 250 mL", "6313", "IV infusion", 40, 160, 700),
    ("Fluorouracil 700 mg", "4492", "IV push", 165, None, 700),
    ("Sodium chloride 0.9% 1000 mL", "", "IV infusion", 170, 250, 1000),
)


def bundles(count: int) -> Iterator[dict[str, Any]]:
    """So many Bundles; times, zones, ids and lengths differ from one to the next, the drugs are those of one clinic."""
    first = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    for number in range(count):
        zone = timezone(timedelta(hours=ZONES[number % len(ZONES)]))
        start = (first + timedelta(days=number % 300, minutes=number % 173)).astimezone(zone)
        yield _bundle(number, start)


def _bundle(number: int, start: datetime) -> dict[str, Any]:
    subject, context = {"reference": f"Patient/p{number}"}, {"reference": f"Encounter/e{number}"}

    def at(minutes: int) -> str:
        return (start + timedelta(minutes=minutes)).isoformat()

    resources: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": f"p{number}", "gender": "female", "birthDate": "1960-01-01"},
        {
            "resourceType": "Encounter",
            "id": f"e{number}",
            "status": "finished",
            "subject": subject,
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "period": {"start": at(0), "end": at(300)},
        },
    ]
    for index, (code, text) in enumerate((("C18.9", "Colon cancer"), ("E86.0", "Dehydration"))):
        resources.append(
            {
                "resourceType": "Condition",
                "id": f"c{index}-{number}",
                "subject": subject,
                "encounter": context,
                "code": {"coding": [{"system": ICD, "code": code}], "text": text},
            }
        )
    for index, (text, rxnorm, method, begin, end, dose) in enumerate(ROWS):
        medication: dict[str, Any] = {"text": text}
        if rxnorm:
            medication["coding"] = [{"system": RXNORM, "code": rxnorm}]
        unit = "mg" if rxnorm else "mL"
        row = {
            "resourceType": "MedicationAdministration",
            "id": f"a{index}-{number}",
            "status": "completed",
            "subject": subject,
            "context": context,
            "medicationCodeableConcept": medication,
            "dosage": {
                "site": {"text": "R chest port"},
                "route": {
                    "coding": [{"system": SNOMED, "code": "47625008", "display": "Intravenous route"}],
                    "text": "Intravenous",
                },
                "method": {"text": method},
                "dose": {"value": dose, "unit": unit, "system": UCUM, "code": unit},
            },
        }
        if end is None:
            row["effectiveDateTime"] = at(begin)
        else:
            longer = number % 61 if end - begin > 60 else 0
            row["effectivePeriod"] = {"start": at(begin), "end": at(end + longer)}
        if not rxnorm:
            row["reasonCode"] = [{"coding": [{"system": ICD, "code": "E86.0"}], "text": "Dehydration"}]
        resources.append(row)
    entries = [{"fullUrl": f"urn:b:{one['resourceType']}/{one['id']}", "resource": one} for one in resources]
    return {"resourceType": "Bundle", "id": f"b{number}", "type": "collection", "entry": entries}
