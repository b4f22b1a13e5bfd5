"""Which drug a text or a code means, what a bag holds, and which HCPCS codes a product has. Pure and cached.

A code of the chart outweighs its words; where they disagree, the drug of the words is among the others.
An unknown name is a Drug with known False, never the nearest guess.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from coding import drug_fluids
from coding.drug_choice import choose
from coding.drug_names import Hit, is_name, scan
from coding.drug_table import Drug, Hcpcs, all_drugs, by_rxnorm, codes_by_code, codes_by_name, names
from coding.drug_writings import Word, noise, plain, words

__all__ = [
    "Drug",
    "Found",
    "Hcpcs",
    "all_drugs",
    "by_hcpcs",
    "by_name",
    "hcpcs_for",
    "hcpcs_of",
    "identify",
    "is_worded",
    "read_mixture",
]

Codes = tuple[tuple[str, str], ...]

_SUFFIX = re.compile(r"-([a-z]{4})(?![a-z])")
_VOLUME = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(ml|l|liters?|litre)\b(?!\s*(?:/|per\b))")
# From this volume on, a bag with an electrolyte and nothing else may be a maintenance fluid; below it is a rider.
MAINTENANCE_ML = 500.0
_CARRIERS = frozenset({"fluid", "flush"})
# Mixed on purpose as a maintenance fluid, hardly ever a diluent of an electrolyte.
_MAINTENANCE = frozenset({"dextrose 5%-sodium chloride", "dextrose 10%-sodium chloride", "lactated Ringer"})
_NEVER_MAINTENANCE = frozenset({"sodium bicarbonate"})
_SYSTEMS = {"rxnorm": "rxnorm", "113883.6.88": "rxnorm", "hcpcs": "hcpcs", "113883.6.285": "hcpcs"}


class Found(NamedTuple):
    """A drug found, and how. by: "RxNorm 191831", "HCPCS J1745", "name", "brand Remicade", "written vanc",
    "spelling: infliximb" or "not found". product: brand or biosimilar named, or "". diluent: it only carries what else
    is in the text. others: names of other drugs that it might be.
    """

    drug: Drug
    by: str
    product: str = ""
    diluent: bool = False
    others: tuple[str, ...] = ()


def by_name(name: str) -> Drug | None:
    """The drug of exactly this name in the tables, whatever the case."""
    return names().get(name.casefold())


def by_hcpcs(code: str) -> tuple[Hcpcs, ...]:
    """The rows of a billing code; more than one where the code serves several drugs or products."""
    return codes_by_code().get(code.strip().upper(), ())


def hcpcs_of(drug: Found | Drug | str) -> tuple[Hcpcs, ...]:
    """Every code of a drug, of any product and date."""
    return tuple(row for row in codes_by_name().get(_name(drug), ()) if row.code)


def hcpcs_for(drug: Found | Drug | str, product: str = "", date: str = "") -> tuple[Hcpcs, ...]:
    """Codes in force on a date of service (ISO; without one, those not retired) for a product, or the generic ones.

    A brand without a code of its own has the generic code; a product that is not in the tables has none.
    Several: the chart must say which (container size, brand of immune globulin).
    """
    product = product or (drug.product if isinstance(drug, Found) else "")
    rows = codes_by_name().get(_name(drug), ())
    own = tuple(row for row in rows if row.product.casefold() == product.casefold())
    known = names().get(_name(drug).casefold())
    if product and not own and known and product.casefold() in (brand.casefold() for brand in known.brands):
        own = tuple(row for row in rows if not row.product)
    return tuple(row for row in own if row.code and row.holds_on(date))


def is_worded(text: str) -> bool:
    """Whether a text has a word that can be a drug's name; a bare code has none."""
    return any(is_name(word.text) for word in words(plain(text)))


def _name(drug: Found | Drug | str) -> str:
    if isinstance(drug, Found):
        return drug.drug.name
    return drug.name if isinstance(drug, Drug) else drug


@lru_cache(maxsize=16_384)
def identify(text: str, codes: Codes = (), route: str = "") -> Found:
    """The one substance that a text or its codes mean; further drugs that the text names are among the others."""
    found = read_mixture(text, codes, route)
    first = next((one for one in found if not one.diluent), found[0])
    rest = tuple(one.drug.name for one in found if one is not first and not one.diluent)
    return first._replace(others=tuple(dict.fromkeys((*first.others, *rest)))) if rest else first


@lru_cache(maxsize=16_384)
def read_mixture(text: str, codes: Codes = (), route: str = "") -> tuple[Found, ...]:
    """All substances that a text names, in its order; a fluid beside a drug is its diluent. Never empty."""
    found = _read(text, route)
    for system, code in codes:
        coded = _coded(system, code, found, text, route)
        if coded is not None:
            found = coded
            break
    return _diluents(found, text)


def _read(text: str, route: str) -> tuple[Found, ...]:
    source = plain(text)
    split = words(source)
    hits = drug_fluids.settle(scan(source), split)
    found: list[Found] = []
    for place, hit in enumerate(hits):
        before = split[hits[place - 1].last - 1].end if place else 0
        after = split[hits[place + 1].first].start if place + 1 < len(hits) else len(source)
        one = _found(hit, source[before:after], route, split, source)
        same = next((at for at, other in enumerate(found) if other.drug.known and other.drug.key == one.drug.key), None)
        if same is None:
            found.append(one)
        else:
            found[same] = _merged(found[same], one, hit)
    return tuple(found) or (_unknown(text.strip()),)


