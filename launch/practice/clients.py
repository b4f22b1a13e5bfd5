"""The apps registered at the practice EHR, in the form that Authlib's server side asks of a client."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from launch.practice import scopes

METHODS = {"public": "none", "symmetric": "client_secret_basic", "asymmetric": "private_key_jwt"}


class Client(NamedTuple):
    """One registration. type: public, symmetric (HTTP Basic) or asymmetric (private_key_jwt)."""

    client_id: str
    type: str
    redirect_uris: tuple[str, ...]
    launch_url: str
    scopes: tuple[str, ...]
    secret: str = ""
    jwks_uri: str = ""
    jwks: dict[str, Any] | None = None
    name: str = ""
    standalone_url: str = ""
    basic_encoding: str = "rfc6749"

    def __repr__(self) -> str:
        return f"Client({self.client_id!r}, {self.type!r})"

    @property
    def origin(self) -> str:
        """Scheme and host of the app, for the frame's content security policy."""
        parts = urlsplit(self.launch_url)
        return f"{parts.scheme}://{parts.netloc}"

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """SMART wants redirect_uri in every request, so there is none to fall back on."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What is left of the scopes asked; None, which Authlib answers with invalid_scope, where nothing is left."""
        return " ".join(scopes.narrow((scope or "").split(), self.scopes)) or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, secret: str) -> bool:
        return bool(self.secret) and hmac.compare_digest(self.secret.encode(), secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """One method per client, the same at every endpoint."""
        return METHODS[self.type] == method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


def register(written: Mapping[str, Any]) -> Client:
    """A client from its dict. Raises ValueError where the registration cannot work, saying what is missing."""
    client_id = str(written.get("client_id", ""))
    if written.get("type") not in METHODS:
        raise ValueError(f"Client {client_id!r}: type must be one of {', '.join(METHODS)}.")
    known: dict[str, Any] = {"launch_url": "", "redirect_uris": (), "scopes": ()}
    known |= {name: value for name, value in written.items() if name in Client._fields}
    client = Client(**known | {name: tuple(known[name]) for name in ("redirect_uris", "scopes")})
    if not client_id or not client.redirect_uris:
        raise ValueError(f"Client {client_id!r}: a client_id and at least one redirect URI are needed.")
    if client.type == "symmetric" and not client.secret:
        raise ValueError(f"Client {client_id!r}: a symmetric client needs a secret.")
    if client.type == "asymmetric" and not (client.jwks_uri or client.jwks):
        raise ValueError(f"Client {client_id!r}: an asymmetric client needs jwks_uri or jwks.")
    return client
