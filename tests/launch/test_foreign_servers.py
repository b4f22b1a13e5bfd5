"""The whole app, over real HTTP, against a server that was not written to please it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from flask import Response

from launch import discovery, identity
from tests.app.browser import Browser, Page, title
from tests.launch.claims import after, dated
from tests.launch.foreign import CLIENT, SECRET, World, world

WELL_KNOWN = "/r4/.well-known/smart-configuration"
CLIENTS: list[dict[str, Any]] = [
    {"client_type": "public"},
    {"client_type": "symmetric"},
    {"client_type": "asymmetric"},
    {"client_type": "asymmetric", "key_alg": "ES384"},
]


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    discovery.forget()
    identity.forget()


@pytest.fixture(scope="module")
def _world() -> Iterator[World]:
    with world() as here:
        yield here


@pytest.fixture
def here(_world: World) -> Iterator[World]:
    """One server and one app for all tests of the module, as new for each; the app may never have broken a rule."""
    _world.ehr.__init__(origin=_world.ehr.origin, redirect_uri=_world.ehr.redirect_uri)  # type: ignore[misc]
    _world.browser.cookie = ""
    yield _world
    assert not _world.ehr.faults


def opened(page: Page) -> bool:
    return page.status == 200 and "/e/" in page.url


def with_(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Members replaced; None takes one out."""
    return lambda found: {key: value for key, value in {**found, **changes}.items() if value is not None}


@pytest.mark.parametrize("settings", CLIENTS, ids=lambda one: " ".join(one.values()))
def test_a_strict_server_finds_no_fault_in_a_launch_a_refresh_and_a_second_launch(settings: dict[str, Any]) -> None:
    with world(**settings) as here:
        here.ehr.suffix = "?tenant=t1"
        assert opened(here.launch())
        here.ehr.living.clear()  # the access token runs out
        page = here.launch(slash="/")
        assert opened(page)
        here.ehr.living.clear()
        assert opened(here.browser.get(f"{page.url}?fresh"))
        assert [form["grant_type"] for form in here.ehr.forms][-1] == "refresh_token"
        assert not here.ehr.faults


def test_the_launch_value_comes_back_as_it_was_given(here: World) -> None:
    here.browser.get(here.launch_url(launch="ÿ\r\nSet-Cookie: a=b&state=x#%00+"), stop_at="/callback")
    assert here.ehr.asked[0]["launch"] == "ÿ\r\nSet-Cookie: a=b&state=x#%00+"


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": None, "jwks_uri": None},
        {"issuer": None},
        {"code_challenge_methods_supported": ["plain"]},
        {"code_challenge_methods_supported": None},
        {"capabilities": []},
        {"x_own": {"a": [None]}, "scopes_supported": ["openid"]},
    ],
    ids=str,
)
def test_a_thin_or_an_odd_configuration_is_enough(here: World, changes: dict[str, Any]) -> None:
    here.ehr.configuration = with_(**changes)
    assert opened(here.launch())


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": None},
        {"scope": "openid patient/MedicationAdministration.read"},
        {"expires_in": "300"},
        {"expires_in": 1e300},
        {"expires_in": 10**30},
        {"expires_in": "soon"},
        {"patient": "Patient/p-1"},
        {"refresh_token": None},
        {"id_token": None},
        {"fhirContext": [{"reference": "ImagingStudy/1"}, "Encounter/e", 7]},
    ],
    ids=str,
)
def test_token_answers_of_every_make_are_read(here: World, changes: dict[str, Any]) -> None:
    here.ehr.answer = with_(**changes)
    assert opened(here.launch())


@pytest.mark.parametrize(
    "changes",
    [{"refresh_token": "\ud800"}, {"scope": "openid \udfff"}, {"access_token": "a\r\nX: y"}, {"token_type": "mac"}],
    ids=ascii,
)
def test_a_token_answer_that_can_be_neither_kept_nor_sent_is_refused_in_words(
    here: World, changes: dict[str, Any]
) -> None:
    here.ehr.answer = with_(**changes)
    assert here.launch().status == 502


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "RS256", "kid": "r"},
        {"alg": "RS256"},
        {"alg": "ES256", "kid": "e"},
        {"alg": "ES256"},
        {"alg": "RS256", "kid": "r", "pi.atm": "1"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "of_key", [{}, {"kid": None}, {"alg": None, "use": None, "x5u": None}, {"key_ops": "verify"}], ids=str
)
def test_the_user_is_known_whatever_marks_tokens_and_keys_bear(
    here: World, header: dict[str, Any], of_key: dict[str, Any]
) -> None:
    here.ehr.header = header
    drop = [name for name, value in of_key.items() if value is None and name == "kid"]
    here.ehr.published = [
        {name: value for name, value in {**key, **of_key}.items() if name not in drop} for key in here.ehr.published
    ]
    page = here.launch()
    assert opened(page) and "carry no name" not in page.text


