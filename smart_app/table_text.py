"""A table that a user loads, as text: what is no text, or no CSV file by the look of it, is refused."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from coding.csv_rows import TableFault

LIMIT_MB = 20
LONGEST_LINE = 100_000  # characters
MOST_LINES = 1_000_000
_OTHERS = (
    (b"PK\x03\x04", "an Excel or ZIP file; unpack it, and save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file; save the sheet as CSV"),
    (b"%PDF", "a PDF; load the CSV file"),
    (b"\xff\xfe", "text in UTF-16; save it as CSV (UTF-8)"),
    (b"\xfe\xff", "text in UTF-16; save it as CSV (UTF-8)"),
    (b"{", "JSON; load a CSV file"),
    (b"<", "XML or a web page; load the CSV file"),
)


def bytes_of(path: str) -> bytes:
    """A file whole. Raises TableFault where it cannot be read or is too large."""
    try:
        with Path(path).open("rb") as file:
            return file.read(LIMIT_MB * 1_000_000 + 1)
    except (OSError, ValueError) as error:
        raise TableFault(
            f"{path} cannot be read: {getattr(error, 'strerror', None) or 'its name is no path'}."
        ) from None


def text_of(data: bytes, name: str) -> str:
    """A file as text: UTF-8, else the Windows letters of the files of CMS. Raises TableFault for what is no text."""
    if len(data) > LIMIT_MB * 1_000_000:
        raise TableFault(f"{name} is larger than {LIMIT_MB} MB. Keep only the codes that you bill.")
    start = data.lstrip()
    if not start:
        raise TableFault(f"{name} is empty.")
    for mark, said in _OTHERS:
        if start.startswith(mark):
            raise TableFault(f"{name} is {said}.")
    if b"\0" in data:
        raise TableFault(f"{name} is binary, not text. Save it as CSV.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    for number, line in enumerate(StringIO(text, newline=""), 1):
        if number > MOST_LINES:
            raise TableFault(f"{name} has more than {MOST_LINES:,} lines. Keep only the codes that you bill.")
        if len(line) > LONGEST_LINE:
            raise TableFault(
                f"{name}, line {number}: it is longer than {LONGEST_LINE:,} characters. Is this a CSV file?"
            )
    return text
