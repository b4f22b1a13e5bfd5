"""The words of the practice charts as FHIR elements: coded concepts, drugs, amounts, references. Codes come from chart_tables.toml."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any, NamedTuple

from launch.practice.chart_clock import Clock

Resource = dict[str, Any]
TABLES: dict[str, Any] = tomllib.loads(
    files("launch.practice").joinpath("chart_tables.toml").read_text(encoding="utf-8")
)
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
SNOMED = "http://snomed.info/sct"
_RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


class Day(NamedTuple):
    """The name of a day, which begins every id in it, and its clock."""

    name: str
    clock: Clock

    def refer(self, kind: str, part: str, display: str = "") -> Resource:
        """A reference to a resource of this day."""
        said = {"reference": f"{kind}/{self.name}-{part}"}
        return {**said, "display": display} if display else said

    @property
    def subject(self) -> Resource:
        """The reference to the patient of this day."""
        return self.refer("Patient", "patient")


def coded(system: str, code: str, display: str, text: str = "") -> Resource:
    """A CodeableConcept with one coding."""
    coding = {"system": system, "code": code, "display": display}
    return {"coding": [coding], "text": text} if text else {"coding": [coding]}


def drug(text: str) -> Resource:
    """A drug as the screen names it, with the RxNorm code of its first words where the table has them."""
    name = next((name for name in TABLES["rxnorm"] if text.lower().startswith(name)), "")
    return coded(_RXNORM, TABLES["rxnorm"][name], name, text) if name else {"text": text}


def amount(written: str) -> Resource:
    """A Quantity in UCUM out of "400 mg" or "1300 units/h"."""
    value, unit = written.split(" ", 1)
    number = float(value)
    code = TABLES["unit"].get(unit, unit)
    return {
        "value": int(number) if number.is_integer() else number,
        "unit": unit,
        "system": "http://unitsofmeasure.org",
        "code": code,
    }


def slug(code: str) -> str:
    """An ICD-10-CM code as a part of a resource id."""
    return code.replace(".", "")
