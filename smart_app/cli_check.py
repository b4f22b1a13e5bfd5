"""The command line, its part for claims: billed lines against the chart.

Exit codes: 0 nothing found; 1 findings, or lines that could not be read; 2 a wrong call; 3 nothing could be read.
"""

from __future__ import annotations

import sys

import click
import orjson

from coding.billed import BilledClaim, Finding
from coding.check import check, corrected_claim, held, placed
from coding.check_dates import days_billed, days_of, with_day
from coding.check_kinds import KINDS
from coding.check_words import named, to_do, written
from coding.engine import code_visits
from coding.fees import Fees
from coding.limits import Limits
from coding.model import FACILITY
from coding.ndc import Crosswalk
from coding.policy import Policy, payers
from smart_app.chart import Chart
from smart_app.check_export import as_json
from smart_app.claims.payer_meant import payer_meant
from smart_app.claims.reading import ClaimFault, read_bytes, read_claim
from smart_app.claims.typed import read_typed
from smart_app.claims.visits import Visit, visit_of
from smart_app.cli_options import (
    FEES,
    MUE,
    NDC,
    crosswalk_of,
    fees_of,
    limits_of,
    one_chart,
    plain_ending,
    policy_of,
    tell_of_limits,
)
from smart_app.coded import with_chart
from smart_app.inputs import InputError
from smart_app.view_check import worth
from smart_app.words import render

FOUND = 1
DEFAULT_PAYER = "commercial"


@click.command("check")
@click.argument("claim", required=False)
@click.option(
    "--lines", "typed", metavar="LINES", help='The lines typed in place of a file: "96365, 96366x2, J1745-JZ x40".'
)
@click.option("--chart", required=True, metavar="FILE", help='The chart: one FHIR R4 Bundle, or "-".')
@click.option(
    "--claim-id",
    default="",
    metavar="ID",
    help="Which claim, where a file holds several: CLM01, a FHIR id, the claim of a CSV.",
)
@click.option(
    "--encounter", "visit", default="", metavar="ID", help="The visit; else the nearest one of the claim's dates."
)
@click.option(
    "--setting", type=click.Choice(["facility", "professional"]), help="Else what the claim's form says, else facility."
)
@click.option(
    "--payer", help=f"Else the payer that the claim names, else {DEFAULT_PAYER}. One of {', '.join(payers())}."
)
@click.option("--payer-file", type=click.Path(exists=True, dir_okay=False), help="A payer policy of your own (TOML).")
@click.option(
    "--policy", "switches", multiple=True, metavar="SWITCH=VALUE", help="Override one switch; may be repeated."
)
@MUE
@NDC
@FEES
@click.option(
    "--zone", default="", help="Time zone of the place of service, for charts that write UTC (America/Denver)."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check_command(
    claim: str | None,
    typed: str | None,
    chart: str,
    claim_id: str,
    visit: str,
    setting: str | None,
    payer: str | None,
    payer_file: str | None,
    switches: tuple[str, ...],
    mue: str | None,
    ndc: tuple[str, ...],
    fee_files: tuple[str, ...],
    zone: str,
    form: str,
) -> None:
    """Hold a CLAIM against the chart: a file (FHIR, 837, CSV), "-", or --lines. Prints what differs, and the corrected claim."""
    if (claim is None) == (typed is None):
        raise click.UsageError(
            "Give a claim or --lines, not both." if claim else 'Give a claim, or --lines "96365, ...".'
        )
    if claim == chart == "-":
        raise click.UsageError("Standard input can be the claim or the chart, not both.")
    limits, crosswalk, fees = limits_of(mue), crosswalk_of(ndc), fees_of(fee_files)
    with plain_ending(ClaimFault):
        billed = _billed(claim, typed, claim_id)
        known, billed = _payer(billed, payer, payer_file)
        policy = policy_of(setting or billed.setting or FACILITY, known or DEFAULT_PAYER, payer_file, switches)
        tell_of_limits(limits, policy.setting)
        read = one_chart(chart, zone, "a claim is held against one")
        found = _visit(billed, read, policy, limits, crosswalk, visit)
        billed = placed(billed)
        findings = check(
            billed,
            found.coded,
            found.encounter,
            policy,
            limits,
            visits=found.visits,
            beside=found.beside,
            payer_assumed=not known,
        )
        _print(billed, read, found, findings, fees, form, not known)
    if findings or billed.unread:
        sys.exit(FOUND)


def _billed(claim: str | None, typed: str | None, claim_id: str) -> BilledClaim:
    if typed is not None:
        return read_typed(typed)
    if claim == "-":
        return read_bytes(sys.stdin.buffer.read(), claim_id)
    return read_claim(str(claim), claim_id)


def _payer(claim: BilledClaim, payer: str | None, payer_file: str | None) -> tuple[str, BilledClaim]:
    """The payer of the call, else the one that the claim means, or "" where neither is known; and the claim with what is said of it."""
    if payer is not None:
        return payer, claim
    meant = payer_meant(claim, payer_file)
    if not meant.remark:
        return meant.payer, claim
    remark = meant.remark if meant.payer else f"{meant.remark[:-1]}; {DEFAULT_PAYER} is used."
    if not meant.payer:
        click.echo(f"chairtime: {remark[:1].lower()}{remark[1:]}", err=True)
    return meant.payer, claim._replace(notes=(*claim.notes, ("claim", remark)))


def _visit(
    claim: BilledClaim, chart: Chart, policy: Policy, limits: Limits, crosswalk: Crosswalk, wanted: str
) -> Visit:
    answers = with_chart(chart, code_visits(chart.encounters, policy, limits, crosswalk))
    found = visit_of(claim, chart.encounters, answers, wanted)
    if found is None:
        known = ", ".join(one.id for one in chart.encounters if one.id)
        if wanted and known:
            raise click.UsageError(f"The chart has no encounter {wanted!r}; it has {known}.")
        raise InputError("The chart holds no encounter and no administration.")
    return found


def _print(
    claim: BilledClaim,
    chart: Chart,
    visit: Visit,
    findings: tuple[Finding, ...],
    fees: tuple[Fees, ...],
    form: str,
    payer_assumed: bool,
) -> None:
    corrected = with_day(corrected_claim(claim, findings), claim, days_of(visit.encounter, visit.coded))
    setting = visit.coded.setting
    by_place = {line.place: line for line in claim.lines}
    worths = [
        worth([by_place[place] for place in one.billed if place in by_place], one.corrected, fees, setting)
        for one in findings
    ]
    total = worth(claim.lines, corrected, fees, setting)
    if form == "json":
        sys.stdout.buffer.write(
            orjson.dumps(
                as_json(claim, chart.bundle, visit, findings, corrected, payer_assumed)
                | ({"worth": total, "worths": worths} if fees else {})
            )
            + b"\n"
        )
    else:
        said = render(
            "text/check.txt",
            claim=claim,
            bundle=chart.bundle,
            visit=visit,
            findings=list(zip(findings, worths, strict=True)),
            total=total,
            notes=[one.note for one in fees if one.note],
            corrected=corrected,
            held=held(claim, findings),
            kinds=KINDS,
            written=written,
            to_do=to_do,
            said=lambda lines: ", ".join(named(lines, bool(days_billed(claim)))),
            payer_assumed=payer_assumed,
        )
        click.echo(said, nl=False)
    sys.stdout.flush()
