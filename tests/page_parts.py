"""Visits for tests of the page, as short as they can be written."""

from __future__ import annotations

from coding.engine import code_visits
from coding.model import (
    CHARTED,
    DEVICE,
    Administration,
    Coded,
    Condition,
    Encounter,
    Fact,
    Moment,
    Order,
    Quantity,
    Substance,
)
from coding.policy import Policy, policy_for

OFFSET = -5 * 3600
DAY = 1_773_273_600  # 2026-03-12 00:00 UTC
MEDICARE = policy_for("facility", "medicare")


def at(clock: str, grade: str = CHARTED) -> Moment:
    """A moment of the day, on the clock of the chart."""
    hour, minute = clock.split(":")
    return Moment(DAY - OFFSET + int(hour) * 3600 + int(minute) * 60, OFFSET, grade)


def infused(
    id: str, text: str, start: str, stop: str = "", *, site: str = "L forearm", grade: str = CHARTED, **more: object
) -> Administration:
    """An infusion in the vein; without a stop where none is given."""
    row = Administration(
        id,
        (Substance(text),),
        text,
        route="iv",
        technique="infusion",
        start=at(start),
        stop=at(stop, grade) if stop else None,
        site=site,
        order=Order(f"o-{id}", reason="as ordered"),
    )
    return row._replace(**more)


def pushed(id: str, text: str, start: str, *, site: str = "L forearm") -> Administration:
    """A push in the vein."""
    return Administration(
        id, (Substance(text),), text, route="iv", technique="push", start=at(start), site=site, order=Order(f"o-{id}")
    )


def hydrated(id: str, start: str, stop: str) -> Administration:
    """A litre of saline against dehydration."""
    return infused(
        id,
        "Sodium chloride 0.9 % 1000 mL",
        start,
        stop,
        order=Order("o-ns", reason="Dehydration", reason_codes=("E86.0",)),
        dose=Quantity(1000, "mL"),
        facts=(Fact("hydration-reason", "Dehydration"),),
    )


def visit(*rows: Administration, **more: object) -> Encounter:
    """An outpatient visit from 07:41 to 18:45 with these rows."""
    return Encounter(
        "e-77120",
        "outpatient",
        start=at("07:41").at,
        stop=at("18:45").at,
        offset=OFFSET,
        conditions=(
            Condition("E86.0", "Dehydration"),
            Condition("J18.9", "Pneumonia"),
            Condition("E87.6", "Hypokalemia"),
        ),
        administrations=rows,
    )._replace(**more)


def long_day() -> Encounter:
    """A day with nearly every sign of the page: carved fluid, a pause, an overlap, repeats, a derived stop, no stop, a second site."""
    return visit(
        hydrated("ns", "07:58", "10:58"),
        pushed("ond", "Ondansetron 4 mg", "08:12"),
        pushed("mo1", "Morphine 4 mg", "08:15"),
        pushed("mo2", "Morphine 4 mg", "08:40"),
        pushed("mo3", "Morphine 4 mg", "09:20"),
        pushed("mo4", "Morphine 4 mg", "14:30"),
        infused("cef", "Ceftriaxone 1 g", "08:30", dose=Quantity(50, "mL"), rate=Quantity(100, "mL/h")),
        infused("van", "Vancomycin 2 g", "09:10", "11:45", grade=DEVICE),
        infused("azi", "Azithromycin 500 mg", "09:15", "10:17"),
        infused("kcl", "Potassium chloride 40 mEq", "12:00", "16:05", reasons=("E87.6",)),
        infused("mag", "Magnesium sulfate 2 g", "16:20"),
        infused(
            "kvo",
            "Sodium chloride 0.9 % 20 mL/h",
            "11:50",
            "18:40",
            site="R hand",
            rate=Quantity(20, "mL/h"),
            order=None,
            facts=(Fact("keep-open", "KVO"),),
        ),
        Administration(
            "apap", (Substance("Acetaminophen 650 mg"),), "Acetaminophen 650 mg", route="po", start=at("08:20")
        ),
        infused("err", "Ceftriaxone 1 g", "08:05", "08:30", status="error"),
    )


def coded(encounter: Encounter, policy: Policy = MEDICARE) -> Coded:
    """The visit coded as the application codes it."""
    return code_visits((encounter,), policy)[0]
