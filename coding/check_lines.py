"""Billed lines and coded lines laid side by side: what agrees is settled, what is left is open.

Lines are compared by code, judged modifiers and date, with their units added up, so a claim may split a line or join two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from coding.billed import Billed, BilledClaim
from coding.check_kinds import MODIFIERS
from coding.codes import CODES
from coding.drugs import by_hcpcs
from coding.model import Coded, DrugLine, Line

Wanted = Line | DrugLine
ADMINISTRATION, DRUG, UNKNOWN_DRUG, OTHER = "administration", "drug", "unknown drug", "other"
_OURS = re.compile(r"963[67]\d|964\d\d|965[0-4]\d")
_DRUG_LIKE = re.compile(r"J\d{4}|Q[2459]\d{3}|C9\d{3}")
_DISTINCT, _HYDRATION = "59", ("96360", "96361")


class Open(NamedTuple):
    """Lines that are not yet accounted for: as billed, and as coded."""

    billed: tuple[Billed, ...] = ()
    wanted: tuple[Wanted, ...] = ()

    def of(self, *codes: str) -> Open:
        """Those of some codes."""
        return Open(
            tuple(one for one in self.billed if one.code in codes),
            tuple(one for one in self.wanted if one.code in codes),
        )

    def less(self, taken: Open) -> Open:
        """What is left when some are taken out; a line is told by being the same one, not an equal one."""
        billed, wanted = {id(one) for one in taken.billed}, {id(one) for one in taken.wanted}
        return Open(
            tuple(one for one in self.billed if id(one) not in billed),
            tuple(one for one in self.wanted if id(one) not in wanted),
        )

    def plus(self, more: Open) -> Open:
        """Both together, each line once."""
        added = more.less(self)
        return Open(self.billed + added.billed, self.wanted + added.wanted)

    def excess(self, code: str) -> int:
        """Units billed beyond the coded ones; negative where fewer are billed."""
        billed = sum(one.units for one in self.billed if one.code == code)
        return billed - sum(one.units for one in self.wanted if one.code == code)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, in order."""
        return tuple(dict.fromkeys(one.code for one in (*self.billed, *self.wanted)))

    @property
    def over(self) -> tuple[str, ...]:
        """Codes of which more is billed than coded."""
        return tuple(code for code in self.codes if self.excess(code) > 0)

    @property
    def under(self) -> tuple[str, ...]:
        """Codes of which less is billed than coded."""
        return tuple(code for code in self.codes if self.excess(code) < 0)


class Settled(NamedTuple):
    """What came of the comparison. dated: right but for the date; marked: right but for the modifiers."""

    open: Open
    dated: Open
    marked: Open
    right: Open


def family_of(code: str) -> str:
    """What kind of line a code makes: administration, drug, unknown drug or other."""
    if code in CODES or _OURS.fullmatch(code):
        return ADMINISTRATION
    if by_hcpcs(code):
        return DRUG
    return UNKNOWN_DRUG if _DRUG_LIKE.fullmatch(code) else OTHER


def every_line(coded: Coded) -> tuple[Wanted, ...]:
    """Administration lines and drug lines of an answer."""
    lines: list[Wanted] = [*coded.lines, *coded.drug_lines]
    return tuple(lines)


def judged(code: str, modifiers: Iterable[str]) -> tuple[str, ...]:
    """The modifiers that are compared, those of one class alike: on drugs JW and JZ, elsewhere those of administration."""
    if family_of(code) != ADMINISTRATION:
        return tuple(sorted({one for one in modifiers if one in MODIFIERS.waste}))
    known = {*MODIFIERS.misplaced, *MODIFIERS.early_stop}
    found = {_DISTINCT if one in MODIFIERS.distinct else one for one in modifiers}
    return tuple(sorted(one for one in found if one in known or one == _DISTINCT))


def carried(lines: Iterable[Billed]) -> tuple[str, ...]:
    """Modifiers of payment, place and the like that all these lines have and that are not judged."""
    kept: list[str] | None = None
    for line in lines:
        mine = [one for one in line.modifiers if not judged(line.code, (one,))]
        kept = mine if kept is None else [one for one in kept if one in mine]
    return tuple(kept or ())


def placed(claim: BilledClaim) -> BilledClaim:
    """The claim with a place of its own for every line, and codes and modifiers in capitals."""
    seen: set[str] = set()
    lines = []
    for number, line in enumerate(claim.lines, 1):
        place = line.place or f"line {number}"
        if place in seen:
            place = f"{place} ({number})"
        seen.add(place)
        modifiers = tuple(one.strip().upper() for one in line.modifiers)
        lines.append(line._replace(place=place, code=line.code.strip().upper(), modifiers=modifiers))
    return claim._replace(lines=tuple(lines))


def settle(given: Open) -> Settled:
    """Compare by code, modifiers and date, then without the date, then without the modifiers."""
    whole, dated, rest, right = Open(), Open(), Open(), Open()
    for group in _groups(given, lambda one: (one.code, judged(one.code, one.modifiers))):
        if group.excess(group.codes[0]) == 0:
            if _dates_agree(group):
                right = right.plus(group)
            else:
                dated = dated.plus(group)
            continue
        kept = _kept(group)
        right = right.plus(kept)
        rest = rest.plus(group.less(kept))
    marked = Open()
    for group in _groups(rest, lambda one: one.code):
        if group.excess(group.codes[0]) == 0:
            marked = marked.plus(group)
        else:
            whole = whole.plus(group)
    return Settled(whole, dated, marked, right)


def _groups(given: Open, key: Callable[[Billed | Wanted], object]) -> list[Open]:
    found: dict[object, Open] = {}
    for billed in given.billed:
        group = found.get(key(billed), Open())
        found[key(billed)] = group._replace(billed=(*group.billed, billed))
    for wanted in given.wanted:
        group = found.get(key(wanted), Open())
        found[key(wanted)] = group._replace(wanted=(*group.wanted, wanted))
    return list(found.values())


def _dates_agree(group: Open) -> bool:
    """A line without a date agrees with every date."""
    if any(not one.date for one in group.billed):
        return True
    by_date: dict[str, int] = {}
    for billed in group.billed:
        by_date[billed.date] = by_date.get(billed.date, 0) + billed.units
    for wanted in group.wanted:
        by_date[wanted.date] = by_date.get(wanted.date, 0) - wanted.units
    return not any(by_date.values())


def _kept(group: Open) -> Open:
    """Whole billed lines that make up exactly what is coded, the first ones first, so that only the surplus is open."""
    need = sum(one.units for one in group.wanted)
    if need == 0 or group.excess(group.codes[0]) < 0:
        return Open()
    dates = {one.date for one in group.wanted} | {""}
    kept: list[Billed] = []
    for line in sorted(group.billed, key=lambda one: one.date not in dates):
        if line.units <= need:
            kept.append(line)
            need -= line.units
    found = Open(tuple(kept), group.wanted)
    return found if need == 0 and _dates_agree(found) else Open()
