"""Denials: which one a biller means, and what the chart answers; the seeds' table row by row."""

from __future__ import annotations

import tomllib
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from coding import code
from coding.billed import Billed, BilledClaim, Corrected
from coding.denial import (
    APPEAL,
    BESIDE,
    CANNOT_TELL,
    CONTRACT,
    CORRECT,
    DOES_NOT,
    ELSEWHERE,
    PROVE,
    STANDS,
    SUPPORTS,
    Judgement,
    fitting,
    judge,
    read_denial,
)
from coding.denial_facts import corrected, covers
from coding.denial_read import read
from coding.denial_table import ADMINISTRATION, DENIALS, OUTSIDE
from coding.model import CHARTED, Condition, Encounter, Moment, Order, Quantity, Waste
from coding.policy import Policy, policy_for
from launch.practice.charts import day
from smart_app.asking import open_visit
from smart_app.chart import read_bundle
from smart_app.cli import main
from tests.charts import fluid, infusion, push, visit, visits

EXAMPLE = Path(__file__).parents[2] / "smart_app" / "examples" / "infliximab.json"
COMMERCIAL, MEDICARE = policy_for(), policy_for("facility", "medicare")
CROHN = (Condition("K50.90", "Crohn's disease", "C1"), Condition("E86.0", "Dehydration", "C2"))


def ids(text: str) -> list[str]:
    return [one.id for one in read_denial(text)]


def claim(*lines: str) -> BilledClaim:
    """Lines as "96365 x2" or "96365-59"."""
    found: list[Billed] = []
    for line in lines:
        head, _, units = line.partition(" x")
        billed, *modifiers = head.split("-")
        found.append(Billed(billed, int(units or 1), tuple(modifiers), place=f"line {len(found) + 1}"))
    return BilledClaim(tuple(found), "typed lines")


def judged(text: str, chart: Encounter, billed: BilledClaim | None = None, policy: Policy = COMMERCIAL) -> Judgement:
    [denial] = fitting(read_denial(text), billed)
    return judge(denial, code(chart, policy), chart, policy, billed)


def infliximab(stop: int | None = 141) -> Encounter:
    return visit(infusion("A1", "Infliximab", 14, stop))._replace(conditions=CROHN)


# --- reading


SEED_ROWS = (
    ("96413 billed for a non-chemo biologic (CARC 16)", "CO-16 on 96413", "chemo-code-refused"),
    ("96365 + 96366 sequence error (CARC 4 / NCCI bundle)", "CO-4 on 96366", "add-on-without-primary"),
    ("96366 under-counted (no denial: under-billed claim)", "96366 was undercounted", "under-billed"),
    ("Two 96365 codes on same encounter (NCCI bundle)", "two 96365, CO-236", "second-initial"),
    ("96365 + 96360 same encounter (NCCI bundle)", "CO-236 on 96360", "hydration-beside-drug"),
)


@pytest.mark.parametrize(("title", "number", "wanted"), SEED_ROWS, ids=[row[2] for row in SEED_ROWS])
def test_each_row_of_the_seeds_table_is_known_by_its_words_and_by_number(title: str, number: str, wanted: str) -> None:
    assert ids(title) == [wanted]
    assert wanted in ids(number)


SEED_MISTAKES = (
    ("our 12 minute infusion was downcoded to a push", "paid-as-push"),
    ("96366 denied, time not met", "too-many-units"),
    ("96368 denied, payer says sequential", "simultaneous"),
    ("J-code without administration", "partner-missing"),
    ("96366 without a primary infusion code", "add-on-without-primary"),
    ("records have no stop time", "record-does-not-support"),
)


@pytest.mark.parametrize(("said", "wanted"), SEED_MISTAKES, ids=[row[1] for row in SEED_MISTAKES])
def test_the_seeds_common_mistakes_are_known_as_denials(said: str, wanted: str) -> None:
    assert wanted in ids(said)


@pytest.mark.parametrize(
    "writing",
    ["CO-29", "CO 29", "co29", "CARC 29", "carc-29", "PR-29", "reason code 29", "denial code 29", "29", "29 denied",
     "CARC: 029", "CO-29 on 96365", "ANSI 29", "29 N4"],
)  # fmt: skip
def test_a_number_is_read_in_any_usual_writing(writing: str) -> None:
    assert "too-late" in ids(writing)


