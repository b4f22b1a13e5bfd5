"""The documentation checklist as its page shows it: what is missing first, what does not apply in one line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from coding.checklist import Apart, Checked, Checklist
from coding.checklist_entries import Entry
from coding.checklist_table import (
    ASKED_ABOVE,
    DOUBTED,
    MISSING,
    NOT_APPLICABLE,
    NOT_READ,
    NOT_READABLE,
    NOT_YET,
    PRESENT,
)
from coding.letter_words import ROUTES
from smart_app.view_places import Places
from smart_app.view_words import Sign, bare, count, plain, upper_first

SIGNS = {
    MISSING: Sign("missing", "✕", "bad"),
    DOUBTED: Sign("in question", "?", "wait"),
    NOT_YET: Sign("not yet", "…", ""),
    ASKED_ABOVE: Sign("asked above", "–", ""),
    NOT_READABLE: Sign("not readable here", "?", "wait"),
    NOT_READ: Sign("not read by Chairtime", "–", ""),
    PRESENT: Sign("present", "✓", "met"),
}
COUNTED = {MISSING: "missing", DOUBTED: "in question", NOT_READABLE: "not readable here"}
OUTSIDE = "Not given, part of another row, or not readable."
APART = Sign("no checklist", "–", "")
DAMAGED = Sign("not readable here", "?", "wait")


class EntryView(NamedTuple):
    """One item. shows: what the chart says. ask: the question, where one is to be asked. resource: what shows it, where it is another
    than the administration itself."""

    title: str
    sign: Sign
    shows: str
    ask: str
    resource: str


class CheckedView(NamedTuple):
    """One administration, or the visit. resource: its own, href: where. summary: what is missing. apart: items that do not apply."""

    id: str
    title: str
    resource: str
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
    own = f"Encounter/{found.encounter}" if found.encounter else ""
    parts = [_part("c0", "The visit", own, "", found.visit)]
    for number, one in enumerate(found.administrations, 1):
        own, href = f"MedicationAdministration/{one.administration}", places.given(one.administration).href
        parts.append(_part(f"c{number}", _title(one, places), own, href, one.entries))
    if found.apart:
        rows = tuple(_row_apart(one) for one in found.apart)
        parts.append(CheckedView("c-apart", "Rows without a checklist", "", "", OUTSIDE, rows, ""))
    every = [*found.visit, *(entry for one in found.administrations for entry in one.entries)]
    given = count(len(found.administrations), "administration")
    return ChecklistView(f"{given}. {_counts(every)}", tuple(parts))


def _row_apart(one: Apart) -> EntryView:
    return EntryView(one.administration, DAMAGED if one.do else APART, one.why, one.do, "")


def _title(one: Checked, places: Places) -> str:
    row = places.rows.get(bare(one.administration))
    return places.given(one.administration).words if row else upper_first(one.drug)


def _part(id: str, title: str, own: str, href: str, entries: Iterable[Entry]) -> CheckedView:
    entries = tuple(entries)
    shown = tuple(
        EntryView(
            upper_first(one.title), SIGNS[one.state], _shows(one), one.ask, "" if one.resource == own else one.resource
        )
        for one in entries
        if one.state != NOT_APPLICABLE
    )
    apart = ", ".join(one.title for one in entries if one.state == NOT_APPLICABLE)
    return CheckedView(id, title, own, href, _counts(entries), shown, apart)


def _shows(one: Entry) -> str:
    """What the chart says, in the words of the page; what its resource says anyway is not said twice."""
    if one.shows == bare(one.resource):
        return ""
    return ROUTES.get(one.shows, one.shows) if one.item == "route" else plain(one.shows)


def _counts(entries: Iterable[Entry]) -> str:
    entries = tuple(entries)
    found = [
        f"{number} {word}" for state, word in COUNTED.items() if (number := sum(one.state == state for one in entries))
    ]
    return f"{upper_first(', '.join(found))}." if found else "Nothing is missing."
