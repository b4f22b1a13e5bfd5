"""Drug lines of a claim against those of the chart: units, JW and JZ, the right code, and what nothing charted supports."""

from __future__ import annotations

from collections.abc import Sequence

from coding.billed import ASK, Billed, Finding
from coding.check_case import ROW, Case
from coding.check_lines import UNKNOWN_DRUG, Open, Wanted, family_of
from coding.check_words import found, plain, proof, to_settle
from coding.drugs import by_hcpcs, identify
from coding.model import STOPS, DrugLine
from coding.rules import DATES

JW, JZ, KX = "JW", "JZ", "KX"
WASTE = "drug.wastage"
UNITS = "drug.units"  # the rule of every problem that leaves a charted drug without its line or its code


# Rules by which a charted row gave the patient nothing that could be billed.
NOT_GIVEN = ("excluded.status", "excluded.flush", "run.duplicate")


def drugs(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """Each drug code once; what remains is missing from the claim."""
    findings: list[Finding] = []
    unknown = Open(tuple(line for line in open.billed if family_of(line.code) == UNKNOWN_DRUG))
    if unknown.billed:
        open = open.less(unknown)
        findings.append(found(case, "drug-not-known", unknown, stays=True))
    for code in open.codes:
        taken = open.of(code)
        if not taken.billed:
            continue
        if taken.wanted:
            findings.append(_differs(case, code, taken))
        else:
            taken, finding = _not_charted(case, code, taken, open)
            findings.append(finding)
        open = open.less(taken)
    return open, findings


def of_payer(case: Case, told: list[Finding]) -> list[Finding]:
    """Modifiers of the payer's table that the claim lacks, on lines of which nothing else was said, and KX that no table asks for."""
    findings = []
    changed = {place for one in told for place in one.billed}
    unasked: list[Billed] = []
    for code in dict.fromkeys(line.code for line in case.claim.lines if by_hcpcs(line.code)):
        lines = Open(case.claim.lines, case.coded.drug_lines).of(code)
        lacking = [line for line in lines.billed if not _asked(line, lines) <= set(line.modifiers)]
        unasked += [line for line in lines.billed if KX in line.modifiers and KX not in _asked(line, lines)]
        if lacking and changed.isdisjoint(line.place for line in lines.billed):
            why = f"{_upper(proof(lines.wanted, case))}."
            findings.append(found(case, "payer-modifier-missing", lines, why=why))
    if unasked:
        told_only = found(case, "kx-not-asked", Open(tuple(unasked)))
        findings.append(told_only._replace(billed=(), corrected=()))
    return findings


def _asked(line: Billed, lines: Open) -> set[str]:
    """What the payer's table puts on coded lines of the same sort: of the dose, or of what was discarded."""
    alike = (one for one in lines.wanted if (JW in one.modifiers) == (JW in line.modifiers))
    return {modifier for one in alike for modifier in one.modifiers if modifier not in (JW, JZ)}


def _differs(case: Case, code: str, taken: Open) -> Finding:
    """Both have the code: the units of the dose, the discarded units, or the modifier differ; one finding for all of it."""
    dose, waste = _units(taken.billed)
    right_dose, right_waste = _units(taken.wanted)
    has, should = _has(taken.billed, JZ), _has(taken.wanted, JZ)
    why = f"{_upper(proof(taken.wanted, case))}."
    if has and _has(taken.billed, JW):
        return found(case, "jw-and-jz", taken, why=why)
    if right_waste and not waste:
        kind = "waste-modifier-contradicts" if has else "waste-modifier-missing"
        return found(case, kind, taken, why=why)
    if waste and not right_waste and should:
        return found(case, "waste-modifier-contradicts", taken, why=why)
    if dose + (0 if right_waste else waste) != right_dose and not (waste and dose == right_dose):
        return found(case, "drug-units-over" if dose > right_dose else "drug-units-under", taken, why=why)
    if waste and right_waste:
        return found(case, "waste-units", taken, why=why)
    if should:
        return found(case, "waste-modifier-missing", taken, why=why)
    return _without_evidence(case, taken)


def _without_evidence(case: Case, taken: Open) -> Finding:
    if case.policy["wastage_modifiers"] == "medicare" and not any(
        one.startswith("payer.medicare") for one in case.policy.cards
    ):
        return found(case, "waste-modifier-not-asked", taken)
    if min(line.date for line in taken.wanted) < DATES.jz_from and not _has(taken.billed, JW):
        return found(case, "waste-modifier-unproved", taken, why=f"JZ holds from {DATES.jz_from} on.")
    ids = [id for line in taken.wanted for id in line.administrations]
    if any(row.waste and row.waste.multi_dose for row in case.encounter.administrations if row.id in ids):
        why = (
            f"{_upper(taken.wanted[0].substance)} is charted from a multi-dose vial, of which neither modifier speaks."
        )
        return found(case, "waste-modifier-contradicts", taken, why=why)
    said = [one for one in case.coded.problems if WASTE in one.rules and one.resource in ids]
    nothing = f"Nothing is charted of vials or waste for {taken.wanted[0].substance}."
    why = " ".join(dict.fromkeys(to_settle(one.says, one.would_change) for one in said)) or nothing
    return found(case, "waste-modifier-unproved", taken, why=why)


def _not_charted(case: Case, code: str, taken: Open, open: Open) -> tuple[Open, Finding]:
    """A drug code that the chart does not give: another code for the same drug, a drug without a proved dose, or none at all."""
    names = {row.name for row in by_hcpcs(code)}
    keys = {identify(name).drug.key for name in names}
    product = next((row.product for row in by_hcpcs(code) if row.product), "")
    for line in open.wanted:
        if open.of(line.code).billed or not isinstance(line, DrugLine):
            continue
        rows = by_hcpcs(line.code)
        if keys & {identify(row.name).drug.key for row in rows}:
            taken = taken.plus(open.of(line.code))
            return taken, _other_code(case, code, product, taken, line)
    ids = [row.id for row in case.encounter.administrations if keys & _keys_of(case, row.id)]
    waiting = [
        one for one in case.coded.problems if UNITS in one.rules and (one.resource in ids or _named(one.says, names))
    ]
    waiting += [one for one in case.coded.problems if one.severity == STOPS and one.resource.removeprefix(ROW) in ids]
    unknown = [one for one in case.coded.problems if one.code in ("DRUG_UNKNOWN", "DRUG_AMBIGUOUS")]
    if waiting or (unknown and not ids):
        asked = waiting or unknown
        why = " ".join(dict.fromkeys(to_settle(one.says, one.would_change) for one in asked))
        rules = [rule for one in asked for rule in one.rules]
        return taken, found(case, "drug-unproved", taken, rules=rules, ids=ids, why=why)
    return taken, _charted_without(case, taken, ids, names, keys)


def _charted_without(case: Case, taken: Open, ids: list[str], names: set[str], keys: set[str]) -> Finding:
    """A drug that no coded line has: wrong where nothing charted is it or the chart says that it was not given; else a question."""
    if not ids:
        why = f"No row of the chart shows {', '.join(sorted(names))}."
        return found(case, "drug-unsupported", taken, why=why)
    refused = [one for one in case.coded.not_billed if one.resource in ids]
    if refused and all(set(one.rules) & set(NOT_GIVEN) for one in refused) and len(refused) == len(ids):
        why = " ".join(dict.fromkeys(one.why for one in refused))
        rules = [rule for one in refused for rule in one.rules]
        return found(case, "drug-unsupported", taken, rules=rules, ids=ids, why=why)
    counted = [
        line for line in case.coded.drug_lines if keys & {identify(row.name).drug.key for row in by_hcpcs(line.code)}
    ]
    if counted:
        why = f"Its dose is counted under {', '.join(dict.fromkeys(line.code for line in counted))}."
        return found(case, "drug-unsupported", taken, ids=ids, why=why)
    why = f"{', '.join(sorted(names))} is charted, and Chairtime makes no line for it."
    return found(case, "drug-unproved", taken, ids=ids, why=_upper(why))


def _other_code(case: Case, code: str, product: str, taken: Open, line: DrugLine) -> Finding:
    retired = [row for row in by_hcpcs(code) if not row.holds_on(line.date)]
    generic = {row.name for row in by_hcpcs(line.code)}
    if retired and all(row in retired for row in by_hcpcs(code)):
        return found(case, "drug-code", taken, why=f"{code} is not in force on {line.date}. {_upper(plain(line.why))}.")
    if product and line.substance in generic:
        why = f"{code} is the product {product}, and the chart names no product."
        return found(case, "drug-code", taken, severity=ASK, why=why)
    return found(case, "drug-code", taken, why=f"{_upper(plain(line.why))}.")


def _keys_of(case: Case, id: str) -> set[str]:
    row = next(one for one in case.encounter.administrations if one.id == id)
    found_ = [identify(one.text, one.codes, row.route) for one in row.substances]
    others = {identify(name).drug.key for one in found_ for name in one.others}
    return {one.drug.key for one in found_} | others


def _named(says: str, names: set[str]) -> bool:
    return any(name.casefold() in says.casefold() for name in names)


def _units(lines: Sequence[Billed | Wanted]) -> tuple[int, int]:
    """(units of the dose, discarded units)."""
    waste = sum(line.units for line in lines if JW in line.modifiers)
    return sum(line.units for line in lines) - waste, waste


def _has(lines: Sequence[Billed | Wanted], modifier: str) -> bool:
    return any(modifier in line.modifiers for line in lines)


def _upper(said: str) -> str:
    return said[:1].upper() + said[1:]
