"""What the practice EHR calls its patients and their days."""

from __future__ import annotations

from typing import Any

from launch.practice.ehr import Ehr


def name(ehr: Ehr, patient: str) -> str:
    """Family, given; the id where the chart has no name."""
    names = (ehr.shelf.get("Patient", patient) or {}).get("name")
    first = names[0] if isinstance(names, list) and names and isinstance(names[0], dict) else {}
    given = " ".join(str(one) for one in first.get("given") or ())
    return ", ".join(part for part in (str(first.get("family", "")), given) if part) or str(
        first.get("text") or f"Patient {patient}"
    )


def day(ehr: Ehr, patient: str, chart: str) -> str:
    """The title of the day that a chart teaches, else what its first encounter says about itself."""
    if chart in ehr.titles:
        return ehr.titles[chart]
    visits = ehr.shelf.encounters(patient)
    return visit(visits[0]) if visits else "No encounter in this chart"


def visit(encounter: dict[str, Any]) -> str:
    """Class and first day of an encounter."""
    kind, period = encounter.get("class"), encounter.get("period")
    words = str(kind.get("display") or kind.get("code") or "Encounter") if isinstance(kind, dict) else "Encounter"
    began = str(period.get("start", ""))[:10] if isinstance(period, dict) else ""
    return f"{words}, {began}" if began else words
