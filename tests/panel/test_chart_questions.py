"""Questions about the open chart: from the engine's lines, steps and problems, with links to line and resource."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources

import pytest

from coding.denial import read_denial
from coding.panel import Answer, Open, ask, suggestions
from coding.policy import policy_for
from smart_app.asking import open_visit
from smart_app.chart import read_bundle


@lru_cache(maxsize=1)
def _chart() -> Open:
    """Infliximab 09:14 to 11:21, Benadryl 08:55, ondansetron 15 minutes, a flush, and Ringer without a stop."""
    bundle = json.loads(resources.files("smart_app").joinpath("examples", "infliximab.json").read_text("utf-8"))
    opened, _ = open_visit(read_bundle(bundle), policy_for())
    assert opened is not None
    return opened


def _ask(question: str) -> Answer:
    return ask(question, (), _chart())


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("What is missing in this chart?", "Lactated Ringer started at 11:45 and no stop is charted"),
        ("do we need to ask the nurse anything on this one", "Lactated Ringer started at 11:45 and no stop is charted"),
        ("Why only one unit of 96366 here?", "151 would earn one more further hour"),
        ("how many minutes did the remicade run on this chart", "127 minutes"),
        ("Which drug is initial here?", "The initial service is 96365, Infliximab."),
        ("why is the zofran a push, it hung in a bag", "an infusion of 15 minutes counts as a push"),
        ("Why were the fluids not billed here?", "Lactated Ringer has no stop"),
        (
            "can we bill 96413 instead on this patient",
            "under the Medicare profile, the lines are 96413, 96415, 96375 x2",
        ),
        ("why not 96367 here", "96367"),
        ("how much waste on this chart", "No drug was wasted: JZ"),
        ("what was not billed here and why", "a flush is never reported beside other services"),
        ("What are the codes for this patient?", "96365 x1, 96366 x1, 96375 x2"),
        ("if the payer treats this as chemo what changes", "96413 x1, 96415 x1"),
        ("which administrations support 96366 on this chart", "96366 rests on adm-2, adm-3"),
        ("what setting is this chart coded under", "hospital outpatient claim (facility)"),
    ],
)
def test_the_chart_answers(question: str, says: str) -> None:
    answer = _ask(question)
    assert not answer.declined
    assert says in answer.text


def test_the_order_says_is_no_stop() -> None:
    answer = _ask("the order says 60 minutes for the ringer, can I use that as the stop here?")
    assert answer.text.startswith("No: an ordered or scheduled duration is not a stop.")


def test_an_answer_points_to_lines_and_resources() -> None:
    found = {(one.kind, one.ref) for one in _ask("Why only one unit of 96366 here?").evidence}
    assert ("line", "96366") in found
    assert ("administration", "adm-2") in found


def test_a_supposed_stop_is_computed_on_the_chart() -> None:
    answer = _ask("what if the infliximab ran 30 minutes longer")
    assert answer.hypothetical
    assert ("96366", 2) in {(line.code, line.units) for line in answer.lines or ()}


def test_a_supposed_setting_is_computed_on_the_chart() -> None:
    answer = _ask("what would this be in our office?")
    assert answer.hypothetical
    assert "For an office claim (professional) the lines would be" in answer.text


def test_a_rule_question_is_answered_by_the_rule_though_a_chart_is_open() -> None:
    answer = _ask("Does CPT let us bill a flush of the port by itself?")
    assert answer.lines is None
    assert "port.flush-only" in answer.rules


def test_a_case_in_words_is_answered_though_a_chart_is_open() -> None:
    answer = _ask("vanc 1000-1131")
    assert answer.hypothetical
    assert {line.substance for line in answer.lines or ()} == {"Vancomycin"}


def test_without_a_chart_the_same_question_says_what_it_needs() -> None:
    assert "No chart is open here" in ask("What is missing in this chart?").text


def test_a_denial_is_judged_by_the_chart() -> None:
    answer = _ask("this claim was denied CO-16 on the 96413, what now")
    assert "The chart does not support 96413" in answer.text
    assert "Send a corrected claim" in answer.text
    assert "chemo.profile" in answer.rules


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("CO-97 on 96366", "The chart supports 96366 x1."),
        ("C0-97 on 96366", "The chart supports 96366 x1."),
        ("what does CO-45 mean", "Not a denial: the difference between the charge"),
        ("what is PR-1?", "1 is the deductible"),
        ("CO-50 J1745", "The payer does not see in the claim why the service was needed."),
        ("96366 x2 denied CO-151", "The chart does not support 96366 x2"),
        ("96365 denied as incidental", "The payer counts the line as included in another one"),
        ("CO-151", "The payer holds that the record, or its limit for one date"),
        ("CO-16", "This can mean several things: "),
        ("CO-16 N888 on 96365", "RARC N888: no denial of this number is in the table"),
    ],
)
def test_a_number_of_a_denial_is_answered_by_its_row(question: str, says: str) -> None:
    answer = _ask(question)
    assert not answer.declined and answer.matched.startswith("denial ")
    assert says in answer.text


@pytest.mark.parametrize("question", ["CO-999", "denied CO-999", "what is RARC N888?"])
def test_a_number_that_no_table_has_is_declined_with_and_without_a_chart(question: str) -> None:
    for answer in (_ask(question), ask(question)):
        assert answer.declined and not answer.rules and answer.lines is None
        assert "no denial of this number is in the table" in answer.text


def test_a_denial_with_several_readings_can_be_asked_again_for_each() -> None:
    answer = _ask("CO-16")
    assert len(answer.choices) > 1
    for choice in answer.choices:
        assert choice.label not in _ask(choice.question).text.partition(".")[0]
        assert _ask(choice.question).matched == f"denial {read_denial(choice.question)[0].id}" != answer.matched


def test_another_visit_of_that_day_leaves_a_second_line_open() -> None:
    beside = _chart()._replace(beside=("enc-2",))
    said = ask("CO-18 on second 96365", (), beside).text
    assert "the chart has another visit on that date (enc-2)" in said
    assert "does not support 96365 x2" in _ask("CO-236 on second 96365").text


def test_what_documentation_is_missing_is_asked_of_the_chart() -> None:
    assert "no stop is charted" in _ask("what documentation is missing?").text


def test_an_appeal_letter_is_found_on_its_page() -> None:
    answer = _ask("write an appeal letter")
    assert answer.declined and 'the page "A denial"' in answer.text


def test_a_denial_that_no_chart_answers_is_told_without_one() -> None:
    answer = ask("what does CO-45 mean")
    assert not answer.declined and answer.text.startswith("Not a denial: ")


def test_a_denial_without_a_chart_is_answered_by_the_rules() -> None:
    answer = ask("denied CO-16 on the 96413 of a biologic, what now")
    assert answer.lines is None
    assert not answer.declined


def test_suggestions_come_from_the_chart() -> None:
    labels = [one.label for one in suggestions(_chart())]
    assert labels[0] == "What is missing in this chart?"
    assert "Why one unit of 96366 here?" in labels
    for label in labels:
        assert not _ask(label).declined
        assert _ask(label).lines is not None
