"""Minutes to units (rules time.first-hour, time.additional-hour, hydration.units)."""

from __future__ import annotations

from coding.policy import Policy
from coding.rules import THRESHOLDS


def additional_hours(minutes: int, policy: Policy) -> int:
    """Units beyond the first hour: one more for each hour whose last part is long enough (default 31 minutes)."""
    return max(0, (minutes - int(policy["addl_hour_min_over"])) // THRESHOLDS.hour)


def minutes_for(additional: int, policy: Policy) -> int:
    """The fewest minutes that give so many additional hours: 91, 151, 211 ... by default."""
    return additional * THRESHOLDS.hour + int(policy["addl_hour_min_over"])


def hydration_units(minutes: int, initial: bool, policy: Policy) -> int:
    """Units of the further-hour code for countable hydration minutes: beyond the first block, or all where it is secondary."""
    if minutes < THRESHOLDS.hydration_minimum:
        return 0
    further = additional_hours(minutes, policy)
    return further if initial else further + 1
