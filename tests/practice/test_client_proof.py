"""How a client must prove who it is, and what a registration must hold."""

from __future__ import annotations

import time
from threading import Thread

import pytest
import requests
from flask import Flask, jsonify
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from launch.practice.run import Running
from tests.practice.walker import ALL, JWKS, SECRET, Walker, landed, registration


def test_a_symmetric_client_needs_its_secret_in_the_rfc_encoding(running: Running) -> None:
    app = Walker(running, "symmetric")
    raw = {"auth": requests.auth.HTTPBasicAuth("app-symmetric", SECRET), "data": {}}
    for proof in (
        raw,
        {"data": {"client_id": "app-symmetric"}},
        {"data": {"client_id": "app-symmetric", "client_secret": SECRET}},
        {"headers": {"Authorization": "Basic !!!"}, "data": {}},
        app.proof() | {"data": {"client_secret": "sent twice"}},
    ):
        answer = app.exchange(app.code(), proof)
        assert answer.status_code in (400, 401)
        assert answer.json()["error"] in ("invalid_client", "invalid_request")


def test_a_raw_secret_is_taken_where_the_registration_says_so(running: Running) -> None:
    own = {"secret": "a+b/c%d=="}
    running.ehr.add_client(registration("symmetric", client_id="app-raw", basic_encoding="raw", **own))
    app = Walker(running, "raw")
    assert (
        app.exchange(app.code(), {"auth": requests.auth.HTTPBasicAuth("app-raw", "a+b/c%d=="), "data": {}}).status_code
        == 200
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"sub": "somebody"},
        {"aud": "https://elsewhere.example/token"},
        {"exp": int(time.time()) - 60},
        {"exp": int(time.time()) + 3600},
        {"jti": None},
        {"exp": None},
        {"header": {"kid": None}},
        {"header": {"kid": "unknown"}},
        {"header": {"typ": "at+jwt"}},
        {"header": {"alg": "RS256"}},
        {"header": {"jku": "https://elsewhere.example/jwks"}},
    ],
    ids=str,
)
def test_an_assertion_that_is_not_right_in_every_part_is_refused(running: Running, changes: dict[str, object]) -> None:
    app = Walker(running, "asymmetric")
    answer = app.exchange(app.code(), app.proof(app.assertion(**changes)))
    assert answer.json()["error"] == "invalid_client"


def test_an_assertion_signed_by_another_key_is_refused(running: Running) -> None:
    stranger = RSAKey.generate_key(2048, {"kid": str(JWKS["keys"][0]["kid"])})
    app = Walker(running, "asymmetric", key=stranger)
    assert app.exchange(app.code()).json()["error"] == "invalid_client"


def test_an_assertion_is_good_once(running: Running) -> None:
    app = Walker(running, "asymmetric")
    used = app.proof(app.assertion())
    assert app.exchange(app.code(), used).status_code == 200
    assert app.exchange(app.code(), used).json()["error"] == "invalid_client"


def test_an_asymmetric_client_cannot_go_without_an_assertion(running: Running) -> None:
    app = Walker(running, "asymmetric")
    assert app.exchange(app.code(), {"data": {"client_id": app.client_id}}).json()["error"] == "invalid_client"


def test_the_keys_are_fetched_from_the_address_the_client_registered(running: Running) -> None:
    site = Flask("keys")
    site.add_url_rule("/jwks.json", view_func=lambda: jsonify(JWKS))
    server = make_server("127.0.0.1", 0, site, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    uri = f"http://127.0.0.1:{server.server_port}/jwks.json"
    running.ehr.add_client(registration("asymmetric", client_id="app-fetched", jwks=None, jwks_uri=uri))
    app = Walker(running, "asymmetric")
    code = landed(app.authorize(_opened(app), client_id="app-fetched"))["code"]
    try:
        proof = app.proof(app.assertion(iss="app-fetched", sub="app-fetched", header={"jku": uri}))
        assert app.exchange(code, proof).status_code == 200
    finally:
        server.shutdown()
        server.server_close()
    code = landed(app.authorize(_opened(app), client_id="app-fetched"))["code"]
    refused = app.exchange(code, app.proof(app.assertion(iss="app-fetched", sub="app-fetched")))
    assert refused.json()["error"] == "invalid_client"


def _opened(app: Walker) -> str:
    return app.running.ehr.ledger.open("app-fetched", "ann", "", ()).token


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "secretive"},
        {"type": "symmetric", "secret": ""},
        {"type": "asymmetric", "jwks": None},
        {"redirect_uris": []},
    ],
    ids=str,
)
def test_a_registration_that_cannot_work_is_refused_at_once(running: Running, changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="app-bad"):
        running.ehr.add_client(registration("public", client_id="app-bad", scopes=ALL) | changes)