@pytest.mark.parametrize(
    "changes",
    [{"aud": ["x", CLIENT]}, {"iat": after(30), "exp": after(90)}, {"fhirUser": "https://x.example/Patient/1"}],
    ids=str,
)
def test_claims_that_differ_within_reason_are_believed(here: World, changes: dict[str, Any]) -> None:
    here.ehr.claims = with_(**dated(changes))
    assert opened(here.launch())


@pytest.mark.parametrize("changes", [{"nonce": None}, {"aud": "other"}, {"iss": "https://other.example"}], ids=str)
def test_claims_of_another_launch_app_or_server_refuse_the_launch(here: World, changes: dict[str, Any]) -> None:
    here.ehr.claims = with_(**changes)
    page = here.launch()
    assert page.status == 403 and "/e/" not in page.url


def test_a_key_that_the_server_does_not_publish_for_it_refuses_the_launch(here: World) -> None:
    here.ehr.published = [key for key in here.ehr.published if key["kid"] != "r"]
    assert here.launch().status == 403


def test_an_id_token_that_was_not_asked_for_is_not_read() -> None:
    with world(scopes=["launch", "patient/*.rs"]) as here:
        here.ehr.claims = with_(nonce=None)
        assert opened(here.launch())
        assert "nonce" not in here.ehr.asked[0]


@pytest.mark.parametrize(
    ("issuer", "said", "status"),
    [
        ("kept", "/realm", 200),
        ("kept", "/realm/", 200),
        ("kept", "https://honest.example", 400),
        ("hidden", "/realm", 200),
        ("hidden", "https://honest.example", 400),
    ],
)
def test_an_answer_in_the_name_of_another_server_gets_no_code(here: World, issuer: str, said: str, status: int) -> None:
    if issuer == "hidden":
        here.ehr.configuration = with_(issuer=None, jwks_uri=None)
    here.ehr.back = with_(iss=here.ehr.origin + said if said.startswith("/") else said)
    assert here.launch().status == status
    assert bool(here.ehr.forms) == (status == 200)


@pytest.mark.parametrize(
    ("back", "status"),
    [
        ({"error": "access_denied", "error_description": "<script>x</script>", "error_uri": "javascript:x"}, 403),
        ({"error": "invalid_scope\r\nX: y", "error_description": "é" * 5000}, 502),
        ({"error": "unauthorized_client", "state": None}, 400),
        ({}, 502),
    ],
    ids=["denied", "odd", "without state", "nothing"],
)
def test_a_refusal_at_the_redirect_is_told_and_nothing_of_it_is_run(
    here: World, back: dict[str, Any], status: int
) -> None:
    here.ehr.back = with_(code=None, **back)
    page = here.launch()
    assert page.status == status and title(page)
    assert "<script>x" not in page.text and "javascript:" not in page.text and not here.ehr.forms


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (("<b>Sign in</b>", 400), 502),
        (('{"error":"invalid_client","error_description":"Jane Roe"}', 401), 502),
        (('{"error":["x"]}', 400), 502),
        (("", 307, {"Location": "http://127.0.0.1:1/stolen"}), 502),
        (("", 503), 502),
    ],
    ids=["page", "json", "list", "redirect", "down"],
)
def test_a_refusal_at_the_token_endpoint_is_told(here: World, answer: tuple[Any, ...], status: int) -> None:
    here.ehr.answer = lambda _: Response(*answer)
    page = here.launch()
    assert page.status == status and title(page) and "Jane Roe" not in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"authorization_endpoint": "https://other.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "http://169.254.169.254/token"},
        {"token_endpoint": "https://127.0.0.1@other.example/token"},
    ],
    ids=str,
)
def test_an_endpoint_elsewhere_gets_neither_browser_nor_code(here: World, changes: dict[str, Any]) -> None:
    here.ehr.configuration = with_(**changes)
    page = here.launch()
    assert page.status == 502 and page.way == (page.url,)


def test_keys_elsewhere_are_not_fetched_and_nobody_is_named(here: World) -> None:
    here.ehr.configuration = with_(jwks_uri="http://169.254.169.254/keys")
    page = here.launch()
    assert opened(page) and "could not be checked" in page.text


