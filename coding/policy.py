"""What a payer and a user have settled where authorities differ: the switches.

The defaults of tables/switches.toml come first, then what a file of tables/payers/ sets, then what the user sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from coding.model import FACILITY
from coding.payers import EFFECTS, PAYERS, SETTINGS, WHEN, Difference, Payer, PayerModifier, own_payer, plain_name
from coding.switches import SWITCHES, PolicyError, Switch, Switches, near, switch_named

__all__ = [
    "EFFECTS",
    "SETTINGS",
    "SWITCHES",
    "WHEN",
    "Difference",
    "Payer",
    "PayerModifier",
    "Policy",
    "PolicyError",
    "Switch",
    "Switches",
    "payer_named",
    "payers",
    "policy_for",
]


@dataclass(frozen=True, slots=True)
class Policy:
    """What is in force for one coding. policy["same_drug_repeat"] is the value of a switch.

    cards: what is known of the payer, for both settings. overridden: the switches that the user set. title: the payer in words.
    choices: (name, title) of every payer that could be chosen instead, a user's own among them.
    """

    setting: str
    payer: str
    switches: Switches
    cards: tuple[str, ...] = ()
    overridden: tuple[str, ...] = ()
    differs: tuple[Difference, ...] = ()
    modifiers: tuple[PayerModifier, ...] = ()
    title: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.switches._values[name]

    @property
    def shown(self) -> tuple[tuple[str, object], ...]:
        """Every switch with its value, in the order of the table."""
        return tuple(self.switches.items())

    def _replace(self, **changes: Any) -> Policy:
        """The policy with some fields changed, as the tuples of coding.model do it."""
        return replace(self, **changes)

    def under(self, setting: str = "", overrides: Mapping[str, str | int] = MappingProxyType({})) -> Policy:
        """The same payer and switches in another setting, or with more switches set. Raises PolicyError."""
        values = dict(self.switches)
        values.update({name: switch_named(name).parse(value) for name, value in overrides.items()})
        changed = tuple(sorted({*self.overridden, *overrides}))
        return replace(self, setting=setting or self.setting, switches=Switches(values), overridden=changed)

    def differences(self, code: str, date: str, kind: str = "") -> tuple[Difference, ...]:
        """What this payer does otherwise with a code on a day (ISO) in a kind of encounter."""
        return tuple(one for one in self.differs if one.covers(code, date, self.setting, kind))

    def modifiers_for(self, code: str, date: str, discarded: bool = False) -> tuple[PayerModifier, ...]:
        """What this payer wants on a drug line of a code on a day (ISO), on that of the dose or of what was discarded."""
        return tuple(one for one in self.modifiers if one.covers(code, date, self.setting, discarded))


def policy_for(
    setting: str = FACILITY,
    payer: str = "commercial",
    overrides: Mapping[str, str | int] = MappingProxyType({}),
    files: str | Path | Iterable[str | Path] | None = None,
) -> Policy:
    """The policy of a setting and a payer, with the switches that the user set. files: further payer files (TOML)."""
    if setting not in SETTINGS:
        raise PolicyError(f"There is no setting {setting!r}.{near(setting, SETTINGS)} It is {' or '.join(SETTINGS)}.")
    known = _known(files)
    found = _named(payer, known)
    values = {name: switch.default for name, switch in SWITCHES.items()}
    values.update(found.switches)
    for name, value in overrides.items():
        values[name] = switch_named(name).parse(value)
    cards, changed = found.cards, tuple(sorted(overrides))
    choices = tuple((one.name, one.title) for one in known.values())
    return Policy(
        setting, found.name, Switches(values), cards, changed, found.differs, found.modifiers, found.title, choices
    )


def payers() -> tuple[str, ...]:
    """The names of the payers that the tables know."""
    return tuple(PAYERS)


def payer_named(name: str, files: str | Path | Iterable[str | Path] | None = None) -> Payer:
    """A payer by name or alias, from the tables or from the user's own files. Raises PolicyError."""
    return _named(name, _known(files))


def _known(files: str | Path | Iterable[str | Path] | None) -> dict[str, Payer]:
    """Every payer of the tables and of the user's own files."""
    known = dict(PAYERS)
    for path in (files,) if isinstance(files, str | Path) else files or ():
        own = own_payer(Path(path), known)
        known[own.name] = own
    return known


def _named(name: str, known: Mapping[str, Payer]) -> Payer:
    wanted = plain_name(name)
    for payer in known.values():
        if wanted == payer.name or wanted in payer.aliases:
            return payer
    words = [word for payer in known.values() for word in (payer.name, *payer.aliases)]
    raise PolicyError(f"There is no payer {name!r}.{near(wanted, words)} Known are {', '.join(known)}.")
