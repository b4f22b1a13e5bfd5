"""Words on vials and waste: what is read as an amount thrown away, what as kept, and what a person has to read."""

from __future__ import annotations

import pytest

from coding.model import Quantity, Waste
from smart_app.waste import read_waste

MG = "mg"


def lost(note: str) -> Quantity | None:
    found = read_waste(note)
    return found.discarded if found else None


@pytest.mark.parametrize(
    "note",
    [
        "50.0 mg discarded.",
        "Discarded drug amount: 50 milligrams",
        "Drug wastage: yes, 50 mg",
        "Remaining 50 mg discarded",
        "Remainder (50 mg) discarded",
        "Discarded remainder: 50 mg",
        "50 mg left over, wasted",
        "50 mg (5 units) JW",
        "50 mg of drug from last vial wasted",
        "350 mg given 50 mg wasted",
        "Gave 350 mg and wasted 50 mg",
        "350 mg given, 50 mg wasted",
        "Expired vial 100 mg discarded before use. 50 mg wasted.",
        "No waste witness available; 50 mg discarded.",
    ],
)
def test_an_amount_thrown_away_is_read(note: str) -> None:
    found = read_waste(note)
    assert found is not None
    assert (found.discarded, found.none, found.kept) == (Quantity(50, MG), False, False)


@pytest.mark.parametrize(
    "note",
    [
        "40-50 mg wasted",
        "40 to 50 mg wasted",
        "Waste 40-50 mg",
        "50,5 mg wasted",
        "50 mg was not discarded",
        "Did not waste 50 mg",
        "50 mg remaining in bag, discarded.",
    ],
)
def test_an_amount_that_cannot_be_read_is_none_and_keeps_its_words(note: str) -> None:
    assert read_waste(note) == Waste(quote=note, unread=True)


@pytest.mark.parametrize(
    "note",
    [
        "50 mg left over given to next patient.",
        "50 mg saved for next dose.",
        "50 mg returned to pharmacy.",
        "Saved 50 mg for next visit",
        "Vial shared between two patients",
        "Estimated waste about 50 mg.",
        "50 mg waste expected.",
        "50 mg will be wasted by pharmacy",
        "Will discard 50 mg",
    ],
)
def test_what_was_kept_or_may_yet_be_thrown_away_is_no_discarded_amount(note: str) -> None:
    assert read_waste(note) == Waste(quote=note, kept=True)


@pytest.mark.parametrize(
    "note",
    [
        "Patient returned to baseline. 50 mg wasted.",
        "400 mg infused over 2 h, patient kept for observation 30 min, 50 mg wasted",
        "Rest of infusion tolerated, patient held in chair. 50 mg wasted.",
        "50 mg wasted. One unopened vial returned to pharmacy.",
        "50 mg wasted, nothing returned to pharmacy.",
    ],
)
def test_a_patient_that_is_kept_and_a_vial_that_was_never_opened_are_no_kept_drug(note: str) -> None:
    found = read_waste(note)
    assert found is not None
    assert (found.discarded, found.kept) == (Quantity(50, MG), False)


@pytest.mark.parametrize(
    ("note", "vials"),
    [
        ("4x100mg vials", ((4, Quantity(100, MG)),)),
        ("Four (4) 100 mg vials opened", ((4, Quantity(100, MG)),)),
        ("12 100 mg vials opened", ((12, Quantity(100, MG)),)),
        ("Four 100 mg vials dispensed and used", ((4, Quantity(100, MG)),)),
        ("3.5 vials of 100 mg used", ()),
        ("1 1/2 vials of 100 mg used", ()),
        ("3½ vials of 100 mg used", ()),
        ("2-3 vials of 100 mg used", ()),
        ("2 to 3 vials of 100 mg used", ()),
        ("Four vials used", ()),
        ("Vials: 4", ()),
        ("One 100 mg vial discarded", ()),
        ("Dropped one 100 mg vial", ()),
        ("400 mg vial opened", ()),
    ],
)
def test_vials_are_whole_and_counted_and_were_given_from(note: str, vials: tuple[tuple[int, Quantity], ...]) -> None:
    found = read_waste(note)
    assert found is not None
    assert found.vials == vials and found.quote == note


