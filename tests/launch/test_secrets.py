"""No secret leaves by a log, a text form or a problem; every problem speaks plainly."""

from __future__ import annotations

import inspect
import logging
import traceback

import pytest
from flask import Response

from launch import problems
from launch.handshake import refresh, revoke
from launch.keys import Keys
from launch.problems import LaunchProblem, TokenRefused
from tests.launch.conftest import App
from tests.launch.server import SECRET, Ehr

PROBLEMS = [value for value in vars(problems).values() if inspect.isclass(value) and issubclass(value, LaunchProblem)]


def test_text_forms_hide_every_secret(app: App, ehr: Ehr) -> None:
    app.issuer = app.issuer._replace(client_secret=SECRET)
    pending, url = app.begin("launch-value")
    app.issuer = app.issuer._replace(client_secret="")
    launch = app.finish(pending, ehr.authorize(url))
    keys = Keys.generate()
    issuer = app.issuer._replace(client_type="symmetric", client_secret=SECRET)
    shown = " ".join(
        f"{thing!r} {thing!s} {thing}" for thing in (pending, launch, keys, issuer, [launch], {"a": pending})
    )
    for secret in (
        pending.state,
        pending.verifier,
        pending.nonce,
        "launch-value",
        launch.access_token,
        launch.refresh_token,
        launch.patient,
        SECRET,
    ):
        assert secret not in shown
    assert keys.signer("RS384")[0].as_dict(private=True)["d"] not in shown


def test_a_whole_launch_logs_no_secret_even_at_the_finest_level(
    app: App, ehr: Ehr, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    pending, url = app.begin()
    answer = ehr.authorize(url)
    launch = app.finish(pending, answer)
    later = refresh(launch, app.issuer, app.endpoints, None, app.http)
    revoke(later, app.issuer, app.endpoints, None, app.http)
    for secret in (
        pending.state,
        pending.verifier,
        answer["code"],
        launch.access_token,
        launch.refresh_token,
        later.access_token,
    ):
        assert secret not in caplog.text


def test_a_refusal_carries_no_code_and_no_words_of_the_server_into_the_log(app: App, ehr: Ehr) -> None:
    pending, url = app.begin()
    answer = ehr.authorize(url)
    ehr.raw["/auth/token"] = Response(
        f'{{"error": "invalid_grant", "error_description": "code {answer["code"]} of Jane Roe"}}', 400
    )
    with pytest.raises(TokenRefused) as caught:
        app.finish(pending, answer)
    text = "".join(traceback.format_exception(caught.value)) + caught.value.detail
    assert answer["code"] not in text and "Jane Roe" not in text and pending.verifier not in text


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.code)
def test_every_problem_says_what_happened_what_it_means_and_what_to_do(problem: type[LaunchProblem]) -> None:
    found = problem()
    assert found.title and not found.title.endswith(".")
    assert found.means.endswith(".") and found.do.endswith(".")
    assert 400 <= found.status < 600 and found.code == found.code.lower()
    assert str(found) and found.detail is not None


def test_problems_have_codes_of_their_own() -> None:
    codes = [problem.code for problem in PROBLEMS]
    assert len(codes) == len(set(codes))


def test_details_are_one_short_printable_line() -> None:
    assert LaunchProblem("a\r\nb\x00\x1b[31m" + "c" * 1000).detail.startswith("a b [31m")
    assert len(LaunchProblem("c" * 1000).detail) == 300
