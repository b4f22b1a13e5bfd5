"""What the commands share: exit codes, and options as a policy."""

from __future__ import annotations

import click

from coding.policy import Policy, PolicyError, policy_for

SOME_FAILED, NOTHING_READ = 1, 3


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
