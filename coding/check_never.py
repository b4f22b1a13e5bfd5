"""Lines that no chart of one visit can make right: a second initial, hydration as initial beside a drug, 96368 twice, 96376 in an office.

Each look takes the open lines that it explains and leaves the rest.
"""

from __future__ import annotations

from coding.billed import ASK, WRONG, Finding
from coding.check_case import Case, bears, stopped
from coding.check_kinds import MODIFIERS, SEQUELS
from coding.check_lines import Open
from coding.check_words import found, proof, reasons
from coding.codes import CODES, INITIALS, code_for
from coding.model import CHEMO, FACILITY, HYDRATION, NOT_MET, PROFESSIONAL, THERAPEUTIC, UNKNOWN

FIRST_FLUID, FURTHER_FLUID = code_for(HYDRATION, "initial"), code_for(HYDRATION, "hour")
CONCURRENT, REPEAT = code_for(THERAPEUTIC, "concurrent"), code_for(THERAPEUTIC, "repeat push")
DRUG_INITIALS = tuple(sorted(INITIALS - {FIRST_FLUID}))


def look(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """All of them, in the order in which a coder would see them."""
    findings: list[Finding] = []
    for one in (_hydration_first, _second_initial, _concurrent_twice, _repeat_in_office):
        open, more = one(case, open)
        findings += more
    return open, findings


def _hydration_first(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """Hydration billed as initial while the coded visit, or the claim itself, has a drug service as initial."""
    coded = {line.code for line in case.coded.lines}
    if open.excess(FIRST_FLUID) <= 0 or coded.isdisjoint(DRUG_INITIALS):
        return open, []
    taken = open.of(FIRST_FLUID, FURTHER_FLUID)
    if case.billed_codes.isdisjoint(DRUG_INITIALS):
        missing = [code for code in DRUG_INITIALS if open.excess(code) < 0]
        sequels = [code for first in missing for code in SEQUELS[first] if open.excess(code) > 0]
        taken = taken.plus(open.of(*missing, *sequels))
    why = reasons(case.considered((FIRST_FLUID, FURTHER_FLUID), UNKNOWN, NOT_MET))
    beside = next(line for line in case.coded.lines if line.code in DRUG_INITIALS)
    why = f"{beside.substance} is initial ({beside.code}). {'' if taken.wanted else why}"
    return open.less(taken), [found(case, "bundled-hydration", taken, why=why, ids=_fluids(case))]


def _fluids(case: Case) -> list[str]:
    codes = (FIRST_FLUID, FURTHER_FLUID)
    return [id for one in case.considered(codes, UNKNOWN, NOT_MET) for id in one.administrations]


def _second_initial(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """One look for each surplus initial code; the code that it should have had goes with it."""
    findings = []
    surplus = sum(open.excess(code) for code in INITIALS)
    if not any(line.code in INITIALS for line in case.coded.lines):
        surplus -= 1
    waiting = stopped(case)
    for code in sorted(INITIALS, key=lambda one: _standing(case, one)):
        if _unmarked(open, code) and any(bears(one, code) for one in waiting):
            continue  # check_proof.unproved holds it
        while surplus > 0 and open.excess(code) > 0:
            taken = _with_sequel(open, code)
            surplus -= taken.excess(code)
            open = open.less(taken)
            findings.append(_tell_second(case, code, taken))
    return open, findings


def _unmarked(open: Open, code: str) -> bool:
    return not any(set(line.modifiers) & set(MODIFIERS.distinct) for line in open.of(code).billed)


def _standing(case: Case, code: str) -> tuple[bool, bool, bool]:
    """The less an initial code can stand here, the earlier it is the surplus one: not coded, not chemo, not an infusion."""
    row = CODES[code]
    return _keeps(case, code), row.family == CHEMO, row.role == "initial infusion"


def _keeps(case: Case, code: str) -> bool:
    """Whether the coded visit has this code."""
    return any(line.code == code for line in case.coded.lines)


def _with_sequel(open: Open, code: str) -> Open:
    taken = open.of(code)
    if not any(line.code == code for line in taken.wanted):
        dated = [line for line in taken.billed if set(line.modifiers) & set(MODIFIERS.distinct)]
        taken = taken._replace(billed=tuple(dated)) if dated else taken
    sequel = next((one for one in SEQUELS[code] if open.excess(one) < 0), "")
    if not sequel:
        return taken
    taken = taken.plus(open.of(sequel))
    here, there = (code_for(CODES[one].family, "hour") for one in (code, sequel) if CODES[one].family in FAMILIES)
    hours = [one for one in (here, there) if here != there and open.excess(one) * (1 if one == here else -1) > 0]
    return taken.plus(open.of(*hours))


FAMILIES = (THERAPEUTIC, CHEMO, HYDRATION)


def _tell_second(case: Case, code: str, taken: Open) -> Finding:
    instead = f"The second service is {', '.join(taken_codes)}." if (taken_codes := _instead(taken, code)) else ""
    if any(set(line.modifiers) & set(MODIFIERS.distinct) for line in taken.billed):
        asked = next((one for one in case.coded.problems if one.code == "SECOND_SITE_UNSUPPORTED"), None)
        why = asked.says if asked else "Only one site and one visit are charted."
        ids = (asked.resource,) if asked else ()
        rules = ("site.second-site", "initial.one-per-site")
        return found(
            case,
            "modifier-59-unsupported",
            taken,
            severity=ASK if asked else WRONG,
            rules=rules,
            ids=ids,
            why=f"{why} {instead}",
        )
    rank = "initial.facility-rank" if case.policy.setting == FACILITY else "initial.professional-reason"
    return found(case, "two-initials", taken, rules=(rank,), why=f"{instead}{_proved(taken, case)}")


def _instead(taken: Open, code: str) -> list[str]:
    return [one for one in dict.fromkeys(line.code for line in taken.wanted) if one != code]


def _proved(taken: Open, case: Case) -> str:
    said = proof(taken.wanted, case)
    return f" {said[:1].upper()}{said[1:]}." if said else ""


def _concurrent_twice(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    by_date: dict[str, int] = {}
    for line in case.claim.lines:
        if line.code == CONCURRENT:
            by_date[line.date] = by_date.get(line.date, 0) + line.units
    if open.excess(CONCURRENT) <= 0 or max(by_date.values(), default=0) < 2 or not _keeps(case, CONCURRENT):
        return open, []
    taken = open.of(CONCURRENT)
    beside = [line for line in case.coded.lines if line.code == CONCURRENT]
    why = f"The chart supports {CONCURRENT} for {', '.join(dict.fromkeys(line.substance for line in beside))}."
    ids = [id for line in beside for id in line.administrations]
    minutes = max((line.minutes for line in beside if line.minutes is not None), default=None)
    return open.less(taken), [found(case, "concurrent-twice", taken, why=why, ids=ids, minutes=minutes)]


def _repeat_in_office(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    if case.policy.setting != PROFESSIONAL or open.excess(REPEAT) <= 0:
        return open, []
    taken = open.of(REPEAT)
    why = reasons(case.considered((REPEAT,), NOT_MET))
    ids = [id for one in case.considered((REPEAT,), NOT_MET) for id in one.administrations]
    return open.less(taken), [found(case, "repeat-push-in-office", taken, why=why, ids=ids)]
