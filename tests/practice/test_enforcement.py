"""What the authorization server refuses."""

from __future__ import annotations

from threading import Thread

import pytest

from launch.practice.run import Running
from tests.practice.conftest import Clock
from tests.practice.walker import CALLBACK, EHR_SCOPES, Walker, landed


def test_a_code_is_good_once_and_its_replay_revokes_what_it_gave(app: Walker) -> None:
    code = app.code()
    app.token = app.exchange(code).json()
    assert app.get("Patient/ann").status_code == 200
    assert app.exchange(code).json()["error"] == "invalid_grant"
    assert app.get("Patient/ann").status_code == 401
    assert app.refresh().json()["error"] == "invalid_grant"


def test_a_code_lives_sixty_seconds(app: Walker, clock: Clock) -> None:
    code = app.code()
    clock.ahead = 61
    assert app.exchange(code).json()["error"] == "invalid_grant"


def test_a_code_belongs_to_the_client_it_was_made_for(app: Walker, running: Running) -> None:
    other = Walker(running, "symmetric", verifier=app.verifier)
    assert other.exchange(app.code()).json()["error"] == "invalid_grant"


def test_another_client_cannot_burn_a_code(app: Walker, running: Running) -> None:
    code = app.code()
    Walker(running, "symmetric", verifier=app.verifier).exchange(code)
    assert app.exchange(code).status_code == 200


def test_a_verifier_that_does_not_match_is_refused(app: Walker) -> None:
    assert app.exchange(app.code(), code_verifier="x" * 43).json()["error"] == "invalid_grant"


def test_another_redirect_uri_at_the_token_endpoint_is_refused(app: Walker) -> None:
    assert app.exchange(app.code(), redirect_uri=CALLBACK + "/").json()["error"] == "invalid_grant"


@pytest.mark.parametrize("type_", ["public", "symmetric", "asymmetric"])
@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": "short"},
    ],
)
def test_every_client_must_use_pkce_with_s256(running: Running, type_: str, changes: dict[str, str | None]) -> None:
    app = Walker(running, type_)
    back = landed(app.authorize(app.open(), None, **changes))
    assert back["error"] == "invalid_request"
    assert back["state"] == app.state


@pytest.mark.parametrize("spoil", [lambda aud: aud + "/", lambda aud: aud.replace("/fhir", ""), lambda aud: None])
def test_aud_must_be_the_fhir_base_to_the_last_character(app: Walker, spoil: object) -> None:
    assert landed(app.authorize(app.open(), aud=spoil(app.fhir)))["error"] == "invalid_request"  # type: ignore[operator]


def test_a_request_without_state_is_refused(app: Walker) -> None:
    assert landed(app.authorize(app.open(), state=None))["error"] == "invalid_request"


@pytest.mark.parametrize("uri", [CALLBACK + "/", CALLBACK + "?a=b", "https://elsewhere.example/callback", None])
def test_an_unregistered_redirect_uri_gets_a_page_and_no_redirect(app: Walker, uri: str | None) -> None:
    answer = app.authorize(app.open(), redirect_uri=uri)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_an_unknown_client_gets_a_page_and_no_redirect(app: Walker) -> None:
    answer = app.authorize(app.open(), client_id="nobody")
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_launch_value_is_good_once(app: Walker) -> None:
    launch = app.open()
    assert "code" in landed(app.authorize(launch))
    assert landed(app.authorize(launch))["error"] == "invalid_request"


def test_a_launch_value_grows_old(app: Walker, clock: Clock) -> None:
    launch = app.open()
    clock.ahead = 301
    assert landed(app.authorize(launch))["error"] == "invalid_request"


def test_a_launch_value_belongs_to_the_app_that_was_launched(app: Walker, running: Running) -> None:
    launch = Walker(running, "symmetric").open()
    assert landed(app.authorize(launch))["error"] == "invalid_request"


