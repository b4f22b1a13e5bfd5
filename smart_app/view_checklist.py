"""The documentation checklist as its page shows it: what is missing first, what does not apply in one line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from coding.checklist import MISSING, NOT_APPLICABLE, NOT_READ, NOT_READABLE, PRESENT, Checked, Checklist, Entry
from smart_app.view_places import Places
from smart_app.view_words import Sign, bare, count, plain, upper_first

SIGNS = {
    MISSING: Sign("missing", "✕", "bad"),
    NOT_READABLE: Sign("not readable here", "?", "wait"),
    NOT_READ: Sign("not read by Chairtime", "–", ""),
    PRESENT: Sign("present", "✓", "met"),
}
COUNTED = {MISSING: "missing", NOT_READABLE: "not readable here"}


class EntryView(NamedTuple):
    """One item. shows: what the chart says. ask: the question, where one is to be asked. resource: what shows it, href: where."""

    title: str
    sign: Sign
    shows: str
    ask: str
    resource: str
    href: str
    card: str


class CheckedView(NamedTuple):
    """One administration, or the visit. summary: what is missing, in words. apart: items that do not apply."""

    id: str
    title: str
    href: str
    summary: str
    entries: tuple[EntryView, ...]
    apart: str


class ChecklistView(NamedTuple):
    """The visit first, then what was given. missing: everything that is asked for, over the whole visit."""

    summary: str
    parts: tuple[CheckedView, ...]


def checklist_view(found: Checklist, places: Places) -> ChecklistView:
    """A checklist with its links to the page of the visit."""
    parts = [_part("c0", "The visit", "", found.visit, places)]
    for number, one in enumerate(found.administrations, 1):
        parts.append(_part(f"c{number}", _title(one, places), places.given(one.administration).href, one.entries, places))
    every = [*found.visit, *(entry for one in found.administrations for entry in one.entries)]
    given = count(len(found.administrations), "administration")
    return ChecklistView(f"{given}. {_counts(every)}", tuple(parts))


def _title(one: Checked, places: Places) -> str:
    row = places.rows.get(bare(one.administration))
    return places.given(one.administration).words if row else upper_first(one.drug)


def _part(id: str, title: str, href: str, entries: Iterable[Entry], places: Places) -> CheckedView:
    entries = tuple(entries)
    shown = tuple(
        EntryView(
            upper_first(one.title),
            SIGNS[one.state],
            plain(one.shows),
            one.ask,
            one.resource,
            places.given(one.resource).href if one.resource.startswith("MedicationAdministration/") else "",
            one.card,
        )
        for one in entries
        if one.state != NOT_APPLICABLE
    )
    apart = ", ".join(one.title for one in entries if one.state == NOT_APPLICABLE)
    return CheckedView(id, title, href, _counts(entries), shown, apart)


def _counts(entries: Iterable[Entry]) -> str:
    entries = tuple(entries)
    found = [
        f"{number} {word}" for state, word in COUNTED.items() if (number := sum(one.state == state for one in entries))
    ]
    return f"{upper_first(', '.join(found))}." if found else "Nothing is missing."