def _found(hit: Hit, said: str, route: str, split: tuple[Word, ...], source: str) -> Found:
    if not hit.drugs:
        name = " ".join(word.text for word in split[hit.first : hit.last] if is_name(word.text))
        return _unknown(name, hit.rivals)
    drug, how, others = choose(hit, said, route)
    product = hit.product or _unlisted_biosimilar(drug, source[split[hit.last - 1].end :])
    if hit.specific and not product:
        product = next((brand for brand in drug.brands if brand.casefold() in drug.name.casefold()), "")
    return Found(drug, f"{hit.by}, {how}" if how else hit.by, product, others=others)


def _unknown(name: str, rivals: tuple[str, ...] = ()) -> Found:
    name = " ".join(name.split())
    return Found(Drug(name, name.casefold(), known=False, source="not found"), "not found", others=rivals)


def _unlisted_biosimilar(drug: Drug, rest: str) -> str:
    """A product name for a suffix that the tables lack, so that the code of another product is not billed for it."""
    suffix = _SUFFIX.match(rest)
    several = any(row.product for row in codes_by_name().get(drug.name, ()))
    return f"{drug.name}-{suffix[1]}" if suffix and several and suffix[1] not in noise() else ""


def _merged(one: Found, other: Found, hit: Hit) -> Found:
    """Two names of one ingredient in a text: the more telling one ("Immune globulin (Privigen)")."""
    if one.drug == other.drug or not hit.specific:
        return one if one.product or not other.product else other
    if one.product and other.product:
        return one._replace(others=(*one.others, other.drug.name))
    return one if one.product else other


def _coded(system: str, code: str, found: tuple[Found, ...], text: str, route: str) -> tuple[Found, ...] | None:
    """The text's substances corrected by a code of the chart, or None where the code is not in the tables."""
    kind = next((name for part, name in _SYSTEMS.items() if part in system.casefold()), "")
    product, checked = "", True
    if kind == "hcpcs":
        rows = by_hcpcs(code)
        drugs = tuple(drug for row in rows if (drug := by_name(row.name)))
        product = rows[0].product if rows else ""
        product = product if drugs and product in drugs[0].brands else ""
    else:
        drugs = by_rxnorm().get(code.strip(), ()) if kind == "rxnorm" else ()
        checked = any(drug.rxnorm_checked or drug.rxnorm != code.strip() for drug in drugs)
    if not drugs:
        return None
    by = f"{'HCPCS' if kind == 'hcpcs' else 'RxNorm'} {code.strip()}"
    keys = {drug.key for drug in drugs}
    agreed = next((one for one in found if one.drug.key in keys), None)
    if agreed is not None:
        better = _agreed(agreed, drugs[0], product, code.strip(), by) if kind == "hcpcs" else agreed._replace(by=by)
        return tuple(better if one is agreed else one for one in found)
    said = tuple(one for one in found if one.drug.known and one.drug.kind not in _CARRIERS)
    if said and not checked:
        return tuple(one._replace(others=(*one.others, drugs[0].name)) if one is said[0] else one for one in found)
    row = Hit(drugs, by, 0, 0, specific=kind == "hcpcs" or drugs[0].rxnorm != code.strip())
    drug, how, others = choose(row, plain(text), route)
    coded = Found(drug, f"{by}, {how}" if how else by, product, others=(*(one.drug.name for one in said), *others))
    return coded, *(one for one in found if one.drug.kind in _CARRIERS)


def _agreed(one: Found, drug: Drug, product: str, code: str, by: str) -> Found:
    """A drug of the text with the billing code charted for it; a brand of another code is among the others."""
    row = one.drug if any(other.name == one.drug.name for other in by_hcpcs(code)) else drug
    rows = codes_by_name().get(row.name, ())
    own = [other.code for other in rows if other.product == one.product]
    own = own or [other.code for other in rows if not other.product]
    others = (one.product,) if one.product and code not in own else ()
    return Found(row, by, product if others else one.product or product, others=others)


def _diluents(found: tuple[Found, ...], text: str) -> tuple[Found, ...]:
    """The same, with fluids marked that only carry a drug.

    Beside electrolytes alone a fluid carries them only as a small bag; a large one, or one of no charted volume, may be
    a maintenance fluid, which is no drug.
    """
    active = [one for one in found if one.drug.kind not in _CARRIERS]
    if not active or len(active) == len(found):
        return found
    if any(one.drug.kind != "electrolyte" or one.drug.name in _NEVER_MAINTENANCE for one in active):
        return tuple(one._replace(diluent=one.drug.kind in _CARRIERS) for one in found)
    rider = 0 < _volume(text) < MAINTENANCE_ML
    return tuple(
        one._replace(diluent=rider and one.drug.kind in _CARRIERS and one.drug.name not in _MAINTENANCE)
        for one in found
    )


def _volume(text: str) -> float:
    """The largest volume that a text names, in mL; 0 where it names none."""
    found = _VOLUME.findall(plain(text))
    return max((float(number.replace(",", "")) * (1 if unit == "ml" else 1000) for number, unit in found), default=0.0)
