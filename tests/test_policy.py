"""Switches and payers: defaults, what a payer sets, what a user sets, and errors that say what is allowed."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from coding.policy import SWITCHES, PolicyError, Switches, payer_named, payers, policy_for

DEFAULTS = {
    "profile": "seed_commercial",
    "addl_hour_min_over": 31,
    "same_drug_repeat": "sum",
    "interval_min": 31,
    "hydration_segments": "sum",
    "hyd_subtract_push": "documented_only",
    "hydration_second_site": "none",
    "hydration_min_ml": "none",
    "kvo_rate_max_ml_h": 30,
    "concurrent_min_overlap": 16,
    "concurrency_jitter_min": 2,
    "concurrent_unit_scope": "date",
    "missing_start_policy": "no_bill",
    "missing_stop_policy": "push",
    "split_report_both": "no",
    "init_tie": "longest",
    "prof_hydration_initial": "no",
    "early_stop": "push",
    "repeat_push_min_gap": 31,
    "restart_gap_min": 30,
    "bag_gap_counts_max_min": 0,
    "midnight": "encounter",
    "unit_dating": "hour_start",
    "concurrent_chemo": "none",
    "split_dose_units": 1,
    "hormone_non_neoplasm": "96372",
    "methotrexate_low_dose": "96401",
    "second_site_modifier": "59",
    "second_encounter_modifier": "59",
    "oxytocin": "exclude",
    "premed_for_transfusion": "exclude",
    "pca_basal": "include",
    "pump_only_with_premeds": "initial",
    "complexity_documented": "no",
    "wastage_modifiers": "all",
    "same_drug_other_route": "separate",
    "biosimilar_switch": "same",
    "mue_source": "file",
}
PAYERS = (
    "aetna",
    "cigna",
    "commercial",
    "humana",
    "medicare",
    "priority-health",
    "regence",
    "select-health",
    "unitedhealthcare",
)

OWN = """
name = "prairie-health"
title = "Prairie Health"
aliases = ["prairie"]
as_of = "2026-02-01"
sources = ["https://example.org/policy"]
cards = []
[switches]
same_drug_repeat = "interval"
interval_min = 16
[[differs]]
card = "concurrent.once"
effect = "not payable"
says = "Not paid apart."
sources = ["https://example.org/policy"]
settings = ["facility"]
codes = ["96368"]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "prairie.toml"
    path.write_text(OWN, "utf-8")
    return path


def test_defaults_are_those_of_the_rulebook() -> None:
    policy = policy_for()
    assert (policy.setting, policy.payer, policy.overridden) == ("facility", "commercial", ())
    assert dict(policy.shown) == DEFAULTS
    assert [type(policy[name]) for name in DEFAULTS] == [type(value) for value in DEFAULTS.values()]


@pytest.mark.parametrize("name", DEFAULTS)
def test_switch_is_described(name: str) -> None:
    switch = SWITCHES[name]
    assert switch.type in ("choice", "number", "choice or number")
    assert (switch.type == "choice") == (switch.minimum is None)
    assert (switch.type == "number") == (not switch.options)
    assert switch.why.endswith(".") and switch.cards
    assert set(switch.windows) <= set(map(str, switch.options))
    for option in switch.options:
        assert switch.parse(option) == switch.parse(str(option)) == option


@pytest.mark.parametrize("setting", ["facility", "professional"])
@pytest.mark.parametrize("name", PAYERS)
def test_every_payer_loads(name: str, setting: str) -> None:
    policy = policy_for(setting, name)
    assert (policy.payer, policy.setting) == (name, setting)
    assert all(card == "payer." + name or name == "medicare" for card in policy.cards)
    assert {key for key, value in policy.shown if value != DEFAULTS[key]} <= {"profile"}


def test_the_payers_are_these() -> None:
    assert payers() == PAYERS


def test_medicare_has_its_profile() -> None:
    policy = policy_for(payer="medicare")
    assert policy["profile"] == "medicare_2025"
    assert policy.cards == ("payer.medicare-opps", "payer.medicare-office")


@pytest.mark.parametrize("name", ["UHC", "united healthcare", "UnitedHealthcare", "united_healthcare", " uhc "])
def test_a_payer_is_found_by_alias(name: str) -> None:
    assert policy_for(payer=name).payer == "unitedhealthcare"