@pytest.mark.parametrize(
    "said",
    ["", "hello", "96365", "infusion ran 127 minutes", "CO-999", "N999", "osteoporosis M80", "dx M80", "kidney N19.2",
     "97 minutes of infusion", "the weather is fine", "vitamin B12 shot for 29 patients"],
)  # fmt: skip
def test_what_names_no_denial_is_not_guessed(said: str) -> None:
    assert read_denial(said) == ()


def test_units_beside_a_number_are_no_second_number() -> None:
    assert read_denial("CO-97, 4 units of 96366")[0].numbers == ("CARC 97",)
    assert set(ids("CO-97/29")) >= {"too-late", "second-initial"}


def test_a_remark_code_or_words_choose_among_the_patterns_of_one_number() -> None:
    assert len(ids("CO-16")) > 2
    assert ids("CO-16 N822") == ["waste-modifier"]
    assert ids("CO-16 96413 for a non-chemo drug") == ["chemo-code-refused"]


def test_a_biller_may_name_hydration_without_its_codes() -> None:
    assert read_denial("CO-50 hydration")[0].named == ("96360", "96361")


def test_a_number_that_the_table_lacks_is_named_and_never_guessed() -> None:
    assert read("CO-999").numbers.unknown == ("CARC 999",)
    assert read("CO-999").denials == ()
    [found] = read_denial("CO-50 N888 on 96365")
    assert (found.id, found.numbers, found.unknown) == ("not-necessary", ("CARC 50",), ("RARC N888",))


def test_a_remark_that_is_not_known_leaves_only_the_general_pattern_of_its_reason() -> None:
    assert ids("CO-16 N888 on 96413") == ["information-missing"]
    assert ids("CO-16 on 96413") == ["chemo-code-refused"]


def test_a_remark_says_more_than_a_reason_that_always_wants_one() -> None:
    assert ids("CO-A1 N362") == ["too-many-units"]
    assert ids("CO-16 M119") == ["ndc"]
    assert ids("CO-16 N382") == ["eligibility"]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("C0-97 N390", "included"),
        ("0A-18", "duplicate"),
        ("ＣＯ－２９", "too-late"),
        ("PR-1", "patient-share"),
        ("OA-23", "prior-payer"),
        ("CO-27", "eligibility"),
        ("CO-131", "contract-amount"),
        ("CO-242", "provider"),
        ("CO-256", "managed-care"),
        ("CO-59 on 96365", "several-services"),
        ("CO-146", "diagnosis-not-valid"),
        ("N29, missing order", "order-missing"),
        ("medical neccesity", "not-necessary"),
        ("not medically necesary", "not-necessary"),
        ("no auth on file", "authorization"),
        ("preauth", "authorization"),
        ("NDC missing", "ndc"),
        ("site of care", "not-covered"),
        ("step therapy", "not-covered"),
        ("96365 denied as incidental", "included"),
        ("payer says 96365 should be 96374", "paid-as-push"),
        ("96416 was denied", "no-reason-given"),
        ("hydration denied", "no-reason-given"),
        ("99213-25 denied with 96365", "visit-same-day"),
        ("J1745 wastage not documented", "waste-modifier"),
        ("diagnosis code invalid", "diagnosis-not-valid"),
        ("lacks 59", "modifier"),
    ],
)
def test_billers_write_it_in_many_ways(said: str, wanted: str) -> None:
    assert ids(said) == [wanted]


@pytest.mark.parametrize("said", ["CO-97, 2 antibiotics", "CO-97 and 2 pushes", "CO-97, 59 missing", "CO-97, 1 unit"])
def test_a_count_or_a_modifier_beside_a_number_is_no_second_number(said: str) -> None:
    assert read(said).numbers.known == ("CARC 97",)


@pytest.mark.parametrize(
    ("said", "units"),
    [
        ("96366 x2 denied CO-151", (("96366", 2),)),
        ("CO-97, 4 units of 96366", (("96366", 4),)),
        ("two 96365 denied", (("96365", 2),)),
        ("CO-18 on second 96365", (("96365", 2),)),
        ("96365 twice, CO-236", (("96365", 2),)),
        ("J1459 60 units N822", (("J1459", 60),)),
        ("one unit of 96366 denied CO-151", ()),
        ("CO-97 96366", ()),
        ("HC:96366*300*0**2~CAS*CO*151*300", ()),
    ],
)
def test_units_are_read_beside_their_code(said: str, units: tuple[tuple[str, int], ...]) -> None:
    assert read_denial(said)[0].units == units


