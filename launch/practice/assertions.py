"""How an app proves who it is: HTTP Basic as RFC 6749 2.3.1 writes it, and private_key_jwt (RFC 7523, SMART asymmetric clients)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

import requests
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from launch.practice.clients import Client
from launch.practice.ehr import Ehr
from launch.practice.metadata import SIGNING

LONGEST_LIFE = 300
LEEWAY = 5
FETCH_SECONDS = 5


def basic(query_client: Callable[[str], Client | None], request: Any) -> Client | None:
    """The client that sent its id and secret by HTTP Basic. Raises InvalidClientError, InvalidRequestError."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    if "client_secret" in request.form:
        raise InvalidRequestError("The secret was sent twice.")
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidClientError(status_code=401, description="The Basic header cannot be read.") from None
    client = query_client(unquote_plus(client_id))
    if client and client.basic_encoding == "rfc6749":
        secret = unquote_plus(secret)
    if client is None or not client.check_client_secret(secret):
        raise InvalidClientError(status_code=401, description="The client id or the secret is wrong.")
    return client


class Assertion(JWTBearerClientAssertion):  # type: ignore[misc]
    """private_key_jwt: RS384 or ES384, kid, typ JWT, aud the token endpoint, at most five minutes, jti used once."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, ehr: Ehr) -> None:
        super().__init__(leeway=LEEWAY)
        self._ehr = ehr

    def get_audiences(self) -> list[str]:
        return [f"{self._ehr.issuer}/token"]

    def resolve_client_public_key(self, client: Client) -> KeySet:
        """The client's public keys, fetched anew each time, so that a rotated key is known at once. Raises InvalidClientError."""
        try:
            if not client.jwks_uri:
                return KeySet.import_key_set(client.jwks)  # type: ignore[arg-type]
            answer = requests.get(client.jwks_uri, timeout=FETCH_SECONDS, allow_redirects=False)
            answer.raise_for_status()
            return KeySet.import_key_set(answer.json())
        except (requests.RequestException, JoseError, ValueError, TypeError, KeyError, AttributeError):
            raise InvalidClientError(description="The keys of the app could not be fetched or read.") from None

    def process_assertion_claims(self, assertion: str, resolve_key: Any) -> Any:
        """Raises InvalidClientError."""
        headers, claims = self.extract_assertion(assertion)
        client: Client | None = self._ehr.clients.get(claims["sub"])
        if not headers.get("kid") or headers.get("typ") != "JWT":
            raise InvalidClientError(description="The assertion needs kid and typ JWT in its header.")
        if "jku" in headers and (client is None or headers["jku"] != client.jwks_uri):
            raise InvalidClientError(description="jku is not the registered address of the keys.")
        try:
            token = jwt.decode(assertion, resolve_key, algorithms=list(SIGNING))
        except (JoseError, ValueError) as error:
            raise InvalidClientError(description="The signature of the assertion cannot be verified.") from error
        self.verify_claims(token.claims)
        return token.claims

    def validate_jti(self, claims: dict[str, Any], jti: str) -> bool:
        """False, which is answered with invalid_client, for a second use; raises InvalidClientError for a long-lived assertion."""
        if claims["exp"] - self._ehr.clock() > LONGEST_LIFE + LEEWAY:
            raise InvalidClientError(description="The assertion lives longer than five minutes.")
        return self._ehr.ledger.first_use(str(claims["sub"]), str(jti), float(claims["exp"]))
