"""The answers of tables/panel/answers: their wordings, their sentences and the cards they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from coding.rules import CARDS, TableError, fields, read_table, tables


class Row(NamedTuple):
    """One answer of the tables. cards: main one first. declined: it says that the panel does not answer this.

    needs: features of which a question must hold one, or the answer is far from it.
    """

    id: str
    asks: tuple[str, ...]
    short: tuple[str, ...]
    cards: tuple[str, ...]
    contested: int = 0
    premise: int = 0
    declined: int = 0
    next: tuple[str, ...] = ()
    compute: str = ""
    needs: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def rows() -> Mapping[str, Row]:
    """Every answer of tables/panel/answers by id. Raises TableError."""
    found: dict[str, Row] = {}
    folder = tables().joinpath("panel", "answers")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"panel/answers/{file.name}"
        for raw in read_table(file.read_text("utf-8"), name).get("answer", ()):  # type: ignore[attr-defined]
            row = _row(raw, name)
            if row.id in found:
                raise TableError(f"{name}: {row.id}: the id is taken")
            found[row.id] = row
    return found


def _row(raw: dict[str, object], name: str) -> Row:
    where = str(raw.get("id", "an answer without id"))
    flags = {flag: int(bool(raw.pop(flag, False))) for flag in ("contested", "premise", "declined")}
    row = Row(**fields(raw, Row, name, where, given=tuple(flags)), **flags)  # type: ignore[arg-type]
    for card in row.cards:
        if card not in CARDS:
            raise TableError(f"{name}: {where}: unknown card {card}")
    if not row.asks or not (row.short or row.compute):
        raise TableError(f"{name}: {where}: an answer needs wordings and sentences")
    return row
