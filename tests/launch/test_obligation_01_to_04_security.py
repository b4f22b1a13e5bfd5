"""SMART App Launch 2.2, obligations 1 to 4: security in general."""

from __future__ import annotations

import base64
import hashlib

import pytest
from flask import redirect

from launch.http import AddressRefused, guarded
from launch.problems import (
    ServerRefused,
    StateExpired,
    StateUnknown,
    TokenUnreadable,
)
from tests.launch.conftest import App, asked_of
from tests.launch.server import CALLBACK, Ehr


def test_01_nothing_is_sent_over_plain_http_to_another_machine() -> None:
    with pytest.raises(AddressRefused):
        guarded(allow_loopback_http=True).get("http://ehr.example/fhir")
    with pytest.raises(AddressRefused):
        guarded().get("http://127.0.0.1:1/fhir")


def test_01_a_token_request_that_is_redirected_takes_the_code_nowhere_else(app: App, ehr: Ehr) -> None:
    pending, url = app.begin()
    ehr.raw["/auth/token"] = redirect(f"{ehr.origin}/elsewhere", 307)
    with pytest.raises(TokenUnreadable):
        app.finish(pending, ehr.authorize(url))
    assert not ehr.asked("/elsewhere")


def test_01_no_address_brought_to_the_callback_is_followed(app: App, ehr: Ehr) -> None:
    pending, _ = app.begin()
    with pytest.raises(ServerRefused):
        app.finish(pending, {"state": pending.state, "error": "server_error", "error_uri": f"{ehr.origin}/elsewhere"})
    assert not ehr.asked("/elsewhere")


def test_02_the_redirect_address_is_the_registered_one_in_both_requests(app: App, ehr: Ehr) -> None:
    pending, url = app.begin()
    app.finish(pending, ehr.authorize(url))
    assert asked_of(url)["redirect_uri"] == ehr.asked("/auth/token")[0]["redirect_uri"] == CALLBACK


@pytest.mark.parametrize("methods", [["S256"], ["plain"], [], None])
def test_03_pkce_is_s256_whatever_discovery_says_of_it(app: App, ehr: Ehr, methods: list[str] | None) -> None:
    ehr.configuration["code_challenge_methods_supported"] = methods
    pending, url = app.begin()
    expected = base64.urlsafe_b64encode(hashlib.sha256(pending.verifier.encode()).digest()).decode().rstrip("=")
    assert (asked_of(url)["code_challenge_method"], asked_of(url)["code_challenge"]) == ("S256", expected)
    assert 43 <= len(pending.verifier) <= 128
    app.finish(pending, ehr.authorize(url))
    assert ehr.asked("/auth/token")[0]["code_verifier"] == pending.verifier


def test_04_each_launch_has_its_own_state_of_at_least_128_bits(app: App) -> None:
    launches = [app.begin() for _ in range(20)]
    assert len({pending.state for pending, _ in launches}) == 20
    for pending, url in launches:
        assert len(base64.urlsafe_b64decode(pending.state + "=")) >= 16
        assert asked_of(url)["state"] == pending.state


@pytest.mark.parametrize("state", ["", "another", "é\ud800"])
def test_04_a_state_that_is_not_ours_is_refused_before_code_or_error_are_looked_at(
    app: App, ehr: Ehr, state: str
) -> None:
    pending, url = app.begin()
    for rest in ({"code": ehr.authorize(url)["code"]}, {"error": "access_denied"}, {}):
        with pytest.raises(StateUnknown):
            app.finish(pending, {"state": state, **rest})
    assert not ehr.asked("/auth/token")


def test_04_the_state_of_one_launch_does_not_finish_another(app: App, ehr: Ehr) -> None:
    (first, _), (_, other_url) = app.begin(), app.begin()
    with pytest.raises(StateUnknown):
        app.finish(first, ehr.authorize(other_url))


def test_04_a_launch_begun_at_one_ehr_is_not_finished_at_another(app: App, ehr: Ehr) -> None:
    pending, url = app.begin()
    app.issuer = app.issuer._replace(name="Another EHR")
    with pytest.raises(StateUnknown):
        app.finish(pending, ehr.authorize(url))


def test_04_a_launch_left_lying_for_a_quarter_of_an_hour_is_over(app: App, ehr: Ehr) -> None:
    pending, url = app.begin()
    with pytest.raises(StateExpired):
        app.finish(pending, ehr.authorize(url), now=pending.created + 901)
