"""A checked claim as JSON, in the shape that the command line promises."""

from __future__ import annotations

from typing import Any

from coding.billed import Billed, BilledClaim, Corrected, Finding
from coding.check import held
from coding.check_kinds import KINDS
from coding.check_words import to_do
from smart_app.claims.visits import Visit


def as_json(
    claim: BilledClaim,
    bundle: str,
    visit: Visit,
    findings: tuple[Finding, ...],
    corrected: tuple[Corrected, ...],
    payer_assumed: bool,
) -> dict[str, Any]:
    """One object: the claim as read, the visits, the findings worst first, the claim as the chart supports it.

    held: units that are off the corrected claim only until the chart answers, with the place of their line.
    """
    coded = visit.coded
    return {
        "bundle": bundle,
        "encounter": coded.encounter or None,
        "encounters": visit.ids,
        "other_encounters": visit.others,
        "dated": visit.dated,
        "setting": coded.setting,
        "payer": coded.payer,
        "payer_assumed": payer_assumed,
        "rules_version": coded.rules_version,
        "switches": dict(coded.switches),
        "claim": {
            "form": claim.form,
            "setting": claim.setting or None,
            "payer": claim.payer or None,
            "place_of_service": claim.place_of_service or None,
            "lines": [
                {
                    "place": line.place,
                    "code": line.code,
                    "units": line.units,
                    "modifiers": line.modifiers,
                    "date": line.date or None,
                    "diagnoses": line.diagnoses,
                    "amount": None if line.amount is None else str(line.amount),
                    "ndc": line.ndc or None,
                }
                for line in claim.lines
            ],
            "unread": [{"place": place, "why": why} for place, why in claim.unread],
            "notes": [{"place": place, "says": says} for place, says in claim.notes],
        },
        "findings": [
            {
                "kind": one.kind,
                "severity": one.severity,
                "title": KINDS[one.kind].title,
                "says": one.says,
                "do": to_do(one),
                "rules": one.rules,
                "billed": one.billed,
                "corrected": [_line(line) for line in one.corrected],
                "minutes": one.minutes,
                "administrations": one.administrations,
            }
            for one in findings
        ],
        "corrected": [_line(line) for line in corrected],
        "held": [{"place": line.place} | _line(line) for line in held(claim, findings)],
    }


def _line(line: Corrected | Billed) -> dict[str, Any]:
    return {"code": line.code, "units": line.units, "modifiers": line.modifiers, "date": line.date or None}
