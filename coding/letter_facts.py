"""What a letter says of a line from the chart alone: the drug, its times, its site, what ran beside it, its vials."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coding.denial_facts import Given
from coding.drugs import by_hcpcs
from coding.letter_table import needs
from coding.letter_words import REASON, charted, joined, plain, reason, when
from coding.model import DrugLine, Line

AnyLine = Line | DrugLine
SECOND_SITE, SIMULTANEOUS = "site.second-site", "concurrent.once"


class Facts:
    """What was given, without words that may name a person. second: lines of a needed second site among those in question."""

    def __init__(self, given: Iterable[Given], lines: Sequence[AnyLine]) -> None:
        self.given = tuple(map(plain, given))
        self.second = tuple(one for one in lines if SECOND_SITE in one.rules)

    def name(self, line: AnyLine) -> str:
        """What a line is for: its drug, or the rows' own where the drug is not one of the tables."""
        rows = self.rows(line)
        if any(not one.known for one in rows):
            return " and ".join(dict.fromkeys(one.drug for one in rows))
        return line.substance[:1].upper() + line.substance[1:]

    def rows(self, line: AnyLine) -> tuple[Given, ...]:
        """What was given for a line, pauses left out."""
        return joined([one for one in self.given if one.administration in line.administrations and not one.held])

    def why(self, line: AnyLine) -> str:
        """The charted reasons of a line, "" where the chart gives none."""
        return "; ".join(dict.fromkeys(filter(None, map(reason, self.rows(line)))))

    def only_of_visit(self, line: AnyLine) -> bool:
        """Whether nothing is charted as the reason of a line, and only the diagnoses of the visit may be."""
        rows = self.rows(line)
        return any(one.of_visit for one in rows) and not any(map(charted, rows))

    def reasons(self, line: AnyLine) -> frozenset[str]:
        """The codes charted as the reason of a line."""
        return frozenset(code for one in self.rows(line) for code in one.reasons)

    def of(self, line: AnyLine) -> str:
        """The drug of a line with its times and the minutes that count; of a drug's own line its dose and vials."""
        rows = self.rows(line)
        if isinstance(line, DrugLine):
            return self._dosed(line, rows)
        derived = " (its stop is derived, not charted)" if any(one.derived_from for one in rows) else ""
        said = f"{self.name(line)}, {when(rows)}{derived}"
        if line.minutes is None:
            return f"{said}."
        each = [one.minutes for one in rows]
        total = sum(one for one in each if one is not None)
        if None in each or total == line.minutes:
            return f"{said}: {line.minutes} minutes."
        if total < line.minutes:
            return f"{said}: {line.minutes} minutes, the seconds of the runs added."
        return f"{said}: {total} minutes, of which {line.minutes} count for this line."

    def _dosed(self, line: DrugLine, rows: tuple[Given, ...]) -> str:
        doses = ", ".join(one.dose for one in rows if one.dose and not one.repeats)
        said = [f"{self.name(line)}: {f'{doses} given' if doses else 'dose not documented'}."]
        counts = {f"{one.unit_qty:f} {one.unit_uom}".strip() for one in by_hcpcs(line.code)}
        if len(counts) == 1:
            said.append(f"{line.code} counts {counts.pop()} as one unit.")
        waste = "; ".join(dict.fromkeys(part for one in rows for part in one.waste))
        if waste:
            said.append(f"Vials and waste in the record: {waste}.")
        return " ".join(said)

    def around(self, line: AnyLine) -> Iterable[str]:
        """Where sites or other drugs matter: the access site, why a second one was needed, and what ran at the same time."""
        if not isinstance(line, Line) or not (self.second or SIMULTANEOUS in line.rules):
            return
        sites = dict.fromkeys(one.site for one in self.rows(line) if one.site)
        if sites:
            yield f"Access site in the record: {' and '.join(sites)}."
        if line in self.second:
            meant = "; ".join(needs("; ".join(one.needs for one in self.given if one.needs)))
            yield f"Why a second site was needed, by the record: {f'{meant} {REASON}'.strip()}."
        if SIMULTANEOUS in line.rules:
            yield from self._beside(line)

    def _beside(self, line: Line) -> Iterable[str]:
        rows = self.rows(line)
        for other in self.given:
            if other.administration in line.administrations or other.held or other.fluid:
                continue
            if any(_overlap(one, other) for one in rows):
                through = f", through {other.site}" if other.site else ""
                yield f"Beside it ran {other.drug}, {when([other])}{through}."


def _overlap(one: Given, other: Given) -> bool:
    """Whether two rows flowed at the same time, both with a start and a stop."""
    if one.begin is None or one.end is None or other.begin is None or other.end is None:
        return False
    return one.begin < other.end and other.begin < one.end
