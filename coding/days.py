"""Stage: vein services of a stay, in one part, or by calendar day where a payer asks for the old reading (rule encounter.midnight)."""

from __future__ import annotations

from coding import timeline
from coding.log import Log
from coding.model import HYDRATION
from coding.policy import Policy
from coding.service import Service

Part = tuple[list[Service], list[Service]]


def calendar_parts(services: list[Service], fluids: list[Service], policy: Policy, log: Log) -> list[Part]:
    """(drug services, fluids) of each hierarchy. A new day starts a new part only where nothing ran over that midnight."""
    if policy["midnight"] != "cpt_calendar_day":
        return [(services, fluids)]
    parts: list[Part] = []
    last_day = -1
    for service in sorted(services + fluids, key=lambda one: (one.start, one.id)):
        begins = (service.start + service.offset) // timeline.DAY
        stop = service.spans[-1][1] if service.spans else service.start
        ends = (max(stop - 1, service.start) + service.offset) // timeline.DAY
        if begins > last_day:
            parts.append(([], []))
        parts[-1][service.family == HYDRATION].append(service)
        last_day = max(last_day, ends)
    if len(parts) > 1:
        log.met(
            "encounter.midnight", "This policy starts a new hierarchy on a new date where nothing ran over midnight."
        )
    return parts
