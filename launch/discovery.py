"""Where an EHR signs people in: its SMART configuration, or the older CapabilityStatement (SMART App Launch 2.2, conformance).

Asked only of registered EHRs; kept for a few minutes; every address in it is checked before the app uses it.
"""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple
from urllib.parse import urljoin

import requests

from launch.http import get_json, origin
from launch.issuers import Issuer, base_of, may_host
from launch.problems import DiscoveryFailed, EhrUnreachable

KEEP_SECONDS = 300.0
ADDRESS_LENGTH = 2000


class Endpoints(NamedTuple):
    """The EHR's sign-in addresses, "" where it names none. issuer: of its id_tokens; often not the FHIR base.

    answers_with_iss: it promised to name itself at the redirect (RFC 9207), so an answer without a name is refused.
    """

    issuer: str
    authorize: str
    token: str
    jwks: str = ""
    revoke: str = ""
    introspect: str = ""
    auth_methods: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    pkce_methods: tuple[str, ...] = ()
    answers_with_iss: bool = False


_kept: dict[Issuer, tuple[float, Endpoints]] = {}
_lock = threading.Lock()


def discover(issuer: Issuer, http: requests.Session) -> Endpoints:
    """The EHR's endpoints, at most KEEP_SECONDS old. http: a guarded session. Raises DiscoveryFailed, EhrUnreachable."""
    with _lock:
        kept = _kept.get(issuer)
    if kept and time.monotonic() - kept[0] < KEEP_SECONDS:
        return kept[1]
    found = _checked(issuer, _ask(issuer, http))
    with _lock:
        _kept[issuer] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Drop everything kept, so that the next launch asks again."""
    with _lock:
        _kept.clear()


def _ask(issuer: Issuer, http: requests.Session) -> Endpoints:
    base = base_of(issuer.iss)
    status, found = get_json(http, f"{base}/.well-known/smart-configuration", f"SMART configuration of {issuer.name}")
    if status == 200 and found is not None:
        endpoints = _of_configuration(base, found)
        return endpoints if endpoints.jwks and endpoints.issuer else _with_openid(base, endpoints, http, issuer.name)
    if status >= 500 or status == 429:
        raise EhrUnreachable(f"SMART configuration of {issuer.name}: HTTP {status}")
    if 300 <= status < 400:
        raise DiscoveryFailed(f"SMART configuration of {issuer.name}: redirected elsewhere")
    return _with_openid(base, _of_capability_statement(base, issuer.name, http), http, issuer.name)


def _of_configuration(base: str, found: dict[str, Any]) -> Endpoints:
    return Endpoints(
        issuer=_text(found.get("issuer")),
        authorize=_address(base, found.get("authorization_endpoint")),
        token=_address(base, found.get("token_endpoint")),
        jwks=_address(base, found.get("jwks_uri")),
        revoke=_address(base, found.get("revocation_endpoint")),
        introspect=_address(base, found.get("introspection_endpoint")),
        auth_methods=_texts(
            found.get("token_endpoint_auth_methods_supported") or found.get("token_endpoint_auth_methods")
        ),
        capabilities=_texts(found.get("capabilities")),
        pkce_methods=_texts(found.get("code_challenge_methods_supported")),
        answers_with_iss=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _of_capability_statement(base: str, name: str, http: requests.Session) -> Endpoints:
    status, found = get_json(
        http, f"{base}/metadata", f"CapabilityStatement of {name}", {"Accept": "application/fhir+json"}
    )
    if status != 200 or found is None:
        raise DiscoveryFailed(f"{name}: no SMART configuration, and CapabilityStatement answered HTTP {status}")
    addresses: dict[str, str] = {}
    for rest in _objects(found.get("rest")):
        security = rest.get("security")
        for extension in _objects(security.get("extension") if isinstance(security, dict) else None):
            if _text(extension.get("url")).endswith("oauth-uris"):
                for child in _objects(extension.get("extension")):
                    addresses.setdefault(_text(child.get("url")), _address(base, child.get("valueUri")))
    return Endpoints(
        issuer="",
        authorize=addresses.get("authorize", ""),
        token=addresses.get("token", ""),
        revoke=addresses.get("revoke", ""),
        introspect=addresses.get("introspect", ""),
    )


def _with_openid(base: str, endpoints: Endpoints, http: requests.Session, name: str) -> Endpoints:
    """SMART 1 kept issuer and keys in the OpenID configuration of the FHIR base. Without them people stay nameless, no more."""
    try:
        status, found = get_json(http, f"{base}/.well-known/openid-configuration", f"OpenID configuration of {name}")
    except EhrUnreachable:
        return endpoints
    if status != 200 or found is None or base_of(_text(found.get("issuer"))) != base_of(endpoints.issuer or base):
        return endpoints
    return endpoints._replace(
        issuer=_text(found.get("issuer")), jwks=endpoints.jwks or _address(base, found.get("jwks_uri"))
    )


def _checked(issuer: Issuer, endpoints: Endpoints) -> Endpoints:
    for what, url in (("authorization_endpoint", endpoints.authorize), ("token_endpoint", endpoints.token)):
        if not url:
            raise DiscoveryFailed(f"{issuer.name} names no {what}")
        if not may_host(issuer, url):
            raise DiscoveryFailed(
                f"{issuer.name}: its {what} is not https, or on a host outside trust_hosts: {origin(url)}"
            )
    return endpoints._replace(
        jwks=endpoints.jwks if may_host(issuer, endpoints.jwks) else "",
        revoke=endpoints.revoke if may_host(issuer, endpoints.revoke) else "",
        introspect=endpoints.introspect if may_host(issuer, endpoints.introspect) else "",
    )


def _address(base: str, value: object) -> str:
    """An absolute address; a relative one of an old server is taken from the FHIR base (SMART, conformance)."""
    text = _text(value)
    try:
        return urljoin(f"{base}/", text) if text else ""
    except ValueError:
        return ""


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) and len(value) <= ADDRESS_LENGTH else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
