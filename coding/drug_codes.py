"""Which billing code a product has on a date: by a charted NDC where the crosswalk is loaded, else by its name (rule drug.units)."""

from __future__ import annotations

from functools import lru_cache

from coding import drugs
from coding.drug_doses import Given
from coding.drug_gaps import Gaps
from coding.drugs import Found, Hcpcs
from coding.log import Log
from coding.model import NOT_MET
from coding.ndc import Crosswalk, Product

MAKERS = "manufacturer-specific"


def code_of(given: Given, crosswalk: Crosswalk, gaps: Gaps, log: Log) -> Hcpcs | None:
    """The one code of a product on its date; several, or none any more, is a question."""
    found, date, resource = given.found, given.date, given.ids[0]
    codes = _codes(found.drug.name, found.product, date)
    products = tuple(dict.fromkeys(one for ndc in given.ndcs for one in crosswalk.find(ndc)))
    if products:
        return _by_ndc(found, date, given.ndcs, products, codes, resource, log)
    of_makers = _codes(found.drug.name, MAKERS, date) if codes and not found.product else ()
    if len(codes) > 1 or (of_makers and given.maker):
        either = (*codes, *of_makers) if given.maker else codes
        said = ", ".join(f"{code.code} ({code.unit_qty} {code.unit_uom})" for code in either)
        by = f"the NDC of the maker ({given.maker}) decides" if given.maker else "the product decides"
        log.problem(
            "HCPCS_SEVERAL",
            resource,
            f"{found.drug.name} can be {said}; {by} and is not charted.",
            "The product name or NDC.",
            ("drug.units",),
        )
        return None
    if of_makers:
        _weigh_makers(given, codes[0], of_makers, log)
    if not codes and drugs.hcpcs_of(found.drug.name):
        log.problem(
            "HCPCS_NOT_ON_DATE",
            resource,
            f"No loaded HCPCS code of {found.product or found.drug.name} is in force on {date}.",
            "The current HCPCS table.",
            ("drug.units",),
        )
    elif not codes:
        gaps.no_code(found.drug)
    return codes[0] if codes else None


def _weigh_makers(given: Given, taken: Hcpcs, of_makers: tuple[Hcpcs, ...], log: Log) -> None:
    """The codes of single makers, which were weighed: the general one is taken where nothing charted names the maker."""
    others = tuple(dict.fromkeys(code.code for code in of_makers))
    says = f"{given.name}: some makers have a code of their own ({', '.join(others)}); none is charted, so {taken.code} is taken."
    log.step("drug.units", NOT_MET, says, others[0], "The NDC of the vial.", given.ids)


def _by_ndc(
    found: Found,
    date: str,
    ndcs: tuple[str, ...],
    products: tuple[Product, ...],
    by_name: tuple[Hcpcs, ...],
    resource: str,
    log: Log,
) -> Hcpcs | None:
    """The code that the crosswalk gives for the NDC, where it is one, is of the drug that the words name, and holds on the date."""
    charted = ", ".join(ndcs)
    own = drugs.hcpcs_of(found.drug.name)
    rows = tuple(row for one in products if (row := _row(one, found, own, date)) is not None)
    distinct = {row.code: row for row in rows}
    named = ", ".join(f"{one.code} {one.name}".strip() for one in products)
    if len(distinct) != 1 or len(rows) < len(products):
        log.problem(
            "NDC_CONFLICT",
            resource,
            f"NDC {charted} is {named} in the crosswalk, and the chart names {found.product or found.drug.name}.",
            "The product that was given.",
            ("drug.units",),
        )
        return None
    row = next(iter(distinct.values()))
    if by_name and found.product and row.code not in {code.code for code in by_name}:
        log.problem(
            "NDC_CONFLICT",
            resource,
            f"NDC {charted} is billed as {row.code}, and {found.product} as {by_name[0].code}.",
            "The product that was given.",
            ("drug.units",),
        )
        return None
    log.met(
        "drug.units", f"{found.drug.name}: NDC {charted} is {named} in the loaded crosswalk.", (resource,), row.code
    )
    return row


def _row(product: Product, found: Found, own: tuple[Hcpcs, ...], date: str) -> Hcpcs | None:
    """The row of the code table for a product of the crosswalk, or one made of the file where the table has none."""
    row = next((row for row in own if row.code == product.code and row.holds_on(date)), None)
    if row is not None:
        return row
    if any(row.code == product.code for row in own) or drugs.by_hcpcs(product.code):
        return None
    if not product.unit or drugs.identify(product.name).drug.key != found.drug.key:
        return None
    return Hcpcs(product.code, found.drug.name, found.product, product.quantity, product.unit, "crosswalk", "", "")


_codes = lru_cache(maxsize=16_384)(drugs.hcpcs_for)
