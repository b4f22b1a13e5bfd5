"""What is said of a claim that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN, LONGEST = 10, 40  # ids in a message, and characters of one


class ClaimFault(Exception):
    """A claim that cannot be read. The message says what is wrong, where, and what to do; it never repeats what a patient is called."""


def ids_of(ids: Sequence[str], every: bool = False) -> str:
    """The ids that a file holds, as the end of a message. One without a digit may be a name and is not repeated, unless every one is."""
    said = [one[:LONGEST] for one in ids if one and (every or any(sign.isdigit() for sign in one))][:SHOWN]
    more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return f" It holds {', '.join(said)}{more}." if said else ""
