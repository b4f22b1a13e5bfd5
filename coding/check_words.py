"""A finding in words: lines as a biller writes them, and what the chart shows for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from coding.billed import ASK, WRONG, Billed, BilledClaim, Corrected, Finding
from coding.check_case import Case
from coding.check_kinds import HOLDING, KINDS
from coding.check_lines import Open, Wanted, carried
from coding.model import Administration, Considered, DrugLine, Line
from coding.timeline import clock, day

_CITED = re.compile(r" \[rule [^\]]*\]")
NOTHING = "no line"
ACTIVE = "active_minutes"
SHOWN = 8  # lines that a sentence names


def found(
    case: Case,
    kind: str,
    taken: Open,
    *,
    severity: str = "",
    rules: Iterable[str] = (),
    ids: Iterable[str] = (),
    minutes: int | None = None,
    stays: bool = False,
    **words: str,
) -> Finding:
    """A finding about these lines. words: what its sentence needs beyond the lines. stays: the billed lines are kept as they are."""
    row = KINDS[kind]
    taken = _in_order(taken, case)
    said = {"billed": in_words(taken.billed), "wanted": wanted_words(taken.wanted), "why": "", "proof": ""}
    said["proof"] = proof(taken.wanted, case)
    said.update(words)
    rows = [id for line in taken.wanted for id in line.administrations]
    timed = [line.minutes for line in taken.wanted if isinstance(line, Line) and line.minutes is not None]
    of_lines = [rule for line in taken.wanted for rule in line.rules] if not row.rules else []
    return Finding(
        kind,
        severity or row.severity,
        " ".join(row.says.format_map(said).replace(" : ", ": ").split()),
        tuple(dict.fromkeys((*row.rules, *rules, *of_lines))),
        tuple(line.place for line in taken.billed),
        tuple(_as_billed(line) for line in taken.billed) if stays else corrected(taken),
        minutes if minutes is not None else max(timed, default=_minutes_of_steps(taken, case)),
        tuple(dict.fromkeys((*rows, *ids))),
    )


def _in_order(taken: Open, case: Case) -> Open:
    """Billed lines as the claim has them, coded lines as the answer has them."""
    claim = {line.place: at for at, line in enumerate(case.claim.lines)}
    coded = {id(line): at for at, line in enumerate((*case.coded.lines, *case.coded.drug_lines))}
    return Open(
        tuple(sorted(taken.billed, key=lambda line: claim[line.place])),
        tuple(sorted(taken.wanted, key=lambda line: coded[id(line)])),
    )


def _minutes_of_steps(taken: Open, case: Case) -> int | None:
    """Where no coded line has minutes: those that the engine weighed for these codes, if it was one number."""
    codes = {line.code for line in taken.billed}
    weighed = {value for step in case.coded.steps if step.code in codes for name, value in step.facts if name == ACTIVE}
    return next((value for value in weighed if isinstance(value, int)), None) if len(weighed) == 1 else None


def corrected(taken: Open) -> tuple[Corrected, ...]:
    """The coded lines, alike ones added up; payment modifiers of the billed lines are carried along."""
    extra = carried(taken.billed)
    added: dict[tuple[str, tuple[str, ...], str], int] = {}
    for line in taken.wanted:
        key = (line.code, tuple(dict.fromkeys((*line.modifiers, *extra))), line.date)
        added[key] = added.get(key, 0) + line.units
    return tuple(Corrected(code, units, modifiers, date) for (code, modifiers, date), units in added.items())


def corrected_claim(claim: BilledClaim, findings: Iterable[Finding]) -> tuple[Corrected, ...]:
    """The claim with all findings applied: what the chart supports, and the lines that were not judged, in the claim's order.

    claim: as coding.check_lines.placed gives it.
    """
    leaders: dict[str, Finding] = {}
    changed: set[str] = set()
    added: list[Corrected] = []
    for finding in findings:
        changed |= set(finding.billed)
        if finding.billed:
            leaders[finding.billed[0]] = finding
        else:
            added += finding.corrected
    lines: list[Corrected] = []
    for line in claim.lines:
        if line.place in leaders:
            lines += leaders[line.place].corrected
        elif line.place not in changed:
            lines.append(_as_billed(line))
    return _joined(lines + added)


def held(claim: BilledClaim, findings: Iterable[Finding]) -> tuple[Billed, ...]:
    """Billed units that are off the corrected claim only until the chart answers. claim: as corrected_claim takes it."""
    lines = {line.place: line for line in claim.lines}
    order = {place: at for at, place in enumerate(lines)}
    waiting: list[Billed] = []
    for finding in findings:
        if not _waits(finding):
            continue
        stays = {one.code: 0 for one in finding.corrected}
        for one in finding.corrected:
            stays[one.code] += one.units
        for line in (lines[place] for place in finding.billed if place in lines):
            kept = min(line.units, stays.get(line.code, 0))
            stays[line.code] = stays.get(line.code, 0) - kept
            if line.units > kept:
                waiting.append(line._replace(units=line.units - kept))
    return tuple(sorted(waiting, key=lambda line: order[line.place]))


def _waits(finding: Finding) -> bool:
    """Whether its lines wait for an answer: of its kind, or because something may do away with it."""
    return finding.kind in HOLDING or (finding.severity == ASK and KINDS[finding.kind].severity == WRONG)


def to_do(finding: Finding) -> str:
    """What to do about it; of what may yet turn out right, what to do if it does not."""
    do = KINDS[finding.kind].do
    waits = finding.severity == ASK and KINDS[finding.kind].severity == WRONG
    return f"Find out first. If it stays so: {do[:1].lower()}{do[1:]}" if waits else do


def _joined(lines: list[Corrected]) -> tuple[Corrected, ...]:
    found: dict[tuple[str, tuple[str, ...], str], int] = {}
    for line in lines:
        key = (line.code, line.modifiers, line.date)
        found[key] = found.get(key, 0) + line.units
    return tuple(Corrected(code, units, modifiers, date) for (code, modifiers, date), units in found.items())


def _as_billed(line: Billed) -> Corrected:
    return Corrected(line.code, line.units, line.modifiers, line.date)


def in_words(lines: Iterable[Billed]) -> str:
    """ "96366 x2 (line 3) and 96365-59 (line 4)"; of many, the first and how many more."""
    said = [f"{written(line)} ({line.place})" for line in lines]
    if len(said) > SHOWN:
        said = [*said[: SHOWN - 1], f"{len(said) - SHOWN + 1} more lines"]
    return _and(said) or "nothing"


def wanted_words(lines: Iterable[Wanted]) -> str:
    """The same for coded lines, alike ones added up, without a place."""
    return _and(named(corrected(Open((), tuple(lines))))) or NOTHING


def named(lines: Sequence[Corrected], dates: bool = False) -> list[str]:
    """Lines as a biller writes them; with their dates where they are of several, or where dates are wanted."""
    dates = dates or len({line.date for line in lines}) > 1
    return [f"{written(one)} on {one.date}" if dates and one.date else written(one) for one in lines]


def written(line: Billed | Corrected) -> str:
    """ "J1745-JZ x40"; one unit is not written."""
    name = "-".join((line.code, *line.modifiers))
    return name if line.units == 1 else f"{name} x{line.units}"


def proof(lines: Iterable[Wanted], case: Case) -> str:
    """What the chart shows for these lines: drug, minutes and clock times, or the dose and how it makes units."""
    said: dict[str, None] = {}
    for line in lines:
        said[_dose(line) if isinstance(line, DrugLine) else _time(line, case)] = None
    return "; ".join(said)


def _dose(line: DrugLine) -> str:
    return plain(line.why)


def to_settle(says: str, change: str, lead: str = "To settle it") -> str:
    """What is open, and what would settle it."""
    if not change:
        return says
    first = change[:1].lower() if change[1:2].islower() or change[1:2] == " " else change[:1]
    return f"{says} {lead}: {first}{change[1:]}"


def plain(why: str) -> str:
    """A sentence of the engine without its citations and its last stop."""
    return _CITED.sub("", why).strip().rstrip(".")


def _time(line: Line, case: Case) -> str:
    rows = [row for row in case.encounter.administrations if row.id in line.administrations]
    between = _between(rows, case)
    if line.minutes is None:
        return f"{line.substance} was given{f' ({between})' if between else ''}"
    return f"{line.substance} ran {line.minutes} minutes{f' ({between})' if between else ''}"


def _between(rows: list[Administration], case: Case) -> str:
    starts = [row.start for row in rows if row.start]
    stops = [row.stop for row in rows if row.stop]
    if not starts:
        return ""
    first = min(starts, key=lambda one: one.at)
    offset = first.offset or case.encounter.offset
    begin = clock(first.at, offset)
    if not stops or max(one.at for one in stops) <= first.at:
        return begin
    last = max(stops, key=lambda one: one.at)
    later = last.offset or case.encounter.offset
    over = day(first.at, offset) != day(last.at, later)
    return f"{begin} to {clock(last.at, later)}{' on ' + day(last.at, later) if over else ''}"


def reasons(considered: Iterable[Considered], most: int = 2) -> str:
    """Why the engine did not give a code, and what would change that; each reason once."""
    said = dict.fromkeys(to_settle(one.why, one.would_change, "What would change it") for one in considered)
    return " ".join(list(said)[:most])


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
