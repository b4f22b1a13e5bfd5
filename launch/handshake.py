"""The launch itself: begin, finish, refresh, revoke (SMART App Launch 2.2, RFC 6749, RFC 7636, RFC 9207, RFC 7009).

What the caller owes:
* `Pending` is kept on the server, bound to the browser's session, and taken out once: the store makes a state one-shot.
* `refresh` of one launch runs one at a time and its result is stored before the next begins. Two at once use a refresh token
  twice, which servers take for theft and answer by ending the session.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session

from launch.answers import Pending, code_of, received
from launch.client import client_for, exchange, renew, revoke_one
from launch.context import NAMELESS, NO_ENCOUNTER, UNCHECKED, Context, Launch, read_context, session_sentence
from launch.discovery import Endpoints
from launch.identity import Identity, KeysUnavailable, identify
from launch.issuers import Issuer, base_of
from launch.keys import Keys
from launch.problems import (
    IdTokenInvalid,
    IssuerNotAllowed,
    PatientMissing,
    SessionEnded,
    TokenRefused,
    TokenUnreadable,
)
from launch.scopes import sentences, split, to_ask

__all__ = ["Pending", "begin", "finish", "received", "refresh", "revoke"]

NOBODY = Identity(user="", name="", subject="")


def begin(
    issuer: Issuer, endpoints: Endpoints, iss: str, redirect_uri: str, launch: str = "", now: float | None = None
) -> tuple[Pending, str]:
    """What to remember, and the address at the EHR to send the browser to. No launch value: a standalone launch.

    Raises IssuerNotAllowed where iss is not that of the issuer.
    """
    if base_of(iss) != base_of(issuer.iss):
        raise IssuerNotAllowed("iss is not that of the chosen EHR")
    pending = Pending(
        state=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(64),
        nonce=secrets.token_urlsafe(24),
        iss=iss,
        issuer_name=issuer.name,
        launch=launch,
        redirect_uri=redirect_uri,
        scopes=to_ask(
            issuer.scopes,
            ehr_launch=bool(launch),
            version_2="permission-v2" in endpoints.capabilities,
            access=issuer.access,
        ),
        created=int(_now(now)),
    )
    return pending, _authorize_url(pending, issuer, endpoints)


def finish(
    pending: Pending,
    issuer: Issuer,
    endpoints: Endpoints,
    params: Mapping[str, str],
    keys: Keys | None,
    http: requests.Session,
    now: float | None = None,
) -> Launch:
    """The launch, from what the browser brought to the redirect address. http: a guarded session.

    State comes first: nothing else of an answer that is not ours is looked at. Raises StateUnknown, StateExpired, IssuerMismatch,
    AccessDenied, ServerRefused, CodeMissing, TokenRefused, TokenUnreadable, IdTokenInvalid, PatientMissing, EhrUnreachable.
    """
    moment = _now(now)
    code = code_of(pending, issuer, endpoints, params, moment)
    client = client_for(issuer, endpoints, keys, http, moment)
    answer = exchange(client, endpoints, code=code, verifier=pending.verifier, redirect_uri=pending.redirect_uri)
    context = read_context(answer, pending.iss, allow_http=issuer.allow_http)
    launch = _launch(pending, answer, context, moment)
    try:
        identity, remark = _identity(answer.get("id_token"), pending, issuer, endpoints, http, moment)
        if not context.patient:
            raise PatientMissing(issuer.name)
    except (IdTokenInvalid, PatientMissing):
        revoke(launch, issuer, endpoints, keys, http)  # a refused launch leaves no live token behind
        raise
    return launch._replace(
        user=identity.user,
        user_name=identity.name,
        subject=identity.subject,
        unavailable=(
            *sentences(launch.scopes),
            *(() if launch.encounter else (NO_ENCOUNTER,)),
            *remark,
            *session_sentence(launch.refresh_token, launch.expires_at),
        ),
    )


def refresh(
    launch: Launch,
    issuer: Issuer,
    endpoints: Endpoints,
    keys: Keys | None,
    http: requests.Session,
    now: float | None = None,
) -> Launch:
    """The launch with a new access token, and with the new refresh token where the EHR rotates them.

    Patient, encounter and user stay those of the launch; an id_token is neither needed nor read. Raises SessionEnded where the EHR
    refuses, EhrUnreachable where it does not answer (then it may be tried again).
    """
    if not launch.refresh_token:
        raise SessionEnded("no refresh token")
    moment = _now(now)
    try:
        answer = renew(client_for(issuer, endpoints, keys, http, moment), endpoints, launch.refresh_token)
    except TokenRefused as problem:
        raise SessionEnded(f"refresh refused: {problem.error}") from problem
    except TokenUnreadable as problem:
        raise SessionEnded(problem.detail) from problem
    patient = read_context(answer, launch.iss).patient
    if patient and patient != launch.patient:
        raise SessionEnded("the renewed session is for another patient")
    scopes = split(answer["scope"]) if answer.get("scope") else launch.scopes
    rotated = answer.get("refresh_token")
    lost = sentences(launch.scopes)
    return launch._replace(
        access_token=answer["access_token"],
        refresh_token=rotated if isinstance(rotated, str) and rotated else launch.refresh_token,
        expires_at=_expiry(answer, moment),
        scopes=scopes,
        unavailable=(*sentences(scopes), *(said for said in launch.unavailable if said not in lost)),
    )


def revoke(launch: Launch, issuer: Issuer, endpoints: Endpoints, keys: Keys | None, http: requests.Session) -> bool:
    """Whether the EHR took back the tokens, refresh token first. Best effort: it never raises for what the EHR does."""
    tokens = [(launch.refresh_token, "refresh_token"), (launch.access_token, "access_token")]
    if not endpoints.revoke:
        return False
    done = [
        revoke_one(client_for(issuer, endpoints, keys, http, time.time()), endpoints, token, hint)
        for token, hint in tokens
        if token
    ]
    return bool(done) and all(done)


def _now(now: float | None) -> float:
    return time.time() if now is None else now


def _authorize_url(pending: Pending, issuer: Issuer, endpoints: Endpoints) -> str:
    url, _ = OAuth2Session(client_id=issuer.client_id, code_challenge_method="S256").create_authorization_url(
        endpoints.authorize,
        state=pending.state,
        code_verifier=pending.verifier,
        redirect_uri=pending.redirect_uri,
        scope=" ".join(pending.scopes),
        aud=pending.iss,
        nonce=pending.nonce if "openid" in pending.scopes else None,
        launch=pending.launch or None,
    )
    return str(url)


def _launch(pending: Pending, answer: Mapping[str, Any], context: Context, now: float) -> Launch:
    refresh_token = answer.get("refresh_token")
    return Launch(
        id=secrets.token_urlsafe(24),
        iss=pending.iss,
        issuer_name=pending.issuer_name,
        access_token=answer["access_token"],
        refresh_token=refresh_token if isinstance(refresh_token, str) else "",
        expires_at=_expiry(answer, now),
        scopes=pending.scopes if answer.get("scope") is None else split(answer["scope"]),
        asked=pending.scopes,
        started=int(now),
        **context._asdict(),
    )


def _expiry(answer: Mapping[str, Any], now: float) -> int:
    return int(now) + answer["expires_in"] if "expires_in" in answer else 0


def _identity(
    token: object, pending: Pending, issuer: Issuer, endpoints: Endpoints, http: requests.Session, now: float
) -> tuple[Identity, tuple[str, ...]]:
    if not token or "openid" not in pending.scopes:  # one that was not asked for answers no nonce of ours
        return NOBODY, (NAMELESS,)
    if not endpoints.issuer:
        return NOBODY, (UNCHECKED,)
    try:
        found = identify(
            token,
            issuer=endpoints.issuer,
            client_id=issuer.client_id,
            nonce=pending.nonce,
            jwks=endpoints.jwks,
            http=http,
            now=now,
        )
    except KeysUnavailable:
        return NOBODY, (UNCHECKED,)
    return found, ()