def test_two_launches_side_by_side_do_not_mix(app: Walker, running: Running) -> None:
    other = Walker(running)
    first, second = app.open("ann"), other.open("bob")
    other.token = other.exchange(landed(other.authorize(second))["code"]).json()
    app.token = app.exchange(landed(app.authorize(first))["code"]).json()
    assert (app.token["patient"], other.token["patient"]) == ("ann", "bob")


@pytest.mark.parametrize(
    "launch, scopes", [("", ["launch"]), ("invented", EHR_SCOPES), ("given", ["patient/Patient.rs"])]
)
def test_launch_and_its_scope_go_together(app: Walker, launch: str, scopes: list[str]) -> None:
    assert landed(app.authorize(app.open() if launch == "given" else launch, scopes))["error"] == "invalid_request"


def test_scopes_are_narrowed_to_what_is_registered(app: Walker) -> None:
    app.launched(
        scopes=[
            "launch",
            "patient/Patient.read",
            "patient/Observation.rs",
            "patient/Condition.cruds",
            "system/*.rs",
            "made-up",
        ]
    )
    assert app.token["scope"].split() == ["launch", "patient/Patient.read", "patient/Condition.rs"]
    assert app.get("Condition", patient="ann").status_code == 200
    refused = app.get("MedicationAdministration", patient="ann")
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]


def test_nothing_registered_among_the_scopes_is_an_invalid_scope(app: Walker) -> None:
    assert landed(app.authorize(app.open(), ["patient/Observation.rs"]))["error"] == "invalid_scope"


def test_without_openid_there_is_no_id_token_and_without_offline_access_no_refresh_token(app: Walker) -> None:
    app.launched(scopes=["launch", "patient/Patient.rs"])
    assert "id_token" not in app.token
    assert "refresh_token" not in app.token


def test_an_access_token_expires(app: Walker, clock: Clock) -> None:
    app.launched()
    clock.ahead = app.token["expires_in"] + 1
    assert app.get("Patient/ann").status_code == 401
    assert app.refresh().status_code == 200


def test_a_refresh_token_used_twice_takes_its_grant_down(app: Walker) -> None:
    old = app.launched().token["refresh_token"]
    app.token = app.refresh().json()
    assert app.get("Patient/ann").status_code == 200
    assert app.refresh(old).json()["error"] == "invalid_grant"
    assert app.get("Patient/ann").status_code == 401
    assert app.refresh().json()["error"] == "invalid_grant"


def test_of_two_refreshes_at_once_one_wins(app: Walker) -> None:
    app.launched()
    codes: list[int] = []
    threads = [Thread(target=lambda: codes.append(app.refresh().status_code)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 400]


def test_a_refresh_may_narrow_but_not_widen_the_scopes(app: Walker) -> None:
    app.launched(scopes=["launch", "offline_access", "patient/Patient.rs"])
    narrow = app.refresh(scope="patient/Patient.rs").json()
    assert narrow["scope"] == "patient/Patient.rs"
    app.launched(scopes=["launch", "offline_access", "patient/Patient.rs"])
    assert app.refresh(scope="patient/Condition.rs").json()["error"] == "invalid_scope"


def test_a_refresh_token_belongs_to_its_client(app: Walker, running: Running) -> None:
    app.launched()
    assert Walker(running, "symmetric").refresh(app.token["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.refresh().status_code == 200


def test_revoking_an_access_token_leaves_the_refresh_token(app: Walker) -> None:
    app.launched()
    assert (
        app.post("revoke", {"token": app.token["access_token"], "token_type_hint": "access_token"}).status_code == 200
    )
    assert app.get("Patient/ann").status_code == 401
    assert app.refresh().status_code == 200


def test_a_client_cannot_revoke_what_is_not_its_own_and_an_unknown_token_is_no_error(
    app: Walker, running: Running
) -> None:
    app.launched()
    Walker(running, "symmetric").post("revoke", {"token": app.token["refresh_token"]})
    assert app.get("Patient/ann").status_code == 200
    assert app.post("revoke", {"token": "unknown"}).status_code == 200
