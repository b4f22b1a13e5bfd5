"""What every look at a claim needs: the claim, the answer for the chart, and what the answer leaves open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from coding.billed import BilledClaim
from coding.check_kinds import LEAVE_OUT
from coding.codes import CODES
from coding.drugs import identify
from coding.engine import code_visits
from coding.joined import joined
from coding.limits import Limits
from coding.model import CHEMO, HYDRATION, STOPS, THERAPEUTIC, Administration, Coded, Considered, Encounter, Problem
from coding.policy import Policy

ROW, VISIT = "MedicationAdministration/", "Encounter/"
DRUG_RULES = "drug."
_CHEMO_ONLY, _NEVER_CHEMO = "always_chemo", "never_chemo"
_VEIN = {THERAPEUTIC: ("therapeutic", "subcutaneous"), CHEMO: ("chemo", "artery", "device"), HYDRATION: ("hydration",)}


class Case(NamedTuple):
    """One claim beside one coded visit. limits: most units of a code on a date.

    beside: ids of other visits of the same day that the claim was not held against. payer_assumed: nobody named the payer.
    visits: those that the encounter was joined from; empty where it is one.
    """

    claim: BilledClaim
    coded: Coded
    encounter: Encounter
    policy: Policy
    limits: Limits
    beside: tuple[str, ...] = ()
    payer_assumed: bool = False
    visits: tuple[Encounter, ...] = ()

    def again(self, change: Callable[[Encounter], Encounter] = lambda one: one, policy: Policy | None = None) -> Case:
        """The claim beside the chart coded anew: with something charted otherwise, or under another policy."""
        visits = tuple(change(one) for one in self.visits or (self.encounter,))
        answers = code_visits(visits, policy or self.policy, self.limits)
        encounter, coded = joined(list(zip(visits, answers, strict=True)))
        return self._replace(encounter=encounter, coded=coded, policy=policy or self.policy, visits=visits)

    @property
    def billed_codes(self) -> frozenset[str]:
        """Every code on the claim."""
        return frozenset(line.code for line in self.claim.lines)

    def considered(self, codes: Iterable[str], *verdicts: str) -> list[Considered]:
        """Why the engine did not give these codes, or not in more units."""
        wanted = tuple(codes)
        return [one for one in self.coded.considered if one.code in wanted and one.verdict in verdicts]


class Stopped(NamedTuple):
    """Something charted that gives no line until a person answers. families: of codes that it might support once answered."""

    problem: Problem
    ids: tuple[str, ...]
    families: frozenset[str]


def stopped(case: Case) -> list[Stopped]:
    """What stops lines in this chart, with the families of codes on which it bears."""
    rows = {row.id: row for row in case.encounter.administrations}
    visit = {case.encounter.id, *case.encounter.parts, ""}
    every = frozenset(family for group in _VEIN.values() for family in group) | {"cavity", "blood"}
    found = []
    for problem in case.coded.problems:
        if (problem.severity != STOPS and problem.code not in LEAVE_OUT) or of_drug(problem):
            continue
        name = problem.resource.removeprefix(ROW).removeprefix(VISIT)
        if name in rows:
            found.append(Stopped(problem, (name,), families_of(rows[name])))
        elif name in visit or problem.resource.startswith(ROW):
            found.append(Stopped(problem, (), every))
    return found


def bears(one: Stopped, code: str) -> bool:
    """Whether an answer may yet support the code."""
    return code in CODES and CODES[code].family in one.families


def of_drug(problem: Problem) -> bool:
    """Whether a problem bears on the drug line only, and leaves the administration as it is."""
    return bool(problem.rules) and all(rule.startswith(DRUG_RULES) for rule in problem.rules)


def families_of(row: Administration) -> frozenset[str]:
    """The families of codes that a row may take: by the class of its drug, both where the payer or the disease decides."""
    found: set[str] = set()
    for substance in row.substances:
        drug = identify(substance.text, substance.codes, row.route).drug
        if drug.kind == "fluid":
            found |= {*_VEIN[HYDRATION], "device"}
        elif drug.known and drug.group == _CHEMO_ONLY:
            found |= {*_VEIN[CHEMO], "cavity"}
        elif drug.known and drug.group == _NEVER_CHEMO:
            found |= {*_VEIN[THERAPEUTIC]}
        elif drug.kind == "blood":
            found.add("blood")
        else:
            found |= {*_VEIN[THERAPEUTIC], *_VEIN[CHEMO], "cavity"}
    return frozenset(found)
