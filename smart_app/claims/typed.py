"""Lines as a biller types them: "96365 x1; 96366x2; 96375-59; J1745-JZ x40"."""

from __future__ import annotations

import re

from coding.billed import Billed, BilledClaim
from smart_app.claims.faults import ClaimFault
from smart_app.claims.fields import Unreadable, code_of, date_of, shown, units_of

FORM = "typed lines"
LOOKED_AT = 20  # lines that tell what a text is
LONGEST = 80  # characters of one line
HOW = 'Write lines as "96365 x1; 96366 x2; 96375-59; J1745-JZ x40".'
HEADED = "A table needs a heading such as code,units,modifiers,date."
_SEPARATOR = re.compile(r"[;\n\r]+|,(?!\d{3}(?!\d))")
_END = r"(?=$|[^A-Za-z0-9]|[xX]\s*-?\d)"  # a modifier ends there, or units follow: J1745-JZx40
_LINE = re.compile(
    r"(?P<code>[A-Za-z]\d{4}|\d{4}[A-Za-z0-9])"
    rf"(?P<modifiers>(?:\s*[-:]\s*[A-Za-z0-9]{{2}}{_END}|\s+(?=[A-Za-z])(?![xX]\s*-?\d)[A-Za-z][A-Za-z0-9]{_END})*)"
    r"(?:\s*[xX×*]\s*(?P<units>-?[\d.,]+)|\s+(?P<bare>\d+)(?:\s*units?)?)?"
    r"(?:\s*(?:@|\bon\b)?\s*(?P<date>\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{2,4}))?",
    re.IGNORECASE,
)
# What stands alone behind a code where a heading is missing: "96365,1", "J1745;JZ;40". A number of five digits may be a code, and
# one of four a code that lacks a digit, unless a comma parts them.
_CELL = r"\$?\d{1,3}(?:\.\d+)?|\$?\d{4,}\.\d+|\d{6,8}|[A-Za-z][A-Za-z0-9]|\d[A-Za-z]|\d{1,4}[-/]\d{1,2}[-/]\d{1,4}"
_HEADLESS = re.compile(
    rf"(?:^|[;,\n\r])[ \t]*(?:[A-Za-z]\d{{4}}|\d{{4}}[A-Za-z0-9])(?:[-:][A-Za-z0-9]{{2}})*[ \t]*"
    rf"(?:;[ \t]*(?:{_CELL})|,[ \t]*(?:{_CELL}|\d{{4}}))[ \t]*(?:$|[;,\n\r])"
)
# A bare number that is also a modifier could be either, so it is asked for.
_EITHER = {"22", "24", "25", "26", "50", "51", "52", "53", "57", "58", "59", "76", "77", "78", "79", "91"}


def looks_typed(text: str) -> bool:
    """Whether the text is such lines: it begins with one, and at least half of its beginning are some."""
    pieces = [piece.strip() for piece in _SEPARATOR.split(text) if piece.strip()][:LOOKED_AT]
    return bool(pieces) and bool(_match(pieces[0])) and 2 * sum(bool(_match(one)) for one in pieces) >= len(pieces)


def is_headless(text: str) -> bool:
    """Whether units, modifiers or dates stand behind a code in a place of their own, as in a table without its heading."""
    return bool(_HEADLESS.search(text))


def read_typed(text: str) -> BilledClaim:
    """The claim; a piece that is no line is among the unread. Raises ClaimFault where none is."""
    if is_headless(text):
        raise ClaimFault(f"Something stands alone behind a code, as in a table without a heading. {HOW} {HEADED}")
    lines: list[Billed] = []
    unread: list[tuple[str, str]] = []
    pieces = [piece.strip() for piece in _SEPARATOR.split(text) if piece.strip()]
    for number, piece in enumerate(pieces, 1):
        place = f"line {number}"
        try:
            lines.append(_line(piece, place))
        except Unreadable as why:
            unread.append((place, f"{why}."))
    if not lines:
        said = f"{unread[0][0]}: {unread[0][1]} " if unread else "There is no line. "
        raise ClaimFault(f"{said[:1].upper()}{said[1:]}{HOW}")
    return BilledClaim(tuple(lines), FORM, unread=tuple(unread))


def _match(piece: str) -> re.Match[str] | None:
    return _LINE.fullmatch(piece) if len(piece) <= LONGEST else None


def _line(piece: str, place: str) -> Billed:
    found = _match(piece)
    if not found:
        raise Unreadable(f"{shown(piece)} is not understood; a line is a code, its modifiers and its units")
    if found["bare"] in _EITHER:
        code, number = found["code"], found["bare"]
        raise Unreadable(f"{shown(piece)} can be a modifier or units; write {code}-{number} or {code} x{number}")
    modifiers = tuple(part.upper() for part in re.findall(r"[A-Za-z0-9]{2}", found["modifiers"]))
    units = found["units"] or found["bare"] or "1"
    return Billed(code_of(found["code"]), units_of(units), modifiers, date_of(found["date"] or ""), place=place)
