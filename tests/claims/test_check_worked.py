"""The worked claims of the documents that the product began from, their denials, and the practice days beside their own claims."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import orjson
import pytest

from coding import policy_for
from coding.billed import NOTE, WRONG, Finding
from coding.check import check
from coding.engine import code_visits
from coding.model import STOPS, Coded, Encounter, Problem
from launch.practice import charts
from smart_app.chart import read_bundle
from smart_app.coded import with_chart
from tests.claims.made import billed, claim_of, findings, kinds, written

INFLIXIMAB, OCRELIZUMAB, PRIVIGEN = "infliximab", "ocrelizumab", "privigen"
DAYS = tuple(charts.titles())


@cache
def visits(day: str) -> tuple[tuple[Encounter, Coded], ...]:
    """The visits of a practice day with their answers, as a person would check a claim of that day."""
    sheet = charts.sheet(day)
    policy = policy_for(sheet.get("setting", "facility"), sheet.get("payer", "commercial"))
    chart = read_bundle(charts.day(day))
    return tuple(zip(chart.encounters, with_chart(chart, code_visits(chart.encounters, policy)), strict=True))


def checked(day: str, *lines: str) -> tuple[Finding, ...]:
    [(encounter, coded)] = visits(day)
    date = coded.lines[0].date
    return check(billed(*lines, date=date), coded, encounter, policy_for())


def test_the_worked_infliximab_claim_is_right() -> None:
    """Seed 000: 127 minutes, J1745 x40 JZ, 96365, 96366 x1; 67 minutes past the first hour earn the unit (conflict C2)."""
    assert checked(INFLIXIMAB, "J1745-JZ x40", "96365", "96366") == ()


def test_the_worked_ocrelizumab_claim_is_right_but_for_its_kx() -> None:
    """Seed 000: 223 minutes, J2350 x600 JZ, 96365, 96366 x3; KX "if applicable" is not asked for (conflict C27)."""
    assert checked(OCRELIZUMAB, "J2350-JZ x600", "96365", "96366 x3") == ()
    found = checked(OCRELIZUMAB, "J2350-JZ-KX x600", "96365", "96366 x3")
    assert [(one.kind, one.severity) for one in found] == [("kx-not-asked", NOTE)]


def test_the_worked_privigen_claim_is_right_but_for_its_kx() -> None:
    """Seed 000: 288 minutes, J1459 x56, J1459 x4 JW, 96365, 96366 x4; its KX is told of (conflict C27), its missing JZ is right (C39)."""
    assert checked(PRIVIGEN, "J1459 x56", "J1459-JW x4", "96365", "96366 x4") == ()
    found = checked(PRIVIGEN, "J1459-KX x56", "J1459-JW-KX x4", "96365", "96366 x4")
    assert [(one.kind, one.severity) for one in found] == [("kx-not-asked", NOTE)]


@pytest.mark.parametrize(
    ("day", "lines", "kind", "corrected"),
    [
        (INFLIXIMAB, ("J1745-JZ x40", "96413", "96415"), "family-flip", ["96365", "96366"]),
        (INFLIXIMAB, ("J1745-JZ x40", "96366"), "add-on-without-primary", ["96365", "96366"]),
        (PRIVIGEN, ("J1459 x56", "J1459-JW x4", "96365"), "under-billed-hours", ["96366 x4"]),
        (OCRELIZUMAB, ("J2350-JZ x600", "96365", "96366"), "under-billed-hours", ["96366 x3"]),
        (INFLIXIMAB, ("J1745-JZ x40", "96365", "96366", "96360"), "bundled-hydration", []),
    ],
)
def test_each_denial_row_of_the_documents_is_found_with_its_correction(
    day: str, lines: tuple[str, ...], kind: str, corrected: list[str]
) -> None:
    [one] = checked(day, *lines)
    assert (one.kind, one.severity) == (kind, WRONG) and written(one.corrected) == corrected


def test_two_initials_of_the_denial_row_become_the_next_or_the_simultaneous_drug() -> None:
    from tests.charts import infusion, visit

    after = visit(infusion("A1", "Vancomycin", 0, 90), infusion("A2", "Ceftriaxone", 95, 125))
    beside = visit(infusion("A1", "Vancomycin", 0, 90), infusion("A2", "Ceftriaxone", 10, 40))
    assert [written(one.corrected) for one in findings(after, "96365", "96365")] == [["96367"]]
    assert [written(one.corrected) for one in findings(beside, "96365", "96365")] == [["96368"]]


@pytest.mark.parametrize("day", DAYS)
def test_the_claim_of_a_practice_day_as_coded_leaves_only_what_the_chart_leaves_open(day: str) -> None:
    sheet = charts.sheet(day)
    policy = policy_for(sheet.get("setting", "facility"), sheet.get("payer", "commercial"))
    for encounter, coded in visits(day):
        found = check(claim_of(coded), coded, encounter, policy)
        told = {one.kind for one in found} - {"above-unlikely-limit", "not-payable"}
        assert told <= {"open-question"}
        if any(one.severity == STOPS for one in coded.problems if waits(one, coded)):
            assert told == {"open-question"}


def waits(problem: Problem, coded: Coded) -> bool:
    """Whether something given has no line until the problem is answered; a drug's own dose counts where drugs are billed."""
    return bool(coded.lines) and (bool(coded.drug_lines) or not all(rule.startswith("drug.") for rule in problem.rules))


@pytest.mark.parametrize("day", DAYS)
def test_a_claim_of_a_practice_day_without_its_further_hours_lacks_only_those(day: str) -> None:
    sheet = charts.sheet(day)
    policy = policy_for(sheet.get("setting", "facility"), sheet.get("payer", "commercial"))
    for encounter, coded in visits(day):
        claim = claim_of(coded)
        hours = ("96366", "96415")
        kept = claim._replace(lines=tuple(line for line in claim.lines if line.code not in hours))
        found = check(kept, coded, encounter, policy)
        expected = {line.code for line in coded.lines if line.code in hours}
        told = {
            line.code for one in found for line in one.corrected if one.kind in ("under-billed-hours", "other-reading")
        }
        assert told == expected, kinds(found)


@pytest.mark.skipif("CHAIRTIME_SHARED" not in os.environ, reason="CHAIRTIME_SHARED names no folder of shared cases")
def test_the_answers_of_all_shared_charts_check_clean_as_claims() -> None:
    policy = policy_for()
    bundles = sorted(Path(os.environ["CHAIRTIME_SHARED"], "cases", "bundles").glob("*.json"))
    assert bundles
    for path in bundles:
        chart = read_bundle(orjson.loads(path.read_bytes()))
        for encounter, coded in zip(chart.encounters, code_visits(chart.encounters, policy), strict=True):
            found = check(claim_of(coded), coded, encounter, policy)
            assert {one.kind for one in found} <= {"above-unlikely-limit", "open-question", "not-payable"}, path.name
