"""The patient and the visit as the strip at the top names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from coding.model import Encounter
from coding.timeline import day
from smart_app.view_rows import rows_of
from smart_app.view_words import KINDS, at_clock, count, long_date, parse_day

SEXES = {"female": "F", "male": "M", "other": "Other sex", "unknown": "Sex unknown"}


class PatientStrip(NamedTuple):
    """Who the chart belongs to. birth_date: ISO, may be partial. age: in words. mrn: "" where there is none."""

    name: str
    sex: str
    birth_date: str
    age: str
    mrn: str

    @property
    def facts(self) -> str:
        """Sex, birth and number in one line."""
        born = f"born {long_date(self.birth_date)}" + (f", {self.age}" if self.age else "") if self.birth_date else ""
        return " · ".join(filter(None, (self.sex, born, f"MRN {self.mrn}" if self.mrn else "")))


class Visit(NamedTuple):
    """What kind of visit, when, and its id."""

    kind: str
    when: str
    id: str
    date: str


class VisitItem(NamedTuple):
    """A visit that can be chosen."""

    url: str
    kind: str
    when: str
    drugs: str
    given: int
    open: bool


def patient_strip(patient: Mapping[str, Any], today: date) -> PatientStrip:
    """A FHIR Patient as a strip; what is absent or of the wrong shape is left out, never guessed."""
    birth = _text(patient.get("birthDate"))
    return PatientStrip(
        _name(patient), SEXES.get(_text(patient.get("gender")), ""), birth, _age(birth, today), _mrn(patient)
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _name(patient: Mapping[str, Any]) -> str:
    names = _dicts(patient.get("name"))
    order = {"official": 0, "usual": 1, "": 2}
    for name in sorted(names, key=lambda one: order.get(_text(one.get("use")), 3)):
        given = name.get("given")
        first = " ".join(_text(one) for one in given) if isinstance(given, list) else ""
        said = ", ".join(filter(None, (_text(name.get("family")), first.strip()))) or _text(name.get("text"))
        if said:
            return said
    return "Name not charted"


def _mrn(patient: Mapping[str, Any]) -> str:
    for one in _dicts(patient.get("identifier")):
        kind = one.get("type")
        codings = _dicts(kind.get("coding")) if isinstance(kind, Mapping) else []
        if any(coding.get("code") == "MR" for coding in codings) and _text(one.get("value")):
            return _text(one.get("value"))
    return ""


def _age(birth: str, today: date) -> str:
    born = parse_day(birth) if len(birth) >= 10 else None
    if born is None or born > today:
        return ""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if years >= 2:
        return f"{years} y"
    months = (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day)
    return f"{months} mo" if months else f"{(today - born).days} d"


def visit_of(encounter: Encounter) -> Visit:
    """The visit in words."""
    start, stop, offset = encounter.start, encounter.stop, encounter.offset
    kind = KINDS.get(encounter.kind, "Visit of a kind not charted")
    if start is None:
        rows = rows_of(encounter)
        date_ = next((row.date for row in rows.values() if row.date), "")
        return Visit(kind, long_date(date_), encounter.id, date_)
    date_ = day(start, offset)
    when = f"{long_date(date_)}, {at_clock(start, offset)}"
    when += f"–{at_clock(stop, offset, start)}" if stop is not None else ", still open" if encounter.open else ""
    return Visit(kind, when, encounter.id, date_)


def visit_items(encounters: Iterable[Encounter], url: Callable[[Encounter], str]) -> tuple[VisitItem, ...]:
    """The visits that hold something infused, pushed or injected, newest first. url: the address of a visit."""
    found = []
    for encounter in encounters:
        rows = [row for row in rows_of(encounter).values() if row.given and row.technique]
        if not rows:
            continue
        visit = visit_of(encounter)
        names = list(dict.fromkeys(row.name for row in rows))
        drugs = ", ".join(names[:5]) + (f" and {count(len(names) - 5, 'more', 'more')}" if len(names) > 5 else "")
        begin = encounter.start if encounter.start is not None else rows[0].start or 0
        item = VisitItem(url(encounter), visit.kind, visit.when, drugs, len(rows), encounter.open)
        found.append((begin, encounter.id, item))
    return tuple(item for _, _, item in sorted(found, key=lambda one: one[:2], reverse=True))
