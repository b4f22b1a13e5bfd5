"""The segments of an X12 file, as pyx12 reads them: delimiters from the ISA, line breaks between segments or none.

Faults name the segment by its number in the file (the ISA is 1), never by what stands in it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from io import StringIO
from typing import NamedTuple

from pyx12.errors import X12Error
from pyx12.rawx12file import ISA_LEN, RawX12File
from pyx12.segment import Segment

from smart_app.claims.faults import ClaimFault

LIMIT_MB = 20
MOST_SEGMENTS = 1_000_000
LONGEST_SEGMENT = 5_000  # characters; no segment of an 837 comes near
AGAIN = "Export the claim again as an 837 file."
_NAME = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_TRAILERS = ("SE", "GE", "IEA")
_BLANKS = " \t\r\n\x1a"  # the last ends a file of DOS
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
    """One segment. number: its place in the file, from 1. name: in capitals. text: as written, without its terminator."""

    number: int
    name: str
    text: str
    ele_term: str
    subele_term: str

    def read(self) -> Elements:
        """Its elements, by pyx12."""
        return Elements(Segment(self.text, "", self.ele_term, self.subele_term))

    @property
    def where(self) -> str:
        """Its place, in words."""
        return f"segment {self.number} ({self.name})"


class Elements(NamedTuple):
    """The elements of a segment."""

    data: Segment

    def at(self, reference: str) -> str:
        """What stands at an element ("01") or a component of it ("05-1"), without blanks around it; "" where nothing does."""
        element, component = _places(reference)
        if element >= len(self.data):
            return ""
        composite = self.data.elements[element]
        if component is None:
            return str(composite.format()).strip()
        return str(composite[component].get_value()).strip() if component < len(composite) else ""


@lru_cache(maxsize=64)
def _places(reference: str) -> tuple[int, int | None]:
    """Places from 0 of an element and its component. pyx12 works them out anew each time, which takes longer than all else."""
    element, _, component = reference.partition("-")
    return int(element) - 1, int(component) - 1 if component else None


def segments(data: bytes) -> list[Part]:
    """Every segment of a file. Raises ClaimFault for what is no X12, is too large, or breaks off inside a segment."""
    text = _text(data)
    raw = _raw(text)
    seg_term, ele_term, subele_term = raw.seg_term, raw.ele_term, raw.subele_term
    if len({seg_term, ele_term, subele_term}) < 3 or any(one.isalnum() or one in " ." for one in raw.get_term()[:3]):
        raise ClaimFault(f"The ISA, segment 1, names delimiters that cannot be told apart from the text. {AGAIN}")
    if seg_term in "\r\n":
        text, seg_term = text.replace("\r\n", "\n").replace("\r", "\n"), "\n"
    else:
        text = text.replace("\r", "").replace("\n", "")
    if text.count(seg_term) > MOST_SEGMENTS:
        raise ClaimFault(f"The file holds more than {MOST_SEGMENTS:,} segments. Split it into smaller batches.")
    written = [part for part in (one.strip(_BLANKS) for one in text.split(seg_term)) if part]
    parts = [_part(number, one, ele_term, subele_term) for number, one in enumerate(written, 1)]
    if text.rpartition(seg_term)[2].strip(_BLANKS) and parts[-1].name not in _TRAILERS:
        raise ClaimFault(f"The file breaks off inside {parts[-1].where}: it is truncated. {AGAIN}")
    return parts


def _part(number: int, text: str, ele_term: str, subele_term: str) -> Part:
    if len(text) > LONGEST_SEGMENT:
        raise ClaimFault(
            f"Segment {number} is longer than {LONGEST_SEGMENT:,} characters: the file is damaged. {AGAIN}"
        )
    if text[:3].upper() == "ISA" and (text[3:4] != ele_term or text[-1] != subele_term):
        raise ClaimFault(f"Segment {number} begins an interchange with other delimiters. Split the file at each ISA.")
    name = text.split(ele_term, 1)[0].strip().upper()
    if not _NAME.fullmatch(name):
        raise ClaimFault(f"Segment {number} has no name of a segment: the file is damaged there. {AGAIN}")
    return Part(number, name, text, ele_term, subele_term)


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
        raise ClaimFault(
            f"The file does not begin with ISA, so it is no X12 file, or its beginning is missing. {AGAIN}"
        )
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
