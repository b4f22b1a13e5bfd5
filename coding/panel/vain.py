"""What may be kept of a question that nobody could answer: words that the tables hold, and nothing that could name a person."""

from __future__ import annotations

from functools import lru_cache

from coding import drug_writings
from coding.panel.lexicon import lexicon, normal, noun_writings, words
from coding.panel.mentions import ordinary_words
from coding.panel.retrieve import index

HIDDEN, NUMBER = "…", "#"
SHORTEST = 2  # letters of a word that is kept: initials are not


def redacted(question: str) -> str:
    """The question in words of the tables: a number is "#", any other word "…". Names of drugs stay, names of people cannot.

    A word that is both a name of a person and of the tables (Mark, May) is kept as that word; it names nobody by itself.
    """
    kept: list[str] = []
    for word in words(normal(question)):
        shown = NUMBER if word.text.isdigit() else word.text if word.text in _known() else HIDDEN
        if not kept or kept[-1] != shown or shown not in (HIDDEN, NUMBER):
            kept.append(shown)
    return " ".join(kept)


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    drugs = {word for group in drug_writings.entries().values() for entry in group for word in entry.words}
    every = index().known | lexicon().words | noun_writings().words | ordinary_words() | drugs
    return frozenset(word for word in every if word.isalpha() and len(word) >= SHORTEST)
