"""Drug names in free text: which words of a text name which drug of the tables.

Longest name first; salts between and after the words of a name are passed over; words that follow "for", "before" and
the like are why or when, not what. Misspelled words are corrected only where one known word alone is near.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from coding.drug_spelling import Vocabulary
from coding.drug_table import IGNORED, ONLY_ALONE, PURPOSE, UNUSUAL_KINDS, Drug, aliases, all_drugs, families, names

_WORD = re.compile(r"\d+/\d+(?=\s*(?:n|half|saline))|\d*[.,]?\d+\s*%|\d+(?:[.,]\d+)*|\.\d+|[^\W\d_][^\W_]*")
_STRENGTH_OF_PART = re.compile(r"(?<=[a-z])\s+[\d.,]+\s?(?:mg|mcg|ug|g|meq|units?|unt)(?:/ml)?\s+/\s+(?=[a-z])")
_JOINING = frozenset({"and", "und"})
_MARKS = str.maketrans({"®": " ", "™": " ", "©": " ", "'": None, "’": None, "`": None, "⁄": "/", "−": "-", "–": "-"})
_LAST_PARENTHESIS = re.compile(r"\s+\([^)]*\)$")
_QUALIFIERS = (" iv", " sc", " depot", " non-esrd", " oral", " long-acting", " extended-release", " intravesical")
_PAIR = re.compile(r"^([a-z]{5,})(?:-| / )([a-z]{5,})$")
_BRAND, _NAME, _ALIAS, _STEM = range(4)
MASS = frozenset("mg mcg g gm gms gram grams ug units unit unt iu meq mmol million".split())


class Word(NamedTuple):
    """A word or number of a text, with its place in the plain text."""

    text: str
    start: int
    end: int


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


class _Entry(NamedTuple):
    words: tuple[str, ...]
    level: int
    drugs: tuple[Drug, ...]
    by: str
    product: str
    specific: bool
    alone: bool


def plain(text: str) -> str:
    """Text in lower case without accents and marks, for matching; "drug 2 g / drug 250 mg" reads "drug / drug 250 mg"."""
    text = unicodedata.normalize("NFKD", text.translate(_MARKS)).casefold().translate(_MARKS)
    text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return _STRENGTH_OF_PART.sub(" / ", text)


def words(text: str) -> tuple[Word, ...]:
    """Words, numbers and percentages of a plain text; joining words are left out."""
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        if word.endswith("%"):
            word = f"{float(word[:-1].replace(',', '.')):g}%"
        if word not in _JOINING:
            found.append(Word(word, match.start(), match.end()))
    return tuple(found)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.text for word in words(plain(text)))


@lru_cache(maxsize=1)
def noise() -> frozenset[str]:
    """Words that do not say which drug: salts, forms, routes, directions."""
    return frozenset(word for alias in aliases() if alias.name == IGNORED for word in _words(alias.alias))


@lru_cache(maxsize=1)
def salts() -> frozenset[str]:
    """Words for a salt, ester or hydrate."""
    return frozenset(alias.alias for alias in aliases() if alias.name == IGNORED and alias.source == "salt")


@lru_cache(maxsize=1)
def _purposes() -> frozenset[str]:
    return frozenset(alias.alias for alias in aliases() if alias.name == PURPOSE)


def _stem(name: str) -> str:
    name = _LAST_PARENTHESIS.sub("", name)
    for qualifier in _QUALIFIERS:
        name = name.removesuffix(qualifier).removesuffix(qualifier.upper())
    return name


@lru_cache(maxsize=1)
def _entries() -> dict[str, tuple[_Entry, ...]]:
    """Every writing of every drug by its first word, the longest first."""
    found: dict[tuple[str, ...], _Entry] = {}
    lonely = {_words(alias.alias) for alias in aliases() if alias.source == ONLY_ALONE}

    def add(text: str, drug: Drug, level: int, by: str, product: str = "") -> None:
        key = _words(text)
        if not key:
            return
        own = key != _words(_stem(drug.name)) or drug.kind != "fluid" and key != _words(drug.key)
        specific = level == _BRAND or families()[drug.key][0] != drug or level == _NAME and own
        before = found.get(key)
        if before is None or level < before.level:
            alone = key in lonely or len(key) == 1 and key[0] in noise()
            found[key] = _Entry(key, level, (drug,), by, product, specific and level != _STEM, alone)
        elif level == before.level == _STEM and drug not in before.drugs:
            found[key] = before._replace(drugs=(*before.drugs, drug))

    brands = {brand.casefold(): (drug, brand) for drug in reversed(all_drugs()) for brand in drug.brands}
    for drug in all_drugs():
        add(drug.name, drug, _NAME, "name")
        for brand in drug.brands:
            add(brand, drug, _BRAND, f"brand {brand}", brand)
        for stem in dict.fromkeys((_stem(drug.name), drug.key)):
            add(stem, drug, _STEM, "name")
            if pair := _PAIR.match(stem.casefold()):
                add(f"{pair[2]} {pair[1]}", drug, _STEM, "name")
    for alias in aliases():
        if alias.name in (IGNORED, PURPOSE) or alias.alias.startswith("rxnorm:"):
            continue
        by = f"written {alias.alias}"
        if alias.name.casefold() in names():
            add(alias.alias, names()[alias.name.casefold()], _ALIAS, by)
        else:
            drug, brand = brands[alias.name.casefold()]
            add(alias.alias, drug, _BRAND, f"{by} (brand {brand})", brand)
    by_first: dict[str, list[_Entry]] = {}
    for entry in found.values():
        by_first.setdefault(entry.words[0], []).append(entry)
    return {first: tuple(sorted(group, key=lambda one: -len(one.words))) for first, group in by_first.items()}


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    keys: dict[str, set[str]] = {}
    for group in _entries().values():
        for entry in group:
            for word in entry.words:
                if word not in noise():
                    keys.setdefault(word, set()).update(drug.key for drug in entry.drugs)
    return Vocabulary(keys)


def _match(entry: _Entry, text: tuple[Word, ...], place: int) -> int:
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
        for entry in _entries().get(text[place].text, ()):
            after = 0 if entry.alone and not alone else _match(entry, text, place)
            if after and not _is_salt_of(hits, entry, text, place, source):
                hits.append(Hit(entry.drugs, entry.by, place, after, entry.product, entry.specific))
                place = after - 1
                break
        place += 1
    return hits


def _is_salt_of(hits: list[Hit], entry: _Entry, text: tuple[Word, ...], place: int, source: str) -> bool:
    """Whether the words are the salt of the drug just named ("hydrocortisone sodium phosphate"), not an electrolyte."""
    if not hits or hits[-1].last != place or entry.drugs[0].kind != "electrolyte" or entry.words[-1] == "chloride":
        return False
    between = source[text[place - 1].end : text[place].start]
    return not between.strip(" -") and hits[-1].drugs[0].kind not in ("fluid", "electrolyte")


def _carrier_only(hits: list[Hit]) -> bool:
    return all(drug.kind in ("fluid", "electrolyte") or drug.kind in UNUSUAL_KINDS for hit in hits for drug in hit.drugs)


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
        (place for place in range(hits[0].last, len(text)) if text[place].text in _purposes()
         and not (place + 1 < len(text) and text[place + 1].text in noise())),
        len(text),
    )
    return [hit for hit in hits if hit.last <= cut or dosed(text, hit.last)]


def _unnamed(hits: list[Hit], text: tuple[Word, ...], source: str) -> list[tuple[int, int]]:
    """Runs of words that no hit covers and that must be a substance: with a dose, or before "in" a fluid, or all there is."""
    covered = {place for hit in hits for place in range(hit.first, hit.last)}
    open_words = [place for place, word in enumerate(text) if place not in covered and is_name(word.text)]
    if not hits:
        return [(open_words[0], open_words[-1] + 1)] if open_words else []
    runs: list[tuple[int, int]] = []
    for place in open_words:
        if runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return [run for run in runs if _is_substance(run, hits, text, source)]


def is_name(word: str) -> bool:
    """Whether a word can be part of a drug's name."""
    return word[0].isalpha() and len(word) > 3 and word not in noise() and word not in _purposes()


