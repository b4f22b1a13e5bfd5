"""The command line, its part for denials: what a denial means for a chart, and the letter where the chart carries one."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import click
import orjson

from coding.billed import BilledClaim
from coding.check import check
from coding.denial import Judgement, fitting, judge
from coding.denial_facts import Given, line_words
from coding.denial_read import read
from coding.denial_table import OUTSIDE, TABLE, Denial
from coding.engine import code_visits
from coding.letter import Letter, LetterRefused, letter
from coding.letter_words import Entry, entry
from coding.policy import Policy, payers
from smart_app.asking import most_given
from smart_app.claims.faults import ClaimFault
from smart_app.claims.typed import read_typed
from smart_app.claims.visits import Visit, visit_of
from smart_app.cli_options import NOTHING_READ, fail, one_chart, policy_of
from smart_app.coded import with_chart
from smart_app.inputs import InputError
from smart_app.words import render

WIDTH = 80
REFUSED = 1
_GIVEN = (("Drug", 22), ("Dose", 11), ("Route", 8), ("Start", 11), ("Stop", 11), ("Min", 4), ("Times", 10))
_CLAIM = (("Line", 22), ("Min", 6), ("For", 40))


@click.command("denial")
@click.argument("denial")
@click.option("--chart", "chart", metavar="FILE", required=True, help='The chart: one FHIR R4 Bundle, or "-".')
@click.option("--claim", metavar="LINES", help='All lines that were billed: "96365 x1; 96366 x2; J1745-JZ x40".')
@click.option("--first-sent", metavar="LINES", help="The lines before they were corrected, for the letter to say so.")
@click.option("--letter", "wants_letter", is_flag=True, help="Write the letter instead of the answer.")
@click.option("--setting", type=click.Choice(["facility", "professional"]), default="facility", show_default=True)
@click.option("--payer", default="commercial", show_default=True, help=f"One of {', '.join(payers())}.")
@click.option(
    "--policy", "switches", multiple=True, metavar="SWITCH=VALUE", help="Override one switch; may be repeated."
)
@click.option("--zone", default="", help="Time zone of the place of service, for charts that write UTC.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def denial_command(
    denial: str,
    chart: str,
    claim: str | None,
    first_sent: str | None,
    wants_letter: bool,
    setting: str,
    payer: str,
    switches: tuple[str, ...],
    zone: str,
    form: str,
) -> None:
    """Say what DENIAL means for a chart: a number ("CO-97", "CARC 16 N822 on J1745") or words ("two 96365 denied").

    Exit code 1 where a letter was wanted and the chart does not carry one.
    """
    said = read(denial)
    if not said.denials:
        known = f" ({', '.join(said.numbers.unknown)} is not in its table)" if said.numbers.unknown else ""
        raise click.UsageError(
            f"{denial!r} is no denial that Chairtime knows{known}. "
            "Give its number, such as CO-97 or N822, or what was denied and why."
        )
    policy = policy_of(setting, payer, None, switches)
    billed, before = _claim(claim, "--claim"), _claim(first_sent, "--first-sent")
    try:
        visit = _visit(chart, zone, policy, billed)
    except InputError as error:
        fail(str(error), NOTHING_READ)
    coded, encounter = visit.coded, visit.encounter
    findings = check(billed, coded, encounter, policy, visits=visit.visits, beside=visit.beside) if billed else ()
    fit = fitting(said.denials, billed, (*coded.lines, *coded.drug_lines))
    others = [one for one in said.denials if one not in fit]
    judged = [judge(one, coded, encounter, policy, billed, findings, visit.beside) for one in fit]
    if wants_letter:
        _letter(judged, visit, before, billed, form)
    elif form == "json":
        found = {"denials": [as_json(one) for one in judged], "others": [one.title for one in others]}
        sys.stdout.buffer.write(orjson.dumps(found) + b"\n")
    else:
        click.echo(page(judged, others))


def _claim(lines: str | None, option: str) -> BilledClaim | None:
    if lines is None:
        return None
    try:
        read = read_typed(lines)
    except ClaimFault as error:
        raise click.UsageError(f"{option}: {error}") from None
    if read.unread:
        raise click.UsageError(f"{option}: " + " ".join(f"{place}: {why}" for place, why in read.unread))
    return read


def _visit(name: str, zone: str, policy: Policy, billed: BilledClaim | None) -> Visit:
    """The visits that the claim is nearest to, else the one with the most administrations; which, is said where there are several."""
    chart = one_chart(name, zone, "a denial is about one")
    answers = with_chart(chart, code_visits(chart.encounters, policy))
    if billed is not None:
        visit = visit_of(billed, chart.encounters, answers)
    else:
        visit = visit_of(BilledClaim((), ""), chart.encounters, answers, most_given(chart.encounters))
    if visit is None:
        raise InputError(f"{name} holds no visit.")
    if visit.others:
        ids = " and ".join(id or "without id" for id in visit.ids)
        how = "nearest to the claim" if billed else "the one with the most"
        click.echo(
            f"chairtime: the chart holds {len(visit.ids) + len(visit.others)} visits with administrations; the answer is about "
            f"encounter {ids}, {how}.",
            err=True,
        )
    return visit


def _letter(
    judged: list[Judgement], visit: Visit, before: BilledClaim | None, billed: BilledClaim | None, form: str
) -> None:
    """The letter of the first reading that the chart carries; all refusals where it carries none."""
    if len(judged) > 1 and wants_remark(judged[0].denial):
        titles = "; ".join(one.denial.title for one in judged)
        fail(
            f"no letter is written. This can mean: {titles}. Give the remark code (RARC) that stands beside it.",
            REFUSED,
        )
    written: list[tuple[Judgement, Letter]] = []
    refused: list[str] = []
    for one in judged:
        try:
            written.append((one, letter(one, visit.coded, before, billed)))
        except LetterRefused as refusal:
            refused.append(f"{one.denial.title}: {refusal}")
    if not written:
        fail("no letter is written. " + " ".join(refused), REFUSED)
    if len(judged) > 1:
        titles = "; ".join(one.denial.title for one in judged)
        click.echo(
            f"chairtime: this can mean: {titles}. The letter is for: {written[0][0].denial.title}. "
            "Name the remark code or say what was denied for another.",
            err=True,
        )
    found = written[0][1]
    if form == "json":
        sys.stdout.buffer.write(orjson.dumps({"letter": letter_text(found)}) + b"\n")
    else:
        click.echo(letter_text(found))


def letter_text(found: Letter) -> str:
    """The letter as plain text of 80 columns."""
    given, claim = columns(_GIVEN, found.entries), columns(_CLAIM, found.rows)
    return render("text/letter.txt", letter=found, given=given, claim=claim, width=WIDTH)


def page(judged: Sequence[Judgement], others: Sequence[Denial] = ()) -> str:
    """The answers to a denial as plain text of 80 columns; what they share of the chart stands once. others: what else it can mean."""
    return render(
        "text/denial.txt",
        judged=judged,
        others=others,
        wants_remark=wants_remark(judged[0].denial),
        choose=len({one.denial.numbers for one in judged}) < len(judged),
        wanted=_wanted(judged[0].denial),
        given=columns(_GIVEN, [_entry(fact) for fact in judged[0].facts]),
        corrected=next((one.corrected for one in judged if one.corrected), ()),
        asked=any(one.denial.about != OUTSIDE for one in judged),
        line_words=line_words,
        width=WIDTH,
    )


def _wanted(denial: Denial) -> str:
    """What would leave one reading of several: never what was given already."""
    remark = any(number.startswith("RARC") for number in denial.numbers)
    wanted = (("the code that was denied", denial.named), ("the remark code", remark))
    asked = [one for one, given in wanted if not given]
    return f"{'Name ' + ', or '.join(asked) if asked else 'Say in words why it was denied'}, for one answer."


def wants_remark(denial: Denial) -> bool:
    """Whether a reason was given that says nothing without its remark code, and no remark code."""
    wanted = {f"CARC {reason}" for reason in TABLE.remark_wanted}
    remark = any(number.startswith("RARC") for number in (*denial.numbers, *denial.unknown))
    return bool(wanted & set(denial.numbers)) and not remark


def _entry(given: Given) -> Entry:
    return entry(given)._replace(drug=f"{given.drug} ({given.administration})")


def columns(heads: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> str:
    """A table in plain text: each cell broken into its column, two blanks before the first."""
    lines = []
    for row in ([name for name, _ in heads], *rows):
        cells = [textwrap.wrap(cell, width - 1) for cell, (_, width) in zip(row, heads, strict=True)]
        for number in range(max(map(len, cells), default=0)):
            parts = (
                (cell[number] if number < len(cell) else "").ljust(width)
                for cell, (_, width) in zip(cells, heads, strict=True)
            )
            lines.append("  " + "".join(parts).rstrip())
    return "\n".join(lines)


def as_json(one: Judgement) -> dict[str, Any]:
    """One judged denial with fixed keys."""
    return {
        "denial": one.denial.id,
        "title": one.denial.title,
        "numbers": one.denial.numbers,
        "unknown_numbers": one.denial.unknown,
        "means": one.denial.means,
        "rulebook": one.denial.rulebook,
        "verdict": one.verdict,
        "why": one.why,
        "do": one.do,
        "steps": one.steps,
        "corrected": [line._asdict() for line in one.corrected],
        "unsupported": [over._asdict() for over in one.unsupported],
        "facts": [fact._asdict() for fact in one.facts],
        "missing": [lack._asdict() for lack in one.missing],
        "findings": [finding._asdict() for finding in one.findings],
        "notes": one.notes,
        "rules": one.cards,
        "seen": one.denial.seen,
    }
