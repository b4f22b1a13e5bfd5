"""Fee schedules that a user loads: what a line is worth, what has no amount, and files that are refused whole with the line."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.billed import Billed, Corrected
from coding.fees import IN_FACILITY, Fee, Fees, FeesError, difference, fees_of, setting_paid, shown, worth
from smart_app.fee_files import OPPS_NOTE, RVU_NOTE, load_fees, read_fees

FILES = Path(__file__).parent / "files"
DAY = "2026-10-20"
OWN, RVU, OPPS = (load_fees(str(FILES / name)) for name in ("own_fees.csv", "pprrvu.csv", "addendum_b.csv"))


def amount(
    fees: Fees, code: str, modifiers: tuple[str, ...] = (), setting: str = "professional", date: str = DAY
) -> str:
    fee = fees.find(code, modifiers, setting, date)
    return shown(fee.amount if fee else None)


def refused(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(FeesError) as caught:
        read_fees(data, "fees.csv")
    return str(caught.value)


def test_the_row_of_ones_own_setting_and_modifier_is_taken() -> None:
    assert amount(OWN, "96365", setting="facility") == "$181.50"
    assert amount(OWN, "96365") == "$72.05"
    assert amount(OWN, "96365", ("59",)) == "$36.03"
    assert amount(OWN, "96365", ("59",), "facility") == "$181.50"
    assert amount(OWN, "96365", ("XU", "59")) == "$36.03"


def test_the_row_in_force_on_the_date_is_taken() -> None:
    assert amount(OWN, "96366", date="2025-12-31") == "$21.10"
    assert amount(OWN, "96366", date="2026-01-01") == "$22.40"
    assert amount(OWN, "96366", date="2024-12-31") == "not in the schedule"


def test_of_rows_that_follow_each_other_the_later_holds() -> None:
    fees = fees_of([(2, Fee("96365", "", Decimal(70))), (3, Fee("96365", "", Decimal(75), "", "2026-07-01"))], "x")
    assert amount(fees, "96365", date="2026-06-30") == "$70.00"
    assert amount(fees, "96365", date="2026-07-01") == "$75.00"


def test_two_amounts_that_are_in_force_on_one_day_are_refused_with_both_lines() -> None:
    said = refused("code,amount,from,to\n96366,21.05,2026-01-01,2026-12-31\n96366,25.00,2026-07-01,2026-12-31\n")
    assert "line 3: 96366 has another amount on line 2" in said
    ended = b"code,amount,from,to\n96366,25,2026-07-01,\n96366,21.05,2026-01-01,2026-06-30\n"
    assert amount(read_fees(ended, "x"), "96366", date="2026-07-01") == "$25.00"
    same = b"code,amount,from,to\n96366,25,2026-07-01,2026-12-31\n96366,25,2026-01-01,2026-12-31\n"
    assert amount(read_fees(same, "x"), "96366", date="2026-08-01") == "$25.00"


def test_without_a_setting_or_date_only_what_does_not_depend_on_it_has_an_amount() -> None:
    assert OWN.find("96365", (), "", DAY) is None
    assert OWN.find("96366", (), "professional", "") is None
    assert amount(OWN, "J1745", setting="", date="") == "$44.19"


def test_an_unlisted_code_has_no_amount_and_never_zero() -> None:
    assert amount(OWN, "96413") == "not in the schedule"
    assert amount(RVU, "J1745") == "not in the schedule"
    assert amount(RVU, "96379") == "not in the schedule"
    assert amount(OPPS, "96376", setting="facility") == "not in the schedule"


def test_the_relative_value_file_gives_totals_by_the_conversion_factor() -> None:
    assert amount(RVU, "96365") == "$65.80"  # 1.97 x 33.4009
    assert amount(RVU, "99213") == "$95.53"
    assert amount(RVU, "99213", setting=IN_FACILITY) == "$65.47"
    assert amount(RVU, "93000", ("26",)) == "$8.02"
    assert amount(RVU, "93000") == "not in the schedule"
    assert RVU.note == RVU_NOTE
    assert "without geographic adjustment" in RVU.note


def test_what_a_physician_is_paid_in_a_hospital_is_no_amount_of_the_hospital() -> None:
    assert amount(RVU, "99213", setting="facility") == "not in the schedule"
    assert amount(RVU, "96365", setting=IN_FACILITY) == "not in the schedule"  # charted NA
    assert setting_paid("professional", "22") == IN_FACILITY
    assert setting_paid("professional", "11") == "professional"
    assert setting_paid("facility", "22") == "facility"
    assert amount(OWN, "96365", setting=IN_FACILITY) == "$72.05"


def test_the_relative_value_file_holds_for_its_year_only() -> None:
    assert amount(RVU, "96365", date="2025-12-31") == "not in the schedule"


def test_headings_of_earlier_years_are_read_too() -> None:
    text = (
        ",,2019 National Physician Fee Schedule Relative Value File October Release,,,,,,,,,,\r"
        ",,,STATUS,MEDICARE,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,CONV\r"
        "HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,FACTOR\r"
        "96365,,X,A,,0.21,1.72,,1.72,NA,0.05,2.00,2.00,5,36.0391\r"
    )
    assert amount(read_fees(text.encode("cp1252"), "x"), "96365", date="2019-05-01") == "$72.08"


def test_addendum_b_gives_the_payment_rate_of_its_quarter() -> None:
    assert amount(OPPS, "96413", setting="facility") == "$1,336.90"
    assert amount(OPPS, "J1745", setting="facility") == "$38.21"
    assert amount(OPPS, "96365", setting="facility", date="2026-09-30") == "not in the schedule"
    assert amount(OPPS, "96365") == "not in the schedule"
    assert OPPS.note == OPPS_NOTE


@pytest.mark.parametrize(
    "head",
    [
        "code,amount",
        "CPT/HCPCS Code,Fee Amount",
        "Procedure Code\tAllowed",
        "hcpcs;Payment Limit",
        '"CPT Code","Price"',
    ],
)
def test_usual_headings_and_delimiters_are_known(head: str) -> None:
    mark = next((one for one in "\t;" if one in head), ",")
    text = f"Prices of 2026\n\n{head}\n96365{mark}70.5\n"
    assert amount(read_fees(text.encode("utf-8-sig"), "x"), "96365") == "$70.50"


def test_prices_in_two_columns_are_those_of_their_settings() -> None:
    fees = read_fees(
        b"HCPCS Code,Modifier,Non-Facility Price,Facility Price\n99213,,$92.05,$64.00\n96365,,65.80,NA\n", "x"
    )
    assert amount(fees, "99213") == "$92.05"
    assert amount(fees, "99213", setting=IN_FACILITY) == "$64.00"
    assert amount(fees, "96365", setting=IN_FACILITY) == "not in the schedule"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("96366,,-3.00,,", "line 3: the amount of 96366 is negative"),
        ("96366,,(3.00),,", "line 3: the amount of 96366 is negative"),
        ("96366,,abc,,", "line 3: the amount of 96366 is no amount"),
        ("96366,,,,", "line 3: the amount of 96366 is no amount"),
        ("96366,,NaN,,", "is no amount"),
        ("96366,,1e3,,", "is no amount"),
        ('96366,,"72,05",,', "is no amount"),
        ("96366,,\N{FULLWIDTH DIGIT ONE}2,,", "is no amount"),
        ("96366,,=1+1,,", "is no amount"),
        ("=HYPERLINK(0),,12,,", "line 3: no code"),
        ("=cmd|' /C calc'!A0,,,,", "line 3: no code"),
        ("100,,12,,", "dropped zeros"),
        ("96365,,71.00,,", "line 3: 96365 stands on line 2 too"),
        ("96366,59 XU,12,,", "modifier"),
        ("96366,,12,moon,", "setting"),
        ("96366,,12,,2026-02-30", "date"),
    ],
)
def test_a_bad_row_refuses_the_whole_file_with_its_line(row: str, why: str) -> None:
    said = refused(f"code,modifier,amount,setting,from\n96365,,70.00,,\n{row}\n")
    assert said.startswith("fees.csv, line 3: ")
    assert why in said


def test_the_same_row_twice_is_no_fault() -> None:
    assert amount(read_fees(b"code,amount\n96365,70\n96365,70.00\n", "x"), "96365") == "$70.00"


def test_an_end_before_its_beginning_is_refused() -> None:
    assert "ends before it begins" in refused("code,amount,from,to\n96365,70,2026-05-01,2026-04-01\n")


def test_two_columns_that_could_be_the_amount_are_refused() -> None:
    assert "two columns could be the amount" in refused("code,amount,rate\n96365,70,71\n")


def test_a_bad_row_in_a_file_of_cms_refuses_it_with_its_line() -> None:
    rvu = (FILES / "pprrvu.csv").read_text()
    assert "line 11: the nonfacility total of 96366" in refused(rvu.replace("0.63,0.63", "x,0.63"))
    assert "line 10: the conversion factor of 96365" in refused(rvu.replace("5,XXX,33.4009", "5,XXX,", 1))
    assert "0 columns could be the factor" in refused(rvu.replace(",FACTOR", ",X"))
    opps = (FILES / "addendum_b.csv").read_text()
    assert "line 6: the payment rate of 96365" in refused(opps.replace("$203.42", "see note"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("code,amount\n96365,70\n96366,1,021.05\n", "line 3: 3 cells under 2 headings; a comma"),
        ("code,amount,from\n96365,70,\n96366,2\n", "line 3: the row breaks off, it has 2 cells under 3 headings"),
        ("code,modifier,amount\n96365\n96366,,21.05\n", "line 2: the row breaks off"),
        ('code,amount\n96365,70\n96366,"2', "line 3: the quotes of a cell never end"),
        ("code;amount\n96366;1.021\n", "line 2: the amount of 96366, 1.021, may mean thousands"),
    ],
)
def test_a_row_that_breaks_off_or_holds_a_comma_too_many_gives_no_number(text: str, why: str) -> None:
    assert why in refused(text)


@pytest.mark.parametrize("name", ["pprrvu.csv", "addendum_b.csv"])
def test_a_file_of_cms_that_breaks_off_inside_a_row_is_refused(name: str) -> None:
    data = (FILES / name).read_bytes()
    begins = data.index(b"96366")
    for end in range(begins + 7, data.index(b"\n", begins) - 8):
        assert "breaks off" in refused(data[:end]), data[begins:end]


def test_cells_at_the_end_of_a_row_may_be_left_out() -> None:
    fees = read_fees(b"code,amount,from,to\n96365,70\n96366,21.05,2026-01-01,\n", "x")
    assert (amount(fees, "96365"), amount(fees, "96366")) == ("$70.00", "$21.05")


@pytest.mark.parametrize("other", ["96365;70.10", "96365;0.8531", '96365;"$ 7.5"'])
def test_a_price_of_three_places_between_semicolons_is_plain_beside_one_of_two_or_four(other: str) -> None:
    fees = read_fees(f"code;amount\nJ1745;31.255\n{other}\n".encode(), "x")
    assert fees.find("J1745", (), "", "") == Fee("J1745", "", Decimal("31.255"))
    assert amount(read_fees(b"code;amount\nJ1745;0.853\n", "x"), "J1745") == "$0.85"


def test_a_total_that_does_not_apply_costs_its_price_only() -> None:
    text = (FILES / "pprrvu.csv").read_text().replace("0.63,0.63", "0.63,NA")
    fees = read_fees(text.encode(), "x")
    assert amount(fees, "96366") == "$21.04"
    assert amount(fees, "96366", setting=IN_FACILITY) == "not in the schedule"


HOSTILE = {
    "nothing": (b"", "empty"),
    "zeros": (bytes(10_000_000), "binary"),
    "noughts": (b"0" * 10_000_000, "longer than"),
    "one huge line": (b"code,amount\n96365," + b"1" * 5_000_000, "line 2"),
    "UTF-16": ("code,amount\n96365,70\n".encode("utf-16"), "UTF-16"),
    "a NUL": (b"code,amount\n96365,7\x000\n", "binary"),
    "Excel": (b"PK\x03\x04" + bytes(10), "Excel"),
    "a web page": (b"<html>", "web page"),
    "too large": (b"x\n" * 10_000_001, "larger than 20 MB"),
    "an open quote": (b'code,amount\n96365,"70\n' + b"x\n" * 200_000, "not a CSV file"),
    "a sentence": (b"please pay", "no headings"),
    "no rows": (b"code,amount\n", "no row with an amount"),
    "many blank lines": (b"x\n" * 9_000_000, "more than 1,000,000 lines"),
    "only a crosswalk": ((FILES / "crosswalk.csv").read_bytes(), "no headings"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_one_plain_sentence(name: str) -> None:
    data, word = HOSTILE[name]
    begun = time.perf_counter()
    said = refused(data)
    assert word in said, said
    assert said.startswith("fees.csv")
    assert len(said) < 300
    assert time.perf_counter() - begun < 10


def test_a_file_that_is_not_there_is_said_so() -> None:
    for path in ("nowhere/fees.csv", str(FILES), "a\0b"):
        with pytest.raises(FeesError, match="cannot be read"):
            load_fees(path)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_schedule_or_a_fault(data: bytes) -> None:
    for whole in (data, b"code,modifier,amount,setting,from,to\n" + data, (FILES / "pprrvu.csv").read_bytes() + data):
        try:
            read_fees(whole, "x")
        except FeesError as caught:
            assert str(caught).startswith("x")


BILLED = [Billed("96365", 1), Billed("96366", 2), Billed("J1745", 40, ("JZ",))]


def test_the_worth_of_lines_is_amount_by_units() -> None:
    assert worth(BILLED, OWN, "professional", DAY).amount == Decimal("72.05") + 2 * Decimal("22.40") + 40 * Decimal(
        "44.1875"
    )


def test_the_difference_is_what_the_corrected_lines_are_worth_more() -> None:
    corrected = [Corrected("96365", 1), Corrected("96366", 3), Corrected("J1745", 40, ("JZ",))]
    more = difference(BILLED, corrected, OWN, "professional", DAY)
    assert (shown(more.amount), more.unlisted) == ("$22.40", ())
    less = difference(corrected, BILLED, OWN, "professional", DAY)
    assert shown(less.amount) == "-$22.40"


def test_a_difference_with_an_unlisted_code_has_no_amount_and_names_it() -> None:
    found = difference(BILLED, [*BILLED, Corrected("96413", 1), Corrected("96415", 1)], OWN, "professional", DAY)
    assert found.amount is None
    assert found.unlisted == ("96413", "96415")
    assert shown(found.amount) == "not in the schedule"


def test_lines_that_do_not_change_need_no_price() -> None:
    more = difference(
        [Billed("99999", 1), Billed("96366", 2)], [Corrected("96366", 3), Corrected("99999", 1)], OWN, "", DAY
    )
    assert (shown(more.amount), more.unlisted) == ("$22.40", ())
    marked = difference([Billed("99999", 1)], [Corrected("99999", 1, ("59",))], OWN, "professional", DAY)
    assert marked.unlisted == ("99999",)


@given(st.lists(st.tuples(st.sampled_from(["96365", "96366", "J1745"]), st.integers(0, 99)), max_size=6))
def test_a_claim_differs_from_itself_by_nothing(rows: list[tuple[str, int]]) -> None:
    same = [Corrected(code, units) for code, units in rows]
    assert difference(same, same, OWN, "professional", DAY).amount == 0
