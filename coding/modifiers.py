"""Stage: modifier 59 and its kin, only on a documented second initial service (rule edit.modifier-59)."""

from __future__ import annotations

from coding.codes import INITIALS
from coding.draft import Draft, cite
from coding.hierarchy import by_length
from coding.log import Log
from coding.model import MET, Coded, Encounter, Line, Step
from coding.policy import Policy


def mark_second_sites(groups: list[list[Draft]], policy: Policy, log: Log) -> list[Draft]:
    """All drafts of the sites, the highest-ranking first; the initial of each further site carries the modifier."""
    groups = sorted((group for group in groups if group), key=lambda group: by_length(group[0].service))
    if len(groups) < 2:
        return groups[0] if groups else []
    modifier = str(policy["second_site_modifier"])
    drafts = list(groups[0])
    for group in groups[1:]:
        for draft in group:
            if draft.code in INITIALS:
                draft = draft._replace(
                    modifiers=(*draft.modifiers, modifier),
                    rules=(*draft.rules, "site.second-site", "edit.modifier-59"),
                    because=f"{draft.because}, at a second access site whose need is charted (modifier {modifier})",
                )
                log.met(
                    "edit.modifier-59",
                    f"{draft.code} is a second initial at a second site.",
                    draft.service.ids,
                    draft.code,
                )
            drafts.append(draft)
    return drafts


def mark_second_visits(encounters: list[Encounter], coded: list[Coded], policy: Policy) -> list[Coded]:
    """The initial service of a later visit of the same patient on the same date carries the modifier."""
    order = sorted(range(len(coded)), key=lambda index: (encounters[index].start or 0, encounters[index].id))
    seen: set[tuple[str, str]] = set()
    for index in order:
        patient = encounters[index].patient
        dates = {line.date for line in coded[index].lines if line.code in INITIALS}
        again = {date for date in dates if (patient, date) in seen}
        seen |= {(patient, date) for date in dates}
        if again:
            coded[index] = _marked(coded[index], again, str(policy["second_encounter_modifier"]))
    return coded


def _marked(coded: Coded, dates: set[str], modifier: str) -> Coded:
    lines, steps = [], list(coded.steps)
    for line in coded.lines:
        if line.code in INITIALS and line.date in dates and modifier not in line.modifiers:
            line = _with(line, modifier)
            says = f"{line.code} is the initial service of a second visit on {line.date}."
            for rule in ("encounter.same-day", "edit.modifier-59"):
                steps.append(Step(rule, MET, says, line.code, "", line.administrations))
        lines.append(line)
    return coded._replace(lines=tuple(lines), steps=tuple(steps))


def _with(line: Line, modifier: str) -> Line:
    why = f"{line.why} A second visit on that date has its own initial service, marked {modifier} [{cite('encounter.same-day')}]."
    return line._replace(
        modifiers=(*line.modifiers, modifier), rules=(*line.rules, "encounter.same-day", "edit.modifier-59"), why=why
    )
