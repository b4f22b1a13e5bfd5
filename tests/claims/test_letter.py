"""The letter: every fact of it stands in the chart or on a rule card, and where the chart does not carry it there is none."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from coding import code, code_visits
from coding.billed import BilledClaim
from coding.denial import CORRECT, SUPPORTS, judge, read_denial
from coding.denial_table import DENIALS
from coding.joined import joined
from coding.letter import Letter, LetterRefused, letter
from coding.letter_table import AUTHORITIES, READINGS, SENTENCES, plain_site, reasons
from coding.letter_words import AS_ABOVE, NOT_DOCUMENTED
from coding.letter_words import entry as words_of
from coding.model import DERIVED, Condition, DrugLine, Encounter, Fact, Line, Moment, Order, Quantity, Waste
from coding.policy import Policy, policy_for
from coding.rules import CARDS, SOURCES, THRESHOLDS
from launch.practice.charts import day
from smart_app.asking import open_visit
from smart_app.chart import read_bundle
from smart_app.claims.typed import read_typed
from smart_app.cli import main
from smart_app.cli_denial import letter_text
from tests.charts import fluid, infusion, moment, push, visit, visits
from tests.charts import payers as payers_
from tests.charts import settings as settings_
from tests.claims.test_denials import EXAMPLE, claim

COMMERCIAL, MEDICARE = policy_for(), policy_for("facility", "medicare")
ORDER = Order("R1", "Infliximab 400 mg", "Crohn's disease", ("K50.90",))


def chart(stop: int | None = 141) -> Encounter:
    row = infusion("A1", "Infliximab", 14, stop)._replace(dose=Quantity(400, "mg"), order=ORDER)
    return visit(push("A2", "Ondansetron", 5), row)._replace(conditions=(Condition("K50.90", "Crohn's disease", "C1"),))


def written(text: str, of: Encounter, billed: BilledClaim | None = None, policy: Policy = COMMERCIAL) -> Letter:
    denial = read_denial(text)[0]
    coded = code(of, policy)
    return letter(judge(denial, coded, of, policy, billed), coded)


def test_the_letter_names_drug_dose_times_minutes_grade_indication_lines_rule_and_source() -> None:
    said = letter_text(written("CO-151 on 96366", chart()))
    for wanted in (
        "CARC 151", "2026-03-10", "Infliximab", "400 mg", "IV", "09:14", "11:21", "127", "charted", "Infliximab: K50.90",
        "96365 x1", "96366 x1", "96375 x1", "more than 30 minutes", "91 minutes earn 1 unit", "[1]", "https://",
    ):  # fmt: skip
        assert wanted in " ".join(said.split()), wanted


def test_every_time_number_and_address_of_a_letter_stands_in_the_chart_or_on_a_card() -> None:
    found = written("CO-151 on 96366", chart())
    clocks = set(re.findall(r"\b\d\d:\d\d\b", letter_text(found)))
    assert clocks == {"09:14", "11:21", "09:05"}
    addresses = {source.address for source in SOURCES.values()}
    assert set(re.findall(r"https?://\S+", letter_text(found))) <= addresses
    coded = code(chart())
    assert [row.line for row in found.rows] == [f"{line.code} x{line.units}" for line in coded.lines] + [
        "-".join((line.code, *line.modifiers)) + f" x{line.units}" for line in coded.drug_lines
    ]
    minutes = {str(line.minutes) for line in coded.lines if line.minutes is not None}
    assert {row.minutes for row in found.rows} - {""} == minutes
    assert {entry.minutes for entry in found.entries} - {""} == {"127"}


def test_sources_are_authorities_of_the_cards_and_each_is_cited() -> None:
    found = written("CO-16 on 96413", chart(), policy=MEDICARE)
    of_cards = {tag for card in CARDS.values() for tag in card.sources}
    assert found.sources and {source.tag for source in found.sources} <= of_cards
    assert not {source.kind for source in found.sources} & {"forum", "house", "unverified"}
    said = letter_text(found)
    for number in range(1, len(found.sources) + 1):
        assert said.count(f"[{number}]") >= 2
    assert "certain monoclonal antibodies" in said


def test_a_derived_stop_is_called_derived() -> None:
    row = infusion("A1", "Vancomycin", 0, None)._replace(dose=Quantity(250, "mL"), rate=Quantity(125, "mL/h"))
    found = written("CO-151 on 96366", visit(row))
    said = " ".join(letter_text(found).split())
    assert found.entries[0].evidence == DERIVED and found.entries[0].stop == "11:00"
    assert "the stop 11:00 is derived from the charted volume and rate (250 mL at 125 mL/h)" in said
    assert "its stop is derived, not charted" in said


def test_what_is_not_charted_is_listed_as_not_documented() -> None:
    found = written("CO-151 on 96366", chart())
    assert f"Ondansetron: {NOT_DOCUMENTED}" in found.indications
    assert "Ondansetron, 09:05: dose, indication, link to the order" in found.undocumented
    assert "NOT DOCUMENTED" in letter_text(found)


def test_rate_steps_that_repeat_the_dose_are_not_told_as_two_doses() -> None:
    steps = (infusion("A1", "Infliximab", 14, 44), infusion("A2", "Infliximab", 44, 141))
    rows = tuple(row._replace(dose=Quantity(400, "mg"), order=ORDER) for row in steps)
    [entry] = written("CO-151 on 96366", visit(*rows)).entries
    assert (entry.dose, entry.start, entry.stop, entry.minutes) == ("400 mg", "09:14", "11:21", "127")
    resumed = (rows[0], rows[1]._replace(start=Moment(rows[1].start.at + 600, rows[1].start.offset)))  # type: ignore[union-attr]
    assert [one.dose for one in written("CO-151 on 96366", visit(*resumed)).entries] == ["400 mg", AS_ABOVE]


def test_a_denied_line_that_the_chart_does_not_support_gets_no_letter_but_the_corrected_lines() -> None:
    with pytest.raises(LetterRefused) as refused:
        written("CO-16 on 96413", chart(), claim("96413", "96415"))
    assert "does not support 96413" in refused.value.reason
    assert "Send a corrected claim: 96365 x1, 96366 x1" in refused.value.instead


def test_an_open_chart_gets_no_letter_but_what_would_prove_it() -> None:
    with pytest.raises(LetterRefused) as refused:
        written("CO-151 on 96366", chart(None))
    assert "no stop is charted" in refused.value.reason and "true stop" in refused.value.instead


def test_a_claim_with_another_unsupported_line_gets_no_letter() -> None:
    with pytest.raises(LetterRefused):
        written("CO-151 on 96366", chart(), claim("96365", "96366", "96376"))


@pytest.mark.parametrize("text", ["CO-29", "CO-45", "CO-197", "CO-204"])
def test_a_denial_that_no_chart_answers_gets_no_letter(text: str) -> None:
    with pytest.raises(LetterRefused):
        written(text, chart())


def test_a_payers_written_policy_is_not_argued_with() -> None:
    with pytest.raises(LetterRefused, match="Cigna"):
        written("CO-234 on 96365", chart(), policy=policy_for("facility", "cigna"))


def test_the_letter_says_what_was_corrected() -> None:
    coded = code(chart(), COMMERCIAL)
    now = claim(*(f"{line.code} x{line.units}" for line in coded.lines))
    judged = judge(read_denial("CO-16 on 96413")[0], coded, chart(), COMMERCIAL, now)
    denial = judge(read_denial("CO-151 on 96366")[0], coded, chart(), COMMERCIAL, now)
    assert denial.verdict == SUPPORTS
    found = letter(denial, coded, claim("96413", "96415", "96375"))
    assert found.correction == "The corrected claim takes off 96413 x1, 96415 x1 and reports 96365 x1, 96366 x1."
    assert "corrected as stated below" in letter_text(found) and "[corrected claim]" in letter_text(found)
    assert judged.do != CORRECT or judged.verdict == SUPPORTS


def test_a_letter_holds_no_name_of_the_patient_and_no_words_of_a_note() -> None:
    row = infusion("A1", "Infliximab", 14, None)._replace(
        stop=Moment(infusion("x", "y", 0, 141).stop.at, -6 * 3600, DERIVED, "note"),  # type: ignore[union-attr]
        facts=(Fact("noted-stop", "Robin Example tolerated it, infusion ended 11:21"),),
        dose=Quantity(400, "mg"),
        text="Infliximab for Robin Example",
    )
    of = visit(row)._replace(patient="Robin Example")
    said = letter_text(written("CO-151 on 96366", of))
    assert "Robin" not in said and "Example" not in said and "[name]" in said
    assert "a nurse's note" in said


def test_the_shipped_example_names_no_patient() -> None:
    done = CliRunner().invoke(
        main, ["denial", "Robin Example: CO-16 on 96413", "--payer", "medicare", "--letter", "--chart", str(EXAMPLE)]
    )
    assert done.exit_code == 0, done.output
    bundle = orjson.loads(Path(EXAMPLE).read_bytes())
    [patient] = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient"]
    for secret in (
        *patient["name"][0]["given"],
        patient["name"][0]["family"],
        patient["birthDate"],
        patient["id"],
        "enc-1",
    ):
        assert secret not in done.output
    assert max(map(len, (line for line in done.output.splitlines() if "http" not in line))) <= 80


def test_a_refused_letter_ends_with_one_and_says_why() -> None:
    done = CliRunner().invoke(main, ["denial", "CO-16 on 96413", "--letter", "--chart", str(EXAMPLE)])
    assert done.exit_code == 1 and "no letter is written" in done.output and "Send a corrected claim" in done.output


def of_day(
    name: str, text: str, billed: str = "", payer: str = "commercial", setting: str = "facility", **switches: str
) -> Letter:
    """The letter about the first visit of a practice day."""
    policy = policy_for(setting, payer, switches)
    opened, _ = open_visit(read_bundle(day(name)), policy)
    assert opened is not None
    sent = read_typed(billed) if billed else None
    judged = judge(read_denial(text)[0], opened.coded, opened.encounter, policy, sent)
    return letter(judged, opened.coded, billed=sent)


def flat(found: Letter) -> str:
    return " ".join(letter_text(found).split())


# --- only what the chart shows


def test_for_two_sites_the_letter_holds_both_sites_and_what_the_record_says_of_the_need() -> None:
    said = flat(of_day("two-sites", "CO-97 two 96365", "96365; 96365-59; J3373 x125"))
    assert "Access site in the record: Left forearm PIV 20 G." in said
    assert "Access site in the record: Right antecubital PIV 18 G." in said
    assert "the drugs may not run through one line [reason as charted]" in said
    assert "only" not in said.partition("WHAT THE RECORD")[0].partition("THE LINES IN QUESTION")[2]


def test_what_was_given_and_not_billed_is_told_beside_the_lines() -> None:
    found = of_day("red-cells", "CO-50 on 96360", "36430; 96360")
    assert "Diphenhydramine, 25 mg, IV, 08:30: given for the transfusion, so it has no line." in found.others
    assert "no drug service" not in flat(found)


def test_a_pause_is_no_dose_and_no_minutes_of_the_drug() -> None:
    found = of_day("rituximab-held", "CO-97 96375", "96413; 96415 x3; 96375; J9312-JZ x70; J1200-JZ")
    rituximab = [one for one in found.entries if one.drug == "Rituximab"]
    assert [one.minutes for one in rituximab] == ["70", "150"]
    assert found.others == ("Rituximab, 10:10 to 10:55: on hold; nothing of it is counted.",)
    assert found.undocumented == ()


def test_on_the_night_when_clocks_change_each_time_is_that_of_its_own_clock() -> None:
    found = of_day("clocks-go-back", "CO-151 96366", "96365; 96366")
    [vancomycin] = found.entries
    assert (vancomycin.start, vancomycin.stop, vancomycin.minutes) == ("00:50 -05:00", "01:40 -06:00", "110")
    assert "02:40" not in flat(found) and "universal time (UTC)" in flat(found)


def test_after_midnight_times_and_lines_carry_their_dates() -> None:
    found = of_day("over-midnight", "CO-252 96366")
    assert found.denied[0].line == "2026-11-13 96366 x1"
    assert [one.start for one in found.entries if one.drug == "Morphine"] == ["19:35", "2026-11-13 02:10"]
    assert "Times without a date are those of 2026-11-12." in found.notes
    assert all(re.match(r"2026-11-1[23] ", row.line) for row in found.rows)


def test_a_visit_of_one_day_shows_no_dates_beside_its_times() -> None:
    assert not re.search(r"\d{4}-\d\d-\d\d \d\d:", letter_text(written("CO-151 on 96366", chart())))


def test_seconds_are_shown_where_the_minutes_of_the_clock_would_give_another_count() -> None:
    found = of_day("times-in-utc", "CO-252")
    [vancomycin] = [one for one in found.entries if one.drug == "Vancomycin"]
    assert (vancomycin.start, vancomycin.stop, vancomycin.minutes) == ("18:04:30", "19:36:10", "91")
    assert any("seconds are shown" in one for one in found.notes)
    assert all(one.start.count(":") == 1 for one in found.entries if one.drug == "Ertapenem")


def test_a_drug_charted_by_the_volume_of_its_bag_shows_its_dose_too() -> None:
    [ceftriaxone] = of_day("derived-stop", "CO-252", "96365; J0696 x4").entries
    assert ceftriaxone.dose == "1000 mg in 50 mL"


def test_a_take_home_pump_does_not_stop_at_once() -> None:
    found = of_day("folfox", "CO-97 96368", payer="medicare", setting="professional")
    assert [one.stop for one in found.entries if one.drug == "Fluorouracil"] == ["one time", "by pump"]


def test_two_lines_of_one_code_stand_as_the_claim_has_them() -> None:
    found = of_day("ivig-steps", "CO-97 96375")
    [pushes] = found.denied
    assert pushes.line == "96375 x2"
    said = " ".join(ground.says for ground in pushes.grounds)
    assert "Diphenhydramine, 08:35." in said and "Methylprednisolone sodium succinate, 08:40." in said
    assert [row.substance for row in found.rows if row.line == "96375 x2"] == [
        "Diphenhydramine, Methylprednisolone sodium succinate"
    ]


def test_an_administration_line_is_not_supported_by_the_units_of_its_drug() -> None:
    found = of_day("infliximab", "CO-252", "96365; 96366; J1745-JZ x40")
    assert "units of 10" not in flat(found) and not any("J1745" in one.line for one in found.denied)


def test_three_bags_of_one_order_show_the_dose_of_each() -> None:
    order = Order("R1", "Cefepime 2 g every 8 hours", "", ("N10",), dose=Quantity(2, "g"))
    bags = tuple(
        infusion(f"A{number}", "Cefepime", start, start + 35)._replace(
            dose=Quantity(2, "g"), order=order, facts=(Fact("container", f"bag {number}"),)
        )
        for number, start in enumerate((0, 300, 600), 1)
    )
    found = written("CO-151 on 96366", visit(*bags))
    assert [one.dose for one in found.entries] == ["2 g", "2 g", "2 g"]
    assert "J0692 x12" in [row.line for row in found.rows]


def test_a_dose_of_a_later_visit_is_not_called_that_of_the_first() -> None:
    order = Order("R1", "Cefepime 2 g twice a day", "", ("M86.10",), dose=Quantity(2, "g"))
    both = [
        visit(
            infusion(f"A{start}", "Cefepime", start, start + 35)._replace(dose=Quantity(2, "g"), order=order)
        )._replace(id=f"V{start}", start=moment(start).at, stop=moment(start + 60).at)
        for start in (0, 120)
    ]
    of, coded = joined(tuple(zip(both, code_visits(both), strict=True)))
    found = letter(judge(read_denial("CO-97 second 96365-59")[0], coded, of, COMMERCIAL), coded)
    assert [one.dose for one in found.entries] == ["2 g", "2 g"]
    assert "in its visit" in found.argument.says and "A second visit on the same date" in flat(found)


def test_jz_is_not_explained_by_nothing_discarded_where_the_record_shows_some() -> None:
    waste = Waste(((1, Quantity(450, "mg")), (1, Quantity(150, "mg"))), Quantity(40, "mg"), False, "40 mg discarded")
    row = infusion("A1", "Carboplatin", 0, 65)._replace(dose=Quantity(560, "mg"), waste=waste)
    said = flat(written("CO-16 N822 J9045", visit(row), policy=MEDICARE))
    assert "40 mg discarded." in said and "no whole unit of the drug is left for JW" in said
    assert "nothing of a single-dose container was discarded" not in said
    none = row._replace(dose=Quantity(600, "mg"), waste=Waste(waste.vials, None, True, "no waste"))
    assert "nothing of a single-dose container was discarded" in flat(
        written("CO-16 N822 J9045", visit(none), policy=MEDICARE)
    )


# --- the reason, and the diagnosis of the claim


def test_a_diagnosis_of_the_visit_is_not_called_the_reason_in_the_record() -> None:
    row = infusion("A1", "Infliximab", 14, 141)._replace(dose=Quantity(400, "mg"))
    crohn = (Condition("K50.90", "Crohn's disease", "C1"),)
    found = written("CO-50 on 96365", visit(row)._replace(conditions=crohn))
    said = flat(found)
    assert "Diagnoses of the visit, none of them charted as its reason: K50.90." in said
    assert "Its reason in the record" not in said and "The record gives the reason" not in said
    assert any("indication" in one for one in found.undocumented)
    linked = flat(written("CO-50 on 96365", visit(row._replace(order=ORDER))._replace(conditions=crohn)))
    assert "Its reason in the record: K50.90." in linked and "The record gives the reason" in linked


def test_a_letter_says_that_the_claim_carried_the_diagnosis_only_where_it_did() -> None:
    text = "CO-11 on 96365"
    assert "[Say that these lines of the claim carried it" in written(text, chart()).argument.says
    assert "carry the diagnosis" in written_of_claim(text, ("K50.90",)).argument.says
    with pytest.raises(LetterRefused, match="The claim gives K51"):
        written_of_claim(text, ("K51.90",))


def written_of_claim(text: str, diagnoses: tuple[str, ...]) -> Letter:
    coded = code(chart())
    billed = claim(*(f"{line.code} x{line.units}" for line in coded.lines))
    billed = billed._replace(lines=tuple(line._replace(diagnoses=diagnoses) for line in billed.lines))
    return letter(judge(read_denial(text)[0], coded, chart(), COMMERCIAL, billed), coded, billed=billed)


# --- nothing that names a person


def test_no_words_of_an_order_a_diagnosis_a_site_or_an_unknown_drug_reach_the_letter() -> None:
    leak = "Rosehip, husband Karl, tel 555-0133"
    of_fluid = fluid("A1", 0, 70)._replace(
        order=Order("R1", f"500 mL for dehydration of {leak}", leak), reason_text=leak, site=f"left arm {leak}"
    )
    unknown = infusion("A2", f"Zzyx of {leak}", 80, 100)
    of = visit(of_fluid, unknown)._replace(conditions=(Condition("E86.0", leak, "C1"),))
    said = letter_text(written("CO-252 on 96361", of))
    for secret in ("Rosehip", "Karl", "555", "Zzyx"):
        assert secret not in said, secret
    assert "loss of fluid" in said and "[drug as charted]" in said


def test_a_reason_in_words_alone_is_named_and_left_for_a_person_to_write() -> None:
    row = infusion("A1", "Vancomycin", 0, 91)._replace(reason_text="for Karl")
    found = written("CO-151 on 96366", visit(row))
    assert found.indications == ("Vancomycin: [reason as charted]",)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Renal protection: hydration before cisplatin", ("protection of the kidneys",)),
        ("no nausea, not dehydrated", ()),
        ("denies vomiting; hypovolemia", ("loss of fluid",)),
        ("for Robin", ()),
    ],
)
def test_words_of_the_chart_are_said_in_ours(said: str, wanted: tuple[str, ...]) -> None:
    assert reasons(said) == wanted


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("Left forearm PIV 20 G", "Left forearm PIV 20 G"),
        ("R IJ triple-lumen CVC - distal lumen", "R IJ triple-lumen CVC distal lumen"),
        ("right arm by Karl", ""),
        ("port 5550133", ""),
    ],
)
def test_an_access_site_is_printed_only_in_words_that_sites_have(said: str, plain: str) -> None:
    assert plain_site(said) == plain


# --- refused rather than wrong


def test_a_denial_for_want_of_a_reason_gets_no_letter_for_a_line_without_one() -> None:
    of = visit(infusion("A1", "Vancomycin", 0, 91))
    coded = code(of)
    asked = judge(read_denial("CO-50 on 96365")[0], coded, of, COMMERCIAL)
    with pytest.raises(LetterRefused, match="no reason for Vancomycin"):
        letter(asked._replace(verdict=SUPPORTS), coded)


@pytest.mark.parametrize("text", ["CO-50 J1745", "CO-50 on 96365"])
def test_a_missing_diagnosis_leaves_open_the_line_of_the_drug_as_well(text: str) -> None:
    row = infusion("A1", "Infliximab (Remicade)", 14, 141)._replace(dose=Quantity(400, "mg"))
    with pytest.raises(LetterRefused) as refused:
        written(text, visit(row))
    assert "No charted diagnosis is linked to Infliximab" in refused.value.reason


def test_a_letter_says_of_no_claim_that_it_was_corrected_unless_the_claim_shows_it() -> None:
    found = of_day("two-sites", "CO-97 two 96365", "96365; 96365; J3373 x125")
    assert found.correction == "The corrected claim takes off 96365 x2 and reports 96365 x1, 96365-59 x1."
    assert of_day("two-sites", "CO-97 two 96365").correction == ""


def test_a_line_that_was_left_off_at_first_is_said_to_be_added() -> None:
    coded = code(chart())
    now = claim(*(f"{line.code} x{line.units}" for line in coded.lines))
    denial = judge(read_denial("CO-107 96366")[0], coded, chart(), COMMERCIAL, now)
    first = now._replace(lines=tuple(line for line in now.lines if line.code != "96365"))
    assert letter(denial._replace(denial=denial.denial._replace(corrects=False)), coded, first).correction == (
        "The corrected claim adds 96365 x1."
    )


# --- authorities


def test_every_source_of_a_letter_is_an_authority_with_an_address() -> None:
    tags = {tag for one in SENTENCES for tag in one.sources} | {tag for one in READINGS for tag in one.sources}
    for tag in tags:
        assert SOURCES[tag].kind in AUTHORITIES and SOURCES[tag].address.startswith("http"), tag


@pytest.mark.parametrize("setting", ["facility", "professional"])
@pytest.mark.parametrize("payer", ["commercial", "medicare", "aetna"])
@pytest.mark.parametrize(
    "name", ["infliximab", "cisplatin", "two-sites", "over-midnight", "office-dehydration", "folfox"]
)
def test_no_authority_speaks_for_another_payer_or_another_setting(name: str, payer: str, setting: str) -> None:
    try:
        found = of_day(name, "CO-252", payer=payer, setting=setting)
    except LetterRefused:
        return
    for source in found.sources:
        assert not source.payers or payer in source.payers, source.tag
        assert not source.settings or setting in source.settings, source.tag


def test_infliximab_is_not_argued_with_an_article_on_hydration() -> None:
    for text in ("CO-252", "CO-11 on 96365", "CO-50 on 96365", "CO-151 on 96366"):
        found = of_day("infliximab", text, "96365; 96366; J1745-JZ x40")
        assert not any("hydration" in source.title for source in found.sources), text


def test_medicare_is_reminded_of_its_own_word_on_the_name_of_the_drug() -> None:
    found = of_day("infliximab", "CO-16 on 96413", "96413; 96415; J1745-JZ x40", payer="medicare")
    [cited] = found.argument.cites
    assert found.sources[cited - 1].tag == "NORI-CLAR"
    assert "[Name here, and enclose, what the record shows of special preparation" in flat(found)
    assert of_day("ocrelizumab", "CO-16 on 96365").argument.cites == ()


def test_what_authorities_read_differently_is_said() -> None:
    runs = flat(of_day("every-8-hours", "CO-151 96366", "96365; 96366"))
    assert "another judges each run by itself, and then the lines would be 96365" in runs
    fluid_ = flat(of_day("cisplatin", "CO-50 96361", "96413; 96415; 96375; 96361 x4", payer="medicare"))
    assert "one Medicare contractor counts fluid" in fluid_ and "protection of the kidneys" in fluid_
    assert "Select Health" not in fluid_
    office = flat(of_day("office-dehydration", "CO-97 96361", "96374; 96375; 96361 x3", setting="professional"))
    assert "By the reason for the visit the lines would be 96360, 96361 x2, 96375 x2" in office


def test_a_point_on_which_nobody_differs_is_not_called_disputed() -> None:
    assert of_day("infliximab", "CO-151 on 96366", "96365; 96366; J1745-JZ x40").differences == ()


def test_what_rests_on_a_setting_of_the_practice_is_left_for_it_to_justify() -> None:
    found = of_day("ocrelizumab", "CO-151 on 96366", addl_hour_min_over="30")
    assert any("addl_hour_min_over = 30" in one.says for one in found.differences)
    assert "more than 29 minutes" in flat(found)


def test_a_line_of_discarded_drug_shows_the_vials_and_no_house_note() -> None:
    found = of_day("privigen", "CO-16 N822 J1459", "96365; 96366 x4; J1459 x56; J1459-JW x4", payer="medicare")
    said = flat(found)
    assert "28 g given. J1459 counts 500 mg as one unit." in said
    assert "1 x 20 g opened; 1 x 10 g opened; 2 g discarded" in said
    assert "status G or K" not in said
    [given_, discarded] = found.denied
    assert not any("JW" in one.says for one in given_.grounds) and any("JW" in one.says for one in discarded.grounds)


def test_the_sentences_print_the_thresholds_in_force() -> None:
    said = " ".join(one.says for one in SENTENCES)
    assert f"{THRESHOLDS.infusion_minimum} to 90 minutes" in said
    assert f"of {THRESHOLDS.hydration_minimum - 1} minutes or less is not reported" in said


@pytest.mark.parametrize("denial", DENIALS.values(), ids=lambda one: one.id)
def test_no_wording_promises_payment_or_threatens(denial: object) -> None:
    row = DENIALS[denial.id]  # type: ignore[attr-defined]
    words = " ".join((row.argument, row.supported, row.unsupported, row.means, row.rulebook)).lower()
    assert not re.search(r"guarantee|will be paid|must pay|entitled|attorney|lawsuit|legal action|violation", words)


@settings(max_examples=80, deadline=None)
@given(visits(), st.sampled_from(sorted(DENIALS)), settings_, payers_)
def test_a_letter_asserts_only_coded_lines_and_charted_times(of: Encounter, id: str, setting: str, payer: str) -> None:
    policy = policy_for(setting, payer)
    coded = code(of, policy)
    judged = judge(DENIALS[id], coded, of, policy)
    try:
        found = letter(judged, coded)
    except LetterRefused as refused:
        assert refused.reason and refused.instead
        return
    assert judged.verdict == SUPPORTS
    every: tuple[Line | DrugLine, ...] = (*coded.lines, *coded.drug_lines)
    supported = {(line.date, line.code, line.modifiers): 0 for line in every}
    for line in every:
        supported[line.date, line.code, line.modifiers] += line.units
    assert sorted(row.line for row in found.rows) == sorted(
        f"{f'{date} ' if len(found.dates) > 1 else ''}{'-'.join((code_, *modifiers))} x{units}"
        for (date, code_, modifiers), units in supported.items()
    )
    shown = {(words.start, words.stop) for words in map(words_of, judged.facts)}
    starts, stops = {start for start, _ in shown}, {stop for _, stop in shown}
    for entry in found.entries:
        assert entry.start in starts and entry.stop in stops
    for source in found.sources:
        assert source.speaks_for(payer, setting), source.tag
    said = letter_text(found)
    assert "{" not in said and ".." not in said and "None" not in said
    assert max(map(len, (line for line in said.splitlines() if "http" not in line))) <= 80
