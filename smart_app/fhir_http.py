"""One guarded GET of FHIR JSON: only under the FHIR base, within limits of time and size, tried again where that is polite.

Never a redirect, never another method, nothing logged: addresses hold patient ids and headers hold the token.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from random import SystemRandom
from typing import Any, NamedTuple

import orjson
import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from launch import http
from smart_app.fhir_access import Access, Bearer
from smart_app.fhir_body import Budget, TooLarge, TooLong, read_body
from smart_app.fhir_origin import base_of, within
from smart_app.fhir_outcomes import Outcome, read_outcome

_HEADERS = {"Accept": "application/fhir+json"}
_TRY_AGAIN = (429, 502, 503, 504)
_ERROR_BYTES = 65_536
_spread = SystemRandom().random


class Limits(NamedTuple):
    """How much one chart may cost. Times in seconds; connect, read: of one request; total: of all of them; longest_wait: of one pause
    between tries; pages: of one search; references: read one by one, of each type; workers: requests at a time."""

    connect: float = 5.0
    read: float = 20.0
    total: float = 45.0
    tries: int = 3
    pause: float = 0.5
    longest_wait: float = 10.0
    pages: int = 20
    references: int = 25
    answer_bytes: int = 10 * 1024 * 1024
    chart_bytes: int = 50 * 1024 * 1024
    workers: int = 8


class Unanswered(Exception):
    """A GET that brought no FHIR resource. status: HTTP status, 0 where there was none. says: why, as a clause for a person.
    outcome: what the server's OperationOutcome said, if there was one. Holds neither addresses nor tokens."""

    def __init__(self, says: str, status: int = 0, outcome: Outcome | None = None) -> None:
        super().__init__(says)
        self.says, self.status, self.outcome = says, status, outcome

    @property
    def not_here(self) -> bool:
        """Whether the server has answered that it does not have this, or not for us: asking again would change nothing."""
        return self.status in (400, 403, 404, 405, 410, 501)


class _Again(Exception):
    """A fault that may pass. after: seconds that the server asks to wait, or None."""

    def __init__(self, says: str, status: int = 0, after: float | None = None) -> None:
        super().__init__(says)
        self.says, self.status, self.after = says, status, after


class _Answer(NamedTuple):
    status: int
    media: str
    body: bytes


class Wire:
    """GETs on one FHIR server with one launch's token. Safe to use from several threads."""

    def __init__(
        self,
        base: str,
        access: Access,
        session: requests.Session,
        limits: Limits,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base = base_of(base)
        self.limits = limits
        self._access, self._session, self._clock, self._sleep = access, session, clock, sleep
        self._budget = Budget(limits.total, limits.chart_bytes)

    def get(self, url: str) -> dict[str, Any]:
        """The JSON object at an address under the base. Raises Unanswered, and SessionEnded after a second 401."""
        if not within(self.base, url):
            raise Unanswered("the EHR pointed to another server, which is not asked")
        tries = 0
        while True:
            token = self._access.token
            try:
                answer = self._once(url, token)
            except _Again as fault:
                tries += 1
                self._pause(fault, tries)
                continue
            if answer.status != 401:
                return _read(answer)
            self._access.renew(token)

    def _pause(self, fault: _Again, tries: int) -> None:
        """Waits before the next try; raises Unanswered where there is none."""
        if tries >= self.limits.tries:
            raise Unanswered(fault.says, fault.status) from None
        wait = self.limits.pause * 2 ** (tries - 1) * (0.5 + _spread())
        if fault.after is not None:
            wait = max(fault.after, 0.0) + 0.25 * _spread()
            if fault.after > self.limits.longest_wait:
                raise Unanswered(f"{fault.says} and asks to wait {fault.after:.0f} seconds", fault.status) from None
        if wait >= self._budget.seconds:
            raise Unanswered(fault.says, fault.status) from None
        self._sleep(wait)

    def _once(self, url: str, token: str) -> _Answer:
        left = self._budget.seconds
        if left <= 0:
            raise Unanswered(f"the EHR took longer than {self.limits.total:.0f} seconds in all")
        timeout = (min(self.limits.connect, left), min(self.limits.read, left))
        try:
            with self._session.get(
                url, headers=_HEADERS, auth=Bearer(token), timeout=timeout, stream=True, allow_redirects=False
            ) as response:
                return self._receive(response)
        except (TooLarge, TooLong) as fault:
            raise Unanswered(str(fault)) from None
        except requests.exceptions.SSLError:
            raise Unanswered("the EHR's certificate is not trusted") from None
        except requests.exceptions.ConnectTimeout:
            raise _Again("the EHR's server does not answer") from None
        except (requests.exceptions.ReadTimeout, ReadTimeoutError):
            raise Unanswered("the EHR took too long to answer") from None
        except requests.exceptions.ConnectionError:
            raise _Again("the EHR's server cannot be reached, or its answer broke off") from None
        except (HTTPError, requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
            raise _Again("the EHR's answer broke off") from None
        except http.TooLarge:
            raise Unanswered("one answer of the EHR is larger than the app reads in one go") from None
        except requests.RequestException:
            raise Unanswered("the EHR's server could not be asked") from None

    def _receive(self, response: requests.Response) -> _Answer:
        status = response.status_code
        if status in _TRY_AGAIN:
            after = retry_after(response.headers.get("Retry-After", ""), self._clock())
            says = (
                "the EHR is limiting requests" if status == 429 else f"the EHR's server is not ready (status {status})"
            )
            raise _Again(says, status, after)
        media = response.headers.get("Content-Type", "")
        if status == 401 or 300 <= status < 400:
            return _Answer(status, media, b"")
        if status == 200:
            return _Answer(status, media, read_body(response, self.limits.answer_bytes, self._budget))
        try:
            return _Answer(status, media, read_body(response, _ERROR_BYTES, self._budget))
        except TooLarge:
            return _Answer(status, media, b"")


def retry_after(header: str, now: float) -> float | None:
    """Seconds to wait of a Retry-After header, in seconds or as an HTTP date (RFC 9110 section 10.2.3); None where it says nothing."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(parsedate_to_datetime(text).timestamp() - now, 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def _read(answer: _Answer) -> dict[str, Any]:
    if answer.status == 200:
        return _resource(answer)
    if 300 <= answer.status < 400:
        raise Unanswered(f"the EHR sent us elsewhere (status {answer.status}), which is not followed", answer.status)
    outcome = None
    try:
        found = _resource(answer)
        if found.get("resourceType") == "OperationOutcome":
            outcome = read_outcome(found)
    except Unanswered:
        pass
    raise Unanswered(f"the EHR answered with status {answer.status}", answer.status, outcome)


def _resource(answer: _Answer) -> dict[str, Any]:
    """The JSON object of an answer. A log-in page of a proxy comes with status 200 too: neither its type nor its text is taken."""
    media = answer.media.split(";", 1)[0].strip().lower()
    if media and "json" not in media:
        raise Unanswered(f"the EHR's server sent {_named(media)} instead of FHIR data", answer.status)
    try:
        found = orjson.loads(answer.body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        raise Unanswered("the EHR's answer is not whole, readable JSON", answer.status) from None
    if found.__class__ is not dict:
        raise Unanswered("the EHR's answer is JSON, but no FHIR resource", answer.status)
    return dict(found)


def _named(media: str) -> str:
    return "a web page" if "html" in media else "XML" if "xml" in media else "something else"
