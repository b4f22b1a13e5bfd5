"""What the commands share: exit codes, and options as a policy."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import click

from coding.fees import Fees, FeesError
from coding.limits import SHIPPED, Limits, LimitsError
from coding.ndc import Crosswalk, CrosswalkError
from coding.policy import Policy, PolicyError, policy_for
from smart_app.chart import Chart, read_bundle
from smart_app.fee_files import load_crosswalk, load_fees, load_limits
from smart_app.inputs import InputError, read_bundles

SOME_FAILED, NOTHING_READ = 1, 3


def fail(says: str, code: int = NOTHING_READ) -> NoReturn:
    """Ends the command with a plain message on standard error."""
    click.echo(f"chairtime: {says}", err=True)
    sys.exit(code)


@contextmanager
def plain_ending(*faults: type[Exception]) -> Iterator[None]:
    """Input that cannot be read, or one of these faults, ends the command with its message; a reader that has gone ends it quietly."""
    expected: tuple[type[Exception], ...] = (InputError, *faults)
    try:
        yield
    except expected as error:
        fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def overrides_of(switches: tuple[str, ...]) -> dict[str, str]:
    """SWITCH=VALUE pairs as a mapping."""
    overrides = {}
    for pair in switches:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--policy wants SWITCH=VALUE, not {pair!r}.")
        overrides[name.strip()] = value.strip()
    return overrides


def policy_of(setting: str, payer: str, payer_file: str | None, switches: tuple[str, ...]) -> Policy:
    """The policy that the options name."""
    try:
        return policy_for(setting, payer, overrides_of(switches), payer_file)
    except PolicyError as error:
        raise click.UsageError(str(error)) from None


def one_chart(name: str, zone: str, why_one: str) -> Chart:
    """The one chart of the named file. why_one ends the message where it holds several. Raises InputError."""
    reads = list(read_bundles(name))
    if len(reads) > 1:
        raise InputError(f"{name} holds {len(reads)} charts; {why_one}.")
    if reads[0].bundle is None:
        raise InputError(reads[0].fault)
    return read_bundle(reads[0].bundle, zone)


def limits_of(name: str | None) -> Limits:
    """The unlikely units of a CMS file, or those that ship."""
    if name is None:
        return SHIPPED
    try:
        return load_limits(name)
    except LimitsError as error:
        raise click.UsageError(str(error)) from None


def tell_of_limits(limits: Limits, setting: str) -> None:
    """Where the limits that were loaded are those of another setting, that is said."""
    if remark := limits.remark(setting):
        click.echo(f"chairtime: {remark}", err=True)


def fees_of(names: Sequence[str]) -> tuple[Fees, ...]:
    """The fee schedules that the user names."""
    try:
        return tuple(load_fees(name) for name in names)
    except FeesError as error:
        raise click.UsageError(str(error)) from None


def crosswalk_of(names: Sequence[str]) -> Crosswalk:
    """The NDC to HCPCS files that the user names; empty without any."""
    try:
        return load_crosswalk(names) if names else Crosswalk()
    except CrosswalkError as error:
        raise click.UsageError(str(error)) from None


MUE = click.option(
    "--mue",
    type=click.Path(exists=True, dir_okay=False),
    help="The quarterly CMS file of medically unlikely units (CSV).",
)
NDC = click.option(
    "--ndc", multiple=True, type=click.Path(exists=True, dir_okay=False), help="A CMS NDC to HCPCS crosswalk (CSV)."
)
FEES = click.option(
    "--fees", "fee_files", multiple=True, type=click.Path(exists=True, dir_okay=False),
    help="A fee schedule (CMS physician file, OPPS Addendum B, or CSV), to see what findings are worth.",
)  # fmt: skip
