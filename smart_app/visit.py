"""The visit that a request is about: whose launch, under which policy, which chart, which visit of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import g, request

from coding.engine import code_visits
from coding.model import Coded, Encounter
from coding.ndc_names import with_names
from coding.policy import Policy, PolicyError, policy_for
from launch.context import Launch
from launch.problems import LaunchProblem
from smart_app import sessions
from smart_app.chart import read_bundle
from smart_app.coded import with_chart
from smart_app.coverage import Payer, payer_of
from smart_app.fhir import Fetched, as_bundle, fetch_chart, fetch_encounters
from smart_app.launching import refreshed, services
from smart_app.view_people import PatientStrip, patient_strip

NOT_SWITCHES = ("setting", "payer", "encounter", "print", "fresh", "rulers", "years")
NO_VISIT = "none"
PASSING = ("print", "fresh", "rulers")  # forms of a page, not what it is about
NO_COVERAGE = Payer("", "", "")
ALL_YEARS = ("1900-01-01T00:00:00Z", "2100-01-01T00:00:00Z")


class NotYours(LaunchProblem):
    """The address is of no launch of this browser."""

    code = "launch-not-found"
    status = 404
    title = "This page belongs to no open launch of this browser."
    means = "The launch has ended, was signed out, or was opened in another browser."
    do = "Open Chairtime again from the patient's chart."


class Wrong(LaunchProblem):
    """The address asks for something that does not exist."""

    code = "wrong-address"
    status = 400
    title = "The address asks for something that does not exist."
    means = "Nothing was changed."
    do = "Go back and choose from the page."

    def __init__(self, says: str) -> None:
        super().__init__()
        self.says = says


class Seen(NamedTuple):
    """One visit and its answer."""

    encounter: Encounter
    coded: Coded

    @property
    def name(self) -> str:
        """What stands for the visit in addresses."""
        return self.encounter.id or NO_VISIT


class Chosen(NamedTuple):
    """What was read, the visit that is open, if any, and the visits with administrations."""

    fetched: Fetched
    visit: Seen | None
    treated: list[Seen]


def own_launch(id: str) -> tuple[str, Launch]:
    """The browser and its launch of this id. Raises NotYours."""
    browser = sessions.browser_id(request)
    built = services()
    launch = built.store.find(browser, id) if browser else None
    if launch is None:
        raise NotYours
    built.talks.touch(id)
    g.launch = browser, launch
    return browser, launch


def fetched_of(browser: str, launch: Launch, wanted: str) -> Fetched:
    """The chart around a visit, or, without one, what the list of visits needs; kept for a short time."""
    built = services()
    window = ALL_YEARS if request.args.get("years") == "all" and wanted in ("", NO_VISIT) else None
    key = f"{wanted} all years" if window else wanted
    read: dict[str, Fetched] = g.setdefault("read", {})  # within one request a chart is read once, fresh or not
    kept = read.get(key) if "fresh" in request.args else built.charts.find(launch.id, key)
    if kept is not None:
        return kept

    def refresh() -> Launch:
        return refreshed(built, browser, launch.id, launch.access_token)

    if wanted:
        visit = "" if wanted == NO_VISIT else wanted
        fetched = fetch_chart(launch, built.http, window=window, encounter=visit, refresh=refresh)
    else:
        fetched = fetch_encounters(launch, built.http, window=window, refresh=refresh)
    built.charts.keep(launch.id, key, fetched)
    read[key] = fetched
    built.audit.record("chart read", launch.id, resources=len(fetched.resources), notices=len(fetched.notices))
    return fetched


def policy_asked() -> Policy:
    """The policy that the address names. A payer that it leaves open: that of the Coverage of the visit, else the installation's.

    Raises Wrong.
    """
    return policy_named("" if request.args.get("payer") else coverage().payer)


def policy_named(payer: str = "", setting: str = "") -> Policy:
    """The policy that the address names; what it leaves open as given here, else as the installation has it. Raises Wrong."""
    config = services().config
    given = request.args
    switches = {name: value for name, value in given.items() if name not in NOT_SWITCHES and value}
    try:
        return policy_for(
            given.get("setting") or setting or config.setting,
            given.get("payer") or payer or config.payer,
            switches,
            config.own.payers,
        )
    except PolicyError as error:
        raise Wrong(str(error)) from None


def coverage() -> Payer:
    """What the Coverage of the visit says of its payer; nothing where no launch or no single visit is open."""
    if "launch" not in g:
        return NO_COVERAGE
    if "coverage" not in g:
        g.coverage = _coverage(*g.launch)
    found: Payer = g.coverage
    return found


def _coverage(browser: str, launch: Launch) -> Payer:
    wanted = _wanted(browser, launch)
    if not wanted:
        return NO_COVERAGE
    resources = fetched_of(browser, launch, wanted).resources
    if not any(one.get("resourceType") == "Coverage" for one in resources):
        return NO_COVERAGE
    return payer_of(resources, _day(resources, wanted), launch.patient)


def _day(resources: Iterable[dict[str, Any]], wanted: str) -> str:
    """The day on which the visit began, as the chart writes it, or ""."""
    visits = (one for one in resources if one.get("resourceType") == "Encounter" and one.get("id") == wanted)
    period = next(visits, {}).get("period")
    start = period.get("start") if isinstance(period, dict) else ""
    return start[:10] if isinstance(start, str) else ""


def seen_in(fetched: Fetched, policy: Policy) -> list[Seen]:
    """Every visit of what was read, coded."""
    config = services().config
    chart = read_bundle(as_bundle(fetched, "launch"), config.zone)
    chart = chart._replace(encounters=tuple(with_names(one, config.own.crosswalk) for one in chart.encounters))
    answers = with_chart(chart, code_visits(chart.encounters, policy, config.own.limits, config.own.crosswalk))
    return [Seen(encounter, coded) for encounter, coded in zip(chart.encounters, answers, strict=True)]


def treated_in(seen: list[Seen]) -> list[Seen]:
    """Visits in which something was given."""
    return [one for one in seen if one.encounter.administrations]


def chosen(browser: str, launch: Launch, policy: Policy) -> Chosen:
    """The visit that the address names, else the one in context, else the only one with administrations."""
    wanted = _wanted(browser, launch)
    if not wanted:
        listed = fetched_of(browser, launch, "")
        return Chosen(listed, None, treated_in(seen_in(listed, policy)))
    fetched = fetched_of(browser, launch, wanted)
    seen = seen_in(fetched, policy)
    found = next((one for one in seen if wanted in (one.name, *one.encounter.parts)), None)
    return Chosen(fetched, found, treated_in(seen))


def _wanted(browser: str, launch: Launch) -> str:
    """The id of the visit that the address names, else of that in context, else of the only one with administrations, or ""."""
    wanted = request.args.get("encounter", "") or launch.encounter
    if wanted:
        return wanted
    chart = read_bundle(as_bundle(fetched_of(browser, launch, ""), "launch"), services().config.zone)
    treated = [one for one in chart.encounters if one.administrations]
    return (treated[0].id or NO_VISIT) if len(treated) == 1 else ""


def query_kept() -> str:
    """The query of this page, so that what is asked or opened from it is about the same visit under the same policy."""
    kept = urlencode([pair for pair in request.args.items() if pair[0] not in PASSING])
    return f"?{kept}" if kept else ""


def strip_of(launch: Launch, fetched: Fetched) -> PatientStrip | None:
    """The patient strip, where the EHR asks for it or does not say that it shows one itself."""
    if not launch.banner or fetched.patient is None:
        return None
    return patient_strip(fetched.patient, datetime.now(UTC).date())


def links_of(launch: Launch) -> dict[str, str]:
    """Where a page of the launch leads; to the pages beside it by a short address."""
    here = f"/e/{launch.id}"
    query = request.query_string.decode("ascii", "ignore")
    links = {
        "self": f"{here}/?{query}" if query else f"{here}/",
        "sign_out": f"{here}/sign-out",
        "encounters": f"{here}/encounters",
        "checklist": f"./checklist{query_kept()}",
        "check": f"./claim{query_kept()}",
        "denial": f"./denial{query_kept()}",
    }
    if launch.style_url:
        links["style"] = f"{here}/style.css"
    return links
