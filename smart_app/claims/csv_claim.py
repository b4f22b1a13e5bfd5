"""A claim as a CSV, read by its headings in any usual writing. Columns that are not needed, names least of all, are not read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import StringIO
from itertools import islice

from coding.billed import BilledClaim
from coding.csv_rows import TableFault, leaves_thousands_open, rows
from smart_app.claims.csv_head import DELIMITERS, TITLES, Row, head_of, known
from smart_app.claims.csv_line import Line, line_of
from smart_app.claims.faults import ClaimFault, ids_of
from smart_app.claims.fields import Unreadable

FORM = "CSV"
NAME = "The CSV"
NO_HEADING = "No heading with a column of codes was found. Name the columns, as: code,units,modifiers,date."


def looks_like_csv(text: str) -> bool:
    """Whether one of the first rows is a heading with a column of codes."""
    sign = _delimiter(text)
    try:
        return head_of(_rows(text, sign, TITLES)) is not None
    except TableFault:
        return head_of([(at, line.split(sign)) for at, line in enumerate(text.splitlines()[:TITLES])]) is not None


def read_csv(text: str, claim: str = "") -> BilledClaim:
    """The claim, or the one with this id; a row that cannot be read is among the unread. Raises ClaimFault."""
    sign = _delimiter(text)
    try:
        found = _rows(text, sign)
    except TableFault as fault:
        raise ClaimFault(f"{fault} Save it again as plain CSV.") from None
    head = head_of(found)
    if head is None:
        raise ClaimFault(NO_HEADING)
    head = head._replace(thousands_open=leaves_thousands_open(text, sign))
    below = [Row(number, tuple(cells), head) for number, cells in found[head.row + 1 :]]
    lines: list[Line] = []
    unread: list[tuple[str, str]] = []
    notes: list[tuple[str, str]] = []
    for row in _of_claim(below, claim):
        try:
            if row is below[-1] and row.is_short and not text.endswith(("\n", "\r")):
                raise Unreadable("the file breaks off inside it")
            if status := row.left_out():
                notes.append((row.place, f"left out, its status is {status}."))
                continue
            lines.append(line_of(row))
            notes += [(row.place, note) for note in lines[-1].notes]
        except Unreadable as why:
            unread.append((row.place, f"{why}."))
    if not lines:
        said = next((f" {where[:1].upper()}{where[1:]}: {why}" for where, why in (*unread, *notes)), "")
        raise ClaimFault(f"The CSV has a heading and no line that can be read.{said}")
    if "units" not in head.columns:
        notes.append(("claim", "The CSV has no column of units; each line is read as 1 unit."))
    payer = _only(notes, "payers", (line.payer for line in lines))
    place = _only(notes, "places of service", (line.place_of_service for line in lines))
    return BilledClaim(
        tuple(line.billed for line in lines),
        FORM,
        payer=payer,
        place_of_service=place if re.fullmatch(r"\d{2}", place) else "",
        unread=tuple(unread),
        notes=tuple(notes),
    )


def _of_claim(below: list[Row], claim: str) -> list[Row]:
    """The rows of the claim that is wanted, or of the only one. Raises ClaimFault where there are others."""
    ids = list(dict.fromkeys(filter(None, (row.claim for row in below))))
    if claim:
        kept = [row for row in below if row.claim == claim.strip()]
        if not kept:
            raise ClaimFault(f"No claim of the CSV has this id.{ids_of(ids)}")
        return kept
    if len(ids) > 1:
        raise ClaimFault(
            f"The CSV holds {len(ids)} claims or visits. Give the id of one, or keep its rows alone.{ids_of(ids)}"
        )
    return below


def _only(notes: list[tuple[str, str]], what: str, said: Iterable[str]) -> str:
    """What all rows say that say anything; "" with a note where they differ."""
    found = {one.casefold(): one for one in said if one}
    if len(found) > 1:
        notes.append(("claim", f"Its rows name several {what}; none is taken."))
        return ""
    return next(iter(found.values()), "")


def _rows(text: str, sign: str, most: int | None = None) -> list[tuple[int, list[str]]]:
    """Rows with the number of the line on which each begins. Raises TableFault."""
    return list(islice(rows(StringIO(text, newline=""), NAME, sign), most))


def _delimiter(text: str) -> str:
    """The sign that parts the most cells of a row with a known heading; a comma where none does."""
    opening = text.splitlines()[:TITLES]
    best = max(DELIMITERS, key=lambda sign: max((known(line.split(sign)) for line in opening), default=0))
    return best if any(known(line.split(best)) for line in opening) else ","
