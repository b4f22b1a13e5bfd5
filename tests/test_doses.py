"""Doses and drug units: exact, rounded up once, and never more than the vials."""

from __future__ import annotations

import math
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coding import code
from coding.doses import amount_of, in_units, strength
from coding.model import Administration, Coded, Quantity, Substance, Waste
from tests.charts import moment, visit


def infliximab(dose: float, waste: Waste | None = None) -> Coded:
    """Billed by 10 mg."""
    row = Administration(
        "A1",
        (Substance("Infliximab"),),
        "Infliximab",
        "iv",
        "infusion",
        start=moment(0),
        stop=moment(120),
        dose=Quantity(dose, "mg"),
        waste=waste,
    )
    return code(visit(row))


def by_modifier(coded: Coded) -> dict[tuple[str, ...], int]:
    return {line.modifiers: line.units for line in coded.drug_lines if line.code == "J1745"}


@given(
    st.decimals(min_value="0.001", max_value="5000", places=3),
    st.sampled_from((("g", "mg"), ("mg", "mcg"), ("mcg", "ng"))),
)
def test_conversion_there_and_back_changes_nothing(value: Decimal, units: tuple[str, str]) -> None:
    big, small = units
    there = amount_of(str(value), big)
    assert there is not None
    back = amount_of(str(value * 1000), small)
    assert there == back


@given(st.integers(1, 400_000))
def test_units_are_never_below_the_dose_and_never_a_whole_unit_above(hundredths: int) -> None:
    dose = hundredths / 100
    units = sum(line.units for line in infliximab(dose).drug_lines if line.code == "J1745")
    assert Decimal(units) * 10 >= Decimal(hundredths) / 100 > Decimal(units - 1) * 10


@given(st.integers(1, 120_000))
def test_dose_and_waste_together_are_whole_vials_and_jz_never_stands_with_jw(hundredths: int) -> None:
    dose = hundredths / 100
    vials = math.ceil(hundredths / 10_000)
    discarded = vials * 100 - dose
    waste = Waste(
        ((vials, Quantity(100, "mg")),), Quantity(discarded, "mg") if discarded else None, not discarded, "vials opened"
    )
    found = by_modifier(infliximab(dose, waste))
    assert sum(found.values()) == vials * 10
    assert not (("JW",) in found and ("JZ",) in found)


def test_without_charted_vials_or_waste_there_is_no_modifier_and_a_question() -> None:
    coded = infliximab(400)
    assert by_modifier(coded) == {(): 40}
    assert "WASTE_UNDOCUMENTED" in {problem.code for problem in coded.problems}


def test_a_chart_that_says_both_waste_and_none_gets_no_modifier() -> None:
    coded = infliximab(350, Waste(((4, Quantity(100, "mg")),), Quantity(50, "mg"), True, "50 mg wasted; no waste"))
    assert by_modifier(coded) == {(): 35}
    assert "WASTE_CONTRADICTION" in {problem.code for problem in coded.problems}


def test_rate_steps_that_repeat_the_ordered_dose_count_it_once() -> None:
    rows = [
        Administration(
            f"A{n}",
            (Substance("Infliximab"),),
            "Infliximab",
            "iv",
            "infusion",
            start=moment(n * 30),
            stop=moment(n * 30 + 30),
            dose=Quantity(400, "mg"),
            rate=Quantity(40 + n, "mL/h"),
        )
        for n in range(3)
    ]
    assert by_modifier(code(visit(*rows))) == {(): 40}


def test_a_strength_is_read_from_the_product() -> None:
    assert strength("Fulvestrant 250 mg/5 mL") == ("mg", Decimal(50))
    assert strength("Heparin 25,000 units in D5W 250 mL") is None
    assert in_units(("mg", Decimal(250)), Decimal(25), "mg") == 10
    assert in_units(("mg", Decimal(250)), Decimal(1), "units") is None