@pytest.mark.parametrize(
    ("said", "wanted", "known"),
    [
        ("CO-197 96413 units", "authorization", "CARC 197"),
        ("CO-97 96366 hours bundled", "included", "CARC 97"),
        ("CO-50 minutes 96366", "not-necessary", "CARC 50"),
        ("CO-151 96366 units", "too-many-units", "CARC 151"),
        ("denial code 151 J0692 units", "drug-units", "CARC 151"),
        ("reason code 50 hours 96366", "not-necessary", "CARC 50"),
    ],
)
def test_a_plainly_written_number_stays_a_number_before_a_word_of_counting(said: str, wanted: str, known: str) -> None:
    assert (ids(said), read(said).numbers.known) == ([wanted], (known,))


@pytest.mark.parametrize("said", ["acetaminophen PR 650 mg denied", "morphine CR 30 mg denied", "denial, 50 units"])
def test_a_dose_or_a_count_is_no_number_of_a_denial(said: str) -> None:
    assert read(said).numbers.known == ()


@pytest.mark.parametrize(
    ("said", "wanted", "named"),
    [
        ("they bundled the second 96375 with 96413", ["included"], ("96375",)),
        ("thye bundeled teh secnd 96375 wiht 96413", ["included"], ("96375",)),
        ("payer down coded 96365 to 96374", ["paid-as-push"], ("96365",)),
        ("96365 -> 96374", ["paid-as-push"], ("96365",)),
        ("they paid my 96365 as a push 96374", ["paid-as-push"], ("96365",)),
        ("96374 and 96365 both denied", ["second-initial"], ("96374", "96365")),
        ("two of the 96365 were denied", ["second-initial"], ("96365",)),
        ("two pushes, 96374 denied", ["no-reason-given"], ("96374",)),
        ("payer recoded 96401 to 96372 for Darzalex Faspro", ["chemo-code-refused"], ("96401",)),
        ("recoded 96413 to 96365", ["chemo-code-refused"], ("96413",)),
        ("96365 should have been 96413", ["ordinary-code-refused"], ("96365", "96413")),
        ("96413 should be 96365", ["chemo-code-refused"], ("96413", "96365")),
        ("96365 changed to 96413", ["ordinary-code-refused"], ("96365",)),
        ("CO-97 96361 bundled with 96374", ["hydration-hours"], ("96361",)),
        ("CO-97 M15 96361", ["hydration-hours"], ("96361",)),
        ("hydration without stop time 96360", ["record-does-not-support"], ("96360",)),
    ],
)
def test_words_count_by_their_place_and_their_order(said: str, wanted: list[str], named: tuple[str, ...]) -> None:
    assert (ids(said), read_denial(said)[0].named) == (wanted, named)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("CO-97 96375 bundled into 96413", ("96375",)),
        ("CO-97 96368 included in the primary 96413", ("96368",)),
        ("CO-97 96367 as part of 96413 and 96415", ("96367",)),
        ("CO-97 96367 and 96375 denied", ("96367", "96375")),
        ("claim with 96365 denied CO-97", ("96365",)),
        ("CO-97 96375 denied with 96413; 96376, too", ("96375", "96376")),
    ],
)
def test_a_code_that_another_went_into_is_not_the_one_denied(said: str, named: tuple[str, ...]) -> None:
    assert read_denial(said)[0].named == named


def test_a_drug_code_is_never_read_as_a_denial_of_fluid_or_of_a_push() -> None:
    assert ids("CO-151 J0692") == ["drug-units"]
    assert ids("CO-97 J1200") == ["included"]
    assert ids("CO-107 J1745") == ["partner-missing"]
    assert ids("N362 on J1745") == ["drug-units"]
    assert ids("CO-16 MA130 on J1745") == ["information-missing"]
    assert "drug-units" not in ids("CO-151")


def test_two_reasons_that_no_chart_answers_are_both_told_each_with_its_own_number() -> None:
    found = {one.id: one.numbers for one in read_denial("PR-1 deductible 96365 and OA-23")}
    assert found == {"patient-share": ("CARC 1",), "prior-payer": ("CARC 23",)}
    assert ids("CO-16 M119") == ["ndc"]


