"""Forms of speech and thresholds of likeness, from tables/panel/forms.toml."""

from __future__ import annotations

import re
from typing import NamedTuple

from coding.panel.lexicon import panel_table

_TABLE = panel_table("forms.toml")


class Likeness(NamedTuple):
    """The thresholds; see the table for the meaning of each."""

    enough: float
    sure: float
    declines: float
    margin: float
    strong: float
    certain: float
    taught: float
    rule_first: float
    beside: float
    close: float
    chart: float
    points: float
    plain: float
    present: float
    absent: float
    elliptic: float
    leans: float


def _pattern(name: str) -> re.Pattern[str]:
    parts: list[str] = dict(_TABLE["pattern"])[name]  # type: ignore[call-overload]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")


def _features(name: str) -> frozenset[str]:
    return frozenset(dict(_TABLE["features"])[name])  # type: ignore[call-overload]


LIKENESS = Likeness(**dict(_TABLE["likeness"]))  # type: ignore[call-overload]
POINTS = _pattern("points")
NAMES_CHART = _pattern("names-chart")
SUPPOSES = _pattern("supposes")
QUESTION = _pattern("question")
ASKS_CODES = _pattern("asks-codes")
ASKS_FAMILY = _pattern("asks-family")
NOT_A_CASE = _pattern("not-a-case")
FAMILY = _features("family")
DEFINES = _features("defines")
MORE_UNITS = _features("more-units")
EXAMPLES = _features("examples")
EVERYTHING = _features("everything")
LENGTHS = _features("lengths")
COUNTING = _features("counting")
