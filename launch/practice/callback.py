"""How an authorization ends: a redirect to the app with code or error, with the faults in force, or a page where no redirect is safe."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from authlib.oauth2 import OAuth2Error
from flask import Response, redirect, render_template

from launch.practice.ehr import Ehr
from launch.practice.faults import Active

_REFUSALS = {
    "auth-invalid-scope": ("invalid_scope", "The scopes are not allowed for this app."),
    "auth-server-error": ("server_error", "<script>alert(1)</script> The server failed."),
}


def answered(ehr: Ehr, server: Any, grant: Any, allowed: bool) -> Response:
    """The redirect after the decision. allowed: False where the person refused the app."""
    active = ehr.faults.active(grant.request.chosen.faults)
    for name, (error, says) in _REFUSALS.items():
        if name in active:
            return _back(
                ehr,
                grant.redirect_uri,
                {"error": error, "error_description": says, "state": grant.request.payload.state},
                active,
            )
    user = grant.request.user if allowed and "deny" not in active else None
    answer = server.create_authorization_response(grant=grant, grant_user=user)
    # Given or refused, a launch value ends with the decision.
    ehr.ledger.use(grant.request.chosen.launch)
    return _back(ehr, grant.redirect_uri, _parameters(answer.headers["Location"]), active)


def stopped(ehr: Ehr, server: Any, error: OAuth2Error) -> Response:
    """A request that cannot go on: to the app where its redirect URI is proven, else a page (RFC 6749 4.1.2.1)."""
    if error.redirect_uri:
        answer = server.handle_error_response(None, error)
        return _back(ehr, error.redirect_uri, _parameters(answer.headers["Location"]), Active(()))
    return Response(
        render_template("practice/refused.html", says=error.get_error_description() or error.error), status=400
    )


def _parameters(address: str) -> dict[str, str]:
    """What the answer adds to the redirect URI, whose own query is kept as it is registered."""
    said = dict(parse_qsl(address.partition("?")[2]))
    return {member: said[member] for member in ("code", "state", "error", "error_description") if member in said}


def _back(ehr: Ehr, redirect_uri: str, parameters: dict[str, str], active: Active) -> Response:
    parameters["iss"] = "https://another-issuer.example" if "callback-iss-other" in active else ehr.issuer
    if "state-missing" in active:
        parameters.pop("state", None)
    if "state-wrong" in active:
        parameters["state"] = "not-the-state-that-was-sent"
    if "code-missing" in active:
        parameters.pop("code", None)
    joint = "&" if "?" in redirect_uri else "?"
    answer = redirect(f"{redirect_uri}{joint}{urlencode(parameters)}")
    answer.headers |= {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(headers=answer.headers, status=302)
