"""What the chart shows of each thing given, and which billed units it supports: the facts of a denial answer and of a letter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from coding.billed import Billed, BilledClaim, Corrected
from coding.codes import CODES
from coding.denial_reasons import charted_reasons, linked_codes, said, with_words
from coding.denial_times import clock_of
from coding.documentation import Timed, check_times
from coding.doses import amount, strength
from coding.drug_bags import counted
from coding.drugs import by_hcpcs
from coding.log import Log
from coding.model import ABSENT, DERIVED, Administration, Coded, DrugLine, Encounter, Line, Quantity, Waste
from coding.policy import Policy
from coding.runs import assemble, is_pause
from coding.service import Item
from coding.substances import know

AnyLine = Line | DrugLine | Billed | Corrected
JW = "JW"
OF_VISIT = "diagnoses of the visit, none of them charted as its reason"
NO_WASTE, DISCARDED = "nothing discarded", " discarded"
UNITS = {"ug": "mcg", "[iU]": "units", "meq": "mEq"}


class Given(NamedTuple):
    """One administration as the chart shows it. start, stop: in words; stop has its date where that is another than that of the start.

    dated: its start is not on the first day of the chart, so it needs its date. begin, end: instants in seconds.
    minutes: elapsed, None without two times in order. grade: evidence of its times, the weaker of the two; derived_from: how, in words.
    order: the id of an order in force. once: one time is all that it needs. held: the row says that nothing flowed.
    known: its name is one of the drug table. codes: lines that it earns. indication: as charted for it or its order, "" where nothing is;
    reasons: its ICD-10-CM codes; said: words of the chart on why; needs: its words on a second site. All words of a chart may name a
    person.
    of_visit: diagnoses of the visit that are a use of the drug, where none is charted for it; of_visit_words: with their words.
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
    dated: bool = False
    begin: int | None = None
    end: int | None = None
    held: bool = False
    known: bool = True
    reasons: tuple[str, ...] = ()
    said: str = ""
    needs: str = ""
    waste: tuple[str, ...] = ()
    of_visit: tuple[str, ...] = ()
    of_visit_words: str = ""

    @property
    def why(self) -> str:
        """Why it was given as charted, and beside it the diagnoses of the visit where it is linked to none of its own."""
        visit = f"{OF_VISIT}: {self.of_visit_words}" if self.of_visit else ""
        return "; ".join(filter(None, (self.indication, visit)))

    @property
    def thrown(self) -> bool:
        """Whether an amount is charted as discarded."""
        return any(one.endswith(DISCARDED) and one != NO_WASTE for one in self.waste)


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
    written = clock_of(encounter, items[0].offset if items else encounter.offset)
    found: list[Given] = []
    repeated = _repeated(timed.values(), policy, coded)
    for item in items:
        row, known = item.row, timed.get(item.id)
        begin = row.start.at if row.start else known.start if known else None
        end = known.stop if known else None
        grade = known.grade if known and (end is not None or _once(row)) else ABSENT
        if end is None and row.stop is not None and row.start is not None:
            end, grade = row.stop.at, row.stop.grade if row.stop.at >= row.start.at else ABSENT
        charted = charted_reasons(row)
        of_visit = () if charted else linked_codes(row, coded)
        times = written.times(row, begin, end, item.offset)
        found.append(
            Given(
                row.id,
                item.name,
                item.fluid,
                _dose(item),
                row.route,
                row.technique,
                row.site,
                times.date,
                times.start,
                times.stop,
                times.minutes,
                grade,
                _once(row),
                _derived_from(row) if grade == DERIVED else "",
                with_words(charted, encounter) or row.reason_text or (row.order.reason if row.order else ""),
                row.order.id if row.order and not row.order.status else "",
                tuple(dict.fromkeys(line.code for line in coded.lines if row.id in line.administrations)),
                row.id in repeated,
                times.dated,
                begin,
                end,
                is_pause(row),
                all(one.drug.known for one in item.actives),
                charted,
                said(row),
                row.quote("second-site-needed"),
                waste_words(row.waste),
                of_visit,
                with_words(of_visit, encounter),
            )
        )
    return tuple(found)


def _once(row: Administration) -> bool:
    return row.technique in ("push", "injection", "on-body", "refill", "flush", "instillation", "pump")


def _repeated(timed: Iterable[Timed], policy: Policy, coded: Coded) -> set[str]:
    """Rows that chart the dose of an earlier row of their infusion again, as the drug lines count them.

    A row that a drug line counts is none of them: each visit of joined ones was counted by itself.
    """
    own = {id for line in coded.drug_lines for id in line.administrations}
    services = assemble(list(timed), policy, Log())
    again = (item for service in services for one in counted(service, Log()) for item in one.repeats)
    return {item.id for item in again if item.row.dose is not None and item.id not in own}


def _dose(item: Item) -> str:
    """The charted dose; of a drug charted by the volume of its bag also what was in it, where the chart says it."""
    row = item.row
    own = [one.dose for one in row.substances if one.active is not False and one.dose is not None]
    inside = " + ".join(map(dose_words, own)) if len(own) == len(item.actives) else ""
    volume = amount(row.dose) if row.dose is not None else None
    if item.fluid or volume is None or volume[0] != "ml":
        return dose_words(row.dose) or inside
    per_ml = strength(row.text) if len(item.actives) == 1 and not inside else None
    if per_ml:
        inside = dose_words(Quantity(float(per_ml[1] * volume[1]), per_ml[0]))
    shown = dose_words(row.dose)
    return f"{inside} in {shown}" if inside and inside != shown else shown


def _derived_from(row: Administration) -> str:
    if row.has("noted-stop"):
        return "a nurse's note"
    return f"the charted volume and rate ({dose_words(row.dose)} at {dose_words(row.rate)})"


def dose_words(quantity: Quantity | None) -> str:
    """A quantity as a person writes it, "" for none."""
    if quantity is None:
        return ""
    return f"{quantity.value:g} {UNITS.get(quantity.unit, quantity.unit)}".strip()


def waste_words(waste: Waste | None) -> tuple[str, ...]:
    """What is charted of vials and waste, piece by piece."""
    if waste is None:
        return ()
    found = [f"{count} x {dose_words(size)} opened" for count, size in waste.vials]
    found += [f"{dose_words(waste.dispensed)} dispensed"] if waste.dispensed else []
    found += [f"{dose_words(waste.discarded)}{DISCARDED}"] if waste.discarded and waste.discarded.value else []
    return (*found, NO_WASTE) if waste.none else tuple(found)


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
