"""What a browser brings to the app during a launch, and what of it may be believed (SMART 4, 10, 25; RFC 9207)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import NamedTuple

from launch.discovery import Endpoints
from launch.issuers import Issuer, base_of, may_host
from launch.problems import (
    AccessDenied,
    CodeMissing,
    IssuerMismatch,
    IssuerMissing,
    LaunchMissing,
    ServerRefused,
    StateExpired,
    StateUnknown,
)

PENDING_SECONDS = 900


class Pending(NamedTuple):
    """A launch begun and not finished. iss is as received, byte for byte; created in epoch seconds. Its text form hides secrets."""

    state: str
    verifier: str
    nonce: str
    iss: str
    issuer_name: str
    launch: str
    redirect_uri: str
    scopes: tuple[str, ...]
    created: int

    def __repr__(self) -> str:
        return f"Pending({'EHR' if self.launch else 'standalone'} launch at {self.issuer_name!r})"


def received(params: Mapping[str, str]) -> tuple[str, str]:
    """iss and launch of an EHR launch (SMART obligation 10). Raises IssuerMissing, LaunchMissing."""
    iss, launch = params.get("iss", ""), params.get("launch", "")
    if not iss:
        raise IssuerMissing
    if not launch:
        raise LaunchMissing
    return iss, launch


def code_of(pending: Pending, issuer: Issuer, endpoints: Endpoints, params: Mapping[str, str], now: float) -> str:
    """The authorization code of an answer at the redirect address, everything about the answer checked, state first."""
    _check_state(pending, issuer, params, now)
    _check_server(issuer, endpoints, params)
    return _code(params)


def _check_state(pending: Pending, issuer: Issuer, params: Mapping[str, str], now: float) -> None:
    state = params.get("state", "")
    if not hmac.compare_digest(state.encode("utf-8", "replace"), pending.state.encode()):
        raise StateUnknown("state differs" if state else "no state")
    if pending.issuer_name != issuer.name:
        raise StateUnknown("begun at another EHR")
    if now - pending.created > PENDING_SECONDS:
        raise StateExpired(f"more than {PENDING_SECONDS} seconds")


def _check_server(issuer: Issuer, endpoints: Endpoints, params: Mapping[str, str]) -> None:
    """RFC 9207: an answer that names its server must name the one asked (a trailing slash apart).

    Where the EHR does not publish its name, the name must at least be on a host that the EHR may use.
    """
    said = params.get("iss", "")
    known = base_of(said) == base_of(endpoints.issuer) if endpoints.issuer else may_host(issuer, said)
    if said and not known:
        raise IssuerMismatch("iss of the answer differs")
    if not said and endpoints.answers_with_iss and params.get("code"):
        raise IssuerMismatch("iss of the answer is missing")


def _code(params: Mapping[str, str]) -> str:
    error, description = params.get("error", ""), params.get("error_description", "")
    if error == "access_denied":
        raise AccessDenied(description)
    if error:
        raise ServerRefused(error, description)
    if not params.get("code"):
        raise CodeMissing
    return params["code"]
