"""Lines for pushes that are not initial, and the words and rules of any push line (rules push.*)."""

from __future__ import annotations

from coding.codes import code_for
from coding.model import CHEMO, THERAPEUTIC
from coding.service import Service
from coding.site import Site


def rules_of(service: Service) -> tuple[str, ...]:
    """The rules by which something counts as a push of a new drug."""
    new = "push.chemo" if service.family == CHEMO else "push.new-drug"
    if not service.by_time:
        return (new,)
    return ("push.short-infusion" if service.spans else "documentation.missing-stop", new)


def words_of(service: Service) -> str:
    """How it comes to be a push."""
    if service.by_time and service.spans:
        return f"an infusion of {service.minutes} minutes counts as a push"
    if service.by_time:
        return "an infusion without a proved length falls back to a push"
    return "a push"


def report_next(service: Service, site: Site) -> None:
    """A push of a drug that is new at the site."""
    code = code_for(service.family, "next push")
    rules = rules_of(service)
    site.log.met(rules[-1], f"{service.name} was pushed and is another drug.", service.ids, code)
    if site.has_chemo:
        rules += ("chemo.sequence",)
    minutes = service.minutes if service.spans else None
    site.report(code, service, rules, f"{words_of(service)} of a drug that is new at this site", minutes=minutes)


def report_repeat(service: Service, site: Site) -> None:
    """A later push of the same drug, far enough from the last one."""
    code = code_for(THERAPEUTIC, "repeat push")
    gap = site.policy["repeat_push_min_gap"]
    because = (
        f"the same drug again, {gap} minutes or more after its last reported push or apart from its infusion; "
        "a facility reports the repeat"
    )
    site.report(code, service, ("push.same-drug",), because)
    site.log.met("push.same-drug", f"{service.name} at {service.when} is a repeat push.", service.ids, code)
