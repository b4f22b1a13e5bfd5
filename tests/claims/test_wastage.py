"""JW and JZ: what the chart must say for each, and that units given and discarded are never above the vials."""

from __future__ import annotations

import csv
import math
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding import code, code_visits, drugs, vials
from coding.doses import in_units
from coding.model import Administration, Coded, Quantity, Substance, Waste
from coding.policy import PolicyError, policy_for
from smart_app.chart import read_resources
from smart_app.waste import read_waste
from tests.chart_parts import dose as chart_dose
from tests.chart_parts import visit as chart_visit
from tests.charts import moment, visit

MG = "mg"


def given_drug(
    value: float, waste: Waste | str | None, text: str = "Infliximab", unit: str = MG, start: int = 0, id: str = "A1"
) -> Administration:
    found = read_waste(waste) if isinstance(waste, str) else waste
    return Administration(
        id,
        (Substance(text),),
        text,
        "iv",
        "infusion",
        start=moment(start),
        stop=moment(start + 60),
        dose=Quantity(value, unit),
        waste=found,
    )


def lines(coded: Coded) -> list[str]:
    return [" ".join((one.code, f"x{one.units}", *one.modifiers)) for one in coded.drug_lines]


def problems(coded: Coded) -> set[str]:
    return {problem.code for problem in coded.problems if problem.code.startswith(("WASTE", "VIALS"))}


# The claims of the first seed document, with its errors resolved as the rulebook says (section 5: C1, C2, C27, C39)


@pytest.mark.parametrize(
    ("drug", "value", "unit", "start", "stop", "note", "administration", "drug_lines"),
    [
        (
            "Remicade (infliximab)",
            400,
            "mg",
            "09:14",
            "11:21",
            "4 x 100 mg single-use vials opened. 400 mg administered, 0 mg discarded.",
            ["96365 x1", "96366 x1"],
            ["J1745 x40 JZ"],
        ),
        (
            "Ocrevus (ocrelizumab)",
            600,
            "mg",
            "08:55",
            "12:38",
            "2 x 300 mg single-dose vials opened. 600 mg administered, 0 mg discarded.",
            ["96365 x1", "96366 x3"],
            ["J2350 x600 JZ"],
        ),
        (
            "Privigen 10% liquid",
            28,
            "g",
            "08:30",
            "13:18",
            "One 20 g and one 10 g single-dose vial opened (30 g drawn). 28 g administered, 2 g discarded.",
            ["96365 x1", "96366 x4"],
            ["J1459 x56", "J1459 x4 JW"],
        ),
    ],
    ids=["Remicade", "Ocrevus", "Privigen"],
)
def test_a_worked_claim_of_the_seed_comes_out_of_its_chart_exactly(
    drug: str,
    value: float,
    unit: str,
    start: str,
    stop: str,
    note: str,
    administration: list[str],
    drug_lines: list[str],
) -> None:
    infusion = chart_dose(
        medicationCodeableConcept={"text": drug},
        effectivePeriod={"start": f"2026-06-01T{start}:00Z", "end": f"2026-06-01T{stop}:00Z"},
        dosage={"dose": {"value": value, "unit": unit}, "method": {"text": "IV infusion"}},
        note=[{"text": note}],
    )
    (encounter,) = read_resources([chart_visit(), infusion]).encounters
    coded = code(encounter)
    assert sorted(f"{one.code} x{one.units}" for one in coded.lines) == administration
    assert lines(coded) == drug_lines
    assert problems(coded) == set()


# What the chart must say


