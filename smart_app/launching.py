"""The launch as the browser sees it: from the EHR's link, or standalone, to a clean address of its own (SMART App Launch 2.2)."""

from __future__ import annotations

import time

import orjson
import requests
from flask import Blueprint, current_app, redirect, request
from werkzeug.wrappers import Response

from launch import discovery, handshake
from launch.context import Launch
from launch.issuers import Issuer
from launch.problems import IssuerMissing, LaunchMissing, LaunchProblem, SessionLost, StateUnknown
from smart_app import sessions
from smart_app.audit import tail
from smart_app.services import Services
from smart_app.view import standalone_page

launching = Blueprint("launching", __name__)
JWKS_SECONDS = 300


def services() -> Services:
    """What the app was built with."""
    found: Services = current_app.extensions["chairtime"]
    return found


@launching.get("/launch")
def from_ehr() -> Response:
    """An EHR opens the app on a patient. The issuer is checked against the allow-list before any request is made."""
    iss, launch = request.args.get("iss", ""), request.args.get("launch", "")
    if not iss:
        raise IssuerMissing
    issuer = services().config.issuers.find(iss)
    if not launch:
        raise LaunchMissing
    return _to_ehr(issuer, iss, launch)


@launching.get("/standalone")
def standalone() -> Response | str:
    """Choose an EHR, or go to the one that was chosen; the EHR then asks who signs in and which patient."""
    issuers = services().config.issuers
    iss = request.args.get("iss", "")
    if not iss:
        return standalone_page(issuers.all(), "")
    return _to_ehr(issuers.find(iss), iss, "")


def _to_ehr(issuer: Issuer, iss: str, launch: str) -> Response:
    built = services()
    endpoints = discovery.discover(issuer, built.http)
    pending, url = handshake.begin(issuer, endpoints, iss, built.config.redirect_uri, launch, now=int(time.time()))
    sent = sessions.browser_id(request)
    browser = sent or sessions.new_id()
    built.store.keep_pending(browser, pending)
    built.audit.record("launch begun", issuer=issuer.name, kind="ehr" if launch else "standalone")
    response = redirect(url, 302)
    if not sent:  # a launch that finishes meanwhile changes the id; the old one must not come back
        sessions.set_browser_id(response, browser)
    return response


@launching.get("/callback")
def callback() -> Response:
    """The EHR sends the browser back. The state decides first; then the code is exchanged, and the address becomes clean."""
    built = services()
    browser = sessions.browser_id(request)
    if not browser:
        raise SessionLost
    pending = built.store.take_pending(browser, request.args.get("state", ""))
    if pending is None:
        raise StateUnknown
    issuer = built.config.issuers.find(pending.iss)
    endpoints = discovery.discover(issuer, built.http)
    launch = handshake.finish(
        pending, issuer, endpoints, request.args.to_dict(), built.config.keys, built.http, now=int(time.time())
    )
    fresh = sessions.new_id()
    built.store.rebind(browser, fresh)
    built.scratch.rebind(browser, fresh)
    built.store.keep(fresh, launch)
    who = tail(launch.subject or launch.user) if launch.subject or launch.user else "not said"
    built.audit.record("launch finished", launch.id, issuer=issuer.name, encounter=bool(launch.encounter), user=who)
    response = redirect(f"{built.config.base_url}/e/{launch.id}/", 303)
    sessions.set_browser_id(response, fresh)
    return response


@launching.get("/.well-known/jwks.json")
def jwks() -> Response:
    """The app's public keys, for EHRs that check its assertions."""
    response = Response(orjson.dumps(services().config.keys.jwks()), mimetype="application/json")
    response.headers["Cache-Control"] = f"public, max-age={JWKS_SECONDS}"
    return response


def refreshed(built: Services, browser: str, id: str, seen: str) -> Launch:
    """The launch with newer tokens; seen: the access token that was refused, so that a refresh by another worker is used.

    built: given, because the chart is read in threads that Flask knows nothing of.
    """
    with built.store.alone(id):
        launch = built.store.find(browser, id)
        if launch is None:
            raise StateUnknown
        if launch.access_token != seen:
            return launch
        issuer = built.config.issuers.find(launch.iss)
        endpoints = discovery.discover(issuer, built.http)
        newer = handshake.refresh(launch, issuer, endpoints, built.config.keys, built.http, now=int(time.time()))
        built.store.renew(newer)
        built.audit.record("token refreshed", id, issuer=issuer.name)
        return newer


def end(browser: str, id: str) -> bool | None:
    """Forget the launch and revoke it; whether the EHR confirmed, None where it offers no revocation.

    Waits for a refresh under way, which would otherwise keep newer tokens of a launch that is over.
    """
    built = services()
    with built.store.alone(id):
        launch = built.store.find(browser, id)
        if launch is None:
            return None
        revoked = _revoke(built, launch)
        built.store.drop(browser, id)
        built.charts.forget(id)
        built.talks.forget(id)
    built.audit.record("signed out", id, revoked=bool(revoked))
    return revoked


def _revoke(built: Services, launch: Launch) -> bool | None:
    try:
        issuer = built.config.issuers.find(launch.iss)
        endpoints = discovery.discover(issuer, built.http)
        if not endpoints.revoke:
            return None
        return handshake.revoke(launch, issuer, endpoints, built.config.keys, built.http)
    except (LaunchProblem, requests.RequestException):
        return False


def reference() -> str:
    """A short reference by which a failure on the page and in the log are matched."""
    return tail(sessions.new_id())[:8]
