"""837P and 837I claim files: what is read of them, and what is told because it could not be read."""

from __future__ import annotations

import re
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from pyx12.params import params
from pyx12.x12n_document import x12n_document

from coding.billed import Billed, BilledClaim
from smart_app.claims.faults import ClaimFault
from smart_app.claims.payer_meant import payer_meant
from smart_app.claims.x12 import read_x12, read_x12_all

FILES = Path(__file__).parent / "files"
OFFICE = (FILES / "office_infliximab.837").read_bytes()
HOSPITAL = (FILES / "hospital_vancomycin.837").read_bytes()


def swapped(data: bytes, old: str, new: str) -> bytes:
    assert old.encode() in data, old
    return data.replace(old.encode(), new.encode())


def fault(data: bytes, claim: str = "") -> str:
    with pytest.raises(ClaimFault) as caught:
        read_x12(data, claim)
    return str(caught.value)


def lines(claim: BilledClaim) -> list[tuple[str, int]]:
    return [(line.code, line.units) for line in claim.lines]


@pytest.mark.parametrize("name", ["office_infliximab.837", "hospital_vancomycin.837"])
def test_the_samples_are_claims_that_a_payer_would_accept(name: str) -> None:
    """The validator of pyx12 holds them against the whole implementation guide."""
    answer = StringIO()
    assert x12n_document(params(), StringIO((FILES / name).read_text()), answer, None, None), answer.getvalue()


def test_an_office_claim_is_read_line_by_line() -> None:
    claim = read_x12(OFFICE)
    assert (claim.form, claim.setting, claim.payer, claim.place_of_service) == ("837P", "professional", "AETNA", "11")
    assert lines(claim) == [("96413", 1), ("96415", 1), ("J1745", 40), ("96375", 1), ("J1200", 1)]
    assert claim.lines[2] == Billed(
        "J1745", 40, ("JZ",), "2026-03-10", ("K50.90", "Z79.899"), Decimal("4600"), "line 3", "57894003001"
    )
    assert claim.lines[3].modifiers == ("59",)
    assert claim.unread == () == claim.notes


def test_a_hospital_claim_is_read_and_says_what_has_no_code() -> None:
    (claim,) = read_x12_all(HOSPITAL)
    assert (claim.id, claim.frequency, claim.bill_type) == ("NRH-330041", "1", "131")
    assert (claim.claim.form, claim.claim.setting, claim.claim.place_of_service) == ("837I", "facility", "")
    assert lines(claim.claim)[:3] == [("96365", 1), ("96366", 1), ("J3370", 3)]
    assert claim.claim.lines[0].diagnoses == ("L03.116", "E11.9", "Z79.84")
    assert [place for place, _ in claim.claim.unread] == ["line 6"]
    assert "only a revenue code" in claim.claim.unread[0][1]


def test_the_quantity_of_the_ndc_and_the_revenue_code_stand_beside_the_line() -> None:
    (claim,) = read_x12_all(HOSPITAL)
    drug = claim.details[2]
    assert (drug.place, drug.revenue, drug.quantity, drug.unit) == ("line 3", "0636", Decimal("1.5"), "g")
    assert claim.details[-1].last == "2026-03-31"


def test_a_line_over_several_days_is_read_as_of_the_first_and_told() -> None:
    claim = read_x12(HOSPITAL)
    assert claim.lines[-1].date == "2026-03-30"
    [(place, said)] = claim.notes
    assert place == "line 7" and "2026-03-30 to 2026-03-31" in said


@pytest.mark.parametrize("ending", ["", "\r\n", "\n\n"])
def test_line_breaks_between_segments_do_not_matter(ending: str) -> None:
    text = OFFICE.decode().replace("~\n", "~" + ending)
    assert read_x12(text.encode()) == read_x12(OFFICE)


def test_a_file_broken_into_lines_of_eighty_characters_is_read() -> None:
    text = OFFICE.decode().replace("\n", "")
    wrapped = "\r\n".join(text[at : at + 80] for at in range(0, len(text), 80))
    assert read_x12(wrapped.encode()) == read_x12(OFFICE)


@pytest.mark.parametrize(
    ("element", "component", "end"), [("|", ">", "\n"), ("\x1d", "\x1f", "\x1e"), ("*", "\\", "'"), ("*", ":", "\r")]
)
def test_the_delimiters_are_those_of_the_isa(element: str, component: str, end: str) -> None:
    text = OFFICE.decode().replace("\n", "").replace(":", component).replace("*", element).replace("~", end)
    assert read_x12(text.encode()) == read_x12(OFFICE)


def test_lower_case_is_read_as_capitals() -> None:
    assert read_x12(OFFICE.lower()) == read_x12(OFFICE)
    assert lines(read_x12(swapped(OFFICE, "SV1*HC:J1745:JZ", "sv1*hc:j1745:jz"))) == lines(read_x12(OFFICE))


