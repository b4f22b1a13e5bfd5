"""JW or JZ of all doses of a drug on a date: each is held against its own notes, then all are put together (rule drug.wastage).

A note speaks for the service that it is charted on. A dose without a note has neither JW nor JZ, and the drug then has no JZ: it
would say of that dose too that nothing was discarded. JW stands for what is proved of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from coding.dosed import Dosed, Question, Wasted
from coding.model import Waste
from coding.rules import THRESHOLDS
from coding.wastage import CONTRADICTION, NO_AMOUNT, UNDOCUMENTED, left_over, wasted


class Part(NamedTuple):
    """The doses of one service, with the notes charted on it. row: its first administration that has a dose of the drug."""

    row: str
    drug: Dosed
    notes: tuple[Waste, ...]


def wasted_of_day(drug: Dosed, served: Sequence[tuple[str, str]], noted: Sequence[tuple[str, Waste]]) -> Wasted:
    """What the chart proves of discarded drug over all doses. served: (service, row) of each dose; noted: (service, note)."""
    parts = _parts(drug, served, noted)
    notes = tuple(waste for _, waste in noted)
    if len(parts) < 2:
        return wasted(drug, notes)
    found = [wasted(part.drug, part.notes) for part in parts]
    if all(one.silent for one in found):
        return Wasted(silent=True)
    if any(one.silent for one in found) and any(_contradicts(one) for one in found):
        # Vials that are too many for the dose beside the note may be those of all doses.
        together = wasted(drug, notes)
        if together.held is not None and any(one.vials for one in notes) and not together.questions:
            return together
    return _together(drug, parts, found)


def _parts(drug: Dosed, served: Sequence[tuple[str, str]], noted: Sequence[tuple[str, Waste]]) -> list[Part]:
    doses: dict[str, tuple[str, tuple[Decimal, ...]]] = {}
    for (service, row), dose in zip(served, drug.doses, strict=True):
        first, before = doses.get(service, (row, ()))
        doses[service] = (first, (*before, dose))
    return [
        Part(row, drug._replace(doses=each), tuple(waste for at, waste in noted if at == service))
        for service, (row, each) in doses.items()
    ]


def _together(drug: Dosed, parts: list[Part], found: list[Wasted]) -> Wasted:
    questions = [
        asked._replace(row=part.row) for part, one in zip(parts, found, strict=True) for asked in one.questions
    ]
    questions += [_unnoted(part) for part, one in zip(parts, found, strict=True) if one.silent]
    evidence = "; ".join(dict.fromkeys(one.evidence for one in found if one.evidence))
    held = [one.held for one in found if one.held is not None]
    if len(held) < len(found):
        return Wasted(sum(one.discarded for one in found), False, evidence, questions=tuple(questions))
    total = sum(held, Decimal(0))
    left = left_over(drug, total)
    if left > sum(one.discarded for one in found):
        # Rests too small to count dose by dose are a unit together, as the doses were rounded up once.
        evidence += f"; of all doses together {left} units are left"
        if not all(any(note.discarded for note in part.notes) for part in parts):
            says = f"{left} units of {drug.name} are left of all doses together, but no discarded amount is charted for each."
            questions.append(Question(NO_AMOUNT, says, "The amount discarded of each dose."))
    return Wasted(left, left < THRESHOLDS.waste_minimum_units, evidence, questions=tuple(questions), held=total)


def _unnoted(part: Part) -> Question:
    doses = " and ".join(f"{dose.normalize():f} {part.drug.base}" for dose in part.drug.doses)
    says = (
        f"Nothing is charted of vials or waste for one dose of {part.drug.name} ({doses}), and the note on another dose "
        "does not speak for it; no JZ is set."
    )
    asks = "The vials opened for this dose and the amount discarded, or a note of no waste."
    return Question(UNDOCUMENTED, says, asks, part.row)


def _contradicts(found: Wasted) -> bool:
    return any(one.code == CONTRADICTION for one in found.questions)
