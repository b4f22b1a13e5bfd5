"""Stage: the last look: add-ons need their primary, units stay plausible, the initial codes are accounted for."""

from __future__ import annotations

from coding.codes import CODES, INITIALS
from coding.draft import Draft
from coding.limits import Limits
from coding.log import Log
from coding.model import MET, NOT_MET, Encounter, Line
from coding.policy import Difference, Policy


def with_primaries(drafts: list[Draft], led: bool, log: Log) -> list[Draft]:
    """The drafts without add-ons that have nothing to stand on; what some would report is shown as a problem.

    led: the policy gives the initial place to hydration or a pump; add-ons that list no such primary stay and are flagged.
    """
    kept = list(drafts)
    while True:
        codes = {draft.code for draft in kept}
        orphan = next((one for one in kept if _orphan(one, codes) and not led), None)
        if orphan is None:
            break
        kept.remove(orphan)
        _tell(orphan, "it is not reported", log)
        log.refuse(
            orphan.ids or orphan.service.ids,
            f"{orphan.service.name}: {orphan.code} has no primary code to stand on.",
            "edit.add-on-primary",
        )
    codes = {draft.code for draft in kept}
    for draft in kept:
        if _orphan(draft, codes):
            _tell(draft, "the policy reports it all the same", log)
    if any(CODES[draft.code].accepts for draft in kept):
        log.met("edit.add-on-primary", "Each add-on has a code to stand on.")
    return kept


def _orphan(draft: Draft, codes: set[str]) -> bool:
    accepts = CODES[draft.code].accepts
    return bool(accepts) and codes.isdisjoint(accepts)


def _tell(draft: Draft, outcome: str, log: Log) -> None:
    needs = ", ".join(CODES[draft.code].accepts)
    log.step(
        "edit.add-on-primary",
        NOT_MET,
        f"{draft.code} stands on one of {needs}; none is here.",
        draft.code,
        f"One of {needs}.",
        draft.ids or draft.service.ids,
    )
    log.problem(
        "ADDON_EDIT_RISK",
        draft.service.id,
        f"{draft.code} for {draft.service.name} needs one of {needs} beside it, and the visit has none; {outcome}.",
        f"Some would report {draft.code}; a payer's add-on edit will refuse it.",
        ("edit.add-on-primary",),
    )


def check(lines: list[Line], encounter: Encounter, policy: Policy, limits: Limits, log: Log) -> None:
    """Unlikely units, what the payer does otherwise, the account of initial services; nothing is changed or cut."""
    _payer(lines, encounter, policy, log)
    totals: dict[tuple[str, str], int] = {}
    for line in lines:
        totals[line.code, line.date] = totals.get((line.code, line.date), 0) + line.units
    for (code, date), units in totals.items():
        most = limits.most(policy.setting, code)
        if most is not None and units > most:
            log.met("edit.unlikely-units", f"{units} units of {code} on {date} are more than {most}.", code=code)
            log.problem(
                "MUE_EXCEEDED",
                code,
                f"{units} units of {code} on {date} are more than the {most} that {limits.source} gives; none is cut.",
                "Documentation of the minutes goes with the claim; a payer may ask for it.",
                ("edit.unlikely-units",),
            )
    initials = [line for line in lines if line.code in INITIALS]
    if len(initials) > 1:
        said = ", ".join(
            f"{line.code}{''.join('-' + one for one in line.modifiers)} ({line.substance})" for line in initials
        )
        log.step(
            "edit.one-initial-audit",
            MET,
            f"More than one initial service, which audits look for: {said}. Each names its own evidence.",
        )


def _payer(lines: list[Line], encounter: Encounter, policy: Policy, log: Log) -> None:
    bearing: dict[Difference, list[str]] = {}
    for line in lines:
        for difference in policy.differences(line.code, line.date, encounter.kind):
            bearing.setdefault(difference, []).append(line.code)
    for difference, codes in bearing.items():
        said = f"{', '.join(dict.fromkeys(codes))}: {difference.says}"
        log.step(difference.card, MET, said)
        if difference.effect == "not payable":
            log.problem(
                "NOT_PAYABLE",
                encounter.id,
                said,
                "Another payer of the patient, or the contract with this one.",
                (difference.card,),
            )
