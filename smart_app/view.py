"""The pages: values of the engine become one frozen view, and a template renders it. Nothing about billing is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol

from markupsafe import Markup

from coding.codes import CODES
from coding.model import DERIVED, Coded, Encounter
from coding.policy import Policy
from coding.rules import CARDS, Card
from smart_app.coverage import Payer
from smart_app.pages_env import render
from smart_app.timeline import Timeline, timeline_of
from smart_app.timeline_svg import draw
from smart_app.timeline_table import TableRow, table_of
from smart_app.view_claim import CodeSum, adds_up, claim_of
from smart_app.view_lines import (
    DrugLineView,
    HeldView,
    LineView,
    ReasonView,
    considered_of,
    drug_lines_of,
    held_of,
    lines_of,
    unused_of,
)
from smart_app.view_missing import WITH_RULER, Missing, missing_of
from smart_app.view_panel import PanelView
from smart_app.view_people import PatientStrip, Visit, VisitItem, patient_strip, visit_items, visit_of
from smart_app.view_policy import PolicyView, address, policy_view
from smart_app.view_rows import long_chart, rows_of
from smart_app.view_small import problem_page, rule_page, rules_page, signed_out_page, standalone_page
from smart_app.view_words import bare, full_date, plain

__all__ = [
    "EncounterView",
    "PatientStrip",
    "VisitItem",
    "encounter_page",
    "encounter_view",
    "encounters_page",
    "patient_strip",
    "problem_page",
    "rule_page",
    "rules_page",
    "signed_out_page",
    "standalone_page",
    "visit_items",
]
NO_LINKS: Mapping[str, str] = MappingProxyType({})


class Notice(Protocol):
    """What reading the chart could not do: type of resource, kind of trouble, and two sentences."""

    @property
    def type(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def do(self) -> str: ...


SHOWN = 12  # considered codes of a long chart on its first page


class EncounterView(NamedTuple):
    """All that the page of one visit shows. lean: a long chart, whose steps and times stand on the full form of the page only.

    first: how many of the considered codes stand on a page that is not full, none of them of a drug.
    """

    title: str
    patient: PatientStrip | None
    visit: Visit
    policy: PolicyView
    claim: tuple[CodeSum, ...]
    adds_up: str
    missing: Missing
    timeline: Timeline | None
    svg: Markup
    table: tuple[TableRow, ...]
    lines: tuple[LineView, ...]
    held: tuple[HeldView, ...]
    visit_held: bool
    drug_lines: tuple[DrugLineView, ...]
    considered: tuple[ReasonView, ...]
    unused: tuple[ReasonView, ...]
    rules: tuple[Card, ...]
    notices: tuple[Notice, ...]
    derived: int
    version: str
    user: str
    full: bool
    lean: bool
    first: int


def encounter_view(
    coded: Coded,
    encounter: Encounter,
    policy: Policy,
    *,
    action: str = "./",
    patient: PatientStrip | None = None,
    notices: Sequence[Notice] = (),
    user: str = "",
    rules_date: str = "",
    now: int | None = None,
    full: bool = False,
    every_ruler: bool = False,
    coverage: Payer | None = None,
) -> EncounterView:
    """One answer as a view. now: epoch seconds, for what a stop at this minute would give. full: everything unfolded."""
    rows = rows_of(encounter)
    missing = missing_of(coded, encounter, policy, rows, now, every_ruler)
    tasks = {
        bare(problem.resource): (task.id, task.title)
        for problem in reversed(coded.problems)
        for task in missing.tasks
        if problem.code in WITH_RULER and task.code == problem.code and task.says == plain(problem.says)
    }
    held = held_of(coded, rows, _first_tasks(coded, missing) | tasks)
    lines = lines_of(coded, rows, tasks)
    unused = unused_of(coded, rows, held)
    picture = timeline_of(coded, encounter, policy, now, rows)
    visit = visit_of(encounter)
    rules = _rules(coded)
    return EncounterView(
        f"Infusions of {full_date(visit.date)}" if visit.date else "Infusions",
        patient,
        visit,
        policy_view(policy, (*rules, *(step.rule for step in coded.steps)), rules_date, action, coverage),
        claim_of(lines),
        adds_up(coded, rows, held, unused),
        missing,
        picture,
        draw(picture) if picture else Markup(""),
        table_of(coded, rows, picture),
        lines,
        held,
        not coded.lines and any(task.tag.word == "Holds lines" for task in missing.tasks),
        drug_lines_of(coded),
        considered_of(coded, rows),
        unused,
        tuple(CARDS[rule] for rule in rules),
        tuple(notices),
        sum(1 for line in lines if DERIVED in line.grades),
        coded.rules_version,
        user,
        full,
        not full and long_chart(rows, coded),
        _first(coded, long_chart(rows, coded)),
    )


def _first(coded: Coded, long: bool) -> int:
    """How many of the considered codes stand on the first page: those of the administration, of a long chart the first of them."""
    count = sum(1 for one in coded.considered if one.code in CODES)
    return min(SHOWN, count) if long else count


def _first_tasks(coded: Coded, missing: Missing) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for problem in coded.problems:
        for task in missing.tasks:
            if (task.code, task.says) == (problem.code, plain(problem.says)):
                found.setdefault(bare(problem.resource), (task.id, task.title))
    return found


def _rules(coded: Coded) -> tuple[str, ...]:
    told = [one.rules for one in coded.lines] + [one.rules for one in coded.drug_lines]
    told += [one.rules for one in coded.considered] + [one.rules for one in coded.not_billed]
    told += [one.rules for one in coded.problems]
    return tuple(sorted({rule for rules in told for rule in rules if rule in CARDS}))


def encounter_page(
    coded: Coded,
    encounter: Encounter,
    policy: Policy,
    *,
    base: str,
    patient: PatientStrip | None,
    notices: Sequence[Notice] = (),
    user: str = "",
    rules_date: str = "",
    now: int | None = None,
    links: Mapping[str, str] = NO_LINKS,
    full: bool = False,
    every_ruler: bool = False,
    panel: PanelView | None = None,
    coverage: Payer | None = None,
) -> str:
    """The page of one visit. base: the path of the launch, without a slash at its end.

    links, each left out where it does not apply: self (this page; its query is kept when the policy changes), encounters (other
    visits), sign_out (POST), csrf (its token), style (sheet of the EHR's colours), csv, chargeitem, claim (exports),
    sign_off (POST), check, denial, checklist (pages about the claim of the visit). coverage: the payer as the chart names it.
    now: epoch seconds, or None where no infusion can be running.
    """
    action = links.get("self", f"{base}/")
    view = encounter_view(
        coded,
        encounter,
        policy,
        action=action,
        patient=patient,
        notices=notices,
        user=user,
        rules_date=rules_date,
        now=now,
        full=full,
        every_ruler=every_ruler,
        coverage=coverage,
    )
    forms = {
        "short": address(action, policy, {}),
        "full": address(action, policy, {"print": "full"}),
        "rulers": address(action, policy, {"rulers": "all"}) + "#missing",
    }
    # From the page itself rules lie beside it: a short address, said a hundred times, is a tenth of the page.
    near = "." if action.partition("?")[0] == f"{base}/" else base
    return render("encounter.html", v=view, base=near, links=links, forms=forms, panel=panel)


def encounters_page(
    items: Sequence[VisitItem],
    base: str,
    *,
    patient: PatientStrip | None = None,
    notices: Sequence[Notice] = (),
    links: Mapping[str, str] = NO_LINKS,
    days: int = 0,
) -> str:
    """The patient's visits with something infused, to choose from. days: how far back was looked, where all_years looks further."""
    return render("encounters.html", items=items, base=base, patient=patient, notices=notices, links=links, days=days)
