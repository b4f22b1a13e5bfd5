"""What a payer changes, as a difference from the commercial default: switches, effects on lines, modifiers, payer cards."""

from __future__ import annotations

from typing import NamedTuple

from coding.policy import SWITCHES, Policy, policy_for
from coding.rules import CARDS, SOURCES

SWITCH, LINES, MODIFIER, CARD = "switch", "lines", "modifier", "card"
USER = "user"


class PolicyDifference(NamedTuple):
    """One difference. kind: switch, lines, modifier or card. what: the switch, the codes, the modifier or the title of the card.

    value and default: what is in force and what the commercial default has ("" for what the default does not have). says: in
    words. cards: rule cards. sources: titles, or a file's own words. by: the payer, or "user" for a switch that the user set.
    holds_from, holds_until: days between which it holds, or "". setting: "" where it holds in both.
    """

    kind: str
    what: str
    value: str
    default: str
    says: str
    cards: tuple[str, ...]
    sources: tuple[str, ...]
    by: str
    holds_from: str = ""
    holds_until: str = ""


def differences_from_default(policy: Policy) -> tuple[PolicyDifference, ...]:
    """Everything in which a policy differs from that of a commercial payer in its setting, in the order of the tables.

    Effects and modifiers of the other setting are left out; those that have ended are kept, with their last day.
    """
    default = policy_for(policy.setting)
    found = [_switch(policy, default, name) for name in SWITCHES if policy[name] != default[name]]
    for one in policy.differs:
        if policy.setting in one.settings and one not in default.differs:
            kinds = f" (only {', '.join(one.kinds)})" if one.kinds else ""
            says, tags = f"{one.says}{kinds}", _titles(one.sources)
            found.append(
                PolicyDifference(
                    LINES,
                    ", ".join(one.codes),
                    one.effect,
                    "",
                    says,
                    (one.card,),
                    tags,
                    policy.payer,
                    one.holds_from,
                    one.holds_until,
                )
            )
    for each in policy.modifiers:
        if policy.setting in each.settings and each not in default.modifiers:
            what = f"{each.modifier} on {', '.join(each.codes)}"
            tags = _titles(each.sources)
            found.append(
                PolicyDifference(
                    MODIFIER,
                    what,
                    each.when,
                    "",
                    each.says,
                    ("drug.kx",),
                    tags,
                    policy.payer,
                    each.holds_from,
                    each.holds_until,
                )
            )
    told = {card for one in found if one.kind == LINES for card in one.cards}
    for id in policy.cards:
        card = CARDS[id]
        if policy.setting in card.settings and id not in default.cards and id not in told:
            found.append(
                PolicyDifference(
                    CARD,
                    card.title,
                    "",
                    "",
                    card.says,
                    (id,),
                    _titles(card.sources),
                    policy.payer,
                    card.holds_from,
                    card.holds_until,
                )
            )
    return tuple(found)


def _switch(policy: Policy, default: Policy, name: str) -> PolicyDifference:
    switch = SWITCHES[name]
    tags = tuple(dict.fromkeys(tag for card in switch.cards for tag in CARDS[card].sources))
    by = USER if name in policy.overridden else policy.payer
    return PolicyDifference(
        SWITCH, name, str(policy[name]), str(default[name]), switch.why, switch.cards, _titles(tags), by
    )


def _titles(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(SOURCES[tag].title if tag in SOURCES else tag for tag in tags)
