"""What the chart shows of each thing given, and which billed units it supports: the facts of a denial answer and of a letter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from coding.billed import Billed, BilledClaim, Corrected
from coding.codes import CODES
from coding.documentation import check_times
from coding.drugs import by_hcpcs
from coding.log import Log
from coding.model import ABSENT, DERIVED, Administration, Coded, DrugLine, Encounter, Line, Quantity
from coding.policy import Policy
from coding.service import Item
from coding.substances import know
from coding.timeline import MINUTE, clock, day

AnyLine = Line | DrugLine | Billed | Corrected
JW = "JW"
UNITS = {"ug": "mcg", "[iU]": "units", "meq": "mEq"}


class Given(NamedTuple):
    """One administration as the chart shows it. start, stop: clock of the chart, "" where absent; stop has its date where that differs.

    minutes: elapsed, None without two times in order. grade: evidence of its times, the weaker of the two; derived_from: how, in words.
    once: one time is all that it needs. codes: lines that it earns. indication: as charted for it, "" where nothing is.
    repeats: its dose is that of an earlier row of the same infusion, charted again (a rate step, a resumed bag), not another dose.
    """

    administration: str
    drug: str
    fluid: bool
    dose: str
    route: str
    technique: str
    site: str
    date: str
    start: str
    stop: str
    minutes: int | None
    grade: str
    once: bool
    derived_from: str = ""
    indication: str = ""
    order: str = ""
    codes: tuple[str, ...] = ()
    repeats: bool = False


class Over(NamedTuple):
    """A code billed in more units than the chart supports. discarded: it is about the line of discarded drug."""

    code: str
    billed: int
    supported: int
    discarded: bool = False


def given_of(encounter: Encounter, coded: Coded, policy: Policy) -> tuple[Given, ...]:
    """Every administration that was given, in order of time; rows that the chart marks as not given or as an error are left out."""
    items = [item for item in know(encounter, Log()) if item.row.status not in ("error", "not-given")]
    timed = {one.item.id: one for one in check_times(items, encounter, policy, Log())}
    found: list[Given] = []
    for number, item in enumerate(items):
        row, known = item.row, timed.get(item.id)
        start = row.start.at if row.start else known.start if known else None
        stop = known.stop if known else None
        grade = known.grade if known and (stop is not None or _once(row)) else ABSENT
        if stop is None and row.stop is not None and row.start is not None:
            stop, grade = row.stop.at, row.stop.grade if row.stop.at >= row.start.at else ABSENT
        minutes = (stop - start) // MINUTE if start is not None and stop is not None and stop >= start else None
        found.append(
            Given(
                row.id,
                item.name,
                item.fluid,
                dose_words(row.dose) or dose_words(_own_dose(row)),
                row.route,
                row.technique,
                row.site,
                day(shown, item.offset) if (shown := stop if start is None else start) is not None else "",
                clock(start, item.offset) if start is not None else "",
                _stop_words(start, stop, item.offset),
                minutes,
                grade,
                _once(row),
                _derived_from(row) if grade == DERIVED else "",
                indication(item, encounter, coded),
                row.order.id if row.order else "",
                tuple(dict.fromkeys(line.code for line in coded.lines if row.id in line.administrations)),
                any(_repeats(item, earlier) for earlier in items[:number]),
            )
        )
    return tuple(found)


def _once(row: Administration) -> bool:
    return row.technique in ("push", "injection", "on-body", "refill", "flush", "instillation", "pump")


def _repeats(item: Item, earlier: Item) -> bool:
    row, before = item.row, earlier.row
    if item.key != earlier.key or row.technique != "infusion" or before.technique != "infusion" or row.has("new-bag"):
        return False
    return row.dose is not None and row.dose == before.dose and row.order is not None and row.order == before.order


def _own_dose(row: Administration) -> Quantity | None:
    doses = [one.dose for one in row.substances if one.active is not False]
    return doses[0] if len(doses) == 1 else None


def _stop_words(start: int | None, stop: int | None, offset: int) -> str:
    if stop is None:
        return ""
    other = start is not None and day(start, offset) != day(stop, offset)
    return f"{day(stop, offset)} {clock(stop, offset)}" if other else clock(stop, offset)


def _derived_from(row: Administration) -> str:
    if row.has("noted-stop"):
        return "a nurse's note"
    return f"the charted volume and rate ({dose_words(row.dose)} at {dose_words(row.rate)})"


def dose_words(quantity: Quantity | None) -> str:
    """A quantity as a person writes it, "" for none."""
    if quantity is None:
        return ""
    return f"{quantity.value:g} {UNITS.get(quantity.unit, quantity.unit)}".strip()


def indication(item: Item, encounter: Encounter, coded: Coded) -> str:
    """Why it was given: codes charted for it or its order, else those that its lines are linked to, else the charted words."""
    row = item.row
    codes = dict.fromkeys((*row.reasons, *(row.order.reason_codes if row.order else ())))
    if not codes:
        lines = (line for line in coded.lines if row.id in line.administrations)
        codes = dict.fromkeys(code for line in lines for code in line.diagnoses)
    if codes:
        texts = {one.code: one.text for one in encounter.conditions}
        return ", ".join(f"{code} ({texts[code]})" if texts.get(code) else code for code in codes)
    return row.reason_text or (row.order.reason if row.order else "")


def in_family(code: str) -> bool:
    """Whether the engine knows the code: an administration code of the family, or a code of a drug in the tables."""
    return code in CODES or bool(by_hcpcs(code))


def covers(codes: Iterable[str], code: str) -> bool:
    """Whether one of the codes or ranges ("96360-96379") holds the code."""
    for one in codes:
        low, _, high = one.partition("-")
        if len(code) == len(low) and low <= code <= (high or low):
            return True
    return False


def corrected(coded: Coded) -> tuple[Corrected, ...]:
    """The lines of the answer as they should stand, units of one code and its modifiers added up."""
    return summed((*coded.lines, *coded.drug_lines))


def summed(lines: Iterable[AnyLine]) -> tuple[Corrected, ...]:
    """Lines of any kind with code, units and modifiers, added up by code and modifiers, in their order."""
    totals: dict[tuple[str, tuple[str, ...]], int] = {}
    for line in lines:
        key = (line.code, tuple(sorted(line.modifiers)))
        totals[key] = totals.get(key, 0) + line.units
    return tuple(Corrected(code, units, modifiers) for (code, modifiers), units in totals.items())


def unsupported(claim: BilledClaim, coded: Coded) -> tuple[Over, ...]:
    """Billed units beyond those that the chart supports, by code; lines of codes that the engine does not know are not judged."""
    billed, supported = _units(claim.lines), _units((*coded.lines, *coded.drug_lines))
    return tuple(
        Over(code, units, supported.get((code, waste), 0), waste)
        for (code, waste), units in billed.items()
        if in_family(code) and units > supported.get((code, waste), 0)
    )


def _units(lines: Iterable[AnyLine]) -> dict[tuple[str, bool], int]:
    totals: dict[tuple[str, bool], int] = {}
    for line in lines:
        key = (line.code, JW in line.modifiers)
        totals[key] = totals.get(key, 0) + line.units
    return totals


def line_words(line: AnyLine) -> str:
    """ "96365-59 x1"."""
    return f"{'-'.join((line.code, *line.modifiers))} x{line.units}"
