"""The practice EHR's authorization server: authorize, choose, token, revoke, introspect, jwks; on Authlib's server side."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Request
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from flask import Blueprint, Flask, Response, jsonify, render_template, request

from launch.practice import token_faults
from launch.practice.assertions import Assertion, basic
from launch.practice.callback import answered, stopped
from launch.practice.clients import METHODS
from launch.practice.ehr import STAFF, Ehr
from launch.practice.grants import S256, Chosen, CodeGrant, IdToken, RefreshGrant, SmartRequest
from launch.practice.names import day, name
from launch.practice.tokens import ACCESS_SECONDS, Token

REFRESH_SECONDS = 30 * 24 * 3600


class _Request(FlaskOAuth2Request):  # type: ignore[misc]
    """A request that Authlib takes as arrived over TLS: the practice EHR speaks plain HTTP, and only on loopback."""

    def __init__(self, arrived: Any) -> None:
        super().__init__(arrived)
        self.chosen: Chosen | None = None


class Server(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server with the practice EHR's memory."""

    def __init__(self, app: Flask, ehr: Ehr) -> None:
        self.ehr = ehr
        super().__init__(app, query_client=ehr.clients.get, save_token=self._keep)
        self.register_token_generator("default", self._token)
        self.register_client_auth_method("client_secret_basic", basic)
        self.register_client_auth_method("private_key_jwt", Assertion(ehr))
        self.register_grant(CodeGrant, [S256(required=True), SmartRequest(ehr), IdToken(ehr)])
        self.register_grant(RefreshGrant)
        self.register_endpoint(_Revocation)
        self.register_endpoint(_Introspection)

    def create_oauth2_request(self, _request: Any) -> _Request:
        """Authlib refuses plain HTTP unless told by the environment, which would loosen the app in the same process too."""
        return _Request(_SecureView(request))

    def _token(self, *, scope: str | None, include_refresh_token: bool, **_rest: Any) -> dict[str, Any]:
        held = (scope or "").split()
        body: dict[str, Any] = {"token_type": "Bearer", "access_token": secrets.token_urlsafe(32)}
        body |= {"expires_in": self.ehr.manner.access, "scope": " ".join(held)}
        if include_refresh_token and {"offline_access", "online_access"} & set(held):
            body["refresh_token"] = secrets.token_urlsafe(32)
        return body

    def _keep(self, body: dict[str, Any], asked: Any) -> None:
        old: Token | None = asked.refresh_token
        grant = old.grant if old else asked.authorization_code.grant
        now, active = self.ehr.clock(), self.ehr.faults.active(grant.faults)
        held = tuple(body["scope"].split())
        life = min(self.ehr.manner.access, ACCESS_SECONDS)
        self.ehr.ledger.issue(Token(body["access_token"], "access", grant, held, now + life, old is None))
        if old and "no-rotation" in active:
            body.pop("refresh_token", None)
        if "refresh_token" in body:
            # A narrower refresh must not narrow the grant for good (RFC 6749 6).
            scopes = old.scopes if old else held
            self.ehr.ledger.issue(
                Token(body["refresh_token"], "refresh", grant, scopes, now + REFRESH_SECONDS, old is None)
            )


class _Revocation(RevocationEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = tuple(METHODS.values())

    def query_token(self, value: str, _hint: str | None) -> Token | None:
        found: Token | None = self.server.ehr.ledger.token(value)
        return found

    def revoke_token(self, token: Token, _request: Any) -> None:
        self.server.ehr.ledger.revoke(token)


class _Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = tuple(METHODS.values())

    def query_token(self, value: str, _hint: str | None) -> Token | None:
        ledger = self.server.ehr.ledger
        found: Token | None = ledger.token(value)
        return found if found and ledger.alive(found) else None

    def check_permission(self, token: Token, client: Any, _request: Any) -> bool:
        return token.check_client(client)

    def create_introspection_payload(self, token: Token | None) -> dict[str, Any]:
        if token is None:
            return {"active": False}
        ehr, grant = self.server.ehr, token.grant
        said = {"active": True, "client_id": grant.client_id, "scope": token.get_scope(), "exp": int(token.expires_at)}
        said |= {"iss": ehr.issuer, "sub": grant.user.id, "fhirUser": f"{ehr.fhir}/Practitioner/{grant.user.id}"}
        return said | {
            member: value for member, value in (("patient", grant.patient), ("encounter", grant.encounter)) if value
        }


class _SecureView:
    """A Flask request whose address reads https."""

    def __init__(self, arrived: Any) -> None:
        self._arrived = arrived
        self.url = str(arrived.url).replace("http://", "https://", 1)

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self._arrived, attribute)


def routes(ehr: Ehr, app: Flask) -> Blueprint:
    """The routes below /auth."""
    room = Blueprint("auth", __name__, url_prefix="/auth")
    server = Server(app, ehr)

    @room.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Response | str:
        opened = ehr.ledger.opened(request.values.get("launch", ""))
        try:
            grant = server.get_consent_grant(end_user=STAFF[0] if opened else None)
        except OAuth2Error as error:
            return stopped(ehr, server, error)
        if opened is None:
            query = urlencode(list(request.values.items(multi=True)))
            asks = "launch/patient" in grant.request.scope.split()
            people = (
                [(one, name(ehr, one), day(ehr, one, title)) for one, title in ehr.shelf.patients()] if asks else []
            )
            return render_template("practice/choose.html", query=query, client=grant.client, people=people, staff=STAFF)
        grant.request.chosen = Chosen(STAFF[0], opened.patient, opened.encounter, opened.faults, opened.token)
        return answered(ehr, server, grant, True)

    @room.post("/choose")
    def choose() -> Response | str | tuple[str, int]:
        user = next((one for one in STAFF if one.id == request.form.get("user")), STAFF[0])
        try:
            grant = server.get_consent_grant(end_user=user)
        except OAuth2Error as error:
            return stopped(ehr, server, error)
        asked = grant.request.scope.split()
        patient = request.form.get("patient", "") if "launch/patient" in asked else ""
        allowed = request.form.get("decision") != "deny"
        if allowed and "launch/patient" in asked and patient not in dict(ehr.shelf.patients()):
            return render_template("practice/refused.html", says="No patient was chosen, and the app needs one."), 400
        encounters = ehr.shelf.encounters(patient) if patient and "launch/encounter" in asked else []
        grant.request.chosen = Chosen(user, patient, encounters[0]["id"] if encounters else "", (), "")
        return answered(ehr, server, grant, allowed)

    @room.post("/token")
    def token() -> Response:
        refreshing = request.form.get("grant_type") == "refresh_token"
        refresh, code = request.form.get("refresh_token", ""), request.form.get("code", "")
        held = ehr.ledger.token(refresh, "refresh") if refreshing else ehr.ledger.peek(code)
        active = ehr.faults.active(held.grant.faults if held else ())
        answer: Response = token_faults.instead(ehr, active, refreshing) or server.create_token_response()
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @room.post("/revoke")
    def revoke() -> Response:
        answer: Response = server.create_endpoint_response("revocation")
        return answer

    @room.post("/introspect")
    def introspect() -> Response:
        answer: Response = server.create_endpoint_response("introspection")
        return answer

    @room.get("/jwks")
    def jwks() -> Response:
        answer = jsonify(ehr.key.jwks())
        answer.headers["Cache-Control"] = "public, max-age=60"
        return answer

    return room
