"""What a line is worth by a fee schedule that the user loads. No price ships; a code that is not listed has no amount, never zero.

Amounts are dollars for one unit, kept as the schedule gives them and shown with two places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple, Protocol

from coding.model import PROFESSIONAL
from coding.quarters import holds

# What a physician is paid for a service in a hospital, which no hospital is paid: the facility total of the fee schedule.
IN_FACILITY = "professional in a facility"
# Places of service at which CMS pays the facility total (Medicare Claims Processing Manual, chapter 12, section 20.4.2).
_FACILITY_PLACES = frozenset(
    ["02", "19", "21", "22", "23", "24", "26", "31", "34", "41", "42", "51", "52", "53", "56", "61"]
)
UNLISTED = "not in the schedule"


class FeesError(ValueError):
    """A fee schedule that cannot be used; the message names file, line and reason."""


class Fee(NamedTuple):
    """One row. modifier: "" for any. setting: facility, professional, IN_FACILITY, or "" for any. first, last: ISO, or "" for open."""

    code: str
    modifier: str
    amount: Decimal
    setting: str = ""
    first: str = ""
    last: str = ""


class Fees(NamedTuple):
    """A schedule. rows: by code. source: the file. note: what must be said beside its amounts, or ""."""

    rows: Mapping[str, tuple[Fee, ...]]
    source: str
    note: str = ""

    def find(self, code: str, modifiers: Iterable[str], setting: str, date: str) -> Fee | None:
        """The most specific row: own modifier before none, own setting before any, the latest to begin; None where none applies.

        Without a setting ("") or a date (ISO, or ""): only an amount that does not depend on it.
        """
        order = {modifier.upper(): place for place, modifier in reversed(list(enumerate(modifiers)))}
        fits = [
            fee
            for fee in self.rows.get(code.upper(), ())
            if (not fee.modifier or fee.modifier in order)
            and (not setting or fee.setting in (setting, ""))
            and holds(fee.first, fee.last, date)
        ]
        nearest = min((order.get(fee.modifier, len(order)) for fee in fits), default=0)
        fits = [fee for fee in fits if order.get(fee.modifier, len(order)) == nearest]
        if setting:
            fits = [fee for fee in fits if fee.setting] or fits
        if date:
            latest = max((fee.first for fee in fits), default="")
            fits = [fee for fee in fits if fee.first == latest]
        return fits[0] if len({fee.amount for fee in fits}) == 1 else None


class Charged(Protocol):
    """A line with units: billed, corrected, or a drug line."""

    @property
    def code(self) -> str: ...

    @property
    def units(self) -> int: ...

    @property
    def modifiers(self) -> tuple[str, ...]: ...


class Worth(NamedTuple):
    """An amount in dollars, or None where codes are not listed; then these are they."""

    amount: Decimal | None
    unlisted: tuple[str, ...] = ()


def fees_of(rows: Iterable[tuple[int, Fee]], source: str, note: str = "") -> Fees:
    """A schedule of (line, row) pairs. Raises FeesError for a negative amount, or two that are in force on one day.

    A row without an end holds until the next one begins.
    """
    found: dict[str, dict[tuple[str, str, str], tuple[int, Fee]]] = {}
    for line, fee in rows:
        if not fee.amount.is_finite() or fee.amount < 0:
            raise FeesError(f"{source}, line {line}: the amount of {fee.code} is negative or no number.")
        its = found.setdefault(fee.code, {})
        before, same = its.setdefault((fee.modifier, fee.setting, fee.first), (line, fee))
        if same.amount != fee.amount or same.last != fee.last:
            named = "-".join(part for part in (fee.code, fee.modifier) if part)
            raise FeesError(f"{source}, line {line}: {named} stands on line {before} too, with another amount or end.")
    for its in found.values():
        _check_periods(its.values(), source)
    return Fees(
        MappingProxyType({code: tuple(fee for _, fee in its.values()) for code, its in found.items()}), source, note
    )


def _check_periods(rows: Iterable[tuple[int, Fee]], source: str) -> None:
    """Raises FeesError where a row begins before another, with its own amount and an end, has ended."""
    until: dict[tuple[str, str], tuple[int, Fee]] = {}
    for line, fee in sorted(rows, key=lambda one: one[1].first):
        where, before = until.get((fee.modifier, fee.setting), (0, fee))
        if fee.first <= before.last and fee.amount != before.amount:
            first, second = sorted((line, where))
            raise FeesError(
                f"{source}, line {second}: {fee.code} has another amount on line {first}, and both are in force on the "
                "same days. End one before the other begins."
            )
        if fee.last >= before.last:
            until[fee.modifier, fee.setting] = line, fee


def setting_paid(setting: str, place_of_service: str) -> str:
    """The setting under which a schedule lists a line: a professional's own differs where the place of service is a facility."""
    return IN_FACILITY if setting == PROFESSIONAL and place_of_service in _FACILITY_PLACES else setting


def worth(lines: Iterable[Charged], fees: Fees, setting: str, date: str) -> Worth:
    """What lines are worth together: amount by units. A line of no units is worth nothing, listed or not."""
    total, unlisted = Decimal(0), dict[str, None]()
    for line in lines:
        if line.units == 0:
            continue
        fee = fees.find(line.code, line.modifiers, setting, date)
        if fee is None:
            unlisted[line.code] = None
        else:
            total += fee.amount * line.units
    return Worth(None, tuple(unlisted)) if unlisted else Worth(total)


def difference(billed: Iterable[Charged], corrected: Iterable[Charged], fees: Fees, setting: str, date: str) -> Worth:
    """What the corrected lines are worth more than the billed ones (negative: less); no amount where a code is not listed.

    Units that stand on both sides under the same modifiers cancel and need no price. Modifiers that halve or waive a payment are
    not applied: it is the schedule's amount by units.
    """
    less, more = _apart(billed, corrected)
    now, right = worth(less, fees, setting, date), worth(more, fees, setting, date)
    if now.amount is None or right.amount is None:
        return Worth(None, tuple(dict.fromkeys(now.unlisted + right.unlisted)))
    return Worth(right.amount - now.amount)


class _Part(NamedTuple):
    code: str
    modifiers: tuple[str, ...]
    units: int


def _apart(billed: Iterable[Charged], corrected: Iterable[Charged]) -> tuple[list[_Part], list[_Part]]:
    """The units of each side that the other has not."""
    more: dict[tuple[str, tuple[str, ...]], int] = {}
    for sign, lines in ((-1, billed), (1, corrected)):
        for line in lines:
            key = line.code, tuple(line.modifiers)
            more[key] = more.get(key, 0) + sign * line.units
    parts = [_Part(*key, units) for key, units in more.items()]
    return [one._replace(units=-one.units) for one in parts if one.units < 0], [one for one in parts if one.units > 0]


def shown(amount: Decimal | None) -> str:
    """An amount for people: dollars with two places, or that it is not in the schedule.

    >>> shown(Decimal("1234.5")), shown(Decimal("-3")), shown(None)
    ('$1,234.50', '-$3.00', 'not in the schedule')
    """
    if amount is None:
        return UNLISTED
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"
