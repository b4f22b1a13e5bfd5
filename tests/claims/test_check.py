"""Each error of a claim, in a chart in which it is found and in one in which it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from coding import Encounter, code, policy_for
from coding.billed import ASK, NOTE, WRONG, Finding
from coding.check import check, corrected_claim, held, placed
from coding.check_words import to_do
from coding.limits import read_cms
from coding.model import Condition, Procedure, Quantity, Waste
from tests.charts import fluid, infusion, moment, push, visit
from tests.claims.made import billed, dosed, findings, infliximab, kinds, written

DRUG = "J1745-JZ x40"
TWO_DRUGS = visit(infusion("A1", "Vancomycin", 0, 90), infusion("A2", "Ceftriaxone", 95, 125))
NEEDED_SITE = visit(
    infusion("A1", "Vancomycin", 0, 90),
    infusion("A2", "Phenytoin", 10, 40, "R hand PIV", ("second-site-needed",)),
)
UNEXPLAINED_SITE = visit(infusion("A1", "Vancomycin", 0, 90), infusion("A2", "Phenytoin", 10, 40, "R hand PIV"))
DRUG_AND_FLUID = visit(infusion("A1", "Vancomycin", 0, 60), fluid("F1", 0, 180))
MORPHINE = visit(push("A1", "Morphine", 0), push("A2", "Morphine", 20), push("A3", "Morphine", 60))
THREE_BAGS = visit(
    infusion("A1", "Oxaliplatin", 0, 120),
    infusion("A2", "Leucovorin", 0, 120),
    infusion("A3", "Magnesium sulfate", 0, 110),
)


def only(found: tuple[Finding, ...]) -> Finding:
    [one] = found
    return one


def test_a_claim_that_bills_what_is_charted_has_no_finding() -> None:
    assert findings(infliximab(), "96365", "96366", DRUG) == ()


def test_a_line_may_be_split_or_joined_as_long_as_the_units_agree() -> None:
    assert findings(infliximab(223), "96365", "96366", "96366 x2", DRUG) == ()
    assert findings(THREE_BAGS, "96413", "96415", "96368") == ()


def test_hours_that_were_charted_and_not_billed_are_found_with_their_minutes() -> None:
    one = only(findings(infliximab(223), "96365", "96366", DRUG))
    assert (one.kind, one.severity, one.minutes, one.administrations) == ("under-billed-hours", WRONG, 223, ("A1",))
    assert written(one.corrected) == ["96366 x3"] and one.billed == ("line 2",)
    assert "223 minutes (09:00 to 12:43)" in one.says


def test_a_first_hour_alone_for_a_long_infusion_is_the_same_finding() -> None:
    one = only(findings(infliximab(223), "96365", DRUG))
    assert one.kind == "under-billed-hours" and written(one.corrected) == ["96366 x3"]


@pytest.mark.parametrize(
    ("chart", "lines", "missing"),
    [
        (visit(infusion("A1", "Paclitaxel", 0, 200)), ("96413",), "96415 x2"),
        (DRUG_AND_FLUID, ("96365", "96361"), "96361 x2"),
    ],
)
def test_hours_of_chemo_and_of_hydration_are_counted_alike(
    chart: Encounter, lines: tuple[str, ...], missing: str
) -> None:
    one = only(findings(chart, *lines))
    assert one.kind == "under-billed-hours" and written(one.corrected) == [missing]


def test_more_hours_than_the_minutes_earn_are_found() -> None:
    one = only(findings(infliximab(127), "96365", "96366 x3", DRUG))
    assert (one.kind, one.severity, one.minutes) == ("over-billed-units", WRONG, 127)
    assert written(one.corrected) == ["96366"] and "151 would earn one more" in one.says


def test_two_initial_codes_on_one_site_are_found_and_the_second_becomes_the_next_drug() -> None:
    one = only(findings(TWO_DRUGS, "96365", "96365"))
    assert one.kind == "two-initials" and one.billed == ("line 2",) and written(one.corrected) == ["96367"]
    assert one.administrations == ("A2",) and one.minutes == 30


def test_an_initial_push_beside_an_initial_infusion_is_one_initial_too_many() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, 60), push("A2", "Ondansetron", 5))
    one = only(findings(chart, "96365", "96374"))
    assert one.kind == "two-initials" and one.billed == ("line 2",) and written(one.corrected) == ["96375"]


def test_two_initial_codes_at_two_needed_sites_are_right_with_their_modifier() -> None:
    assert findings(NEEDED_SITE, "96365", "96365-59") == ()
    assert findings(NEEDED_SITE, "96365", "96365-XS") == ()


def test_the_second_initial_of_a_needed_site_lacks_its_modifier() -> None:
    one = only(findings(NEEDED_SITE, "96365", "96365"))
    assert one.kind == "modifier-59-missing" and written(one.corrected) == ["96365-59"]
    assert "second initial at a second site" in one.says


def test_modifier_59_does_not_make_a_second_initial_right() -> None:
    one = only(findings(TWO_DRUGS, "96365", "96365-59"))
    assert (one.kind, one.severity) == ("modifier-59-unsupported", WRONG) and written(one.corrected) == ["96367"]


def test_a_second_site_without_a_charted_reason_is_asked_for() -> None:
    one = only(findings(UNEXPLAINED_SITE, "96365", "96365-59"))
    assert (one.kind, one.severity) == ("modifier-59-unsupported", ASK) and "why a second site" in one.says


def test_modifier_59_on_an_added_code_is_a_question_about_an_edit_pair() -> None:
    one = only(findings(TWO_DRUGS, "96365", "96367-59"))
    assert (one.kind, one.severity) == ("modifier-59-unsupported", ASK) and written(one.corrected) == ["96367"]


@pytest.mark.parametrize("modifier", ["25", "50", "51", "LT", "JZ"])
def test_a_modifier_that_never_belongs_on_an_administration_is_found(modifier: str) -> None:
    one = only(findings(TWO_DRUGS, f"96365-{modifier}", "96367"))
    assert one.kind == "modifier-misplaced" and written(one.corrected) == ["96365"]


def test_modifiers_of_payment_and_place_are_carried_along() -> None:
    assert findings(TWO_DRUGS, "96365-PO", "96367-PO") == ()
    one = only(findings(infliximab(223), "96365-PO", "96366-PO", "J1745-JZ-TB x40"))
    assert written(one.corrected) == ["96366-PO x3"]


def test_an_added_code_alone_is_found_and_its_primary_comes_from_the_chart() -> None:
    one = only(findings(infliximab(), "96366", DRUG))
    assert one.kind == "add-on-without-primary" and written(one.corrected) == ["96365", "96366"]
    assert "96365, 96367" in one.says


def test_an_added_code_beside_its_primary_is_no_finding() -> None:
    assert "add-on-without-primary" not in kinds(findings(infliximab(223), "96365", "96366", DRUG))


def test_chemo_codes_for_an_antibody_given_for_crohns_disease_are_one_finding() -> None:
    one = only(findings(infliximab(), "96413", "96415", DRUG))
    assert one.kind == "family-flip" and one.billed == ("line 1", "line 2")
    assert written(one.corrected) == ["96365", "96366"] and one.minutes == 127
    assert "K50.90" in one.says and "The Medicare profile would put it on the family that was billed" in one.says
    assert "chemo.profile" in one.rules


def test_the_same_claim_is_right_under_the_other_profile() -> None:
    assert findings(infliximab(), "96413", "96415", DRUG, payer="medicare") == ()
    one = only(findings(infliximab(), "96365", "96366", DRUG, payer="medicare"))
    assert one.kind == "family-flip" and "The commercial profile would put it on" in one.says


def test_a_flipped_ladder_with_wrong_hours_is_still_one_finding() -> None:
    one = only(findings(infliximab(223), "96413", "96415", DRUG))
    assert one.kind == "family-flip" and written(one.corrected) == ["96365", "96366 x3"]


def test_the_therapeutic_code_for_an_antineoplastic_is_found() -> None:
    chart = visit(infusion("A1", "Carboplatin", 0, 60), infusion("A2", "Fosaprepitant", 70, 100))
    one = only(findings(chart, "96365", "96367"))
    assert one.kind == "family-flip" and one.severity == WRONG and written(one.corrected) == ["96413"]
    assert "whatever the indication" in one.says


def test_rituximab_is_judged_by_its_indication_and_asked_for_without_one() -> None:
    row = infusion("A1", "Rituximab", 0, 223)
    lymphoma = visit(row._replace(reasons=("C83.30",)))
    arthritis = visit(row._replace(reasons=("M05.79",)))
    lines = ("96413", "96415 x3")
    assert findings(lymphoma, *lines) == ()
    assert (only(findings(arthritis, *lines)).kind, only(findings(arthritis, *lines)).severity) == (
        "family-flip",
        WRONG,
    )
    one = only(findings(visit(row), *lines))
    assert (one.kind, one.severity) == ("family-flip", ASK) and "neoplasm" in one.says


def test_chemo_codes_that_charted_complexity_would_support_are_a_question() -> None:
    chart = visit(infusion("A1", "Ocrelizumab", 0, 223))
    one = only(findings(chart, "96413", "96415 x3", payer="medicare"))
    assert (one.kind, one.severity) == ("family-flip", ASK) and "complexity" in one.says
    assert findings(chart, "96413", "96415 x3", payer="medicare", complexity_documented="yes") == ()


def test_hydration_as_initial_beside_a_drug_becomes_the_further_hour() -> None:
    one = only(findings(DRUG_AND_FLUID, "96365", "96360", "96361"))
    assert one.kind == "bundled-hydration" and one.billed == ("line 2", "line 3")
    assert written(one.corrected) == ["96361 x2"] and one.minutes == 120
    assert findings(DRUG_AND_FLUID, "96365", "96361 x2") == ()


def test_hydration_alone_is_rightly_initial() -> None:
    assert findings(visit(fluid("F1", 0, 91)), "96360", "96361") == ()


def test_thirty_minutes_of_fluid_are_no_hydration() -> None:
    one = only(findings(visit(fluid("F1", 0, 30)), "96360"))
    assert (one.kind, one.minutes) == ("hydration-not-countable", 30) and one.corrected == ()
    assert findings(visit(fluid("F1", 0, 31)), "96360") == ()


def test_fluid_beside_a_drug_counts_for_nothing() -> None:
    one = only(findings(visit(infusion("A1", "Vancomycin", 0, 90), fluid("F1", 0, 80)), "96365", "96361"))
    assert one.kind == "hydration-not-countable" and "80 minutes of fluid ran beside a drug" in one.says
    assert one.administrations == ("F1",)


@pytest.mark.parametrize("lines", [("96368 x2",), ("96368", "96368")])
def test_simultaneous_infusions_are_billed_once_a_day(lines: tuple[str, ...]) -> None:
    one = only(findings(THREE_BAGS, "96413", "96415", *lines))
    assert one.kind == "concurrent-twice" and "Leucovorin" in one.says


def test_a_repeat_push_has_no_code_in_an_office() -> None:
    one = only(findings(MORPHINE, "96374", "96376", setting="professional"))
    assert one.kind == "repeat-push-in-office" and one.corrected == ()
    assert findings(MORPHINE, "96374", "96376") == ()


def test_a_repeat_push_inside_the_window_is_one_too_many() -> None:
    one = only(findings(MORPHINE, "96374", "96376 x2"))
    assert one.kind == "repeat-push-inside-window" and written(one.corrected) == ["96376"]
    assert "20 minutes after" in one.says and "A2" in one.administrations


def test_fifteen_minutes_billed_as_an_infusion_are_a_push() -> None:
    one = only(findings(visit(infusion("A1", "Ceftriaxone", 0, 15)), "96365"))
    assert (one.kind, one.minutes) == ("push-or-infusion", 15) and written(one.corrected) == ["96374"]
    assert findings(visit(infusion("A1", "Ceftriaxone", 0, 16)), "96365") == ()


def test_an_infusion_billed_as_a_push_is_found_with_its_hours() -> None:
    one = only(findings(visit(infusion("A1", "Ceftriaxone", 0, 100)), "96374"))
    assert one.kind == "push-or-infusion" and written(one.corrected) == ["96365", "96366"]


def test_a_simultaneous_drug_billed_as_the_next_one_is_found() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, 120), infusion("A2", "Ceftriaxone", 30, 60))
    one = only(findings(chart, "96365", "96366", "96367"))
    assert one.kind == "sequential-or-concurrent" and written(one.corrected) == ["96368"]
    assert findings(TWO_DRUGS, "96365", "96367") == ()


def test_the_lower_service_in_the_initial_place_is_one_finding() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, 90), push("A2", "Ondansetron", 0))
    one = only(findings(chart, "96374", "96367"))
    assert one.kind == "wrong-initial" and written(one.corrected) == ["96365", "96375"]
    assert "initial.facility-rank" in one.rules


def test_a_code_that_nothing_charted_supports_is_found() -> None:
    one = only(findings(infliximab(), "96365", "96366", "96372", DRUG))
    assert one.kind == "unsupported-code" and one.corrected == () and one.billed == ("line 3",)


def test_a_drug_that_was_not_charted_takes_its_hours_along() -> None:
    chart = visit(push("A1", "Ondansetron", 0))
    found = findings(chart, "96374", "96367", "96366 x2")
    assert kinds(found) == ["unsupported-code"] and found[0].billed == ("line 2", "line 3")


def test_a_charted_service_that_was_not_billed_is_found_with_its_drug() -> None:
    chart = visit(dosed(infusion("A1", "Infliximab", 0, 127), 400), dosed(push("A2", "Diphenhydramine", -20), 25))
    one, drug = findings(chart, "96365", "96366", "J1745 x40")
    assert (one.kind, one.severity, written(one.corrected), one.billed) == ("missed-line", WRONG, ["96375"], ())
    assert (drug.kind, drug.severity, written(drug.corrected)) == ("drug-line-missing", ASK, ["J1200"])


def test_a_drug_line_without_its_administration_is_found() -> None:
    one = only(findings(infliximab(), DRUG))
    assert one.kind == "administration-missing" and written(one.corrected) == ["96365", "96366"]


def test_an_administration_without_its_drug_line_is_asked_about() -> None:
    one = only(findings(infliximab(), "96365", "96366"))
    assert (one.kind, one.severity) == ("drug-line-missing", ASK) and written(one.corrected) == [DRUG]


def test_a_claim_without_any_drug_line_gets_one_question_and_not_one_for_each_drug() -> None:
    chart = visit(dosed(infusion("A1", "Ceftriaxone", 0, 60), 1000), dosed(push("A2", "Ondansetron", 70), 8))
    one = only(findings(chart, "96365", "96375"))
    assert one.kind == "drug-line-missing" and written(one.corrected) == ["J0696 x4", "J2405 x8"]


@pytest.mark.parametrize(
    ("units", "kind"),
    [(50, "drug-units-over"), (41, "drug-units-over"), (39, "drug-units-under"), (4, "drug-units-under")],
)
def test_drug_units_beside_the_dose_are_found(units: int, kind: str) -> None:
    one = only(findings(infliximab(), "96365", "96366", f"J1745-JZ x{units}"))
    assert one.kind == kind and written(one.corrected) == [DRUG] and "400 mg" in one.says


WASTED = infliximab(127, 350, 50)
RIGHT = ["J1745 x35", "J1745-JW x5"]


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (("J1745 x40",), "waste-modifier-missing"),
        (("J1745 x35",), "waste-modifier-missing"),
        (("J1745-JZ x35",), "waste-modifier-contradicts"),
        (("J1745-JZ x35", "J1745-JW x5"), "jw-and-jz"),
        (("J1745 x35", "J1745-JW x10"), "waste-units"),
    ],
)
def test_jw_and_jz_follow_what_is_charted_of_the_vials(lines: tuple[str, ...], kind: str) -> None:
    one = only(findings(WASTED, "96365", "96366", *lines))
    assert (one.kind, one.severity) == (kind, WRONG) and written(one.corrected) == RIGHT


def test_the_right_waste_lines_are_no_finding() -> None:
    assert findings(WASTED, "96365", "96366", *RIGHT) == ()


def test_no_modifier_where_nothing_was_wasted_lacks_jz_and_jw_contradicts_it() -> None:
    assert only(findings(infliximab(), "96365", "96366", "J1745 x40")).kind == "waste-modifier-missing"
    one = only(findings(infliximab(), "96365", "96366", "J1745 x35", "J1745-JW x5"))
    assert one.kind == "waste-modifier-contradicts" and written(one.corrected) == [DRUG]


def test_jz_without_any_note_of_the_vials_is_asked_for() -> None:
    chart = infliximab(127, 400, None)
    one = only(findings(chart, "96365", "96366", DRUG))
    assert (one.kind, one.severity) == ("waste-modifier-unproved", ASK)
    assert findings(chart, "96365", "96366", "J1745 x40") == ()


def test_a_payer_that_does_not_ask_for_jz_is_only_told_of() -> None:
    one = only(findings(infliximab(), "96365", "96366", DRUG, wastage_modifiers="medicare"))
    assert (one.kind, one.severity) == ("waste-modifier-not-asked", NOTE)


def test_a_retired_drug_code_is_replaced_by_the_one_of_the_date() -> None:
    chart = visit(dosed(push("A1", "Methylprednisolone sodium succinate", 0), 125))
    right = code(chart).drug_lines
    one = only(findings(chart, "96374", "J2930"))
    assert one.kind == "drug-code" and "not in force" in one.says and one.corrected[0].code == right[0].code


def test_a_biosimilar_code_without_a_charted_product_is_a_question() -> None:
    one = only(findings(infliximab(), "96365", "96366", "Q5103-JZ x40"))
    assert (one.kind, one.severity) == ("drug-code", ASK) and "Inflectra" in one.says


def test_a_drug_that_was_not_given_is_found_and_one_without_a_dose_is_asked_for() -> None:
    chart = visit(dosed(infusion("A1", "Infliximab", 0, 127), 400), push("A2", "Ondansetron", 130))
    found = findings(chart, "96365", "96366", "96375", "J1745 x40", "J2405 x8", "J0696 x4")
    assert sorted(kinds(found)) == ["drug-unproved", "drug-unsupported"]
    assert "ceftriaxone" in found[0].says and "ondansetron" in found[1].says.casefold()


def test_kx_is_told_and_stays() -> None:
    found = findings(infliximab(), "96365", "96366", "J1745-JZ-KX x40")
    assert [(one.kind, one.severity) for one in found] == [("kx-not-asked", NOTE)]


def test_lines_of_other_families_are_told_and_not_judged() -> None:
    claim = placed(billed("96365", "96366", DRUG, "99213-25", "80053", "J9999"))
    policy, chart = policy_for(), infliximab()
    found = check(claim, code(chart, policy), chart, policy)
    assert [(one.kind, one.severity) for one in found] == [("drug-not-known", NOTE), ("other-family", NOTE)]
    assert written(corrected_claim(claim, found)) == sorted(["96365", "96366", DRUG, "99213-25", "80053", "J9999"])


def test_99211_never_stands_beside_drug_administration() -> None:
    assert kinds(findings(infliximab(), "96365", "96366", DRUG, "99211")) == ["visit-99211"]


def test_a_wrong_date_of_service_is_one_finding_for_the_whole_claim() -> None:
    one = only(findings(infliximab(), "96365 @2026-03-11", "96366 @2026-03-11", f"{DRUG} @2026-03-11"))
    assert (one.kind, one.severity) == ("date-of-service", ASK), "the chart at hand may not be all of it"
    assert {line.date for line in one.corrected} == {"2026-03-10"} and "2026-03-11" in one.says


def test_one_line_of_another_date_than_the_rest_is_wrong() -> None:
    one = only(findings(infliximab(), "96365 @2026-03-10", "96366 @2026-03-20", f"{DRUG} @2026-03-10"))
    assert (one.kind, one.severity, written(one.corrected)) == ("date-of-service", WRONG, ["96366"])


def test_a_claim_of_other_days_and_other_lines_is_one_question_and_nothing_else() -> None:
    claim = placed(billed("96413 @2026-05-05", "96415 x2 @2026-05-05", "J9271 x200 @2026-05-05", "99213 @2026-05-05"))
    policy, chart = policy_for(), infliximab()
    found = check(claim, code(chart, policy), chart, policy)
    assert [(one.kind, one.severity) for one in found] == [("no-visit-that-day", ASK), ("other-family", NOTE)]
    assert [line.code for line in held(claim, found)] == ["96413", "96415", "J9271"]
    assert written(corrected_claim(claim, found)) == ["99213"]


def test_units_on_another_day_of_the_same_stay_are_a_question() -> None:
    chart = visit(infusion("A1", "Vancomycin", 780, 1020), kind="observation")
    assert findings(chart, "96365", "96366", "96366 x2 @2026-03-11") == ()
    one = only(findings(chart, "96365", "96366 x3"))
    assert (one.kind, one.severity) == ("date-of-service", ASK)


def test_a_claim_without_dates_is_not_asked_for_them() -> None:
    chart, policy = infliximab(), policy_for()
    assert check(billed("96365", "96366", DRUG, date=""), code(chart, policy), chart, policy) == ()


def test_units_above_the_limit_of_a_day_are_a_question_where_the_chart_supports_them() -> None:
    chart, policy = infliximab(620), policy_for("professional")
    one = only(check(billed("96365", "96366 x9", DRUG), code(chart, policy), chart, policy))
    assert (one.kind, one.severity) == ("above-unlikely-limit", ASK) and "8 units a day" in one.says


def test_units_above_the_limit_that_the_chart_does_not_support_are_one_finding() -> None:
    one = only(findings(infliximab(127), "96365", "96366 x9", DRUG, setting="professional"))
    assert one.kind == "over-billed-units" and "edit.unlikely-units" in one.rules


def test_a_limit_of_a_loaded_file_holds_for_drugs_too() -> None:
    limits = read_cms(["HCPCS/CPT Code,Outpatient Hospital Services MUE Values", "J1745,30"], "mue.csv")
    chart, policy = infliximab(), policy_for()
    found = check(billed("96365", "96366", DRUG), code(chart, policy), chart, policy, limits)
    assert kinds(found) == ["above-unlikely-limit"] and "mue.csv" in found[0].says


def test_lines_of_an_infusion_without_a_stop_are_held_and_not_called_wrong() -> None:
    chart = visit(dosed(infusion("A1", "Privigen", 0, None), 28, "g"))
    claim = placed(billed("96365", "96366 x4", "J1459 x56"))
    policy = policy_for()
    found = check(claim, code(chart, policy), chart, policy)
    assert [(one.kind, one.severity) for one in found] == [("unproved", ASK)]
    assert "no stop is charted" in found[0].says and "documentation.missing-stop" in found[0].rules
    assert [line.code for line in held(claim, found)] == ["96365", "96366"]
    assert written(corrected_claim(claim, found)) == ["J1459 x56"]


def test_a_drug_that_falls_back_to_a_push_names_both() -> None:
    one = only(findings(visit(infusion("A1", "Ceftriaxone", 0, None)), "96365", "96366"))
    assert (one.kind, one.severity) == ("unproved", ASK) and written(one.corrected) == ["96374"]


def test_a_missing_stop_says_what_no_stop_within_the_visit_would_support() -> None:
    chart = visit(infusion("A1", "Ceftriaxone", 0, None))._replace(stop=moment(180).at)
    assert "supports more than 2 of 96366" in only(findings(chart, "96365", "96366 x9")).says
    assert "supports more than" not in only(findings(chart, "96365", "96366 x2")).says


def test_a_missing_stop_of_one_drug_excuses_no_error_of_another() -> None:
    chart = visit(infusion("A1", "Paclitaxel", 0, 100), infusion("A2", "Ceftriaxone", 110, None))
    found = findings(chart, "96413", "96415 x4", "96367")
    assert [(one.kind, one.severity) for one in found] == [("over-billed-units", WRONG), ("unproved", ASK)]


def test_a_push_that_is_initial_only_while_the_infusion_waits_is_held_with_it() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, None), push("A2", "Ondansetron", 0))
    one = only(findings(chart, "96365", "96366", "96375"))
    assert (one.kind, one.severity, written(one.corrected)) == ("unproved", ASK, ["96374"])
    chemo = visit(infusion("A1", "Paclitaxel", 0, None), push("A2", "Ondansetron", 0))
    one = only(findings(chemo, "96413", "96415", "96375"))
    assert (one.kind, one.severity, written(one.corrected)) == ("unproved", ASK, ["96374"])


def test_two_initial_codes_of_which_one_waits_are_held_and_both_cannot_stand() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, None), push("A2", "Ondansetron", 0))
    one = only(findings(chart, "96365", "96374"))
    assert (one.kind, one.severity) == ("unproved", ASK) and "only one can be initial" in one.says


def test_a_push_that_no_line_bills_is_asked_for_while_its_code_hangs_on_a_missing_stop() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, None), push("A2", "Ondansetron", 0))
    found = {one.kind: one for one in findings(chart, "96365")}
    assert found["missed-line"].severity == ASK and "hangs on what is open" in found["missed-line"].says
    other = visit(infusion("A1", "Vancomycin", 0, 90), infusion("A2", "Ceftriaxone", 100, None))
    found = {one.kind: one for one in findings(other, "96365", "96367", "96366 x3")}
    assert found["unproved"].severity == ASK


def test_what_waits_for_an_answer_and_is_not_billed_is_asked_for() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, 60), infusion("A2", "Ceftriaxone", 70, None))
    one = only(findings(chart, "96365", "96375"))
    assert (one.kind, one.severity, one.administrations) == ("open-question", ASK, ("A2",))
    assert one.corrected == () and kinds(findings(chart, "99213"))[-1] == "other-family"
    assert "open-question" not in kinds(findings(chart, "99213"))


def test_only_the_units_that_wait_are_held() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, 120), infusion("A2", "Ceftriaxone", 130, None))
    claim = placed(billed("96365", "96366 x2", "96367"))
    policy = policy_for()
    found = check(claim, code(chart, policy), chart, policy)
    assert [(line.code, line.units) for line in held(claim, found)] == [("96366", 1), ("96367", 1)]
    assert written(corrected_claim(claim, found)) == ["96365", "96366", "96375"]


def test_what_a_question_would_take_off_is_held_and_the_advice_waits_too() -> None:
    policy, chart = policy_for(), infliximab()
    claim = placed(billed("96413", "96415", DRUG))
    found = check(claim, code(chart, policy), chart, policy, payer_assumed=True)
    assert [line.code for line in held(claim, found)] == ["96413", "96415"]
    assert to_do(found[0]).startswith("Find out first. If it stays so: correct the whole ladder")


def test_jw_from_a_vial_for_several_doses_is_wrong() -> None:
    waste = Waste(multi_dose=True, quote="Drawn from a multiple-dose vial")
    chart = visit(dosed(infusion("A1", "Infliximab", 0, 127), 400, "mg", waste))
    for lines in (("J1745 x40", "J1745-JW x4"), ("J1745-JZ x40",)):
        one = only(findings(chart, "96365", "96366", *lines))
        assert (one.kind, one.severity, written(one.corrected)) == ("waste-modifier-contradicts", WRONG, ["J1745 x40"])
        assert "multi-dose vial" in one.says


def test_medicare_is_asked_what_became_of_the_rest_and_a_missing_weight_even_without_a_drug_line() -> None:
    chart = visit(dosed(infusion("A1", "Infliximab", 0, 127), 400))
    one = only(findings(chart, "96413", "96415", "J1745 x40", payer="medicare"))
    assert (one.kind, one.severity) == ("open-question", ASK) and "vials or waste" in one.says
    assert findings(chart, "96365", "96366", "J1745 x40") == ()
    chart = visit(dosed(infusion("A1", "Infliximab", 0, 127), 5, "mg/kg"))
    assert only(findings(chart, "96365", "96366")).kind == "open-question"


def test_fluid_hours_after_the_start_of_a_drug_without_a_stop_are_a_question() -> None:
    chart = visit(fluid("F1", 0, 180), infusion("A1", "Vancomycin", 60, None))
    found = findings(chart, "96360", "96361 x2")
    assert {one.severity for one in found} == {ASK}
    assert "may have run beside it" in next(one.says for one in found if one.kind == "hydration-not-countable")


def test_a_second_initial_code_is_a_question_where_no_site_is_charted() -> None:
    rows = [
        row._replace(site="") for row in (infusion("A1", "Vancomycin", 0, 90), infusion("A2", "Ceftriaxone", 0, 30))
    ]
    one = only(findings(visit(*rows), "96365", "96365-59"))
    assert (one.kind, one.severity) == ("modifier-59-unsupported", ASK) and "names no site" in one.says


def test_lines_that_could_not_be_read_make_what_is_missing_a_question() -> None:
    policy, chart = policy_for(), infliximab()
    claim = placed(billed("96365", DRUG))._replace(unread=(("line 3", "It is not understood."),))
    one = only(check(claim, code(chart, policy), chart, policy))
    assert (one.kind, one.severity) == ("under-billed-hours", ASK) and "line 3" in one.says


def test_the_other_family_is_a_question_where_nobody_named_the_payer() -> None:
    policy, chart = policy_for(), infliximab()
    for assumed, severity in ((True, ASK), (False, WRONG)):
        claim = placed(billed("96413", "96415", DRUG))
        one = only(check(claim, code(chart, policy), chart, policy, payer_assumed=assumed))
        assert (one.kind, one.severity) == ("family-flip", severity)


def test_a_place_of_service_other_than_the_charts_is_asked_about() -> None:
    policy, chart = policy_for("professional"), infliximab()._replace(place="11")
    claim = placed(billed("96365", "96366", DRUG))._replace(place_of_service="22")
    one = only(check(claim, code(chart, policy), chart, policy))
    assert (one.kind, one.severity, one.billed) == ("place-of-service", ASK, ())


def test_a_charted_drug_without_a_coded_line_is_held_and_not_denied() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, 60), fluid("F1", 70, 140))
    found = {one.kind: one for one in findings(chart, "96365", "96361", "J7030 x1")}
    assert found["drug-unproved"].severity == ASK and "makes no line for it" in found["drug-unproved"].says


def test_a_stop_before_the_start_is_a_question_too() -> None:
    assert [one.severity for one in findings(visit(infusion("A1", "Vancomycin", 60, 0)), "96365")] == [ASK]


def test_an_inpatient_stay_has_no_such_lines_and_an_unknown_visit_is_asked_for() -> None:
    row = infusion("A1", "Vancomycin", 0, 90)
    one = only(findings(visit(row, kind="inpatient"), "96365", "J3373 x100"))
    assert (one.kind, one.severity, one.rules) == ("not-reportable-here", WRONG, ("encounter.inpatient",))
    one = only(findings(visit(row, kind=""), "96365", "J3373 x100"))
    assert (one.kind, one.severity) == ("visit-unproved", ASK)


def test_a_physician_reports_nothing_of_this_family_in_a_hospital() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, 90))._replace(place="22")
    one = only(findings(chart, "96365", setting="professional"))
    assert one.rules == ("encounter.facility-place",)


def test_a_claim_by_another_published_reading_is_a_question() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, 90), infusion("A2", "Vancomycin", 600, 690))
    one = only(findings(chart, "96365", "96366"))
    assert (one.kind, one.severity) == ("other-reading", ASK) and "same_drug_repeat = interval" in one.says
    assert findings(chart, "96365", "96366", same_drug_repeat="interval") == ()


def test_whose_pump_it_was_is_a_question() -> None:
    row = infusion("A1", "Fluorouracil", 0, None, "Port", ("portable-pump", "continues-at-home"))
    chart = visit(row._replace(technique="pump", planned=46 * 60))
    one = only(findings(chart, "G0498"))
    assert (one.kind, one.severity) == ("pump-code", ASK) and written(one.corrected) == ["96416"]


@pytest.mark.parametrize("units", [0, -1, -(10**9)])
def test_a_line_without_a_count_is_found_and_no_total_is_spoiled(units: int) -> None:
    found = findings(infliximab(), "96365", "96366", DRUG, f"96366 x{units}")
    assert kinds(found) == ["no-units"]


def test_the_worst_comes_first() -> None:
    found = findings(visit(infusion("A1", "Vancomycin", 0, 90)), "96365", "96372", "99213", "96366-59", "J1745 x4")
    assert [one.severity for one in found] == sorted((one.severity for one in found), key=[WRONG, ASK, NOTE].index)


def test_an_empty_claim_is_all_missed() -> None:
    assert kinds(findings(infliximab())) == ["missed-line", "drug-line-missing"]


def test_a_second_visit_of_the_day_has_its_own_initial_with_its_modifier() -> None:
    from coding import code_visits
    from smart_app.claims.visits import visit_of

    first = visit(infusion("A1", "Vancomycin", 0, 45))
    later = visit(infusion("A2", "Vancomycin", 600, 645))._replace(id="E2", start=moment(590).at)
    policy = policy_for()
    answers = code_visits((first, later), policy)
    claim = billed("96365", "96365-59")
    found = visit_of(claim, (first, later), answers)
    assert found is not None and found.ids == ("E1", "E2")
    assert check(claim, found.coded, found.encounter, policy) == ()


def test_a_diagnosis_list_alone_is_not_read_as_the_reason() -> None:
    chart = infliximab()._replace(conditions=(Condition("C83.30"),))
    assert findings(chart, "96365", "96366", DRUG) == ()


def test_waste_of_a_reconstituted_dose_is_not_confused_with_its_units() -> None:
    waste = Waste(((1, Quantity(20, "g")), (1, Quantity(10, "g"))), Quantity(2, "g"), False, "2 g wasted")
    chart = visit(dosed(infusion("A1", "Privigen", 0, 288), 28, "g", waste))
    one = only(findings(chart, "96365", "96366 x4", "J1459 x60"))
    assert one.kind == "waste-modifier-missing" and written(one.corrected) == ["J1459 x56", "J1459-JW x4"]


def test_an_infusion_of_no_minutes_that_the_chart_itself_asks_about_is_a_question() -> None:
    one = only(findings(visit(infusion("A1", "Ceftriaxone", 0, 0)), "96365"))
    assert (one.kind, one.severity) == ("push-or-infusion", ASK) and written(one.corrected) == ["96374"]
    assert "time.zero-duration" in one.rules


def test_hours_that_rest_on_a_derived_stop_are_a_question() -> None:
    row = infusion("A1", "Ceftriaxone", 0, None)._replace(dose=Quantity(200, "mL"), rate=Quantity(100, "mL/h"))
    one = only(findings(visit(row), "96365"))
    assert (one.kind, one.severity, one.minutes) == ("under-billed-hours", ASK, 120) and "follows from" in one.says


def test_a_chemo_code_for_a_drug_that_the_table_does_not_know_is_a_question() -> None:
    one = only(findings(visit(infusion("A1", "Zyxtorimab", 0, 60)), "96413"))
    assert (one.kind, one.severity) == ("family-flip", ASK)


def test_fluid_without_a_charted_reason_is_not_proved_and_not_called_wrong() -> None:
    one = only(findings(visit(fluid("F1", 0, 60)._replace(order=None)), "96360"))
    assert (one.kind, one.severity) == ("unproved", ASK) and "why the fluid was needed" in one.says


def test_a_drug_given_around_a_procedure_is_a_question() -> None:
    procedure = Procedure("P1", "Colonoscopy with moderate sedation", "", moment(30).at, moment(60).at)
    chart = visit(infusion("A1", "Ceftriaxone", 0, 40))._replace(procedures=(procedure,))
    one = only(findings(chart, "96365"))
    assert (one.kind, one.severity) == ("unproved", ASK)


def test_a_dose_by_weight_without_a_weight_holds_the_drug_line_and_not_the_administration() -> None:
    chart = visit(dosed(infusion("A1", "Infliximab", 0, 60), 5, "mg/kg"))
    one = only(findings(chart, "96365", "J1745 x40"))
    assert (one.kind, one.severity) == ("drug-unproved", ASK) and one.billed == ("line 2",)


def test_a_modifier_of_the_payers_own_table_is_missed_and_then_right(tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(
        'name = "plan"\ntitle = "A plan"\nas_of = "2026-01-01"\nsources = ["its manual"]\ncards = []\n'
        '[[modifiers]]\nmodifier = "KX"\nsays = "Its criteria are met"\ncodes = ["J1745"]\nwhen = "every line"\n'
        'sources = ["its manual"]\nsettings = ["facility"]\n'
    )
    chart, policy = infliximab(), policy_for("facility", "plan", {}, file)
    coded = code(chart, policy)
    one = only(check(billed("96365", "96366", DRUG), coded, chart, policy))
    assert one.kind == "payer-modifier-missing" and written(one.corrected) == ["J1745-JZ-KX x40"]
    assert check(billed("96365", "96366", "J1745-JZ-KX x40"), coded, chart, policy) == ()
    one = only(check(billed("96365", "96366", "J1745-JZ-KX x41"), coded, chart, policy))
    assert one.kind == "drug-units-over" and written(one.corrected) == ["J1745-JZ-KX x40"]


def test_a_claim_of_thousands_of_lines_is_told_shortly() -> None:
    found = findings(infliximab(), "96365", DRUG, *["96366"] * 2000)
    assert kinds(found) == ["over-billed-units"] and len(found[0].says) < 500 and "more lines" in found[0].says
    assert len(found[0].billed) == 1999
