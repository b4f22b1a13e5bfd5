"""Claims that a person types or a billing program writes as a CSV: what is read of them, and what is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from coding.billed import BilledClaim
from smart_app.claims.faults import ClaimFault
from smart_app.claims.reading import LIMIT_MB, MOST_LINES, read_bytes, read_claim
from smart_app.claims.typed import read_typed


def lines(claim: BilledClaim) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(line.code, line.units, line.modifiers) for line in claim.lines]


def fault(text: str | bytes) -> str:
    with pytest.raises(ClaimFault) as caught:
        read_bytes(text.encode() if isinstance(text, str) else text)
    said = str(caught.value)
    assert said.endswith(".") and len(said) < 300 and "Traceback" not in said
    return said


@pytest.mark.parametrize(
    "text",
    [
        "96365 x1; 96366x2; 96375-59; J1745-JZ x40",
        "96365, 96366 x2, 96375-59, J1745-JZ x40",
        "96365\n96366 X 2\n96375:59\nj1745 JZ x40",
        "96365 1; 96366 2 units; 96375 - 59; J1745-jz*40",
        "96365;96366×2;;96375-59;J1745-JZ x40;",
    ],
)
def test_lines_are_read_as_people_type_them(text: str) -> None:
    claim = read_claim(text)
    assert lines(claim) == [("96365", 1, ()), ("96366", 2, ()), ("96375", 1, ("59",)), ("J1745", 40, ("JZ",))]
    assert claim.form == "typed lines" and not claim.unread


def test_a_typed_line_may_have_its_date_and_several_modifiers() -> None:
    claim = read_typed("96366 x2 @2026-03-10; 96413-59-JZ 3/11/2026; J2350 x1,200")
    assert [line.date for line in claim.lines] == ["2026-03-10", "2026-03-11", ""]
    assert claim.lines[1].modifiers == ("59", "JZ") and claim.lines[2].units == 1200


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("96375 59", "write 96375-59 or 96375 x59"),
        ("infliximab x4", "not understood"),
        ("96366 x0", "at least one"),
        ("96366 x-2", "at least one"),
        ("96366 x1.5", "whole numbers"),
        ("96366 x99999999999", "more than 1,000,000"),
        ("96366 x2 @2026-02-30", "no day of the calendar"),
        ("9636", "not understood"),
        ("96365-5", "not understood"),
        ("=1+1", "not understood"),
        ("9" * 200, "not understood"),
    ],
)
def test_one_bad_typed_line_is_told_with_its_place_and_the_others_stay(bad: str, says: str) -> None:
    claim = read_typed(f"96365; {bad}; 96375")
    assert [line.code for line in claim.lines] == ["96365", "96375"]
    [(place, why)] = claim.unread
    assert place == "line 2" and says in why and why.endswith(".")


@pytest.mark.parametrize("text", ["", "   ", "hello", "no such file.csv", ";;;"])
def test_what_is_neither_a_file_nor_lines_is_refused_with_how_to_write_them(text: str) -> None:
    with pytest.raises(ClaimFault) as caught:
        read_claim(text)
    assert "96365" in str(caught.value) or "empty" in str(caught.value) or "folder" in str(caught.value)


HEADINGS = [
    "code,units,modifiers,date,charge,dx",
    "CPT,Qty,Mod1,DOS,Amount,Diagnosis Code",
    "HCPCS Code;Units;Modifier;Service Date;Charge Amount;ICD-10",
    "Procedure Code\tQUANTITY\tMods\tDate of Service\tBilled\tdx1",
    "cpt/hcpcs|unit|modifier 1|from date|charges|diagnoses",
]


@pytest.mark.parametrize("heading", HEADINGS)
def test_headings_are_read_in_any_usual_writing(heading: str) -> None:
    sign = next(one for one in ";\t|," if one in heading)
    row = sign.join(["J1745", "40", "JZ", "03/10/2026", "$4000.00", "K50.90"])
    [line] = read_bytes(f"{heading}\n{row}\n".encode()).lines
    assert (line.code, line.units, line.modifiers, line.date) == ("J1745", 40, ("JZ",), "2026-03-10")
    assert line.amount == Decimal("4000.00") and line.diagnoses == ("K50.90",) and line.place == "row 2"


def test_columns_that_are_not_needed_are_not_read_and_titles_may_stand_above() -> None:
    text = (
        "Claim detail report,,,\nPrinted 11/21/2026,,,\n\n"
        "Patient Name,CPT,Modifier 1,Modifier 2,Units,POS,Payer,Dx Pointer\n"
        '"Doe, Jane",96365,59,XS,1,11,Aetna,A\n'
    )
    claim = read_bytes(text.encode())
    [line] = claim.lines
    assert line.modifiers == ("59", "XS") and (claim.payer, claim.place_of_service) == ("Aetna", "11")
    assert "Doe" not in repr(claim)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_mark_at_the_beginning_and_other_encodings_do_no_harm(encoding: str) -> None:
    text = 'code,units,note\n96365,1,"Señora"\n96366,2,\n'
    assert lines(read_bytes(text.encode(encoding))) == [("96365", 1, ()), ("96366", 2, ())]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("=SUM(A1:A9),1,", "is a formula"),
        ("96366,=2+2,", "is a formula"),
        ("96366,@cmd,", "is a formula"),
        ('"=HYPERLINK(""http://x"")",1,', "is a formula"),
        ("96366,two,", "no number of units"),
        ("96366,,", "no number of units"),
        ("96366,0,", "at least one"),
        ("96366,-1,", "at least one"),
        ("96366,1e400,", "more than"),
        ("96366,NaN,", "whole numbers"),
        ("96366,1.5,", "whole numbers"),
        ("TOTAL,4,", "no CPT or HCPCS code"),
        (",4,", "no code"),
        ("96366,1,13/40/2026", "no day"),
        ("96366,1,yesterday", "no date"),
    ],
)
def test_one_bad_row_is_told_with_its_place_and_the_others_stay(row: str, says: str) -> None:
    claim = read_bytes(f"code,units,date\n96365,1,2026-03-10\n{row}\n96375,1,2026-03-10\n".encode())
    assert [line.code for line in claim.lines] == ["96365", "96375"]
    [(place, why)] = claim.unread
    assert place == "row 3" and says in why


def test_text_that_a_spreadsheet_guards_is_text() -> None:
    assert lines(read_bytes(b'code,units\n"=""96365""",1\n')) == [("96365", 1, ())]


