"""Each claim error and each denial pattern has a chart in the practice EHR: practice_claims.toml, held against the program."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from coding.billed import BilledClaim, Finding
from coding.check import check
from coding.check_kinds import KINDS
from coding.denial import fitting, judge, read_denial
from coding.denial_table import DENIALS
from coding.engine import code_visits
from coding.limits import SHIPPED, read_cms
from coding.policy import Policy, policy_for
from launch.practice.charts import DAYS, day, sheet
from smart_app.chart import Chart, read_bundle
from smart_app.claims.typed import read_typed
from smart_app.claims.visits import Visit, visit_of
from tests.claims.made import kinds, written

Row = dict[str, Any]
ROWS = tomllib.loads(Path(__file__).with_name("practice_claims.toml").read_text("utf-8"))
FINDINGS: list[Row] = ROWS["finding"]
DENIED: list[Row] = ROWS["denial"]
BOTH = {"day", "billed", "setting", "payer", "switches", "limits", "plan", "disputed"}
OF_FINDING = {*BOTH, "place", "finding", "right", "zero", "severity", "corrected", "finds", "right_finds"}
OF_DENIAL = {*BOTH, "denial", "words", "verdict", "do"}
# Kinds and patterns that no day shows yet, each with the reason.
NOT_YET: dict[str, str] = {}


def _rows(rows: list[Row], key: str) -> list[Any]:
    """The rows as parameters; a disputed one must fail, so that the mark goes when the program and the row agree."""
    return [
        pytest.param(
            row,
            id=f"{row[key]}-{row['day']}-{number}",
            marks=pytest.mark.xfail(strict=True, reason=row["disputed"]) if "disputed" in row else (),
        )
        for number, row in enumerate(rows, 1)
    ]


@cache
def _chart(name: str) -> Chart:
    return read_bundle(day(name))


def _policy(row: Row, folder: Path) -> Policy:
    own = sheet(row["day"])
    file = folder / "plan.toml" if "plan" in row else None
    if file:
        file.write_text(row["plan"], encoding="utf-8")
    setting = row.get("setting", own.get("setting", "facility"))
    return policy_for(setting, row.get("payer", own.get("payer", "commercial")), row.get("switches", {}), file)


def _claim(row: Row, key: str) -> BilledClaim:
    claim = read_typed(row[key])
    assert claim.unread == ()
    if key == "billed" and "zero" in row:
        claim = claim._replace(
            lines=tuple(one._replace(units=one.units * (one.code != row["zero"])) for one in claim.lines)
        )
    if key == "billed" and "place" in row:
        claim = claim._replace(place_of_service=row["place"])
    return claim


def _visit(row: Row, claim: BilledClaim, policy: Policy) -> Visit:
    chart = _chart(row["day"])
    visit = visit_of(claim, chart.encounters, code_visits(chart.encounters, policy))
    assert visit is not None
    return visit


def _found(row: Row, key: str, folder: Path) -> tuple[Finding, ...]:
    policy, claim = _policy(row, folder), _claim(row, key)
    visit = _visit(row, claim, policy)
    limits = read_cms(row["limits"], "mue.csv") if "limits" in row else SHIPPED
    return check(claim, visit.coded, visit.encounter, policy, limits)


@pytest.mark.parametrize("row", _rows(FINDINGS, "finding"))
def test_a_claim_error_is_found_in_the_chart_of_its_day(row: Row, tmp_path: Path) -> None:
    found = _found(row, "billed", tmp_path)
    assert sorted(kinds(found)) == sorted(row.get("finds", [row["finding"]]))
    one = next(one for one in found if one.kind == row["finding"])
    assert one.severity == row.get("severity", KINDS[one.kind].severity)
    assert one.says and "{" not in one.says
    if "corrected" in row:
        assert written(one.corrected) == sorted(row["corrected"])


@pytest.mark.parametrize("row", list(FINDINGS), ids=[f"{row['finding']}-{row['day']}" for row in FINDINGS])
def test_it_is_not_found_in_a_right_claim_for_the_same_day(row: Row, tmp_path: Path) -> None:
    found = kinds(_found(row, "right", tmp_path))
    assert row["finding"] not in found
    assert found == row.get("right_finds", [])


@pytest.mark.parametrize("row", _rows(DENIED, "denial"))
def test_a_denial_is_known_and_answered_from_the_chart_of_its_day(row: Row, tmp_path: Path) -> None:
    policy = _policy(row, tmp_path)
    claim = _claim(row, "billed") if "billed" in row else None
    visit = _visit(row, claim or BilledClaim((), "none"), policy)
    lines = (*visit.coded.lines, *visit.coded.drug_lines)
    [denial] = fitting(read_denial(row["words"]), claim, lines)
    assert denial.id == row["denial"]
    found = check(claim, visit.coded, visit.encounter, policy) if claim else ()
    answer = judge(denial, visit.coded, visit.encounter, policy, claim, found)
    assert (answer.verdict, answer.do) == (row["verdict"], row["do"])
    assert answer.why


def test_every_kind_of_finding_and_every_denial_has_a_chart() -> None:
    shown = {row["finding"] for row in FINDINGS} | {row["denial"] for row in DENIED}
    assert {*KINDS, *DENIALS} - shown == set(NOT_YET)
    assert shown <= {*KINDS, *DENIALS}


def test_a_disputed_row_is_never_the_only_one_of_its_kind() -> None:
    agreed = {row["finding"] for row in FINDINGS if "disputed" not in row}
    assert agreed | {row["denial"] for row in DENIED if "disputed" not in row} | set(NOT_YET) >= {*KINDS, *DENIALS}


def test_every_row_names_a_day_and_nothing_that_is_not_read() -> None:
    assert {row["day"] for row in (*FINDINGS, *DENIED)} <= set(DAYS)
    assert {key for row in FINDINGS for key in row} <= OF_FINDING
    assert {key for row in DENIED for key in row} <= OF_DENIAL
    assert all({"right", "billed"} <= set(row) for row in FINDINGS)
