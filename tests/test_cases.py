"""The golden cases: worked charts as sentences, and the promise that every rule card has a case that shows it."""

from __future__ import annotations

from functools import cache

import pytest

from coding.engine import code_visits
from coding.model import MET, NOT_MET, UNKNOWN, Coded
from coding.policy import policy_for
from coding.rules import CARDS, card, in_force
from tests.casefile import Case, differences, load

CASES = load()


@cache
def answers(name: str) -> tuple[Coded, ...]:
    """Each case is coded once for all tests that look at it."""
    case = next(one for one in CASES if one.name == name)
    return code_visits(case.encounters, policy_for(case.setting, case.payer, dict(case.policy)))


@pytest.mark.parametrize("case", CASES, ids=[f"{case.file.removesuffix('.toml')}: {case.name}" for case in CASES])
def test_a_worked_chart_gives_its_lines(case: Case) -> None:
    missed = differences(case.expected, answers(case.name))
    assert not missed, f"{case.name}\n  why: {case.expected.why}\n  source: {case.source}\n  " + "\n  ".join(missed)


def _named(coded: tuple[Coded, ...]) -> set[str]:
    rows = [
        row
        for one in coded
        for group in (one.lines, one.drug_lines, one.considered, one.not_billed, one.problems)
        for row in group
    ]
    rules = {rule for row in rows for rule in row.rules}
    return rules | {step.rule for one in coded for step in one.steps if step.verdict in (MET, NOT_MET, UNKNOWN)}


@pytest.mark.parametrize("rule", sorted(CARDS))
def test_every_card_fires_in_one_case_and_stays_silent_in_another(rule: str) -> None:
    fires = [case.name for case in CASES if rule in case.expected.fires]
    silent = [case.name for case in CASES if rule in case.expected.silent]
    assert fires, f"no case says that {rule} fires"
    assert silent, f"no case says that {rule} stays silent"
    assert any(rule in _named(answers(name)) for name in fires)


def test_no_answer_names_a_rule_that_has_no_card() -> None:
    for case in CASES:
        assert _named(answers(case.name)) <= set(CARDS), case.name


def test_every_line_names_rules_that_hold_on_its_date() -> None:
    for case in CASES:
        for coded in answers(case.name):
            for line in (*coded.lines, *coded.drug_lines):
                assert line.rules and line.why
                assert all(in_force(card(rule), line.date) for rule in line.rules), (case.name, line)


def test_every_administration_ends_in_a_line_or_a_reason() -> None:
    for case in CASES:
        for encounter, coded in zip(case.encounters, answers(case.name), strict=True):
            ends = {id for line in coded.lines for id in line.administrations} | {
                one.resource for one in coded.not_billed
            }
            assert {row.id for row in encounter.administrations} <= ends, case.name


def test_no_administration_is_left_without_a_named_reason() -> None:
    for case in CASES:
        for coded in answers(case.name):
            assert all(one.rules for one in coded.not_billed), (case.name, coded.not_billed)
