"""Stage: the drug itself: HCPCS code, billing units, and JW or JZ where vials or waste are charted (rules drug.*)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from decimal import Decimal
from importlib import resources
from typing import NamedTuple

from coding.dosed import Dosed, Wasted
from coding.doses import in_units
from coding.draft import cite
from coding.drug_amounts import of_base
from coding.drug_codes import code_of
from coding.drug_doses import Given, given_in
from coding.drug_gaps import Gaps
from coding.drug_words import LIMITS
from coding.drugs import Hcpcs
from coding.log import Log
from coding.model import FACILITY, NOT_MET, DrugLine
from coding.ndc import NO_CROSSWALK, Crosswalk
from coding.policy import Policy
from coding.rules import DATES
from coding.service import Service
from coding.vials import MOST_VIALS, vials_of
from coding.wastage import NOT_SMALLEST, UNDOCUMENTED, would_leave
from coding.waste_of_day import wasted_of_day

JW, JZ = "JW", "JZ"
ONE_CHARGE = frozenset({"potassium chloride"})  # of the salts whose code counts milliequivalents
_NOT_SET = tomllib.loads(resources.files("coding").joinpath("tables", "modifiers.toml").read_text(encoding="utf-8"))


class Unmarked(NamedTuple):
    """Drugs of which neither vials nor waste are charted, and what the smallest vials would leave of them."""

    names: list[str]
    hints: list[str]


def code_drugs(
    services: Iterable[Service], running: bool, policy: Policy, log: Log, crosswalk: Crosswalk = NO_CROSSWALK
) -> list[DrugLine]:
    """Drug lines of all that was given, by product and date; what cannot be computed is asked for, once for each kind.

    running: the visit is not over, so a bag that still runs has no dose given yet; a push has.
    crosswalk: NDC to HCPCS, where one is loaded.
    """
    lines: list[DrugLine] = []
    unmarked, gaps = Unmarked([], []), Gaps()
    for code, given in _coded(services, running, gaps, log, crosswalk):
        if not _beyond(given, log):
            lines += _lines(given, code, policy, unmarked, log)
    gaps.ask(log)
    if unmarked.names:
        worked = f" {'. '.join(unmarked.hints)}." if unmarked.hints else ""
        log.problem(
            UNDOCUMENTED,
            "",
            f"Nothing is charted of vials or waste for {', '.join(dict.fromkeys(unmarked.names))}; no JW or JZ is set.{worked}",
            "The vials opened and the amount discarded, or a note of no waste.",
            ("drug.wastage",),
        )
    return lines


def _coded(
    services: Iterable[Service], running: bool, gaps: Gaps, log: Log, crosswalk: Crosswalk
) -> list[tuple[Hcpcs, Given]]:
    """What was given under each billing code and date: two names of one code are added before they are rounded."""
    found: dict[tuple[str, str, str], tuple[Hcpcs, Given]] = {}
    for given in given_in(services, running, gaps, log):
        code = code_of(given, crosswalk, gaps, log)
        if code is None:
            continue
        given = _in_equivalents(given, code)
        if in_units((given.base, given.dose), code.unit_qty, code.unit_uom) is None:
            log.problem(
                "DOSE_UNIT_UNKNOWN",
                given.ids[0],
                f"The dose of {given.found.drug.name} is charted in {of_base(given.base)}, and {code.code} counts "
                f"{code.unit_qty} {code.unit_uom}.",
                "A dose in the unit of the code.",
                ("drug.units",),
            )
            continue
        key = (code.code, given.date, given.base)
        found[key] = (code, found[key][1].with_(given)) if key in found else (code, given)
    return list(found.values())


def _in_equivalents(given: Given, code: Hcpcs) -> Given:
    """The same in milliequivalents: a millimole of an ion with one charge is one."""
    if given.base == "mmol" and code.unit_uom == "meq" and given.found.drug.key in ONE_CHARGE:
        return given._replace(base="meq")
    return given


def _beyond(given: Given, log: Log) -> bool:
    """Whether a dose is more than anyone gives: a question and no line."""
    vials = vials_of(given.found.drug.name, given.found.product)
    if vials is not None and vials.base == given.base:
        most = Decimal(MOST_VIALS * max(vials.sizes))
    elif given.base == "mg":
        most = LIMITS.most_mg
    else:
        return False
    if given.dose <= most:
        return False
    log.problem(
        "DOSE_IMPLAUSIBLE",
        given.ids[0],
        f"{_plain(given.dose)} {given.base} of {given.name} are more than can be meant; there is no drug line for it.",
        "The dose that was given.",
        ("drug.units",),
    )
    return True


def _lines(given: Given, code: Hcpcs, policy: Policy, unmarked: Unmarked, log: Log) -> list[DrugLine]:
    name, ids = given.name, given.ids
    vials = vials_of(given.found.drug.name, given.found.product)
    drug = Dosed(name, code, given.base, given.doses, given.per_ml, vials, given.shared)
    per = f"{code.unit_qty} {_unit(code.unit_uom)}".strip()
    why = f"{name}: {_plain(given.dose)} {_unit(given.base)} in units of {per} are {drug.billed}, rounded up once [{cite('drug.units')}]."
    log.met("drug.units", why, ids, code.code)
    rules: tuple[str, ...] = ("drug.units",)
    modifiers, told = _of_payer(given, code, policy, False, log)
    _not_asked_for(given, code, modifiers, log)
    found = _found_waste(drug, given, policy, unmarked, log)
    if found.none and given.date >= DATES.jz_from:
        why += f" {_no_unit_wasted(drug, given, found)}: JZ [{cite('drug.no-waste')}].{_packaged(policy)}"
        log.met("drug.no-waste", f"{name}: {found.evidence}.", ids, code.code)
        rules += ("drug.no-waste",)
        modifiers = (JZ, *modifiers)
    lines = [DrugLine(code.code, drug.billed, given.date, modifiers, name, ids, rules, why + told)]
    if found.discarded and given.date >= DATES.jw_from:
        said = f"{name}: {found.evidence}"
        log.met("drug.wastage", f"{said}.", ids, code.code)
        more, told = _of_payer(given, code, policy, True, log)
        why = f"{said} [{cite('drug.wastage')}].{_packaged(policy)}{told}"
        lines.append(DrugLine(code.code, found.discarded, given.date, (JW, *more), name, ids, ("drug.wastage",), why))
    return lines


def _no_unit_wasted(drug: Dosed, given: Given, found: Wasted) -> str:
    """Why there is no JW: nothing was left, or less than a whole unit beyond those that are billed."""
    thrown = any(one.discarded and one.discarded.value > 0 for one in given.waste)
    if not thrown and (found.held is None or found.held <= drug.units):
        return "No drug was wasted"
    of = (
        "the smallest vials that fit" if any(one.code == NOT_SMALLEST for one in found.questions) else "what was opened"
    )
    return f"Beyond the {drug.billed} units no whole unit of {of} is left for JW"


def _found_waste(drug: Dosed, given: Given, policy: Policy, unmarked: Unmarked, log: Log) -> Wasted:
    """What the chart proves of waste, for a payer and a date that want to know; the questions that it leaves."""
    if given.date < DATES.jw_from or (policy["wastage_modifiers"] == "medicare" and not _medicare(policy)):
        return Wasted()
    found = wasted_of_day(drug, given.served, given.noted)
    for question in found.questions:
        log.problem(
            question.code, question.row or given.ids[0], question.says, question.would_change, ("drug.wastage",)
        )
    if found.silent:
        unmarked.names.append(given.name)
        hint = would_leave(drug)
        if hint and hint not in unmarked.hints:
            unmarked.hints.append(hint)
    return found


def _of_payer(given: Given, code: Hcpcs, policy: Policy, discarded: bool, log: Log) -> tuple[tuple[str, ...], str]:
    """The modifiers that the payer's table puts on a line, and the words for it."""
    wanted = policy.modifiers_for(code.code, given.date, discarded)
    said = ""
    for one in wanted:
        says = (
            f"{one.modifier} by the table of {policy.payer}: {one.says.strip().rstrip('.')} ({', '.join(one.sources)})"
        )
        said += f" {says}."
        log.met("drug.kx", f"{given.name}: {says}.", given.ids, code.code)
        log.problem("PAYER_MODIFIER", given.ids[0], f"{code.code}: {says}.", "The payer's table.", ("drug.kx",))
    return tuple(dict.fromkeys(one.modifier for one in wanted)), said


def _not_asked_for(given: Given, code: Hcpcs, set_: tuple[str, ...], log: Log) -> None:
    """Modifiers that common pages print on the drug and that the payer's table does not ask for."""
    for modifier, row in _NOT_SET.items():
        if given.found.drug.key in row["keys"] and modifier not in set_:
            said = f"{given.name}: {row['says']}"
            log.step(
                row["rule"], NOT_MET, said, f"{code.code}-{modifier}", "A payer policy that asks for it.", given.ids
            )


def _medicare(policy: Policy) -> bool:
    return any(one.startswith("payer.medicare") for one in policy.cards)


def _packaged(policy: Policy) -> str:
    """The limit of the modifier in a hospital under Medicare: which drugs are paid apart is not in the tables."""
    if policy.setting != FACILITY or not _medicare(policy):
        return ""
    return " In a hospital it applies only if Medicare pays the drug separately (status G or K)."


def _unit(word: str) -> str:
    return "mEq" if word == "meq" else word


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
