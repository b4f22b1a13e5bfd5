"""The command line, its part for questions: one question, or a batch of them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import BinaryIO

import click
import orjson

from coding.panel import Answer, Open, ask
from coding.policy import Policy, payers
from coding.rules import CARDS
from smart_app import asking
from smart_app.chart import Chart
from smart_app.cli_batch import Given, answers_to
from smart_app.cli_options import NOTHING_READ, SOME_FAILED, one_chart, overrides_of, plain_ending, policy_of
from smart_app.inputs import InputError
from smart_app.words import WIDTH, render

NARROWEST = 40  # columns


@click.command("ask")
@click.argument("question", required=False)
@click.option(
    "--batch", metavar="FILE", help='NDJSON with a question on each line, or "-"; the answers are JSON lines.'
)
@click.option("--chart", metavar="FILE", help='The chart that is open: one FHIR R4 Bundle, or "-".')
@click.option("--setting", type=click.Choice(["facility", "professional"]), default="facility", show_default=True)
@click.option("--payer", default="commercial", show_default=True, help=f"One of {', '.join(payers())}.")
@click.option(
    "--policy", "switches", multiple=True, metavar="SWITCH=VALUE", help="Override one switch; may be repeated."
)
@click.option(
    "--zone", default="", help="Time zone of the place of service, for charts that write UTC (America/Denver)."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def ask_command(
    question: str | None,
    batch: str | None,
    chart: str | None,
    setting: str,
    payer: str,
    switches: tuple[str, ...],
    zone: str,
    form: str,
) -> None:
    """Ask QUESTION about the rules, a case in words or the chart: the answer, its lines, its working, its sources."""
    if (question is None) == (batch is None):
        raise click.UsageError(
            "Give a question or --batch, not both." if batch else "Give a question, or --batch FILE."
        )
    if batch == chart == "-":
        raise click.UsageError("Standard input can be the chart or the batch, not both.")
    policy = policy_of(setting, payer, None, switches)
    with plain_ending():
        read = one_chart(chart, zone, "a question is asked of one") if chart else None
        if batch:
            _batch(batch, Given(setting, payer, overrides_of(switches), zone, read))
        else:
            _one(str(question), _open(read, policy) if read else None, policy, form)


def _open(chart: Chart, policy: Policy) -> Open | None:
    """The visit that is asked about; which one it is, is said where there are several."""
    opened, visits = asking.open_visit(chart, policy)
    if opened is None:
        click.echo("chairtime: the chart holds no visit; the question is answered without it.", err=True)
    elif visits > 1:
        click.echo(
            f"chairtime: the chart holds {visits} visits with administrations; the answer is about "
            f"encounter {opened.encounter.id or 'without id'}, the one with the most.",
            err=True,
        )
    return opened


def _one(question: str, opened: Open | None, policy: Policy, form: str) -> None:
    if fault := asking.fault_of(question):
        raise click.UsageError(fault)
    answer = ask(asking.readable(question), (), opened, policy)
    if form == "json":
        sys.stdout.buffer.write(orjson.dumps(asking.as_json(answer)) + b"\n")
    else:
        click.echo(page(answer), nl=False)


def page(answer: Answer) -> str:
    """The answer for a terminal, as wide as that is."""
    width = max(NARROWEST, min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns))
    return render(
        "text/answer.txt",
        answer=answer,
        lines=asking.lines_in(answer),
        cards=[CARDS[id] for id in answer.rules if id in CARDS],
        sources=asking.sources_of(answer),
        width=width,
    )


def _batch(name: str, given: Given) -> None:
    """Every line is answered in its order; the exit code says whether some could not be read."""
    if name == "-":
        _write(sys.stdin.buffer, given)
        return
    if Path(name).is_dir():
        raise InputError(f"{name} is a folder; give a file with a question on each line.")
    try:
        file = open(name, "rb")
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror or error}.") from None
    with file:
        _write(file, given)


def _write(file: BinaryIO, given: Given) -> None:
    good = bad = 0
    for answer in answers_to(file, given):
        good, bad = good + ("error" not in answer), bad + ("error" in answer)
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
        sys.stdout.flush()
    if not good and not bad:
        raise InputError("The batch is empty; a question on each line was expected.")
    if bad:
        sys.exit(SOME_FAILED if good else NOTHING_READ)
