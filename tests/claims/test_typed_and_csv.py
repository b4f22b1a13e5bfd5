"""Claims that a person types or a billing program writes as a CSV: what is read of them, and what is told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

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
        "96365x1, 96366x2, 96375-59x1, J1745-JZx40",
        "96365 x1\n96366*2\n96375 59 x1\nJ1745 JZx40".replace(" 59 ", "-59 "),
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


@pytest.mark.parametrize(
    "text",
    [
        "96365,1\n96366,1\nJ1745-JZ,40\n",
        "96365, 59",
        "96365;1;2026-03-10",
        "J2350,1200",
        "J1745,JZ,40",
        "96366, 3/10/2026",
    ],
)
def test_a_table_without_a_heading_is_no_list_of_lines(text: str) -> None:
    assert "heading such as code,units,modifiers,date" in fault(text)
    if not text.startswith("J1745,JZ"):
        with pytest.raises(ClaimFault, match="stands alone behind a code"):
            read_typed(text)


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
        ("96366,1e400,", "no number of units"),
        ("96366,NaN,", "no number of units"),
        ("96366,4_0,", "no number of units"),
        ("96366,\N{FULLWIDTH DIGIT FOUR}0,", "no number of units"),
        ('96366,"1,2",', "no number of units"),
        ("96366,9999999,", "more than"),
        ("96366,1.5,", "whole numbers"),
        ("TOTAL,4,", "no CPT or HCPCS code"),
        (",4,", "no code"),
        ("96366,1,13/40/2026", "no day"),
        ("96366,1,yesterday", "no date"),
        ("96366,1,02.11.2026", "no date"),
        ("96366,1,45998", "no date"),
        ("96366,1,3/11/2026 to 3/10/2026", "ends before it begins"),
        ("96366,1,2026-03-10,4,000.00", "5 cells under 3 headings; a comma"),
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
    [(place, why)], [(left, said)] = claim.unread, claim.notes
    assert (place, left) == ("row 3", "row 4") and "below zero" in why and 'its status is "Void"' in said


def test_units_below_zero_or_in_brackets_are_a_reversal_not_a_line() -> None:
    claim = read_bytes(b"code,units,amount\n96365,1,100\nJ1745,-40,1\nJ1745,40,(4000.00)\nJ1745,40,50-\n")
    assert [line.code for line in claim.lines] == ["96365"] and [place for place, _ in claim.unread] == [
        "row 3",
        "row 4",
        "row 5",
    ]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-02", "2026-11-02"),
        ("2026.11.02", "2026-11-02"),
        ("02-Nov-2026", "2026-11-02"),
        ("2 November 2026", "2026-11-02"),
        ('"Nov 2, 2026"', "2026-11-02"),
        ("11/2/26", "2026-11-02"),
        ("2026-11-02T23:30:00-08:00", "2026-11-02"),
        ("2026-11-02 09:14", "2026-11-02"),
    ],
)
def test_dates_are_read_in_any_writing_that_means_one_day(written: str, day: str) -> None:
    claim = read_bytes(f"code,units,date\n96365,1,{written}\n".encode())
    assert claim.lines[0].date == day and not claim.notes


@pytest.mark.parametrize("written", ["2026-11-03T02:00:00Z", "2026-11-03T02:00:00+00:00", "2026-11-03 02:00Z"])
def test_a_time_in_utc_is_no_day_of_the_visit_and_that_is_noted(written: str) -> None:
    claim = read_bytes(f"code,units,date\n96365,1,{written}\n".encode())
    [(place, said)] = claim.notes
    assert claim.lines[0].date == "" and not claim.unread and place == "row 2" and "UTC" in said


def test_a_span_is_read_as_of_its_first_day_and_noted_and_one_that_ends_too_early_is_unread() -> None:
    text = "code,units,from date,to date\n96365,1,11/2/2026,11/2/2026\n96366,1,11/2/2026,11/3/2026\n96375,1,11/2/2026,11/1/2026\n"
    claim = read_bytes(text.encode())
    assert [line.date for line in claim.lines] == ["2026-11-02", "2026-11-02"]
    assert claim.notes == (("row 3", "it spans 2026-11-02 to 2026-11-03; it is read as of the first day."),)
    assert claim.unread == (("row 4", "it ends on 2026-11-01, before it begins on 2026-11-02."),)


@pytest.mark.parametrize(
    ("heading", "row"),
    [
        ("Date,DOS,code,units", "11/09/2026,11/02/2026,J1745,40"),
        ("Charge Code,CPT,Units,Service Date", "63600111,J1745,40,11/02/2026"),
        ("Procedure,CPT Code,Units,DOS", "Remicade,J1745,40,11/02/2026"),
        ("Unit,CPT,Qty,DOS", "INFUSION,J1745,40,11/02/2026"),
        ("Price,Charges,code,units,date", "100,4000,J1745,40,11/02/2026"),
        ("Unit Price,Total,HCPCS,CPT,units,date", "100,4000,J1745,,40,11/02/2026"),
    ],
)
def test_of_two_columns_the_one_that_says_more_is_read(heading: str, row: str) -> None:
    claim = read_bytes(f"{heading}\n{row}\n".encode())
    [line] = claim.lines
    assert (line.code, line.units, line.date) == ("J1745", 40, "2026-11-02")
    assert line.amount in (None, Decimal(4000)) and not claim.unread and not claim.notes


@pytest.mark.parametrize(
    ("heading", "row", "both"),
    [
        ("code,code,units", "96366,96413,1", '"96366" and "96413"'),
        ("CPT,HCPCS,units", "96366,J1745,1", '"96366" and "J1745"'),
        ("code,units,units", "96366,1,2", '"1" and "2"'),
        ("code,units,DOS,Service Date", "96366,1,3/10/2026,3/11/2026", '"3/10/2026" and "3/11/2026"'),
    ],
)
def test_two_columns_of_one_meaning_that_differ_leave_the_row_unread_and_name_both(
    heading: str, row: str, both: str
) -> None:
    with pytest.raises(ClaimFault) as caught:
        read_bytes(f"{heading}\n{row}\n".encode())
    assert both in str(caught.value) and "differ" in str(caught.value)


def test_two_columns_of_one_meaning_that_agree_are_one() -> None:
    assert lines(read_bytes(b"code,units,CPT,HCPCS,qty,units\nx,1,96366,96366,9,1.0\n")) == [("96366", 1, ())]


@pytest.mark.parametrize("written", ["412,50", "4.000,00", "abc", "NaN", "1.2.3", "1e9", "4.000"])
def test_an_amount_that_is_none_is_noted_and_costs_no_line(written: str) -> None:
    claim = read_bytes(f"code;units;amount\nJ1745;40;{written}\n".encode())
    [(place, said)] = claim.notes
    assert claim.lines[0].amount is None and not claim.unread and place == "row 2" and f'"{written}"' in said


def test_two_amounts_that_differ_and_a_formula_for_one_cost_no_line() -> None:
    claim = read_bytes(b"code,units,charge,amount\n96365,1,5,6\n96366,1,=1+1,\n")
    assert [line.amount for line in claim.lines] == [None, None]
    assert ["differ" in claim.notes[0][1], "formula" in claim.notes[1][1]] == [True, True]


def test_units_that_a_point_may_make_thousands_are_unread() -> None:
    assert "may mean thousands" in fault("code;units\nJ1745;40.000\n")
    assert lines(read_bytes(b"code,units\nJ1745,40.000\n")) == [("J1745", 40, ())]
    assert lines(read_bytes(b"code;units\nJ1745;40.000\n96365;1.0\n"))[0] == ("J1745", 40, ())


def test_an_ndc_that_a_sheet_has_shortened_is_left_out_and_noted() -> None:
    claim = read_bytes(b"code,units,ndc\nJ1745,40,5.7894E+10\nJ1745,40,57894-030-01\n")
    assert [line.ndc for line in claim.lines] == ["", "57894-030-01"]
    assert claim.notes == (("row 2", '"5.7894E+10" is no NDC; it is left out.'),)


def test_units_that_no_column_gives_are_one_and_that_is_noted() -> None:
    claim = read_bytes(b"code,date\n96365,2026-03-10\n")
    assert lines(claim) == [("96365", 1, ())]
    assert claim.notes == (("claim", "The CSV has no column of units; each line is read as 1 unit."),)


def test_rows_that_name_several_payers_name_none() -> None:
    claim = read_bytes(b"code,units,payer,pos\n96365,1,Medicare,11\n96366,1,Aetna,11\n96375,1,aetna,22\n")
    assert (claim.payer, claim.place_of_service) == ("", "")
    assert [said for _, said in claim.notes] == [
        "Its rows name several payers; none is taken.",
        "Its rows name several places of service; none is taken.",
    ]


def test_a_file_that_breaks_off_inside_its_last_row_leaves_it_unread() -> None:
    claim = read_bytes(b"code,units,date\n96365,1,2026-03-10\n96366,4")
    assert [line.code for line in claim.lines] == ["96365"]
    assert claim.unread == (("row 3", "the file breaks off inside it."),)
    assert "quotes of a cell never end" in fault('code,units\n96365,1\n"96366,4\n96375,1\n')


def test_a_quoted_cell_over_several_lines_keeps_the_places_right() -> None:
    claim = read_bytes(b'code,units,note\n96365,1,"a\nb\nc"\n96366,bad,\n')
    assert claim.unread[0][0] == "row 5"


def test_a_file_of_several_claims_is_refused_with_their_ids_and_one_is_read_by_its_id() -> None:
    text = "claim id,account,code,units\nA1,7,96365,1\nB2,7,96366,2\nDOE,7,96375,1\n"
    said = fault(text)
    assert "holds 3 claims" in said and "A1, B2" in said and "DOE" not in said
    assert lines(read_bytes(text.encode(), "B2")) == [("96366", 2, ())]
    with pytest.raises(ClaimFault, match=r"has this id\. It holds A1, B2"):
        read_bytes(text.encode(), "C3")


def test_a_claim_and_an_account_on_every_row_are_one_claim() -> None:
    assert len(read_bytes(b"claim id,account,code,units\nA1,7,96365,1\nA1,7,96366,2\n").lines) == 2


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
        (b'code,units\n"96365,1' + b"x" * 200_000, "not a CSV file"),
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


def test_a_file_that_may_not_be_read_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "claim.csv"
    file.write_text("code,units\n96365,1\n")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    for name in (str(file), file):
        with pytest.raises(ClaimFault, match="cannot be read: Permission denied"):
            read_claim(name)


@pytest.mark.parametrize("text", ["96365; " * 200, "x" * 5_000, "96365\0", "\0", "claim\0.csv"])
def test_a_text_that_can_be_no_file_name_is_read_or_refused_in_words(text: str) -> None:
    try:
        assert read_claim(text).lines
    except ClaimFault as error:
        assert len(str(error)) < 300
