"""Who pays, as the chart's Coverage says it, and what a payer changes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.policy import payers, policy_for
from coding.policy_differences import differences_from_default
from coding.rules import CARDS
from smart_app.coverage import payer_of

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CLASS = "http://terminology.hl7.org/CodeSystem/coverage-class"


def coverage(name: str = "", id: str = "c1", **more: Any) -> dict[str, Any]:
    resource = {
        "resourceType": "Coverage",
        "id": id,
        "status": "active",
        "beneficiary": {"reference": "Patient/p"},
        "payor": [{"display": name}] if name else None,
        **more,
    }
    return {key: value for key, value in resource.items() if value is not None}


def plan(name: str) -> list[dict[str, Any]]:
    return [{"type": {"coding": [{"system": CLASS, "code": "plan"}]}, "value": "X1", "name": name}]


@pytest.mark.parametrize(
    ("name", "payer"),
    [
        ("Medicare Part B", "medicare"),
        ("MEDICARE", "medicare"),
        ("Centers for Medicare & Medicaid Services", "medicare"),
        ("Noridian Healthcare Solutions", "medicare"),
        ("UnitedHealthcare Choice Plus", "unitedhealthcare"),
        ("United Health Care", "unitedhealthcare"),
        ("UHC", "unitedhealthcare"),
        ("Aetna PPO", "aetna"),
        ("Cigna Healthcare", "cigna"),
        ("Humana Inc.", "humana"),
        ("Regence BlueShield", "regence"),
        ("SelectHealth", "select-health"),
        ("Priority Health", "priority-health"),
    ],
)
def test_a_payer_is_read_from_its_name(name: str, payer: str) -> None:
    found = payer_of([coverage(name)])
    assert (found.payer, found.said) == (payer, name) and name in found.why


def test_a_payer_is_read_from_an_organization_beside_the_coverage_or_inside_it() -> None:
    organization = {"resourceType": "Organization", "id": "o", "name": "Aetna Life Insurance"}
    by_reference = coverage(payor=[{"reference": "https://ehr.example/Organization/o"}])
    inside = coverage(payor=[{"reference": "#o"}], contained=[organization])
    assert payer_of([by_reference, organization]).payer == payer_of([inside]).payer == "aetna"
    assert payer_of([by_reference]).payer == ""


def test_a_payer_is_read_from_plan_type_and_the_r5_shape() -> None:
    assert payer_of([coverage(**{"class": plan("Cigna Open Access Plus")})]).payer == "cigna"
    assert payer_of([coverage(insurer={"display": "Humana"}, payor=None)]).payer == "humana"
    typed = coverage(type={"coding": [{"system": "https://nahdo.org/sopt", "code": "121"}]})
    assert payer_of([typed]).payer == "medicare"
    r5 = [{"type": {"text": "plan"}, "value": {"value": "UHC 77"}}]
    assert payer_of([coverage(**{"class": r5})]).payer == "unitedhealthcare"


@pytest.mark.parametrize(
    "one",
    [
        coverage("Humana", type={"text": "Medicare Advantage HMO"}),
        coverage("Humana Gold Plus"),
        coverage("UnitedHealthcare", **{"class": plan("AARP Medicare Advantage PPO")}),
        coverage("Aetna Medicare Advantage"),
    ],
)
def test_medicare_advantage_is_said_to_be_no_medicare_fee_for_service(one: dict[str, Any]) -> None:
    found = payer_of([one])
    assert found.payer == "medicare"
    assert "Medicare Advantage" in found.why and "not Medicare fee-for-service" in found.why


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Oregon Medicaid", "Medicaid"),
        ("Aetna Better Health Medicaid", "Medicaid"),
        ("AARP Medicare Supplement", "supplement"),
        ("Medigap Plan G (Aetna)", "supplement"),
        ("TRICARE West", "military"),
        ("Self-pay", "self-pay"),
        ("State Workers' Compensation Fund", "workers"),
    ],
)
def test_a_plan_without_a_table_is_named_and_nobody_elses_table_is_taken(name: str, kind: str) -> None:
    found = payer_of([coverage(name)])
    assert found.payer == "" and kind in found.why and "Choose the payer" in found.why


def test_an_unknown_payer_is_quoted_and_not_guessed() -> None:
    found = payer_of([coverage("Blue Cross of Nowhere")])
    assert found.payer == "" and "Blue Cross of Nowhere" in found.why


def test_two_coverages_are_told_apart_by_their_order_only() -> None:
    aetna, medicare = coverage("Aetna", "c1", order=2), coverage("Medicare", "c2", order=1)
    found = payer_of([aetna, medicare])
    assert found.payer == "medicare" and "Aetna" in found.why
    for pair in (
        [coverage("Aetna", "c1"), coverage("Medicare", "c2")],
        [coverage("Aetna", "c1", order=1), coverage("Medicare", "c2", order=1)],
        [coverage("Aetna", "c1", order=1), coverage("Medicare", "c2")],
    ):
        found = payer_of(pair)
        assert found.payer == "" and "which pays first" in found.why
        assert "Aetna" in found.said and "Medicare" in found.said


def test_two_coverages_of_one_payer_are_one() -> None:
    assert payer_of([coverage("Aetna", "c1"), coverage("Aetna PPO", "c2")]).payer == "aetna"


def test_one_coverage_that_names_two_payers_is_not_guessed() -> None:
    found = payer_of([coverage("Aetna / Cigna")])
    assert found.payer == "" and "aetna and cigna" in found.why


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (coverage("Aetna", status="cancelled"), "cancelled"),
        (coverage("Aetna", status="entered-in-error"), "entered-in-error"),
        (coverage("Aetna", status="draft"), "draft"),
        (coverage("Aetna", period={"end": "2026-02-28"}), "had ended"),
        (coverage("Aetna", period={"start": "2026-04"}), "begins after"),
        (coverage("Aetna", beneficiary={"reference": "Patient/q"}), "another patient"),
        (coverage("Aetna Dental", type={"coding": [{"system": ACT, "code": "DENTPRG"}]}), "not for the visit"),
        (coverage("Aetna", type={"text": "Pharmacy benefit"}), "not for the visit"),
        (coverage("Aetna", payor=["Aetna"]), "damaged"),
    ],
)
def test_a_coverage_that_does_not_count_is_left_out_with_the_reason(one: dict[str, Any], why: str) -> None:
    found = payer_of([one], "2026-03-10", "p")
    assert found.payer == "" and why in found.why
    beside = payer_of([one, coverage("Cigna", "c9")], "2026-03-10", "p")
    assert beside.payer == "cigna"


def test_a_period_that_holds_the_day_counts() -> None:
    for period in ({"start": "2026"}, {"start": "2026-03-10", "end": "2026-03-10"}, {"end": "2026-03"}, {"start": "?"}):
        assert payer_of([coverage("Aetna", period=period)], "2026-03-10").payer == "aetna"


def test_a_chart_without_coverage_says_so() -> None:
    assert payer_of([]) == ("", "", "The chart holds no Coverage.")


INNER = ("reference", "display", "coding", "code", "text", "value", "name", "start", "end", "type")
SAID = st.sampled_from(["Aetna", "Organization/o", "#o"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | SAID,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER), inner, max_size=4),
    max_leaves=12,
)
KEYS = ("status", "payor", "insurer", "class", "type", "order", "period", "beneficiary", "contained", "identifier")


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_a_coverage_of_any_shape_is_read_or_left_out(parts: dict[str, Any]) -> None:
    found = payer_of([{"resourceType": "Coverage", "id": "c", **parts}, parts], "2026-03-10", "p")
    assert found.payer in ("", *payers()) and found.why


@pytest.mark.skipif("CHAIRTIME_SHARED" not in os.environ, reason="CHAIRTIME_SHARED is not set")
def test_every_published_coverage_is_read() -> None:
    files = sorted((Path(os.environ["CHAIRTIME_SHARED"]) / "data" / "fhir").glob("*/Coverage.ndjson"))
    counted = 0
    for path in files:
        for line in path.read_text("utf-8").splitlines():
            counted += 1
            assert "damaged" not in payer_of([json.loads(line)]).why, line[:200]
    assert counted > 3


# What a payer changes


def test_the_default_differs_from_itself_in_nothing() -> None:
    assert differences_from_default(policy_for()) == ()
    assert differences_from_default(policy_for("professional")) == ()


def test_medicare_changes_the_profile_and_packages_two_codes_in_a_hospital() -> None:
    found = differences_from_default(policy_for("facility", "medicare"))
    assert [(one.kind, one.what, one.value, one.default) for one in found] == [
        ("switch", "profile", "medicare_2025", "seed_commercial"),
        ("lines", "96368", "packaged", ""),
        ("lines", "96377", "packaged", ""),
        ("card", CARDS["payer.medicare-opps"].title, "", ""),
    ]
    office = differences_from_default(policy_for("professional", "medicare"))
    assert {card for one in office for card in one.cards} >= {"payer.medicare-office", "chemo.profile"}
    assert not any(one.kind == "lines" for one in office)


def test_a_switch_of_the_user_is_told_as_the_users() -> None:
    found = differences_from_default(policy_for("facility", "aetna", {"init_tie": "earliest"}))
    assert [(one.what, one.value, one.default, one.by) for one in found if one.kind == "switch"] == [
        ("init_tie", "earliest", "longest", "user")
    ]


@pytest.mark.parametrize("setting", ["facility", "professional"])
@pytest.mark.parametrize("payer", payers())
def test_every_difference_has_its_card_and_source(payer: str, setting: str) -> None:
    for one in differences_from_default(policy_for(setting, payer)):
        assert one.says and one.cards and one.sources and all(card in CARDS for card in one.cards), one
        assert one.by == payer
    if payer == "cigna" and setting == "facility":
        ended = [one for one in differences_from_default(policy_for(setting, payer)) if one.holds_until]
        assert [one.holds_until for one in ended] == ["2019-05-17"] and "only emergency" in ended[0].says


def test_a_hospitals_own_modifier_is_a_difference(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        'name = "own"\ntitle = "Own"\nas_of = "2026-02-01"\nsources = ["letter of 2026"]\ncards = []\n'
        '[[modifiers]]\nmodifier = "KX"\ncodes = ["J1459"]\nwhen = "given"\nsays = "It attests policy 12."\n'
        'sources = ["letter of 2026"]\nsettings = ["facility"]\n',
        "utf-8",
    )
    (one,) = differences_from_default(policy_for("facility", "own", files=path))
    assert (one.kind, one.what, one.value, one.sources) == ("modifier", "KX on J1459", "given", ("letter of 2026",))
    assert differences_from_default(policy_for("professional", "own", files=path)) == ()