@pytest.mark.parametrize(
    ("value", "note", "expected", "asked"),
    [
        (400, "Four 100 mg single-dose vials used, no waste.", ["J1745 x40 JZ"], set()),
        (400, "4 x 100 mg SDV opened", ["J1745 x40 JZ"], set()),
        (395, "4 x 100 mg SDV opened", ["J1745 x40 JZ"], set()),
        (360, "Four 100 mg vials opened, 40 mg wasted", ["J1745 x36", "J1745 x4 JW"], set()),
        (305, "Four 100 mg vials opened, 95 mg wasted", ["J1745 x31", "J1745 x9 JW"], set()),
        (360, "Four 100 mg vials opened", ["J1745 x36", "J1745 x4 JW"], {"WASTE_AMOUNT_MISSING"}),
        (360, "40 mg wasted", ["J1745 x36", "J1745 x4 JW"], set()),
        (360, "Dispensed 400 mg", ["J1745 x36"], {"WASTE_UNDOCUMENTED"}),
        (360, "Four 100 mg vials dispensed", ["J1745 x36"], {"WASTE_UNDOCUMENTED"}),
        (360, "Four 100 mg vials dispensed. 40 mg wasted.", ["J1745 x36", "J1745 x4 JW"], set()),
        (360, "Dispensed 400 mg. 40 mg wasted.", ["J1745 x36", "J1745 x4 JW"], set()),
        (360, "Dispensed 400 mg. 20 mg wasted.", ["J1745 x36"], {"WASTE_CONTRADICTION"}),
        (400, "Dispensed 400 mg", ["J1745 x40"], {"WASTE_UNDOCUMENTED"}),
        (400, "Dispensed 400 mg, no waste", ["J1745 x40 JZ"], set()),
        (360, "Dispensed 360 mg", ["J1745 x36"], {"WASTE_UNDOCUMENTED"}),
        (360, "Five 100 mg vials opened, 140 mg wasted", ["J1745 x36", "J1745 x4 JW"], {"VIALS_NOT_SMALLEST"}),
        (360, "140 mg wasted", ["J1745 x36", "J1745 x4 JW"], {"VIALS_NOT_SMALLEST"}),
        (400, "no waste", ["J1745 x40 JZ"], set()),
        (360, "no waste", ["J1745 x36"], {"WASTE_CONTRADICTION"}),
        (360, "Four 100 mg vials opened, no waste", ["J1745 x36"], {"WASTE_CONTRADICTION"}),
        (360, "Four 100 mg vials opened, 20 mg wasted", ["J1745 x36"], {"WASTE_CONTRADICTION"}),
        (360, "Three 100 mg vials opened", ["J1745 x36"], {"WASTE_CONTRADICTION"}),
        (360, "no waste. 40 mg wasted.", ["J1745 x36"], {"WASTE_CONTRADICTION"}),
        (360, "40 mg wasted from vial 1. 20 mg wasted from vial 2.", ["J1745 x36"], {"WASTE_CONTRADICTION"}),
        (360, "4 mL wasted", ["J1745 x36"], {"WASTE_CONTRADICTION"}),
        (360, "40 mg wasted from the multi-dose vial", ["J1745 x36"], set()),
        (360, "Opened a multi-dose vial", ["J1745 x36"], set()),
        (360, "40.0 mg discarded", ["J1745 x36", "J1745 x4 JW"], set()),
        (360, "Four 100 mg vials opened, remainder discarded", ["J1745 x36", "J1745 x4 JW"], {"WASTE_AMOUNT_MISSING"}),
        (
            360,
            "Four 100 mg vials opened. 40 mg wasted. 20 mg cefazolin wasted.",
            ["J1745 x36", "J1745 x4 JW"],
            {"WASTE_AMOUNT_MISSING"},
        ),
        (360, "Four 100 mg vials opened. 20 mg wasted. 10 mg wasted.", ["J1745 x36"], {"WASTE_CONTRADICTION"}),
        (360, "Four 100 mg vials opened. Waste 40-50 mg.", ["J1745 x36"], {"WASTE_CONTRADICTION"}),
        (360, "3.5 vials of 100 mg used", ["J1745 x36"], {"WASTE_CONTRADICTION"}),
        (360, "Waste amount: ___", ["J1745 x36"], {"WASTE_CONTRADICTION"}),
        (400, "Four 100 mg vials used. 50 mL of the bag discarded.", ["J1745 x40"], {"WASTE_CONTRADICTION"}),
        (400, "Four 100 mg vials used, no waste. Wasted first 5 mL of blood.", ["J1745 x40 JZ"], set()),
        (360, "", ["J1745 x36"], {"WASTE_UNDOCUMENTED"}),
        (360, "waste not recorded", ["J1745 x36"], {"WASTE_UNDOCUMENTED"}),
    ],
)
def test_a_modifier_rests_on_what_is_charted_and_figures_that_do_not_agree_are_a_question(
    value: float, note: str, expected: list[str], asked: set[str]
) -> None:
    coded = code(visit(given_drug(value, note)))
    assert (lines(coded), problems(coded)) == (expected, asked)


