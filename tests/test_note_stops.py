"""A stop that a nurse's note states: what counts as told after the fact, and what does not."""

from __future__ import annotations

import pytest

from coding.engine import code
from coding.model import DERIVED, Moment
from smart_app.chart import read_resources
from smart_app.note_stops import noted_stop
from tests.chart_parts import IV, dose, visit

OFFSET = -5 * 3600
NINE = Moment(1_780_304_400 - OFFSET, OFFSET)  # 2026-06-01T09:00 at UTC-5
TELLS = {
    "Infusion complete at 11:05.": 125,
    "Tolerated well. Infusion completed at 1105, no reaction.": None,
    "Tolerated well. Infusion completed at 1105.": 125,
    "Stop time: 11:05": 125,
    "stop 11:05": None,
    "STOP: 1105": 125,
    "Bag finished @ 11:05 am": 125,
    "Infused in full at 1:05 pm": 245,
    "Drip ended at 13.05": None,
    "Drip ended at 13:05 hrs": 245,
    "End time was 1105 hrs; VSS.": 125,
    "Infusion will be complete at 11:05": None,
    "Should be finished at 11:05": None,
    "To be stopped at 1105 if BP drops": None,
    "Infusion completed at about 11:05": None,
    "Completed at ~11:05": None,
    "Stopped at 10:15 for reaction, restarted 10:40": None,
    "Infusion stopped at 10:15. Resumed at 50 mL/h.": None,
    "Infusion not completed at 11:05": None,
    "Ondansetron push completed at 9:05": None,
    "Flush finished at 11:10": None,
    "IV line stopped at 11:20": None,
    "Completed at 11:05. Finished at 11:15.": None,
    "Completed at 11:05. Stop time: 11:05.": 125,
    "Completed at 8:30": None,
    "Completed at 2:05": None,
    "Completed at 02:05": None,
    "Completed at 25:05": None,
    "Completed at 11:75": None,
    "Completed at 1100 mL": None,
    "Completed at 100 mg": None,
}


@pytest.mark.parametrize(("note", "minutes"), TELLS.items())
def test_a_note_tells_a_stop_only_where_it_is_past_and_sure(note: str, minutes: int | None) -> None:
    found = noted_stop(note, NINE)
    assert (found and (found.stop.at - NINE.at) // 60) == minutes
    assert found is None or (found.stop.grade == DERIVED and found.fact.quote in note)


def test_past_midnight_only_a_clock_that_cannot_be_the_afternoon_counts() -> None:
    late = NINE._replace(at=NINE.at + 14 * 3600)
    found = noted_stop("Completed at 00:35", late)
    assert found is not None and found.stop.at - late.at == 95 * 60
    assert noted_stop("Completed at 1:05", late) is None


def lines(note: str, end: str = "2026-06-01T18:00:00Z") -> list[str]:
    infusion = dose(
        medicationCodeableConcept={"text": "Infliximab 400 mg"},
        effectivePeriod={"start": "2026-06-01T09:00:00Z"},
        dosage={"route": IV, "method": {"text": "IV infusion"}},
        note=[{"text": note}],
    )
    coded = code(read_resources([visit(end=end), infusion]).encounters[0])
    found = [f"{line.code} x{line.units}" for line in coded.lines]
    return [*found, *(problem.code for problem in coded.problems if problem.code.startswith("STOP"))]


def test_its_minutes_are_billed_as_derived_and_asked_to_be_charted() -> None:
    assert lines("Infusion complete at 11:05.") == ["96365 x1", "96366 x1", "STOP_DERIVED"]


def test_a_noted_stop_after_the_end_of_the_visit_proves_nothing() -> None:
    assert lines("Infusion complete at 11:05.", end="2026-06-01T10:30:00Z") == ["STOP_MISSING"]
