"""Who opened the app: the id_token, checked before a word of it is believed (OpenID Connect Core 3.1.3.7, SMART obligation 20)."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import requests
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key
from joserfc.jws import JWSRegistry

from launch.http import get_json
from launch.issuers import base_of
from launch.problems import EhrUnreachable, IdTokenInvalid, plain

ALGORITHMS = {
    "RS256": "RSA",
    "RS384": "RSA",
    "RS512": "RSA",
    "PS256": "RSA",
    "PS384": "RSA",
    "ES256": "EC",
    "ES384": "EC",
}
KEY_MEMBERS = ("kty", "n", "e", "crv", "x", "y")
LEEWAY = 120
KEEP_SECONDS = 600.0
LONGEST_TOKEN = 64 * 1024


class Identity(NamedTuple):
    """user: fhirUser as sent (a reference, perhaps absolute); name: as the EHR writes it; subject: "issuer|sub"."""

    user: str
    name: str
    subject: str


class KeysUnavailable(Exception):
    """The EHR's public keys cannot be had, so its id_token can be neither believed nor refuted."""


_kept: dict[str, tuple[float, tuple[Mapping[str, Any], ...]]] = {}
_lock = threading.Lock()


def forget() -> None:
    """Drop the kept keys."""
    with _lock:
        _kept.clear()


def identify(
    token: object, *, issuer: str, client_id: str, nonce: str, jwks: str, http: requests.Session, now: float
) -> Identity:
    """The person an id_token names. Raises IdTokenInvalid; KeysUnavailable where there are no keys to check it with."""
    claims = _claims(token, jwks, http)
    _check(claims, issuer=issuer, client_id=client_id, nonce=nonce, now=now)
    return Identity(
        user=plain(claims.get("fhirUser") or claims.get("profile")),
        name=plain(claims.get("name"))
        or plain(" ".join(str(claims[part]) for part in ("given_name", "family_name") if claims.get(part))),
        subject=plain(f"{claims['iss']}|{claims['sub']}", limit=1000),
    )


def _claims(token: object, jwks: str, http: requests.Session) -> dict[str, Any]:
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        raise IdTokenInvalid("not a signed token")
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, RecursionError):
        raise IdTokenInvalid("not a signed token") from None
    kid, alg = header.get("kid"), str(header.get("alg"))
    if alg not in ALGORITHMS:
        raise IdTokenInvalid("its algorithm is not allowed")
    if not jwks:
        raise KeysUnavailable
    keys, fresh = _keys(jwks, http, anew=False)
    claims = _verified(token, alg, kid, keys)
    if claims is None and not fresh:  # the EHR may have changed its keys since they were kept
        keys, _ = _keys(jwks, http, anew=True)
        claims = _verified(token, alg, kid, keys)
    if claims is None:
        raise IdTokenInvalid("no key of the EHR verifies its signature")
    return claims


def _verified(token: str, alg: str, kid: object, keys: tuple[Mapping[str, Any], ...]) -> dict[str, Any] | None:
    """The claims, if a key verifies them: the key with that kid, or where token or key has none, any key that fits.

    Members of a key beside the key itself are not read, and unknown ones of the token's header are ignored (RFC 7515 section 4):
    a null in the one, or a private mark in the other, says nothing about the signature. An unknown `crit` still refuses.
    """
    registry = JWSRegistry(algorithms=[alg], strict_check_header=False)
    for raw in keys:
        if raw.get("kty") != ALGORITHMS[alg] or (raw.get("use") or "sig") != "sig" or (raw.get("alg") or alg) != alg:
            continue
        if kid is not None and raw.get("kid") not in (None, kid):
            continue
        try:
            key = import_key({name: raw[name] for name in KEY_MEMBERS if name in raw})
            if isinstance(key, RSAKey | ECKey):
                return dict(jwt.decode(token, key, algorithms=[alg], registry=registry).claims)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            continue
    return None


def _keys(url: str, http: requests.Session, *, anew: bool) -> tuple[tuple[Mapping[str, Any], ...], bool]:
    """The EHR's public keys, and whether they were fetched just now. Raises KeysUnavailable."""
    with _lock:
        kept = _kept.get(url)
    if kept and not anew and time.monotonic() - kept[0] < KEEP_SECONDS:
        return kept[1], False
    try:
        status, found = get_json(http, url, "public keys of the EHR")
    except EhrUnreachable as error:
        raise KeysUnavailable from error
    raw = found.get("keys") if status == 200 and found else None
    if not isinstance(raw, list):
        raise KeysUnavailable
    keys = tuple(item for item in raw if isinstance(item, dict))
    with _lock:
        _kept[url] = (time.monotonic(), keys)
    return keys, True


def _check(claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, now: float) -> None:
    audience = claims.get("aud")
    addressed = audience if isinstance(audience, list) else [audience]
    faults = (
        # a trailing slash apart, for some servers write their own name both ways; it cannot name another server
        (base_of(str(claims.get("iss"))) != base_of(issuer), "issued by another server"),
        (client_id not in addressed, "addressed to another app"),
        (len(addressed) > 1 and claims.get("azp", client_id) != client_id, "addressed to another app"),
        (not _is_time(claims.get("exp")), "without an end"),
        (_is_time(claims.get("exp")) and claims["exp"] + LEEWAY < now, "expired"),
        ("iat" in claims and not _is_time(claims["iat"]), "without a time of issue"),
        (_is_time(claims.get("iat")) and claims["iat"] - LEEWAY > now, "issued in the future"),
        (_is_time(claims.get("nbf")) and claims["nbf"] - LEEWAY > now, "not valid yet"),
        (claims.get("nonce") != nonce, "made for another sign-in"),
        (not isinstance(claims.get("sub"), str) or not claims["sub"], "without a subject"),
    )
    for is_so, fault in faults:
        if is_so:
            raise IdTokenInvalid(fault)


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
