"""The claim in one line: its codes summed, and the count that accounts for every administration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from coding.model import Coded
from smart_app.view_lines import HeldView, LineView, ReasonView
from smart_app.view_rows import RowView
from smart_app.view_words import count


class CodeSum(NamedTuple):
    """A code of the claim with all its units; first: the id of its first line."""

    code: str
    units: int
    first: str


def claim_of(lines: Iterable[LineView]) -> tuple[CodeSum, ...]:
    """The codes of the claim, in order of their first lines."""
    found: dict[str, CodeSum] = {}
    for line in lines:
        one = found.get(line.code, CodeSum(line.code, 0, line.id))
        found[line.code] = one._replace(units=one.units + line.units)
    return tuple(found.values())


def adds_up(coded: Coded, rows: Mapping[str, RowView], held: Sequence[HeldView], unused: Sequence[ReasonView]) -> str:
    """The count that accounts for every administration that was read."""
    in_lines = len({id for line in coded.lines for id in line.administrations})
    units = sum(line.units for line in coded.lines)
    parts = [f"{in_lines} in lines", f"{len(held)} held" if held else "", f"{len(unused)} not used" if unused else ""]
    total = in_lines + len(held) + len(unused)
    said = f"{count(len(coded.lines), 'line')}, {count(units, 'unit')}. {count(total, 'administration')} read"
    return f"{said}: {', '.join(filter(None, parts))}." if total else f"{said}."
