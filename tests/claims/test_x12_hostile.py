"""Claim files that are damaged, hostile or something else: one plain fault, in time, without a name; never anything else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smart_app.claims.faults import ClaimFault
from smart_app.claims.x12 import read_x12, read_x12_all
from tests.claims.test_x12 import HOSPITAL, OFFICE, fault, swapped

PATIENT = ("SAMPLE", "ROBIN", "ALEX", "W000011122", "1EG4TE5MK73")

HOSTILE = {
    "nothing": (b"", "empty"),
    "blanks": (b" \r\n\t", "empty"),
    "zeros": (bytes(10_000_000), "binary"),
    "zeros in the middle": (OFFICE[:700] + b"\0\0" + OFFICE[700:], "binary"),
    "a ZIP file": (b"PK\x03\x04" + bytes(40), "ZIP"),
    "a PDF": (b"%PDF-1.7", "PDF"),
    "UTF-16": (OFFICE.decode().encode("utf-16"), "UTF-16"),
    "JSON": (b'{"resourceType": "Claim"}', "JSON"),
    "XML": (b"<Claim/>", "XML"),
    "EDIFACT": (b"UNB+UNOA:1+", "EDIFACT"),
    "a sentence": (b"96413 x1, 96415 x2", "does not begin with ISA"),
    "no ISA": (OFFICE[OFFICE.index(b"GS*") :], "does not begin with ISA"),
    "a short ISA": (OFFICE[:60], "segment 1"),
    "a narrow ISA": (OFFICE.replace(b"MEADOWCLINIC   *", b"MEADOWCLINIC*", 1), "Segment 1"),
    "an old version": (OFFICE.replace(b"*00501*", b"*00200*"), "version"),
    "a blank as delimiter": (OFFICE.replace(b"~", b" "), "delimiters"),
    "one huge line": (OFFICE[:107] + b"X" * 5_000_000 + b"~", "longer than"),
    "many elements": (OFFICE.replace(b"SV1*HC:J1745", b"SV1" + b"*" * 1_000_000 + b"HC:J1745"), "longer than"),
    "garbage between segments": (swapped(OFFICE, "LX*3~", "LX*3~!!??~"), "no name of a segment"),
    "cut inside a segment": (OFFICE[: OFFICE.index(b"J1745") + 3], "truncated"),
    "cut before the lines": (OFFICE[: OFFICE.index(b"LX*1~")], "no service line"),
    "a remittance": (swapped(OFFICE, "ST*837*0001*005010X222A1", "ST*835*0001*005010X221A1"), "remittance"),
    "eligibility": (swapped(OFFICE, "ST*837", "ST*270"), "eligibility"),
    "an unknown transaction": (swapped(OFFICE, "ST*837", "ST*850"), "another kind"),
    "a dental claim": (OFFICE.replace(b"005010X222A1", b"005010X224A2"), "dental"),
    "version 4010": (OFFICE.replace(b"005010X222A1", b"004010X098A1"), "version"),
    "no claim": (swapped(OFFICE, "CLM*", "ZZZ*"), "no claim"),
    "a claim outside": (OFFICE.replace(b"ST*837*0001*005010X222A1~\n", b""), "outside a transaction"),
    "other delimiters behind": (OFFICE + HOSPITAL.replace(b"*", b"|"), "other delimiters"),
    "more than it takes": (OFFICE + b" " * 20_000_000, "larger than 20 MB"),
    "too many segments": (OFFICE[:107] + b"A1~" * 2_000_000, "more than"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_one_plain_sentence_and_says_no_name(name: str) -> None:
    data, word = HOSTILE[name]
    begun = time.perf_counter()
    said = fault(data)
    assert word in said, said
    assert len(said) < 250
    assert not [who for who in PATIENT if who in said]
    assert time.perf_counter() - begun < 5


def test_a_large_batch_is_read_in_seconds() -> None:
    text = OFFICE.decode()
    claim = text[text.index("CLM*") : text.index("SE*42")]
    many = text.replace(claim, "".join(claim.replace("0310-1", f"{at}") for at in range(4000)))
    begun = time.perf_counter()
    assert len(read_x12_all(many.encode())) == 4000
    assert time.perf_counter() - begun < 20


@given(st.binary(max_size=400))
def test_any_bytes_are_a_claim_or_a_fault(data: bytes) -> None:
    for whole in (data, OFFICE[:106] + data, OFFICE[: OFFICE.index(b"LX*1")] + data):
        try:
            read_x12(whole)
        except ClaimFault as caught:
            assert str(caught)


@settings(max_examples=300)
@given(st.sampled_from([OFFICE, HOSPITAL]), st.integers(0, 2000), st.integers(0, 40), st.binary(max_size=12))
def test_any_damage_is_a_claim_or_a_fault_and_says_no_name(whole: bytes, at: int, cut: int, put: bytes) -> None:
    try:
        claim = read_x12(whole[:at] + put + whole[at + cut :])
    except ClaimFault as caught:
        said = str(caught)
    else:
        said = " ".join(why for _, why in (*claim.unread, *claim.notes))
        assert all(line.units >= 1 and len(line.code) == 5 for line in claim.lines)
    assert not [who for who in PATIENT if who in said]