def test_the_title_of_a_pattern_names_it_and_no_other() -> None:
    for one in DENIALS.values():
        assert ids(f"{one.title}: denied CARC 97, 96366") == [one.id]


@pytest.mark.parametrize("denial", DENIALS.values(), ids=lambda one: one.id)
def test_every_pattern_is_reached_by_each_of_its_numbers_and_phrases(denial: object) -> None:
    row = DENIALS[denial.id]  # type: ignore[attr-defined]
    for number in row.carc:
        assert row.id in ids(f"CO-{number}")
    for remark in row.rarc:
        assert row.id in ids(f"remark {remark}")
    for phrase in row.words:
        said = " ".join(part.strip("()").split("|")[0] for part in phrase.split())
        assert row.id in ids(said), said


def test_findings_named_in_the_table_are_those_of_the_claim_check() -> None:
    path = Path(__file__).parents[2] / "coding" / "tables" / "findings.toml"
    kinds = set(tomllib.loads(path.read_text(encoding="utf-8"))["kind"])
    assert {kind for one in DENIALS.values() for kind in one.findings} <= kinds


# --- judging the seeds' rows


def test_chemo_code_for_an_ordinary_biologic_is_corrected_and_the_lines_are_those_of_the_seed() -> None:
    found = judged("CO-16 on 96413", infliximab(), claim("96413", "96415"))
    assert (found.verdict, found.do) == (DOES_NOT, CORRECT)
    assert found.corrected == (Corrected("96365", 1), Corrected("96366", 1))
    assert {one.code for one in found.unsupported} == {"96413", "96415"}


def test_medicare_reads_the_same_chart_as_chemo_family_and_the_denial_is_appealed() -> None:
    found = judged("CO-16 on 96413", infliximab(), claim("96413", "96415"), MEDICARE)
    assert (found.verdict, found.do) == (SUPPORTS, APPEAL)


def test_an_added_hour_without_its_first_hour_is_sent_again_with_both() -> None:
    found = judged("CO-4 96366, no primary", infliximab(), claim("96366"))
    assert (found.verdict, found.do) == (SUPPORTS, CORRECT)
    assert [line.code for line in found.corrected] == ["96365", "96366"]
    assert judged("CO-4 96366, no primary", infliximab(), claim("96365", "96366")).do == APPEAL
    short = judged("CO-4 96366, no primary", infliximab(104), claim("96365", "96366"))
    assert (short.verdict, short.corrected) == (DOES_NOT, (Corrected("96365", 1),))


def test_an_under_billed_claim_gains_its_hours() -> None:
    found = judged("96366 underbilled", infliximab(), claim("96365"))
    assert (found.verdict, found.do) == (SUPPORTS, CORRECT)
    assert Corrected("96366", 1) in found.corrected


def test_two_initials_on_one_site_are_corrected_to_a_sequential_drug() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, 90), infusion("A2", "Ceftriaxone", 95, 125))
    found = judged("two 96365 denied", chart, claim("96365 x2"))
    assert (found.verdict, found.do) == (DOES_NOT, CORRECT)
    assert found.corrected == (Corrected("96365", 1), Corrected("96367", 1))
    assert judged("two 96365 denied", chart).verdict == DOES_NOT


def test_two_initials_at_two_needed_sites_are_supported_with_their_modifier() -> None:
    chart = visit(
        infusion("A1", "Vancomycin", 0, 90),
        infusion("A2", "Phenytoin", 10, 40, "R hand PIV", ("second-site-needed",)),
    )
    without = judged("two 96365 denied", chart, claim("96365 x2"))
    assert (without.verdict, without.do) == (SUPPORTS, CORRECT)
    assert Corrected("96365", 1, ("59",)) in without.corrected
    assert judged("two 96365 denied", chart, claim("96365", "96365-59")).do == APPEAL


def test_a_second_site_without_its_reason_leaves_the_answer_open() -> None:
    chart = visit(infusion("A1", "Vancomycin", 0, 90), infusion("A2", "Phenytoin", 10, 40, "R hand PIV"))
    found = judged("two 96365 denied", chart, claim("96365 x2"))
    assert (found.verdict, found.do) == (CANNOT_TELL, PROVE)
    assert [one.code for one in found.missing if one.decides] == ["SECOND_SITE_UNSUPPORTED"]


