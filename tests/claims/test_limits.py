"""Medically unlikely units that a user loads: the quarterly CMS files, and files that are refused whole with the line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.limits import SHIPPED, LimitsError, read_cms
from coding.model import FACILITY, PROFESSIONAL
from smart_app.cli_options import limits_of
from tests.test_cli import chairtime, said

PROSE = '"The MUE values of this table are units of one day.\nThe practitioner table stands apart.",,,\n'
OFFICE = f"""{PROSE}"HCPCS/
CPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale
0001U,1,2 Date of Service Edit: Policy,Nature of Service
96366,24,3 Date of Service Edit: Clinical,"Data, of CMS"
J1745,30,3 Date of Service Edit: Clinical,Prescribing Information
"""
HOSPITAL = OFFICE.replace("Practitioner", "Outpatient Hospital")


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def refused(text: str) -> str:
    with pytest.raises(LimitsError) as caught:
        read_cms(lines(text), "mue.csv")
    told = str(caught.value)
    assert told.startswith("mue.csv") and len(told) < 300
    return told


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[[bytes], str]:
    def load(data: bytes) -> str:
        path = tmp_path / "mue.csv"
        path.write_bytes(data)
        with pytest.raises(click.UsageError) as caught:
            limits_of(str(path))
        return str(caught.value)

    return load


@pytest.mark.parametrize(("text", "setting"), [(OFFICE, PROFESSIONAL), (HOSPITAL, FACILITY)])
def test_the_table_of_each_setting_is_read_below_its_prose(text: str, setting: str) -> None:
    limits = read_cms(lines(text), "mue.csv")
    assert [limits.most(setting, code) for code in ("0001U", "96366", "J1745", "96413")] == [1, 24, 30, None]
    assert limits.settings == (setting,) and {key[0] for key in limits.values} == {setting}


def test_both_values_side_by_side_are_those_of_their_settings() -> None:
    head = "HCPCS/CPT Code,Practitioner Services MUE Values,Outpatient Hospital Services MUE Values\n"
    limits = read_cms(lines(f"{head}96366,24,8\nJ1745,,30\n"), "mue.csv")
    assert (limits.most(PROFESSIONAL, "96366"), limits.most(FACILITY, "96366")) == (24, 8)
    assert (limits.most(PROFESSIONAL, "J1745"), limits.most(FACILITY, "J1745")) == (None, 30)
    assert not limits.remark(FACILITY) and not limits.remark(PROFESSIONAL)


def test_a_sentence_under_the_table_and_the_same_row_twice_do_no_harm() -> None:
    limits = read_cms(lines(OFFICE + "96366,24,3 again,x\n* Values of the third quarter,,,\n"), "mue.csv")
    assert limits.most(PROFESSIONAL, "96366") == 24


def test_zero_units_and_a_quoted_comma_are_numbers() -> None:
    limits = read_cms(lines(OFFICE.replace("96366,24", "96366,0").replace("J1745,30", 'J1745,"1,200"')), "mue.csv")
    assert (limits.most(PROFESSIONAL, "96366"), limits.most(PROFESSIONAL, "J1745")) == (0, 1200)


@pytest.mark.parametrize("sign", [";", "\t"])
def test_another_sign_may_part_the_cells(sign: str) -> None:
    text = f"HCPCS/CPT Code{sign}Practitioner Services MUE Values\n96366{sign}24\n"
    assert read_cms(lines(text), "mue.csv").most(PROFESSIONAL, "96366") == 24


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("J1745,30", "J1745,-3", "line 7: no whole number of units"),
        ("J1745,30", "J1745,1.5", "line 7: no whole number"),
        ("J1745,30", "J1745,", "line 7: no whole number"),
        ("J1745,30", "J1745,NaN", "line 7: no whole number"),
        ("J1745,30", f"J1745,{'9' * 5000}", "line 7: no whole number"),
        ("J1745,30", "J1745,1,200", "line 7: 5 cells under 4 headings"),
        ("J1745,30", '"=cmd()",30', "line 7: no code"),
        ("J1745,30", "96366,30", "line 7: 96366 stands on line 6 too"),
        (",Prescribing Information\n", "", "line 7: the row breaks off"),
        ("0,3 Date of Service Edit: Clinical,Prescribing Information\n", "", "line 7: the row breaks off"),
        ("J1745,30", 'J1745,"30', "line 7: the quotes of a cell never end"),
        ("J1745,30", f'J1745,30,"{"x" * 200_000}"', "not a CSV file"),
        ("Practitioner", "DME Supplier", "neither practitioner nor outpatient hospital"),
        ("MUE Values,", "Values,", "no column"),
    ],
)
def test_a_damaged_table_is_refused_whole_with_its_line(old: str, new: str, why: str) -> None:
    assert OFFICE.count(old) == 1
    assert why in refused(OFFICE.replace(old, new))


def test_a_table_without_rows_is_refused() -> None:
    assert "no value below" in refused(OFFICE[: OFFICE.index("0001U")])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (bytes(range(256)), "binary"),
        (OFFICE.encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04", "Excel"),
        (b"code,amount\n96366,21\n", "no column"),
    ],
)
def test_what_is_no_table_gets_one_plain_sentence_that_names_the_file(
    loaded: Callable[[bytes], str], data: bytes, says: str
) -> None:
    told = loaded(data)
    assert says in told and "mue.csv" in told


def test_the_letters_of_windows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mue.csv"
    path.write_bytes(OFFICE.replace("Data, of", "Data \N{EN DASH} of").encode("cp1252"))
    assert limits_of(str(path)).most(PROFESSIONAL, "J1745") == 30


def test_the_table_of_another_setting_is_told_to_bear_on_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mue.csv"
    path.write_text(OFFICE)
    done = chairtime("code", "--example", "--mue", str(path))
    assert done.returncode == 0 and "values of practitioner services; nothing of it bears on a facility claim" in said(
        done
    )
    assert "bears on" not in said(chairtime("code", "--example", "--mue", str(path), "--setting", "professional"))
    assert not SHIPPED.remark(FACILITY)


@given(st.text(max_size=200))
def test_any_text_is_a_table_or_a_fault(text: str) -> None:
    for whole in (text, OFFICE + text):
        try:
            read_cms(lines(whole), "mue.csv")
        except LimitsError as caught:
            assert str(caught).startswith("mue.csv")
