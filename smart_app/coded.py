"""The chart's own questions and refusals joined to the engine's answer, so that one value holds all that a reader needs."""

from __future__ import annotations

from coding.model import Coded, NotBilled
from smart_app.chart import Chart

ADMINISTRATION = "MedicationAdministration/"


def with_chart(chart: Chart, coded: tuple[Coded, ...]) -> tuple[Coded, ...]:
    """The answers of a chart with what was found while it was read.

    A problem goes to the visit whose administration or encounter it names, else to the first. Administrations that could not be
    read, or that only mark an event of another row, are among the unbilled; other unread resources have their own problem.
    """
    if not coded:
        return coded
    homes = _homes(chart)
    problems = [list(one.problems) for one in coded]
    unbilled = [list(one.not_billed) for one in coded]
    for problem in chart.problems:
        problems[homes.get(problem.resource, 0)].append(problem)
    for resource, why in chart.unread:
        if resource.startswith(ADMINISTRATION):
            into = why.rsplit(" ", 1)[-1]
            row = NotBilled(resource.removeprefix(ADMINISTRATION), f"{why[:1].upper()}{why[1:]}.", ("excluded.status",))
            unbilled[homes.get(into, 0)].append(row)
    return tuple(
        one._replace(problems=tuple(problems[index]), not_billed=tuple(unbilled[index]))
        for index, one in enumerate(coded)
    )


def _homes(chart: Chart) -> dict[str, int]:
    homes = {}
    for index, encounter in enumerate(chart.encounters):
        for row in encounter.administrations:
            homes[ADMINISTRATION + row.id] = index
        for part in (encounter.id, *encounter.parts):
            homes[f"Encounter/{part}"] = index
    return homes
