"""Why something was given: what the chart says of it or its order, and what only the diagnoses of the visit suggest."""

from __future__ import annotations

from collections.abc import Iterable

from coding.model import Administration, Coded, Encounter


def with_words(codes: Iterable[str], encounter: Encounter) -> str:
    """The codes with the words that the chart has for them."""
    texts = {one.code: one.text for one in encounter.conditions}
    return ", ".join(f"{code} ({texts[code]})" if texts.get(code) else code for code in codes)


def charted_reasons(row: Administration) -> tuple[str, ...]:
    """The codes charted for the row or its order."""
    return tuple(dict.fromkeys((*row.reasons, *(row.order.reason_codes if row.order else ()))))


def linked_codes(row: Administration, coded: Coded) -> tuple[str, ...]:
    """The codes of the visit that the lines of the row point to."""
    lines = (line for line in coded.lines if row.id in line.administrations)
    return tuple(dict.fromkeys(code for line in lines for code in line.diagnoses))


def said(row: Administration) -> str:
    """Words of the chart on why it was given; they may name a person."""
    order = row.order
    words = (row.reason_text, order.reason if order else "", order.text if order else "", row.quote("hydration-reason"))
    return "; ".join(filter(None, words))
