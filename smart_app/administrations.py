"""One MedicationAdministration -> one model.Administration row, before it is joined to a visit. No billing judgement."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from coding.model import ASKS, Administration, Fact, Moment
from smart_app.concepts import NO_CONCEPT, Key, concept_key, concept_words, each, first, words
from smart_app.dose_words import read_dose_words
from smart_app.fhir_times import LOCAL, Reading, charted, read_time, time_problem
from smart_app.manner import STATUS, Places, read_manner, settle_bolus
from smart_app.medications import read_given, with_doses
from smart_app.note_stops import noted_stop
from smart_app.notes import merge_facts, read_facts
from smart_app.orders import NO_ORDER, read_order, read_reasons
from smart_app.plans import planned_minutes
from smart_app.quantities import minutes, quantity, rate_and_plan
from smart_app.references import Resource, Shelf
from smart_app.waste import read_waste

# A vendor's field for the planned duration; never a stop.
_PLAN_EXTENSION = "infuse-over-time"
_LINE_EXTENSION = re.compile(r"\blda\b|line|access|lumen", re.IGNORECASE)
_LINE_DEVICE = re.compile(r"\b(?:p?iv|line|port|picc|cvc|catheter|cannula|lumen|hickman)\b", re.IGNORECASE)
_EFFECTIVE = ("effective", "occurence", "occurrence")


class Late(NamedTuple):
    """A local time: it becomes an instant on the clock of the visit, once that is known. field: start or stop."""

    field: str
    reading: Reading
    source: str


class Draft(NamedTuple):
    """A row with what joins it: patient, encounter reference, MAR role, the key of its drug, times still without a zone."""

    row: Administration
    patient: str
    encounter: str
    role: str
    drug: Key
    late: tuple[Late, ...] = ()
    day: int | None = None


def read_administration(shelf: Shelf, name: str, resource: Resource) -> Draft:
    """Reads one resource. Raises one of references.MALFORMED where its shape is wrong."""
    get = resource.get
    reference = "MedicationAdministration/" + name
    dosage = get("dosage") or {}
    if dosage.__class__ is not dict:
        dosage = first(dosage)
    given = read_given(shelf, resource)
    request = get("request")
    placed = read_order(shelf, first(request), reference) if request else NO_ORDER
    dosage_text, note = words(dosage.get("text")), _notes(get("note"))
    manner = read_manner(
        Places(
            concept_key(dosage.get("route")),
            concept_key(dosage.get("method")),
            _category(get("category")),
            dosage_text,
            placed.route,
            placed.text,
            given.text,
            note,
        )
    )
    if manner.conflict:
        shelf.problem(
            "ROUTE_CONFLICT",
            ASKS,
            reference,
            f"The chart names different routes ({manner.conflict}); none is taken.",
            "The route that holds.",
        )
    dose = quantity(dosage.get("dose"))
    rate, planned = rate_and_plan(dosage, dose) if "rateQuantity" in dosage or "rateRatio" in dosage else (None, None)
    start, stop, late, day = _times(shelf, reference, resource)
    facts, waste = manner.facts, given.waste
    noted = None
    if note and start is not None and stop is None and manner.technique == "infusion" and not manner.role:
        noted = noted_stop(note, start) if words(get("status")) == "completed" else None
        stop = noted.stop if noted else None
    if "extension" in resource or "extension" in dosage:
        planned = _extension_plan(resource, dosage) or planned
    if note or dosage_text:
        said = read_facts(note, "note"), read_facts(dosage_text, "dosage")
        facts = merge_facts(*said, given.facts, placed.facts, facts)
        waste = read_waste(f"{note}\n{dosage_text}") or waste
        planned = planned or planned_minutes(dosage_text) or placed.planned or given.planned or planned_minutes(note)
    else:
        if given.facts or placed.facts:
            facts = merge_facts(given.facts, placed.facts, facts)
        planned = planned or placed.planned or given.planned
    method = words(first(dosage.get("method") or {}).get("text")) if dosage.get("method") else ""
    if method:
        facts = merge_facts(facts, read_facts(method, "method"))
    if noted:
        facts = merge_facts(facts, (noted.fact,))
    facts = (*facts, *read_dose_words(note, dosage_text, given.text))
    if "performer" in resource and _performed(resource["performer"]):
        facts = (*facts, Fact("performer"))
    reason, reasons = read_reasons(shelf, resource)
    if reason:
        facts = merge_facts(facts, read_facts(reason, "reason"))
    row = Administration(
        name,
        with_doses(given, dose) if given.medication is not None else given.substances,
        given.text,
        manner.route,
        settle_bolus(manner.technique, dose),
        _status(words(get("status")), manner.status),
        start,
        stop,
        dose,
        rate,
        None if planned is None else int(planned),
        _site(resource, dosage),
        placed.order,
        _procedure(shelf, resource) if "partOf" in resource else "",
        reasons,
        reason,
        facts,
        waste,
    )
    context = get("context") or get("encounter")
    encounter = words(first(context).get("reference")) if context else ""
    return Draft(row, shelf.patient(resource), encounter, manner.role, given.key, late, day)


def _performed(element: Any) -> bool:
    """Whether the row names who gave it; the name itself is not kept."""
    return element.__class__ is list and any(one.__class__ is dict and one.get("actor") for one in element)


def _category(element: Any) -> Key:
    return concept_key(first(element)) if element else NO_CONCEPT


def _status(status: str, by_action: str) -> str:
    charted_status = STATUS.get(status, "given")
    return by_action if by_action and charted_status in ("given", "running") else charted_status


def _notes(element: Any) -> str:
    if not element:
        return ""
    if element.__class__ is str:
        return words(element)
    return "\n".join([text for text in [words(one.get("text")) for one in each(element)] if text])


def _effective(resource: Resource) -> tuple[str, Any]:
    """(element name, value) of the effective time in the spellings of R4, R5 and later."""
    for stem in _EFFECTIVE:
        for kind in ("Period", "DateTime", "Timing"):
            value = resource.get(stem + kind)
            if value:
                return stem + kind, value
    return "", None


def _times(
    shelf: Shelf, reference: str, resource: Resource
) -> tuple[Moment | None, Moment | None, tuple[Late, ...], int | None]:
    """(start, stop, local times, day) as charted; the day is that of a start which is only a date."""
    period = resource.get("effectivePeriod")
    if period:
        begin, end = period.get("start"), period.get("end")
        start = charted(begin, "effectivePeriod.start") if begin else None
        stop = charted(end, "effectivePeriod.end") if end else None
        if (start or not begin) and (stop or not end):
            return start, stop, (), None
        return _odd_times(shelf, reference, "effectivePeriod", {"start": begin, "end": end})
    only = resource.get("effectiveDateTime")
    if only:
        start = charted(only, "effectiveDateTime")
        return (start, None, (), None) if start else _odd_times(shelf, reference, "effectiveDateTime", {"start": only})
    name, value = _effective(resource)
    if not name:
        return None, None, (), None
    if name.endswith("Timing"):
        events = each(value)[0].get("event") or []
        value = {"start": events[0]} if len(events) == 1 else {}
    return _odd_times(shelf, reference, name, value if value.__class__ is dict else {"start": value})


def _odd_times(
    shelf: Shelf, reference: str, element: str, ends: dict[str, Any]
) -> tuple[Moment | None, Moment | None, tuple[Late, ...], int | None]:
    moments: dict[str, Moment | None] = {"start": None, "end": None}
    late: list[Late] = []
    day = None
    for end in ("start", "end"):
        text = ends.get(end)
        if not text:
            continue
        source = f"{element}.{end}" if element.endswith("Period") else element
        moments[end] = charted(text, source)
        if moments[end] is not None:
            continue
        reading = read_time(text)
        shelf.problem(*_told(reading.kind, source, reference))
        if reading.kind == LOCAL:
            late.append(Late("start" if end == "start" else "stop", reading, source))
        elif end == "start" and reading.kind == "date" and len(text.strip()) == len("2026-01-01"):
            day = reading.at
    return moments["start"], moments["end"], tuple(late), day


def _told(kind: str, source: str, reference: str) -> tuple[str, str, str, str, str]:
    code, says, would_change = time_problem(kind, source)
    return code, ASKS, reference, says, would_change


def _extension_plan(resource: Resource, dosage: Resource) -> float | None:
    for holder in (resource, dosage):
        for extension in holder.get("extension") or ():
            if words(extension.get("url")).endswith(_PLAN_EXTENSION):
                return minutes(extension.get("valueQuantity") or extension.get("valueDuration"))
    return None


@lru_cache(maxsize=4_096)
def _is_line(device: str) -> bool:
    return bool(_LINE_DEVICE.search(device))


def _site(resource: Resource, dosage: Resource) -> str:
    """The access site in the chart's words: dosage.site, else an extension or a device that names a line."""
    site = dosage.get("site")
    if site:
        return words(site.get("text")) or concept_words(concept_key(site))
    for holder in (dosage, resource):
        for extension in holder.get("extension") or ():
            if _LINE_EXTENSION.search(words(extension.get("url")).rsplit("/", 1)[-1]):
                value = extension.get("valueReference") or {}
                concept = extension.get("valueCodeableConcept")
                said = (
                    words(extension.get("valueString"))
                    or words(value.get("display"))
                    or concept_words(concept_key(concept))
                )
                if said:
                    return said
    for device in each(resource.get("device")) if "device" in resource else ():
        inner = device.get("reference")
        display = words(inner.get("display") if inner.__class__ is dict else device.get("display"))
        if display and _is_line(display):
            return display
    return ""


def _procedure(shelf: Shelf, resource: Resource) -> str:
    """The id of the procedure that the administration is part of, kept even where it is not at hand."""
    for element in each(resource.get("partOf")):
        reference = words(element.get("reference"))
        found = shelf.find(reference, resource) if reference else None
        if found is not None and found.get("resourceType") == "Procedure":
            return str(found["id"])
        if found is None and (reference.startswith("urn:") or "Procedure/" in reference):
            shelf.dangling(reference, f"MedicationAdministration/{resource['id']}")
            return reference.rsplit("/", 1)[-1]
    return ""
