"""A SMART server as others build it: strict about what the specification demands of an app, odd in all that it allows a server.

It shares nothing with the practice EHR, so that the same misreading of the specification cannot stand on both sides.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import requests
from cryptography.fernet import Fernet
from flask import Flask, Response, redirect, request
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from joserfc.jws import JWSRegistry

from launch.issuers import Issuers
from launch.keys import Keys
from smart_app.application import build
from smart_app.config import Config
from tests.app.browser import Browser, Page
from tests.launch.server import serving

CLIENT, SECRET = "app-7", "Zm9v.b4r_~-x"
ALLOWED = {
    "response_type",
    "client_id",
    "redirect_uri",
    "launch",
    "scope",
    "state",
    "aud",
    "code_challenge",
    "code_challenge_method",
    "nonce",
}
SIGNING = {
    "RS256": RSAKey.generate_key(2048, {"kid": "r"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "e"}),
    "RS384": RSAKey.generate_key(2048, {"kid": "other"}),
}
APP_KEYS = Keys.generate()


class Foreign:
    """faults: what the app did against the specification. The rest: how the server behaves, for a test to change."""

    def __init__(self, client_type: str = "public", origin: str = "", redirect_uri: str = "") -> None:
        self.client_type, self.origin, self.redirect_uri = client_type, origin, redirect_uri
        self.expected_aud = ""
        self.faults: list[str] = []
        self.hits: Counter[str] = Counter()
        self.asked: list[dict[str, str]] = []
        self.forms: list[dict[str, str]] = []
        self.configuration: Callable[[dict[str, Any]], dict[str, Any]] = lambda found: found
        self.answer: Callable[[dict[str, Any]], Any] = lambda found: found
        self.refreshed: Callable[[dict[str, Any]], Any] = lambda found: found
        self.claims: Callable[[dict[str, Any]], dict[str, Any]] = lambda found: found
        self.back: Callable[[dict[str, str]], dict[str, str]] = lambda found: found
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "r"}
        self.published = [key.as_dict(private=False) for key in SIGNING.values()]
        self.instead: dict[str, Callable[[], Response]] = {}  # path -> what answers in place of the usual
        self.suffix = ""  # a query that stands in the addresses already
        self.codes: dict[str, dict[str, str]] = {}
        self.living: set[str] = set()
        self.fresh: set[str] = set()
        self.jtis: set[str] = set()

    def found(self) -> dict[str, Any]:
        return self.configuration(
            {
                "issuer": f"{self.origin}/realm",
                "authorization_endpoint": f"{self.origin}/authorize{self.suffix}",
                "token_endpoint": f"{self.origin}/token{self.suffix}",
                "jwks_uri": f"{self.origin}/keys",
                "grant_types_supported": ["authorization_code"],
                "capabilities": ["launch-ehr", "permission-v2", "sso-openid-connect"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    def demand(self, holds: object, fault: str) -> None:
        if not holds:
            self.faults.append(fault)

    def authorize(self) -> Response:
        pairs = [pair for pair in request.args.items(multi=True) if f"{pair[0]}={pair[1]}" != self.suffix[1:]]
        asked = dict(pairs)
        self.asked.append(asked)
        self.demand(len(pairs) == len(asked), "a parameter twice")
        self.demand(set(asked) <= ALLOWED, f"unknown parameters {set(asked) - ALLOWED}")
        self.demand(ALLOWED - {"nonce", "launch"} <= set(asked), "a parameter is missing")
        self.demand(asked.get("response_type") == "code" and asked.get("client_id") == CLIENT, "wrong client or type")
        self.demand(asked.get("redirect_uri") == self.redirect_uri, "another redirect_uri")
        self.demand(asked.get("aud") == self.expected_aud, "aud is not iss, byte for byte")
        self.demand(asked.get("code_challenge_method") == "S256", "no S256")
        self.demand(len(asked.get("code_challenge", "")) == 43 and len(asked.get("state", "")) >= 22, "guessable")
        self.demand(("launch" in asked) == ("launch" in asked.get("scope", "").split()), "launch without its scope")
        code = secrets.token_urlsafe(12) + "/+="
        self.codes[code] = asked
        return redirect(f"{asked['redirect_uri']}?{urlencode(self.back({'code': code, 'state': asked['state']}))}")

    def token(self) -> Response:
        pairs = parse_qsl(request.get_data(as_text=True), keep_blank_values=True)
        form = dict(pairs)
        self.forms.append(form)
        self.demand(len(pairs) == len(form), "a form field twice")
        self.demand(f"?{request.query_string.decode()}".rstrip("?") == self.suffix, "the query of the address is lost")
        self._client(form)
        if form.get("grant_type") == "refresh_token":
            self.demand(form.get("refresh_token") in self.fresh, "a refresh token used twice, or never given")
            self.demand("scope" not in form, "asks anew for scopes")
            self.fresh.discard(form["refresh_token"])
            return self._send(self.refreshed(self._tokens()))
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None:
            return self._send({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        self.demand(base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"], "wrong verifier")
        self.demand(43 <= len(form.get("code_verifier", "")) <= 128, "verifier of a forbidden length")
        self.demand(form.get("redirect_uri") == asked["redirect_uri"], "another redirect_uri at the token endpoint")
        self.demand("state" not in form and "launch" not in form, "more than is asked for")
        now = int(time.time())
        claims = self.claims(
            {
                "iss": f"{self.origin}/realm",
                "sub": "u1",
                "aud": CLIENT,
                "nonce": asked.get("nonce"),
                "iat": now,
                "exp": now + 60,
                "fhirUser": "Practitioner/1",
            }
        )
        key = SIGNING[self.header["alg"]]
        registry = JWSRegistry(algorithms=list(SIGNING), strict_check_header=False)
        id_token = jwt.encode(dict(self.header), claims, key, registry=registry)
        return self._send(
            self.answer({**self._tokens(), "scope": asked["scope"], "patient": "p-1", "id_token": id_token})
        )

    def _tokens(self) -> dict[str, Any]:
        access, fresh = secrets.token_urlsafe(9), secrets.token_urlsafe(9)
        self.living = {access}
        self.fresh.add(fresh)
        return {"access_token": access, "token_type": "bearer", "expires_in": 300, "refresh_token": fresh}

    def _send(self, answer: Any, status: int = 200) -> Response:
        if isinstance(answer, Response):
            return answer
        return Response(json.dumps(answer), status, content_type="application/json; charset=utf-8")

    def _client(self, form: dict[str, str]) -> None:
        header = request.headers.get("Authorization", "")
        self.demand("client_secret" not in form, "the secret in the form")
        if self.client_type == "public":
            self.demand(form.get("client_id") == CLIENT and not header, "public: client_id in the form and no header")
        elif self.client_type == "symmetric":
            pair = base64.b64decode(header.removeprefix("Basic ")).decode().split(":")
            self.demand([unquote_plus(part) for part in pair] == [CLIENT, SECRET], "wrong Basic header")
        else:
            self.demand(
                not header and form.get("client_id", CLIENT) == CLIENT, "asymmetric: a header, or a wrong client_id"
            )
            self.demand(
                form.get("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion_type",
            )
            said = jws.extract_compact(form["client_assertion"].encode()).headers()
            keys = requests.get(self.redirect_uri.replace("/callback", "/.well-known/jwks.json"), timeout=5).json()
            self.demand(not any({"d", "p", "q"} & set(key) for key in keys["keys"]), "a private key is published")
            key = next(key for key in keys["keys"] if key["kid"] == said["kid"])
            self.demand(said["alg"] == key["alg"] and said.get("typ") == "JWT", "alg or typ of the assertion")
            claims = jwt.decode(
                form["client_assertion"], KeySet.import_key_set(keys), algorithms=["RS384", "ES384"]
            ).claims
            self.demand(claims["iss"] == claims["sub"] == CLIENT, "iss or sub of the assertion")
            self.demand(claims["aud"] == self.found()["token_endpoint"], "aud of the assertion")
            self.demand(time.time() < claims["exp"] <= time.time() + 300, "the assertion lives too long")
            self.demand(claims["jti"] not in self.jtis, "jti twice")
            self.jtis.add(claims["jti"])

    def fhir(self, rest: str) -> Response:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.living:
            return Response(status=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        if rest.startswith("Patient/"):
            found: dict[str, Any] = {"resourceType": "Patient", "id": rest.removeprefix("Patient/")}
        else:
            found = {"resourceType": "Bundle", "type": "searchset"}
        return Response(json.dumps(found), content_type="application/fhir+json")


def _served(ehr: Foreign) -> Flask:
    app = Flask("foreign")

    @app.route("/<path:path>", methods=["GET", "POST", "HEAD"])
    def everything(path: str) -> Any:
        where = f"/{path}"
        ehr.hits[where] += 1
        if where in ehr.instead:
            return ehr.instead[where]()
        if where == "/r4/.well-known/smart-configuration":
            return ehr._send(ehr.found())
        if where == "/keys":
            return ehr._send({"keys": ehr.published})
        if where == "/authorize":
            return ehr.authorize()
        if where == "/token" and request.method == "POST":
            return ehr.token()
        if where.startswith("/r4/") and ".well-known" not in where:
            return ehr.fhir(where.removeprefix("/r4/"))
        return Response("nothing here", 404)

    return app


class World(SimpleNamespace):
    """ehr: the server; app: the app's address; browser: one browser."""

    ehr: Foreign
    app: str
    browser: Browser

    def launch_url(self, slash: str = "", launch: str = "a+b/c=é") -> str:
        self.ehr.expected_aud = f"{self.ehr.origin}/r4{slash}"
        return f"{self.app}/launch?{urlencode({'iss': self.ehr.expected_aud, 'launch': launch})}"

    def launch(self, slash: str = "", stop_at: str = "") -> Page:
        return self.browser.get(self.launch_url(slash), stop_at=stop_at)


@contextmanager
def world(client_type: str = "public", **settings: Any) -> Iterator[World]:
    """The server and the app, over loopback HTTP. settings: of the issuer."""
    ehr = Foreign(client_type)
    built: list[Flask] = []
    with serving(_served(ehr)) as origin, serving(lambda *call: built[0](*call)) as base:
        ehr.origin, ehr.redirect_uri = origin, f"{base}/callback"
        issuer = {
            "name": "Foreign",
            "iss": f"{origin}/r4",
            "client_id": CLIENT,
            "client_type": client_type,
            "allow_http": True,
            **({"client_secret": SECRET} if client_type == "symmetric" else {}),
            **settings,
        }
        built.append(build(Config(base, Issuers.read([issuer]), APP_KEYS, Fernet.generate_key())))
        yield World(ehr=ehr, app=base, browser=Browser(SimpleNamespace(app=base)))  # type: ignore[arg-type]