def test_hydration_beside_a_drug_becomes_its_further_hour_or_nothing() -> None:
    drug = infusion("A1", "Vancomycin", 0, 60)
    own = judged("CO-236 96365 + 96360", visit(drug, fluid("F1", 60, 120)), claim("96365", "96360"))
    assert (own.verdict, own.do) == (DOES_NOT, CORRECT)
    assert [line.code for line in own.corrected] == ["96365", "96361"]
    under = judged("CO-236 96365 + 96360", visit(drug, fluid("F1", 0, 60)), claim("96365", "96360"))
    assert [line.code for line in under.corrected] == ["96365"]


# --- which reading of a number


def meant(text: str, chart: Encounter, billed: BilledClaim | None = None) -> list[str]:
    coded = code(chart)
    return [one.id for one in fitting(read_denial(text), billed, (*coded.lines, *coded.drug_lines))]


def test_a_number_means_what_the_lines_at_hand_can_mean() -> None:
    assert meant("CO-97", infliximab()) == ["included"]
    assert meant("96365 denied CO-97", infliximab()) == ["included"]
    assert meant("CO-97 on 96365", infliximab(), claim("96365", "96374")) == ["second-initial", "included"]
    assert meant("CO-97 99213", infliximab()) == ["visit-same-day"]


def test_no_line_of_fluid_means_that_the_hydration_pattern_is_not_meant() -> None:
    assert meant("CO-151", infliximab()) == ["too-many-units"]
    assert meant("CO-151", infliximab(), claim("96365")) == ["too-many-units"]
    assert meant("CO-151 96361", infliximab()) == ["hydration-hours"]


# --- units that were named, with no claim at hand


def test_units_named_in_the_denial_are_held_against_the_chart() -> None:
    over = judged("96366 x2 denied CO-151", infliximab())
    assert (over.verdict, over.do, over.claim) == (DOES_NOT, CORRECT, False)
    assert "96366 x2" in over.why and "151 would earn one more" in over.why
    assert judged("96366 x1 denied CO-151", infliximab()).do == APPEAL


# --- a family that charted complexity would change


def test_what_nobody_charted_of_complexity_is_open_and_not_refuted() -> None:
    chart = visit(infusion("A1", "Ocrelizumab", 0, 223))._replace(conditions=(Condition("G35.A", "MS", "C1"),))
    found = judged("CO-16 on 96413", chart, claim("96413", "96415 x3"), MEDICARE)
    assert (found.verdict, found.do) == (CANNOT_TELL, PROVE)
    assert [one.code for one in found.missing if one.decides] == ["COMPLEXITY_OPTION"]
    other = judged("CO-151 on 96415", chart, claim("96413", "96415 x3"), MEDICARE)
    assert other.verdict == CANNOT_TELL
    ordinary = judged("CO-151 on 96366", chart, claim("96365", "96366 x3"), MEDICARE)
    assert (ordinary.verdict, ordinary.do) == (SUPPORTS, APPEAL)


def test_a_chemo_drug_that_ran_too_briefly_is_not_told_to_change_its_family() -> None:
    chart = visit(infusion("A1", "Cisplatin", 0, 14))
    found = judged("CO-16 on 96413", chart, claim("96413"))
    assert (found.verdict, found.do) == (DOES_NOT, CORRECT)
    assert "the family is right" in found.steps and "an infusion needs 16" in found.why


# --- duplicates and other visits


def test_a_duplicate_whose_lines_have_to_change_is_told_to_change_them_and_not_to_add_up_initials() -> None:
    chart = visit(
        infusion("A1", "Vancomycin", 0, 90),
        infusion("A2", "Phenytoin", 10, 40, "R hand PIV", ("second-site-needed",)),
    )
    found = judged("CO-18 96365", chart, claim("96365", "96365"))
    assert (found.verdict, found.do) == (SUPPORTS, CORRECT)
    assert found.steps == found.denial.resend and not found.steps.startswith("Appeal") and "59" in found.steps
    sent = judged("CO-18 96365", chart, claim("96365", "96365-59"))
    assert (sent.do, sent.steps) == (APPEAL, sent.denial.supported) and "added up" not in sent.steps


