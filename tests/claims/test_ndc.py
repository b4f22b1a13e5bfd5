"""NDC to HCPCS by the CMS crosswalk that a user loads: writings of one NDC, several codes, files that are refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.ndc import Crosswalk, CrosswalkError, eleven
from smart_app.fee_files import load_crosswalk

FILES = Path(__file__).parent / "files"
TEXT = (FILES / "crosswalk.csv").read_text()
LOADED = load_crosswalk([str(FILES / "crosswalk.csv")])
HEAD = "_2026_CODE,Short Description,LABELER NAME,NDC,Drug Name,HCPCS dosage,PKG SIZE,PKG QTY,BILLUNITS,BILLUNITSPKG\n"


def loaded(tmp_path: Path, data: str | bytes) -> Crosswalk:
    path = tmp_path / "crosswalk.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return load_crosswalk([str(path)])


@pytest.mark.parametrize("ndc", ["57894-030-01", "57894-0030-01", "57894003001", "5789403001", " 57894-030-01 "])
def test_every_writing_of_an_ndc_finds_its_code(ndc: str) -> None:
    assert [(one.code, one.quantity, one.unit) for one in LOADED.find(ndc)] == [("J1745", Decimal(10), "mg")]


def test_an_ndc_under_several_codes_gives_all_of_them() -> None:
    assert [one.code for one in LOADED.find("0069-1305-10")] == ["Q5105", "Q5106"]


def test_an_ndc_that_is_not_in_the_file_finds_nothing() -> None:
    assert LOADED.find("11111-1111-11") == ()
    assert LOADED.find("infliximab") == ()


@given(st.text("0123456789", min_size=11, max_size=11))
def test_eleven_digits_and_their_short_forms_are_one_ndc(digits: str) -> None:
    labeler, product, package = digits[:5], digits[5:9], digits[9:]
    assert eleven(digits) == (digits,) == eleven(f"{labeler}-{product}-{package}")
    for short in (
        f"{labeler[1:]}-{product}-{package}" if labeler[0] == "0" else "",
        f"{labeler}-{product[1:]}-{package}" if product[0] == "0" else "",
        f"{labeler}-{product}-{package[1:]}" if package[0] == "0" else "",
    ):
        if short:
            assert eleven(short) == (digits,)
            assert digits in eleven(short.replace("-", ""))


@given(st.text(max_size=16))
def test_any_text_is_read_as_ndcs_of_eleven_digits_or_as_none(text: str) -> None:
    assert all(len(one) == 11 and one.isdigit() for one in eleven(text))


def test_several_files_are_one(tmp_path: Path) -> None:
    other = tmp_path / "opps.csv"
    other.write_text(HEAD + "C9999,X,Y,99999-0001-01,Newdrug,1 MG,1,1,1,1\n")
    both = load_crosswalk([str(FILES / "crosswalk.csv"), str(other)])
    assert both.find("99999-0001-01")[0].code == "C9999"
    assert both.find("57894-030-01") == LOADED.find("57894-030-01")


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("J17,X,Y,57894-0030-01,Remicade,10 MG,100,1,10,10", "line 2"),
        ("=1+1,X,Y,57894-0030-01,Remicade,10 MG,100,1,10,10", "line 2"),
        ("J1745,X,Y,,Remicade,10 MG,100,1,10,10", "line 2"),
        ("J1745", "line 2"),
        ("Q5103,X,Y,69080901,Inflectra,10 MG,100,1,10,10", "line 2: the NDC 69080901 is a number that a sheet"),
        ("Q5103,X,Y,6.91E+07,Inflectra,10 MG,100,1,10,10", "line 2: the NDC 6.91E"),
        ("Q5103,X,Y,00069-0809-01,Inflectra, 10 MG,100,1,10,10,1", "line 2: 11 cells under 10 headings"),
        ("Q5103,X,Y,00069-0809-01,Infle", "line 2: the row breaks off"),
    ],
)
def test_a_bad_row_refuses_the_whole_file_with_its_line(tmp_path: Path, row: str, line: str) -> None:
    with pytest.raises(CrosswalkError, match=line):
        loaded(tmp_path, f"{HEAD}{row}\n")


@pytest.mark.parametrize("sign", [";", "\t"])
def test_another_sign_may_part_the_cells(tmp_path: Path, sign: str) -> None:
    row = "Q5103,X,Y,00069-0809-01,Inflectra,10 MG,100,1,10,10\n"
    assert loaded(tmp_path, (HEAD + row).replace(",", sign)).find("0069-0809-01")[0].code == "Q5103"


def test_an_alternate_id_is_no_ndc_and_does_no_harm(tmp_path: Path) -> None:
    held = loaded(tmp_path, f"{HEAD}A9999,X,Y,UPC 8011,Thing,1 EA,1,1,1,1\nQ5103,X,Y,00069-0809-01,I,10 MG,1,1,1,1\n")
    assert held.find("0069-0809-01")[0].code == "Q5103" and held.find("UPC 8011") == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(10_000_000),
        b"0" * 10_000_000,
        TEXT.encode("utf-16"),
        b"PK\x03\x04",
        b"HCPCS,Price\nJ1745,1\n",
        HEAD.encode(),
        HEAD.encode() + b'J1745,"' + b"x\n" * 200_000,
    ],
    ids=["nothing", "zeros", "noughts", "UTF-16", "Excel", "another table", "no rows", "an open quote"],
)
def test_a_hostile_file_gets_one_plain_sentence(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(CrosswalkError) as caught:
        loaded(tmp_path, data)
    assert "crosswalk.csv" in str(caught.value)


def test_a_file_that_is_not_there_is_said_so() -> None:
    with pytest.raises(CrosswalkError, match="cannot be read"):
        load_crosswalk(["nowhere.csv"])
