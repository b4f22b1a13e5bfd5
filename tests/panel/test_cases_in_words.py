"""Cases in words, as billers write them, and the lines that follow. One sentence, one expectation."""

from __future__ import annotations

import pytest

from coding.explain import totals
from coding.panel import ask
from coding.panel.answer import ASKS_BACK
from coding.panel.case import read_case
from coding.panel.lexicon import normal
from coding.panel.said import tokens
from coding.panel.scratch import build
from coding.panel.whatif import coded, codes_in_words
from coding.policy import policy_for

HOSPITAL = [
    ("rocephin 1g ivpb 0900-0935 then zithro 500 ivpb 0940-1045", "96365 x1, 96367 x1"),
    ("Keytruda 0915 to 0950, premeds tylenol po and benadryl 25 IVP", "96375 x1, 96413 x1"),
    ("2 L NS over 2 hours 15 minutes plus zofran 4mg ivp x2 40 min apart, ED", "96361 x2, 96374 x1, 96376 x1"),
    ("IVIG from 8:05am until 12:40pm with solucortef ivp and tylenol po premeds", "96365 x1, 96366 x4, 96375 x1"),
    ("daptomycin pushed over 2 minutes at 0900", "96374 x1"),
    ("vanc 1000-1200 zosyn 1000-1030 via separate lumens", "96365 x1, 96366 x1, 96368 x1"),
    ("Herceptin 0900-0930, Taxol 0935-1240, then 500 mL NS 1240-1315", "96361 x1, 96413 x1, 96415 x2, 96417 x1"),
    ("morphine 2 mg IV push at 1410, 1430 and 1505", "96374 x1, 96376 x1"),
    ("Normal saline 1 liter wide open from 11:15pm to 12:30am", "96360 x1"),
    ("Ocrevus was started at 9:02 and finished 12:45, with a 20 minute pause for itching", "96365 x1, 96366 x2"),
    ("heparin bolus 0800 then heparin drip 0805-1405", "96365 x1, 96366 x5"),
    ("feraheme over 15 min", "96374 x1"),
    ("feraheme ran 17 minutes", "96365 x1"),
    ("Hizentra subq infusion 2 hours", "96369 x1, 96370 x1"),
    ("an antibiotic over 45 minutes followed by a different antibiotic over 70 minutes", "96365 x1, 96367 x1"),
    ("steroid ivp, then biologic for 2 hours", "96365 x1, 96366 x1, 96375 x1"),
    ("chemo infusion 3 hours and a second chemo drug for one hour", "96413 x1, 96415 x2, 96417 x1"),
    ("ns 500 ml bolus 0900-0940, then ns at kvo until 1200", "96360 x1"),
    ("two 1-hour infusions of different antibiotics, one after the other", "96365 x1, 96367 x1"),
    ("Rituxan 9a-1p for RA", "96365 x1, 96366 x3"),
    ("Rituxan 9a-1p for CLL", "96413 x1, 96415 x3"),
    ("toradol 30 im and phenergan 25 im", "96372 x2"),
    ("Remicade 8:30-10:45, line infiltrated at 9:30 and restarted in other arm at 9:50", "96365 x1, 96366 x1"),
    ("vanc from 0800 to 0930 and again from 2000 to 2130 obs", "96365 x1, 96366 x2"),
    ("carbo 1 hr, gemzar 30 min, zofran ivpb 15 min, decadron ivp", "96375 x2, 96413 x1, 96417 x1"),
    ("fluids 45 min before chemo and 40 min after, taxotere 1 hr", "96361 x1, 96413 x1"),
    ("iv tylenol 1000 mg 1400-1416", "96365 x1"),
    ("insulin drip 6 hours w/ ns 6 hours", "96365 x1, 96366 x5"),
    ("lasix 40 ivp at noon and lasix 40 ivp at 4pm", "96374 x1, 96376 x1"),
    ("Remicade 0900-1100, sorry, 0900-1030", "96365 x1"),
    ("pushed Benadryl and Pepcid, then ran Remicade 2 hrs", "96365 x1, 96366 x1, 96375 x2"),
    ("Remicade 2 hrs, no premeds, no fluids", "96365 x1, 96366 x1"),
    ("vanc left arm 0900-1030, phenytoin right arm 0910-0940, incompatible", "96365 x2"),
    ("inpatient, vanc 0800-0930", ""),
    ("ancef 0700-0732, d/c home, came back ancef 1900-1934, two separate visits", "96365 x2"),
    ("arrived 0815 with cardizem gtt running since 0740, off at 0920", "96365 x1"),
    ("cefepime 2g in 100 mL started 1410 at 200 mL/hr, no stop charted", "96365 x1"),
    (
        "bendamustine (Bendeka) 10:10 to 10:20, then rituximab 10:45 to 14:20 for lymphoma",
        "96411 x1, 96413 x1, 96415 x3",
    ),
    (
        "Krystexxa: tubing primed with saline from 10:04, the drug itself dripped from 10:11 to 12:19",
        "96365 x1, 96366 x1",
    ),
    (
        "irinotecan and leucovorin both started at 0920, leucovorin ended at 1050, irinotecan at 1102",
        "96368 x1, 96413 x1, 96415 x1",
    ),
    ("NS w 20 kcl 1300-1445 for dehydration", "96360 x1, 96361 x1"),
    ("neulasta on-body injector put on, taxotere 1200-1303", "96377 x1, 96413 x1"),
]
OFFICE = [
    ("entyvio 30 min in our office", "96365 x1"),
    ("toradol ivp 0900 and 1100 office", "96374 x1"),
    ("b12 shot im, private practice", "96372 x1"),
]


