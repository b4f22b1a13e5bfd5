"""The segments of an X12 file, as pyx12 reads them: delimiters from the ISA, line breaks between segments or none.

Faults name the segment by its number in the file (the ISA is 1), never by what stands in it.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import NamedTuple

from pyx12.errors import X12Error
from pyx12.rawx12file import ISA_LEN, RawX12File
from pyx12.segment import Segment

from smart_app.claims.faults import ClaimFault

LIMIT_MB = 20
AGAIN = "Export the claim again as an 837 file."
_NAME = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_TRAILERS = ("SE", "GE", "IEA")
_OTHERS = (
    (b"PK\x03\x04", "a ZIP or Excel file; unpack it first, or save it as CSV"),
    (b"%PDF", "a PDF; it can only be read by a person"),
    (b"\xff\xfe", "text in UTF-16; save it as plain text (ASCII or UTF-8)"),
    (b"\xfe\xff", "text in UTF-16; save it as plain text (ASCII or UTF-8)"),
    (b"UNA", "an EDIFACT file; only X12 is read"),
    (b"UNB", "an EDIFACT file; only X12 is read"),
    (b"{", "JSON; a FHIR claim is read under its own form"),
    (b"<", "XML; only X12 is read"),
)


class Part(NamedTuple):
    """One segment. number: its place in the file, from 1. name: in capitals."""

    number: int
    name: str
    data: Segment

    def at(self, reference: str) -> str:
        """What stands at an element ("01") or a component of it ("05-1"), without blanks around it; "" where nothing does."""
        return (self.data.get_value(reference) or "").strip()

    @property
    def where(self) -> str:
        """Its place, in words."""
        return f"segment {self.number} ({self.name})"


def segments(data: bytes) -> list[Part]:
    """Every segment of a file. Raises ClaimFault for what is no X12, is too large, or breaks off inside a segment."""
    text = _text(data)
    raw = _raw(text)
    seg_term, ele_term, subele_term = raw.seg_term, raw.ele_term, raw.subele_term
    chosen = {seg_term, ele_term, subele_term}
    if len(chosen) < 3 or any(one.isalnum() or one in " ." for one in chosen):
        raise ClaimFault(f"The ISA, segment 1, names delimiters that cannot be told apart from the text. {AGAIN}")
    if seg_term not in "\r\n":
        text = text.replace("\r", "").replace("\n", "")
    written = [part for part in (one.strip(" \t\r\n\x1a") for one in text.split(seg_term)) if part]
    ends_open = bool(text.rpartition(seg_term)[2].strip(" \t\r\n\x1a"))
    parts = []
    for number, one in enumerate(written, 1):
        name = one.split(ele_term, 1)[0].strip().upper()
        if one[:3].upper() == "ISA" and one[-1] != subele_term:
            raise ClaimFault(f"Segment {number} begins an interchange with other delimiters. Split the file at each ISA.")
        if not _NAME.fullmatch(name):
            raise ClaimFault(f"Segment {number} has no name of a segment: the file is damaged there. {AGAIN}")
        parts.append(Part(number, name, Segment(one, seg_term, ele_term, subele_term)))
    if ends_open and parts[-1].name not in _TRAILERS:
        raise ClaimFault(f"The file breaks off inside {parts[-1].where}: it is truncated. {AGAIN}")
    return parts


def _text(data: bytes) -> str:
    if len(data) > LIMIT_MB * 1_000_000:
        raise ClaimFault(f"The file is larger than {LIMIT_MB} MB. Split it into smaller batches.")
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise ClaimFault(f"The file is empty. {AGAIN}")
    for mark, said in _OTHERS:
        if start.startswith(mark):
            raise ClaimFault(f"The file is {said}. A claim in X12 begins with ISA.")
    if b"\0" in data:
        raise ClaimFault(f"The file is binary, not text. {AGAIN}")
    if start[:3].upper() != b"ISA":
        raise ClaimFault(f"The file does not begin with ISA, so it is no X12 file, or its beginning is missing. {AGAIN}")
    if start[:3] != b"ISA":  # written in lower case throughout, delimiters apart
        start = start.upper()
    try:
        return start.decode("utf-8")
    except UnicodeDecodeError:
        return start.decode("latin-1")


def _raw(text: str) -> RawX12File:
    """pyx12's reader of the ISA; an ISA broken over lines is joined."""
    head = text[: ISA_LEN + 16]
    if len(head) < ISA_LEN:
        raise ClaimFault(f"The file breaks off inside segment 1 (ISA): it is truncated. {AGAIN}")
    if set(head[: ISA_LEN - 1]) & {"\r", "\n"}:
        head = head.replace("\r", "").replace("\n", "")
    if head[:ISA_LEN].count(head[3]) != 16:
        raise ClaimFault(f"Segment 1 (ISA) is not 16 elements in {ISA_LEN} characters, as X12 wants it. {AGAIN}")
    try:
        return RawX12File(StringIO(head))
    except X12Error:
        raise ClaimFault(
            f"Segment 1 (ISA) names a version of X12 other than 00501 (or is too short). {AGAIN}"
        ) from None