@pytest.mark.parametrize(
    ("switch", "given", "kept"),
    [
        ("interval_min", "16", 16),
        ("repeat_push_min_gap", 30, 30),
        ("kvo_rate_max_ml_h", "45", 45),
        ("bag_gap_counts_max_min", "5", 5),
        ("hydration_min_ml", "500", 500),
        ("hydration_min_ml", "None", "none"),
        ("hyd_subtract_push", "fixed_2", "fixed_2"),
        ("hyd_subtract_push", "fixed_15", "fixed_15"),
        ("second_site_modifier", "xu", "XU"),
        ("second_site_modifier", 59, "59"),
        ("concurrent_chemo", 96549, "96549"),
        ("split_dose_units", "1", 1),
        ("pump_only_with_premeds", "add-on", "add_on"),
        ("split_dose_units", "per_injection", "per_injection"),
    ],
)
def test_values_are_read_as_the_switch_keeps_them(switch: str, given: str | int, kept: str | int) -> None:
    policy = policy_for(overrides={switch: given})
    assert policy[switch] == kept and type(policy[switch]) is type(kept)
    assert policy.overridden == (switch,)


def test_the_user_goes_before_the_payer() -> None:
    assert policy_for(payer="medicare", overrides={"profile": "seed_commercial"})["profile"] == "seed_commercial"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"payer": "medicaer"}, "no payer 'medicaer'. Did you mean medicare?"),
        ({"payer": "zzz"}, "Known are aetna, cigna"),
        ({"setting": "profesional"}, "Did you mean professional?"),
        ({"setting": ""}, "facility or professional"),
        ({"overrides": {"same_drug_repeats": "sum"}}, "Did you mean same_drug_repeat?"),
        ({"overrides": {"init_tie": "longst"}}, "Did you mean longest? It takes longest or earliest."),
        ({"overrides": {"addl_hour_min_over": 29}}, "It takes 31 or 30."),
        ({"overrides": {"kvo_rate_max_ml_h": "101"}}, "a whole number from 0 to 100"),
        ({"overrides": {"kvo_rate_max_ml_h": "-1"}}, "a whole number from 0 to 100"),
        ({"overrides": {"kvo_rate_max_ml_h": "30.5"}}, "a whole number from 0 to 100"),
        ({"overrides": {"kvo_rate_max_ml_h": "9" * 40}}, "a whole number from 0 to 100"),
        ({"overrides": {"hyd_subtract_push": "fixed_16"}}, "fixed_n with n from 1 to 15"),
        ({"overrides": {"hyd_subtract_push": "fixed_0"}}, "fixed_n with n from 1 to 15"),
        ({"overrides": {"hyd_subtract_push": "5"}}, "documented_only, none or fixed_n"),
        ({"overrides": {"missing_start_policy": "push"}}, "It takes no_bill."),
        ({"overrides": {"mue_source": "built_in"}}, "It takes file."),
        ({"overrides": {"concurrency_jitter_min": True}}, "a whole number from 0 to 5"),
        ({"overrides": {"init_tie": ""}}, "It takes longest or earliest."),
    ],
)
def test_errors_say_what_is_allowed(arguments: dict[str, str], says: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy_for(**arguments)  # type: ignore[arg-type]
    assert says in str(caught.value)


def test_hydration_at_a_second_site_is_refused_with_the_reason() -> None:
    with pytest.raises(PolicyError, match="no source says which hydration code would carry modifier 59"):
        policy_for(overrides={"hydration_second_site": "report_59"})


def test_a_policy_is_read_only_comparable_and_a_key() -> None:
    policy = policy_for(payer="cigna", overrides={"init_tie": "earliest"})
    with pytest.raises(TypeError):
        policy.switches["init_tie"] = "longest"  # type: ignore[index]
    with pytest.raises(AttributeError):
        policy.payer = "aetna"  # type: ignore[misc]
    with pytest.raises(KeyError):
        policy["no_such_switch"]
    same = copy.deepcopy(policy)
    assert same == policy and hash(same) == hash(policy) and {policy: 1}[same] == 1
    assert policy != policy_for(payer="cigna")


def test_another_reading_leaves_the_policy_alone() -> None:
    policy = policy_for()
    other = policy._replace(switches=Switches({**policy.switches, "same_drug_repeat": "interval"}))
    assert other["same_drug_repeat"] == "interval" and policy["same_drug_repeat"] == "sum"
    assert other.payer == policy.payer and [name for name, _ in other.shown] == [name for name, _ in policy.shown]


@pytest.mark.parametrize(
    ("code", "day", "setting", "kind", "effects"),
    [
        ("96365", "2019-05-18", "facility", "outpatient", ["not payable"]),
        ("96379", "2026-01-02", "facility", "", ["not payable"]),
        ("96522", "2026-01-02", "facility", "", ["not payable"]),
        ("96413", "2026-01-02", "facility", "", []),
        ("96365", "2019-05-17", "facility", "outpatient", []),
        ("96365", "2019-05-17", "facility", "emergency", ["not payable"]),
        ("96365", "2018-11-10", "facility", "emergency", []),
        ("96365", "2026-01-02", "professional", "", []),
        ("J7050", "2026-01-02", "professional", "", ["not payable"]),
    ],
)
def test_cigna_by_code_day_and_place(code: str, day: str, setting: str, kind: str, effects: list[str]) -> None:
    found = policy_for(setting, "cigna").differences(code, day, kind)
    assert [one.effect for one in found] == effects


@pytest.mark.parametrize(
    ("setting", "payer", "code", "found"),
    [
        ("professional", "select-health", "96360", [("hydration.minimum", "told")]),
        ("facility", "select-health", "96360", []),
        ("facility", "medicare", "96368", [("concurrent.once", "packaged")]),
        ("professional", "priority-health", "96365", [("encounter.em-same-day", "with visit")]),
        ("facility", "commercial", "96365", []),
    ],
)
def test_what_other_payers_do_otherwise(setting: str, payer: str, code: str, found: list[tuple[str, str]]) -> None:
    differences = policy_for(setting, payer).differences(code, "2026-01-02")
    assert [(one.card, one.effect) for one in differences] == found


def test_a_payer_file_of_the_user(own: Path) -> None:
    for files in (own, str(own), [own]):
        policy = policy_for("facility", "Prairie", files=files)
        assert (policy.payer, policy["same_drug_repeat"], policy["interval_min"]) == ("prairie-health", "interval", 16)
        assert policy.differences("96368", "2026-03-01")
    assert policy_for("facility", "cigna", files=own).payer == "cigna"
    with pytest.raises(PolicyError, match="no payer 'prairie'"):
        payer_named("prairie")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "prairie-health"', 'name = "Prairie Health"', "name: 'Prairie Health' must be lower case"),
        ('name = "prairie-health"', 'name = "cigna"', "name: cigna is taken"),
        ('name = "prairie-health"', "name = 7", "name must be text"),
        ('name = "prairie-health"', "", "name is missing"),
        ('name = "prairie-health"', 'name = "prairie_health"', "must be lower case"),
        ('aliases = ["prairie"]', 'aliases = ["prairie", "Cigna Healthcare"]', "aliases: cigna-healthcare is taken"),
        ('aliases = ["prairie"]', 'aliases = [" "]', "aliases: one of them is blank"),
        ('sources = ["https://example.org/policy"]\ncards', "sources = []\ncards", "sources: at least one is needed"),
        ('sources = ["https://example.org/policy"]\ncards', 'sources = [" "]\ncards', "none may be blank"),
        ('sources = ["https://example.org/policy"]\nsettings', 'sources = [""]\nsettings', "none may be blank"),
        ("interval_min = 16", f"interval_min = {'9' * 5000}", "a number has too many digits"),
        ("interval_min = 16", f"interval_min = {'[' * 100_000}", "lie too deep"),
        ('title = "Prairie Health"', 'title = "P"\ncolour = "red"', "unknown key colour"),
        ('as_of = "2026-02-01"', 'as_of = "February"', "as_of: 'February' is not a date"),
        ("cards = []", 'cards = ["payer.cigma"]', "cards: unknown: payer.cigma. Did you mean payer.cigna?"),
        ("interval_min = 16", "interval_min = 20", "switches: The switch interval_min cannot be 20. It takes 31 or"),
        ("interval_min = 16", "intervall_min = 16", "Did you mean interval_min?"),
        ("interval_min = 16", "interval_min = [16]", "interval_min cannot be [16]"),
        ('effect = "not payable"', 'effect = "free"', "differs: effect: unknown: free"),
        ('settings = ["facility"]', 'settings = "facility"', "differs: settings must be a list of texts"),
        ('codes = ["96368"]', "", "differs: codes is missing"),
        ('codes = ["96368"]', 'codes = ["96368"]\nholds_from = "1.1.2026"', "'1.1.2026' is not a date"),
        ("[switches]", "[switches", "not valid TOML"),
        ("[[differs]]", "[differs]", "[[differs]] a list of tables"),
    ],
)
def test_a_wrong_payer_file_is_refused_with_file_and_key(own: Path, old: str, new: str, says: str) -> None:
    assert OWN.count(old) == 1
    own.write_text(OWN.replace(old, new), "utf-8")
    with pytest.raises(PolicyError) as caught:
        policy_for(files=own)
    assert str(caught.value).startswith(str(own)) and says in str(caught.value)


def test_an_alias_is_found_in_any_writing(own: Path) -> None:
    own.write_text(OWN.replace('["prairie"]', '["Prairie Health_Plan"]'), "utf-8")
    assert payer_named("PRAIRIE health plan", own).name == "prairie-health"


def test_an_unreadable_payer_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        policy_for(files=tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'title = "Caf\xe9"')
    with pytest.raises(PolicyError, match="not UTF-8"):
        policy_for(files=tmp_path / "latin.toml")
