"""The chart of one launch, read over FHIR: what the EHR lets this app see, and a notice for everything that it does not.

    launch ──▶ all types at once ──▶ drugs and places they refer to ──▶ sifted: the launch's patient, the time asked for

A chart with a notice is never shown as complete. A 401 is answered by one refresh; a second one ends the session (SessionEnded).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import requests

from launch.context import Launch, allows
from launch.problems import PatientMissing
from smart_app import fhir_notices as tell
from smart_app.fhir_access import Access
from smart_app.fhir_http import Limits, Wire
from smart_app.fhir_notices import Notice
from smart_app.fhir_pages import Found, read, search
from smart_app.fhir_references import read_referred
from smart_app.fhir_sift import Resource, in_time, parts_of_visit
from smart_app.fhir_weights import needs_weight
from smart_app.fhir_window import Window, around, days, days_back, periods, window_of

__all__ = ["Fetched", "Limits", "Notice", "as_bundle", "fetch_chart", "fetch_encounters"]

_GIVEN = "MedicationAdministration"
_SEARCHED = (_GIVEN, "Encounter", "Condition", "MedicationRequest", "Procedure", "Coverage")
_LISTED = (_GIVEN, "Encounter")


class Fetched(NamedTuple):
    """What was read. resources: plain JSON objects, the patient's own and in the time asked for, with the drugs, places and staff
    that they refer to. notices: what is missing and why. patient: the Patient resource, None where it could not be read."""

    resources: tuple[Resource, ...]
    notices: tuple[Notice, ...]
    patient: Resource | None


def fetch_chart(
    launch: Launch,
    session: requests.Session,
    *,
    window: tuple[str, str] | None = None,
    encounter: str = "",
    refresh: Callable[[], Launch] | None = None,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    limits: Limits | None = None,
) -> Fetched:
    """Reads the chart of the launch's patient around one encounter, the given one or else that of the launch.

    window: two FHIR instants with offsets; nothing of another time is returned, but for what names the encounter. Without it: the
    period of the encounter (with all that it is part of) from a day before to three days after, at most to tomorrow; where there is
    no encounter or it has no period, the last 365 days. With an encounter the administrations of the last 7 days are asked for at
    once, beside the encounter, and a second time only where its period reaches further: the usual chart costs one round trip, and
    one more for references.
    refresh: called at most once, after a 401; returns the launch with its new token and keeps it wherever the app keeps launches.
    clock: seconds since 1970. sleep: waits between tries. session: as launch.http.guarded() makes it.
    Raises SessionEnded after a second 401, whatever refresh raises, PatientMissing for a launch without a patient, and ValueError for
    a window that is none; every other fault is a notice.
    """
    asked = window_of(window) if window else None
    visit = encounter or launch.encounter
    now = clock()
    with _Reading(launch, session, refresh, clock, sleep, limits or Limits()) as reading:
        first = asked or days_back("recent" if visit else "wide", now)
        there = reading.start_read("Patient", launch.patient)
        centre = reading.start_read("Encounter", visit) if visit else None
        jobs = {kind: reading.start_search(kind, first) for kind in _SEARCHED}
        found = {kind: job.result() for kind, job in jobs.items() if job is not None}
        if centre is not None:
            found["Encounter"] = _joined(centre.result(), found.get("Encounter"), visit)
        parts = parts_of_visit(launch.iss, found.get("Encounter", Found()).resources, visit) if visit else []
        final = first
        if visit and asked is None:
            final = around(parts, now)
            if parts and not periods(parts):
                reading.tell(tell.undated(days("wide")))
            given = found.get(_GIVEN, Found())
            further = _GIVEN in found and not first.holds(final) and not _kept_away(given)
            again = reading.start_search(_GIVEN, final) if further else None
            if again is not None:
                found[_GIVEN] = again.result()._replace(notices=again.result().notices + _mismatches(given))
        return reading.finish(found, there, final, frozenset(str(one.get("id")) for one in parts))


def fetch_encounters(
    launch: Launch,
    session: requests.Session,
    *,
    window: tuple[str, str] | None = None,
    refresh: Callable[[], Launch] | None = None,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    limits: Limits | None = None,
) -> Fetched:
    """Reads what the list of encounters with infusions needs: encounters and administrations of the last 365 days (or the window).

    Arguments and errors as of fetch_chart; an encounter in the launch's context has no say here.
    """
    wide = window_of(window) if window else days_back("wide", clock())
    with _Reading(launch, session, refresh, clock, sleep, limits or Limits()) as reading:
        there = reading.start_read("Patient", launch.patient)
        jobs = {kind: reading.start_search(kind, wide) for kind in _LISTED}
        found = {kind: job.result() for kind, job in jobs.items() if job is not None}
        return reading.finish(found, there, wide, frozenset())


def as_bundle(fetched: Fetched, bundle_id: str) -> dict[str, Any]:
    """What was read, as the Bundle that smart_app.chart.read_bundle takes."""
    resources = fetched.resources if fetched.patient is None else (fetched.patient, *fetched.resources)
    return {
        "resourceType": "Bundle",
        "id": bundle_id,
        "type": "collection",
        "entry": [{"resource": resource} for resource in resources],
    }


class _Reading:
    """The threads, the wire and the grant of one fetch. Leaving it never waits for a thread that is no longer needed."""

    def __init__(
        self,
        launch: Launch,
        session: requests.Session,
        refresh: Callable[[], Launch] | None,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        limits: Limits,
    ) -> None:
        if not launch.patient:
            raise PatientMissing("the chart of nobody was asked for")
        self._launch = launch
        self._wire = Wire(launch.iss, Access(launch, refresh), session, limits, clock, sleep)
        self._pool = ThreadPoolExecutor(limits.workers, thread_name_prefix="fhir")
        self._notices: list[Notice] = []

    def __enter__(self) -> _Reading:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def tell(self, notice: Notice) -> None:
        """Adds what the page must say."""
        self._notices.append(notice)

    def start_search(self, kind: str, window: Window) -> Future[Found] | None:
        """Starts a search, where the launch allows it; says so where it does not."""
        if allows(self._launch, kind, "search"):
            return self._pool.submit(search, self._wire, kind, self._launch.patient, window)
        self._notices.append(tell.not_granted(kind))
        return None

    def start_read(self, kind: str, name: str) -> Future[Found] | None:
        """Starts the reading of one resource, where the launch allows it."""
        if allows(self._launch, kind, "read"):
            return self._pool.submit(read, self._wire, kind, name, self._launch.patient)
        if kind == "Patient":
            self._notices.append(tell.not_granted(kind))
        return None

    def finish(
        self, found: dict[str, Found], there: Future[Found] | None, window: Window, visit: frozenset[str]
    ) -> Fetched:
        """Sifts what was found, reads what it refers to, and gathers the notices. Raises SessionEnded."""
        base, patient = self._wire.base, there.result() if there is not None else Found()
        resources = in_time(base, _once(one for brought in found.values() for one in brought.resources), window, visit)
        weights = self.start_search("Observation", window) if needs_weight(resources) else None
        referred = read_referred(self._wire, self._launch, self._pool, resources)
        weighed = weights.result() if weights is not None else Found()
        parts = (*found.values(), patient, referred, weighed)
        notices = dict.fromkeys([*self._notices, *(notice for part in parts for notice in part.notices)])
        return Fetched(
            (*resources, *referred.resources, *in_time(base, weighed.resources, window, visit)),
            tuple(notices),
            next(iter(patient.resources), None),
        )


def _once(resources: Iterable[Resource]) -> Iterable[Resource]:
    """Each resource once by type and id; the first stays. The Patient has a place of its own."""
    seen: set[tuple[str, str]] = set()
    for resource in resources:
        key = (str(resource["resourceType"]), str(resource.get("id") or id(resource)))
        if key not in seen and key[0] != "Patient":
            seen.add(key)
            yield resource


def _joined(centre: Found, listed: Found | None, visit: str) -> Found:
    """The encounter in context with the others. That it cannot be read by itself is no matter where the search has brought it."""
    if listed is None:
        return centre
    brought = any(one.get("resourceType") == "Encounter" and one.get("id") == visit for one in listed.resources)
    notices = _mismatches(centre) if brought else centre.notices
    return Found(centre.resources + listed.resources, listed.notices + notices)


def _mismatches(found: Found) -> tuple[Notice, ...]:
    return tuple(one for one in found.notices if one.kind == "mismatch")


def _kept_away(found: Found) -> bool:
    """Whether the administrations could not be read at all, so that a second question would change nothing."""
    return not found.resources and any(one.kind in ("failed", "not available") for one in found.notices)
