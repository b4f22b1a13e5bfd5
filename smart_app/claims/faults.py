"""What is said of a claim that cannot be read."""

from __future__ import annotations


class ClaimFault(Exception):
    """A claim that cannot be read. The message says what is wrong, where, and what to do; it never repeats what a patient is called."""
