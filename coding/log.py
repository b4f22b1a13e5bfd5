"""What one coding leaves behind while it thinks: steps, problems, and what was not billed.

A Log lives inside one call of the engine; what leaves the engine is frozen.
"""

from __future__ import annotations

from coding.model import MET, NotBilled, Problem, Step
from coding.rules import PROBLEMS


class Log:
    """Collects steps, problems and refusals in the order in which they arise.

    mattered: switches on which the lines of this chart may hang, so that their other reading is worth a look.
    """

    __slots__ = ("mattered", "not_billed", "problems", "refused", "steps")

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.problems: list[Problem] = []
        self.not_billed: list[NotBilled] = []
        self.refused: set[str] = set()
        self.mattered: set[str] = set()

    def step(
        self,
        rule: str,
        verdict: str,
        says: str,
        code: str = "",
        would_change: str = "",
        ids: tuple[str, ...] = (),
        facts: tuple[tuple[str, object], ...] = (),
    ) -> None:
        """A rule was considered, with this verdict."""
        self.steps.append(Step(rule, verdict, says, code, would_change, ids, facts))

    def met(self, rule: str, says: str, ids: tuple[str, ...] = (), code: str = "") -> None:
        """A rule applied."""
        self.steps.append(Step(rule, MET, says, code, "", ids, ()))

    def problem(self, code: str, resource: str, says: str, would_change: str = "", rules: tuple[str, ...] = ()) -> None:
        """Something for a person, with the severity of its kind; said once for a resource."""
        found = Problem(code, PROBLEMS[code].severity, resource, says, would_change, rules)
        if found not in self.problems:
            self.problems.append(found)

    def refuse(self, ids: tuple[str, ...], why: str, *rules: str) -> None:
        """These administrations end in no line, and why; the first reason stands."""
        for resource in ids:
            if resource not in self.refused:
                self.refused.add(resource)
                self.not_billed.append(NotBilled(resource, why, rules))
        for rule in rules:
            self.steps.append(Step(rule, MET, why, "", "", ids, ()))
