"""The line for the drug itself: code and units from the dose, by date, product, strength, weight and NDC."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding import code, code_visits
from coding.doses import amount, amount_of, in_units, percentage, strength
from coding.drug_table import all_codes
from coding.model import Administration, Coded, Moment, Quantity, Substance
from coding.ndc import CrosswalkError, eleven, read_crosswalk
from coding.policy import policy_for
from smart_app.chart import read_resources
from tests.chart_parts import dose as chart_dose
from tests.chart_parts import visit as chart_visit
from tests.charts import moment, visit

NDC = "http://hl7.org/fhir/sid/ndc"
CROSSWALK = """\
"October 2026 ASP NDC-HCPCS Crosswalk, with the 11-Digit National Drug Code (NDC) and the HCPCS code of each drug, and the dosage",,,,,,,,,
,,,,,,,,,
_2026_CODE,Short Description,LABELER NAME,NDC,Drug Name,HCPCS dosage,PKG SIZE,PKG QTY,BILLUNITS,BILLUNITSPKG
J1745,Made up,Made-up Labs,00001-0030-01,Remicade,10 MG,1,1,10,10
Q5103,Made up,Made-up Labs,00002-0809-01,Inflectra,10 MG,1,1,10,10
J3374,Made up,Made-up Labs,00003-2001-10,Vancomycin,10 MG,1,10,100,1000
J9999,Made up,Made-up Labs,00004-0001-01,Infliximab,5 MG,1,1,20,20
"""


def row(
    text: str, amount: float, unit: str, codes: tuple[tuple[str, str], ...] = (), day: str = "2026-03-10", **more: Any
) -> Administration:
    start = Moment(int((date.fromisoformat(day) - date(1970, 1, 1)).total_seconds()) + 15 * 3600, -6 * 3600)
    times = {"start": start, "stop": start._replace(at=start.at + 3600)}
    return Administration(
        "A1", (Substance(text, codes),), text, "iv", "infusion", dose=Quantity(amount, unit), **{**times, **more}
    )


def lines(coded: Coded) -> list[tuple[str, int]]:
    return [(line.code, line.units) for line in coded.drug_lines]


def problems(coded: Coded) -> set[str]:
    return {problem.code for problem in coded.problems}


# Units from the dose


@pytest.mark.parametrize(
    ("text", "value", "unit", "expected"),
    [
        ("Vancomycin", 1.25, "g", ("J3373", 125)),
        ("Vancomycin", 1250, "milligrams", ("J3373", 125)),
        ("Palonosetron", 250, "mcg", ("J2469", 10)),
        ("Palonosetron", 250, "µg", ("J2469", 10)),
        ("Palonosetron", 250, "μg", ("J2469", 10)),
        ("Palonosetron", 0.25, "mg", ("J2469", 10)),
        ("Heparin", 5000, "units", ("J1644", 5)),
        ("Heparin", 5000, "[iU]", ("J1644", 5)),
        ("Heparin", 5000, "IU", ("J1644", 5)),
        ("Heparin", 5, "thousand units", ("J1644", 5)),
        ("Potassium chloride 20 mEq in sodium chloride 0.9% 100 mL", 20, "mEq", ("J3480", 10)),
        ("Potassium chloride 20 mEq in sodium chloride 0.9% 100 mL", 20, "meq", ("J3480", 10)),
        ("Fulvestrant 250 mg/5 mL", 10, "mL", ("J9395", 20)),
        ("Rituximab 10 mg/mL", 70, "mL", ("J9312", 70)),
        ("Privigen 10%", 280, "mL", ("J1459", 56)),
        ("Ceftriaxone", 1.0001, "g", ("J0696", 5)),
    ],
)
def test_the_dose_in_any_charted_unit_becomes_billing_units(
    text: str, value: float, unit: str, expected: tuple[str, int]
) -> None:
    assert expected in lines(code(visit(row(text, value, unit))))


@pytest.mark.parametrize(
    ("text", "value", "unit", "problem"),
    [
        ("Vancomycin", 250, "mL", "DOSE_MISSING"),
        ("Vancomycin in dextrose 5%", 250, "mL", "DOSE_MISSING"),
        ("Vancomycin 5 mg/mL, from 500 mg/10 mL", 250, "mL", "DOSE_MISSING"),
        ("Vancomycin", 20, "mmol", "DOSE_UNIT_UNKNOWN"),
        ("Vancomycin", 2, "tablet", "DOSE_MISSING"),
        ("Vancomycin", 0, "mg", "DOSE_MISSING"),
        ("Infliximab", 5, "mg/kg", "DOSE_PER_WEIGHT"),
        ("Heparin", 80, "units/kg", "DOSE_PER_WEIGHT"),
    ],
)
def test_a_dose_that_cannot_be_counted_is_a_question_and_no_line(
    text: str, value: float, unit: str, problem: str
) -> None:
    coded = code(visit(row(text, value, unit)))
    assert lines(coded) == [] and problem in problems(coded)


def test_the_diluents_percentage_is_not_the_strength_of_the_drug() -> None:
    assert percentage("Privigen 10%") == ("mg", Decimal(100))
    assert percentage("sodium chloride 0.9% and dextrose 5%") is None
    assert lines(code(visit(row("Infliximab in sodium chloride 0.9% 250 mL", 250, "mL")))) == []


def test_two_names_of_one_code_are_added_before_they_are_rounded() -> None:
    one = row("Remicade", 105, "mg")
    two = (
        row("Infliximab", 105, "mg", id="A2")
        if False
        else one._replace(
            id="A2", substances=(Substance("Infliximab"),), text="Infliximab", start=moment(300), stop=moment(360)
        )
    )
    coded = code(visit(one, two))
    assert lines(coded) == [("J1745", 21)]
    assert coded.drug_lines[0].administrations == ("A1", "A2")


def test_a_dose_in_another_unit_than_the_first_of_the_day_is_asked_for_not_dropped() -> None:
    two = row("Vancomycin", 20, "mmol")._replace(id="A2", start=moment(300), stop=moment(360))
    coded = code(visit(row("Vancomycin", 1, "g"), two))
    assert lines(coded) == [("J3373", 100)]
    assert "A2" in {one.resource for one in coded.problems if one.code == "DOSE_UNIT_UNKNOWN"}


# The code of the day, the product, the NDC


@pytest.mark.parametrize(
    ("text", "value", "day", "expected"),
    [
        ("Vancomycin", 1000, "2025-06-30", ("J3370", 2)),
        ("Vancomycin", 1000, "2025-07-01", ("J3373", 100)),
        ("Eculizumab", 900, "2025-03-31", ("J1300", 90)),
        ("Eculizumab", 900, "2025-04-01", ("J1299", 450)),
        ("Solu-Medrol", 125, "2024-04-01", ("J2919", 25)),
        ("Furosemide", 40, "2024-12-31", ("J1940", 2)),
        ("Furosemide", 40, "2025-01-01", ("J1938", 40)),
        ("Fluorouracil", 700, "2026-09-30", ("J9190", 2)),
        ("Fluorouracil", 700, "2026-10-01", ("J9192", 70)),
        ("Inflectra", 400, "2026-03-10", ("Q5103", 40)),
        ("infliximab-abda", 400, "2026-03-10", ("Q5104", 40)),
        ("Truxima", 700, "2026-03-10", ("Q5115", 70)),
        ("Remicade", 400, "2026-03-10", ("J1745", 40)),
    ],
)
def test_the_code_is_that_of_the_product_on_the_date_of_service(
    text: str, value: float, day: str, expected: tuple[str, int]
) -> None:
    assert lines(code(visit(row(text, value, "mg", day=day)))) == [expected]


def test_two_codes_of_one_day_are_a_question_that_names_both() -> None:
    coded = code(visit(row("Solu-Medrol", 125, "mg", day="2024-03-31")))
    asked = next(one for one in coded.problems if one.code == "HCPCS_SEVERAL")
    assert lines(coded) == [] and "J2920 (40 mg)" in asked.says and "J2930 (125 mg)" in asked.says


def test_a_biosimilar_that_no_table_has_is_never_billed_as_another_product() -> None:
    coded = code(visit(row("infliximab-qbtx", 400, "mg")))
    assert lines(coded) == [] and "HCPCS_NOT_ON_DATE" in problems(coded)


@pytest.mark.parametrize(
    ("text", "ndc", "expected"),
    [
        ("Infliximab", "00002-0809-01", [("Q5103", 40)]),
        ("Infliximab", "0002-0809-01", [("Q5103", 40)]),
        ("Infliximab", "00002080901", [("Q5103", 40)]),
        ("Infliximab", "00001-0030-01", [("J1745", 40)]),
        ("Infliximab", "00009-9999-99", [("J1745", 40)]),
        ("Infliximab", "00004-0001-01", [("J9999", 80)]),
        ("Vancomycin", "00003-2001-10", [("J3374", 40)]),
    ],
)
def test_a_charted_ndc_gives_the_code_where_the_crosswalk_is_loaded(
    text: str, ndc: str, expected: list[tuple[str, int]]
) -> None:
    chart = visit(row(text, 400, "mg", ((NDC, ndc),)))
    loaded = read_crosswalk(CROSSWALK.splitlines(True), "crosswalk.csv")
    assert lines(code_visits([chart], policy_for(), crosswalk=loaded)[0]) == expected


@pytest.mark.parametrize(("text", "ndc"), [("Renflexis", "00002-0809-01"), ("Rituximab", "00001-0030-01")])
def test_an_ndc_of_another_product_than_the_words_is_a_question_and_no_line(text: str, ndc: str) -> None:
    chart = visit(row(text, 400, "mg", ((NDC, ndc),)))
    loaded = read_crosswalk(CROSSWALK.splitlines(True), "crosswalk.csv")
    coded = code_visits([chart], policy_for(), crosswalk=loaded)[0]
    assert lines(coded) == [] and "NDC_CONFLICT" in problems(coded)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no header"),
        ("a,b,c\n1,2,3\n", "no header"),
        (CROSSWALK.split("J1745")[0], "no row below the header"),
        (CROSSWALK + "=cmd(),x,y,00009-0001-01,Drug,1 MG,,,,\n", "crosswalk.csv, line 8: '=cmd()' is not a HCPCS code"),
        (CROSSWALK + "J1745,x,y,,Drug,1 MG,,,,\n", "crosswalk.csv, line 8: there is no NDC"),
        (CROSSWALK + "J1745\n", "crosswalk.csv, line 8: the row breaks off"),
    ],
)
def test_a_wrong_crosswalk_is_refused_with_line_and_reason(text: str, says: str) -> None:
    with pytest.raises(CrosswalkError) as caught:
        read_crosswalk(text.splitlines(True), "crosswalk.csv")
    assert says in str(caught.value)


@given(st.text(max_size=200))
def test_any_text_is_a_crosswalk_or_refused_in_plain_words(text: str) -> None:
    try:
        read_crosswalk(text.splitlines(True), "x.csv")
    except CrosswalkError as error:
        assert str(error).startswith("x.csv")


@given(st.from_regex(r"[0-9]{5}-[0-9]{4}-[0-9]{2}", fullmatch=True))
def test_an_ndc_has_one_writing_of_eleven_digits_in_every_shape(ndc: str) -> None:
    whole = ndc.replace("-", "")
    assert eleven(ndc) == eleven(whole) == (whole,)
    shorter = [ndc[1:]] if ndc[0] == "0" else []
    shorter += [ndc.replace("-0", "-", 1)] if ndc[6] == "0" else []
    shorter += [f"{ndc[:11]}{ndc[12:]}"] if ndc[11] == "0" else []
    for one in shorter:
        assert eleven(one) == (whole,)
        assert whole in eleven(one.replace("-", ""))


# By weight, from a chart


def charted(weight: dict[str, Any] | None, amount: float = 5, unit: str = "mg/kg") -> Coded:
    infusion = chart_dose(
        medicationCodeableConcept={"text": "Infliximab"},
        dosage={"dose": {"value": amount, "unit": unit}, "method": {"text": "IV infusion"}},
    )
    resources = [chart_visit(), infusion, *([weight] if weight else [])]
    chart = read_resources(resources)
    (coded,) = code_visits(chart.encounters, policy_for())
    return coded._replace(problems=(*coded.problems, *chart.problems))


def weight(value: float = 80, unit: str = "kg", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": "w",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2026-06-01T08:10:00Z",
        "valueQuantity": {"value": value, "unit": unit},
        **more,
    }


def test_a_dose_by_weight_is_worked_out_with_the_weight_of_the_visit_and_told() -> None:
    coded = charted(weight())
    assert lines(coded) == [("J1745", 40)]
    assert "DOSE_BY_WEIGHT" in problems(coded)
    assert lines(charted(weight(176.37, "[lb_av]"))) == [("J1745", 40)]


@pytest.mark.parametrize(
    "one",
    [
        None,
        weight(effectiveDateTime="2026-05-20T08:10:00Z"),
        weight(effectiveDateTime="2026-06-01T12:00:00Z"),
        weight(status="entered-in-error"),
        weight(8000),
        weight(subject={"reference": "Patient/other"}),
        weight(code={"coding": [{"system": "http://loinc.org", "code": "3142-7"}]}),
        weight(valueQuantity={"value": "heavy"}),
        weight(valueQuantity=["80 kg"]),
    ],
    ids=["none", "older", "later", "error", "impossible", "other patient", "stated", "words", "damaged"],
)
def test_without_a_weight_that_somebody_took_there_is_a_question_and_no_line(one: dict[str, Any] | None) -> None:
    coded = charted(one)
    assert lines(coded) == [] and "DOSE_PER_WEIGHT" in problems(coded)


# Properties


@given(st.integers(1, 2_000_000), st.sampled_from([row for row in all_codes() if row.code and row.unit_uom == "mg"]))
def test_units_are_never_below_the_dose_and_less_than_one_above(micrograms: int, row_: Any) -> None:
    exact = in_units(("mg", Decimal(micrograms) / 1000), row_.unit_qty, row_.unit_uom)
    assert exact is not None
    whole = math.ceil(exact)
    assert whole * row_.unit_qty >= Decimal(micrograms) / 1000 > (whole - 1) * row_.unit_qty


@given(
    st.decimals(min_value="0.0001", max_value="99999", places=4),
    st.sampled_from(
        [("g", "mg", 1000), ("mg", "mcg", 1000), ("mcg", "ng", 1000), ("million units", "units", 1_000_000)]
    ),
)
def test_a_conversion_there_and_back_is_the_same_amount(value: Decimal, units: tuple[str, str, int]) -> None:
    large, small, factor = units
    assert amount_of(str(value), large) == amount_of(str(value * factor), small)


@given(st.integers(1, 5000), st.integers(1, 100))
def test_a_strength_turns_a_volume_into_the_dose_and_back(amount_: int, volume: int) -> None:
    found = strength(f"Drug {amount_} mg/{volume} mL")
    assert found is not None
    assert abs(found[1] * volume - amount_) < Decimal("1e-20")


def test_an_unknown_unit_is_no_amount() -> None:
    assert amount(Quantity(5, "mg/kg")) is None and amount(Quantity(5, "puffs")) is None
