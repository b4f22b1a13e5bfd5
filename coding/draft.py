"""A line in the making: what it reports, over which active time its units lie, and why."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from coding.model import DERIVED
from coding.rules import card, sources
from coding.service import Service
from coding.timeline import Spans


class Draft(NamedTuple):
    """A code with all its units, before it is dated.

    spans: the active time over which its units are counted. first_hour: the hour of that time in which its first unit
    begins (0 for a first-hour code, 1 for the hours after it). minutes: those that support it, None where they do not matter.
    """

    code: str
    units: int
    service: Service
    rules: tuple[str, ...]
    because: str
    spans: Spans = ()
    first_hour: int = 0
    minutes: int | None = None
    modifiers: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    date: str = ""


@lru_cache(maxsize=1_024)
def cite(rule: str) -> str:
    """A rule and its first source, as a line ends: "rule time.first-hour; Noridian, chemotherapy administration"."""
    first = sources(card(rule))[0]
    return f"rule {rule}; {first.title}"


def sentence(draft: Draft) -> str:
    """What a biller could read to an auditor: drug, clock times, minutes, threshold, rule, source."""
    service = draft.service
    length = f", {draft.minutes} minutes" if draft.minutes is not None else ""
    derived = " (a derived time)" if service.grade == DERIVED else ""
    return f"{service.name}, {service.when}{derived}{length}: {draft.because} [{cite(draft.rules[0])}]."
