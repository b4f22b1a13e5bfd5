"""The practice EHR's signing key and what stands in an id_token (OpenID Connect Core 2, SMART "fhirUser")."""

from __future__ import annotations

import json
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from joserfc.util import urlsafe_b64encode

from launch.practice.faults import Active
from launch.practice.tokens import User

LIFE = 3600


class SigningKey:
    """An RS256 key pair made at the start, and a second one, never published, for forged tokens."""

    def __init__(self) -> None:
        self._key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        self._forger: RSAKey | None = None

    def jwks(self) -> dict[str, Any]:
        """The public key set."""
        return dict(KeySet([self._key]).as_dict(private=False))

    def sign(self, claims: dict[str, Any], active: Active) -> str:
        """An id_token over these claims, signed as the faults in force want it."""
        header = {"alg": "RS256", "kid": str(self._key.kid), "typ": "JWT"}
        if "id-token-unsigned" in active:
            parts = ({"alg": "none"}, claims)
            return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts) + "."
        if "id-token-no-kid" in active:
            del header["kid"]
        if "bad-id-token" in active:
            self._forger = self._forger or RSAKey.generate_key(2048)
            return jwt.encode(header, claims, self._forger)
        return jwt.encode(header, claims, self._key)


def identity(user: User, fhir: str, active: Active, elsewhere: str) -> dict[str, Any]:
    """The claims about the person: sub, name, fhirUser."""
    reference = f"Practitioner/{user.id}"
    base = f"{elsewhere}/fhir/" if "foreign-user" in active else "" if "relative-user" in active else f"{fhir}/"
    claim = "profile" if "id-token-profile" in active else "fhirUser"
    return {"sub": user.id, "name": user.name, claim: base + reference}


def spoiled(claims: dict[str, Any], active: Active, now: int) -> dict[str, Any]:
    """The claims with what the faults in force change about them."""
    changes: dict[str, Any] = {}
    if "id-token-other-nonce" in active:
        changes["nonce"] = "not-the-nonce-that-was-sent"
    if "id-token-other-audience" in active:
        changes["aud"] = ["another-app"]
    if "id-token-other-issuer" in active:
        changes["iss"] = "https://another-issuer.example"
    if "id-token-expired" in active:
        changes |= {"iat": now - 2 * LIFE, "exp": now - LIFE}
    return claims | changes
