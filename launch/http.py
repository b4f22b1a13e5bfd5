"""The one way out to the network: a requests session that cannot be led astray or held up.

TLS only, but for loopback hosts where asked; redirects only for GET and only within one origin; a limit on bytes and on
seconds for each answer; no cookies and no .netrc, for one session serves many people. Proxies and certificate bundles of the
environment are honoured, as hospitals need them.
"""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, ReadTimeoutError

from launch.problems import EhrUnreachable

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
TOTAL_SECONDS = 30.0
MAX_BYTES = 16 * 1024 * 1024
MAX_REDIRECTS = 3
CHUNK = 64 * 1024


class TooLarge(requests.RequestException):
    """The answer is larger than allowed."""


class AddressRefused(requests.exceptions.InvalidURL):
    """The address is neither https nor an allowed loopback address."""


class _Bounded(HTTPAdapter):
    def __init__(self, max_bytes: int, total_seconds: float, pool: int) -> None:
        super().__init__(pool_connections=pool, pool_maxsize=pool)
        self._max_bytes = max_bytes
        self._total_seconds = total_seconds

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        deadline = time.monotonic() + self._total_seconds
        kwargs["stream"] = True
        response = super().send(request, *args, **kwargs)
        try:
            response._content = self._body(response, deadline)
        except BaseException:
            response.close()
            raise
        response.raw.release_conn()
        return response

    def _body(self, response: requests.Response, deadline: float) -> bytes:
        parts, size = [], 0
        try:
            while part := response.raw.read1(CHUNK, decode_content=True):
                size += len(part)
                if size > self._max_bytes:
                    raise TooLarge(f"more than {self._max_bytes} bytes", response=response)
                if time.monotonic() > deadline:
                    raise requests.ReadTimeout(f"more than {self._total_seconds:g} seconds", response=response)
                parts.append(part)
        except ReadTimeoutError as error:
            raise requests.ReadTimeout("the answer stopped midway", response=response) from error
        except (HTTPError, OSError) as error:
            if isinstance(error, requests.RequestException):
                raise
            raise requests.ConnectionError("the answer broke off", response=response) from error
        return b"".join(parts)


class GuardedSession(requests.Session):
    """A requests session with the limits above. allow_loopback_http: for practice EHRs and tests only.

    Raises requests exceptions: AddressRefused, TooLarge, and those of requests itself.
    """

    def __init__(
        self,
        *,
        allow_loopback_http: bool = False,
        max_bytes: int = MAX_BYTES,
        read_seconds: float = READ_SECONDS,
        total_seconds: float = TOTAL_SECONDS,
        pool: int = 16,
    ) -> None:
        super().__init__()
        self._allow_loopback_http = allow_loopback_http
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self.max_redirects = MAX_REDIRECTS
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.auth = _as_it_is  # an auth of our own keeps requests from looking into .netrc
        self.headers["User-Agent"] = "Chairtime"
        adapter = _Bounded(max_bytes, total_seconds, pool)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if not is_safe(request.url or "", self._allow_loopback_http):
            raise AddressRefused(f"not an https address: {origin(request.url or '')}", request=request)
        kwargs["timeout"] = kwargs.get("timeout") or self._timeout
        if is_loopback(urlsplit(request.url or "").hostname or ""):
            kwargs["proxies"] = {}  # a hospital's proxy cannot reach this machine
        return super().send(request, **kwargs)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None, so that the redirect itself is the answer, unless a GET stays within its origin."""
        target = super().get_redirect_target(resp)
        if target is None or resp.request.method not in ("GET", "HEAD"):
            return None
        return target if origin(urljoin(resp.url, target)) == origin(resp.url) else None


def guarded(*, allow_loopback_http: bool = False, **limits: Any) -> GuardedSession:
    """A new guarded session; share one between threads for its connection pool."""
    return GuardedSession(allow_loopback_http=allow_loopback_http, **limits)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def is_safe(url: str, allow_loopback_http: bool) -> bool:
    """Whether the address is absolute, names no user, and is https, or http to this machine where allowed."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and allow_loopback_http and is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether the host name or literal address is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin(url: str) -> str:
    """Scheme, host and port of an address, defaults filled in; "" where there is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname else ""


@contextmanager
def reaching(what: str) -> Iterator[None]:
    """Turn every way in which a request can fail into EhrUnreachable. what: of whom it was asked, for the log."""
    try:
        yield
    except requests.exceptions.SSLError as error:
        raise EhrUnreachable(f"{what}: its certificate is not trusted") from error
    except requests.Timeout as error:
        raise EhrUnreachable(f"{what}: no full answer in time") from error
    except requests.RequestException as error:
        raise EhrUnreachable(f"{what}: {type(error).__name__}") from error


def json_object(response: requests.Response) -> dict[str, Any] | None:
    """The JSON object of an answer whatever its content type says; None where it is none, or holds text that is no Unicode."""
    try:
        found = json.loads(response.content)
        json.dumps(found, ensure_ascii=False).encode()  # lone surrogates can be neither kept nor sent on
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def get_json(
    http: requests.Session, url: str, what: str, headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, Any] | None]:
    """Status and JSON object (or None) of a GET. Raises EhrUnreachable."""
    with reaching(what):
        response = http.get(url, headers={"Accept": "application/json", **(headers or {})})
    return response.status_code, json_object(response)