def test_reversed_and_voided_rows_are_left_out_and_said() -> None:
    claim = read_bytes(b"code,units,amount,status\n96365,1,100,billed\n96366,1,-50,billed\n96375,1,20,Void\n")
    assert [line.code for line in claim.lines] == ["96365"]
    assert ["below zero" in claim.unread[0][1], "status" in claim.unread[1][1]] == [True, True]


def test_a_quoted_cell_over_several_lines_keeps_the_places_right() -> None:
    claim = read_bytes(b'code,units,note\n96365,1,"a\nb\nc"\n96366,bad,\n')
    assert claim.unread[0][0] == "row 5"


def test_a_file_of_several_claims_is_refused() -> None:
    assert "holds 2 claims" in fault("claim id,code,units\n1,96365,1\n2,96365,1\n")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"code,units\n", "no line that can be read"),
        (b"code,units\nx,y\n", "no line that can be read"),
        (b"name,birthday\nDoe,1990\n", "no claim that can be read"),
        (b"96365,1,2026-03-10\n", "heading"),
        (b"PK\x03\x04\x14\x00", "save the sheet as CSV"),
        (b"%PDF-1.7", "PDF"),
        (b"<html></html>", "XML or HTML"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"code,units\n96365,\x00\x01\x02", "binary"),
        (b"\xff\xfec\x00o", "UTF-16"),
        (bytes(range(256)) * 40, "binary"),
        (b'code,units\n"96365,1' + b"x" * 200_000, "cannot be read"),
        (b"code,units\n" + b"96365,1\n" * (MOST_LINES + 1), "lines"),
        (b"96365," * 2_000_000, f"larger than {LIMIT_MB} MB"),
    ],
)
def test_what_cannot_be_read_gives_one_plain_sentence(data: bytes, says: str) -> None:
    assert says in fault(data)


def test_a_claim_file_that_starts_with_isa_is_read_as_837() -> None:
    from tests.claims.test_x12 import OFFICE

    claim = read_bytes(OFFICE)
    assert claim.form == "837P" and claim.setting == "professional" and claim.lines
    assert "ISA" in fault(b"ISA*00*half") or "837" in fault(b"ISA*00*half")


def test_a_folder_and_a_missing_file_are_named(tmp_path: object) -> None:
    with pytest.raises(ClaimFault, match="folder"):
        read_claim(str(tmp_path))
    with pytest.raises(ClaimFault, match="no file"):
        read_claim(f"{tmp_path}/claim.json")


@pytest.mark.parametrize("text", ["96365; " * 200, "x" * 5_000, "96365\0", "\0", "claim\0.csv"])
def test_a_text_that_can_be_no_file_name_is_read_or_refused_in_words(text: str) -> None:
    try:
        assert read_claim(text).lines
    except ClaimFault as error:
        assert len(str(error)) < 300
