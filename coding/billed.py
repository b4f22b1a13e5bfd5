"""A claim as it was billed, and what is found when it is held against the chart. Values only."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

# Severity of a finding: money or an audit is at stake; something should be asked; it is only told.
WRONG, ASK, NOTE = "wrong", "ask", "note"


class Billed(NamedTuple):
    """One billed line. date: ISO, or "". place: where in the claim it stands, in words ("line 3", "Claim.item[2]").

    amount: what was charged, in dollars, or None. diagnoses: ICD-10-CM codes with their dot.
    """

    code: str
    units: int
    modifiers: tuple[str, ...] = ()
    date: str = ""
    diagnoses: tuple[str, ...] = ()
    amount: Decimal | None = None
    place: str = ""
    ndc: str = ""


class BilledClaim(NamedTuple):
    """A claim. setting: facility or professional where its form says so, else "". payer: as the claim names it, or "".

    form: what it was read from (FHIR Claim, 837P, 837I, CSV, typed lines). unread: (place, why) of lines that could not be read,
    and of the claim where lines may be missing. notes: (place, remark) of what was read or left out knowingly. filing: the kind
    of payer by the claim's filing indicator, in words, or "".
    """

    lines: tuple[Billed, ...]
    form: str
    setting: str = ""
    payer: str = ""
    place_of_service: str = ""
    unread: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    filing: str = ""


class Corrected(NamedTuple):
    """A line as it should stand. date: ISO, or "" where neither claim nor chart has one."""

    code: str
    units: int
    modifiers: tuple[str, ...] = ()
    date: str = ""


class Finding(NamedTuple):
    """One difference between claim and chart. kind: stable, see tables/findings.toml.

    billed: places of the lines it is about. corrected: the lines as the chart supports them; empty where a line should go.
    minutes: those that prove it, or None. administrations: ids of the rows that are the evidence.
    """

    kind: str
    severity: str
    says: str
    rules: tuple[str, ...]
    billed: tuple[str, ...] = ()
    corrected: tuple[Corrected, ...] = ()
    minutes: int | None = None
    administrations: tuple[str, ...] = ()
