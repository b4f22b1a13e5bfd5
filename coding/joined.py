"""Several visits with their answers as one: nothing is coded anew, each line keeps the visit that gave it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from coding.model import Coded, Encounter

Pair = tuple[Encounter, Coded]


def joined(group: Sequence[Pair]) -> Pair:
    """One value with the rows, lines and problems of all, under the first visit's place and kind."""
    if len(group) == 1:
        return group[0]
    encounters, answers = [one for one, _ in group], [one for _, one in group]
    encounter = encounters[0]._replace(
        administrations=tuple(chain.from_iterable(one.administrations for one in encounters)),
        conditions=tuple(dict.fromkeys(chain.from_iterable(one.conditions for one in encounters))),
        procedures=tuple(dict.fromkeys(chain.from_iterable(one.procedures for one in encounters))),
        parts=tuple(part for one in encounters for part in (one.id, *one.parts)),
        services=tuple(chain.from_iterable(one.services for one in encounters)),
    )
    coded = answers[0]._replace(
        encounter=" and ".join(one.encounter for one in answers),
        lines=tuple(chain.from_iterable(one.lines for one in answers)),
        drug_lines=tuple(chain.from_iterable(one.drug_lines for one in answers)),
        considered=tuple(chain.from_iterable(one.considered for one in answers)),
        not_billed=tuple(chain.from_iterable(one.not_billed for one in answers)),
        problems=tuple(dict.fromkeys(chain.from_iterable(one.problems for one in answers))),
        steps=tuple(chain.from_iterable(one.steps for one in answers)),
    )
    return encounter, coded
