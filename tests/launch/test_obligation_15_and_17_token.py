"""SMART App Launch 2.2, obligations 15 and 17: the token answer."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from flask import Response

from launch.context import expired
from launch.problems import (
    EhrUnreachable,
    PatientMissing,
    TokenRefused,
    TokenUnreadable,
)
from tests.launch.conftest import App
from tests.launch.server import Ehr


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER"])
@pytest.mark.parametrize(("expires_in", "seconds"), [(600, 600), ("570", 570), (570.0, 570)])
def test_15_token_type_in_any_case_and_expires_in_as_number_or_text(
    app: App, ehr: Ehr, kind: str, expires_in: Any, seconds: int
) -> None:
    ehr.answer.update(token_type=kind, expires_in=expires_in)
    pending, url = app.begin()
    launch = app.finish(pending, ehr.authorize(url), now=pending.created + 3)
    assert launch.expires_at == pending.created + 3 + seconds
    assert not expired(launch, pending.created) and expired(launch, launch.expires_at - 5)


@pytest.mark.parametrize("expires_in", [None, "soon", [], 0, -1, True, float("inf")])
def test_15_an_end_that_is_absent_or_makes_no_sense_is_unknown(app: App, ehr: Ehr, expires_in: Any) -> None:
    ehr.answer["expires_in"] = expires_in
    launch = app.launch()
    assert launch.expires_at == 0 and not expired(launch, 4e9)


@pytest.mark.parametrize(
    "members",
    [
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": "a\r\nX:y"},
        {"access_token": "a\x00b"},
        {"token_type": "mac"},
    ],
)
def test_15_an_answer_without_a_usable_bearer_token_is_unreadable(app: App, ehr: Ehr, members: dict[str, Any]) -> None:
    ehr.answer.update(members)
    with pytest.raises(TokenUnreadable):
        app.launch()


@pytest.mark.parametrize("body", ["<html>sign in</html>", "[]", "", '{"access_token": "x"', "[" * 100_000])
def test_15_an_answer_that_is_no_json_object_is_unreadable(app: App, ehr: Ehr, body: str) -> None:
    ehr.raw["/auth/token"] = Response(body, 200)
    with pytest.raises(TokenUnreadable):
        app.launch()


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, "invalid_grant"), (403, "invalid_grant"), (401, "invalid_client"), (200, "invalid_request")],
)
def test_15_a_refusal_keeps_the_servers_words_as_data(app: App, ehr: Ehr, status: int, error: str) -> None:
    ehr.raw["/auth/token"] = Response(json.dumps({"error": error, "error_description": "<b>no</b>\n" * 200}), status)
    with pytest.raises(TokenRefused) as caught:
        app.launch()
    assert caught.value.error == error and len(caught.value.description) <= 300 and "\n" not in caught.value.description
    assert "<b>" not in caught.value.detail


def test_15_a_token_endpoint_in_trouble_is_unreachable(app: App, ehr: Ehr) -> None:
    ehr.raw["/auth/token"] = Response("oops", 503)
    with pytest.raises(EhrUnreachable):
        app.launch()


def test_15_a_code_is_good_once(app: App, ehr: Ehr) -> None:
    pending, url = app.begin()
    answer = ehr.authorize(url)
    app.finish(pending, answer)
    with pytest.raises(TokenRefused):
        app.finish(pending, answer)


def test_15_the_access_token_is_never_parsed(app: App, ehr: Ehr) -> None:
    for token in ("not.a.jwt", base64.b64encode(b"\x00\xff").decode(), "x" * 5000):
        ehr.answer["access_token"] = token
        assert app.launch().access_token == token


@pytest.mark.parametrize(
    "patient", [None, "", "../admin", "Practitioner/1", "https://elsewhere.example/fhir/Patient/9", {}, "p1/../p2"]
)
def test_17_a_launch_without_a_usable_patient_stops_and_gives_its_token_back(app: App, ehr: Ehr, patient: Any) -> None:
    ehr.answer["patient"] = patient
    with pytest.raises(PatientMissing):
        app.launch()
    assert [form["token_type_hint"] for form in ehr.asked("/auth/revoke")] == ["refresh_token", "access_token"]