@pytest.mark.parametrize(
    "note",
    [
        "Four 100 mg vials opened. 40 mg left over given to next patient.",
        "Four 100 mg vials opened; the remaining 40 mg was used for another patient.",
        "Four 100 mg vials opened; the remaining 40 mg was returned to stock.",
        "Four 100 mg vials opened. 40 mg saved for next dose.",
        "Four 100 mg vials opened, 40 mg waste expected.",
        "Four 100 mg vials opened; rest of last vial shared.",
        "Partial vial returned to pharmacy.",
        "40 mg will be discarded.",
    ],
)
def test_what_was_kept_or_may_yet_be_discarded_is_no_waste_and_is_asked_for(note: str) -> None:
    coded = code(visit(given_drug(360, note)))
    assert (lines(coded), problems(coded)) == (["J1745 x36"], {"WASTE_AMOUNT_MISSING"})
    asked = next(one for one in coded.problems if one.code == "WASTE_AMOUNT_MISSING")
    assert "4 units" in asked.says and note.rstrip(".").split(". ")[-1] in asked.says


def test_what_was_kept_takes_nothing_from_an_amount_that_was_discarded() -> None:
    note = "40 mg wasted. One unopened vial returned to pharmacy."
    assert lines(code(visit(given_drug(360, note)))) == ["J1745 x36", "J1745 x4 JW"]


@pytest.mark.parametrize(
    ("note", "discarded"),
    [("Four 100 mg vials opened", False), ("Four 100 mg vials opened, 40 mg wasted", True), ("40 mg wasted", True)],
)
def test_a_jw_line_says_that_drug_was_discarded_only_where_the_chart_does(note: str, discarded: bool) -> None:
    coded = code(visit(given_drug(360, note)))
    assert ("were discarded" in coded.drug_lines[1].why) is discarded


def test_a_question_names_the_discarded_amounts_that_are_charted() -> None:
    coded = code(visit(given_drug(360, "Four 100 mg vials opened. 40 mg wasted. 20 mg cefazolin wasted.")))
    assert "(40 mg, 20 mg)" in next(one for one in coded.problems if one.code == "WASTE_AMOUNT_MISSING").says


def test_a_discarded_volume_counts_where_the_strength_is_charted() -> None:
    row = given_drug(360, "4 mL wasted", "Infliximab 10 mg/mL")
    assert lines(code(visit(row))) == ["J1745 x36", "J1745 x4 JW"]


def test_the_question_about_waste_says_what_the_smallest_vials_would_leave() -> None:
    asked = next(one for one in code(visit(given_drug(360, None))).problems if one.code == "WASTE_UNDOCUMENTED")
    assert "4 x 100 mg, 4 units left over" in asked.says


def test_a_note_on_a_bag_of_two_drugs_does_not_say_whose_waste_it_is() -> None:
    both = Administration(
        "A1",
        (Substance("Ceftriaxone", dose=Quantity(900, MG)), Substance("Cefazolin", dose=Quantity(1000, MG))),
        "Ceftriaxone + cefazolin",
        "iv",
        "infusion",
        start=moment(0),
        stop=moment(60),
        waste=read_waste("100 mg wasted"),
    )
    coded = code(visit(both))
    assert not {"JW", "JZ"} & {modifier for one in coded.drug_lines for modifier in one.modifiers}
    assert problems(coded) == {"WASTE_CONTRADICTION"}


def test_each_dose_of_a_day_has_its_own_vials() -> None:
    waste = "One 100 mg vial opened, 50 mg wasted"
    chart = visit(given_drug(50, waste), given_drug(50, waste, start=240, id="A2"))
    assert lines(code(chart)) == ["J1745 x10", "J1745 x10 JW"]


