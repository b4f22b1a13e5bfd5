"""The answer as JSON, in the shape that the command line promises (README, "The answer as JSON")."""

from __future__ import annotations

from typing import Any

from coding.model import Coded, DrugLine, Line


def as_json(coded: Coded, bundle: str) -> dict[str, Any]:
    """One object for an encounter; keys in a fixed order, so that the same input gives the same bytes."""
    return {
        "bundle": bundle,
        "encounter": coded.encounter or None,
        "setting": coded.setting,
        "payer": coded.payer,
        "rules_version": coded.rules_version,
        "switches": dict(coded.switches),
        "lines": [line_as_json(line) for line in coded.lines],
        "drug_lines": [line_as_json(line) for line in coded.drug_lines],
        "considered": [
            {
                "code": one.code,
                "verdict": one.verdict,
                "rules": one.rules,
                "why": one.why,
                "would_change": one.would_change,
                "administrations": one.administrations,
            }
            for one in coded.considered
        ],
        "not_billed": [{"resource": one.resource, "why": one.why, "rules": one.rules} for one in coded.not_billed],
        "problems": [
            {
                "code": one.code,
                "severity": one.severity,
                "resource": one.resource,
                "says": one.says,
                "would_change": one.would_change,
                "rules": one.rules,
            }
            for one in coded.problems
        ],
    }


def line_as_json(line: Line | DrugLine) -> dict[str, Any]:
    """One line of an answer; a drug line has neither minutes nor diagnoses."""
    minutes = {"minutes": line.minutes} if isinstance(line, Line) else {}
    diagnoses = {"diagnoses": line.diagnoses} if isinstance(line, Line) else {}
    return {
        "code": line.code,
        "units": line.units,
        "modifiers": line.modifiers,
        "date": line.date,
        "substance": line.substance,
        **minutes,
        "administrations": line.administrations,
        **diagnoses,
        "rules": line.rules,
        "why": line.why,
    }
