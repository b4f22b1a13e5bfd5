"""The practice days: each teaches what its file says, reads as an EHR's own data would, and is about nobody."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from coding.engine import code_visits
from coding.model import Coded
from coding.policy import policy_for
from launch.practice.chart_clock import Clock
from launch.practice.charts import DAYS, day, practice_charts, sheet, teaches, titles
from smart_app.chart import Chart, read_bundle

DISPUTED = [name for name in DAYS if "disputed" in sheet(name)]
CONFORMING = [name for name in DAYS if sheet(name).get("conforms", True)]


def _days(names: tuple[str, ...] | list[str] = DAYS) -> list[Any]:
    """The days as parameters; a disputed one must fail, so that the mark goes when the engine and the file agree."""
    return [
        pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=sheet(name)["disputed"]))
        if name in DISPUTED
        else name
        for name in names
    ]


@cache
def answer(name: str) -> tuple[Chart, tuple[Coded, ...]]:
    chart = read_bundle(day(name))
    written = sheet(name)
    policy = policy_for(written.get("setting", "facility"), written.get("payer", "commercial"))
    return chart, code_visits(chart.encounters, policy)


def _counted(units: Counter[str]) -> list[str]:
    return sorted(f"{code} x{count}" if count > 1 else code for code, count in units.items())


@pytest.mark.parametrize("name", _days())
def test_a_day_gives_the_lines_that_its_file_states(name: str) -> None:
    units: Counter[str] = Counter()
    for coded in answer(name)[1]:
        for line in coded.lines:
            units["-".join((line.code, *line.modifiers))] += line.units
    assert _counted(units) == sorted(sheet(name)["expected"])


@pytest.mark.parametrize("name", _days([name for name in DAYS if "drugs" in sheet(name)]))
def test_a_day_gives_the_drug_lines_that_its_file_states(name: str) -> None:
    found = [
        " ".join((line.code, f"x{line.units}", *line.modifiers))
        for coded in answer(name)[1]
        for line in coded.drug_lines
    ]
    assert sorted(found) == sorted(sheet(name)["drugs"])


@pytest.mark.parametrize("name", _days([name for name in DAYS if "dated" in sheet(name)]))
def test_a_day_dates_its_lines_as_its_file_states(name: str) -> None:
    found = {f"{line.date} {line.code}" for coded in answer(name)[1] for line in coded.lines}
    assert set(sheet(name)["dated"]) <= found


@pytest.mark.parametrize("name", _days())
def test_a_day_raises_the_problems_that_its_file_states_and_no_others(name: str) -> None:
    chart, coded = answer(name)
    found = {problem.code for problem in chart.problems} | {problem.code for one in coded for problem in one.problems}
    assert sorted(found) == sorted(sheet(name)["problems"])


@pytest.mark.parametrize("name", DAYS)
def test_every_administration_of_a_day_ends_in_a_line_a_reason_or_the_unread(name: str) -> None:
    chart, coded = answer(name)
    ends = {id for one in coded for line in one.lines for id in line.administrations}
    ends |= {one.resource for each in coded for one in each.not_billed}
    ends |= {resource.split("/")[-1] for resource, _ in chart.unread}
    sent = {one["id"] for one in _resources(name) if one["resourceType"] == "MedicationAdministration"}
    assert sent <= ends


@pytest.mark.parametrize("name", CONFORMING)
def test_a_day_is_valid_r4(name: str) -> None:
    bundle = day(name)
    get_fhir_model_class("Bundle").model_validate(bundle)
    for one in _resources(name):
        get_fhir_model_class(one["resourceType"]).model_validate(one)


def test_only_the_broken_chart_and_the_newer_shape_do_not_conform() -> None:
    assert set(DAYS) - set(CONFORMING) == {"not-conforming", "r5-shape"}


@pytest.mark.parametrize(("name", "wrong"), [("not-conforming", 4), ("r5-shape", 1)])
def test_a_day_that_does_not_conform_has_good_resources_beside_the_bad(name: str, wrong: int) -> None:
    refused = []
    for one in _resources(name):
        try:
            get_fhir_model_class(one["resourceType"]).model_validate(one)
        except ValidationError:
            refused.append(one["id"])
    assert len(refused) == wrong < len(_resources(name))


def _resources(name: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in day(name)["entry"]]


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [found for inner in value.values() for found in _references(inner)]
    return [found for inner in value for found in _references(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("name", DAYS)
def test_every_reference_of_a_day_leads_to_a_resource_of_that_day(name: str) -> None:
    held = {f"{one['resourceType']}/{one['id']}" for one in _resources(name)}
    assert {one for one in _references(_resources(name)) if not one.startswith("#")} <= held


def test_no_two_resources_of_all_days_share_an_id() -> None:
    ids = [entry["resource"]["id"] for bundle in practice_charts() for entry in bundle["entry"]]
    assert [id for id, times in Counter(ids).items() if times > 1] == []
    assert all(re.fullmatch(r"[A-Za-z0-9.-]{1,64}", id) for id in ids)


def test_there_are_at_least_26_days_and_each_says_what_it_teaches() -> None:
    assert len(DAYS) >= 26
    assert len(set(titles().values())) == len(DAYS)
    assert all(teaches(name).endswith(".") for name in DAYS)


def test_the_long_stay_has_fifty_administrations() -> None:
    given = [one for one in _resources("fifty-rows") if one["resourceType"] == "MedicationAdministration"]
    assert len(given) == 50


def test_the_patients_are_plainly_made_up() -> None:
    patients = [one for name in DAYS for one in _resources(name) if one["resourceType"] == "Patient"]
    numbers = [one["identifier"][0]["value"] for one in patients]
    assert numbers == [f"PRACTICE-{number:03d}" for number in range(1, len(DAYS) + 1)]
    assert len({(one["name"][0]["family"], one["name"][0]["given"][0]) for one in patients}) == len(DAYS)
    for one in patients:
        assert one["birthDate"][5:7] == one["birthDate"][8:10]
        assert one["meta"]["tag"][0]["code"] == "HTEST"


def test_a_day_is_new_on_each_call_so_that_nobody_changes_another_ones_chart() -> None:
    first = day("infliximab")
    first["entry"][0]["resource"]["gender"] = "changed"
    first["entry"].clear()
    assert day("infliximab")["entry"][0]["resource"]["gender"] == "female"


@pytest.mark.parametrize("name", ["not-conforming", "r5-shape", "folfox"])
def test_no_part_of_a_bundle_is_shared_with_the_next_one(name: str) -> None:
    def parts(value: Any) -> set[int]:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        own = {id(value)} if isinstance(value, dict | list) else set()
        return own.union(*(parts(one) for one in inner))

    first, second = day(name), day(name)
    assert not parts(first) & parts(second)


def test_an_unknown_day_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(KeyError, match=r"no practice day 'tuesday'.*infliximab"):
        day("tuesday")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("09:14", "2026-11-09T09:14:00-06:00"),
        ("+1 02:10", "2026-11-10T02:10:00-06:00"),
        ("2026-10-28 10:20-05:00", "2026-10-28T10:20:00-05:00"),
        ("+1 00:04:30Z", "2026-11-10T00:04:30Z"),
    ],
)
def test_clock_times_become_fhir_times(written: str, meant: str) -> None:
    assert Clock("2026-11-09", "-06:00").time(written) == meant


@pytest.mark.parametrize("written", ["9:14", "noon", "", "09:14 am", "tomorrow 10:00"])
def test_what_is_no_clock_time_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="no clock time"):
        Clock("2026-11-09", "-06:00").time(written)


def test_practice_days_never_grow_older_than_an_ehr_is_asked_for() -> None:
    assert day("infliximab", datetime(2027, 8, 1, tzinfo=UTC)) == day("infliximab")
    visit = next(
        one["resource"]
        for one in day("infliximab", datetime(2031, 1, 1, tzinfo=UTC))["entry"]
        if "period" in one["resource"]
    )
    start = datetime.fromisoformat(visit["period"]["start"])
    assert datetime(2031, 1, 1, tzinfo=UTC) - start < timedelta(days=301) and start.strftime("%a %H:%M") == "Mon 08:40"


def test_the_running_infusion_is_always_opened_now_and_other_days_keep_their_dates() -> None:
    now = datetime(2027, 3, 1, 15, 30, tzinfo=UTC)
    rows = [one["resource"] for one in day("still-running", now)["entry"]]
    start = next(
        one["effectivePeriod"]["start"]
        for one in rows
        if one.get("status") == "in-progress" and "effectivePeriod" in one
    )
    assert now - datetime.fromisoformat(start) == timedelta(minutes=82)
    assert day("infliximab", now) == day("infliximab")