@pytest.mark.parametrize("denial", DENIALS.values(), ids=lambda one: one.id)
def test_no_pattern_says_to_appeal_where_a_corrected_claim_is_the_answer(denial: object) -> None:
    row = DENIALS[denial.id]  # type: ignore[attr-defined]
    assert not (row.resend or row.supported).startswith("Appeal")


def test_a_service_that_stands_once_is_never_appealed_as_two() -> None:
    once = judged("CO-18 96365", infliximab(), claim("96365", "96366"))
    assert (once.verdict, once.do) == (CANNOT_TELL, ELSEWHERE)
    hours = judged("CO-18 96366", infliximab(201), claim("96365", "96366 x2"))
    assert (hours.verdict, hours.do) == (CANNOT_TELL, ELSEWHERE)


def test_pushes_of_two_drugs_are_told_apart() -> None:
    chart = visit(
        infusion("A1", "Vancomycin", 0, 60),
        push("A2", "Ondansetron", 70),
        push("A3", "Morphine", 80),
    )
    found = judged("CO-18 duplicate 96375", chart, claim("96365", "96375 x2"))
    assert (found.verdict, found.do) == (SUPPORTS, APPEAL)
    assert {one.code for one in found.lines} == {"96375"}


def test_what_lies_beyond_one_visit_is_open_while_another_stands_on_that_day() -> None:
    chart = infliximab()
    [denial] = read_denial("two 96365 denied")
    alone = judge(denial, code(chart), chart, COMMERCIAL, claim("96365 x2"))
    assert alone.verdict == DOES_NOT
    beside = judge(denial, code(chart), chart, COMMERCIAL, claim("96365 x2"), beside=("enc-2",))
    assert (beside.verdict, beside.do, beside.corrected) == (CANNOT_TELL, BESIDE, ())
    assert "enc-2" in beside.why


def test_the_lines_of_a_drug_are_judged_for_need_by_themselves() -> None:
    row = infusion("A1", "Infliximab", 14, 141)._replace(dose=Quantity(400, "mg"))
    assert judged("CO-50 J1745", visit(row)._replace(conditions=CROHN)).verdict == SUPPORTS
    found = judged("CO-50 J1745", visit(row))
    assert (found.verdict, [one.code for one in found.missing if one.decides]) == (CANNOT_TELL, ["DIAGNOSIS_MISSING"])
    stopless = judged("CO-50 J1745", visit(row._replace(stop=None))._replace(conditions=CROHN))
    assert "STOP_MISSING" not in [one.code for one in stopless.missing if one.decides]
    doseless = judged("CO-50 J1745", infliximab())
    assert [one.code for one in doseless.missing if one.decides] == ["DOSE_MISSING"]


def test_a_claim_that_lacks_information_is_sent_again_and_not_appealed() -> None:
    found = judged("CO-16 MA130", infliximab(), claim("96365", "96366"))
    assert (found.verdict, found.do) == (SUPPORTS, CORRECT)


def test_a_denial_for_want_of_the_order_is_open_where_none_is_charted() -> None:
    found = judged("N29 missing order on 96365", infliximab())
    assert (found.verdict, [one.code for one in found.missing if one.decides]) == (CANNOT_TELL, ["order-missing"])
    row = infusion("A1", "Infliximab", 14, 141)._replace(order=Order("O1"))
    assert judged("N29 missing order on 96365", visit(row)).verdict == SUPPORTS


def test_hours_that_were_not_billed_are_the_ones_spoken_of() -> None:
    found = judged("96366 underbilled", infliximab(), claim("96365"))
    assert [one.code for one in found.lines] == ["96366"]


def test_a_code_that_stands_under_another_number_is_named() -> None:
    office = policy_for("professional", "medicare")
    opened, _ = open_visit(read_bundle(day("folfox")), office)
    assert opened is not None
    found = judged("96416 was denied", opened.encounter, policy=office)
    assert found.verdict == DOES_NOT and "In its place stands G0498" in found.why


# --- what the chart cannot answer


@pytest.mark.parametrize(
    "denial", [one for one in DENIALS.values() if one.about == ADMINISTRATION], ids=lambda one: one.id
)
def test_an_infusion_without_a_stop_leaves_every_denial_of_its_lines_open(denial: object) -> None:
    chart = infliximab(None)
    row = DENIALS[denial.id]  # type: ignore[attr-defined]
    for billed in (None, claim("96365", "96366")):
        found = judge(row, code(chart), chart, COMMERCIAL, billed)
        assert found.verdict == CANNOT_TELL and found.corrected == ()
        if row.id not in ("inpatient",):
            assert any(one.decides and one.would_prove for one in found.missing)


