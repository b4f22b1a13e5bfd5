"""Questions worth asking, made from the open chart: its units, what it lacks, what was not billed."""

from __future__ import annotations

from coding.model import STOPS
from coding.panel.answer import Choice
from coding.panel.chart_gaps import FLUIDS
from coding.panel.chart_lines import HOURS
from coding.panel.lexicon import panel_table
from coding.panel.subject import Subject

MOST = 4


def suggest(subject: Subject | None) -> tuple[Choice, ...]:
    """Up to four questions; without a chart, those of tables/panel/suggestions.toml."""
    table = dict(panel_table("suggestions.toml")["ask"])  # type: ignore[call-overload]
    if subject is None:
        return tuple(Choice(one, one) for one in table["anywhere"])
    coded = subject.coded
    asks: list[str] = []
    if subject.real and any(one.severity == STOPS for one in coded.problems):
        asks.append(table["missing"])
    hours = next((line for line in coded.lines if line.code in HOURS), None)
    if hours is not None:
        asks.append(table["units" if hours.units > 1 else "unit"].format(units=hours.units, code=hours.code))
    if any(one.code in FLUIDS for one in coded.considered) and not any(line.code in FLUIDS for line in coded.lines):
        asks.append(table["fluids"])
    if coded.lines:
        asks.append(table["initial"])
    if any(one.code == "PROFILE_READING" for one in coded.problems):
        asks.append(table["family"])
    if subject.real and coded.not_billed:
        asks.append(table["unbilled"])
    asks.append(table["missing" if subject.real else "office"])
    return tuple(Choice(one, one) for one in list(dict.fromkeys(asks))[:MOST])
