"""The JSON of a claim: one document, or a resource on each line. What JSON leaves open, as a key that stands twice, is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn

from smart_app.claims.faults import ClaimFault
from smart_app.claims.fields import shown

AGAIN = "Export it again."


def parsed(data: bytes) -> object:
    """The document, its fractions exact; NDJSON as a list. Raises ClaimFault."""
    text = _text(data).lstrip()
    try:
        return _loads(text)
    except json.JSONDecodeError as error:
        if lines := _ndjson(text):
            return lines
        if error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated string"):
            end = 1 + text.rstrip().count("\n")
            raise ClaimFault(
                f"The JSON ends in the middle, on line {end}; the file looks half-written. {AGAIN}"
            ) from None
        raise ClaimFault(f"This is not JSON at line {error.lineno}, column {error.colno}. {AGAIN}") from None


def _loads(text: str) -> object:
    """Raises JSONDecodeError where it is no JSON, ClaimFault where it is JSON that says nothing for certain."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=Decimal)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise ClaimFault(f"This is no claim: its lists and objects lie too deep in one another. {AGAIN}") from None
    except (ValueError, ArithmeticError):
        raise ClaimFault(f"A number of the JSON has too many digits. {AGAIN}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {name: _whole(value) for name, value in pairs}
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ClaimFault(f"The JSON has {shown(twice)} twice in one object, so what it says there is open. {AGAIN}")
    return found


def _whole(value: object) -> object:
    """The value; half a character, which no answer could repeat, is a question mark."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


def _no_number(word: str) -> NoReturn:
    raise ClaimFault(f"The JSON has {word} in the place of a number. {AGAIN}")


def _ndjson(text: str) -> list[object]:
    rows = [row for row in text.split("\n") if row.strip()]
    try:
        found = [_loads(row) for row in rows]
    except json.JSONDecodeError:
        return []
    return found if len(found) > 1 and all(isinstance(one, dict) for one in found) else []


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
