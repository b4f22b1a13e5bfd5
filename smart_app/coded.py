"""The chart's own questions and refusals joined to the engine's answer, so that one value holds all that a reader needs."""

from __future__ import annotations

from coding.model import Coded, NotBilled
from smart_app.chart import Chart


def with_chart(chart: Chart, coded: tuple[Coded, ...]) -> tuple[Coded, ...]:
    """The answers of a chart; problems and unread resources of the chart go to the encounter that they name, else to the first."""
    if not coded:
        return coded
    homes = {row.id: index for index, one in enumerate(chart.encounters) for row in one.administrations}
    answers = list(coded)
    for problem in chart.problems:
        index = homes.get(problem.resource, 0)
        answers[index] = answers[index]._replace(problems=(*answers[index].problems, problem))
    if chart.unread:
        unread = tuple(NotBilled(resource, why, ("excluded.status",)) for resource, why in chart.unread)
        answers[0] = answers[0]._replace(not_billed=answers[0].not_billed + unread)
    return tuple(answers)