@pytest.mark.parametrize("denial", [one for one in DENIALS.values() if one.about == OUTSIDE], ids=lambda one: one.id)
def test_what_no_chart_can_answer_is_settled_elsewhere(denial: object) -> None:
    row = DENIALS[denial.id]  # type: ignore[attr-defined]
    found = judge(row, code(infliximab()), infliximab(), COMMERCIAL)
    assert (found.verdict, found.do) == (CANNOT_TELL, ELSEWHERE) and found.steps


def test_a_fluid_without_a_stop_does_not_hold_the_answer_about_a_drug() -> None:
    open_fluid = fluid("F1", 150, 200)._replace(stop=None)
    chart = visit(infusion("A1", "Infliximab", 14, 141), open_fluid)._replace(conditions=CROHN)
    assert judged("CO-151 on 96366", chart).verdict == SUPPORTS
    assert judged("CO-50 hydration", chart).verdict == CANNOT_TELL


def test_an_empty_chart_proves_nothing_either_way() -> None:
    assert judged("CO-151 on 96366", visit()).verdict == CANNOT_TELL


def test_an_inpatient_stay_makes_the_denial_right() -> None:
    found = judged("CO-60", infliximab()._replace(kind="inpatient"))
    assert (found.verdict, found.do) == (DOES_NOT, STANDS)


def test_an_office_infusion_in_a_facility_place_makes_the_denial_right() -> None:
    office = policy_for("professional")
    found = judged("CO-58", infliximab()._replace(place="22"), policy=office)
    assert found.do == STANDS and "22" in found.why


def test_a_payer_that_pays_nothing_apart_is_told_as_such() -> None:
    found = judged("CO-234 on 96365", infliximab(), policy=policy_for("facility", "cigna"))
    assert (found.verdict, found.do) == (SUPPORTS, CONTRACT)


def test_a_missing_jz_is_answered_by_the_vials_alone() -> None:
    row = infusion("A1", "Infliximab 400 mg", 14, 141)._replace(dose=Quantity(400, "mg"))
    vials = row._replace(waste=Waste(((4, Quantity(100, "mg")),), Quantity(0, "mg"), True, "4 vials, none wasted"))
    assert judged("J1745 missing JZ", visit(vials)).verdict == SUPPORTS
    assert judged("J1745 missing JZ", visit(row)).verdict == CANNOT_TELL


def test_without_a_claim_a_named_code_is_held_against_the_lines() -> None:
    assert judged("CO-151 on 96366", infliximab()).verdict == SUPPORTS
    assert judged("CO-151 on 96366", infliximab(104)).verdict == DOES_NOT


def test_the_facts_are_those_of_the_chart() -> None:
    [fact] = judged("CO-151 on 96366", infliximab()).facts
    assert (fact.administration, fact.drug, fact.start, fact.stop, fact.minutes) == (
        "A1",
        "Infliximab",
        "09:14",
        "11:21",
        127,
    )
    assert fact.grade == CHARTED and fact.codes == ("96365", "96366")
    assert (fact.indication, fact.of_visit) == ("", ("K50.90",)) and fact.why.endswith("K50.90 (Crohn's disease)")


def test_times_that_cannot_be_are_not_counted() -> None:
    chart = visit(infusion("A1", "Vancomycin", 60, None)._replace(stop=Moment(infusion("x", "y", 0, 1).start.at, 0)))  # type: ignore[union-attr]
    found = judged("CO-151 on 96366", chart)
    assert found.verdict == CANNOT_TELL and found.facts[0].minutes is None


@settings(max_examples=60, deadline=None)
@given(visits(), st.sampled_from(sorted(DENIALS)))
def test_a_claim_equal_to_the_lines_is_never_refused_and_one_unit_more_never_supported(
    chart: Encounter, id: str
) -> None:
    coded = code(chart)
    lines = tuple(Billed(line.code, line.units, line.modifiers) for line in corrected(coded))
    denial = DENIALS[id]
    if not lines:
        return
    same = judge(denial, coded, chart, COMMERCIAL, BilledClaim(lines, "made"))
    assert same.verdict != DOES_NOT and not same.unsupported
    more = BilledClaim((lines[0]._replace(units=lines[0].units + 1), *lines[1:]), "made")
    over = judge(denial, coded, chart, COMMERCIAL, more)
    assert over.unsupported and (over.verdict != SUPPORTS or not covers(_asked(over), lines[0].code))
    assert same.corrected in ((), corrected(coded))


