"""The pages of a launch: the chart, its encounters, the rule cards, the end of the session."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from coding.engine import code_visits
from coding.model import Coded, Encounter
from coding.policy import Policy, PolicyError, policy_for
from coding.rules import CARDS, VERSION
from launch.context import Launch
from launch.problems import LaunchProblem
from smart_app import sessions
from smart_app.chart import read_bundle
from smart_app.coded import with_chart
from smart_app.ehr_style import sheet_for
from smart_app.fhir import Fetched, Notice, as_bundle, fetch_chart, fetch_encounters
from smart_app.fhir_window import days
from smart_app.launching import end, refreshed, services
from smart_app.view import (
    PatientStrip,
    encounter_page,
    encounters_page,
    patient_strip,
    rule_page,
    rules_page,
    signed_out_page,
    visit_items,
)

pages = Blueprint("pages", __name__)
NOT_SWITCHES = ("setting", "payer", "encounter", "print", "fresh", "rulers", "years")
NO_VISIT = "none"
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


def _launch(id: str) -> tuple[str, Launch]:
    browser = sessions.browser_id(request)
    launch = services().store.find(browser, id) if browser else None
    if launch is None:
        raise NotYours
    return browser, launch


def _fetched(browser: str, launch: Launch, wanted: str) -> Fetched:
    """The chart around a visit, or, without one, what the list of visits needs; kept for a short time."""
    built = services()
    window = ALL_YEARS if request.args.get("years") == "all" and wanted in ("", NO_VISIT) else None
    key = f"{wanted} all years" if window else wanted
    kept = None if "fresh" in request.args else built.charts.find(launch.id, key)
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
    built.audit.record("chart read", launch.id, resources=len(fetched.resources), notices=len(fetched.notices))
    return fetched


def _policy() -> Policy:
    config = services().config
    given = request.args
    switches = {name: value for name, value in given.items() if name not in NOT_SWITCHES and value}
    try:
        return policy_for(given.get("setting") or config.setting, given.get("payer") or config.payer, switches)
    except PolicyError as error:
        raise Wrong(str(error)) from None


def _seen(fetched: Fetched, policy: Policy) -> list[Seen]:
    chart = read_bundle(as_bundle(fetched, "launch"), services().config.zone)
    answers = with_chart(chart, code_visits(chart.encounters, policy))
    return [Seen(encounter, coded) for encounter, coded in zip(chart.encounters, answers, strict=True)]


def _is(one: Seen, wanted: str) -> bool:
    return wanted in (one.encounter.id or NO_VISIT, *one.encounter.parts)


@pages.get("/e/<id>/")
def chart(id: str) -> str:
    """The chart of the launch, coded: the visit in context, else the one that was chosen, else the only one, else the list."""
    browser, launch = _launch(id)
    policy = _policy()
    wanted = request.args.get("encounter", "") or launch.encounter
    if not wanted:
        listed = _fetched(browser, launch, "")
        treated = [one for one in _seen(listed, policy) if one.encounter.administrations]
        if len(treated) != 1:
            return _encounters(launch, listed, treated)
        wanted = treated[0].encounter.id or NO_VISIT
    fetched = _fetched(browser, launch, wanted)
    seen = _seen(fetched, policy)
    chosen = next((one for one in seen if _is(one, wanted)), None)
    if chosen is None:
        return _encounters(launch, fetched, [one for one in seen if one.encounter.administrations])
    built = services()
    built.audit.record(
        "lines computed", id, rules=VERSION, lines=len(chosen.coded.lines), problems=len(chosen.coded.problems)
    )
    return encounter_page(
        chosen.coded,
        chosen.encounter,
        policy,
        base=f"/e/{launch.id}",
        patient=_strip(launch, fetched),
        notices=_notices(launch, fetched),
        user=launch.user_name,
        rules_date=VERSION,
        now=int(time.time()),
        links=_links(launch),
        full=request.args.get("print") == "full",
        every_ruler=request.args.get("rulers") == "all",
    )


def _strip(launch: Launch, fetched: Fetched) -> PatientStrip | None:
    """The patient strip, where the EHR asks for it or does not say that it shows one itself."""
    if not launch.banner or fetched.patient is None:
        return None
    return patient_strip(fetched.patient, datetime.now(UTC).date())


def _notices(launch: Launch, fetched: Fetched) -> tuple[Notice, ...]:
    """What could not be read, each sentence once; what was not granted is said in the words of the launch."""
    told = [Notice("Launch", "not granted", said, "") for said in launch.unavailable]
    told += [notice for notice in fetched.notices if notice.kind != "not granted"]
    return tuple({(notice.kind, notice.says): notice for notice in told}.values())


def _links(launch: Launch) -> dict[str, str]:
    here = f"/e/{launch.id}"
    query = request.query_string.decode("ascii", "ignore")
    links = {
        "self": f"{here}/?{query}" if query else f"{here}/",
        "sign_out": f"{here}/sign-out",
        "encounters": f"{here}/encounters",
    }
    if launch.style_url:
        links["style"] = f"{here}/style.css"
    return links


def _encounters(launch: Launch, fetched: Fetched, seen: list[Seen]) -> str:
    def url(encounter: Encounter) -> str:
        return f"/e/{launch.id}/?{urlencode({'encounter': encounter.id or NO_VISIT, **years})}"

    years = {"years": "all"} if request.args.get("years") == "all" else {}

    return encounters_page(
        visit_items((one.encounter for one in seen), url),
        f"/e/{launch.id}",
        patient=_strip(launch, fetched),
        notices=_notices(launch, fetched),
        links=_links(launch) | ({} if years else {"all_years": f"/e/{launch.id}/encounters?years=all"}),
        days=days("wide"),
    )


@pages.get("/e/<id>/encounters")
def encounters(id: str) -> str:
    """All visits of the patient with infusions, newest first."""
    browser, launch = _launch(id)
    fetched = _fetched(browser, launch, "")
    return _encounters(launch, fetched, [one for one in _seen(fetched, _policy()) if one.encounter.administrations])


@pages.get("/e/<id>/rules/")
@pages.get("/e/<id>/rules/<rule>")
def rules_of_launch(id: str, rule: str = "") -> str:
    """The rule cards, with the way back to the chart."""
    _, launch = _launch(id)
    return _rules(rule, f"/e/{launch.id}")


@pages.get("/rules/")
@pages.get("/rules/<rule>")
def rules(rule: str = "") -> str:
    """The rule cards, for everybody."""
    return _rules(rule, "")


def _rules(rule: str, base: str) -> str:
    if not rule:
        return rules_page(base)
    if rule not in CARDS:
        raise Wrong(f"there is no rule {rule[:60]}")
    return rule_page(CARDS[rule], base)


@pages.get("/e/<id>/style.css")
def style(id: str) -> Response:
    """The EHR's style values as a style sheet, after checks; empty where they are refused or cannot be had."""
    _, launch = _launch(id)
    issuer = services().config.issuers.find(launch.iss)
    return Response(sheet_for(launch.style_url, issuer), mimetype="text/css")


@pages.post("/e/<id>/sign-out")
def sign_out(id: str) -> Response:
    """End the launch here and, where the EHR offers it, there."""
    browser, launch = _launch(id)
    revoked = end(browser, launch.id)
    response = Response(signed_out_page("", revoked=revoked))
    if not services().store.count(browser):
        sessions.forget(response)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
