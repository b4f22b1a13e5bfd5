"""The command line as a person types it: what it prints, what it says when something is wrong, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from coding.rules import CARDS
from smart_app.words import templates

EXAMPLE = Path(__file__).parent.parent / "smart_app" / "examples" / "infliximab.json"


def chairtime(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "smart_app.cli", *arguments], input=stdin, capture_output=True, check=False
    )


def said(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode()


def answers(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def bundle(text: str = "b1") -> bytes:
    found = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    found["id"] = text
    return json.dumps(found).encode()


def test_the_example_prints_a_page_with_lines_reasons_and_questions() -> None:
    done = chairtime("code", "--example")
    page = done.stdout.decode()
    assert done.returncode == 0
    for heading in (
        "LINES",
        "DRUGS",
        "CONSIDERED AND NOT BILLED",
        "ADMINISTRATIONS WITHOUT A LINE",
        "WHAT THE CHART LACKS",
    ):
        assert heading in page
    assert "127 minutes" in page and "09:14 to 11:21" in page
    assert max(len(line) for line in page.splitlines()) <= 100


def test_json_has_the_promised_shape() -> None:
    done = chairtime("code", str(EXAMPLE), "--format", "json")
    [answer] = answers(done)
    assert list(answer) == [
        "bundle", "encounter", "setting", "payer", "rules_version", "switches",
        "lines", "drug_lines", "considered", "not_billed", "problems",
    ]  # fmt: skip
    codes = {line["code"]: line["units"] for line in answer["lines"]}  # type: ignore[attr-defined]
    assert codes["96365"] == 1 and codes["96366"] == 1
    for line in answer["lines"]:  # type: ignore[attr-defined]
        assert line["why"] and line["rules"] and set(line["rules"]) <= set(CARDS)


def test_ndjson_gives_one_object_a_line_in_order() -> None:
    done = chairtime("code", "-", "--format", "json", stdin=bundle("a") + b"\n\n" + bundle("b") + b"\n")
    assert [one["bundle"] for one in answers(done)] == ["a", "b"]


def test_a_bad_line_is_named_and_the_others_are_coded() -> None:
    broken = bundle("a") + b'\n{"resourceType": "Bundle", "entry": [\n' + bundle("c") + b"\n[1, 2]\n"
    done = chairtime("code", "-", "--format", "json", stdin=broken)
    assert [one["bundle"] for one in answers(done)] == ["a", "c"]
    assert done.returncode == 1
    assert "line 2" in said(done) and "line 4" in said(done)


def test_a_bad_first_line_does_not_hide_the_rest() -> None:
    done = chairtime("code", "-", "--format", "json", stdin=b"not json\n" + bundle("b") + b"\n")
    assert [one["bundle"] for one in answers(done)] == ["b"]
    assert done.returncode == 1 and "line 1" in said(done)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"  \n \n", "is empty"),
        (b"infusion notes, not JSON", "is not JSON"),
        (b'{"resourceType": "Bundle",\n "entry": [\n', "half-written"),
        (b'{"a": 1}', "not FHIR"),
        (b"[1, 2, 3]", "not FHIR"),
        (b'{"resourceType": "Patient", "id": "p"}', "is a Patient, not a Bundle"),
        (b"\xff\xfe\x00\x01", "is not JSON"),
    ],
)
def test_what_is_no_chart_gets_one_plain_sentence(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "chart.json"
    path.write_bytes(content)
    done = chairtime("code", str(path))
    assert done.returncode == 3
    assert done.stdout == b""
    assert words in said(done)
    assert len(said(done).strip().splitlines()) == 1
    assert "Traceback" not in said(done)


def test_a_missing_file_and_a_folder_are_said_so(tmp_path: Path) -> None:
    assert "does not exist" in said(chairtime("code", str(tmp_path / "none.json")))
    assert "is a folder" in said(chairtime("code", str(tmp_path)))


def test_a_document_too_large_for_memory_is_refused_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smart_app import inputs

    path = tmp_path / "huge.json"
    path.write_bytes(b'{"resourceType": "Bundle",\n' + b" " * 5_000)
    monkeypatch.setattr(inputs, "MAX_BYTES", 1_000)
    with pytest.raises(inputs.InputError, match="write it as NDJSON"):
        list(inputs.read_bundles(str(path)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--payer", "medicar"], "Did you mean medicare"),
        (["--policy", "same_drug_repeet=sum"], "Did you mean same_drug_repeat"),
        (["--policy", "same_drug_repeat=often"], "sum"),
        (["--policy", "same_drug_repeat"], "SWITCH=VALUE"),
        (["--policy", "hydration_second_site=report_59"], "hydration_second_site"),
        (["--setting", "hospital"], "facility"),
    ],
)
def test_a_wrong_call_says_what_is_allowed(arguments: list[str], words: str) -> None:
    done = chairtime("code", "--example", *arguments)
    assert done.returncode == 2
    assert words in said(done)


def test_neither_file_nor_example_is_a_wrong_call() -> None:
    assert chairtime("code").returncode == 2


def test_an_empty_bundle_is_no_fault() -> None:
    done = chairtime("code", "-", stdin=b'{"resourceType": "Bundle", "id": "x", "type": "collection"}')
    assert done.returncode == 0 and b"no encounter" in done.stdout


def test_the_cms_file_of_unlikely_units_is_read_and_a_wrong_one_refused(tmp_path: Path) -> None:
    good = tmp_path / "mue.csv"
    good.write_text(
        "HCPCS/CPT Code,Outpatient Hospital Services MUE Values,MUE Adjudication Indicator\n96375,1,3 Date of Service Edit\n"
    )
    done = chairtime("code", "--example", "--mue", str(good), "--format", "json")
    [answer] = answers(done)
    assert "MUE_EXCEEDED" in {one["code"] for one in answer["problems"]}  # type: ignore[attr-defined]
    assert sum(line["units"] for line in answer["lines"] if line["code"] == "96375") == 2  # type: ignore[attr-defined]
    bad = tmp_path / "bad.csv"
    bad.write_text("HCPCS/CPT Code,Practitioner Services MUE Values\n96375,six\n")
    refused = chairtime("code", "--example", "--mue", str(bad))
    assert refused.returncode == 2 and "line 2" in said(refused)


def test_rules_are_listed_and_one_is_shown_with_its_sources() -> None:
    listed = chairtime("rules").stdout.decode()
    assert all(rule in listed for rule in CARDS)
    shown = chairtime("rules", "time.additional-hour").stdout.decode()
    assert "Sources:" in shown and "http" in shown
    unknown = chairtime("rules", "time.aditional-hour")
    assert unknown.returncode == 2 and "time.additional-hour" in said(unknown)


def test_a_reader_that_stops_early_is_no_error() -> None:
    pipe = f"{sys.executable} -m smart_app.cli rules | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {pipe}"], capture_output=True, check=False)
    assert b"Traceback" not in done.stderr


def test_the_templates_are_found_where_the_package_is() -> None:
    assert (templates() / "text" / "coded.txt").is_file()
