"""The dose behind a drug line: strengths and volumes, bags and rate steps, figures that do not agree, and drugs without a line.

What is not proved is never billed unasked, and what is not billed is never left unsaid.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding import code_visits
from coding.model import Coded
from coding.ndc import NO_CROSSWALK, Crosswalk, read_crosswalk
from coding.policy import policy_for
from smart_app.chart import read_resources
from smart_app.dose_words import read_dose_words
from tests.chart_parts import Json
from tests.chart_parts import dose as administration
from tests.chart_parts import visit as encounter

IV = {"text": "Intravenous"}
NDC = "http://hl7.org/fhir/sid/ndc"
LOADED = read_crosswalk(
    (
        "Code,Short Description,LABELER NAME,NDC,Drug Name,HCPCS dosage,PKG SIZE,PKG QTY,BILLUNITS,BILLUNITSPKG\n"
        "J1745,Made up,Made-up Labs,00001-0030-01,Remicade,10 MG,1,1,10,10\n"
        "J9075,Made up,Made-up Labs,00005-0030-01,Cyclophosphamide,5 MG,1,1,100,100\n"
    ).splitlines(keepends=True),
    "crosswalk.csv",
)


def quantity(said: str) -> Json:
    """An amount as a person writes it: "250 mL"."""
    number, _, unit = said.partition(" ")
    return {"value": float(number), "unit": unit}


def ingredient(said: str) -> Json:
    """ "Infliximab: 10 mg/1 mL" or "Saline"."""
    name, _, strength = said.partition(": ")
    found: Json = {"itemCodeableConcept": {"text": name}}
    if strength:
        top, _, below = strength.partition("/")
        found["strength"] = {"numerator": quantity(top), "denominator": quantity(below)}
    return found


def given_(
    what: str | Sequence[str], dose: str = "", id: str = "a", at: tuple[str, str] = ("09:00", "10:00"), **more: Any
) -> Json:
    """An infusion of a name, or of the ingredients of a bag. note, text, rate, order, how, codes: as charted."""
    how = more.pop("how", "IV infusion")
    dosage: Json = {"route": IV, "method": {"text": how}}
    if dose:
        dosage["dose"] = quantity(dose)
    if "text" in more:
        dosage["text"] = more.pop("text")
    if "rate" in more:
        dosage["rateQuantity"] = quantity(more.pop("rate"))
    if "note" in more:
        more["note"] = [{"text": more["note"]}]
    if "order" in more:
        more["request"] = {"reference": f"MedicationRequest/{more.pop('order')}"}
    concept: Json | None = {"text": what} if isinstance(what, str) else None
    if "codes" in more:
        concept = {"coding": [{"system": NDC, "code": more.pop("codes")}], **({"text": what} if what else {})}
    if concept is None:
        more["contained"] = [{"resourceType": "Medication", "id": "m", "ingredient": [ingredient(one) for one in what]}]
        more["medicationReference"] = {"reference": "#m"}
    period = {"start": f"2026-06-01T{at[0]}:00Z", "end": f"2026-06-01T{at[1]}:00Z"}
    return administration(id, medicationCodeableConcept=concept, dosage=dosage, effectivePeriod=period, **more)


def order(drug: str, dose: str, id: str = "o", **more: Any) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": id,
        "status": "completed",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {"text": drug},
        "dosageInstruction": [{"doseAndRate": [{"doseQuantity": quantity(dose)}]}],
        **more,
    }


def code(*resources: Json, crosswalk: Crosswalk = NO_CROSSWALK) -> Coded:
    chart = read_resources([encounter(), *resources])
    (coded,) = code_visits(chart.encounters, policy_for(), crosswalk=crosswalk)
    return coded


def lines(coded: Coded) -> list[str]:
    return [f"{line.code} x{line.units}" for line in coded.drug_lines if "JW" not in line.modifiers]


def asked(coded: Coded, kind: str) -> str:
    """What the problems of a kind say, "" where there is none."""
    return " ".join(one.says for one in coded.problems if one.code == kind)


# Strengths and volumes


@pytest.mark.parametrize(
    ("what", "dose", "expected"),
    [
        (["Infliximab: 10 mg/1 mL"], "40 mL", ["J1745 x40"]),
        (["Infliximab: 400 mg/250 mL", "Sodium chloride 0.9%"], "250 mL", ["J1745 x40"]),
        (["Infliximab: 400 mg/250 mL", "Sodium chloride 0.9%"], "125 mL", ["J1745 x20"]),
        (["Infliximab: 400 mg/0.25 L"], "125 mL", ["J1745 x20"]),
        (["Infliximab: 400 mg/250 mL"], "0.125 L", ["J1745 x20"]),
        (["Potassium chloride: 20 mEq/1 L"], "500 mL", ["J3480 x5"]),
        (["Dexamethasone: 10 mg/50 mL", "Ondansetron: 16 mg/50 mL"], "25 mL", ["J1100 x5", "J2405 x8"]),
        (["Potassium chloride: 20 mEq/50 mL", "Dexamethasone: 10 mg/50 mL"], "5 mg", ["J1100 x5", "J3480 x5"]),
        ("Levofloxacin 750 mg/150 mL in dextrose 5%", "150 mL", ["J1956 x3"]),
        ("Infliximab 10 mg/mL", "40 mL", ["J1745 x40"]),
    ],
)
def test_a_volume_counts_by_the_strength_of_what_was_given(what: Any, dose: str, expected: list[str]) -> None:
    assert lines(code(given_(what, dose))) == expected


@pytest.mark.parametrize(
    ("what", "dose", "figures"),
    [
        (["Infliximab: 10 mg/1 mL", "Sodium chloride 0.9%"], "250 mL", ("10 mg/mL", "250 mL")),
        (["Cyclophosphamide: 20 mg/1 mL", "Sodium chloride 0.9%"], "250 mL", ("20 mg/mL", "250 mL")),
        (["Infliximab: 100 mg/10 mL", "Sodium chloride 0.9%"], "250 mL", ("100 mg/10 mL", "250 mL")),
        ("Infliximab 10 mg/mL in sodium chloride 0.9% 250 mL", "250 mL", ("10 mg/mL", "250 mL")),
        ("Infliximab 100 mg/10 mL in sodium chloride 0.9% 250 mL", "250 mL", ("100 mg/10 mL", "250 mL")),
        (["Infliximab: 10 mg/1 mL"], "", ("10 mg/mL",)),
        (["Infliximab: 100 mg/1 vial"], "", ("100 mg/vial",)),
        ("Infliximab", "0 mg", ("0 mg",)),
        ("Carboplatin", "5 AUC", ("5 AUC",)),
    ],
)
def test_what_a_vial_holds_is_no_dose_and_the_question_names_the_figures(
    what: Any, dose: str, figures: tuple[str, ...]
) -> None:
    coded = code(given_(what, dose))
    assert lines(coded) == []
    assert all(figure in asked(coded, "DOSE_MISSING") for figure in figures)


def test_of_two_drugs_in_a_bag_both_are_asked_for_where_their_strengths_are_those_of_vials() -> None:
    coded = code(
        given_(["Dexamethasone: 4 mg/1 mL", "Ondansetron: 2 mg/1 mL", "Sodium chloride 0.9%"], "50 mL", how="IVPB")
    )
    assert lines(coded) == []
    assert "dexamethasone" in asked(coded, "DOSE_MISSING") and "ondansetron" in asked(coded, "DOSE_MISSING")


def test_a_dose_in_vials_is_said_to_be_in_vials() -> None:
    coded = code(given_("Infliximab 100 mg", "4 vial"))
    assert lines(coded) == [] and "in vials" in asked(coded, "DOSE_UNIT_UNKNOWN")


def test_a_millimole_of_potassium_is_a_milliequivalent() -> None:
    assert lines(code(given_("Potassium chloride", "20 mmol"))) == ["J3480 x10"]
    coded = code(given_("Magnesium sulfate", "20 mmol"))
    assert lines(coded) == [] and asked(coded, "DOSE_UNIT_UNKNOWN")


@given(st.integers(1, 500), st.integers(1, 1000), st.integers(1, 1000))
def test_beside_a_diluent_no_volume_gives_more_drug_than_the_strength_names(top: int, below: int, volume: int) -> None:
    bag = [f"Ocrelizumab: {top} mg/{below} mL", "Sodium chloride 0.9%"]
    units = [line.units for line in code(given_(bag, f"{volume} mL")).drug_lines]
    assert sum(units) <= top


# Bags and rate steps

TIMES = (("09:00", "10:00"), ("10:00", "11:00"), ("11:00", "12:00"), ("12:00", "13:00"))


def rows(drug: str, doses: Sequence[str], notes: Sequence[str] = (), **more: Any) -> list[Json]:
    found = []
    for place, dose in enumerate(doses):
        note = {"note": notes[place]} if notes else {}
        found.append(given_(drug, dose, f"a{place}", TIMES[place], order="o", **note, **more))
    return found


@pytest.mark.parametrize(
    ("doses", "ordered", "notes", "expected"),
    [
        (["20 g"] * 4, "80 g", (), "J1459 x160"),
        (["20 g", "20 g", "10 g"], "50 g", (), "J1459 x100"),
        (["80 g"] * 4, "80 g", (), "J1459 x160"),
        (["10 g"] * 4, "", tuple(f"Bottle {number} of 4." for number in range(1, 5)), "J1459 x80"),
        (["10 g"] * 4, "", ("Bag 1 of 2.", "Bag 1 of 2, rate up.", "Bag 2 of 2.", "Bag 2 of 2, rate up."), "J1459 x40"),
        (["10 g", "10 g"], "", ("", "New bag hung."), "J1459 x40"),
    ],
)
def test_equal_doses_are_bags_or_steps_as_the_order_and_the_notes_prove(
    doses: list[str], ordered: str, notes: tuple[str, ...], expected: str
) -> None:
    request = order("Privigen", ordered) if ordered else order("Privigen", "1 {dose}")
    coded = code(request, *rows("Privigen", doses, notes))
    assert lines(coded) == [expected] and not asked(coded, "BAGS_OR_STEPS")


def test_the_amount_in_the_name_of_all_bags_proves_bags() -> None:
    coded = code(order("Privigen", "1 {dose}"), *rows("Privigen 10% 40 g", ["10 g"] * 4))
    assert lines(coded) == ["J1459 x80"] and not asked(coded, "BAGS_OR_STEPS")


def test_where_nothing_tells_bags_from_steps_the_lower_is_billed_and_both_totals_are_asked() -> None:
    coded = code(order("Privigen", "1 {dose}"), *rows("Privigen", ["20 g"] * 4))
    assert lines(coded) == ["J1459 x40"]
    assert "20000 mg if they are steps" in asked(coded, "BAGS_OR_STEPS")
    assert "80000 mg if they are bags" in asked(coded, "BAGS_OR_STEPS")


def test_the_same_note_on_each_of_several_bags_means_each_bag() -> None:
    notes = ["One 10 g single-dose vial, no waste."] * 4
    coded = code(order("Privigen", "40 g"), *rows("Privigen", ["10 g"] * 4, notes))
    assert [(line.units, line.modifiers) for line in coded.drug_lines] == [(80, ("JZ",))]


# Figures that do not agree


@pytest.mark.parametrize(
    ("what", "dose", "more", "named"),
    [
        ("Infliximab", "400 mg", {"text": "300 mg IV over 2 h"}, ("400 mg", "300 mg")),
        ("Infliximab", "400 mg", {"note": "Dose held after 200 mg; 200 mg infused in total."}, ("400 mg", "200 mg")),
        ("Infliximab 300 mg in sodium chloride 0.9% 250 mL", "400 mg", {}, ("400 mg", "300 mg")),
        ("Infliximab 400 mg", "400 mcg", {}, ("400 ug", "400 mg")),
    ],
)
def test_two_figures_for_one_dose_are_asked_about_by_both(
    what: str, dose: str, more: dict[str, str], named: tuple[str, ...]
) -> None:
    says = asked(code(given_(what, dose, **more)), "DOSE_CONTRADICTION")
    assert all(figure in says for figure in named)


@pytest.mark.parametrize(
    ("what", "dose", "more"),
    [
        ("Infliximab 100 mg vial", "400 mg", {}),
        ("Methylprednisolone sodium succinate 1,000 mg", "1 g", {}),
        ("Infliximab", "400 mg", {"text": "400 mg IV over 2 h"}),
        ("Oxaliplatin", "85.3 mg", {"text": "85 mg IV"}),
        ("Infliximab", "400 mg", {"note": "Benadryl 25 mg given before."}),
        ("Infliximab", "400 mg", {"note": "First 50 mg given slowly."}),
        ("Infliximab 400 mg in sodium chloride 0.9% 250 mL", "350 mg", {}),
    ],
)
def test_a_vial_a_rounding_and_another_drug_contradict_no_dose(what: str, dose: str, more: dict[str, str]) -> None:
    assert not asked(code(given_(what, dose, **more)), "DOSE_CONTRADICTION")


def test_two_strengths_for_one_volume_are_asked_about_and_not_billed() -> None:
    bag = given_(["Infliximab: 10 mg/1 mL"], "20 mL")
    bag["contained"][0]["code"] = {"text": "Infliximab 20 mg/mL"}
    coded = code(bag)
    assert lines(coded) == []
    assert "400 mg" in asked(coded, "DOSE_CONTRADICTION") and "200 mg" in asked(coded, "DOSE_CONTRADICTION")


@pytest.mark.parametrize(("dose", "far"), [("4000 mg", True), ("200 mg", True), ("500 mg", False), ("400 mg", False)])
def test_a_dose_is_asked_about_that_is_twice_its_order_or_half(dose: str, far: bool) -> None:
    coded = code(order("Infliximab", "400 mg"), given_("Infliximab", dose, order="o"))
    assert bool(asked(coded, "DOSE_CONTRADICTION")) is far
    assert len(coded.drug_lines) == 1


def test_parts_that_together_are_the_ordered_dose_are_not_asked_about() -> None:
    parts = [
        given_("Morphine", "2 mg", f"a{at}", (f"{at}:00", f"{at}:00"), order="o", how="IV push") for at in (10, 14)
    ]
    assert not asked(code(order("Morphine", "4 mg"), *parts), "DOSE_CONTRADICTION")


@pytest.mark.parametrize(("what", "dose"), [("Infliximab", "1000000000 mg"), ("Vancomycin", "5 kg")])
def test_a_dose_beyond_anything_given_has_no_line(what: str, dose: str) -> None:
    coded = code(given_(what, dose))
    assert lines(coded) == [] and asked(coded, "DOSE_IMPLAUSIBLE")


# Broken off


@pytest.mark.parametrize(
    "more", [{"status": "stopped"}, {"note": "Stopped early for a reaction."}], ids=["by its status", "in words"]
)
def test_the_dose_of_an_infusion_that_was_stopped_early_is_asked_for(more: dict[str, str]) -> None:
    coded = code(order("Infliximab", "400 mg"), given_("Infliximab", "400 mg", order="o", **more))
    assert lines(coded) == [] and "400 mg" in asked(coded, "DOSE_STOPPED")


@pytest.mark.parametrize(
    ("what", "dose", "more", "expected"),
    [
        ("Infliximab", "240 mg", {"order": "o"}, "J1745 x24"),
        ("Infliximab", "240 mg", {"note": "240 mg infused."}, "J1745 x24"),
        (["Infliximab: 400 mg/250 mL", "Sodium chloride 0.9%"], "150 mL", {}, "J1745 x24"),
    ],
)
def test_a_stopped_infusion_whose_chart_shows_the_part_that_went_in_is_billed_for_it(
    what: Any, dose: str, more: dict[str, str], expected: str
) -> None:
    coded = code(order("Infliximab", "400 mg"), given_(what, dose, status="stopped", **more))
    assert lines(coded) == [expected] and not asked(coded, "DOSE_STOPPED")


def test_an_infusion_that_was_stopped_and_went_on_to_its_end_is_billed_whole() -> None:
    coded = code(
        order("Infliximab", "400 mg"),
        given_("Infliximab", "400 mg", "a", TIMES[0], order="o", status="stopped"),
        given_("Infliximab", "400 mg", "b", ("10:30", "11:30"), order="o", note="Resumed."),
    )
    assert lines(coded) == ["J1745 x40"] and not asked(coded, "DOSE_STOPPED")


# Electrolytes in a fluid

SALINE = "Sodium chloride 0.9%"


def test_potassium_in_a_fluid_that_is_no_hydration_has_its_line() -> None:
    coded = code(given_([f"{SALINE}", "Potassium chloride: 40 mEq/1000 mL"], "1000 mL"))
    assert coded.lines == () and lines(coded) == ["J3480 x20"]
    assert "a" in {one.resource for one in coded.not_billed}


def test_potassium_in_a_fluid_that_hydrates_has_its_line_too() -> None:
    reason = {"reasonCode": [{"text": "Dehydration"}]}
    coded = code(given_([f"{SALINE}", "Potassium chloride: 20 mEq/1000 mL"], "1000 mL", **reason))
    assert "96360" in {line.code for line in coded.lines} and lines(coded) == ["J3480 x10"]


def test_a_charted_dose_in_milliequivalents_is_that_of_the_electrolyte() -> None:
    reason = {"reasonCode": [{"text": "Hypokalemia"}]}
    coded = code(given_(f"Potassium chloride 40 mEq in {SALINE} 500 mL", "40 mEq", **reason))
    assert lines(coded) == ["J3480 x20"]


@pytest.mark.parametrize(
    ("what", "dose"),
    [
        (f"Potassium chloride 20 mEq/L in {SALINE}", "1000 mL"),
        (f"Potassium chloride 40 mEq in {SALINE} 500 mL premix", "40 mEq"),
    ],
)
def test_an_electrolyte_that_may_have_come_in_the_bag_is_asked_about(what: str, dose: str) -> None:
    coded = code(given_(what, dose, at=("09:00", "13:00"), reasonCode=[{"text": "Dehydration"}]))
    assert lines(coded) == [] and "otassium chloride" in asked(coded, "ELECTROLYTE_IN_FLUID")


@pytest.mark.parametrize("more", [{"status": "not-done"}, {"status": "entered-in-error"}, {"note": "Patient refused."}])
def test_a_fluid_that_was_not_given_gives_no_potassium(more: dict[str, str]) -> None:
    bag = given_([SALINE, "Potassium chloride: 40 mEq/1000 mL"], "1000 mL", **more)
    if "note" in more:
        del bag["effectivePeriod"]["end"]
    assert lines(code(bag)) == []


# Whose drug, which code


@pytest.mark.parametrize(
    "note",
    [
        "Patient brought own drug (white bagged).",
        "Free sample vials used.",
        "Drug supplied by specialty pharmacy.",
        "Study drug given per protocol.",
        "Patient's own medication used.",
        "Drug brought in from patient's specialty pharmacy (white bag); not purchased by practice",
        "Not purchased by practice.",
        "Not purchased by practice, white bag",
        "White bag.",
        "brown bag",
        "Delivered by Accredo; do not bill the drug.",
        "Do not bill for the drug.",
        "Drug brought in by patient.",
        "Medication supplied by patient, consent signed.",
        "Received from CVS Specialty.",
        "Sample given.",
        "No charge for the drug, white bagged.",
    ],
)
def test_a_drug_that_was_not_bought_here_is_asked_about_and_not_billed(note: str) -> None:
    coded = code(given_("Infliximab", "400 mg", note=note))
    assert lines(coded) == [] and note[:10] in asked(coded, "DRUG_SUPPLY")
    assert "96365" in {line.code for line in coded.lines}


@pytest.mark.parametrize(
    "note",
    [
        "Not the patient's own drug.",
        "Blood sample drawn before.",
        "Bag hung on a white pole.",
        "Patient provided with education on the drug.",
        "Own medication list reviewed.",
        "Sleep study last week.",
        "Patient brought in by wheelchair.",
        "Brought in by family.",
        "Blood sample given.",
        "Blood sample taken.",
        "Blood culture sample given.",
        "Sample collected.",
        "Sample given to lab.",
        "No samples given.",
        "Covered with a brown bag.",
        "Brown bag over the tubing.",
        "Drug delivered by infusion pump.",
        "Dose delivered by home infusion pump.",
        "Home meds brought in by patient.",
        "Medication list brought in by patient.",
        "Received call from specialty pharmacy.",
        "Drug was not brought in by patient.",
        "Purchased by practice.",
        "Patient was not charged for parking.",
    ],
)
def test_words_that_are_near_say_nothing_of_whose_drug_it_was(note: str) -> None:
    assert "own-supply" not in {fact.name for fact in read_dose_words(note, "", "Infliximab")}


def test_drugs_without_a_code_are_told_once_for_the_visit() -> None:
    coded = code(
        given_("Folic acid", "1 mg", "a", TIMES[0]),
        given_("Phenytoin", "1 g", "b", TIMES[1]),
        given_("Triamcinolone acetonide", "", "c", TIMES[2]),
    )
    told = [one for one in coded.problems if one.code == "HCPCS_UNKNOWN"]
    assert len(told) == 1 and told[0].severity == "tells"
    assert all(name in told[0].says for name in ("folic acid", "phenytoin", "triamcinolone"))


def test_an_unknown_drug_is_told_by_its_own_question_alone() -> None:
    coded = code(given_("Unlistedmab", "100 mg"))
    assert "no drug line" in asked(coded, "DRUG_UNKNOWN") and not asked(coded, "HCPCS_UNKNOWN")


def test_the_code_of_a_plain_fluid_is_shown_as_weighed() -> None:
    coded = code(given_(SALINE, "1000 mL", reasonCode=[{"text": "Dehydration"}]))
    assert lines(coded) == [] and "J7030" in {one.code for one in coded.considered}


def test_codes_of_single_makers_are_shown_as_weighed_and_a_named_maker_is_asked_about() -> None:
    coded = code(given_("Cyclophosphamide", "1000 mg"))
    assert lines(coded) == ["J9075 x200"] and "J9071" in {one.code for one in coded.considered}
    named = code(given_("Acetaminophen (B. Braun)", "1000 mg"))
    assert (
        lines(named) == [] and "J0136" in asked(named, "HCPCS_SEVERAL") and "B. Braun" in asked(named, "HCPCS_SEVERAL")
    )


def test_another_salt_is_not_billed_as_the_salt_of_the_code() -> None:
    coded = code(given_("Dexamethasone acetate", "8 mg"))
    assert lines(coded) == [] and "dexamethasone acetate" in asked(coded, "HCPCS_NOT_ON_DATE")
    assert "Dexamethasone acetate" in asked(coded, "DIAGNOSIS_MISSING")
    assert lines(code(given_("Dexamethasone sodium phosphate", "8 mg"))) == ["J1100 x8"]


# By nothing but an NDC


@pytest.mark.parametrize("text", ["", "00005-0030-01"])
def test_a_drug_named_by_its_ndc_alone_is_known_by_the_crosswalk_before_its_family_is_chosen(text: str) -> None:
    coded = code(given_(text, "1000 mg", codes="00005-0030-01"), crosswalk=LOADED)
    assert lines(coded) == ["J9075 x200"]
    assert {line.code for line in coded.lines} == {"96413"} and not asked(coded, "DRUG_UNKNOWN")


def test_without_a_crosswalk_the_ndc_alone_is_a_question() -> None:
    coded = code(given_("", "1000 mg", codes="00005-0030-01"))
    assert lines(coded) == [] and asked(coded, "DRUG_UNKNOWN")


def test_an_unknown_name_beside_an_ndc_is_not_replaced_by_the_crosswalk() -> None:
    coded = code(given_("Unlistedmab", "400 mg", codes="00001-0030-01"), crosswalk=LOADED)
    assert lines(coded) == [] and asked(coded, "DRUG_UNKNOWN") and "Remicade" in asked(coded, "NDC_CONFLICT")
