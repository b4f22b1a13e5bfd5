"""Drug names in free text: which words of a text name which drug of the tables.

Longest name first; salts between and after the words of a name are passed over; words that follow "for", "before" and
the like are why or when, not what. Misspelled words are corrected only where one known word alone is near.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from coding.drug_table import UNUSUAL_KINDS, Drug, families
from coding.drug_writings import MASS, Entry, Word, entries, noise, purposes, salts, vocabulary, words

_ADDS = re.compile(r"[+;&]|\bplus\b|\bwith\b")


class Hit(NamedTuple):
    """Words of a text that name a drug. drugs: the rows that share the name. specific: the words mean this row alone.

    first, last: places among the words, last not included. drugs is empty where the words name nothing known;
    rivals: known drugs that a misspelled word may mean.
    """

    drugs: tuple[Drug, ...]
    by: str
    first: int
    last: int
    product: str = ""
    specific: bool = False
    rivals: tuple[str, ...] = ()


def _match(entry: Entry, text: tuple[Word, ...], place: int) -> int:
    """The place after the words of an entry that begin here, or 0."""
    for wanted in entry.words[1:]:
        place += 1
        while place < len(text) and text[place].text != wanted and text[place].text in salts():
            place += 1
        if place >= len(text) or text[place].text != wanted:
            return 0
    return place + 1


def _hits(text: tuple[Word, ...], source: str, alone: bool) -> list[Hit]:
    """Names in a text, left to right. alone: also those that count only where nothing else is known."""
    hits: list[Hit] = []
    place = 0
    while place < len(text):
        for entry in entries().get(text[place].text, ()):
            after = 0 if entry.alone and not alone else _match(entry, text, place)
            if after and not _is_salt_of(hits, entry, text, place, source):
                hits.append(Hit(entry.drugs, entry.by, place, after, entry.product, entry.specific))
                place = after - 1
                break
        place += 1
    return hits


def _is_salt_of(hits: list[Hit], entry: Entry, text: tuple[Word, ...], place: int, source: str) -> bool:
    """Whether the words are the salt of the drug just named ("hydrocortisone sodium phosphate"), not an electrolyte."""
    if not hits or hits[-1].last != place or entry.drugs[0].kind != "electrolyte" or entry.words[-1] == "chloride":
        return False
    between = source[text[place - 1].end : text[place].start]
    return not between.strip(" -") and hits[-1].drugs[0].kind not in ("fluid", "electrolyte")


def _carrier_only(hits: list[Hit]) -> bool:
    kinds = {drug.kind for hit in hits for drug in hit.drugs}
    return kinds <= {"fluid", "electrolyte", *UNUSUAL_KINDS}


@lru_cache(maxsize=8_192)
def scan(source: str) -> tuple[Hit, ...]:
    """What a plain text names, left to right; a Hit without drugs where a dosed or only name is not known."""
    text = words(source)
    hits = _hits(text, source, alone=False)
    if all(drug.kind == "fluid" for hit in hits for drug in hit.drugs):
        alone = _hits(text, source, alone=True)
        hits = [hit for hit in alone if not hits or hit in hits or hit.drugs[0].kind != "fluid"]
    hits = _what(hits, text)
    for first, last in _unnamed(hits, text, source):
        hits += _corrected(first, last, text, source)
    return tuple(sorted(hits, key=lambda hit: hit.first))


def dosed(text: tuple[Word, ...], place: int) -> bool:
    """Whether a number with a unit of mass or activity stands at a place, directly or after ignored words."""
    while place < len(text) and text[place].text in noise() and text[place].text not in MASS:
        place += 1
    return place + 1 < len(text) and text[place].text[0].isdigit() and text[place + 1].text in MASS


def _what(hits: list[Hit], text: tuple[Word, ...]) -> list[Hit]:
    """The hits without those that only say why or when: after "for", "before", ... and without a dose of their own."""
    if not hits:
        return hits
    cut = next(
        (
            place
            for place in range(hits[0].last, len(text))
            if text[place].text in purposes() and not (place + 1 < len(text) and text[place + 1].text in noise())
        ),
        len(text),
    )
    return [hit for hit in hits if hit.last <= cut or dosed(text, hit.last)]


def _unnamed(hits: list[Hit], text: tuple[Word, ...], source: str) -> list[tuple[int, int]]:
    """Runs of words that no hit covers and that must be a substance: dosed, or before "in" a fluid, or all there is."""
    covered = {place for hit in hits for place in range(hit.first, hit.last)}
    open_words = [place for place, word in enumerate(text) if place not in covered and is_name(word.text)]
    if not hits:
        return [_with_salts((open_words[0], open_words[-1] + 1), covered, text)] if open_words else []
    runs: list[tuple[int, int]] = []
    for place in open_words:
        if runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return [_with_salts(run, covered, text) for run in runs if _is_substance(run, hits, text, source)]


def _with_salts(run: tuple[int, int], covered: set[int], text: tuple[Word, ...]) -> tuple[int, int]:
    """The run with the salts beside it, which may be half of a misspelled name ("sodim chloride")."""
    first, last = run
    while first - 1 >= 0 and first - 1 not in covered and text[first - 1].text in salts():
        first -= 1
    while last < len(text) and last not in covered and text[last].text in salts():
        last += 1
    return first, last


def is_name(word: str) -> bool:
    """Whether a word can be part of a drug's name."""
    return word[0].isalpha() and len(word) > 3 and word not in noise() and word not in purposes()


def _is_substance(run: tuple[int, int], hits: list[Hit], text: tuple[Word, ...], source: str) -> bool:
    first, last = run
    before = max((hit.last for hit in hits if hit.last <= first), default=0)
    if any(text[place].text in purposes() for place in range(before, first)):
        return False
    if not dosed(text, last):
        return before == 0 and _carrier_only(hits) and _after_in(hits[0].first, text)
    earlier = [hit for hit in hits if hit.last <= first]
    if not earlier or all(drug.kind == "fluid" for drug in earlier[-1].drugs):
        return True
    gap = source[text[before - 1].end : text[first].start]
    return any(text[place].text[0].isdigit() for place in range(before, first)) or bool(_ADDS.search(gap))


def _after_in(place: int, text: tuple[Word, ...]) -> bool:
    place -= 1
    while place >= 0 and (text[place].text[0] in "0123456789." or text[place].text in ("ml", "l")):
        place -= 1
    return place >= 0 and text[place].text == "in"


def _corrected(first: int, last: int, text: tuple[Word, ...], source: str) -> list[Hit]:
    """The hits of a run of unknown words after correction of their spelling; else one Hit without drugs."""
    changed = list(text[first:last])
    rivals: list[str] = []
    for place, word in enumerate(changed):
        if is_name(word.text):
            best, near = vocabulary().nearest(word.text)
            rivals += near
            changed[place] = word._replace(text=best or word.text)
    found = _hits(tuple(changed), source, alone=False)
    said = " ".join(word.text for word in text[first:last] if is_name(word.text))
    if found:
        return [hit._replace(by=f"spelling: {said}", first=hit.first + first, last=hit.last + first) for hit in found]
    near_drugs = sorted({families()[key][0].name for key in rivals})
    return [Hit((), "not found", first, last, rivals=tuple(near_drugs))]
