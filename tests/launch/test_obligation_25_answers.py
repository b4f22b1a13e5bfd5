"""SMART App Launch 2.2, obligations 25, and RFC 9207: answers at the redirect."""

from __future__ import annotations

import pytest

from launch.problems import (
    AccessDenied,
    CodeMissing,
    IssuerMismatch,
    ServerRefused,
)
from tests.launch.conftest import App
from tests.launch.server import Ehr


def test_25_no_code_and_no_error_is_a_problem_of_its_own(app: App) -> None:
    pending, _ = app.begin()
    with pytest.raises(CodeMissing):
        app.finish(pending, {"state": pending.state})


def test_25_access_denied_keeps_the_servers_words_as_data(app: App) -> None:
    pending, _ = app.begin()
    with pytest.raises(AccessDenied) as caught:
        app.finish(
            pending,
            {"state": pending.state, "error": "access_denied", "error_description": "<script>x</script>" + "y" * 900},
        )
    assert caught.value.description.startswith("<script>") and len(caught.value.description) <= 300
    assert "script" not in caught.value.detail and "script" not in str(caught.value)


@pytest.mark.parametrize("error", ["invalid_scope", "invalid_request", "unauthorized_client", "<img src=x>\n"])
def test_25_any_other_error_is_a_refusal_with_a_safe_code(app: App, error: str) -> None:
    pending, _ = app.begin()
    with pytest.raises(ServerRefused) as caught:
        app.finish(pending, {"state": pending.state, "error": error, "code": "ignored"})
    assert not set("<>\n ") & set(caught.value.error)


@pytest.mark.parametrize("iss", ["https://evil.example", "ORIGIN/auth/other"])
def test_rfc_9207_an_answer_in_another_servers_name_is_refused(app: App, ehr: Ehr, iss: str) -> None:
    pending, url = app.begin()
    with pytest.raises(IssuerMismatch):
        app.finish(pending, {**ehr.authorize(url), "iss": iss.replace("ORIGIN", ehr.origin)})
    assert not ehr.asked("/auth/token")


def test_rfc_9207_an_answer_in_the_right_name_is_taken_and_a_promised_name_is_required(app: App, ehr: Ehr) -> None:
    ehr.configuration["authorization_response_iss_parameter_supported"] = True
    pending, url = app.begin()
    with pytest.raises(IssuerMismatch):
        app.finish(pending, ehr.authorize(url))
    assert app.finish(pending, {**ehr.authorize(url), "iss": f"{ehr.origin}/auth"})
