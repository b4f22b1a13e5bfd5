"""The golden cases can be read, say what they must, and leave no rule without a case on either side."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from coding.model import Coded, Considered, Line, Problem, Quantity, Step
from coding.rules import CARDS
from tests.casefile import CaseError, ExpectedLine, clock, differences, line, load, read

CASES = load()


def test_every_case_has_its_own_name_and_a_why() -> None:
    assert [name for name, times in Counter(case.name for case in CASES).items() if times > 1] == []
    assert [case.name for case in CASES if not (case.source and case.expected.why)] == []


def test_every_case_asks_something_of_lines() -> None:
    assert [case.name for case in CASES if case.expected.lines is None and case.expected.drug_lines is None] == []


def test_every_rule_has_a_case_on_either_side() -> None:
    fires = {rule for case in CASES for rule in case.expected.fires}
    silent = {rule for case in CASES for rule in case.expected.silent}
    assert sorted(set(CARDS) - fires) == [], "no case in which it fires"
    assert sorted(set(CARDS) - silent) == [], "no case in which it is silent"
    assert sorted((fires | silent) - set(CARDS)) == [], "not a rule"


def test_no_case_contradicts_itself() -> None:
    for case in CASES:
        rows = {row.id for encounter in case.encounters for row in encounter.administrations}
        lines = (case.expected.lines or ()) + (case.expected.drug_lines or ())
        assert not set(case.expected.fires) & set(case.expected.silent), case.name
        assert not set(case.expected.problems) & set(case.expected.no_problems), case.name
        assert set(case.expected.not_billed) <= rows, case.name
        assert {want.administration for want in lines} - {""} <= rows, case.name


def _one(body: str) -> str:
    return f'[[case]]\nname = "n"\nsource = "s"\n{body}\nexpected.why = "w"\n'


def test_a_row_becomes_the_value_that_it_says() -> None:
    text = _one(
        'given = [{ drug = "Infliximab 400 mg", how = "infusion", clock = "09:14-11:21", dose = "400 mg", planned = 120,'
        ' reason = "K50.90", facts = ["resumed: after a call"], waste = { vials = ["4 x 100 mg"], none = true },'
        ' order = { id = "R1", reason = "Crohn", reason_codes = ["K50.90"] } }]'
    )
    (case,) = read(text, "t.toml")
    (encounter,) = case.encounters
    (row,) = encounter.administrations
    assert (row.id, row.route, row.technique, row.site, row.planned) == ("A1", "iv", "infusion", "L forearm PIV", 120)
    assert row.start and row.stop and (row.stop.at - row.start.at, row.start.offset) == (127 * 60, -6 * 3600)
    assert row.dose == Quantity(400, "mg") and row.waste and row.waste.vials == ((4, Quantity(100, "mg")),)
    assert row.quote("resumed") == "after a call" and row.order and row.order.reason_codes == ("K50.90",)
    assert (
        encounter.place == "22" and encounter.stop and encounter.start and encounter.stop - encounter.start == 9 * 3600
    )


def test_the_clock_is_read_as_written() -> None:
    def span(said: str, stop_zone: str = "-06:00") -> tuple[int | None, int | None]:
        start, stop = clock(said, dt.date(2026, 3, 10), "-06:00", stop_zone)
        midnight = 1773122400
        return start and (start.at - midnight) // 60, stop and (stop.at - midnight) // 60

    assert span("09:14-11:21") == (554, 681)
    assert span("09:14-") == (554, None) and span("09:14") == (554, None) and span("-15:00") == (None, 900)
    assert span("22:00-06:30+1") == (1320, 1830) and span("+1 02:00") == (1560, None)
    assert span("+1 02:00-03:00") == (1560, 1620) and span("10:00-09:10") == (600, 550)
    assert span("10:00-10:00", "-07:00") == (600, 660) and span("") == (None, None)


def test_a_line_is_read_as_written() -> None:
    assert line("96365") == ExpectedLine("96365")
    assert line("96365-59 @2026-03-10 #A2") == ExpectedLine("96365", 1, ("59",), "2026-03-10", "A2")
    assert line("J1745 x40 -JZ") == ExpectedLine("J1745", 40, ("JZ",))


@pytest.mark.parametrize(
    "body",
    [
        'given = [{ drug = "X", how = "drip" }]',
        'given = [{ drug = "X", cloak = "09:00" }]',
        'given = [{ drug = "X", clock = "9:00" }]',
        'given = [{ drug = "X", clock = "-" }]',
        'given = [{ drug = "X", facts = ["sleepy"] }]',
        'given = [{ drug = "X", visit = 2 }]',
        'given = [{ how = "push" }]',
        'setting = "clinic"',
        'zone = "MST"',
        'expected.lines = ["96365 twice"]',
        'expected.lines = ["9636"]',
        "encounter = {}\nvisits = [{}]",
    ],
)
def test_what_the_format_does_not_know_is_an_error(body: str) -> None:
    with pytest.raises(CaseError, match=r"t\.toml: n: "):
        list(read(_one(body), "t.toml"))


def test_an_answer_is_held_against_what_the_case_asks() -> None:
    text = _one(
        'given = [{ drug = "X", clock = "09:00-11:00" }]\nexpected.lines = ["96366 x2", "96365-59 #A1"]\n'
        'expected.fires = ["time.first-hour"]\nexpected.silent = ["push.long"]\nexpected.problems = ["PCA"]\n'
        'expected.considered = { "96368" = "not met" }'
    )
    (case,) = read(text, "t.toml")
    right = Coded(
        "E1", "facility", "commercial", "1", (),
        lines=(
            Line("96365", 1, "2026-03-10", ("59",), administrations=("A1",), rules=("time.first-hour",)),
            Line("96366", 1, "2026-03-10"),
            Line("96366", 1, "2026-03-11"),
        ),
        considered=(Considered("96368", "not met", (), ""),),
        problems=(Problem("PCA", "tells", "A1", ""),),
        steps=(Step("push.long", "not met", ""),),
    )  # fmt: skip
    assert differences(case.expected, [right]) == []
    assert len(differences(case.expected, [right._replace(lines=right.lines[:2])])) == 2
    assert differences(case.expected, [right._replace(steps=(Step("push.long", "met", ""),))]) == [
        "rule push.long is named"
    ]
    assert len(differences(case.expected, [right._replace(problems=(), considered=())])) == 2
