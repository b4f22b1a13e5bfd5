"""The practice patients: one infusion day each, written as a small TOML file and given out as the FHIR R4 Bundle an EHR would send.

A file in days/ says what the day teaches, who came when, and what was charted at what time; its name after the number is the name of the
day. "expected" and "problems" in it are for the tests and for teachers; nothing here reads them. Nobody in these charts is real.
"""

from __future__ import annotations

import tomllib
from copy import deepcopy
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from launch.practice.chart_clock import Clock
from launch.practice.chart_codes import Day, Resource
from launch.practice.chart_parts import condition, encounter, location, order, people
from launch.practice.chart_repeats import spelled_out
from launch.practice.chart_rows import administration

BASE = "https://practice-ehr.example/fhir/R4"


def _files() -> dict[str, str]:
    """Day name -> text, in the order of the numbers in front of the file names."""
    found = sorted(
        (one for one in files("launch.practice").joinpath("days").iterdir() if one.name.endswith(".toml")),
        key=lambda one: one.name,
    )
    return {one.name.removesuffix(".toml").split("-", 1)[1]: one.read_text(encoding="utf-8") for one in found}


_TEXTS = _files()
DAYS: tuple[str, ...] = tuple(_TEXTS)


@cache
def sheet(name: str) -> dict[str, Any]:
    """What the file of a day says, unchanged; not to be altered. Raises KeyError with the known names where there is no such day."""
    if name not in _TEXTS:
        raise KeyError(f"There is no practice day {name!r}. The days are {', '.join(DAYS)}.")
    return tomllib.loads(_TEXTS[name])


def titles() -> dict[str, str]:
    """Day name -> title, in the order in which a newcomer should meet them."""
    return {name: str(sheet(name)["title"]) for name in DAYS}


def teaches(name: str) -> str:
    """The one sentence that says what the day is for."""
    return str(sheet(name)["teaches"])


def day(name: str, now: datetime | None = None) -> Resource:
    """The Bundle of one day (type collection), new on each call. Raises KeyError where there is no such day.

    now: moves a day that says when its chart is opened ("opened"), so that it is opened now; others only where they have grown old.
    """
    written = sheet(name)
    clock = Clock(written["date"], written.get("offset", "-06:00"))
    if now is not None and "opened" in written:
        clock = clock.moved(written["opened"], now)
    elif now is not None and written.get("conforms", True):  # others hold dates of their own that cannot be moved
        clock = clock.recent(now)
    resources = _resources(Day(name, clock), written)
    entries = [{"fullUrl": f"{BASE}/{one['resourceType']}/{one['id']}", "resource": one} for one in resources]
    # A copy: what days and tables hold is shared, and a caller may break its chart to show a fault.
    return deepcopy({"resourceType": "Bundle", "id": name, "type": "collection", "entry": entries})


def practice_charts(now: datetime | None = None) -> list[Resource]:
    """The Bundles of all days, new on each call; now as in day."""
    return [day(name, now) for name in DAYS]


def _resources(this: Day, written: dict[str, Any]) -> list[Resource]:
    visits = written["encounters"]
    made = people(this, written["patient"])
    places = {visit["place"]: visit.get("zone", "") for visit in visits}
    made += [location(this, place, zone) for place, zone in places.items()]
    made += [encounter(this, visit, written["conditions"]) for visit in visits]
    by_id = {visit["id"]: visit for visit in visits}
    first = visits[0]["id"]
    made += [condition(this, said, by_id[said.get("in", [first])[0]]) for said in written["conditions"]]
    made += [order(this, name, said, by_id[said.get("in", first)]) for name, said in written.get("orders", {}).items()]
    for number, row in enumerate(spelled_out(written["rows"]), 1):
        made += administration(this, number, row, written.get("orders", {}), visits)
    return made + [dict(one) for one in written.get("resources", [])]
