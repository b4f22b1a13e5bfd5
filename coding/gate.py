"""Stage: whether this visit can have such lines at all (rules encounter.inpatient, encounter.facility-place, ...)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib import resources
from typing import Any

from coding.log import Log
from coding.model import MET, PROFESSIONAL, Encounter
from coding.policy import SWITCHES, Policy
from coding.rules import THRESHOLDS, card
from coding.timeline import DAY, day

HOSPITAL_KINDS = ("emergency", "observation", "inpatient")


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("coding").joinpath("tables", name).read_text(encoding="utf-8"))


_SERVICES = _table("services.toml")
_PLACES = _table("places.toml")


def closed(encounter: Encounter, policy: Policy, log: Log) -> tuple[str, str] | None:
    """(rule, why) where nothing of this visit can be billed with these codes, else None."""
    refusal = _refusal(encounter, policy, log)
    if refusal:
        log.met(refusal[0], refusal[1])
    return refusal


def _refusal(encounter: Encounter, policy: Policy, log: Log) -> tuple[str, str] | None:
    if encounter.kind == "inpatient":
        if len(encounter.parts) > 1:
            log.problem(
                "PAYMENT_WINDOW",
                encounter.id,
                "Outpatient services before the admission belong to the inpatient payment; nothing is reported for them.",
                "",
                ("encounter.inpatient",),
            )
        return "encounter.inpatient", "The stay is inpatient; these codes are for outpatients."
    if encounter.kind == "home" or encounter.place in _PLACES["home"]:
        return "encounter.home", "The visit was at home; home infusion has codes of its own."
    if policy.setting == PROFESSIONAL:
        if encounter.place in _PLACES["facility"]:
            return (
                "encounter.facility-place",
                f"The place of service is {encounter.place}, a facility; a physician does not report these codes there.",
            )
        if not encounter.place and encounter.kind in HOSPITAL_KINDS:
            return (
                "encounter.facility-place",
                f"The visit is {encounter.kind}, in a facility; a physician does not report these codes there.",
            )
    return None


def unresolved(encounter: Encounter, log: Log) -> tuple[str, str] | None:
    """(rule, why) where the chart does not say enough of the visit to bill: what follows is shown, not billed."""
    rule = "encounter.unresolved"
    if not encounter.id:
        log.problem(
            "ENCOUNTER_UNRESOLVED",
            "",
            "No encounter in the chart holds these administrations; nothing is billed for them.",
            "The Encounter resource with its class and period.",
            (rule,),
        )
        return rule, "No encounter holds these administrations."
    if not encounter.kind:
        log.problem(
            "ENCOUNTER_CLASS_UNKNOWN",
            encounter.id,
            "The chart does not say whether the visit was outpatient or inpatient; nothing is billed.",
            "The class of the Encounter (ambulatory, emergency, observation, inpatient).",
            (rule,),
        )
        return rule, "The class of the visit is not known."
    first = min((row.start.at for row in encounter.administrations if row.start), default=encounter.start)
    if first is not None and day(first, encounter.offset) < card("time.first-hour").holds_from:
        log.problem(
            "DATE_OUTSIDE_RULES",
            encounter.id,
            f"The visit is before {card('time.first-hour').holds_from}, when these codes began; nothing is billed.",
            "A corrected date.",
            (rule,),
        )
        return rule, "No rule of this family was in force on that date."
    return None


def before_admission(encounters: Sequence[Encounter], policy: Policy) -> frozenset[str]:
    """Ids of outpatient visits that an inpatient stay of the same patient follows within the payment window."""
    if len(encounters) < 2 or policy.setting == PROFESSIONAL:
        return frozenset()
    window = THRESHOLDS.payment_window_days * DAY
    stays = [one for one in encounters if one.kind == "inpatient" and one.start is not None]
    return frozenset(
        visit.id
        for visit in encounters
        for stay in stays
        if visit.kind != "inpatient"
        and visit.patient == stay.patient
        and visit.start is not None
        and stay.start is not None
        and visit.start <= stay.start
        and stay.start - (visit.stop or visit.start) <= window
    )


def withheld(encounter: Encounter, log: Log) -> tuple[str, str]:
    """(rule, why) for a visit before an admission."""
    days = THRESHOLDS.payment_window_days
    log.problem(
        "PAYMENT_WINDOW",
        encounter.id,
        f"The patient was admitted within {days} days; its services may belong to the inpatient payment and are withheld.",
        "If the stay was in another hospital, or its payer has no such window, the lines that would be are listed as considered.",
        ("encounter.inpatient",),
    )
    return "encounter.inpatient", f"An inpatient stay follows within {days} days."


def _profile_in_time(encounter: Encounter, policy: Policy, log: Log) -> None:
    window = SWITCHES["profile"].windows.get(policy["profile"])
    if window is None or encounter.start is None:
        return
    date = day(encounter.start, encounter.offset)
    if not window[0] <= date <= window[1]:
        log.problem(
            "PROFILE_NOT_IN_FORCE",
            encounter.id,
            f"The profile {policy['profile']} holds from {window[0]} to {window[1]}, and the visit was on {date}.",
            "A profile that was in force on that date.",
            ("chemo.profile",),
        )


def remarks(encounter: Encounter, policy: Policy, log: Log) -> None:
    """What the payer and the services already charted add, whatever the lines are."""
    _profile_in_time(encounter, policy, log)
    for payer_card in policy.cards:
        found = card(payer_card)
        if policy.setting in found.settings:
            log.step(payer_card, MET, found.says)
    if policy.setting == PROFESSIONAL and not encounter.place:
        log.problem(
            "PLACE_UNKNOWN",
            encounter.id,
            "No place of service is charted; the chosen setting is taken as an office.",
            "The place-of-service code of the location; a facility place bars these codes for physicians.",
            ("encounter.facility-place",),
        )
    for service in encounter.services:
        for kind in _SERVICES.values():
            if any(low <= service <= high for low, high in kind["ranges"]):
                log.met(kind["rule"], f"{service}: {kind['says']}")
