"""Pushes at one access site: new drugs, repeats, and those that belong to an infusion of the same drug."""

from __future__ import annotations

from typing import NamedTuple

from coding import timeline
from coding.log import Log
from coding.model import CHEMO, FACILITY, NOT_MET
from coding.policy import Policy
from coding.rules import THRESHOLDS
from coding.service import Service
from coding.timeline import MINUTE


class Pushes(NamedTuple):
    """first: one push for each drug that is new here. repeats: later ones that a facility reports."""

    first: list[Service]
    repeats: list[Service]


def judge(pushes: list[Service], infusions: list[Service], policy: Policy, log: Log) -> Pushes:
    """Each push in order of time: new, repeat, or refused with the reason."""
    first: list[Service] = []
    repeats: list[Service] = []
    reported: dict[str, int] = {}
    for push in pushes:
        own = [one for one in infusions if set(one.components) & set(push.components)]
        running = {key for one in own for key in one.components}
        fresh = [key for key in push.components if key not in running and key not in reported]
        if own and not fresh and _part_of(push, own, log):
            continue
        known = [reported[key] for key in push.components if key in reported]
        new = bool(fresh)
        if new:
            first.append(push)
        elif _repeats(push, max(known, default=None), bool(own), policy, log):
            repeats.append(push)
        else:
            continue
        for key in push.components:
            reported[key] = push.start
    return Pushes(first, repeats)


def _part_of(push: Service, own: list[Service], log: Log) -> bool:
    """Whether the push belongs to an infusion of the same drug, by the window before, during and after it."""
    window = THRESHOLDS.bolus_window
    ended = push.spans[-1][1] if push.spans else push.start
    for infusion in own:
        for start, stop in infusion.spans:
            before = (start - ended) // MINUTE
            if push.start < start and before <= window:
                _bolus(push, infusion, before, log)
                return True
            if start <= push.start < stop:
                _other_reading(
                    push,
                    "push.during-own-infusion",
                    "PUSH_DURING_OWN_INFUSION",
                    f"{push.name} was pushed at {push.when} while its own infusion ran",
                    log,
                )
                return True
    stops = [stop for infusion in own for _, stop in infusion.spans if stop <= push.start]
    after = (push.start - max(stops)) // MINUTE if stops else window + 1
    if after > window:
        return False
    _other_reading(
        push,
        "push.after-own-infusion",
        "PUSH_AFTER_INFUSION",
        f"{push.name} was pushed at {push.when}, {after} minutes after its own infusion ended",
        log,
    )
    return True


def _bolus(push: Service, infusion: Service, gap: int, log: Log) -> None:
    rule = "push.test-dose" if push.has("test-dose") else "push.bolus-then-infusion"
    what = "a test dose" if push.has("test-dose") else "a bolus"
    log.refuse(
        push.ids,
        f"{push.name} at {push.when} was {what} {max(gap, 0)} minutes before its own infusion; only the infusion is reported.",
        rule,
    )
    log.step(
        "push.bolus-then-infusion",
        NOT_MET,
        f"The gap of {max(gap, 0)} minutes to its infusion is not more than {THRESHOLDS.bolus_window}.",
        "96376",
        f"A push more than {THRESHOLDS.bolus_window} minutes apart.",
        push.ids,
    )
    log.problem(
        "BOLUS_READINGS",
        push.id,
        f"Some facilities report the push of {push.name} before its infusion; here only the infusion is reported.",
        "",
        (rule,),
    )


def _other_reading(push: Service, rule: str, problem: str, says: str, log: Log) -> None:
    log.refuse(push.ids, f"{says}; no line.", rule)
    log.step(rule, NOT_MET, f"{says}.", "96376", "Another reading reports it in a facility.", push.ids)
    log.problem(
        problem, push.id, f"{says}; no line is reported.", "Another reading reports 96376 in a facility.", (rule,)
    )


def _repeats(push: Service, last: int | None, own: bool, policy: Policy, log: Log) -> bool:
    if push.has("test-dose"):
        log.met(
            "push.test-dose",
            f"{push.name} at {push.when} was a test dose more than {THRESHOLDS.bolus_window} minutes from its infusion.",
            push.ids,
        )
    if push.family == CHEMO:
        log.refuse(
            push.ids, f"{push.name} at {push.when} repeats a chemotherapy push; no code reports that.", "push.chemo"
        )
        return False
    if policy.setting != FACILITY:
        log.refuse(
            push.ids,
            f"{push.name} at {push.when} is the same drug again; an office has no code for a repeat push.",
            "push.same-drug",
        )
        log.step("push.same-drug", NOT_MET, "The repeat-push code is for facilities only.", "96376", "", push.ids)
        return False
    need = int(policy["repeat_push_min_gap"])
    gap = (push.start - last) // MINUTE if last is not None else None
    if gap is None or gap >= need:
        return True
    earliest = timeline.clock((last or 0) + need * MINUTE, push.offset)
    log.refuse(
        push.ids,
        f"{push.name} at {push.when} came {gap} minutes after its last reported push; {need} are needed.",
        "push.same-drug",
    )
    log.step(
        "push.same-drug",
        NOT_MET,
        f"{gap} minutes after the last reported push of {push.name}; {need} are needed.",
        "96376",
        f"A push at {earliest} or later.",
        push.ids,
        (("gap_minutes", gap), ("needed_minutes", need)),
    )
    return False
