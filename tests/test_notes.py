"""What nurses write, and the fact that it states: wordings and near misses for each fact of tables/phrases.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.model import Quantity, Waste
from smart_app.notes import merge_facts, read_facts
from smart_app.plans import planned_minutes
from smart_app.waste import read_waste
from smart_app.wordlists import table

_TABLE = tomllib.loads((Path(__file__).parent / "wordings.toml").read_text(encoding="utf-8"))
SAYS = [(fact, text) for fact, entry in _TABLE.items() for text in entry["says"]]
SAYS_NOT = [(fact, text) for fact, entry in _TABLE.items() for text in entry["says_not"]]


def names(text: str, where: str = "note") -> set[str]:
    return {fact.name for fact in read_facts(text, where)}


@pytest.mark.parametrize(("fact", "text"), SAYS)
def test_a_nurses_wording_states_the_fact(fact: str, text: str) -> None:
    assert fact in names(text)


@pytest.mark.parametrize(("fact", "text"), SAYS_NOT)
def test_a_near_miss_does_not_state_the_fact(fact: str, text: str) -> None:
    assert fact not in names(text)


def test_every_fact_of_the_table_has_five_wordings_and_near_misses() -> None:
    facts = {entry["name"] for entry in table("phrases")["fact"]}
    assert facts == set(_TABLE)
    assert all(len(entry["says"]) >= 5 and len(entry["says_not"]) >= 4 for entry in _TABLE.values())


def test_a_fact_carries_the_sentence_that_says_it() -> None:
    (fact,) = read_facts("Tolerated well. KVO at 20 mL/h. Family present.", "note")
    assert fact.quote == "KVO at 20 mL/h."


def test_an_order_is_a_wish_and_states_no_event() -> None:
    assert names("Stopped for anaphylaxis. Infuse over 30 minutes. Resumed.", "order") == set()


def test_an_order_can_say_that_a_fluid_keeps_the_vein_open() -> None:
    assert names("NS at KVO", "order") == {"keep-open"}


def test_facts_of_several_texts_keep_their_first_quote() -> None:
    merged = merge_facts(read_facts("KVO", "note"), read_facts("TKO rate", "dosage"), read_facts("New bag.", "note"))
    assert [(fact.name, fact.quote) for fact in merged] == [("keep-open", "KVO"), ("new-bag", "New bag.")]


@given(st.text(max_size=120))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_facts(text)
    read_waste(text)
    planned_minutes(text)


MG = "mg"
WASTE = {
    "Two 100 mg single-dose vials opened (200 mg). Waste: 16.28 mg discarded, witnessed.": (
        ((2, Quantity(100, MG)),),
        Quantity(16.28, MG),
        False,
    ),
    "One 20 g and one 10 g single-dose vial opened (30 g). Waste: 2 g discarded, witnessed.": (
        ((1, Quantity(20, "g")), (1, Quantity(10, "g"))),
        Quantity(2, "g"),
        False,
    ),
    "One 20 g and one 10 g vial opened (30 g)": (((1, Quantity(20, "g")), (1, Quantity(10, "g"))), None, False),
    "Four 100 mg single-dose vials used, no waste.": (((4, Quantity(100, MG)),), None, True),
    "Four 100 mg single-dose vials opened (400 mg). 4 mg residual discarded.": (
        ((4, Quantity(100, MG)),),
        Quantity(4, MG),
        False,
    ),
    "4 x 100 mg SDV": (((4, Quantity(100, MG)),), None, False),
    "2 vials of 300 mg": (((2, Quantity(300, MG)),), None, False),
    "3 vials (100 mg each) used": (((3, Quantity(100, MG)),), None, False),
    "vials: 3 x 100 mg; JW 12 mg": (((3, Quantity(100, MG)),), Quantity(12, MG), False),
    "1 vial 400 mg/20 mL opened. 35 mg discarded and witnessed": (((1, Quantity(400, MG)),), Quantity(35, MG), False),
    "used two 100-mg vials; discarded 2 g": (((2, Quantity(100, MG)),), Quantity(2, "g"), False),
    "Five 500 mcg ampules": (((5, Quantity(500, "ug")),), None, False),
    "wasted 50mg": ((), Quantity(50, MG), False),
    "50 mg wasted": ((), Quantity(50, MG), False),
    "Wastage 1,250 units": ((), Quantity(1250, "[iU]"), False),
    "no waste": ((), None, True),
    "No drug discarded": ((), None, True),
    "entire vial used": ((), None, True),
    "Waste: none": ((), None, True),
    "0 mg wasted": ((), None, True),
    "Nothing wasted": ((), None, True),
    "Full contents of the vial given": ((), None, True),
    "Waste: 0.5 mg": ((), Quantity(0.5, MG), False),
}


@pytest.mark.parametrize(("text", "expected"), WASTE.items())
def test_vials_and_waste_are_read(text: str, expected: tuple[object, ...]) -> None:
    found = read_waste(text)
    assert found is not None
    assert (found.vials, found.discarded, found.none) == expected


@pytest.mark.parametrize(
    "text",
    [
        "No waste documented",
        "Waste not recorded",
        "Lorazepam 2mg/ml injection solution 1ml vial (product)",
        "Heparin 25,000 units in D5W 250 mL",
        "waste of time",
        "Vancomycin 1 g",
        "",
        "not the entire vial used",
    ],
)
def test_what_says_nothing_of_waste_is_not_read_as_waste(text: str) -> None:
    assert read_waste(text) is None


def test_a_contradiction_about_waste_keeps_both_sides() -> None:
    found = read_waste("No waste. 10 mg discarded.")
    assert found is not None
    assert found.none
    assert found.discarded == Quantity(10, MG)


def test_two_different_discarded_amounts_are_no_amount() -> None:
    note = "50 mg from vial 1 wasted. 30 mg wasted from vial 2."
    assert read_waste(note) == Waste(quote=note, several=(Quantity(50, MG), Quantity(30, MG)))


PLANS = {
    "Vancomycin 1 g IV over 90 minutes once": 90,
    "by ambulatory pump over 46 h": 2760,
    "46 h at home": 2760,
    "continues at home 46 h": 2760,
    "Infuse over 1.5 hours": 90,
    "over 1 hr 30 min": 90,
    "over 2-5 minutes": 5,
    "disconnect scheduled in 46 h": 2760,
    "Dalbavancin 1500 mg als 30-minütige Infusion": 30,
    "Cisplatin 75mg IV über 2 Stunden": 120,
    "1000mL infused at 50ml/hour for 4 hours": None,
    "over the last 4 hours": None,
    "Observed for 60 minutes after the infusion": None,
    "every 6 hours": None,
    "2 hours ago, over": None,
    "30-min infusion": 30,
    "hand over 2 units": None,
}


@pytest.mark.parametrize(("text", "expected"), PLANS.items())
def test_a_planned_duration_is_read_and_nothing_else(text: str, expected: int | None) -> None:
    assert planned_minutes(text) == expected
