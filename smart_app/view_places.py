"""Where the page of a visit shows what a finding, a denial or a checklist rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from smart_app.view_panel import Chip
from smart_app.view_rows import RowView, clocks
from smart_app.view_words import bare


class Places(NamedTuple):
    """rows: administrations by id. anchors: addresses by kind and id."""

    rows: Mapping[str, RowView]
    anchors: Mapping[tuple[str, str], str]

    def given(self, id: str) -> Chip:
        """An administration by its drug and clock times; by its id where the visit does not have it."""
        row = self.rows.get(bare(id))
        words = " ".join(filter(None, (row.name, clocks(row)))) if row else id
        return Chip("Given", words, self.anchors.get(("administration", bare(id)), ""))

    def all_given(self, ids: Iterable[str]) -> tuple[Chip, ...]:
        """Several administrations, once each."""
        return tuple(dict.fromkeys(map(self.given, ids)))

    def problem(self, code: str) -> str:
        """The address of a question of the visit, "" where its page has none."""
        return self.anchors.get(("problem", code), "")