@pytest.mark.parametrize(
    ("first", "second", "expected", "asked"),
    [
        ((200, "no waste"), (200, None), ["J1745 x40"], {"A2": "WASTE_UNDOCUMENTED"}),
        ((200, None), (200, "no waste"), ["J1745 x40"], {"A1": "WASTE_UNDOCUMENTED"}),
        ((150, "50 mg wasted"), (150, None), ["J1745 x30", "J1745 x5 JW"], {"A2": "WASTE_UNDOCUMENTED"}),
        ((150, "50 mg wasted"), (150, "50 mg wasted"), ["J1745 x30", "J1745 x10 JW"], {}),
        (
            (200, "Two 100 mg vials, no waste"),
            (150, "Two 100 mg vials, 50 mg wasted"),
            ["J1745 x35", "J1745 x5 JW"],
            {},
        ),
        ((200, "no waste"), (150, "50 mg wasted"), ["J1745 x35", "J1745 x5 JW"], {}),
        ((200, "no waste"), (150, "no waste"), ["J1745 x35"], {"A2": "WASTE_CONTRADICTION"}),
        ((200, "Four 100 mg vials opened, no waste"), (200, None), ["J1745 x40 JZ"], {}),
        ((200, None), (150, "Four 100 mg vials opened, 50 mg wasted"), ["J1745 x35", "J1745 x5 JW"], {}),
        (
            (150, "Two 100 mg vials, 50 mg wasted"),
            (150, "Two 100 mg vials, rest shared"),
            ["J1745 x30", "J1745 x5 JW"],
            {"A2": "WASTE_AMOUNT_MISSING"},
        ),
        (
            (395, "Four 100 mg vials, 5 mg wasted"),
            (395, "Four 100 mg vials, 5 mg wasted"),
            ["J1745 x79", "J1745 x1 JW"],
            {},
        ),
        ((200, "multi-dose vial"), (200, "no waste"), ["J1745 x40"], {}),
    ],
)
def test_a_note_speaks_for_the_dose_that_it_is_charted_on(
    first: tuple[float, str | None], second: tuple[float, str | None], expected: list[str], asked: dict[str, str]
) -> None:
    coded = code(visit(given_drug(*first), given_drug(*second, start=240, id="A2")))
    questions = {one.resource: one.code for one in coded.problems if one.code.startswith(("WASTE", "VIALS"))}
    assert (lines(coded), questions) == (expected, asked)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2016-12-31", ["J1745 x36"]),
        ("2017-01-01", ["J1745 x36", "J1745 x4 JW"]),
        ("2023-06-30", ["J1745 x36", "J1745 x4 JW"]),
        ("2026-03-10", ["J1745 x36", "J1745 x4 JW"]),
    ],
)
def test_jw_has_its_first_day(day: str, expected: list[str]) -> None:
    assert lines(code(visit(_on(day, given_drug(360, "Four 100 mg vials opened, 40 mg wasted"))))) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2017-01-01", ["J1745 x40"]), ("2023-06-30", ["J1745 x40"]), ("2023-07-01", ["J1745 x40 JZ"])],
)
def test_jz_has_its_first_day(day: str, expected: list[str]) -> None:
    assert lines(code(visit(_on(day, given_drug(400, "Four 100 mg vials used, no waste"))))) == expected


def test_before_either_modifier_nothing_is_asked() -> None:
    assert problems(code(visit(_on("2016-12-31", given_drug(400, None))))) == set()


def _on(day: str, row: Administration) -> Administration:
    at = int((date.fromisoformat(day) - date(1970, 1, 1)).total_seconds()) + 18 * 3600
    return row._replace(start=moment(0)._replace(at=at), stop=moment(0)._replace(at=at + 3600))


def test_a_hospital_under_medicare_is_told_that_packaged_drugs_take_neither() -> None:
    row = given_drug(400, "Four 100 mg vials used, no waste")
    for setting, payer, told in (
        ("facility", "medicare", True),
        ("professional", "medicare", False),
        ("facility", "commercial", False),
    ):
        coded = code(visit(row), policy_for(setting, payer))
        assert ("only if Medicare pays the drug separately" in coded.drug_lines[0].why) is told


# Modifiers of a payer

