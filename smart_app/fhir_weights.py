"""Whether body weights must be read at all: only a dose that is charted by weight needs one (rule drug.units)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from coding.doses import per_weight
from coding.model import Quantity
from smart_app.fhir_sift import Resource


def needs_weight(resources: Iterable[Resource]) -> bool:
    """Whether something given has its dose by body weight (mg/kg). Damaged resources need none."""
    return any(_by_weight(one) for one in resources if one.get("resourceType") == "MedicationAdministration")


def _by_weight(resource: Resource) -> bool:
    dose = _part(_part(resource, "dosage"), "dose")
    return any(per_weight(Quantity(0, unit)) for unit in (dose.get("unit"), dose.get("code")) if unit.__class__ is str)


def _part(owner: dict[str, Any], name: str) -> dict[str, Any]:
    found = owner.get(name)
    return found if found.__class__ is dict else {}