def _lines(question: str, setting: str = "facility") -> str:
    scratch = build(read_case(tokens(normal(question))), policy_for(setting))
    assert scratch is not None
    return codes_in_words(totals(coded(scratch, policy_for(setting))))


@pytest.mark.parametrize(("question", "lines"), [*HOSPITAL, *OFFICE], ids=lambda text: text[:60])
def test_a_case_in_words_is_coded(question: str, lines: str) -> None:
    assert _lines(question) == lines


@pytest.mark.parametrize(
    "question",
    [
        "Remicade and a solumedrol push before it",
        "how long must vanc run",
        "heparin drip",
    ],
)
def test_a_case_with_something_open_is_not_coded_as_if_it_were_whole(question: str) -> None:
    assert ask(question).lines is None


def test_an_open_flow_is_asked_for() -> None:
    answer = ask("vanc started at 1000, cefepime 1130-1215")
    assert "How long did vancomycin run?" in answer.text


def test_the_setting_in_the_words_counts_before_the_one_that_is_set() -> None:
    answer = ask("toradol ivp 0900 and 1100 in our office")
    assert "office claim" in answer.text
    assert {line.code for line in answer.lines or ()} == {"96374"}


def test_what_was_taken_as_given_is_said() -> None:
    text = ask("2 hr NS with zofran ivp").text
    assert "hospital outpatient claim" in text
    assert "taken as ordered for a charted reason" in text
    assert "no clock times were given" in text.casefold()


def test_a_case_laid_out_from_durations_shows_no_clock_time() -> None:
    import re

    assert not re.search(r"\b\d\d:\d\d\b", ask("infliximab 2 hr 13 min, benadryl 25 iv push just before").text)


def test_a_slip_of_the_pen_is_said() -> None:
    assert '"remicaid" was read as Remicade' in ask("remicaid 9:14a-11:21a").text


def test_a_slip_that_may_be_two_drugs_is_asked_back_with_choices() -> None:
    answer = ask("cytoxam 0900-1015, hospital")
    assert answer.kind == ASKS_BACK
    assert answer.lines is None
    assert len(answer.choices) > 1
    assert all(ask(choice.question).kind != ASKS_BACK for choice in answer.choices)


def test_the_other_profile_is_shown_beside_a_biologic() -> None:
    assert "under the Medicare profile, the lines are 96413, 96415" in ask("infliximab 0914-1121").text
