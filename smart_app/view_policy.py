"""The policy in force as the page shows and changes it: setting, payer, and the switches on which this chart touches."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from coding.policy import SWITCHES, Policy
from coding.policy_differences import PolicyDifference, differences_from_default
from coding.rules import CARDS, VERSION
from smart_app.coverage import Payer
from smart_app.view_words import long_date, parse_day

SETTINGS = (("facility", "Facility (hospital outpatient)"), ("professional", "Professional (office, infusion suite)"))

SHORT = 60  # characters of what a Coverage says, on the strip


class Choice(NamedTuple):
    """A value that can be chosen."""

    value: str
    words: str
    chosen: bool


class SwitchView(NamedTuple):
    """A switch. choices: its values; empty where it takes a number from low to high."""

    name: str
    value: str
    why: str
    choices: tuple[Choice, ...]
    low: int | None
    high: int | None
    changed: bool


class PolicyView(NamedTuple):
    """words: what is in force, in short. keep: values of the address that a change must not lose.

    reset: the query that takes back the user's switches. coverage: what the chart says of the payer, in short, and coverage_why, how
    it was read; "" where it says nothing. differences: from the commercial default."""

    words: str
    rules: str
    settings: tuple[Choice, ...]
    payers: tuple[Choice, ...]
    switches: tuple[SwitchView, ...]
    changed: tuple[tuple[str, str], ...]
    action: str
    keep: tuple[tuple[str, str], ...]
    reset: str
    coverage: str
    coverage_why: str
    differences: tuple[PolicyDifference, ...]


def policy_view(
    policy: Policy, rules: Iterable[str], date: str, action: str, coverage: Payer | None = None
) -> PolicyView:
    """The strip. rules: those used on the page; only their switches are offered, and those that were changed."""
    touched = {name for rule in rules if rule in CARDS for name in CARDS[rule].switch if name in SWITCHES}
    names = [name for name in SWITCHES if name in touched or name in policy.overridden]
    parts = urlsplit(action)
    return PolicyView(
        setting_and_payer(policy),
        f"rules of {long_date(date)}" if parse_day(date) else f"rules {date or VERSION}",
        settings_of(policy),
        payers_of(policy),
        tuple(view for name in names if (view := _switch(name, policy)) is not None),
        tuple((name, str(policy[name])) for name in policy.overridden),
        parts.path or "./",
        tuple(_kept(action).items()),
        "?" + urlencode({**_kept(action), "setting": policy.setting, "payer": policy.payer}),
        _covered(policy, coverage) if coverage else "",
        _why(policy, coverage) if coverage else "",
        differences_from_default(policy),
    )


def _why(policy: Policy, coverage: Payer) -> str:
    """How the payer was read, where that is more than the strip says."""
    plain = coverage.why == f'Read from the Coverage: "{coverage.said}".' and len(coverage.said) <= SHORT
    return "" if plain and coverage.payer == policy.payer else coverage.why


def _covered(policy: Policy, coverage: Payer) -> str:
    """What the chart says of the payer, beside the payer in force."""
    said = textwrap.shorten(coverage.said, SHORT, placeholder=" …")
    if coverage.payer == policy.payer:
        return f"payer from Coverage: {said}"
    if coverage.payer:
        return f"Coverage names another payer: {said}"
    return "payer not read from Coverage" if coverage.why else ""


def setting_and_payer(policy: Policy) -> str:
    """What is in force, in short."""
    return f"{policy.setting.capitalize()} · {policy.title}"


def policy_words(policy: Policy) -> str:
    """What is in force, with every switch that the user set."""
    return ", ".join((setting_and_payer(policy), *(f"{name} = {policy[name]}" for name in policy.overridden)))


def settings_of(policy: Policy) -> tuple[Choice, ...]:
    """The settings to choose from."""
    return tuple(Choice(value, words, value == policy.setting) for value, words in SETTINGS)


def payers_of(policy: Policy) -> tuple[Choice, ...]:
    """The payers to choose from."""
    return tuple(Choice(name, title, name == policy.payer) for name, title in policy.choices)


def _switch(name: str, policy: Policy) -> SwitchView | None:
    switch, value = SWITCHES[name], str(policy[name])
    options = [str(option) for option in switch.options]
    if switch.prefix and switch.minimum is not None and switch.maximum is not None:
        options += [f"{switch.prefix}{number}" for number in range(switch.minimum, switch.maximum + 1)]
    numeric = switch.minimum is not None and not switch.prefix and not options
    if not numeric and value not in options:
        options.append(value)
    if not numeric and len(options) < 2 and name not in policy.overridden:
        return None
    return SwitchView(
        name,
        value,
        switch.why,
        () if numeric else tuple(Choice(option, option.replace("_", " "), option == value) for option in options),
        switch.minimum,
        switch.maximum,
        name in policy.overridden,
    )


def _kept(action: str) -> dict[str, str]:
    """What the address says beside the policy and the form of the page."""
    passing = {"setting", "payer", "print", "rulers", *SWITCHES}
    return {name: value for name, value in parse_qsl(urlsplit(action).query) if name not in passing}


def address(action: str, policy: Policy, more: Mapping[str, str]) -> str:
    """The query of the page under this policy, with more values: a link from the page to another form of itself."""
    values = _kept(action)
    values.update({"setting": policy.setting, "payer": policy.payer})
    values.update({name: str(policy[name]) for name in policy.overridden})
    values.update(more)
    return f"?{urlencode(values)}"
