"""Text of a chart made fit for a line of print."""

from __future__ import annotations

CUT = "…"


def one_line(text: str, most: int) -> str:
    """The text on one line of at most so many characters, without signs that print as nothing or turn what follows (controls, bidi marks).

    >>> one_line("Crohn's\\u202e disease\\x07, of the small bowel", 18)
    "Crohn's disease ,…"
    """
    # A name of a megabyte is not searched to its end; controls that are dropped may leave a little less than could be shown.
    seen = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * most])
    line = " ".join(seen.split())
    return line if len(line) <= most and len(text) <= 4 * most else line[: most - 1].rstrip() + CUT
