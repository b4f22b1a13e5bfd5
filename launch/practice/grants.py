"""Authlib's grants with what SMART App Launch 2.2.0 adds: aud, launch, context beside the token, and the strictness of real EHRs."""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode

from launch.practice import openid, token_faults
from launch.practice.clients import METHODS
from launch.practice.ehr import Ehr
from launch.practice.faults import Active
from launch.practice.tokens import Code, Grant, Token, User


class Chosen(NamedTuple):
    """What the person, or the frame that launched, decided. launch: the opaque value that is used up by it."""

    user: User
    patient: str
    encounter: str
    faults: tuple[str, ...]
    launch: str


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    """The authorization code grant (RFC 6749 4.1). Codes live CODE_SECONDS and are spent by their first use, good or bad."""

    TOKEN_ENDPOINT_AUTH_METHODS = tuple(METHODS.values())

    def save_authorization_code(self, value: str, request: Any) -> None:
        """Raises InvalidRequestError where the launch value was used in the meantime."""
        ehr: Ehr = self.server.ehr
        chosen: Chosen = request.chosen
        if chosen.launch and not ehr.ledger.use(chosen.launch):
            raise InvalidRequestError(
                "The launch value has been used already.", redirect_uri=request.payload.redirect_uri
            )
        active = ehr.faults.active(chosen.faults)
        granted = token_faults.granted(tuple(request.scope.split()), active)
        grant = Grant(
            secrets.token_urlsafe(16),
            request.client.client_id,
            chosen.patient,
            chosen.encounter,
            chosen.user,
            granted,
            chosen.faults,
        )
        data = request.payload.data
        ehr.ledger.give(
            Code(
                value,
                grant,
                request.payload.redirect_uri,
                data["code_challenge"],
                data["code_challenge_method"],
                data.get("nonce", ""),
                ehr.clock(),
            )
        )

    def query_authorization_code(self, value: str, client: Any) -> Code | None:
        found: Code | None = self.server.ehr.ledger.take(value, client.client_id)
        return found

    def delete_authorization_code(self, code: Code) -> None:
        """Nothing to do: the code was spent when it was looked up."""

    def authenticate_user(self, code: Code) -> User:
        return code.grant.user

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """The token response with its launch context."""
        status, body, headers = super().create_token_response()
        return status, with_context(self.server.ehr, self.request.authorization_code.grant, body), headers


class RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]
    """Refresh with rotation (RFC 6749 6, RFC 9700 4.14.2): a refresh token used twice takes the whole grant down."""

    TOKEN_ENDPOINT_AUTH_METHODS = tuple(METHODS.values())
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, value: str) -> Token | None:
        found: Token | None = self.server.ehr.ledger.token(value, "refresh")
        return found

    def validate_token_request(self) -> None:
        """Raises InvalidGrantError where the token was used, revoked or has expired."""
        super().validate_token_request()
        ehr: Ehr = self.server.ehr
        token: Token = self.request.refresh_token
        lax = "no-rotation" in ehr.faults.active(token.grant.faults)
        if not (ehr.ledger.alive(token) if lax else ehr.ledger.spend(token)):
            raise InvalidGrantError("The refresh token was used before, was revoked or has expired.")

    def authenticate_user(self, token: Token) -> User:
        return token.grant.user

    def revoke_old_credential(self, token: Token) -> None:
        """Nothing to do: the token was spent when it was checked."""

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """The token response; the launch context is repeated."""
        status, body, headers = super().create_token_response()
        ehr: Ehr = self.server.ehr
        grant = self.request.refresh_token.grant
        if "refresh-odd-id-token" in ehr.faults.active(grant.faults):
            now = int(ehr.clock())
            claims = {"iss": ehr.issuer, "sub": grant.user.id, "iat": now, "exp": now + openid.LIFE}
            body["id_token"] = ehr.key.sign(claims, Active(()))
        return status, with_context(ehr, grant, body), headers


class S256(CodeChallenge):  # type: ignore[misc]
    """PKCE for every client, S256 only (SMART: servers shall not support plain)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: Any) -> None:
        """Raises InvalidRequestError."""
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE is required: code_challenge with code_challenge_method S256.")
        super().validate_code_challenge(grant, redirect_uri)


class SmartRequest:
    """What SMART wants of an authorization request beyond OAuth: state, aud equal to the FHIR base, launch with its scope."""

    def __init__(self, ehr: Ehr) -> None:
        self._ehr = ehr

    def __call__(self, grant: Any) -> None:
        grant.register_hook("after_validate_authorization_request_payload", self.check)

    def check(self, grant: Any, _result: Any) -> None:
        """Raises InvalidRequestError."""
        request = grant.request
        data = request.payload.data
        if not data.get("state"):
            raise InvalidRequestError("state is missing.")
        if data.get("aud") != self._ehr.fhir:
            raise InvalidRequestError("aud is not the FHIR base of this server, to the last character.")
        launch = data.get("launch", "")
        if bool(launch) != ("launch" in request.scope.split()):
            raise InvalidRequestError("The scope launch and the parameter launch go together.")
        opened = self._ehr.ledger.opened(launch) if launch else None
        if launch and (opened is None or opened.client_id != request.client.client_id):
            raise InvalidRequestError("The launch value is unknown, used, too old or meant for another app.")


class IdToken(OpenIDCode):  # type: ignore[misc]
    """The id_token of the code grant: RS256, kid, nonce, fhirUser."""

    def __init__(self, ehr: Ehr) -> None:
        super().__init__(require_nonce=False)
        self._ehr = ehr

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        """False: the request is checked twice on its way, and a code is good only once."""
        return False

    def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
        ehr, code = self._ehr, request.authorization_code
        active = ehr.faults.active(code.grant.faults)
        now = int(ehr.clock())
        claims: dict[str, Any] = {
            "iss": ehr.issuer,
            "aud": [request.client.client_id],
            "iat": now,
            "exp": now + openid.LIFE,
        }
        claims |= self.get_authorization_code_claims(code)
        claims |= openid.identity(code.grant.user, ehr.fhir, active, ehr.manner.elsewhere)
        return ehr.key.sign(openid.spoiled(claims, active, now), active)


def with_context(ehr: Ehr, grant: Grant, body: dict[str, Any]) -> dict[str, Any]:
    """The token response with patient, encounter, banner and style, as the faults in force want them."""
    context: dict[str, Any] = {"need_patient_banner": True, "smart_style_url": f"{ehr.base_url}/practice/style.json"}
    if grant.patient:
        context["patient"] = grant.patient
    if grant.encounter:
        context["encounter"] = grant.encounter
    return token_faults.altered(body | context, ehr.faults.active(grant.faults), ehr.manner.elsewhere)
