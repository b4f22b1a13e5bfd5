"""One search, page by page, and one read: resources of the launch's patient with what must be said about them.

Paging follows link "next" as the server gives it (FHIR R4 3.1.1.5): nothing is added to it, and it is never built by hand.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote, urljoin

from smart_app import fhir_notices as tell
from smart_app.fhir_http import Unanswered, Wire
from smart_app.fhir_notices import TYPES, Notice
from smart_app.fhir_outcomes import read_outcome
from smart_app.fhir_sift import Resource, belongs
from smart_app.fhir_window import Window


class Found(NamedTuple):
    """What one question brought."""

    resources: tuple[Resource, ...] = ()
    notices: tuple[Notice, ...] = ()


class _Pages:
    """What has come of one search so far."""

    def __init__(self, wire: Wire, kind: str, patient: str) -> None:
        self.wire, self.kind, self.patient = wire, kind, patient
        self.resources: dict[str, Resource] = {}
        self.said: dict[str, None] = {}
        self.strangers: set[str] = set()
        self.malformed = 0
        self.glass = False
        self.stopped = ""

    @property
    def count(self) -> int:
        """Resources of the type that was asked for."""
        return sum(one.get("resourceType") == self.kind for one in self.resources.values())

    def take(self, bundle: dict[str, Any]) -> None:
        """Takes the entries of one page; an answer without any is an empty page."""
        entries = bundle.get("entry") or []
        if entries.__class__ is not list:
            self.malformed += 1
            return
        for entry in entries:
            resource = entry.get("resource") if entry.__class__ is dict else None
            if resource.__class__ is not dict or resource.get("resourceType").__class__ is not str:
                self.malformed += 1
            elif resource["resourceType"] == "OperationOutcome":
                self.hear(resource)
            elif resource["resourceType"] in TYPES:
                self._keep(resource)

    def hear(self, resource: Resource) -> None:
        """Takes an OperationOutcome that came among the data."""
        outcome = read_outcome(resource)
        self.glass = self.glass or outcome.glass
        self.said.update(dict.fromkeys(outcome.texts))

    def _keep(self, resource: Resource) -> None:
        name = resource.get("id")
        nameless = f"#{len(self.resources) + len(self.strangers)}"
        key = f"{resource['resourceType']}/{name if name.__class__ is str and name else nameless}"
        if belongs(self.wire.base, self.patient, resource):
            self.resources.setdefault(key, resource)
        else:
            self.strangers.add(key)

    def found(self) -> Found:
        """Everything, with its notices."""
        notices = []
        if self.strangers:
            notices.append(tell.mismatch(self.kind, len(self.strangers)))
        if self.glass:
            notices.append(tell.behind_glass(self.kind))
        elif self.said:
            notices.append(tell.incomplete(self.kind, "; ".join(self.said)))
        if self.malformed:
            notices.append(tell.malformed(self.kind, self.malformed))
        if self.stopped:
            notices.append(tell.cut_off(self.kind, self.count, self.stopped))
        return Found(tuple(self.resources.values()), tuple(notices))


def search(wire: Wire, kind: str, patient: str, window: Window) -> Found:
    """Every resource of a type for the patient. Never raises for a fault of the server, but for SessionEnded."""
    low, high = (quote(text, safe="") for text in window.texts())
    fault = Unanswered("it was not asked")
    for ask in TYPES[kind]["asks"]:
        query = ask.format(patient=quote(patient, safe=""), low=low, high=high)
        try:
            return _every_page(wire, kind, patient, f"{wire.base}/{kind}?{query}")
        except Unanswered as error:
            fault = error
            if error.status != 400:
                break
    return _unanswered(kind, fault)


def _every_page(wire: Wire, kind: str, patient: str, first: str) -> Found:
    """Raises Unanswered where the first page does not come; what came before a later fault is kept."""
    pages = _Pages(wire, kind, patient)
    seen: set[str] = set()
    url = first
    while url:
        seen.add(url)
        try:
            bundle = _bundle(wire.get(url), pages)
        except Unanswered as error:
            if len(seen) == 1:
                raise
            pages.stopped = _in_words(error)
            break
        pages.take(bundle)
        url = _next(bundle, url)
        if url in seen:
            pages.stopped = "the EHR's pages lead round in a circle"
        elif url and len(seen) == wire.limits.pages:
            pages.stopped = f"the app reads {wire.limits.pages} pages at most"
        if pages.stopped:
            break
    return pages.found()


def _bundle(answer: dict[str, Any], pages: _Pages) -> dict[str, Any]:
    kind = answer.get("resourceType")
    if kind == "OperationOutcome":
        outcome = read_outcome(answer)
        if not outcome.empty:
            raise Unanswered(f"the EHR says: {'; '.join(outcome.texts) or 'nothing of use'}", 200, outcome)
        return {}
    if kind != "Bundle":
        raise Unanswered("the EHR's answer is no FHIR Bundle", 200)
    return answer


def _next(bundle: dict[str, Any], url: str) -> str:
    """The address of the next page, "" where there is none."""
    links = bundle.get("link")
    for link in links if links.__class__ is list else ():
        if (
            link.__class__ is dict
            and link.get("relation") == "next"
            and link.get("url").__class__ is str
            and link["url"]
        ):
            try:
                return urljoin(url, str(link["url"]))
            except ValueError:
                return str(link["url"])
    return ""


def read(wire: Wire, kind: str, name: str, patient: str) -> Found:
    """One resource by its id, left out where it is another patient's. Never raises for a fault of the server, but for SessionEnded."""
    try:
        resource = get_one(wire, kind, name)
    except Unanswered as fault:
        return _unanswered(kind, fault)
    if not belongs(wire.base, patient, resource):
        return Found((), (tell.mismatch(kind, 1),))
    return Found((resource,))


def get_one(wire: Wire, kind: str, name: str) -> Resource:
    """One resource by its id. Raises Unanswered where it does not come, or something else comes in its place."""
    if name in ("", ".", ".."):
        raise Unanswered("its id is no id", 404)
    resource = wire.get(f"{wire.base}/{kind}/{quote(name, safe='')}")
    if resource.get("resourceType") == "OperationOutcome":
        raise Unanswered("the EHR answered with a message instead", 200, read_outcome(resource))
    if resource.get("resourceType") != kind or resource.get("id", name) != name:
        raise Unanswered("the EHR answered with something else", 200)
    return {**resource, "id": name}


def _unanswered(kind: str, fault: Unanswered) -> Found:
    outcome = fault.outcome
    if outcome is not None and outcome.empty:
        return Found()
    if outcome is not None and outcome.glass:
        return Found((), (tell.behind_glass(kind),))
    says = _in_words(fault)
    return Found((), (tell.not_available(kind, says) if fault.not_here else tell.failed(kind, says),))


def _in_words(fault: Unanswered) -> str:
    """The fault with what the server says of it, where that has not been said."""
    texts = fault.outcome.texts if fault.outcome is not None else ()
    return f"{fault.says}: {'; '.join(texts)}" if texts and fault.status != 200 else fault.says
