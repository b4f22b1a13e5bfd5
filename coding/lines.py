"""Stage: drafts become lines: one for each date on which their units began (rules encounter.midnight, encounter.unit-dating)."""

from __future__ import annotations

from coding import timeline
from coding.diagnoses import linked
from coding.draft import Draft, cite, sentence
from coding.log import Log
from coding.model import UNKNOWN, Encounter, Line
from coding.policy import Policy


def date_lines(drafts: list[Draft], encounter: Encounter, policy: Policy, log: Log) -> list[Line]:
    """Lines in the order of the drafts, each with its date, its diagnoses and its sentence."""
    lines = []
    for draft in drafts:
        dates = _dates(draft, encounter, policy)
        diagnoses = linked(draft.service, encounter)
        why = sentence(draft)
        if _over_midnight(draft):
            log.met(
                "encounter.unit-dating",
                f"Units of {draft.code} are dated on the day on which each hour began.",
                draft.ids or draft.service.ids,
                draft.code,
            )
        for date, units in dates.items():
            dated = (
                why
                if len(dates) == 1
                else f"{why} {units} of {draft.units} units began on {date} [{cite('encounter.unit-dating')}]."
            )
            lines.append(
                Line(
                    draft.code,
                    units,
                    date,
                    draft.modifiers,
                    draft.service.name,
                    draft.minutes,
                    draft.ids or draft.service.ids,
                    diagnoses,
                    draft.rules,
                    dated,
                )
            )
    _across_days(lines, log)
    _orders(drafts, log)
    return lines


def _dates(draft: Draft, encounter: Encounter, policy: Policy) -> dict[str, int]:
    service = draft.service
    if policy["unit_dating"] == "encounter_start" and encounter.start is not None:
        return {timeline.day(encounter.start, encounter.offset or service.offset): draft.units}
    spans = draft.spans
    if not _over_midnight(draft) or policy["midnight"] == "cpt_calendar_day":
        return {timeline.day(spans[0][0] if spans else service.start, service.offset): draft.units}
    dates: dict[str, int] = {}
    for unit in range(draft.units):
        began = timeline.instant_after(spans, 60 * (draft.first_hour + unit))
        date = timeline.day(began, _offset_at(began, draft))
        dates[date] = dates.get(date, 0) + 1
    return dates


def _over_midnight(draft: Draft) -> bool:
    spans, offset = draft.spans, draft.service.offset
    return bool(spans) and (spans[-1][1] + offset) // timeline.DAY > (spans[0][0] + offset) // timeline.DAY


def _offset_at(instant: int, draft: Draft) -> int:
    """The clock in force when an hour began: that of the last row that started before it."""
    offset = draft.service.offset
    for item in draft.service.items:
        row = item.row
        if row.start and row.start.at <= instant:
            offset = item.offset
            if row.stop and row.stop.at <= instant and row.stop.offset:
                offset = row.stop.offset
    return offset


def _orders(drafts: list[Draft], log: Log) -> None:
    """A missing link to an order proves nothing, and is shown."""
    without = dict.fromkeys(item.name for draft in drafts for item in draft.service.items if item.row.order is None)
    if without:
        log.step(
            "documentation.order",
            UNKNOWN,
            f"No order is linked to {', '.join(without)}; a line needs an authenticated order behind it.",
            "",
            "The order, found in the chart.",
        )


def _across_days(lines: list[Line], log: Log) -> None:
    dates = {line.date for line in lines}
    if len(dates) > 1:
        log.met(
            "encounter.observation-days", f"One stay over {len(dates)} dates: one hierarchy, units on their own dates."
        )
        log.met("encounter.midnight", "Midnight starts no new visit.")
