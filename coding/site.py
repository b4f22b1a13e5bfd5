"""One vascular access site while it is being coded."""

from __future__ import annotations

from coding import timeline
from coding.draft import Draft
from coding.log import Log
from coding.model import CHEMO, NOT_MET
from coding.policy import Policy
from coding.service import Service
from coding.timeline import Spans
from coding.units import additional_hours, minutes_for


class Site:
    """Its lines so far.

    contested: more than one service asks to be initial. concurrent: dates of the visit that already have their concurrent
    unit, at whatever site.
    """

    __slots__ = ("concurrent", "contested", "drafts", "log", "policy")

    def __init__(self, policy: Policy, log: Log, contested: bool, concurrent: set[str]) -> None:
        self.policy = policy
        self.log = log
        self.contested = contested
        self.concurrent = concurrent
        self.drafts: list[Draft] = []

    @property
    def has_chemo(self) -> bool:
        """Whether the service that leads the site is chemotherapy."""
        return bool(self.drafts) and self.drafts[0].service.family == CHEMO

    def report(
        self,
        code: str,
        service: Service,
        rules: tuple[str, ...],
        because: str,
        units: int = 1,
        spans: Spans | None = None,
        first_hour: int = 0,
        minutes: int | None = None,
        modifiers: tuple[str, ...] = (),
    ) -> None:
        """Add a line. spans: the active time that its units count, that of the service where none is given."""
        time = service.spans if spans is None else spans
        self.drafts.append(Draft(code, units, service, rules, because, time, first_hour, minutes, modifiers))

    def report_hours(self, code: str, service: Service, spans: Spans, minutes: int) -> None:
        """Add the hours after the first that so many minutes earn, and leave the step of the next one."""
        units = additional_hours(minutes, self.policy)
        rule, name, ids = "time.additional-hour", service.name, service.ids
        if units:
            over = self.policy["addl_hour_min_over"]
            because = (
                f"each hour after the first counts when {over} minutes or more of it ran; "
                f"{minutes_for(units, self.policy)} minutes earn {units}"
            )
            self.report(code, service, (rule,), because, units, spans, 1, minutes)
            self.log.met(rule, f"{name}: {minutes} minutes earn {units} further hour{'s' * (units > 1)}.", ids, code)
        need = minutes_for(units + 1, self.policy)
        later = timeline.clock(timeline.instant_after(spans, need), service.offset)
        self.log.step(
            rule,
            NOT_MET,
            f"{name} ran {minutes} minutes; {need} would earn {'one more' if units else 'the first'} further hour.",
            code,
            f"A charted stop at {later} or later adds one unit.",
            ids,
            (("active_minutes", minutes), ("needed_minutes", need)),
        )
