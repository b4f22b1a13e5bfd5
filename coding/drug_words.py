"""Words beside a drug, and how near two figures for its dose are (tables/doses.toml)."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

_TABLE: dict[str, Any] = tomllib.loads(
    resources.files("coding").joinpath("tables", "doses.toml").read_text(encoding="utf-8")
)


class Limits(NamedTuple):
    """rounding_percent: figures so near are one. order_factor: a dose so many times its order, or so small a part, is asked about.

    most_mg: the most of any drug.
    """

    rounding_percent: Decimal
    order_factor: Decimal
    most_mg: Decimal


LIMITS = Limits(**{name: Decimal(value) for name, value in _TABLE["limit"].items()})


def _any_of(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words), re.IGNORECASE)


_PREMIX, _MAKER = _any_of(_TABLE["premix"]["words"]), _any_of(_TABLE["maker"]["words"])


@lru_cache(maxsize=4_096)
def maker_in(text: str) -> str:
    """The maker that a text names, as written, or ""."""
    found = _MAKER.search(text)
    return found.group() if found else ""


@lru_cache(maxsize=4_096)
def is_premix(text: str) -> bool:
    """Whether a text says that a bag came mixed from its maker."""
    return bool(_PREMIX.search(text))


def agree(one: Decimal, other: Decimal) -> bool:
    """Whether two figures for a dose are one figure, rounded.

    >>> agree(Decimal("85.3"), Decimal(85)), agree(Decimal(400), Decimal(300))
    (True, False)
    """
    return abs(one - other) * 100 <= max(abs(one), abs(other)) * LIMITS.rounding_percent
