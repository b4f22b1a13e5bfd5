"""Stage: shots under the skin or into muscle, and infusions under the skin (rules injection.*, chemo.hormonal, chemo.injection)."""

from __future__ import annotations

from coding.codes import code_for
from coding.draft import Draft
from coding.log import Log
from coding.model import CHEMO, NOT_MET, THERAPEUTIC, Encounter
from coding.policy import Policy
from coding.rules import THRESHOLDS
from coding.service import Service
from coding.timeline import MINUTE, clock, instant_after
from coding.units import additional_hours, minutes_for
from coding.words import first_diagnosis

SHOT_ROUTES = ("sc", "im")


def code_shots(shots: list[Service], encounter: Encounter, policy: Policy, log: Log) -> list[Draft]:
    """One unit for each separately ordered dose; the shots of one divided dose as the policy says."""
    drafts: list[Draft] = []
    last: dict[str, Service] = {}
    place: dict[str, int] = {}
    for shot in shots:
        code, rule = _shot_code(shot, encounter, policy, log)
        before = last.get(shot.key)
        if before is not None and _one_dose(before, shot, policy, log):
            per_shot = policy["split_dose_units"] == "per_injection"
            log.met("injection.split-dose", f"{shot.name} at {shot.when} is part of the same dose.", shot.ids, code)
            if not per_shot:
                previous = drafts[place[shot.key]]
                drafts[place[shot.key]] = previous._replace(ids=(previous.ids or previous.service.ids) + shot.ids)
                continue
            drafts.append(
                Draft(
                    code,
                    1,
                    shot,
                    (rule, "injection.split-dose"),
                    "a second shot of one divided dose, which this policy counts",
                    modifiers=("59",),
                )
            )
        else:
            drafts.append(Draft(code, 1, shot, (rule,), "a separately ordered shot, reported beside any vein service"))
            log.met(rule, f"{shot.name} at {shot.when} is a shot of its own.", shot.ids, code)
        last[shot.key] = shot
        place[shot.key] = len(drafts) - 1
    return drafts


def _shot_code(shot: Service, encounter: Encounter, policy: Policy, log: Log) -> tuple[str, str]:
    drug = shot.drug
    plain = code_for(THERAPEUTIC, "injection")
    if drug.kind == "hormonal":
        if shot.family == CHEMO:
            return code_for(CHEMO, "hormonal injection"), "chemo.hormonal"
        return str(policy["hormone_non_neoplasm"]), "chemo.hormonal"
    if shot.family != CHEMO:
        return plain, "injection.each-dose"
    if drug.key == "methotrexate" and not _for_neoplasm(shot, encounter):
        wanted = str(policy["methotrexate_low_dose"])
        log.step(
            "chemo.methotrexate",
            NOT_MET if wanted != plain else "met",
            f"Methotrexate outside cancer care is reported with {wanted} under this policy.",
            plain if wanted != plain else code_for(CHEMO, "injection"),
            "The switch methotrexate_low_dose.",
            shot.ids,
        )
        return wanted, "chemo.methotrexate"
    return code_for(CHEMO, "injection"), "chemo.injection"


def _for_neoplasm(shot: Service, encounter: Encounter) -> bool:
    codes = shot.reasons() or tuple(one.code for one in encounter.conditions)
    return bool(first_diagnosis("neoplasm", codes))


def _one_dose(before: Service, shot: Service, policy: Policy, log: Log) -> bool:
    apart = shot.start - before.start
    if before.has("split-dose") and shot.has("split-dose"):
        return apart <= int(policy["restart_gap_min"]) * MINUTE
    order, other = before.items[0].row.order, shot.items[0].row.order
    same_order = order is not None and other is not None and order.id == other.id
    if not same_order or apart > THRESHOLDS.split_dose_window_minutes * MINUTE:
        return False
    log.problem(
        "SPLIT_DOSE_ASSUMED",
        shot.id,
        f"Two shots of {shot.name} {apart // MINUTE} minutes apart without separate orders are counted as one divided dose.",
        "Separate orders, or a note that two doses were ordered, make them two.",
        ("injection.split-dose",),
    )
    return True


def code_under_skin(infusions: list[Service], policy: Policy, log: Log) -> list[Draft]:
    """Infusions under the skin: one first hour for the visit, its hours, and one extra pump site."""
    if not infusions:
        return []
    order = sorted(infusions, key=lambda one: (-one.minutes, one.start, one.id))
    main = order[0]
    first, hour = code_for("subcutaneous", "initial infusion"), code_for("subcutaneous", "hour")
    rule = "injection.subcutaneous-infusion"
    drafts = [
        Draft(
            first,
            1,
            main,
            (rule, "time.first-hour"),
            f"an infusion under the skin of {THRESHOLDS.infusion_minimum} minutes or more",
            main.spans,
            0,
            main.minutes,
        )
    ]
    log.met(rule, f"{main.name} ran under the skin for {main.minutes} minutes.", main.ids, first)
    units = additional_hours(main.minutes, policy)
    if units:
        drafts.append(
            Draft(
                hour,
                units,
                main,
                ("time.additional-hour", rule),
                f"{minutes_for(units, policy)} minutes earn {units} further hours",
                main.spans,
                1,
                main.minutes,
            )
        )
        log.met(
            "time.additional-hour", f"{main.name}: {main.minutes} minutes earn {units} further hours.", main.ids, hour
        )
    need = minutes_for(units + 1, policy)
    later = clock(instant_after(main.spans, need), main.offset)
    log.step(
        "time.additional-hour",
        NOT_MET,
        f"{main.name} ran {main.minutes} minutes; {need} would earn one more hour.",
        hour,
        f"A charted stop at {later} or later adds one unit.",
        main.ids,
        (("active_minutes", main.minutes), ("needed_minutes", need)),
    )
    if any(one.has("extra-sc-site") for one in infusions):
        drafts.append(
            Draft(code_for("subcutaneous", "extra site"), 1, main, (rule,), "another pump with new sites was set up")
        )
    for other in order[1:]:
        log.refuse(
            other.ids, f"{other.name} is a second infusion under the skin; the first hour is one for the visit.", rule
        )
        log.problem(
            "UNLISTED_SERVICE",
            other.id,
            f"No rule codes a second drug infused under the skin ({other.name}).",
            "",
            (rule,),
        )
    return drafts
