"""A checked claim as its page shows it: each finding with its evidence, the corrected claim, and amounts where a schedule is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import NamedTuple

from coding.billed import ASK, NOTE, WRONG, Billed, BilledClaim, Corrected, Finding
from coding.check import corrected_claim, held
from coding.check_dates import with_day
from coding.check_kinds import KINDS
from coding.check_words import to_do, written
from coding.codes import label
from coding.drugs import by_hcpcs
from coding.fees import Fees, difference, setting_paid, shown
from coding.policy import Policy
from smart_app.view_panel import Chip
from smart_app.view_places import Places
from smart_app.view_rows import plain_name
from smart_app.view_words import Sign, count, long_date, plain, upper_first

TAGS = {WRONG: Sign("Wrong", "✕", "bad"), ASK: Sign("To ask", "?", "wait"), NOTE: Sign("Told", "", "")}


class LineWords(NamedTuple):
    """A line as a biller writes it, and where it stands."""

    says: str
    place: str = ""


class FindingView(NamedTuple):
    """One finding. billed, right: the lines as billed and as the chart supports them. proof: minutes in words. worth: in dollars, or ""."""

    tag: Sign
    title: str
    says: str
    do: str
    billed: tuple[LineWords, ...]
    right: tuple[LineWords, ...]
    proof: str
    given: tuple[Chip, ...]
    rules: tuple[str, ...]
    worth: str


class RightLine(NamedTuple):
    """One line of the corrected claim."""

    code: str
    what: str
    units: str
    modifiers: str
    date: str


class CheckView(NamedTuple):
    """A whole answer. summary: the count in a sentence. typed: the corrected claim as it can be typed. fees: what amounts rest on."""

    form: str
    summary: str
    findings: tuple[FindingView, ...]
    right: tuple[RightLine, ...]
    typed: str
    held: tuple[LineWords, ...]
    unread: tuple[tuple[str, str], ...]
    elsewhere: str
    worth: str
    fees: tuple[str, ...]


def check_view(
    claim: BilledClaim, findings: Sequence[Finding], policy: Policy, places: Places, fees: Sequence[Fees]
) -> CheckView:
    """claim: as coding.check.placed gives it. fees: schedules, of which the first that lists all codes is used."""
    days = {row.date for row in places.rows.values() if row.date}
    right = with_day(corrected_claim(claim, findings), claim, days)
    setting = setting_paid(policy.setting, claim.place_of_service)
    by_place = {line.place: line for line in claim.lines}

    def one(finding: Finding) -> FindingView:
        billed = tuple(by_place[place] for place in finding.billed if place in by_place)
        kind = KINDS[finding.kind]
        return FindingView(
            TAGS[finding.severity],
            kind.title,
            plain(finding.says),
            to_do(finding),
            tuple(LineWords(written(line), line.place) for line in billed),
            tuple(LineWords(written(line)) for line in finding.corrected),
            "" if finding.minutes is None else count(finding.minutes, "minute"),
            places.all_given(finding.administrations),
            finding.rules,
            worth(billed, finding.corrected, fees, setting),
        )

    return CheckView(
        claim.form,
        _summary(claim, findings),
        tuple(map(one, findings)),
        tuple(map(right_line, right)),
        "; ".join(f"{'-'.join((line.code, *line.modifiers))} x{line.units}" for line in right),
        tuple(LineWords(written(line), line.place) for line in held(claim, findings)),
        claim.unread,
        _elsewhere(claim, places),
        worth(claim.lines, right, fees, setting),
        tuple(f"{PurePath(one.source).name}. {one.note}".strip() for one in fees),
    )


def _summary(claim: BilledClaim, findings: Sequence[Finding]) -> str:
    lines = count(len(claim.lines), "billed line")
    if not findings:
        return (
            f"{lines}; the claim is what the chart supports." if not claim.unread else f"{lines} agree with the chart."
        )
    counts = {severity: sum(one.severity == severity for one in findings) for severity in TAGS}
    said = [f"{number} {TAGS[severity].word.lower()}" for severity, number in counts.items() if number]
    return f"{lines}, {count(len(findings), 'finding')}: {', '.join(said)}."


def right_line(line: Corrected) -> RightLine:
    """A line of the corrected claim in words."""
    drugs = by_hcpcs(line.code)
    name = label(line.code) or (plain_name(drugs[0].name) if drugs else "not judged here")
    return RightLine(
        line.code,
        upper_first(name),
        f"{line.units:,}",
        " ".join(line.modifiers),
        long_date(line.date) if line.date else "",
    )


def _elsewhere(claim: BilledClaim, places: Places) -> str:
    """That the claim is of other days, or ""."""
    dates = sorted({line.date for line in claim.lines if line.date})
    days = {row.date for row in places.rows.values()}
    if not dates or days & set(dates):
        return ""
    dated = ", ".join(map(long_date, dates))
    return f"The claim is dated {dated}; nothing of this visit was given then. Look whether it is the right visit."


def worth(billed: Sequence[Billed], right: Sequence[Corrected], fees: Iterable[Fees], setting: str) -> str:
    """What the correction changes, by the first schedule that lists every code; "" without a schedule or a change."""
    unlisted: tuple[str, ...] = ()
    date = max([line.date for line in right] + [line.date for line in billed], default="")
    for schedule in fees:
        found = difference(billed, right, schedule, setting, date)
        if found.amount is not None:
            return "" if not found.amount else f"{'+' if found.amount > 0 else ''}{shown(found.amount)}"
        unlisted = unlisted or found.unlisted
    return f"not in the schedule: {', '.join(unlisted)}" if unlisted else ""