def _asked(found: Judgement) -> tuple[str, ...]:
    return tuple(line.code for line in found.lines)


# --- the command


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["denial", *arguments, "--chart", str(EXAMPLE)])
    return done.exit_code, done.output


def test_the_command_answers_in_eighty_columns() -> None:
    code_, said = run("CO-97", "--claim", "96365 x2; 96366")
    assert code_ == 0 and "two initial codes" in said.lower() and "send a corrected claim" in said
    assert max(map(len, said.splitlines())) <= 80


def test_the_command_does_not_say_that_the_chart_supports_a_claim_that_it_supports_in_part() -> None:
    _, said = run("CO-97 96365", "--claim", "96365; 96366; 96375 x9")
    assert "the chart supports what was denied, not the whole claim; send a corrected claim" in " ".join(said.split())
    assert "does not support 96375 x9" in " ".join(said.split())


def test_the_command_asks_for_nothing_that_was_given() -> None:
    _, said = run("CO-97", "--claim", "96365 x2; 96366")
    assert "Name the code that was denied, or the remark code, for one answer." in said
    _, said = run("CO-97 96365", "--claim", "96365 x2; 96366")
    assert "Name the remark code, for one answer." in said
    _, said = run("PR-1 and OA-23 96365")
    assert "This names several:" in said and "Name the" not in said and "if this is meant" not in said


def test_the_command_gives_json_with_the_same_verdict() -> None:
    _, said = run("CO-16 on 96413", "--payer", "medicare", "--format", "json")
    [row] = orjson.loads(said)["denials"]
    assert (row["verdict"], row["do"]) == (SUPPORTS, APPEAL)


def test_the_command_says_which_number_it_does_not_know() -> None:
    code_, said = run("CO-999 N888")
    assert code_ == 2 and "CARC 999, RARC N888 is not in its table" in said
    code_, said = run("CO-16 N888")
    assert code_ == 0 and "left out of the answer: RARC N888" in said


def test_the_command_asks_for_the_remark_code_that_a_reason_wants() -> None:
    code_, said = run("CO-16")
    assert code_ == 0 and "This can mean: " in said and "The remark code (RARC) that stands beside this" in said
    assert "Answer: if this is meant, " in said
    code_, said = run("CO-16", "--letter")
    assert code_ == 1 and "Give the remark code" in said


def test_the_command_holds_a_claim_against_both_visits_of_a_day(tmp_path: Path) -> None:
    chart = tmp_path / "two.json"
    bundle = day("several-visits")
    bundle["entry"] = [one for one in bundle["entry"] if b"iron" not in orjson.dumps(one)]
    chart.write_bytes(orjson.dumps(bundle))
    done = CliRunner().invoke(main, ["denial", "CO-18 on 96365", "--claim", "96365; 96365-59", "--chart", str(chart)])
    assert done.exit_code == 0 and "the chart supports the claim; appeal" in done.output
    done = CliRunner().invoke(main, ["denial", "CO-18 on second 96365", "--chart", str(chart)])
    assert "the chart cannot tell; look at the other visit of that day first" in done.output


def test_the_command_knows_a_denial_that_it_does_not_know_and_a_claim_that_it_cannot_read() -> None:
    code_, said = run("the moon")
    assert code_ == 2 and "no denial that Chairtime knows" in said
    code_, said = run("CO-97", "--claim", "96365 x2; bananas")
    assert code_ == 2 and "line 2" in said


def test_the_shipped_example_answers_the_seeds_first_row() -> None:
    chart = read_bundle(orjson.loads(EXAMPLE.read_bytes()))
    opened, _ = open_visit(chart, COMMERCIAL)
    assert opened is not None
    [denial] = read_denial("CO-16 on 96413")
    found = judge(denial, opened.coded, opened.encounter, COMMERCIAL)
    assert found.verdict == DOES_NOT and Corrected("J1745", 40, ("JZ",)) in found.corrected
