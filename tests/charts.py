"""Made-up charts for properties: short names for rows, and a hypothesis strategy for whole visits."""

from __future__ import annotations

from hypothesis import strategies as st

from coding.model import Administration, Encounter, Fact, Moment, Order, Quantity, Substance

NINE = 1_773_154_800  # 2026-03-10 09:00 at UTC-6
ZONE = -6 * 3600
HYDRATION = Order("R-fluid", reason="Dehydration", reason_codes=("E86.0",))

DRUGS = ("Vancomycin", "Ceftriaxone", "Cefepime", "Cisplatin", "Paclitaxel", "Ondansetron", "Morphine", "Infliximab")


def moment(minute: int, offset: int = ZONE) -> Moment:
    """So many minutes after nine."""
    return Moment(NINE + minute * 60, offset)


def infusion(
    id: str, drug: str, start: int, stop: int | None, site: str = "L forearm PIV", facts: tuple[str, ...] = ()
) -> Administration:
    return Administration(
        id,
        (Substance(drug),),
        drug,
        "iv",
        "infusion",
        start=moment(start),
        stop=None if stop is None else moment(stop),
        site=site,
        facts=tuple(Fact(name, name) for name in facts),
    )


def push(id: str, drug: str, at: int, length: int = 0) -> Administration:
    stop = moment(at + length) if length else None
    return Administration(id, (Substance(drug),), drug, "iv", "push", start=moment(at), stop=stop, site="L forearm PIV")


def fluid(id: str, start: int, stop: int) -> Administration:
    return Administration(
        id,
        (Substance("Sodium chloride 0.9%"),),
        "Sodium chloride 0.9% 1000 mL",
        "iv",
        "infusion",
        start=moment(start),
        stop=moment(stop),
        dose=Quantity(1000, "mL"),
        site="L forearm PIV",
        order=HYDRATION,
    )


def visit(*rows: Administration, kind: str = "outpatient") -> Encounter:
    return Encounter("E1", kind, "", NINE - 3600, None, ZONE, patient="P1", administrations=rows)


@st.composite
def rows(draw: st.DrawFn, number: int) -> Administration:
    """One row of any kind within ten hours."""
    id = f"A{number}"
    start = draw(st.integers(0, 480))
    length = draw(
        st.one_of(st.integers(1, 35), st.sampled_from((15, 16, 30, 31, 60, 90, 91, 150, 151)), st.integers(1, 300))
    )
    drug = draw(st.sampled_from(DRUGS))
    match draw(st.sampled_from(("infusion", "infusion", "push", "fluid", "open", "other site", "needed site", "shot"))):
        case "infusion":
            return infusion(id, drug, start, start + length)
        case "open":
            return infusion(id, drug, start, None)
        case "other site":
            return infusion(id, drug, start, start + length, "R hand PIV")
        case "needed site":
            return infusion(id, drug, start, start + length, "R hand PIV", ("second-site-needed",))
        case "push":
            return push(id, drug, start, draw(st.sampled_from((0, 0, 2, 5))))
        case "shot":
            return Administration(id, (Substance(drug),), drug, "im", "injection", start=moment(start))
        case _:
            return fluid(id, start, start + length)


@st.composite
def visits(draw: st.DrawFn, most: int = 7) -> Encounter:
    """A visit of up to so many rows."""
    return visit(*(draw(rows(number)) for number in range(draw(st.integers(1, most)))))


settings = st.sampled_from(("facility", "professional"))
payers = st.sampled_from(("commercial", "medicare"))