def test_a_missing_trailer_is_told_and_the_lines_stay() -> None:
    cut = OFFICE[: OFFICE.index(b"SE*42")]
    claim = read_x12(cut)
    assert lines(claim) == lines(read_x12(OFFICE))
    assert claim.unread == (
        ("claim", "The file ends without the trailer (SE) of the claim's transaction; lines may be missing."),
    )


def test_a_trailer_without_its_last_terminator_is_a_whole_file() -> None:
    assert read_x12(OFFICE.rstrip().removesuffix(b"~")) == read_x12(OFFICE)


def test_a_claim_that_lost_lines_is_told_by_its_trailer_and_its_total() -> None:
    text = OFFICE.decode()
    lost = text[: text.index("LX*4~")] + text[text.index("SE*42") :]
    notes = " ".join(why for _, why in read_x12(lost.encode()).unread)
    assert "counts other segments" in notes
    assert "5,127.50 in all and its lines 5,005.00" in notes


def test_every_cut_of_the_file_is_a_fault_or_is_told() -> None:
    for end in range(OFFICE.index(b"SE*42") + len("SE*42")):
        try:
            claim = read_x12(OFFICE[:end])
        except ClaimFault:
            continue
        assert any("lines may be missing" in why for _, why in claim.unread), end


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("*UN*40***1:2", "*UN*forty***1:2", 'its units, "forty", are no number'),
        ("*UN*40***1:2", "*UN*40.5***1:2", 'its units, "40.5", are not a whole number'),
        ("*UN*40***1:2", "*UN*0***1:2", "from 1 up"),
        ("*UN*40***1:2", "*UN****1:2", "no number of units"),
        ("*UN*40***1:2", "*DA*40***1:2", 'counts in "DA"'),
        ("*UN*40***1:2", "*MJ*40***1:2", "anesthesia"),
        ("*4600*", "*-4600*", 'the charge "-4600" is below zero'),
        ("HC:J1745:JZ", "WK:J1745:JZ", 'the qualifier "WK"'),
        ("HC:J1745:JZ", "HC:J17:JZ", '"J17" is not five letters'),
        ("HC:J1745:JZ", "HC:J1745:JZZ", 'modifier "JZZ"'),
        ("SV1*HC:J1745:JZ*4600", "SV2*0636*HC:J1745:JZ*4600", "does not belong"),
        ("LX*3~\nSV1*HC:J1745:JZ*4600*UN*40***1:2~\n", "LX*3~\n", "no SV1"),
    ],
)
def test_one_bad_line_is_told_and_the_rest_stays(old: str, new: str, why: str) -> None:
    claim = read_x12(swapped(OFFICE, old, new))
    assert lines(claim) == [("96413", 1), ("96415", 1), ("96375", 1), ("J1200", 1)]
    said = [reason for place, reason in claim.unread if place == "line 3"]
    assert len(said) == 1
    assert why in said[0]
    assert "segment " in said[0]


@pytest.mark.parametrize("charge", ["1e9", "abc", "4.600,00", "NaN"])
def test_a_charge_that_is_none_is_noted_and_costs_no_line(charge: str) -> None:
    claim = read_x12(swapped(OFFICE, "*4600*", f"*{charge}*"))
    assert lines(claim) == lines(read_x12(OFFICE)) and claim.lines[2].amount is None
    [(place, said)] = claim.notes
    assert place == "line 3" and f'"{charge}" is no amount' in said and not claim.unread


def test_a_bad_date_costs_its_line_and_no_date_is_left_open() -> None:
    bad = read_x12(
        swapped(
            HOSPITAL,
            "SV2*0260*HC:96366*180*UN*1~\nDTP*472*D8*20260330",
            "SV2*0260*HC:96366*180*UN*1~\nDTP*472*D8*20260230",
        )
    )
    assert "date of service" in dict(bad.unread)["line 2"] and '"20260230"' in dict(bad.unread)["line 2"]
    none = swapped(HOSPITAL, "SV2*0260*HC:96366*180*UN*1~\nDTP*472*D8*20260330~\n", "SV2*0260*HC:96366*180*UN*1~\n")
    assert read_x12(none).lines[1].date == ""
    one_day = swapped(none, "DTP*434*RD8*20260330-20260331", "DTP*434*RD8*20260330-20260330")
    assert read_x12(one_day).lines[1].date == "2026-03-30"


def test_a_pointer_to_no_diagnosis_and_an_ndc_that_is_none_are_told() -> None:
    claim = read_x12(swapped(swapped(OFFICE, "***1:2~", "***1:9~"), "N4*57894003001", "N4*5789400300"))
    assert claim.lines[2].diagnoses == ("K50.90",)
    assert claim.lines[2].ndc == ""
    assert [place for place, _ in claim.notes] == ["line 3", "line 3"] and not claim.unread
    assert '"5789400300" is not 11 digits' in claim.notes[1][1]


