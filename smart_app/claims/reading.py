"""A claim in whatever form it comes: the reader is picked by what the file holds, not by its name."""

from __future__ import annotations

from pathlib import Path

from coding.billed import BilledClaim
from smart_app.claims.csv_claim import looks_like_csv, read_csv
from smart_app.claims.faults import ClaimFault
from smart_app.claims.fhir_claim import read_fhir
from smart_app.claims.json_text import parsed
from smart_app.claims.typed import HEADED, HOW, looks_typed, read_typed

__all__ = ["ClaimFault", "read_bytes", "read_claim"]

LIMIT_MB = 5  # of JSON and CSV; an 837 file may be larger
MOST_LINES = 2_000
SHOWN = 100  # characters of a name in a message
FORMS = "FHIR R4 JSON, an 837 file, a CSV with a heading, or typed lines"
# How files begin that are something else, and what to do with them.
_OTHERS = (
    (b"PK\x03\x04", "a workbook or an archive; save the sheet as CSV"),
    (b"%PDF", "a PDF; export the claim as an 837 file or a CSV"),
    (b"\xd0\xcf\x11\xe0", "an old workbook; save the sheet as CSV"),
    (b"<", "XML or HTML; export the claim as FHIR JSON, an 837 file or a CSV"),
    (b"\x1f\x8b", "compressed; unpack it first"),
)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_claim(path_or_text: str | Path, claim: str = "") -> BilledClaim:
    """The claim of a file, or of lines typed in its place. claim: the id of one, where a file holds several.

    Raises ClaimFault, whose message names the place and what to do.
    """
    name = str(path_or_text)
    if not name.strip():
        raise ClaimFault(f"There is no claim. {HOW}")
    try:
        path = Path(name)
        if path.is_dir():
            raise ClaimFault(f"{name} is a folder; give one file with a claim.")
        is_file = path.is_file()
    except (OSError, ValueError) as error:
        is_file = False
        if isinstance(path_or_text, Path) or isinstance(error, PermissionError):
            raise _unreadable(name, error) from None
    if is_file:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise _unreadable(name, error) from None
        return read_bytes(data, claim)
    if isinstance(path_or_text, Path) or not ("\n" in name or looks_typed(name)):
        raise ClaimFault(f"There is no file {name[:SHOWN]!r}, and it is no typed line either. {HOW}")
    return read_bytes(name.encode("utf-8", "replace"), claim)


def _unreadable(name: str, error: Exception) -> ClaimFault:
    return ClaimFault(f"{name[:SHOWN]} cannot be read: {getattr(error, 'strerror', None) or error}.")


def read_bytes(data: bytes, claim: str = "") -> BilledClaim:
    """The claim that these bytes hold. Raises ClaimFault."""
    opening = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:8]
    if opening[:3].upper() == b"ISA":
        from smart_app.claims.x12 import read_x12

        return _not_many(read_x12(data, claim))
    if len(data) > LIMIT_MB * 1_000_000:
        raise ClaimFault(f"The claim is larger than {LIMIT_MB} MB. Give one claim, not an export of many.")
    data = _utf8(data)
    opening = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:8]
    for begins, said in _OTHERS:
        if opening.startswith(begins):
            raise ClaimFault(f"This is {said}.")
    if opening[:1] in (b"{", b"["):
        return _not_many(read_fhir(parsed(data), claim))
    text = _text(data)
    if not text.strip():
        raise ClaimFault(f"The claim is empty. Give {FORMS}.")
    if looks_like_csv(text):
        return _not_many(read_csv(text, claim))
    if looks_typed(text):
        return _not_many(read_typed(text))
    raise ClaimFault(f"This is no claim that can be read. Give {FORMS}. {HEADED}")


def _not_many(claim: BilledClaim) -> BilledClaim:
    if len(claim.lines) > MOST_LINES:
        raise ClaimFault(f"The claim has {len(claim.lines):,} lines; at most {MOST_LINES:,} are read. Give one claim.")
    return claim


def _utf8(data: bytes) -> bytes:
    """Text of a spreadsheet in UTF-16, told by its mark, as UTF-8."""
    if not data.startswith(_UTF16):
        return data
    try:
        return data.decode("utf-16").encode()
    except UnicodeDecodeError:
        raise ClaimFault("The text breaks off or is not UTF-16. Save it as UTF-8.") from None


def _text(data: bytes) -> str:
    if b"\0" in data:
        raise ClaimFault(f"The file is binary, not text. Give {FORMS}.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
