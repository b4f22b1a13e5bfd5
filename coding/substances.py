"""Stage: know what each row holds."""

from __future__ import annotations

from functools import lru_cache

from coding import drugs
from coding.drugs import Found
from coding.log import Log
from coding.model import Administration, Encounter, Substance
from coding.service import Item
from coding.words import first_diagnosis, says

FLUID, ELECTROLYTE = "fluid", "electrolyte"


def know(encounter: Encounter, log: Log) -> list[Item]:
    """Each row with its drugs looked up; in order of time, so that the order of the chart never matters."""
    items = [_item(row, encounter.offset, log) for row in encounter.administrations]
    items.sort(key=_by_time)
    return items


def _by_time(item: Item) -> tuple[int, int, str]:
    row = item.row
    moment = row.start or row.stop
    return (moment.at if moment else 0, row.stop.at if row.stop else 0, row.id)


def _item(row: Administration, encounter_offset: int, log: Log) -> Item:
    actives, key, name, fluid, kinds, doubtful = _content(row.substances, row.text, row.route)
    if not fluid and kinds == {ELECTROLYTE} and _maintains(row):
        carriers = tuple(one for one in _found(row.substances, row.text, row.route) if one.drug.kind == FLUID)
        if carriers:
            actives, fluid = (*carriers, *actives), True
    moment = row.start or row.stop
    offset = (moment.offset if moment else 0) or encounter_offset
    if doubtful:
        for one in actives:
            _doubt(one, row, log)
    return Item(row, actives, key, name, fluid, offset, kinds)


def _maintains(row: Administration) -> bool:
    """Whether an electrolyte in a fluid was ordered to hydrate, not to correct a deficit (rule hydration.electrolyte-therapeutic)."""
    order = row.order
    said = f"{row.reason_text} {order.reason if order else ''}"
    codes = row.reasons + (order.reason_codes if order else ())
    if says("deficit", said) or first_diagnosis("deficit", codes):
        return False
    return bool(says("hydration_reason", said) or first_diagnosis("hydration_reason", codes))


@lru_cache(maxsize=16_384)
def _content(
    substances: tuple[Substance, ...], text: str, route: str
) -> tuple[tuple[Found, ...], str, str, bool, frozenset[str], bool]:
    """(drugs, key, name, plain fluid, kinds, something to ask) of a bag or syringe."""
    found = _found(substances, text, route)
    actives = tuple(one for one in found if not one.diluent)
    drugs_only = tuple(one for one in actives if one.drug.kind != FLUID)
    fluid = len(drugs_only) < len(actives) and all(one.drug.kind == ELECTROLYTE for one in drugs_only)
    if drugs_only and not fluid:
        actives = drugs_only
    actives = actives or found
    if len(actives) > 1:
        actives = tuple(sorted(actives, key=lambda one: one.drug.key))
    name = " + ".join(_shown(one) for one in actives)
    key = "+".join(dict.fromkeys(one.drug.key for one in actives))
    kinds = frozenset(one.drug.kind for one in actives)
    doubtful = any(not one.drug.known or one.others for one in actives)
    return actives, key, name, fluid, kinds, doubtful


def _shown(found: Found) -> str:
    """The drug, by its product where that is the ingredient in another salt or under a suffix."""
    name = found.product if found.product.casefold().startswith(found.drug.key.casefold()) else found.drug.name
    return name[:1].upper() + name[1:]


def _found(substances: tuple[Substance, ...], text: str, route: str) -> tuple[Found, ...]:
    if len(substances) == 1:
        only = substances[0]
        return drugs.read_mixture(only.text or text, only.codes, route)
    found = []
    for substance in substances:
        one = drugs.identify(substance.text, substance.codes, route)
        if substance.active is False:
            one = one._replace(diluent=True)
        found.append(one)
    return tuple(found) or drugs.read_mixture(text, (), route)


def _doubt(found: Found, row: Administration, log: Log) -> None:
    if row.status in ("error", "not-given"):
        return
    drug = found.drug
    if not drug.known and row.route not in ("po", "topical", "inhaled"):
        log.problem(
            "DRUG_UNKNOWN",
            row.id,
            f"{drug.name} is in no drug table; it is coded as an ordinary therapeutic drug, and no drug line is worked out by its name.",
            "If it is an antineoplastic, a fluid or a vaccine, the code family changes: add the drug to the table or correct the name.",
            ("drug.unknown",),
        )
        log.met("drug.unknown", f"{drug.name} was not found in the drug tables.", (row.id,))
    elif found.others:
        log.problem(
            "DRUG_AMBIGUOUS",
            row.id,
            f'"{row.text or drug.name}" was read as {drug.name} ({found.by}); it could also be {" or ".join(found.others)}.',
            "A coded name or a product code in the chart settles it.",
            ("drug.unknown",),
        )