def test_a_place_of_service_of_the_lines_outweighs_that_of_the_claim() -> None:
    every = OFFICE.decode().replace("*UN*1***1~", "*UN*1*22**1~").replace("*UN*40***", "*UN*40*22**")
    assert read_x12(every.encode()).place_of_service == "22"
    some = read_x12(swapped(OFFICE, "*UN*40***", "*UN*40*22**"))
    assert some.place_of_service == "11"
    assert "another place of service" in dict(some.notes)["line 3"] and not some.unread


def test_another_payer_behind_the_claim_is_not_its_payer() -> None:
    other = "SBR*S*18*******MB~\nNM1*IL*1*SAMPLE*ROBIN****MI*X1~\nNM1*PR*2*MEDICARE*****PI*04411~\nLX*1~"
    assert read_x12(swapped(OFFICE, "LX*1~", other)).payer == "AETNA"


def test_a_payer_without_a_name_is_known_by_the_filing_indicator() -> None:
    claim = read_x12(swapped(HOSPITAL, "NM1*PR*2*MEDICARE*****PI*04411~\n", ""))
    assert (claim.payer, claim.filing) == ("", "Medicare")
    assert payer_meant(claim) == ("medicare", "It is filed as Medicare, whose policy is taken.")


@pytest.mark.parametrize(
    ("name", "filing", "payer", "remark"),
    [
        ("NORIDIAN MEDICARE PART B", "MB", "medicare", "is read as medicare"),
        ("NORIDIAN", "MB", "medicare", "is read as medicare"),
        ("AETNA INC", "CI", "aetna", "is read as aetna"),
        ("HUMANA INC", "", "humana", "is read as humana"),
        ("ACME TRUST", "MB", "medicare", "filed as Medicare, whose policy is taken"),
        ("ACME TRUST", "16", "medicare", "not Medicare fee-for-service"),
        ("AETNA", "MB", "aetna", "filed as Medicare; the payer that it names is taken"),
        ("AETNA", "CI", "aetna", ""),
        ("ACME TRUST", "CI", "", "No payer policy is loaded"),
        ("ACME TRUST", "MC", "", "No payer policy is loaded"),
    ],
)
def test_the_payer_is_the_one_named_else_the_one_under_which_the_claim_is_filed(
    name: str, filing: str, payer: str, remark: str
) -> None:
    data = re.sub(rb"(SBR\*P\*.*)\*[^*~]*~", rb"\1*" + filing.encode() + b"~", OFFICE, count=1)
    meant = payer_meant(read_x12(swapped(data, "NM1*PR*2*AETNA*", f"NM1*PR*2*{name}*")))
    assert meant.payer == payer and (remark in meant.remark if remark else not meant.remark)


def test_a_void_says_that_it_bills_nothing() -> None:
    claim = read_x12(swapped(OFFICE, "11:B:1", "11:B:8"))
    assert "voids" in claim.notes[-1][1] and not claim.unread


def two() -> bytes:
    text = OFFICE.decode()
    claim = text[text.index("CLM*") : text.index("SE*42")]
    both = text.replace(
        "SE*42", claim.replace("MIC-26-0310-1", "MIC-26-0310-2").replace("*UN*40***", "*UN*50***") + "SE*66"
    )
    return both.encode()


def test_several_claims_are_asked_about_and_read_by_their_id() -> None:
    assert [one.id for one in read_x12_all(two())] == ["MIC-26-0310-1", "MIC-26-0310-2"]
    said = fault(two())
    assert "2 claims" in said
    assert "MIC-26-0310-2" in said
    assert read_x12(two(), "MIC-26-0310-2").lines[2].units == 50
    assert "has this id. It holds MIC-26-0310-1, MIC-26-0310-2." in fault(two(), "MIC-9")
    assert "2 claims of the file have this id" in fault(swapped(two(), "0310-2", "0310-1"), "MIC-26-0310-1")


def test_an_id_that_may_be_a_name_is_not_repeated() -> None:
    assert "ROBIN" not in fault(swapped(two(), "MIC-26-0310-1", "SAMPLEROBIN"))


def test_claims_of_both_forms_in_one_file_keep_their_own() -> None:
    inner = HOSPITAL.decode()
    inner = inner[inner.index("GS*") : inner.index("IEA*")]
    both = OFFICE.decode().replace("IEA*1*", inner + "IEA*2*").encode()
    assert [one.claim.form for one in read_x12_all(both)] == ["837P", "837I"]
    assert [one.claim.form for one in read_x12_all(OFFICE + HOSPITAL)] == ["837P", "837I"]
    assert [one.claim.payer for one in read_x12_all(OFFICE + HOSPITAL)] == ["AETNA", "MEDICARE"]
