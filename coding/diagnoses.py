"""Which charted diagnoses justify a line (rule edit.diagnosis-link). A diagnosis is linked or asked for, never assumed."""

from __future__ import annotations

from coding.log import Log
from coding.model import HYDRATION, Encounter, Line
from coding.service import Service
from coding.words import is_diagnosis


def linked(service: Service, encounter: Encounter) -> tuple[str, ...]:
    """Diagnoses charted for the rows or their orders; else those of the visit that are a typical use of the drug."""
    charted = service.reasons()
    if charted:
        return charted
    if service.family == HYDRATION:
        return tuple(one.code for one in encounter.conditions if is_diagnosis("hydration_reason", one.code))
    uses = {code[:3] for found in service.items[0].actives for code in found.drug.icd10}
    return tuple(one.code for one in encounter.conditions if one.code[:3] in uses)


def ask_missing(lines: list[Line], encounter: Encounter, log: Log) -> None:
    """One question for all lines that no charted diagnosis explains."""
    without = list(dict.fromkeys(line.substance for line in lines if not line.diagnoses))
    if len(without) < len({line.substance for line in lines}):
        log.met("edit.diagnosis-link", "Lines point to the diagnoses that the chart gives for their drugs.")
    if without:
        log.problem(
            "DIAGNOSIS_MISSING",
            encounter.id,
            f"No charted diagnosis is linked to {', '.join(without)}.",
            "A reason on the order or the administration.",
            ("edit.diagnosis-link",),
        )