def _is_substance(run: tuple[int, int], hits: list[Hit], text: tuple[Word, ...], source: str) -> bool:
    first, last = run
    before = max((hit.last for hit in hits if hit.last <= first), default=0)
    if any(text[place].text in _purposes() for place in range(before, first)):
        return False
    if not dosed(text, last):
        return before == 0 and _carrier_only(hits) and _after_in(hits[0].first, text)
    earlier = [hit for hit in hits if hit.last <= first]
    if not earlier or all(drug.kind == "fluid" for drug in earlier[-1].drugs):
        return True
    gap = source[text[before - 1].end : text[first].start]
    return any(text[place].text[0].isdigit() for place in range(before, first)) or bool(re.search(r"[+;&]|\bplus\b|\bwith\b", gap))


def _after_in(place: int, text: tuple[Word, ...]) -> bool:
    place -= 1
    while place >= 0 and (text[place].text[0] in "0123456789." or text[place].text in ("ml", "l")):
        place -= 1
    return place >= 0 and text[place].text == "in"


def _corrected(first: int, last: int, text: tuple[Word, ...], source: str) -> list[Hit]:
    """The hits of a run of unknown words after correction of their spelling; else one Hit without drugs."""
    changed, rivals = list(text[first:last]), []
    for place, word in enumerate(changed):
        if is_name(word.text):
            best, near = _vocabulary().nearest(word.text)
            rivals += near
            changed[place] = word._replace(text=best or word.text)
    found = _hits(tuple(changed), source, alone=False)
    said = " ".join(word.text for word in text[first:last] if is_name(word.text))
    if found:
        return [hit._replace(by=f"spelling: {said}", first=hit.first + first, last=hit.last + first) for hit in found]
    near_drugs = sorted({families()[key][0].name for key in rivals})
    return [Hit((), "not found", first, last, rivals=tuple(near_drugs))]
