"""The command line: thin; it reads, calls the engine, and prints.

Exit codes: 0 all coded; 1 some of the input could not be read and the rest was coded; 2 a wrong call; 3 nothing could be read.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from difflib import get_close_matches
from importlib import resources

import click
import orjson

from coding.engine import code_visits
from coding.limits import Limits
from coding.ndc import Crosswalk
from coding.policy import Policy, payers
from coding.rules import CARDS, THRESHOLDS, card, sources
from smart_app.chart import read_bundle
from smart_app.cli_ask import ask_command
from smart_app.cli_check import check_command
from smart_app.cli_checklist import checklist_command
from smart_app.cli_denial import denial_command
from smart_app.cli_options import (
    MUE,
    NDC,
    NOTHING_READ,
    SOME_FAILED,
    crosswalk_of,
    limits_of,
    plain_ending,
    policy_of,
    tell_of_limits,
)
from smart_app.cli_web import COMMANDS
from smart_app.coded import with_chart
from smart_app.export import as_json
from smart_app.inputs import Read, read_bundles
from smart_app.words import page, render

PROGRESS_EVERY = 0.2  # seconds


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chairtime")
def main() -> None:
    """Code infusions from a FHIR chart, and say why."""


@main.command("code")
@click.argument("file", required=False)
@click.option("--example", is_flag=True, help="Code the chart that ships with Chairtime instead of a file.")
@click.option("--setting", type=click.Choice(["facility", "professional"]), default="facility", show_default=True)
@click.option("--payer", default="commercial", show_default=True, help=f"One of {', '.join(payers())}.")
@click.option("--payer-file", type=click.Path(exists=True, dir_okay=False), help="A payer policy of your own (TOML).")
@click.option(
    "--policy", "switches", multiple=True, metavar="SWITCH=VALUE", help="Override one switch; may be repeated."
)
@MUE
@NDC
@click.option(
    "--zone", default="", help="Time zone of the place of service, for charts that write UTC (America/Denver)."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def code_command(
    file: str | None,
    example: bool,
    setting: str,
    payer: str,
    payer_file: str | None,
    switches: tuple[str, ...],
    mue: str | None,
    ndc: tuple[str, ...],
    zone: str,
    form: str,
) -> None:
    """Code FILE: one FHIR R4 Bundle, NDJSON with a Bundle on each line, or "-" for standard input."""
    if example == (file is not None):
        raise click.UsageError("Give a file, or --example, not both." if example else 'Give a file, "-" or --example.')
    policy = policy_of(setting, payer, payer_file, switches)
    limits, crosswalk = limits_of(mue), crosswalk_of(ndc)
    tell_of_limits(limits, policy.setting)
    failed = coded_any = False
    with plain_ending():
        for read in _progress(read_bundles(_example() if example else str(file))):
            if read.bundle is None:
                click.echo(f"chairtime: {read.fault}", err=True)
                failed = True
                continue
            coded_any = True
            _print(read, policy, limits, crosswalk, zone, form)
    if failed:
        sys.exit(SOME_FAILED if coded_any else NOTHING_READ)


def _example() -> str:
    return str(resources.files("smart_app").joinpath("examples", "infliximab.json"))


def _print(read: Read, policy: Policy, limits: Limits, crosswalk: Crosswalk, zone: str, form: str) -> None:
    assert read.bundle is not None  # noqa: S101 - narrowed by the caller
    chart = read_bundle(read.bundle, zone)
    results = with_chart(chart, code_visits(chart.encounters, policy, limits, crosswalk))
    for encounter, coded in zip(chart.encounters, results, strict=True):
        if form == "json":
            sys.stdout.buffer.write(orjson.dumps(as_json(coded, chart.bundle)) + b"\n")
        else:
            click.echo(page(encounter, coded, chart.bundle), nl=False)
    if not results and form == "text":
        click.echo(f"The chart {chart.bundle} holds no encounter and no administration.")
    sys.stdout.flush()


def _progress(reads: Iterator[Read]) -> Iterator[Read]:
    """The same, with a count on a terminal that waits."""
    show = sys.stderr.isatty() and not sys.stdout.isatty()
    count = size = 0
    last = time.monotonic()
    for read in reads:
        yield read
        count += 1
        size += read.size
        if show and (now := time.monotonic()) - last > PROGRESS_EVERY:
            last = now
            click.echo(f"\rchairtime: {count:,} charts, {size / 1e6:,.0f} MB", err=True, nl=False)
    if show and count > 1:
        click.echo(f"\rchairtime: {count:,} charts, {size / 1e6:,.0f} MB", err=True)


@main.command("rules")
@click.argument("rule", required=False)
def rules_command(rule: str | None) -> None:
    """List the rule cards, or print one with its sources."""
    if rule is None:
        width = max(map(len, CARDS))
        for one in CARDS.values():
            click.echo(f"{one.id:{width}}  {one.title}")
        return
    if rule not in CARDS:
        near = get_close_matches(rule, CARDS, n=3)
        raise click.UsageError(f"There is no rule {rule}.{' Did you mean ' + ', '.join(near) + '?' if near else ''}")
    found = card(rule)
    click.echo(render("text/rule.txt", card=found, sources=sources(found), thresholds=THRESHOLDS._asdict()))


for _command in (ask_command, check_command, checklist_command, denial_command, *COMMANDS):
    main.add_command(_command)

if __name__ == "__main__":
    main()