def test_discovery_does_not_follow_to_another_origin_nor_read_without_end(here: World) -> None:
    here.ehr.instead[WELL_KNOWN] = lambda: Response("", 302, {"Location": "http://localhost:1/x"})
    assert here.launch().status == 502
    here.ehr.instead[WELL_KNOWN] = lambda: Response(b" " * 65536 for _ in range(400))
    assert here.launch().status == 502


def test_one_issuers_configuration_never_serves_another() -> None:
    with world() as first, world() as second:
        assert opened(first.launch()) and opened(second.launch())
        assert first.ehr.hits[WELL_KNOWN] == second.ehr.hits[WELL_KNOWN] == 1
        first.ehr.header = {"alg": "RS256", "kid": "r"}
        first.ehr.claims = with_(iss=f"{second.ehr.origin}/realm")
        assert first.launch().status == 403


def test_a_refused_access_token_is_renewed_once_for_all_threads_and_then_the_session_ends(here: World) -> None:
    page = here.launch()
    here.ehr.living.clear()
    here.ehr.refreshed = with_(refresh_token=None, expires_in=None)
    with ThreadPoolExecutor(4) as pool:
        browsers = [Browser(SimpleNamespace(app=here.app)) for _ in range(4)]  # type: ignore[arg-type]
        for browser in browsers:
            browser.cookie = here.browser.cookie
        pages = list(pool.map(lambda browser: browser.get(f"{page.url}?fresh"), browsers))
    assert all(opened(one) for one in pages)
    assert [form["grant_type"] for form in here.ehr.forms].count("refresh_token") == 1
    here.ehr.refreshed = lambda _: Response('{"error":"invalid_grant"}', 403)
    here.ehr.living.clear()
    here.ehr.fresh.update(form["refresh_token"] for form in here.ehr.forms if "refresh_token" in form)
    assert here.browser.get(f"{page.url}?fresh").status == 401


def test_a_launch_begun_while_another_finishes_does_not_bring_back_the_old_cookie(here: World) -> None:
    callback = here.launch(stop_at="/callback").url
    other = Browser(SimpleNamespace(app=here.app))  # type: ignore[arg-type]
    other.cookie = before = here.browser.cookie
    begun = other.one("GET", here.launch_url())
    assert begun.status_code == 302 and "Set-Cookie" not in begun.headers
    assert opened(here.browser.get(callback)) and here.browser.cookie != before
    other.cookie = before
    assert other.get(begun.headers["Location"]).status == 400  # the id of before is good for nothing any more


@pytest.mark.parametrize("path", ["/launch", "/callback"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_get_is_taken_where_a_launch_comes_in(here: World, path: str, method: str) -> None:
    refused = requests.request(method, here.app + path, data={"code": "x", "state": "y"}, timeout=5)
    assert refused.status_code == 405 and "GET" in refused.headers["Allow"]


@pytest.mark.parametrize(
    "iss",
    ["//", "?x", "#x", "/../r4", "/%2e%2e/r4", "\\@other.example", "@other.example", "\r\nX: y", "ÿ", "\x00"],
    ids=ascii,
)
def test_an_iss_that_only_looks_like_the_registered_one_is_asked_nothing(here: World, iss: str) -> None:
    asked = requests.get(
        f"{here.app}/launch",
        params={"iss": f"{here.ehr.origin}/r4{iss}", "launch": "x"},
        timeout=5,
        allow_redirects=False,
    )
    assert asked.status_code == 403 and not here.ehr.hits


@pytest.mark.parametrize("client_type", ["symmetric", "asymmetric"])
def test_no_log_at_any_level_holds_a_secret(caplog: pytest.LogCaptureFixture, client_type: str) -> None:
    with world(client_type) as here:
        caplog.set_level(logging.DEBUG)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # the test's own web server writes every address
        kept: list[str] = []

        def noting(found: dict[str, Any]) -> dict[str, Any]:
            kept.extend(str(found[name]) for name in ("access_token", "refresh_token"))
            return found

        here.ehr.answer = here.ehr.refreshed = noting
        page = here.launch()
        here.ehr.living.clear()
        here.browser.get(f"{page.url}?fresh")
        here.ehr.answer = lambda found: Response(json.dumps({"error": "x", "error_description": noting(found)}), 400)
        here.launch()
        sent = [
            value
            for form in here.ehr.forms
            for name, value in form.items()
            if name not in ("grant_type", "redirect_uri")
        ]
        asked = [one[name] for one in here.ehr.asked for name in ("state", "nonce", "code_challenge", "launch")]
        public = {CLIENT, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
        secrets = {*kept, *sent, *asked, SECRET, "p-1", here.browser.cookie} - public
        assert len(secrets) > 10 and not [one for one in secrets if one in caplog.text]
    logging.getLogger("werkzeug").setLevel(logging.NOTSET)
