"""How the practice EHR's FHIR API commits the faults that it is told to commit."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from flask import Response, request

from launch.practice import answers
from launch.practice.ehr import Ehr
from launch.practice.faults import Active
from launch.practice.paging import Page
from launch.practice.tokens import Token

GIVEN = "MedicationAdministration"
WEB_PAGE = "<!doctype html><title>Sign in</title><h1>Your network wants you to sign in</h1>"


def web_page(status: int = 200) -> Response:
    """What a proxy says instead of the EHR."""
    return Response(WEB_PAGE, status=status, content_type="text/html; charset=utf-8")


def discovery(active: Active) -> Response | None:
    """The fault that takes the place of the smart-configuration, if one is on."""
    if "discovery-404" in active:
        return answers.refused(404, "not-found", "There is no such page.")
    if "discovery-500" in active:
        return answers.refused(500, "exception", "The server failed.")
    return web_page() if "discovery-html" in active else None


def before(ehr: Ehr, active: Active, token: Token, kind: str, identity: str) -> Response | None:
    """The fault that takes the place of a read or a search, if one is on. Waits where the EHR is slow."""
    ehr.wait(ehr.manner.latency)
    if not active:
        return None
    if "slow" in active:
        ehr.wait(ehr.manner.slow)
    if "hang" in active:
        ehr.wait(ehr.manner.hang)
    return (
        _unauthorized(ehr, active, token) or _throttled(ehr, active, token) or _missing(active, token, kind, identity)
    )


def _unauthorized(ehr: Ehr, active: Active, token: Token) -> Response | None:
    mid = "401-mid-read" in active and token.first and not ehr.faults.first("401-mid-read", token.value)
    if mid or "401-always" in active or ("expired-at-once" in active and token.first):
        return answers.challenge(401, "invalid_token", "The access token has expired.")
    return None


def _throttled(ehr: Ehr, active: Active, token: Token) -> Response | None:
    tries = {"429-retry-after": 429, "429-date": 429, "503": 503}
    for name, status in tries.items():
        if name in active and ehr.faults.first(name, token.grant.id, request.full_path):
            soon = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
            after = {"429-retry-after": "1", "429-date": soon}.get(name)
            says = "Too many requests." if status == 429 else "The server is being looked after."
            return answers.refused(
                status, "throttled" if status == 429 else "transient", says, {"Retry-After": after} if after else None
            )
    return answers.refused(503, "transient", "The server is being looked after.") if "503-stays" in active else None


def _missing(active: Active, token: Token, kind: str, identity: str) -> Response | None:
    if active.hits("403-on-type", kind, "Condition"):
        return answers.refused(403, "forbidden", "This type of resource is not released to this app.")
    if active.hits("404-type", kind, GIVEN):
        return answers.refused(404, "not-found", "This type of resource does not exist here.")
    if "404-encounter" in active and (kind, identity) == ("Encounter", token.grant.encounter):
        return answers.refused(404, "not-found", "There is no such resource.")
    if active.hits("500", kind):
        return answers.refused(500, "exception", "The server failed.")
    if not identity and active.hits("html-instead-of-json", kind):
        return web_page()
    if not identity and active.hits("outcome-with-200", kind, GIVEN):
        return answers.resource(answers.outcome("processing", "The search could not be completed."))
    return None


def turn(
    active: Active, page: Page, shown: list[dict[str, Any]], follow: Page | None
) -> tuple[list[dict[str, Any]], Page | None]:
    """The resources of a page and the page after it, as the faults of paging want them."""
    if page.kind != GIVEN:
        return shown, follow
    start = page.start == 0
    if "empty-page" in active and start and not page.again:
        return [], page._replace(again=True)
    if "duplicate-page" in active and start and not page.again:
        return shown, page._replace(again=True)
    if "endless-next" in active and follow is None:
        return shown, page._replace(start=0)
    if "next-expired" in active and follow is None:
        return shown, page
    return shown, follow


def after(ehr: Ehr, active: Active, token: Token, kind: str, made: dict[str, Any]) -> Response | None:
    """The page as the faults of content want it; None where none is on."""
    if not active:
        return None
    if kind == GIVEN:
        _relink(ehr, active, made)
        extra = [one for one in _extras(ehr, active, token) if one]
        if extra:
            made["entry"] = [*made.get("entry", []), *extra]
    if "bare-bundle" in active:
        del made["total"]
        made.update({"entry": [{"resource": one["resource"]} for one in made["entry"]]} if "entry" in made else {})
    if active.hits("truncated-json", kind):
        text = json.dumps(made, default=float)
        return Response(text[: len(text) * 2 // 3], content_type="application/fhir+json; charset=utf-8")
    return None


def _relink(ehr: Ehr, active: Active, made: dict[str, Any]) -> None:
    addresses = {
        "circular-next": request.url,
        "foreign-next": f"{ehr.manner.elsewhere}/fhir/{GIVEN}?page=2",
        "next-off-base": f"{ehr.base_url}/practice/style.json?page=2",
    }
    for name, address in addresses.items():
        if name in active:
            kept = [link for link in made["link"] if link["relation"] != "next"]
            made["link"] = [*kept, {"relation": "next", "url": address}]


def _extras(ehr: Ehr, active: Active, token: Token) -> list[dict[str, Any] | None]:
    mine: dict[str, Any] = {
        "resourceType": GIVEN,
        "status": "completed",
        "subject": {"reference": f"Patient/{token.grant.patient}"},
    }
    mine["medicationCodeableConcept"] = {"text": "Made up by a fault of the practice EHR"}
    warning = answers.outcome("incomplete", "The answer may not contain the entire record.", "warning")
    broken = {**mine, "id": "fault-not-conforming", "status": 17, "effectivePeriod": "yesterday", "dosage": "some"}
    length = ehr.manner.huge if "huge-bundle" in active else 0
    huge = {**mine, "id": "fault-huge", "status": "entered-in-error", "note": [{"text": "x" * length}]}
    return [
        {"resource": warning, "search": {"mode": "outcome"}} if "outcome-entry" in active else None,
        answers.entry(_stranger(ehr, token), ehr.fhir) if "wrong-patient" in active else None,
        answers.entry(broken, ehr.fhir) if "invalid-resource" in active else None,
        answers.entry(huge, ehr.fhir) if "huge-bundle" in active else None,
    ]


def _stranger(ehr: Ehr, token: Token) -> dict[str, Any]:
    others = (one for one in ehr.shelf.of(GIVEN) if ehr.shelf.owner(one) != token.grant.patient)
    made: dict[str, Any] = {"resourceType": GIVEN, "id": "fault-stranger", "status": "completed"}
    made |= {
        "subject": {"reference": "Patient/fault-stranger"},
        "medicationCodeableConcept": {"text": "Another patient's"},
    }
    return next(others, made)
