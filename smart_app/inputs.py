"""Bundles out of a file or standard input: one Bundle, or NDJSON with a Bundle on each line, read as a stream.

Each fault is one plain sentence with its place; in NDJSON a bad line never hides the good ones.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

MAX_BYTES = 256 * 1024 * 1024
NDJSON_NAMES = (".ndjson", ".jsonl")


class InputError(Exception):
    """Nothing of the input can be used. The message is one sentence for a person."""


class Read(NamedTuple):
    """One Bundle, or the fault in its place. line: in NDJSON, counted from 1; else 0. size: bytes read for it."""

    line: int
    bundle: dict[str, Any] | None
    fault: str
    size: int


def read_bundles(name: str) -> Iterator[Read]:
    """Bundles of the named file, "-" for standard input. Raises InputError where nothing can be read."""
    if name == "-":
        yield from _read(sys.stdin.buffer, "standard input", ndjson=False)
        return
    path = Path(name)
    if path.is_dir():
        raise InputError(f"{name} is a folder; give one file with a FHIR Bundle or NDJSON.")
    try:
        with path.open("rb") as file:
            yield from _read(file, name, ndjson=path.suffix in NDJSON_NAMES)
    except FileNotFoundError:
        raise InputError(f"{name} does not exist.") from None
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror or error}.") from None


def _read(file: BinaryIO, name: str, ndjson: bool) -> Iterator[Read]:
    opening = list(_opening(file, name))
    if not opening:
        raise InputError(f"{name} is empty; a FHIR Bundle or NDJSON was expected.")
    if ndjson or any(_is_object(text) for _, text in opening):
        lone = not ndjson and len(opening) == 1
        for number, text in _numbered(opening, file, name):
            yield _one(text, "" if lone else f"line {number}", 0 if lone else number, name)
        return
    whole = b"".join(text for _, text in opening)
    whole += file.read(MAX_BYTES - len(whole) + 1)
    _not_huge(whole, name)
    read = _one(whole, "", 0, name)
    if read.bundle is None:
        raise InputError(read.fault)
    yield read


def _opening(file: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    """The first two lines that are not blank: enough to tell NDJSON from one document over many lines."""
    number = found = 0
    while found < 2 and (text := file.readline(MAX_BYTES + 1)):
        number += 1
        _not_huge(text, name)
        if text.strip():
            found += 1
            yield number, text


def _numbered(opening: list[tuple[int, bytes]], file: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    rest = enumerate(iter(lambda: file.readline(MAX_BYTES + 1), b""), opening[-1][0] + 1)
    for number, text in chain(opening, rest):
        _not_huge(text, name)
        if text.strip():
            yield number, text


def _not_huge(text: bytes, name: str) -> None:
    if len(text) > MAX_BYTES:
        raise InputError(
            f"{name} holds more than {MAX_BYTES // 1024 // 1024} MB in one document; write it as NDJSON with one Bundle a line."
        )


def _is_object(text: bytes) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        return False


def _one(text: bytes, where: str, number: int, name: str) -> Read:
    place = f"{name}, {where}," if where else name
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return Read(number, None, _not_json(text, error, place, bool(where)), len(text))
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        return Read(number, None, f"{place} is JSON but not FHIR: it has no resourceType.", len(text))
    kind = found["resourceType"]
    if kind != "Bundle":
        return Read(
            number, None, f"{place} is a {kind}, not a Bundle; put the chart's resources into one Bundle.", len(text)
        )
    return Read(number, found, "", len(text))


def _not_json(text: bytes, error: orjson.JSONDecodeError, place: str, in_line: bool) -> str:
    if error.pos >= len(text.decode("utf-8", "replace").rstrip()) - 1:
        return f"{place} ends in the middle of JSON; it looks half-written."
    spot = f"column {error.colno}" if in_line else f"line {error.lineno}, column {error.colno}"
    return f"{place} is not JSON ({error.msg} at {spot})."
