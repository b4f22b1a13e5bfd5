"""The pages of a launch: the chart, its encounters, the rule cards, the end of the session."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from coding.model import Encounter
from coding.rules import CARDS, VERSION
from launch.context import Launch
from smart_app import sessions
from smart_app.ehr_style import sheet_for
from smart_app.fhir import Fetched, Notice
from smart_app.fhir_window import days
from smart_app.launching import end, services
from smart_app.panel import panel_of
from smart_app.view import (
    encounter_page,
    encounters_page,
    rule_page,
    rules_page,
    signed_out_page,
    visit_items,
)
from smart_app.visit import (
    NO_VISIT,
    Seen,
    Wrong,
    chosen,
    coverage,
    fetched_of,
    links_of,
    own_launch,
    policy_asked,
    policy_named,
    seen_in,
    strip_of,
    treated_in,
)

pages = Blueprint("pages", __name__)


@pages.get("/e/<id>/")
def chart(id: str) -> str:
    """The chart of the launch, coded: the visit in context, else the one that was chosen, else the only one, else the list."""
    browser, launch = own_launch(id)
    policy = policy_asked()
    found = chosen(browser, launch, policy)
    if found.visit is None:
        return _encounters(launch, found.fetched, found.treated)
    encounter, coded = found.visit
    built = services()
    built.audit.record("lines computed", id, rules=VERSION, lines=len(coded.lines), problems=len(coded.problems))
    full = request.args.get("print") == "full"
    return encounter_page(
        coded,
        encounter,
        policy,
        base=f"/e/{launch.id}",
        patient=strip_of(launch, found.fetched),
        notices=_notices(launch, found.fetched),
        user=launch.user_name,
        rules_date=VERSION,
        now=int(time.time()),
        links=links_of(launch),
        full=full,
        every_ruler=request.args.get("rulers") == "all",
        panel=panel_of(launch, found.visit, policy, full=full),
        coverage=coverage(),
    )


def _notices(launch: Launch, fetched: Fetched) -> tuple[Notice, ...]:
    """What could not be read, each sentence once; what was not granted is said in the words of the launch."""
    told = [Notice("Launch", "not granted", said, "") for said in launch.unavailable]
    told += [notice for notice in fetched.notices if notice.kind != "not granted"]
    return tuple({(notice.kind, notice.says): notice for notice in told}.values())


def _encounters(launch: Launch, fetched: Fetched, seen: list[Seen]) -> str:
    def url(encounter: Encounter) -> str:
        return f"/e/{launch.id}/?{urlencode({'encounter': encounter.id or NO_VISIT, **years})}"

    years = {"years": "all"} if request.args.get("years") == "all" else {}

    return encounters_page(
        visit_items((one.encounter for one in seen), url),
        f"/e/{launch.id}",
        patient=strip_of(launch, fetched),
        notices=_notices(launch, fetched),
        links=links_of(launch) | ({} if years else {"all_years": f"/e/{launch.id}/encounters?years=all"}),
        days=days("wide"),
    )


@pages.get("/e/<id>/encounters")
def encounters(id: str) -> str:
    """All visits of the patient with infusions, newest first."""
    browser, launch = own_launch(id)
    fetched = fetched_of(browser, launch, "")
    return _encounters(launch, fetched, treated_in(seen_in(fetched, policy_named())))


@pages.get("/e/<id>/rules/")
@pages.get("/e/<id>/rules/<rule>")
def rules_of_launch(id: str, rule: str = "") -> str:
    """The rule cards, with the way back to the chart."""
    _, launch = own_launch(id)
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
    _, launch = own_launch(id)
    issuer = services().config.issuers.find(launch.iss)
    return Response(sheet_for(launch.style_url, issuer), mimetype="text/css")


@pages.post("/e/<id>/sign-out")
def sign_out(id: str) -> Response:
    """End the launch here and, where the EHR offers it, there."""
    browser, launch = own_launch(id)
    revoked = end(browser, launch.id)
    response = Response(signed_out_page("", revoked=revoked))
    if not services().store.count(browser):
        services().scratch.forget(browser)
        sessions.forget(response)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