@pytest.mark.parametrize(
    ("note", "amount"),
    [
        ("Four 100 mg vials dispensed", Quantity(400, MG)),
        ("Dispensed: one 20 g and one 10 g vial", Quantity(30, "g")),
        ("Pharmacy dispensed 400 mg.", Quantity(400, MG)),
    ],
)
def test_what_was_dispensed_was_not_opened(note: str, amount: Quantity) -> None:
    assert read_waste(note) == Waste(quote=note, dispensed=amount)


@pytest.mark.parametrize("note", ["No unused drug.", "Used the whole vial", "Nothing left over", "0.0 mg wasted", "JZ"])
def test_no_waste_has_several_words(note: str) -> None:
    assert read_waste(note) == Waste(quote=note, none=True)


@pytest.mark.parametrize(
    "note",
    [
        "Total amount infused 250 mL via syringe pump",
        "Full amount given by syringe",
        "Entire contents of the bag infused, vial lot 12",
        "JZ not applicable",
        "No waste noted at this time",
        "No waste expected",
        "Total vials used: 4",
    ],
)
def test_words_that_sound_like_no_waste_are_none(note: str) -> None:
    found = read_waste(note)
    assert found is None or not found.none


@pytest.mark.parametrize(
    "note",
    [
        "Opened a 20 mL multi-dose vial",
        "From a 10,000 units/10 mL multi-dose vial.",
        "Vial: multidose",
        "Taken from MDV",
        "10,000 unit multi-dose vial; remainder discarded.",
    ],
)
def test_a_multi_dose_container_is_told_by_its_name_alone(note: str) -> None:
    found = read_waste(note)
    assert found is not None and found.multi_dose


@pytest.mark.parametrize("note", ["Not a multi-dose vial; no waste", "Multiple dose adjustments, no waste"])
def test_other_words_are_no_multi_dose_container(note: str) -> None:
    found = read_waste(note)
    assert found is not None and not found.multi_dose and found.none


@pytest.mark.parametrize(
    "note",
    [
        "Waste amount: ___",
        "Waste: see pharmacy log",
        "Waste (Y/N): N",
        "Residual 4 mg",
        "50 mg left over",
        "no significant waste",
    ],
)
def test_words_on_waste_that_name_nothing_to_count_are_kept_as_a_quote(note: str) -> None:
    assert read_waste(note) == Waste(quote=note)


@pytest.mark.parametrize(
    "note", ["Discarded 50 mL of priming saline", "Wasted first 5 mL from port", "10 mL blood wasted before lab draw"]
)
def test_a_volume_of_another_fluid_is_no_drug(note: str) -> None:
    assert lost(note) is None
    found = read_waste(f"{note}. No waste.")
    assert found is not None and found.none and not found.unread


def test_a_volume_of_the_bag_is_not_one_of_the_vial() -> None:
    assert lost("Bag: 50 mL discarded") == Quantity(50, "mL from the bag")
    assert lost("5 mL discarded") == Quantity(5, "mL")


@pytest.mark.parametrize(
    "note", ["Waste policy reviewed", "Discard date 2026-11-11", "Muscle wasting", "Waste bag changed"]
)
def test_waste_of_something_else_is_not_read(note: str) -> None:
    assert read_waste(note) is None


@pytest.mark.parametrize("note", ["vial " + "1 1 mg " * 500, "vial " + "1x1 mg and " * 500, "vial " + "1" * 4000])
def test_a_hostile_note_is_read_without_looking_at_every_way_to_split_it(note: str) -> None:
    assert read_waste(note) is None


@pytest.mark.parametrize(
    "note", ["Four vials used, 50 mg wasted", "4 vials (50 mg wasted)", "Two vials 50 mg discarded"]
)
def test_an_amount_after_the_vials_is_no_size_of_theirs_if_it_was_thrown_away(note: str) -> None:
    assert read_waste(note) == Waste(discarded=Quantity(50, MG), quote=note)
