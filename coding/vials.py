"""Single-dose containers: which sizes a product is sold in (tables/vials.csv), and the smallest of them that hold a dose."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from coding.doses import amount_of
from coding.drug_table import codes_by_name

# A dose of more vials than this is a slip of the pen, and no vials are worked out for it.
MOST_VIALS = 100


class Vials(NamedTuple):
    """base: the unit of the sizes (mg, units). sizes: amounts in one container, smallest first. source: how they are known."""

    base: str
    sizes: tuple[int, ...]
    source: str


@lru_cache(maxsize=1)
def table() -> dict[tuple[str, str], Vials]:
    """Containers by drug name and product."""
    text = resources.files("coding").joinpath("tables", "vials.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {(row["name"], row["product"]): _vials(row) for row in rows}


def _vials(row: dict[str, str]) -> Vials:
    found = [amount_of(size.strip(), row["unit"]) for size in row["sizes"].split(";")]
    sizes = sorted(int(one[1]) for one in found if one)
    return Vials(next(one[0] for one in found if one), tuple(sizes), row["source"])


def vials_of(name: str, product: str) -> Vials | None:
    """The containers of a product; those of the reference product where the product has no billing code of its own."""
    found = table().get((name, product))
    if found is None and not any(row.product == product for row in codes_by_name().get(name, ())):
        found = table().get((name, ""))
    return found


@lru_cache(maxsize=8_192)
def fitting(dose: Decimal, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The containers that hold a dose with the least left over, the fewest of them, largest first; () where there are none.

    >>> fitting(Decimal(28000), (5000, 10000, 20000, 40000))
    (20000, 10000)
    >>> fitting(Decimal(305), (100,))
    (100, 100, 100, 100)
    """
    if dose <= 0 or not sizes or dose > MOST_VIALS * max(sizes):
        return ()
    step = math.gcd(*sizes)
    wanted = math.ceil(dose / step)
    made = _made(tuple(size // step for size in sizes), wanted)
    total = next(one for one in range(wanted, len(made)) if made[one] is not None)
    return tuple(sorted((size * step for size in made[total] or ()), reverse=True))


def whole(amount: Decimal, sizes: tuple[int, ...]) -> bool:
    """Whether an amount is that of whole containers, none of them cut."""
    return amount > 0 and sum(fitting(amount, sizes)) == amount


def _made(sizes: tuple[int, ...], wanted: int) -> list[tuple[int, ...] | None]:
    """For each total up to the first that must suffice: the fewest containers that make it, None where none do."""
    made: list[tuple[int, ...] | None] = [()]
    for total in range(1, wanted + max(sizes)):
        choices = [(*before, size) for size in sizes if size <= total and (before := made[total - size]) is not None]
        made.append(min(choices, key=len, default=None))
    return made


def in_words(containers: Iterable[int], base: str) -> str:
    """Containers for a person: "1 x 20000 mg and 1 x 10000 mg"."""
    counted: dict[int, int] = {}
    for size in containers:
        counted[size] = counted.get(size, 0) + 1
    return " and ".join(f"{count} x {size} {base}" for size, count in counted.items())
