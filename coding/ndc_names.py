"""Drugs that the chart names by nothing but their NDC, under the name that a loaded crosswalk has for it (rule drug.units)."""

from __future__ import annotations

from coding import drugs
from coding.model import Administration, Encounter, Substance
from coding.ndc import Crosswalk, is_ndc

_HCPCS = "hcpcs"


def with_names(encounter: Encounter, crosswalk: Crosswalk) -> Encounter:
    """The encounter with such drugs named, so that its lines and its rows speak of them alike. crosswalk: NDC to HCPCS."""
    if not crosswalk.products:
        return encounter
    return encounter._replace(administrations=tuple(_by_ndc(row, crosswalk) for row in encounter.administrations))


def _by_ndc(row: Administration, crosswalk: Crosswalk) -> Administration:
    if not any(is_ndc(system) for one in row.substances for system, _ in one.codes):
        return row
    return row._replace(substances=tuple(_named(one, row.route, crosswalk) for one in row.substances))


def _named(substance: Substance, route: str, crosswalk: Crosswalk) -> Substance:
    """The substance under the name and billing code that the crosswalk has for its NDC, where its own words name no drug."""
    if drugs.identify(substance.text, substance.codes, route).drug.known or drugs.is_worded(substance.text):
        return substance
    products = tuple(
        dict.fromkeys(one for system, code in substance.codes if is_ndc(system) for one in crosswalk.find(code))
    )
    named = [drugs.identify(one.name, ((_HCPCS, one.code),), route) for one in products]
    if not named or len({one.drug.key for one in named}) > 1:
        return substance
    code = ((_HCPCS, products[0].code),) if len(products) == 1 else ()
    return substance._replace(text=products[0].name, codes=(*code, *substance.codes))
