"""The small pages: a failure, a rule, all rules, the choice of an EHR, the end of a session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from coding.policy import SWITCHES
from coding.rules import CARDS, NUMBERS, Card, sources
from smart_app.pages_env import render

NO_LINKS: Mapping[str, str] = MappingProxyType({})


class Failure(Protocol):
    """A failure in three plain sentences, with a stable code."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def means(self) -> str: ...
    @property
    def do(self) -> str: ...


class KnownEhr(Protocol):
    """An EHR that may be chosen."""

    @property
    def name(self) -> str: ...
    @property
    def iss(self) -> str: ...


def problem_page(
    problem: Failure,
    reference: str,
    base: str,
    *,
    steps: Sequence[tuple[str, str]] = (),
    facts: Iterable[tuple[str, str]] = (),
    retry: str = "",
    links: Mapping[str, str] = NO_LINKS,
) -> str:
    """What happened, what it means, what to do. reference: a number to find the event by, without meaning of its own.

    steps: (verdict, sentence) of how far it came. facts: (name, value) for the EHR team, free of secrets and of the patient.
    retry: an address to begin again from, where there is one.
    """
    return render(
        "problem.html",
        problem=problem,
        reference=reference,
        base=base,
        steps=steps,
        facts=tuple(facts),
        retry=retry,
        links=links,
    )


def rule_page(card: Card, base: str, *, links: Mapping[str, str] = NO_LINKS) -> str:
    """One rule card: what it says, its numbers, the other reading, its switches and sources."""
    return render(
        "rule.html",
        card=card,
        base=base,
        links=links,
        sources=sources(card),
        numbers=[NUMBERS[name] for name in card.thresholds if name in NUMBERS],
        switches=[SWITCHES[name] for name in card.switch if name in SWITCHES],
    )


def rules_page(base: str, *, links: Mapping[str, str] = NO_LINKS) -> str:
    """All rule cards, by family."""
    families: dict[str, list[Card]] = {}
    for card in CARDS.values():
        families.setdefault(card.id.split(".")[0], []).append(card)
    return render("rules.html", families=families, base=base, links=links)


def standalone_page(issuers: Iterable[KnownEhr], base: str, *, links: Mapping[str, str] = NO_LINKS) -> str:
    """The EHRs from which Chairtime can be started without a launch. Choosing one is a GET of base/standalone with iss."""
    return render("standalone.html", issuers=tuple(issuers), base=base, links=links)


def signed_out_page(base: str, *, revoked: bool | None = None, links: Mapping[str, str] = NO_LINKS) -> str:
    """The end. revoked: whether the EHR confirmed that the access was withdrawn; None where it offers no way to do so."""
    return render("signed_out.html", base=base, revoked=revoked, links=links)
