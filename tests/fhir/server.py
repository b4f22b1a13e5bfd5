"""A small FHIR server on loopback, over real HTTP, that can be told to misbehave by name.

    with FhirServer(resources) as server:
        server.misbehave("Condition", "html")
        ... server.base, server.requests ...

By itself it searches by patient (and beneficiary), ignores every other parameter, pages, and asks for the token.
"""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import orjson

Resource = dict[str, Any]
FHIR_JSON = "application/fhir+json; charset=utf-8"


class Seen(NamedTuple):
    """One request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    token: str


class Fault(NamedTuple):
    """One misbehaviour, for so many requests of a type; -1 for all."""

    name: str
    times: int
    options: dict[str, Any]


class FhirServer:
    """latency: seconds before each answer. page_size: entries of a page. tokens: those that are taken; None takes any."""

    def __init__(
        self, resources: list[Resource], *, latency: float = 0.0, page_size: int = 100, tokens: set[str] | None = None
    ) -> None:
        self.resources, self.latency, self.page_size, self.tokens = resources, latency, page_size, tokens
        self.requests: list[Seen] = []
        self._faults: dict[str, list[Fault]] = {}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.of = self
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.base = f"{self.origin}/fhir/r4"
        self.freed = threading.Event()

    def __enter__(self) -> FhirServer:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.freed.set()
        self._server.shutdown()
        self._server.server_close()

    def misbehave(self, kind: str, name: str, times: int = -1, **options: Any) -> None:
        """From now on answers requests for a type by the misbehaviour of that name (the keys of MISBEHAVIOURS)."""
        assert name in MISBEHAVIOURS, name
        self._faults.setdefault(kind, []).append(Fault(name, times, options))

    def fault(self, kind: str) -> Fault | None:
        """The misbehaviour that is due for a type."""
        with self._lock:
            faults = self._faults.get(kind, [])
            if not faults:
                return None
            first = faults[0]
            if first.times > 0:
                faults[0] = first._replace(times=first.times - 1)
                if first.times == 1:
                    faults.pop(0)
            return first

    def asked(self, kind: str) -> list[Seen]:
        """The requests that came for a type."""
        return [seen for seen in self.requests if seen.path.split("/fhir/r4/")[-1].split("/")[0] == kind]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    of: FhirServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    # One segment for head and body: else the second waits for the acknowledgement of the first.
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing to the terminal of the tests."""

    def do_GET(self) -> None:
        of, parts = self.server.of, urlsplit(self.path)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        of.requests.append(Seen("GET", parts.path, parse_qs(parts.query), dict(self.headers), token))
        if of.latency:
            time.sleep(of.latency)
        names = parts.path.removeprefix("/fhir/r4/").split("/")
        kind, name = names[0], names[1] if len(names) > 1 else ""
        if of.tokens is not None and token not in of.tokens:
            return self.send(401, b"", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        fault = of.fault(kind)
        if fault is not None:
            return MISBEHAVIOURS[fault.name](self, kind, name, fault.options)
        return self.well(kind, name)

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

    def well(self, kind: str, name: str) -> None:
        """The answer of a server that behaves."""
        if name:
            found = [one for one in self.server.of.resources if one["resourceType"] == kind and one["id"] == name]
            return self.json(found[0]) if found else self.json(outcome("not-found", "No such resource."), 404)
        return self.json(self.page(self.matches(kind)))

    def matches(self, kind: str) -> list[Resource]:
        """What a search finds."""
        query = parse_qs(urlsplit(self.path).query)
        wanted = {text.removeprefix("Patient/") for name in ("patient", "beneficiary") for text in query.get(name, [])}
        found = [one for one in self.server.of.resources if one["resourceType"] == kind]
        return [
            one
            for one in found
            if (one.get("subject") or one.get("beneficiary") or {}).get("reference", "")[8:] in wanted
        ]

    def page(self, found: list[Resource]) -> Resource:
        """The page of a search that the request asks for."""
        of, query = self.server.of, parse_qs(urlsplit(self.path).query)
        number = int(query.get("page", ["0"])[0])
        part = found[number * of.page_size : (number + 1) * of.page_size]
        more = len(found) > (number + 1) * of.page_size
        links = [{"relation": "next", "url": self.here(page=number + 1)}] if more else []
        return bundle(part, links)

    def here(self, **changes: Any) -> str:
        """This address with another page."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()} | {
            name: str(value) for name, value in changes.items()
        }
        return f"{self.server.of.origin}{parts.path}?" + "&".join(f"{name}={value}" for name, value in query.items())

    def json(self, found: Any, status: int = 200, media: str = FHIR_JSON) -> None:
        """A JSON answer."""
        self.send(status, orjson.dumps(found), media)

    def send(
        self,
        status: int,
        body: bytes,
        media: str = FHIR_JSON,
        length: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Any answer."""
        self.send_response(status)
        if media:
            self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def bundle(resources: list[Resource], links: list[Resource] | None = None) -> Resource:
    """A page of a search."""
    entries = [{"resource": one, "search": {"mode": "match"}} for one in resources]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(resources),
        "link": links or [],
        "entry": entries,
    }


