"""chairtime check as a person types it: what it prints, what it says when something is wrong, and how it ends."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from coding.billed import ASK, NOTE, WRONG
from coding.check_kinds import KINDS
from coding.rules import CARDS
from launch.practice import charts
from tests.test_cli import EXAMPLE, chairtime, said

EXAMPLE_LEAVES_OPEN = "Lactated Ringer started at 11:45 and no stop is charted"
RIGHT = "96365; 96366; 96375 x2; J1745-JZ x40; J1200; J2405 x8"
HELD = "96365; 96366 x3; 96367; J3475 x4"
CSV = "code,units,modifiers,date\n96365,1,,2026-11-10\n96366,3,,2026-11-10\nJ1745,40,JZ,2026-11-10\n"


def check(*arguments: str, chart: str = str(EXAMPLE), stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return chairtime("check", *arguments, "--chart", chart, stdin=stdin)


def answer(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    return dict(json.loads(done.stdout))


@pytest.fixture
def day(tmp_path: Path) -> Any:
    def write(name: str) -> str:
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(charts.day(name)))
        return str(path)

    return write


def test_a_claim_that_the_chart_supports_ends_with_nothing(day: Any) -> None:
    done = check("--lines", "96365; 96366; J1745-JZ x40", chart=day("infliximab"))
    assert done.returncode == 0 and "The claim is what the chart supports." in done.stdout.decode()


def test_what_the_chart_leaves_open_is_asked_although_every_line_agrees() -> None:
    done = check("--lines", RIGHT)
    page = " ".join(done.stdout.decode().split())
    assert done.returncode == 1 and "WRONG" not in page and EXAMPLE_LEAVES_OPEN in page


def test_findings_are_printed_worst_first_with_evidence_and_the_corrected_claim() -> None:
    done = check("--lines", "96413; 96415 x2; J1745 x40; 99213")
    page = done.stdout.decode()
    assert done.returncode == 1
    assert page.index("WRONG") < page.index("TOLD") < page.index("THE CLAIM AS THE CHART SUPPORTS IT")
    for words in ("127 minutes", "from adm-2, adm-3", "rules chemo.profile", "Corrected: 96365, 96366", "J1745-JZ x40"):
        assert words in page
    assert max(len(line) for line in page.splitlines()) <= 100


def test_json_is_one_object_with_the_promised_keys() -> None:
    lines = "96413; 96415; J1745-JZ x40; J1200; J2405 x8; 96375 x2"
    done = check("--lines", lines, "--payer", "commercial", "--format", "json")
    found = answer(done)
    assert list(found) == [
        "bundle", "encounter", "encounters", "other_encounters", "dated", "setting", "payer", "payer_assumed", "rules_version",
        "switches", "claim", "findings", "corrected", "held",
    ]  # fmt: skip
    one, question = found["findings"]
    assert question["kind"] == "open-question" and (found["payer_assumed"], found["dated"]) == (False, True)
    assert list(one) == [
        "kind", "severity", "title", "says", "do", "rules", "billed", "corrected", "minutes", "administrations",
    ]  # fmt: skip
    assert one["kind"] == "family-flip" and one["minutes"] == 127 and set(one["rules"]) <= set(CARDS)
    assert {"code": "96366", "units": 1, "modifiers": [], "date": "2026-11-10"} in found["corrected"]


def test_a_csv_from_standard_input_and_a_claim_file_are_read_by_what_they_hold(tmp_path: Path) -> None:
    file = tmp_path / "claim.dat"
    file.write_text(CSV)
    for done in (check("-", "--format", "json", stdin=CSV.encode()), check(str(file), "--format", "json")):
        found = answer(done)
        assert done.returncode == 1 and found["claim"]["form"] == "CSV"
        assert "over-billed-units" in [one["kind"] for one in found["findings"]]


def test_a_line_that_cannot_be_read_is_told_and_ends_in_one() -> None:
    done = check("--lines", f"{RIGHT}; nonsense")
    assert done.returncode == 1 and "NOT READ" in done.stdout.decode() and "line 7" in done.stdout.decode()


def test_remarks_on_lines_that_were_read_stand_apart_and_do_not_end_in_one(day: Any, tmp_path: Path) -> None:
    file = tmp_path / "claim.csv"
    file.write_text("code,units,modifiers,charge\n96365,1,,ten\n96366,1,,\nJ1745,40,JZ,\n")
    done = check(str(file), chart=day("infliximab"))
    page = done.stdout.decode()
    assert done.returncode == 0 and "NOT READ" not in page
    assert 'row 2: "ten" is no amount in dollars' in page.partition("REMARKS ON READING THE CLAIM")[2]
    found = answer(check(str(file), "--format", "json"))
    assert found["claim"]["unread"] == [] and [one["place"] for one in found["claim"]["notes"]] == ["row 2"]


def test_a_payer_that_no_policy_knows_is_remarked_in_the_answer_too(tmp_path: Path) -> None:
    file = tmp_path / "claim.csv"
    file.write_text("code,units,payer\n96365,1,Some Plan\n")
    [note] = answer(check(str(file), "--format", "json"))["claim"]["notes"]
    assert "commercial is used" in note["says"] and "Some Plan" not in note["says"]


def test_lines_without_proof_are_held_apart_from_the_corrected_claim(day: Any) -> None:
    found = answer(check("--lines", HELD, "--format", "json", chart=day("missing-stop")))
    assert found["held"] and {one["severity"] for one in found["findings"] if one["kind"] == "unproved"} == {ASK}
    page = check("--lines", HELD, chart=day("missing-stop")).stdout.decode()
    assert "HELD UNTIL ANSWERED" in page


def test_setting_and_payer_come_from_the_claim_unless_the_call_says_otherwise(tmp_path: Path) -> None:
    claim = {
        "resourceType": "Claim", "status": "active", "insurer": {"display": "Medicare"},
        "type": {"coding": [{"code": "professional"}]},
        "item": [{"productOrService": {"coding": [{"code": "96413"}]}, "servicedDate": "2026-11-10"}],
    }  # fmt: skip
    file = tmp_path / "claim.json"
    file.write_text(json.dumps(claim))
    found = answer(check(str(file), "--format", "json"))
    assert (found["setting"], found["payer"]) == ("professional", "medicare")
    found = answer(check(str(file), "--format", "json", "--setting", "facility", "--payer", "aetna"))
    assert (found["setting"], found["payer"]) == ("facility", "aetna")
    file.write_text(json.dumps({**claim, "insurer": {"display": "Some Plan"}}))
    done = check(str(file), "--format", "json")
    assert answer(done)["payer"] == "commercial" and "no payer policy is loaded" in said(done)
    assert "Some Plan" not in said(done)


def test_the_visit_is_that_of_the_claims_date_and_the_others_are_named(day: Any) -> None:
    chart = day("several-visits")
    coded = [json.loads(line) for line in chairtime("code", chart, "--format", "json").stdout.splitlines()]
    billed = [one for one in coded if one["lines"]]
    assert len(billed) > 1
    for one in billed:
        lines = "; ".join(
            f"{'-'.join([line['code'], *line['modifiers']])} x{line['units']} @{line['date']}" for line in one["lines"]
        )
        found = answer(check("--lines", lines, "--format", "json", chart=chart))
        assert one["encounter"] in found["encounter"]
        found = answer(check("--lines", lines, "--encounter", one["encounter"], "--format", "json", chart=chart))
        assert found["encounter"] == one["encounter"] and found["other_encounters"]


def test_a_date_of_no_visit_is_said() -> None:
    page = check("--lines", "96365 @2020-01-01").stdout.decode()
    assert "No visit of the chart has a date of the claim" in page


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Give a claim"),
        (("claim.csv", "--lines", "96365"), "not both"),
        (("--lines", "96365", "--payer", "nobody"), "no payer"),
        (("--lines", "96365", "--policy", "x"), "SWITCH=VALUE"),
        (("--lines", "96365", "--setting", "home"), "home"),
        (("--lines", "96365", "--encounter", "nobody"), "no encounter 'nobody'"),
    ],
)
def test_a_wrong_call_ends_in_two_and_says_how(arguments: tuple[str, ...], says: str) -> None:
    done = check(*arguments)
    assert done.returncode == 2 and says in said(done)


def test_a_chart_is_wanted_and_standard_input_is_one_of_the_two() -> None:
    assert chairtime("check", "--lines", "96365").returncode == 2
    assert check("-", chart="-").returncode == 2


@pytest.mark.parametrize("claim", ["", "nonsense", "PK\x03\x04", '{"resourceType": "Claim", "item": ['])
def test_a_claim_that_cannot_be_read_ends_in_three_with_one_sentence(claim: str) -> None:
    done = check("-", stdin=claim.encode())
    assert done.returncode == 3 and not done.stdout
    assert said(done).startswith("chairtime: ") and said(done).count("\n") == 1


def test_a_chart_that_cannot_be_read_ends_in_three() -> None:
    done = check("--lines", "96365", chart="no-such-chart.json")
    assert done.returncode == 3 and "does not exist" in said(done)
    done = check("--lines", "96365", chart="-", stdin=b'{"resourceType": "Bundle"}')
    assert done.returncode == 3 and "no encounter" in said(done)


def test_the_same_claim_and_chart_give_the_same_bytes() -> None:
    calls = [check("--lines", "96413; 96368 x3; J1745 x41", "--format", "json").stdout for _ in range(2)]
    assert calls[0] == calls[1]


def test_every_kind_of_finding_has_a_title_and_says_what_to_do() -> None:
    for kind in KINDS.values():
        assert kind.title and kind.do.endswith((".", "?")) and kind.severity in (WRONG, ASK, NOTE)
        assert kind.says.endswith((".", "{why}"))
