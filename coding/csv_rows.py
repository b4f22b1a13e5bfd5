"""The rows of a CSV file with the line on which each begins; a row that breaks off or does not fit its headings is refused."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

DELIMITERS = ",;\t"
# A number whose point can only stand before its fraction: 70.10, 0.8531.
_FRACTION = re.compile(r'(?:^|;)"?[ \t]*\$?[ \t]*\d+\.(?:\d\d?|\d{4,6})[ \t]*"?(?:;|\r?$)', re.ASCII | re.MULTILINE)
_THOUSANDS = re.compile(r"\$?\s*[1-9]\d{0,2}\.\d{3}", re.ASCII)
_LAST = "\N{END OF TRANSMISSION}"  # a row of its own behind the file, unless a cell's quotes are still open

Rows = Iterator[tuple[int, list[str]]]


class TableFault(ValueError):
    """A file that is no table; the message names it, and the line where there is one."""


def rows(lines: Iterable[str], name: str, delimiter: str = ",") -> Rows:
    """The rows that are not blank, their cells without blanks around them. Raises TableFault where the quotes of a cell never end."""
    reader = csv.reader(chain(lines, [_LAST]), delimiter=delimiter)
    begins = 1
    try:
        for row in reader:
            if row == [_LAST]:
                return
            if row and row[-1].endswith(_LAST):
                raise TableFault(f"{name}, line {begins}: the quotes of a cell never end; the file may be cut.")
            if any(cell.strip() for cell in row):
                yield begins, [cell.strip() for cell in row]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise TableFault(f"{name}, line {begins}: not a CSV file ({error}).") from None


def under(below: Rows, head: Sequence[str], name: str, needed: int) -> Rows:
    """The rows of a table; a sentence is no row. needed: how many cells a row has at least, so that what is read of it is there.

    Raises TableFault where a row has cells beyond its headings (a comma without quotes) or breaks off. Cells at the end may be left
    out, but not of the last row alone: there the file may be cut.
    """
    width = 1 + max((at for at, cell in enumerate(head) if cell), default=-1)
    last: tuple[int, list[str]] | None = None
    before = width
    for line, row in below:
        if is_sentence(row):
            continue
        if any(row[width:]):
            raise TableFault(
                f"{name}, line {line}: {len(row)} cells under {width} headings; a comma in a number or text needs quotes."
            )
        if len(row) < needed:
            raise _breaks_off(name, line, len(row), width)
        if last is not None:
            yield last
            before = len(last[1])
        last = line, row
    if last is not None:
        if len(last[1]) < min(width, before):
            raise _breaks_off(name, last[0], len(last[1]), width)
        yield last


def _breaks_off(name: str, line: int, cells: int, width: int) -> TableFault:
    return TableFault(f"{name}, line {line}: the row breaks off, it has {cells} cells under {width} headings.")


def leaves_thousands_open(text: str, delimiter: str) -> bool:
    """Whether a point may part the thousands, as a comma does: in a file with semicolons, unless another number shows its fraction."""
    return delimiter == ";" and not _FRACTION.search(text)


def may_mean_thousands(cell: str) -> bool:
    """Whether a number is one of those: 1.021, which may be a thousand and more or little more than one."""
    return bool(_THOUSANDS.fullmatch(cell.strip()))


def is_sentence(row: Sequence[str]) -> bool:
    """Whether a row is only words, as they stand above and under a table."""
    said = [cell for cell in row if cell]
    return len(said) == 1 and " " in said[0] and not said[0].startswith(("=", "+", "-", "@"))
