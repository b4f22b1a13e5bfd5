"""The command line, its part for the documentation checklist."""

from __future__ import annotations

import sys
from typing import Any

import click
import orjson

from coding.checklist import Checklist, checklist
from coding.engine import code_visits
from coding.policy import payers
from smart_app.chart import read_bundle
from smart_app.cli_options import NOTHING_READ, SOME_FAILED, plain_ending, policy_of
from smart_app.coded import with_chart
from smart_app.fhir_notices import TYPES
from smart_app.inputs import read_bundles
from smart_app.words import render

WIDTH = 100


@click.command("checklist")
@click.option("--chart", metavar="FILE", required=True, help='FHIR R4: one Bundle, NDJSON of Bundles, or "-".')
@click.option(
    "--not-granted",
    "not_granted",
    multiple=True,
    type=click.Choice(sorted(TYPES)),
    help="A resource type that the chart was read without; may be repeated.",
)
@click.option("--setting", type=click.Choice(["facility", "professional"]), default="facility", show_default=True)
@click.option("--payer", default="commercial", show_default=True, help=f"One of {', '.join(payers())}.")
@click.option("--zone", default="", help="Time zone of the place of service, for charts that write UTC.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def checklist_command(chart: str, not_granted: tuple[str, ...], setting: str, payer: str, zone: str, form: str) -> None:
    """Say what the chart holds of each thing given, what it lacks, and what to ask."""
    policy = policy_of(setting, payer, None, ())
    good = bad = 0
    with plain_ending():
        for read in read_bundles(chart):
            if read.bundle is None:
                click.echo(f"chairtime: {read.fault}", err=True)
                bad += 1
                continue
            opened = read_bundle(read.bundle, zone)
            if not opened.encounters:
                click.echo(f"chairtime: {f'line {read.line}' if read.line else chart} holds no visit.", err=True)
                bad += 1
                continue
            good += 1
            results = with_chart(opened, code_visits(opened.encounters, policy))
            for encounter, coded in zip(opened.encounters, results, strict=True):
                _print(checklist(encounter, coded, policy, not_granted), form)
    if bad:
        sys.exit(SOME_FAILED if good else NOTHING_READ)


def _print(found: Checklist, form: str) -> None:
    if form == "json":
        sys.stdout.buffer.write(orjson.dumps(as_json(found)) + b"\n")
        sys.stdout.flush()
    else:
        click.echo(render("text/checklist.txt", found=found, width=WIDTH), nl=False)


def as_json(found: Checklist) -> dict[str, Any]:
    """The checklist of one visit with fixed keys."""
    return {
        "encounter": found.encounter or None,
        "visit": [entry._asdict() for entry in found.visit],
        "administrations": [
            one._asdict() | {"entries": [entry._asdict() for entry in one.entries]} for one in found.administrations
        ],
        "apart": [one._asdict() for one in found.apart],
    }
