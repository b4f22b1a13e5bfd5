"""What the pages about the claim of one visit share: the visit, the policy, and where they lead."""

from __future__ import annotations

from typing import NamedTuple

from coding.check_dates import days_of
from coding.panel import Open
from coding.policy import Policy
from coding.rules import VERSION
from launch.context import Launch
from launch.problems import LaunchProblem
from smart_app.pages_env import render
from smart_app.view_panel import Here, anchors_of
from smart_app.view_people import visit_of
from smart_app.view_places import Places
from smart_app.view_policy import address, policy_view
from smart_app.view_rows import rows_of
from smart_app.visit import Chosen, Seen, chosen, coverage, links_of, query_kept, strip_of


class NoVisit(LaunchProblem):
    """A page about a visit where none is open."""

    code = "no-visit"
    status = 404
    title = "No visit is open."
    means = "A claim, a denial and the documentation are about one visit."
    do = "Go back to the patient's visits, open one, and come here from it."


class Opened(NamedTuple):
    """A launch, its visit and the policy under which it is coded."""

    launch: Launch
    found: Chosen
    visit: Seen
    policy: Policy

    @property
    def base(self) -> str:
        """The path of the launch."""
        return f"/e/{self.launch.id}"

    def page(self, **more: str) -> str:
        """The address of the visit's own page under the policy in force."""
        return f"{self.base}/{address(f'./{query_kept()}', self.policy, more)}"

    def beside(self) -> tuple[str, ...]:
        """Other visits of the chart on a day of this one."""
        days = days_of(*self.visit)
        others = [one for one in self.found.treated if one.name != self.visit.name]
        return tuple(one.name for one in others if days & days_of(*one))

    def places(self) -> Places:
        """Where the visit's own page shows each administration, line and question."""
        encounter, coded = self.visit
        here = Here(self.base, "", "", page=self.page(), full=self.page(print="full"))
        return Places(rows_of(encounter), anchors_of(Open(encounter, coded, self.policy), here))


def opened(browser: str, launch: Launch, policy: Policy) -> Opened:
    """The visit that the address names. Raises NoVisit."""
    found = chosen(browser, launch, policy)
    if found.visit is None:
        raise NoVisit
    return Opened(launch, found, found.visit, policy)


def show(template: str, one: Opened, **values: object) -> str:
    """A page about the claim of the visit. Its form is sent to its own address."""
    here = template.removesuffix(".html")
    action = f"{one.base}/{here}{query_kept()}"
    return render(
        template,
        action=action,
        base=one.base,
        patient=strip_of(one.launch, one.found.fetched),
        visit=visit_of(one.visit.encounter),
        policy=policy_view(one.policy, (), VERSION, action, coverage()),
        links=links_of(one.launch) | {"visit": one.page()},
        here=here,
        notices=one.found.fetched.notices,
        **values,
    )
