"""The documentation checklist of a visit: for each thing given, what is there, what is missing, and what could not be read.

A missing item is a question to whoever gave it, never a reading; what was not granted is not called missing.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from coding.denial_facts import Given, dose_words, given_of
from coding.log import Log
from coding.model import DERIVED, Coded, Encounter
from coding.policy import Policy
from coding.rules import CARDS, TableError, fields, read_table, tables
from coding.service import Item
from coding.substances import know
from coding.timeline import clock, day
from coding.vials import vials_of

NAME = "checklist.toml"
PRESENT, MISSING, NOT_APPLICABLE, NOT_READABLE, NOT_READ = (
    "present",
    "missing",
    "not applicable",
    "not readable here",
    "not read by Chairtime",
)
KINDS = ("infusion", "push", "injection", "hydration", "device", "flush", "other")
_DEVICES = ("pump", "refill", "on-body")
_ONLY = ("", "vein", "single-dose")


class Wanted(NamedTuple):
    """One item of the table, as its first lines explain. types: the column `from`."""

    id: str
    title: str
    card: str
    ask: str
    types: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    only: str = ""
    unread: str = ""


class Entry(NamedTuple):
    """One item of one administration, or of the visit. shows: what the chart says, or why there is nothing to say.

    resource: what shows it, or "". ask: the question where it is missing, or derived; else "".
    """

    item: str
    title: str
    state: str
    shows: str
    resource: str
    ask: str
    card: str


class Checked(NamedTuple):
    """One administration with all items of the table, each once."""

    administration: str
    drug: str
    kind: str
    date: str
    start: str
    entries: tuple[Entry, ...]


class Checklist(NamedTuple):
    """The visit's own items, then each administration in order of time."""

    encounter: str
    visit: tuple[Entry, ...]
    administrations: tuple[Checked, ...]


def _load() -> tuple[tuple[Wanted, ...], tuple[Wanted, ...]]:
    table = read_table(tables().joinpath(NAME).read_text("utf-8"), NAME)
    return _rows(table["visit"]), _rows(table["item"])


def _rows(rows: object) -> tuple[Wanted, ...]:
    found = []
    for row in rows if isinstance(rows, list) else []:
        where = str(row.get("id"))
        one = Wanted(**fields(_renamed(row), Wanted, NAME, where))  # type: ignore[arg-type]
        if one.card not in CARDS or not set(one.kinds) <= set(KINDS) or one.only not in _ONLY:
            raise TableError(f"{NAME}: {where}: an unknown card, kind or condition")
        found.append(one)
    return tuple(found)


def _renamed(row: dict[str, object]) -> dict[str, object]:
    return {"types" if key == "from" else key: value for key, value in row.items()}


VISIT, ITEMS = _load()


def checklist(encounter: Encounter, coded: Coded, policy: Policy, not_granted: Collection[str] = ()) -> Checklist:
    """The checklist of a visit. not_granted: FHIR resource types that the app may not read, or that the server does not have."""
    items = {item.id: item for item in know(encounter, Log())}
    given = given_of(encounter, coded, policy)
    return Checklist(
        encounter.id,
        tuple(_visit(one, encounter, not_granted) for one in VISIT),
        tuple(_checked(one, items[one.administration], encounter, not_granted) for one in given),
    )


def _visit(wanted: Wanted, encounter: Encounter, not_granted: Collection[str]) -> Entry:
    if wanted.id == "class":
        shows = encounter.kind
    else:
        ends = [f"{day(at, encounter.offset)} {clock(at, encounter.offset)}" for at in _ends(encounter)]
        shows = " to ".join(ends) if len(ends) == 2 or (ends and encounter.open) else ""
    state = PRESENT if shows else _absent(wanted, not_granted)
    resource = f"Encounter/{encounter.id}" if shows and encounter.id else ""
    return Entry(wanted.id, wanted.title, state, shows, resource, "" if shows else wanted.ask, wanted.card)


def _ends(encounter: Encounter) -> list[int]:
    return [at for at in (encounter.start, encounter.stop) if at is not None]


