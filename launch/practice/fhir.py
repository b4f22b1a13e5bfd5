"""The practice EHR's FHIR R4 API: read and search, with the token, its scopes and its patient enforced (RFC 6750, SMART 2.2.0)."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, Response, request

from launch.practice import answers, fhir_faults, metadata, scopes, search
from launch.practice.ehr import Ehr
from launch.practice.faults import Active
from launch.practice.paging import Page, Pages
from launch.practice.shelf import Resource
from launch.practice.tokens import Token


class Visit(NamedTuple):
    """One request that has passed the door. contexts: how the scopes allow it (patient, user)."""

    token: Token
    active: Active
    kind: str
    contexts: frozenset[str]

    def may_see(self, patient: str) -> bool:
        """True for the patient of the launch, and for all where a user/ scope allows the type."""
        return "user" in self.contexts or patient == self.token.grant.patient


def routes(ehr: Ehr) -> Blueprint:
    """The routes below /fhir."""
    room = Blueprint("fhir", __name__, url_prefix="/fhir")
    pages = Pages()

    @room.get("/.well-known/smart-configuration")
    def smart_configuration() -> Response | tuple[dict[str, Any], int]:
        active = ehr.faults.active()
        return fhir_faults.discovery(active) or (metadata.smart_configuration(ehr, active), 200)

    @room.get("/metadata")
    def capability_statement() -> Response:
        if "discovery-500" in ehr.faults.active():
            return answers.refused(500, "exception", "The server failed.")
        return answers.resource(metadata.capability_statement(ehr))

    @room.get("/<kind>/<identity>")
    def read(kind: str, identity: str) -> Response:
        visit = _enter(ehr, kind, scopes.READ, identity)
        return visit if isinstance(visit, Response) else _read(ehr, visit, identity)

    @room.get("/<kind>")
    def find(kind: str) -> Response:
        visit = _enter(ehr, kind, scopes.SEARCH)
        if isinstance(visit, Response):
            return visit
        page = _asked(ehr, visit, pages)
        return page if isinstance(page, Response) else _page(ehr, visit, page, pages)

    return room


def _enter(ehr: Ehr, kind: str, action: str, identity: str = "") -> Visit | Response:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    token = ehr.ledger.token(value.strip(), "access")
    active = ehr.faults.active(token.grant.faults if token else ())
    if scheme.lower() != "bearer" or not value:
        return answers.challenge(401, "", "A bearer token is needed.")
    if token is None or not ehr.ledger.alive(token):
        return answers.challenge(401, "invalid_token", "The access token is unknown, expired or revoked.")
    if struck := fhir_faults.before(ehr, active, token, kind, identity):
        return struck
    if request.accept_mimetypes and not request.accept_mimetypes.best_match(
        ["application/fhir+json", "application/json"]
    ):
        return answers.refused(406, "not-supported", "Only application/fhir+json is served here.")
    if kind not in ehr.shelf.kinds():
        return answers.refused(404, "not-found", "This type of resource does not exist here.")
    contexts = scopes.permits(token.scopes, kind, action)
    if not contexts and "fhirUser" in token.scopes and (kind, identity) == ("Practitioner", token.grant.user.id):
        contexts = frozenset({"user"})
    if not contexts & {"patient", "user"}:
        return answers.challenge(
            403, "insufficient_scope", "The scopes granted do not cover this.", f"patient/{kind}.rs"
        )
    return Visit(token, active, kind, contexts)


def _read(ehr: Ehr, visit: Visit, identity: str) -> Response:
    found = ehr.shelf.get(visit.kind, identity)
    if found is None:
        return answers.refused(404, "not-found", "There is no such resource.")
    patient = ehr.shelf.owner(found)
    if patient and not visit.may_see(patient):
        return answers.refused(403, "forbidden", "This belongs to another patient's chart.")
    return answers.resource(found)


def _asked(ehr: Ehr, visit: Visit, pages: Pages) -> Page | Response:
    if value := request.args.get("page"):
        kept = pages.get(value)
        if (
            kept is None
            or (kept.grant, kept.kind) != (visit.token.grant.id, visit.kind)
            or "next-expired" in visit.active
        ):
            return answers.refused(410, "not-found", "The paging session has expired. Start the search again.")
        return kept
    arguments = request.args.to_dict(flat=False)
    try:
        search.check(visit.kind, arguments)
        patient = _patient(arguments, visit)
        found = [one for one in ehr.shelf.of(visit.kind, patient) if _matches(ehr, visit, one, arguments)]
        size = _size(arguments, ehr)
    except search.Refused as refusal:
        return answers.refused(400, "invalid", str(refusal))
    except PermissionError:
        return answers.refused(403, "forbidden", "The token does not reach this patient's chart.")
    return Page(visit.token.grant.id, visit.kind, tuple(found), 0, size, False)


def _patient(arguments: dict[str, list[str]], visit: Visit) -> str:
    named = {value.removeprefix("Patient/") for name in ("patient", "subject") for value in arguments.get(name, [])}
    if len(named) > 1:
        raise search.Refused("patient and subject may not differ.")
    patient = named.pop() if named else ""
    if patient and not visit.may_see(patient):
        raise PermissionError
    return patient


def _matches(ehr: Ehr, visit: Visit, one: Resource, arguments: dict[str, list[str]]) -> bool:
    patient = ehr.shelf.owner(one)
    if patient and not visit.may_see(patient):
        return False
    for name in ("_id", "status"):
        wanted = {part for value in arguments.get(name, []) for part in value.split(",")}
        if wanted and one.get(name.strip("_")) not in wanted:
            return False
    times = search.TIMES.get(visit.kind, {})
    return all(search.matches(one, name, arguments[name]) for name in times if name in arguments)


def _size(arguments: dict[str, list[str]], ehr: Ehr) -> int:
    written = arguments.get("_count", [""])[0]
    if not written:
        return ehr.manner.page_size
    if not written.isdecimal():
        raise search.Refused("_count must be a number.")
    return min(max(int(written), 1), ehr.manner.page_limit)


def _page(ehr: Ehr, visit: Visit, page: Page, pages: Pages) -> Response:
    end = page.start + page.size
    follow = page._replace(start=end, again=False) if end < len(page.found) else None
    shown = list(page.found[page.start : end])
    if visit.active:
        shown, follow = fhir_faults.turn(visit.active, page, shown, follow)
    links = {"self": f"{ehr.fhir}/{page.kind}"}
    if follow is not None:
        links["next"] = f"{ehr.fhir}/{page.kind}?page={pages.keep(follow)}"
    made = answers.bundle(shown, len(page.found), links, ehr.fhir)
    return fhir_faults.after(ehr, visit.active, visit.token, page.kind, made) or answers.resource(made)
