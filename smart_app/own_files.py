"""The files that an installation may add: fee schedules, a crosswalk from NDC to HCPCS, unlikely units, and payer policies of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from coding.fees import Fees, FeesError
from coding.limits import SHIPPED, Limits, LimitsError
from coding.model import FACILITY
from coding.ndc import NO_CROSSWALK, Crosswalk, CrosswalkError
from coding.policy import PolicyError, policy_for
from smart_app.fee_files import load_crosswalk, load_fees, load_limits

LISTS = ("fee_files", "ndc_files", "payer_files")
TEXTS = ("mue_file",)


class OwnFiles(NamedTuple):
    """What was read of them. fees: in their order; without one nothing is said of money. payers: paths of policy files (TOML).

    crosswalk: NDC to HCPCS, for drugs that are charted by NDC. limits: most units of a code on one day.
    """

    fees: tuple[Fees, ...] = ()
    payers: tuple[str, ...] = ()
    crosswalk: Crosswalk = NO_CROSSWALK
    limits: Limits = SHIPPED


NONE = OwnFiles()


def read_own(table: Mapping[str, Any], faults: list[str]) -> OwnFiles:
    """The files that the configuration names. What is wrong with one is added to faults, and nothing of it is used."""
    return OwnFiles(_fees(table, faults), _payers(table, faults), _crosswalk(table, faults), _limits(table, faults))


def _fees(table: Mapping[str, Any], faults: list[str]) -> tuple[Fees, ...]:
    found = []
    for name in table.get("fee_files", ()):
        try:
            found.append(load_fees(name))
        except FeesError as error:
            faults.append(f"fee_files: {error}")
    return tuple(found)


def _payers(table: Mapping[str, Any], faults: list[str]) -> tuple[str, ...]:
    names = tuple(table.get("payer_files", ()))
    try:
        policy_for(files=names)
    except PolicyError as error:
        faults.append(f"payer_files: {error}")
        return ()
    return names


def _crosswalk(table: Mapping[str, Any], faults: list[str]) -> Crosswalk:
    try:
        return load_crosswalk(names) if (names := table.get("ndc_files", ())) else NO_CROSSWALK
    except CrosswalkError as error:
        faults.append(f"ndc_files: {error}")
        return NO_CROSSWALK


def _limits(table: Mapping[str, Any], faults: list[str]) -> Limits:
    name = table.get("mue_file", "")
    if not name:
        return SHIPPED
    try:
        limits = load_limits(name)
    except LimitsError as error:
        faults.append(f"mue_file: {error}")
        return SHIPPED
    if remark := limits.remark(table.get("setting", FACILITY)):
        faults.append(f"mue_file: {remark} Name the file of the setting of this installation.")
    return limits
