"""The app at an EHR's token endpoint: how it proves who it is, and how it reads the answer (RFC 6749, 7009, 7523; SMART 13 to 16).

The work is Authlib's; what is set here is where its defaults and the specification, or real servers, part.
"""

from __future__ import annotations

import base64
import math
import secrets
from typing import Any
from urllib.parse import quote_plus

import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT

from launch.discovery import Endpoints
from launch.http import json_object, reaching
from launch.issuers import Issuer
from launch.keys import Keys
from launch.problems import EhrUnreachable, LaunchProblem, TokenRefused, TokenUnreadable

LONGEST_EXPIRY = 366 * 24 * 3600
ASSERTION_SECONDS = 240  # SMART allows 300; a minute is left for clocks that differ


def client_for(issuer: Issuer, endpoints: Endpoints, keys: Keys | None, http: requests.Session, now: float) -> Any:
    """An Authlib client for one request: a private_key_jwt assertion is good once, so the client is not to be kept."""
    method = {"public": "none", "symmetric": "client_secret_basic", "asymmetric": "private_key_jwt"}[issuer.client_type]
    client = OAuth2Session(
        client_id=issuer.client_id,
        client_secret=issuer.client_secret or None,
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        code_challenge_method="S256",
    )
    client.session = http  # Authlib sends through this, so the guards of the app's session hold for tokens too
    client.parse_response_token = lambda response: _keep(client, read_answer(response))
    if issuer.client_type == "symmetric":
        client.register_client_auth_method((method, _basic(issuer)))
    elif issuer.client_type == "asymmetric":
        if keys is None:
            raise ValueError(f"{issuer.name} is an asymmetric client; it needs the app's keys")
        client.client_secret, kid = keys.signer(issuer.key_alg)
        claims = {"iat": int(now), "exp": int(now) + ASSERTION_SECONDS, "jti": secrets.token_urlsafe(24)}
        client.register_client_auth_method(
            PrivateKeyJWT(endpoints.token, claims=claims, headers={"kid": kid}, alg=issuer.key_alg)
        )
    return client


def exchange(client: Any, endpoints: Endpoints, *, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
    """The token answer for a code. Raises TokenRefused, TokenUnreadable, EhrUnreachable."""
    with reaching("token endpoint"):
        return dict(
            client.fetch_token(
                endpoints.token,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                redirect_uri=redirect_uri,
            )
        )


def renew(client: Any, endpoints: Endpoints, refresh_token: str) -> dict[str, Any]:
    """The token answer for a refresh token, without a scope: that means "as granted". Raises as `exchange`."""
    with reaching("token endpoint"):
        return dict(client.refresh_token(endpoints.token, refresh_token=refresh_token))


def revoke_one(client: Any, endpoints: Endpoints, token: str, hint: str) -> bool:
    """Whether the EHR took back the token (RFC 7009). Never raises for what the EHR does."""
    try:
        with reaching("revocation endpoint"):
            response = client.revoke_token(endpoints.revoke, token=token, token_type_hint=hint)
    except LaunchProblem:
        return False
    return bool(response.status_code == 200)


def read_answer(response: requests.Response) -> dict[str, Any]:
    """The members of a token answer, access_token checked, expires_in a whole number of seconds or absent."""
    status = response.status_code
    if status >= 500 or status == 429:
        raise EhrUnreachable(f"token endpoint: HTTP {status}")
    answer = json_object(response)
    if 300 <= status < 400:
        raise TokenUnreadable(f"token endpoint: redirected, HTTP {status}")
    if answer is None:
        raise TokenUnreadable(f"token endpoint: no JSON object, HTTP {status}")
    if answer.get("error") or status >= 400:
        raise TokenRefused(answer.get("error") or f"HTTP {status}", answer.get("error_description") or "")
    token = answer.get("access_token")
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable() or " " in token:
        raise TokenUnreadable("token endpoint: no usable access_token")
    kind = answer.get("token_type") or "Bearer"
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise TokenUnreadable("token endpoint: token_type is not Bearer")
    cleaned = {key: value for key, value in answer.items() if key not in ("expires_in", "expires_at")}
    seconds = _seconds(answer.get("expires_in"))
    return cleaned if seconds is None else {**cleaned, "expires_in": seconds}


def _keep(client: Any, answer: dict[str, Any]) -> Any:
    client.token = answer
    return client.token


def _seconds(value: object) -> int | None:
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return int(min(number, LONGEST_EXPIRY)) if math.isfinite(number) and number > 0 else None


def _basic(issuer: Issuer) -> Any:
    """HTTP Basic as the server reads it: Authlib's own sends the pair raw and in latin-1."""
    parts = (issuer.client_id, issuer.client_secret)
    if issuer.basic_encoding == "rfc6749":
        parts = (quote_plus(parts[0]), quote_plus(parts[1]))
    value = base64.b64encode(":".join(parts).encode()).decode()

    def sign(client: Any, method: str, uri: str, headers: Any, body: str) -> tuple[str, Any, str]:
        headers["Authorization"] = f"Basic {value}"
        return uri, headers, body

    return sign