OWN = """
name = "prairie-health"
title = "Prairie Health"
as_of = "2026-02-01"
sources = ["https://example.org/policy"]
cards = []

[[modifiers]]
modifier = "KX"
codes = ["J1459", "J2350"]
when = "every line"
says = "It attests that the requirements of Prairie's policy 12 are met."
sources = ["https://example.org/policy"]
settings = ["facility"]
holds_from = "2026-01-01"
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "prairie.toml"
    path.write_text(OWN, "utf-8")
    return path


def test_kx_comes_from_a_payers_table_only(own: Path) -> None:
    row = given_drug(28, "One 20 g and one 10 g vial opened, 2 g discarded", "Privigen", "g")
    assert lines(code(visit(row))) == ["J1459 x56", "J1459 x4 JW"]
    coded = code(visit(row), policy_for("facility", "prairie-health", files=own))
    assert lines(coded) == ["J1459 x56 KX", "J1459 x4 JW KX"]
    assert "policy 12" in coded.drug_lines[0].why and "https://example.org/policy" in coded.drug_lines[0].why
    assert "PAYER_MODIFIER" in {one.code for one in coded.problems}
    office = code(visit(row), policy_for("professional", "prairie-health", files=own))
    assert not any("KX" in one.modifiers for one in office.drug_lines)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'modifier = "KX"',
            'modifier = "kx"',
            "line 8: modifiers: modifier: 'kx' is not two capital letters or digits",
        ),
        (
            'modifier = "KX"',
            'modifier = "JZ"',
            "line 8: modifiers: modifier: JZ says what became of the drug; only the chart",
        ),
        ('modifier = "KX"', "", "line 8: modifiers: modifier is missing"),
        ('when = "every line"', 'when = "always"', "line 8: modifiers: when: unknown: always"),
        ('codes = ["J1459", "J2350"]', "codes = []", "line 8: modifiers: codes: at least one is needed"),
        ('codes = ["J1459", "J2350"]', 'codes = ["J145"]', "'J145' is neither a code"),
        ('codes = ["J1459", "J2350"]', 'codes = ["J2350-J1459"]', "'J2350-J1459' is neither a code"),
        (
            'sources = ["https://example.org/policy"]\nsettings',
            "sources = []\nsettings",
            "sources: at least one is needed",
        ),
        (
            'holds_from = "2026-01-01"',
            'holds_from = "2026-01-01"\nholds_until = "2025-01-01"',
            "lies before holds_from",
        ),
        ('holds_from = "2026-01-01"', 'holds_from = "soon"', "'soon' is not a date"),
        ("[[modifiers]]", "[modifiers]", "[[modifiers]] and [[differs]] a list of tables"),
        ('as_of = "2026-02-01"', 'as_of = "2026-02-30"', "prairie.toml, line 4: as_of: '2026-02-30' is not a date"),
        ('says = "It', 'says = "It\n', "not valid TOML"),
        (
            "cards = []",
            "cards = []\n[switches]\n\ninterval_min = 20",
            "prairie.toml, line 9: switches: The switch interval_min",
        ),
        ("cards = []", 'cards = ["payer.prairie"]', "prairie.toml, line 6: cards: unknown: payer.prairie"),
    ],
)
def test_a_wrong_policy_file_is_refused_with_line_key_and_reason(own: Path, old: str, new: str, says: str) -> None:
    assert OWN.count(old) == 1
    own.write_text(OWN.replace(old, new), "utf-8")
    with pytest.raises(PolicyError) as caught:
        policy_for(files=own)
    assert str(caught.value).startswith(str(own)) and says in str(caught.value)


def test_toml_that_is_broken_is_refused_with_its_line(own: Path) -> None:
    own.write_text("name = 'x'\ntitle = [", "utf-8")
    with pytest.raises(PolicyError, match=r"at (?:line 2|end of document)"):
        policy_for(files=own)


# The table of containers


def test_every_container_belongs_to_a_product_and_fits_the_unit_of_its_code() -> None:
    text = resources.files("coding").joinpath("tables", "vials.csv").read_text("utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert len({(one["name"], one["product"]) for one in rows}) == len(rows) == len(vials.table())
    for one in rows:
        drug = drugs.by_name(one["name"])
        assert drug is not None and (not one["product"] or one["product"] in drug.brands), one
        found = vials.vials_of(one["name"], one["product"])
        assert found is not None and one["source"] and list(found.sizes) == sorted(set(found.sizes))
        for row in drugs.hcpcs_for(drug, one["product"]):
            for size in found.sizes:
                units = in_units((found.base, Decimal(size)), row.unit_qty, row.unit_uom)
                assert units is not None, (one, row)


@given(st.integers(1, 90_000), st.sampled_from(sorted({one.sizes for one in vials.table().values()})))
def test_the_smallest_vials_hold_the_dose_and_no_smaller_total_does(dose: int, sizes: tuple[int, ...]) -> None:
    found = vials.fitting(Decimal(dose), sizes)
    if not found:
        assert dose > vials.MOST_VIALS * max(sizes)
        return
    total = sum(found)
    assert total >= dose and set(found) <= set(sizes)
    assert total - dose < min(sizes)
    assert all(total - one < dose for one in found)


# Properties

NOTES = st.builds(
    Waste,
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from([Quantity(100, MG), Quantity(500, MG)])), max_size=2).map(
        tuple
    ),
    st.none() | st.integers(0, 400).map(lambda one: Quantity(one / 4, MG)),
    st.booleans(),
    st.just("charted"),
    st.none() | st.sampled_from([Quantity(300, MG), Quantity(350, MG), Quantity(5, "mL")]),
    st.booleans(),
    st.sampled_from([(), (Quantity(50, MG), Quantity(30, MG))]),
    st.booleans(),
    st.booleans(),
)


@given(st.integers(1, 200_000), st.lists(NOTES, max_size=2), st.sampled_from(["Infliximab", "Rituximab", "Cetuximab"]))
def test_whatever_is_charted_jz_never_stands_with_jw_and_units_never_exceed_the_vials(
    hundredths: int, notes: list[Waste], drug: str
) -> None:
    rows = [
        given_drug(hundredths / 100, note, drug, start=120 * at, id=f"A{at}") for at, note in enumerate(notes or [None])
    ]  # type: ignore[list-item]
    coded = code(visit(*rows))
    dose = Decimal(hundredths) / 100 * len(rows)
    given_units = sum(one.units for one in coded.drug_lines if "JW" not in one.modifiers)
    jw = sum(one.units for one in coded.drug_lines if "JW" in one.modifiers)
    modifiers = {modifier for one in coded.drug_lines for modifier in one.modifiers}
    assert not {"JW", "JZ"} <= modifiers
    assert given_units == math.ceil(dose / 10)
    if jw:
        assert (given_units + jw) * 10 <= sum(_most(Decimal(hundredths) / 100, note) for note in notes)
    if not notes:
        assert modifiers == set() and "WASTE_UNDOCUMENTED" in problems(coded)


def _most(dose: Decimal, note: Waste) -> Decimal:
    """The most mg that dose and waste of one note may take: its vials, else dose and charted waste, else the dose in whole units."""
    vials = sum((count * Decimal(size.value) for count, size in note.vials), Decimal(0))
    out = Decimal(note.dispensed.value) if note.dispensed and note.dispensed.unit == MG else Decimal(0)
    thrown = Decimal(note.discarded.value) if note.discarded else Decimal(0)
    return max(vials or max(dose + thrown, out), Decimal(math.ceil(dose / 10) * 10))


@given(st.integers(1, 50_000), NOTES)
def test_a_dose_without_a_note_takes_jz_from_the_day_and_adds_no_jw(hundredths: int, note: Waste) -> None:
    value = hundredths / 100
    alone = code(visit(given_drug(value, note)))
    coded = code(visit(given_drug(value, note), given_drug(value, None, start=240, id="A2")))
    jw = [sum(one.units for one in found.drug_lines if "JW" in one.modifiers) for found in (alone, coded)]
    if not (note.vials and problems(alone)):  # vials too many for one dose may be those of both
        assert jw[1] == jw[0]
        assert not any("JZ" in one.modifiers for one in coded.drug_lines)
        assert "A2" in {one.resource for one in coded.problems if one.code == "WASTE_UNDOCUMENTED"}


@given(st.integers(1, 120_000))
def test_units_given_and_discarded_are_the_whole_of_the_smallest_vials(hundredths: int) -> None:
    count = math.ceil(hundredths / 10_000)
    left = Decimal(count * 100) - Decimal(hundredths) / 100
    note = Waste(((count, Quantity(100, MG)),), Quantity(float(left), MG) if left else None, not left, "charted")
    coded = code(visit(given_drug(hundredths / 100, note)))
    assert sum(one.units for one in coded.drug_lines) == count * 10


@given(st.text(max_size=60), st.floats(0.01, 5000, allow_nan=False))
def test_no_note_makes_the_engine_fail(note: str, value: float) -> None:
    found: Any = read_waste(note + " vial wasted 5 mg")
    assert code_visits([visit(given_drug(value, found))])


def test_where_a_discarded_rest_is_less_than_a_unit_the_line_does_not_say_that_nothing_was_wasted() -> None:
    opened = ((1, Quantity(450, MG)), (1, Quantity(150, MG)))
    coded = code(visit(given_drug(560, Waste(opened, Quantity(40, MG), quote="40 mg discarded"), "Carboplatin")))
    assert lines(coded) == ["J9045 x12 JZ"]
    [line] = coded.drug_lines
    assert "no whole unit of what was opened is left for JW" in line.why and "No drug was wasted" not in line.why


def test_where_the_vials_hold_the_dose_and_no_more_the_line_says_that_nothing_was_wasted() -> None:
    [line] = code(visit(given_drug(400, "Four 100 mg vials used, no waste."))).drug_lines
    assert "No drug was wasted" in line.why