def outcome(code: str, text: str, number: str = "", severity: str = "warning") -> Resource:
    """An OperationOutcome, with the number of an EHR's own list where one is given."""
    details: Resource = {"text": text} | (
        {"coding": [{"system": "urn:oid:1.2.840.114350.1.13.0", "code": number}]} if number else {}
    )
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code, "details": details}]}


Misbehaviour = Callable[[_Handler, str, str, dict[str, Any]], None]


def _status(status: int) -> Misbehaviour:
    def answer(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
        headers = {"Retry-After": options["retry_after"]} if "retry_after" in options else {}
        found = options.get("outcome") or outcome("processing", "It does not work today.")
        handler.send(options.get("status", status), orjson.dumps(found), headers=headers)

    return answer


def _slow(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    handler.server.of.freed.wait(options.get("seconds", 0.3))
    handler.well(kind, name)


def _drip(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    handler.send(200, b"", length=1_000_000)
    while not handler.server.of.freed.wait(0.02):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def _html(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    handler.send(200, b"<!doctype html><title>Log in</title>", options.get("media", "text/html"))


def _truncated(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    body = orjson.dumps(bundle(handler.matches(kind)))
    handler.send(200, body[: len(body) // 2])


def _cut_off(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    handler.send(200, b'{"resourceType": "Bundle",', length=10_000)
    handler.close_connection = True


def _hang_up(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    handler.close_connection = True


def _body(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    handler.send(200, options["body"], options.get("media", FHIR_JSON))


def _with_entries(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    answer = bundle(handler.matches(kind))
    answer["entry"] += options["entries"]
    handler.json(answer)


def _next(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    """Every page has a next one: the address given, or one page further for ever."""
    number = int(parse_qs(urlsplit(handler.path).query).get("page", ["0"])[0])
    found = handler.matches(kind) if options.get("full", True) or number else []
    handler.json(bundle(found, [{"relation": "next", "url": options.get("url") or handler.here(page=number + 1)}]))


def _circle(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    number = int(parse_qs(urlsplit(handler.path).query).get("page", ["0"])[0])
    handler.json(bundle(handler.matches(kind), [{"relation": "next", "url": handler.here(page=number % 2 + 1)}]))


def _huge(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    body = orjson.dumps(bundle(handler.matches(kind)) | {"padding": "x" * options["size"]})
    if options.get("gzip"):
        return handler.send(200, gzip.compress(body), headers={"Content-Encoding": "gzip"})
    return handler.send(200, body)


def _bare(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    """No total, no link, no fullUrl, no search.mode; no entry where there is nothing; no content type."""
    found = handler.matches(kind)
    handler.send(
        200,
        orjson.dumps({"resourceType": "Bundle"} | ({"entry": [{"resource": one} for one in found]} if found else {})),
        "",
    )


def _redirect(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    handler.send(302, b"", headers={"Location": options["url"]})


def _refuses_parameter(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    if options["parameter"] in parse_qs(urlsplit(handler.path).query):
        return handler.json(outcome("not-supported", "Unknown parameter."), 400)
    return handler.well(kind, name)


def _later_page(handler: _Handler, kind: str, name: str, options: dict[str, Any]) -> None:
    if "page" in parse_qs(urlsplit(handler.path).query):
        return handler.json(outcome("processing", "Lost."), options.get("status", 500))
    return handler.well(kind, name)


MISBEHAVIOURS: dict[str, Misbehaviour] = {
    "status": _status(500),
    "slow": _slow,
    "drip": _drip,
    "html": _html,
    "truncated": _truncated,
    "connection cut": _cut_off,
    "hangs up": _hang_up,
    "body": _body,
    "entries": _with_entries,
    "next": _next,
    "circle": _circle,
    "huge": _huge,
    "bare": _bare,
    "redirect": _redirect,
    "refuses parameter": _refuses_parameter,
    "later page fails": _later_page,
}