def _checked(given: Given, item: Item, encounter: Encounter, not_granted: Collection[str]) -> Checked:
    kind = kind_of(item)
    entries = tuple(_entry(one, kind, given, item, encounter, not_granted) for one in ITEMS)
    return Checked(given.administration, given.drug, kind, given.date, given.start, entries)


def kind_of(item: Item) -> str:
    """Which items apply to a row: plain fluid that runs is hydration, whatever it turns out to be worth."""
    technique = item.row.technique
    if item.fluid and technique in ("infusion", ""):
        return "hydration"
    if technique in _DEVICES:
        return "device"
    return technique if technique in KINDS else "other"


def _entry(
    wanted: Wanted, kind: str, given: Given, item: Item, encounter: Encounter, not_granted: Collection[str]
) -> Entry:
    def made(state: str, shows: str = "", resource: str = "", ask: str = "") -> Entry:
        return Entry(wanted.id, wanted.title, state, shows, resource, ask, wanted.card)

    if kind not in wanted.kinds or (wanted.only == "vein" and item.row.route not in ("iv", "")):
        return made(NOT_APPLICABLE, f"not asked of this kind ({kind})")
    if wanted.only == "single-dose" and not _single_dose(item):
        return made(NOT_APPLICABLE, "no single-dose container of it is in the table; chart waste if it came from one")
    if wanted.unread:
        return made(NOT_READ, wanted.unread)
    shows, resource = _shown(wanted.id, given, item, encounter)
    if not shows:
        state = _absent(wanted, not_granted)
        return made(state, ask=_question(given, item, wanted.ask) if state == MISSING else "")
    derived = wanted.id == "stop" and given.grade == DERIVED
    return made(PRESENT, shows, resource, _question(given, item, wanted.ask) if derived else "")


def _absent(wanted: Wanted, not_granted: Collection[str]) -> str:
    return NOT_READABLE if set(wanted.types) & set(not_granted) else MISSING


def _single_dose(item: Item) -> bool:
    return item.row.waste is not None or any(vials_of(one.drug.name, one.product) for one in item.actives)


def _shown(id: str, given: Given, item: Item, encounter: Encounter) -> tuple[str, str]:
    """(what the chart shows of an item, the resource that shows it)."""
    row = item.row
    here = f"MedicationAdministration/{row.id}"
    order = f"MedicationRequest/{row.order.id}" if row.order else ""
    match id:
        case "order":
            return (row.order.id if row.order else ""), order
        case "start":
            return given.start, here
        case "stop":
            said = f"{given.stop}, derived from {given.derived_from}" if given.derived_from else given.stop
            return said, here
        case "indication":
            own = row.reasons or row.reason_text
            ordered = row.order is not None and bool(row.order.reason_codes or row.order.reason)
            return given.indication, here if own else order if ordered else _conditions(given, encounter)
        case "drug":
            return (given.drug if all(one.drug.known for one in item.actives) else ""), here
        case "dose":
            return given.dose, here
        case "route":
            return row.route, here
        case "site":
            return row.site, here
        case _:
            waste = row.waste
            if waste is None:
                return "", here
            vials = [f"{count} x {dose_words(size)}" for count, size in waste.vials]
            lost = [f"{dose_words(waste.discarded)} discarded"] if waste.discarded else []
            return "; ".join([*vials, *lost, *(["no waste"] if waste.none else [])]), here


def _conditions(given: Given, encounter: Encounter) -> str:
    """The conditions of the visit that a line was linked to."""
    named = [one for one in encounter.conditions if one.code and one.code in given.indication]
    return ", ".join(f"Condition/{one.id}" for one in named if one.id)


def _question(given: Given, item: Item, asks: str) -> str:
    """A question to whoever gave it that names no answer and no payment."""
    when = f" on {given.date} at {given.start}" if given.start else f" on {given.date}" if given.date else ""
    where = f" ({given.site})" if given.site else ""
    return f"{item.row.text or given.drug}{when}{where}: {asks}"
