"""A small authorization server on loopback. It enforces what a launch must honour, and commits one fault at a time on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from flask import Flask, Response, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT = "chairtime-test"
SECRET = "s3cr3t a+b/c%d=="  # noqa: S105 - reserved characters tell the two encodings of HTTP Basic apart
CALLBACK = "https://app.example/callback"
TYPES = "MedicationAdministration Condition Encounter Patient Medication MedicationRequest Coverage Practitioner Location Procedure"
GRANT = " ".join(["launch openid fhirUser online_access", *(f"patient/{name}.rs" for name in TYPES.split())])
KEYS = {kid: RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}) for kid in ("first", "second")}
KEYS["curve"] = ECKey.generate_key("P-384", {"kid": "curve", "use": "sig"})  # type: ignore[assignment]


class Ehr:
    """The server's behaviour, to be changed by a test, and what it saw."""

    def __init__(self) -> None:
        self.origin = ""
        self.seen: list[tuple[str, str, dict[str, str], Mapping[str, str]]] = []
        self.client_type = "public"
        self.app_keys: KeySet | None = None
        self.configuration: dict[str, Any] = {}  # members replaced; None takes one out
        self.raw: dict[str, Response] = {}  # path -> the answer instead
        self.answer: dict[str, Any] = {}  # members of the token answer replaced; None takes one out
        self.refresh_answer: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.token_header: dict[str, Any] = {"alg": "RS256", "kid": "first"}
        self.signing = "first"
        self.published: tuple[str, ...] = ("first",)
        self.codes: dict[str, dict[str, str]] = {}
        self.refresh_tokens: set[str] = set()
        self.jtis: set[str] = set()
        self.refusals: list[str] = []

    @property
    def base(self) -> str:
        return f"{self.origin}/r4/fhir"

    def asked(self, path: str) -> list[dict[str, str]]:
        return [values for _, where, values, _ in self.seen if where == path]

    def discovery(self) -> dict[str, Any]:
        return _with(
            {
                "issuer": f"{self.origin}/auth",
                "authorization_endpoint": f"{self.origin}/auth/authorize",
                "token_endpoint": f"{self.origin}/auth/token",
                "jwks_uri": f"{self.origin}/auth/jwks",
                "revocation_endpoint": f"{self.origin}/auth/revoke",
                "grant_types_supported": ["authorization_code"],
                "capabilities": ["launch-ehr", "permission-v2", "sso-openid-connect"],
                "code_challenge_methods_supported": ["S256"],
            },
            self.configuration,
        )

    def authorize(self, url: str) -> dict[str, str]:
        """What the browser brings to the callback once the person has agreed. Plays the authorize endpoint's part."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, form: dict[str, str], header: str) -> Response:
        fault = self._client_fault(form, header)
        if fault:
            return self._refuse(fault, 401)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(form)
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None:
            return self._refuse("invalid_grant")
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
            .decode()
            .rstrip("=")
        )
        if asked.get("code_challenge") != challenge or form.get("redirect_uri") != asked["redirect_uri"]:
            return self._refuse("invalid_grant")
        return self._tokens(
            {"id_token": self.id_token(asked.get("nonce", "")), "patient": "p1", "encounter": "e1"}, self.answer
        )

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": f"{self.origin}/auth",
            "aud": CLIENT,
            "sub": "u1",
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
            "fhirUser": "Practitioner/d1",
            "name": "Dr Ada Ito",
        }
        key = KEYS[self.signing]
        return jwt.encode(
            dict(self.token_header), _with(claims, self.claims), key, algorithms=[self.token_header["alg"]]
        )

    def _refresh(self, form: dict[str, str]) -> Response:
        if form["refresh_token"] not in self.refresh_tokens:
            return self._refuse("invalid_grant")
        self.refresh_tokens.remove(form["refresh_token"])
        if not set(form.get("scope", "").split()) <= set(GRANT.split()):
            return self._refuse("invalid_scope")
        return self._tokens({}, self.refresh_answer)

    def _tokens(self, more: dict[str, Any], changes: dict[str, Any]) -> Response:
        fresh = secrets.token_urlsafe(12)
        self.refresh_tokens.add(fresh)
        answer = {
            "access_token": secrets.token_urlsafe(12),
            "token_type": "Bearer",
            "expires_in": 600,
            "scope": GRANT,
            "refresh_token": fresh,
            **more,
        }
        return _json(_with(answer, changes))

    def _client_fault(self, form: dict[str, str], header: str) -> str:
        if self.client_type == "public":
            return (
                ""
                if form.get("client_id") == CLIENT and not header and "client_assertion" not in form
                else "invalid_client"
            )
        if self.client_type.startswith("symmetric"):
            pair = base64.b64decode(header.removeprefix("Basic ")).decode().split(":", 1)
            decoded = pair if self.client_type.endswith("raw") else [unquote_plus(part) for part in pair]
            return (
                ""
                if decoded == [CLIENT, SECRET] and not {"client_id", "client_secret"} & set(form)
                else "invalid_client"
            )
        assert self.app_keys is not None
        assertion = jwt.decode(form["client_assertion"], self.app_keys, algorithms=["RS384", "ES384"])
        claims, now = assertion.claims, time.time()
        good = (
            form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            and assertion.header.get("typ") == "JWT"
            and assertion.header.get("kid")
            and claims["iss"] == claims["sub"] == CLIENT
            and claims["aud"] == f"{self.origin}/auth/token"
            and now < claims["exp"] <= now + 300
            and claims["jti"] not in self.jtis
            and not header
            and "client_id" not in form
        )
        self.jtis.add(claims["jti"])
        return "" if good else "invalid_client"

    def _refuse(self, error: str, status: int = 400) -> Response:
        self.refusals.append(error)
        return _json({"error": error, "error_description": f"because of {error}"}, status)


def _with(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**values, **changes}.items() if value is not None}


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status, {"Cache-Control": "no-store"}, content_type="application/json")


def _app(ehr: Ehr) -> Flask:
    app = Flask("ehr")

    @app.route("/<path:path>", methods=["GET", "POST"])
    def everything(path: str) -> Any:
        where = f"/{path}"
        ehr.seen.append((request.method, where, dict(request.values), dict(request.headers)))
        if where in ehr.raw:
            return ehr.raw[where]
        if where == "/r4/fhir/.well-known/smart-configuration":
            return _json(ehr.discovery())
        if where == "/auth/token" and request.method == "POST":
            return ehr.token(dict(request.form), request.headers.get("Authorization", ""))
        if where == "/auth/jwks":
            return _json({"keys": [{"kty": "odd"}, *(KEYS[kid].as_dict(private=False) for kid in ehr.published)]})
        if where == "/auth/revoke":
            return Response(status=200)
        if where == "/elsewhere":
            return redirect(f"{ehr.origin}/landed?{urlencode(request.args)}")
        return Response("nothing here", 404)

    return app


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The origin of a WSGI app on a free port of this machine, while it lasts."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def running() -> Iterator[Ehr]:
    """A fresh, well-behaved EHR."""
    ehr = Ehr()
    with serving(_app(ehr)) as origin:
        ehr.origin = origin
        yield ehr
