"""The command line, its part for denials: what a denial means for a chart, and the letter where the chart carries one."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import click
import orjson

from coding.billed import BilledClaim
from coding.check import check
from coding.denial import Judgement, fitting, judge, read_denial
from coding.denial_facts import Given, line_words
from coding.denial_table import OUTSIDE
from coding.letter import Entry, Letter, LetterRefused, entry, letter
from coding.panel import Open
from coding.policy import Policy, payers
from smart_app import asking
from smart_app.chart import read_bundle
from smart_app.claims.faults import ClaimFault
from smart_app.claims.typed import read_typed
from smart_app.cli_options import NOTHING_READ, policy_of
from smart_app.inputs import InputError, read_bundles
from smart_app.words import render

WIDTH = 80
REFUSED = 1
_GIVEN = (("Drug", 23), ("Dose", 12), ("Route", 11), ("Start", 7), ("Stop", 11), ("Min", 4), ("Times", 10))
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
    meant = read_denial(denial)
    if not meant:
        raise click.UsageError(
            f"{denial!r} is no denial that Chairtime knows. Give its number, such as CO-97 or N822, or what was denied and why."
        )
    policy = policy_of(setting, payer, None, switches)
    billed, before = _claim(claim, "--claim"), _claim(first_sent, "--first-sent")
    try:
        opened = _opened(chart, zone, policy)
    except InputError as error:
        _fail(str(error), NOTHING_READ)
    findings = check(billed, opened.coded, opened.encounter, policy) if billed else ()
    judged = [judge(one, opened.coded, opened.encounter, policy, billed, findings) for one in fitting(meant, billed)]
    if wants_letter:
        _letter(judged, opened, before, form)
    elif form == "json":
        sys.stdout.buffer.write(orjson.dumps({"denials": [as_json(one) for one in judged]}) + b"\n")
    else:
        click.echo(page(judged))


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


def _opened(name: str, zone: str, policy: Policy) -> Open:
    """The visit with the most administrations; which one it is, is said where there are several."""
    reads = list(read_bundles(name))
    if len(reads) > 1:
        raise InputError(f"{name} holds {len(reads)} charts; a denial is about one.")
    if reads[0].bundle is None:
        raise InputError(reads[0].fault)
    opened, visits = asking.open_visit(read_bundle(reads[0].bundle, zone), policy)
    if opened is None:
        raise InputError(f"{name} holds no visit.")
    if visits > 1:
        click.echo(
            f"chairtime: the chart holds {visits} visits with administrations; the answer is about "
            f"encounter {opened.encounter.id or 'without id'}, the one with the most.",
            err=True,
        )
    return opened


def _letter(judged: list[Judgement], opened: Open, before: BilledClaim | None, form: str) -> None:
    """The letter of the first reading that the chart carries; all refusals where it carries none."""
    written: list[tuple[Judgement, Letter]] = []
    refused: list[str] = []
    for one in judged:
        try:
            written.append((one, letter(one, opened.coded, before)))
        except LetterRefused as refusal:
            refused.append(f"{one.denial.title}: {refusal}")
    if not written:
        _fail("no letter is written. " + " ".join(refused), REFUSED)
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


def page(judged: Sequence[Judgement]) -> str:
    """The answers to a denial as plain text of 80 columns; what they share of the chart stands once."""
    return render(
        "text/denial.txt",
        judged=judged,
        given=columns(_GIVEN, [_entry(fact) for fact in judged[0].facts]),
        corrected=next((one.corrected for one in judged if one.corrected), ()),
        asked=any(one.denial.about != OUTSIDE for one in judged),
        line_words=line_words,
        width=WIDTH,
    )


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


def _fail(says: str, code: int) -> NoReturn:
    click.echo(f"chairtime: {says}", err=True)
    sys.exit(code)
