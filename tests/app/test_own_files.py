"""What an installation adds of its own: a payer's policy, a crosswalk and unlikely units, on the pages and in the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from smart_app.demo import running
from smart_app.own_files import NONE, read_own
from tests.app.test_claim_pages import Browser, send, words

PLAN = """name = "valley-plan"
title = "Valley Plan"
as_of = "2026-01-01"
sources = ["its manual of 2026"]
cards = []
aliases = ["valley"]

[switches]
profile = "medicare_2025"
"""
MUE = "HCPCS/CPT Code,Outpatient Hospital Services MUE Values\n96366,0\n"
CROSSWALK = Path(__file__).parents[1] / "claims" / "files" / "crosswalk.csv"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, object]:
    for name, text in (("plan.toml", PLAN), ("mue.csv", MUE)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {
        "payer_files": [str(tmp_path / "plan.toml")],
        "mue_file": str(tmp_path / "mue.csv"),
        "ndc_files": [str(CROSSWALK)],
    }


def test_nothing_is_added_where_nothing_is_named() -> None:
    faults: list[str] = []
    assert read_own({}, faults) == NONE and faults == []


def test_all_of_it_is_read_or_all_that_is_wrong_is_told(files: dict[str, object], tmp_path: Path) -> None:
    faults: list[str] = []
    own = read_own(files, faults)
    assert faults == [] and own.limits.most("facility", "96366") == 0 and own.crosswalk.products
    (tmp_path / "plan.toml").write_text(PLAN + "no_such_switch = 1\n", encoding="utf-8")
    (tmp_path / "mue.csv").write_text("nothing of it", encoding="utf-8")
    own = read_own(files | {"ndc_files": [str(tmp_path / "none.csv")]}, faults)
    assert [fault.split(":")[0] for fault in faults] == ["payer_files", "ndc_files", "mue_file"]
    assert own == NONE


def test_unlikely_units_of_the_other_setting_are_refused(files: dict[str, object]) -> None:
    faults: list[str] = []
    read_own({"mue_file": files["mue_file"], "setting": "professional"}, faults)
    assert "Name the file of the setting" in faults[0]


def test_a_payer_of_ones_own_is_chosen_on_the_page_and_in_force_in_every_room(files: dict[str, object]) -> None:
    with running(None, own=read_own(files, [])) as both:
        browser = Browser(both)
        page = browser.launch("infliximab-patient")
        page = browser.get(f"{page.url}?payer=valley-plan")
        assert "Facility · Valley Plan" in words(page.text) and ">96413<" in page.text
        asked = send(browser, page, "ask", question="infliximab 9:00 to 11:10 in an office?")
        assert asked.status_code == 303 and "Valley Plan" in words(browser.get(page.url).text)
        checked = words(send(browser, page, "claim", lines="96365; 96366; J1745-JZ x40").text)
        assert "Another family of codes than the drug has here" in checked and "Valley Plan" in checked


def test_the_limits_of_the_installation_bear_on_a_checked_claim(files: dict[str, object]) -> None:
    with running(None, own=read_own({"mue_file": files["mue_file"]}, [])) as both:
        browser = Browser(both)
        page = browser.launch("infliximab-patient")
        said = words(send(browser, page, "claim", lines="96365; 96366; J1745-JZ x40").text)
    assert "more than 0 units a day" in said
