"""One code in the place of another: the wrong initial, push for infusion, next drug for simultaneous drug, an added code alone."""

from __future__ import annotations

from coding.billed import Finding
from coding.check_case import Case
from coding.check_kinds import SEQUELS, SWAPS, Swap
from coding.check_lines import Open
from coding.check_words import found, proof
from coding.codes import CODES, INITIALS
from coding.model import FACILITY


def wrong_initial(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """The two services have changed places: each is billed with the code that its place in the other's would give."""
    for billed in sorted(INITIALS):
        for coded in sorted(INITIALS):
            if open.excess(billed) <= 0 or open.excess(coded) >= 0:
                continue
            as_next = next((one for one in SEQUELS[coded] if open.excess(one) > 0), "")
            should = next((one for one in SEQUELS[billed] if open.excess(one) < 0), "")
            if as_next and should:
                rule = "initial.facility-rank" if case.policy.setting == FACILITY else "initial.professional-reason"
                taken = open.of(billed, coded, as_next, should)
                why = f"{_said(taken, case)}."
                return open.less(taken), [found(case, "wrong-initial", taken, rules=(rule,), why=why)]
    return open, []


def swapped(case: Case, open: Open) -> tuple[Open, list[Finding]]:
    """Codes that are mistaken for one another, table row by table row; hours that hang on them go with them."""
    findings = []
    for swap in SWAPS:
        for one, other in ((swap.one, swap.other), (swap.other, swap.one)):
            for billed in one:
                coded = next((code for code in other if code != billed and open.excess(code) < 0), "")
                if coded and open.excess(billed) > 0:
                    taken = open.of(billed, coded)
                    taken = taken.plus(_hours(open.less(taken), swap, taken))
                    open = open.less(taken)
                    findings.append(found(case, swap.kind, taken, why=_sentence(_said(taken, case))))
    return open, findings


def _hours(open: Open, swap: Swap, taken: Open) -> Open:
    """Further hours that were billed, or are missing, only because push and infusion were mistaken."""
    if swap.kind != "push-or-infusion":
        return Open()
    families = {CODES[code].family for code in taken.codes if code in CODES}
    codes = [code for code in open.codes if code in CODES and CODES[code].role == "hour"]
    return open.of(*(code for code in codes if CODES[code].family in families and _one_sided(open.of(code))))


def _one_sided(hours: Open) -> bool:
    return not hours.billed or not hours.wanted


def alone(case: Case, open: Open, right: Open) -> tuple[Open, list[Finding]]:
    """Added codes none of whose primaries is on the claim, unless the chart's own answer has them like that.

    right: lines that agree with the chart; an added code among them still stands alone.
    """
    groups: dict[tuple[str, ...], Open] = {}
    accepted: dict[tuple[str, ...], dict[str, None]] = {}
    coded = {line.code for line in case.coded.lines}
    for code in sorted(case.billed_codes & set(CODES)):
        accepts = CODES[code].accepts
        if not accepts or not case.billed_codes.isdisjoint(accepts):
            continue
        if code in coded and coded.isdisjoint(accepts):
            continue
        missing = tuple(one for one in accepts if open.excess(one) < 0)[:1]
        taken = open.of(code)
        billed = tuple(line for line in case.claim.lines if line.code == code)
        if missing and {id(line) for line in billed} <= {id(line) for line in (*right.billed, *open.billed)}:
            taken = Open(billed, tuple(line for line in case.coded.lines if line.code == code))
        if not taken.billed or not (missing or open.excess(code) > 0):
            continue
        key = missing or (code,)
        groups[key] = groups.get(key, open.of(*missing)).plus(taken)
        accepted.setdefault(key, {}).update(dict.fromkeys(accepts))
    findings = []
    for key, taken in groups.items():
        open = open.less(taken)
        findings.append(found(case, "add-on-without-primary", taken, why=", ".join(accepted[key])))
    return open, findings


def _said(taken: Open, case: Case) -> str:
    said = proof(taken.wanted, case)
    return said[:1].upper() + said[1:]


def _sentence(said: str) -> str:
    return f"{said}." if said else ""
