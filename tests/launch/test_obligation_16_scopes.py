"""SMART App Launch 2.2, obligation 16: the scopes asked and granted."""

from __future__ import annotations

import pytest

from launch.context import allows
from tests.launch.conftest import App
from tests.launch.server import Ehr


@pytest.mark.parametrize(
    ("granted", "action", "allowed"),
    [
        ("patient/MedicationAdministration.rs", "search", True),
        ("patient/MedicationAdministration.read", "search", True),
        ("patient/*.read", "read", True),
        ("user/*.*", "search", True),
        ("patient/*.cruds", "search", True),
        ("patient/MedicationAdministration.rs?category=x", "search", True),
        ("patient/MedicationAdministration.r", "read", True),
        ("patient/MedicationAdministration.r", "search", False),
        ("patient/MedicationAdministration.r patient/MedicationAdministration.s", "search", True),
        ("patient/MedicationAdministration.write", "read", False),
        ("patient/MedicationAdministration.sr", "read", False),
        ("patient/MedicationRequest.rs", "read", False),
        ("system/*.rs", "read", False),
        ("patient/*. launch", "read", False),
        ("", "read", False),
    ],
)
def test_16_what_was_granted_is_read_in_both_spellings(
    app: App, ehr: Ehr, granted: str, action: str, allowed: bool
) -> None:
    ehr.answer["scope"] = granted
    launch = app.launch()
    assert allows(launch, "MedicationAdministration", action) is allowed
    assert launch.scopes == tuple(granted.split())


def test_16_a_narrower_grant_works_on_and_says_what_is_missing(app: App, ehr: Ehr) -> None:
    ehr.answer["scope"] = "launch openid patient/MedicationAdministration.read patient/Patient.r"
    said = " ".join(app.launch().unavailable)
    assert "Diagnoses" in said and "Orders" in said
    assert "MedicationAdministration" not in said and "birth date" not in said


def test_16_without_the_administrations_the_launch_works_on_and_says_that_nothing_can_be_coded(
    app: App, ehr: Ehr
) -> None:
    ehr.answer["scope"] = "launch patient/Condition.rs"
    assert "cannot be coded" in app.launch().unavailable[0]


def test_16_a_grant_that_is_not_named_is_what_was_asked(app: App, ehr: Ehr) -> None:
    ehr.answer["scope"] = None
    launch = app.launch()
    assert launch.scopes == launch.asked and not launch.unavailable


@pytest.mark.parametrize(("capability", "ending"), [("permission-v2", ".rs"), ("permission-v1", ".read")])
def test_16_the_least_is_asked_in_the_spelling_the_ehr_knows(app: App, ehr: Ehr, capability: str, ending: str) -> None:
    ehr.configuration["capabilities"] = [capability]
    clinical = [scope for scope in app.begin()[0].scopes if "/" in scope]
    assert len(clinical) == 12 and all(
        scope.startswith("patient/") and scope.endswith(ending) and "*" not in scope for scope in clinical
    )


def test_16_the_operators_own_list_is_asked_as_it_is(app: App) -> None:
    app.issuer = app.issuer._replace(scopes=("launch", "launch/patient", "openid", "patient/*.read"))
    assert app.begin("x")[0].scopes == ("launch", "openid", "patient/*.read")
    assert app.begin("")[0].scopes == ("launch/patient", "openid", "patient/*.read")
