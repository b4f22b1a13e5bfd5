"""The letter: every fact of it stands in the chart or on a rule card, and where the chart does not carry it there is none."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from coding import code
from coding.billed import BilledClaim
from coding.denial import CORRECT, SUPPORTS, judge, read_denial
from coding.denial_table import DENIALS
from coding.letter import AS_ABOVE, NOT_DOCUMENTED, Letter, LetterRefused, letter
from coding.model import DERIVED, Condition, Encounter, Fact, Moment, Order, Quantity
from coding.policy import Policy, policy_for
from coding.rules import CARDS, SOURCES
from smart_app.cli import main
from smart_app.cli_denial import letter_text
from tests.charts import infusion, push, visit, visits
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
        "CARC 151", "2026-03-10", "Infliximab", "400 mg", "IV", "09:14", "11:21", "127", "charted", "K50.90 (Crohn's disease)",
        "96365 x1", "96366 x1", "96375 x1", "31 minutes or", "[1]", "https://",
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
    assert "Infliximab is one of the antibodies that CMS names" in said


def test_a_derived_stop_is_called_derived() -> None:
    row = infusion("A1", "Vancomycin", 0, None)._replace(dose=Quantity(250, "mL"), rate=Quantity(125, "mL/h"))
    found = written("CO-151 on 96366", visit(row))
    said = " ".join(letter_text(found).split())
    assert found.entries[0].evidence == DERIVED and found.entries[0].stop == "11:00"
    assert "the stop 11:00 is derived from the charted volume and rate (250 mL at 125 mL/h)" in said
    assert "a derived time" in said


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
    assert "corrected as stated below" in letter_text(found)
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


@pytest.mark.parametrize("denial", DENIALS.values(), ids=lambda one: one.id)
def test_no_wording_promises_payment_or_threatens(denial: object) -> None:
    row = DENIALS[denial.id]  # type: ignore[attr-defined]
    words = " ".join((row.argument, row.supported, row.unsupported, row.means, row.rulebook)).lower()
    assert not re.search(r"guarantee|will be paid|must pay|entitled|attorney|lawsuit|legal action|violation", words)


@settings(max_examples=80, deadline=None)
@given(visits(), st.sampled_from(sorted(DENIALS)))
def test_a_letter_asserts_only_coded_lines_and_charted_times(of: Encounter, id: str) -> None:
    coded = code(of)
    judged = judge(DENIALS[id], coded, of, COMMERCIAL)
    try:
        found = letter(judged, coded)
    except LetterRefused as refused:
        assert refused.reason and refused.instead
        return
    assert judged.verdict == SUPPORTS
    supported = {("-".join((line.code, *line.modifiers)), line.units) for line in (*coded.lines, *coded.drug_lines)}
    assert {tuple(row.line.rsplit(" x", 1)) for row in found.rows} == {
        (code_, str(units)) for code_, units in supported
    }
    used = {row for line in (*coded.lines, *coded.drug_lines) for row in line.administrations}
    times = {(one.start, one.stop) for one in judged.facts if one.administration in used}
    starts, stops = {start for start, _ in times}, {stop for _, stop in times}
    for entry in found.entries:
        assert entry.start in starts | {NOT_DOCUMENTED}
        assert entry.stop in stops | {NOT_DOCUMENTED, "one time"}
    assert max(map(len, (line for line in letter_text(found).splitlines() if "http" not in line))) <= 80
