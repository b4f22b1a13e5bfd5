"""SMART App Launch 2.2, obligations 22 to 24: refresh and end."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Response

from launch.handshake import refresh, revoke
from launch.problems import (
    EhrUnreachable,
    SessionEnded,
)
from tests.launch.conftest import App
from tests.launch.server import GRANT, Ehr


@pytest.mark.parametrize("access", ["online_access", "offline_access"])
def test_22_the_kind_of_refresh_token_asked_for_is_the_operators_choice(app: App, access: str) -> None:
    app.issuer = app.issuer._replace(access=access)
    assert [scope for scope in app.begin()[0].scopes if scope.endswith("_access")] == [access]
    app.issuer = app.issuer._replace(access="")
    assert not [scope for scope in app.begin()[0].scopes if scope.endswith("_access")]


def test_22_a_rotated_refresh_token_replaces_the_old_one(app: App, ehr: Ehr) -> None:
    first = app.launch()
    second = refresh(first, app.issuer, app.endpoints, None, app.http)
    third = refresh(second, app.issuer, app.endpoints, None, app.http)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    with pytest.raises(SessionEnded):
        refresh(first, app.issuer, app.endpoints, None, app.http)


def test_22_a_refresh_that_brings_no_new_refresh_token_keeps_the_old_one(app: App, ehr: Ehr) -> None:
    ehr.refresh_answer["refresh_token"] = None
    first = app.launch()
    assert refresh(first, app.issuer, app.endpoints, None, app.http).refresh_token == first.refresh_token


def test_22_a_refresh_asks_no_scope_for_a_narrower_grant_would_make_it_too_much(app: App, ehr: Ehr) -> None:
    ehr.answer["scope"] = "patient/MedicationAdministration.rs"
    refresh(app.launch(), app.issuer, app.endpoints, None, app.http)
    assert set(ehr.asked("/auth/token")[-1]) == {"grant_type", "refresh_token", "client_id"}


def test_22_an_id_token_of_a_refresh_is_not_read_and_the_context_stays(app: App, ehr: Ehr) -> None:
    ehr.refresh_answer = {
        "id_token": "rubbish",
        "encounter": "other",
        "scope": "patient/*.rs",
        "need_patient_banner": False,
    }
    first = app.launch()
    second = refresh(first, app.issuer, app.endpoints, None, app.http)
    changed = {name for name in first._fields if getattr(first, name) != getattr(second, name)}
    assert changed <= {"access_token", "refresh_token", "expires_at", "scopes", "unavailable"}
    assert second.scopes == ("patient/*.rs",)


def test_22_a_refresh_that_narrows_or_widens_the_grant_changes_what_is_said_to_be_missing(app: App, ehr: Ehr) -> None:
    ehr.answer.update(encounter=None)
    ehr.refresh_answer["scope"] = "patient/MedicationAdministration.rs"
    narrowed = refresh(app.launch(), app.issuer, app.endpoints, None, app.http)
    assert any("Diagnoses" in said for said in narrowed.unavailable) and any(
        "encounter is open" in said for said in narrowed.unavailable
    )
    ehr.refresh_answer["scope"] = GRANT
    widened = refresh(narrowed, app.issuer, app.endpoints, None, app.http)
    assert not any("Diagnoses" in said for said in widened.unavailable) and any(
        "encounter is open" in said for said in widened.unavailable
    )


def test_22_a_refresh_for_another_patient_ends_the_session(app: App, ehr: Ehr) -> None:
    ehr.refresh_answer["patient"] = "another"
    with pytest.raises(SessionEnded):
        refresh(app.launch(), app.issuer, app.endpoints, None, app.http)


def test_22_a_refresh_that_finds_the_ehr_down_may_be_tried_again(app: App, ehr: Ehr) -> None:
    launch = app.launch()
    ehr.raw["/auth/token"] = Response("", 503)
    with pytest.raises(EhrUnreachable):
        refresh(launch, app.issuer, app.endpoints, None, app.http)
    ehr.raw.clear()
    assert refresh(launch, app.issuer, app.endpoints, None, app.http)


def test_23_without_a_refresh_token_the_end_of_the_session_is_told_beforehand(app: App, ehr: Ehr) -> None:
    ehr.answer["refresh_token"] = None
    launch = app.launch()
    hour = datetime.fromtimestamp(launch.expires_at).astimezone().strftime("%H:%M")
    assert f"ends at {hour}" in launch.unavailable[-1]
    with pytest.raises(SessionEnded):
        refresh(launch, app.issuer, app.endpoints, None, app.http)


@pytest.mark.parametrize(
    "answer", [Response('{"error": "invalid_grant"}', 400), Response("<html>", 200), Response("", 401)]
)
def test_23_a_refused_refresh_ends_the_session(app: App, ehr: Ehr, answer: Response) -> None:
    launch = app.launch()
    ehr.raw["/auth/token"] = answer
    with pytest.raises(SessionEnded) as caught:
        refresh(launch, app.issuer, app.endpoints, None, app.http)
    assert "on screen" in caught.value.means and caught.value.status == 401


def test_24_sign_out_revokes_the_refresh_token_first(app: App, ehr: Ehr) -> None:
    launch = app.launch()
    assert revoke(launch, app.issuer, app.endpoints, None, app.http) is True
    assert [form["token"] for form in ehr.asked("/auth/revoke")] == [launch.refresh_token, launch.access_token]
    assert all(form["client_id"] for form in ehr.asked("/auth/revoke"))


@pytest.mark.parametrize("answer", [Response("", 400), Response("", 503), None])
def test_24_sign_out_does_its_best_and_never_fails(app: App, ehr: Ehr, answer: Response | None) -> None:
    if answer is None:
        ehr.configuration["revocation_endpoint"] = None
    else:
        ehr.raw["/auth/revoke"] = answer
    assert revoke(app.launch(), app.issuer, app.endpoints, None, app.http) is False
