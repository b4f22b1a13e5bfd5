"""Electrolytes in a fluid that is not reported: its administration has no line, the drug in it may have one (rule drug.units)."""

from __future__ import annotations

from collections.abc import Iterable

from coding import drugs
from coding.documentation import check_times
from coding.drug_amounts import drugs_in
from coding.duplicates import without_duplicates
from coding.log import Log
from coding.model import Encounter
from coding.policy import Policy
from coding.runs import assemble
from coding.service import Item, Service

# Why a fluid that did run is not reported; anything else that sets a row aside sets its drugs aside too.
_RULES = frozenset({"hydration.necessity", "excluded.keep-open", "excluded.carrier"})


def carried(known: Iterable[Item], encounter: Encounter, policy: Policy, log: Log) -> list[Service]:
    """The fluids that were set aside as no hydration and that held an electrolyte with a billing code, as services.

    What is odd in their times is theirs alone and raises no question: a dose needs no minutes.
    """
    aside = {one.resource for one in log.not_billed if _RULES.intersection(one.rules)}
    rows = [item for item in known if item.id in aside and item.fluid and _has_code(item)]
    if not rows:
        return []
    silent = Log()
    return assemble(check_times(without_duplicates(rows, silent), encounter, policy, silent), policy, silent)


def _has_code(item: Item) -> bool:
    return any(drugs.hcpcs_of(one.drug.name) for one in drugs_in(item))
