"""The payer whose policy a claim is held against, by the name that it gives, else by its filing indicator."""

from __future__ import annotations

from typing import NamedTuple

from coding.billed import BilledClaim
from coding.policy import PolicyError, payer_named
from smart_app.coverage import payer_in_words

UNKNOWN = "No payer policy is loaded for the payer that the claim names"


class Meant(NamedTuple):
    """payer: one whose policy is loaded, or "". remark: what must be said of how it was found, or ""."""

    payer: str
    remark: str = ""


def payer_meant(claim: BilledClaim, files: str | None = None) -> Meant:
    """What the name means; where it means no payer that is known, what the filing indicator means. files: payers of one's own."""
    named, note = _named(claim.payer, files)
    filed, filed_note = payer_in_words(claim.filing) if claim.filing else ("", "")
    if named and filed not in ("", named):
        return Meant(named, f"{note} The claim is filed as {claim.filing}; the payer that it names is taken.".strip())
    if named:
        return Meant(named, note)
    if filed:
        unknown = f"{UNKNOWN}. " if claim.payer else ""
        return Meant(filed, f"{unknown}It is filed as {claim.filing}, whose policy is taken. {filed_note}".strip())
    return Meant("", f"{UNKNOWN}." if claim.payer else "")


def _named(said: str, files: str | None) -> tuple[str, str]:
    """The payer of a name, and what is said of it where the name is not one by which it is known here."""
    if not said:
        return "", ""
    try:
        return payer_named(said, files).name, ""
    except PolicyError:
        payer, note = payer_in_words(said)
        return payer, f"The payer that the claim names is read as {payer}. {note}".strip() if payer else ""
