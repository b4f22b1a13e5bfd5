"""The answer as JSON, in the shape that the command line promises (README, "The answer as JSON")."""

from __future__ import annotations

from typing import Any

from coding.model import Coded


def as_json(coded: Coded, bundle: str) -> dict[str, Any]:
    """One object for an encounter; keys in a fixed order, so that the same input gives the same bytes."""
    return {
        "bundle": bundle,
        "encounter": coded.encounter or None,
        "setting": coded.setting,
        "payer": coded.payer,
        "rules_version": coded.rules_version,
        "switches": dict(coded.switches),
        "lines": [
            {
                "code": line.code,
                "units": line.units,
                "modifiers": line.modifiers,
                "date": line.date,
                "substance": line.substance,
                "minutes": line.minutes,
                "administrations": line.administrations,
                "diagnoses": line.diagnoses,
                "rules": line.rules,
                "why": line.why,
            }
            for line in coded.lines
        ],
        "drug_lines": [
            {
                "code": line.code,
                "units": line.units,
                "modifiers": line.modifiers,
                "date": line.date,
                "substance": line.substance,
                "administrations": line.administrations,
                "rules": line.rules,
                "why": line.why,
            }
            for line in coded.drug_lines
        ],
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
