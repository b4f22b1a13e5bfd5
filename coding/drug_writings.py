"""Every writing of every drug name: names, brands, aliases, and the words that say nothing of the drug."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from coding.drug_spelling import Vocabulary
from coding.drug_table import IGNORED, ONLY_ALONE, OTHER, PURPOSE, Drug, aliases, all_drugs, families, names

_WORD = re.compile(r"\d+/\d+(?=\s*(?:n|half|saline))|\d*[.,]?\d+\s*%|\d+(?:[.,]\d+)*|\.\d+|[^\W\d_][^\W_]*")
_STRENGTH_OF_PART = re.compile(r"(?<=[a-z])\s+[\d.,]+\s?(?:mg|mcg|ug|g|meq|units?|unt)(?:/ml)?\s+/\s+(?=[a-z])")
_JOINING = frozenset({"and", "und"})
_MARKS = str.maketrans({"®": " ", "™": " ", "©": " ", "'": None, "’": None, "`": None, "⁄": "/", "−": "-", "–": "-"})
_LAST_PARENTHESIS = re.compile(r"\s+\([^)]*\)$")
_QUALIFIERS = (" iv", " sc", " depot", " non-esrd", " oral", " long-acting", " extended-release", " intravesical")
_PAIR = re.compile(r"^([a-z]{5,})(?:-| / )([a-z]{5,})$")
# Short brands and abbreviations are a letter away from ordinary words ("policy"), so no word is corrected to one.
_LONG_WRITING = 10
_BRAND, _NAME, _ALIAS, _STEM = range(4)
MASS = frozenset(
    ("mg", "mcg", "g", "gm", "gms", "gram", "grams", "ug", "units", "unit", "unt", "iu", "meq", "mmol", "million")
)


class Word(NamedTuple):
    """A word or number of a text, with its place in the plain text."""

    text: str
    start: int
    end: int


class Entry(NamedTuple):
    """One writing. level: how sure it is (brand, name, alias, stem). alone: counts only where nothing else is known."""

    words: tuple[str, ...]
    level: int
    drugs: tuple[Drug, ...]
    by: str
    product: str
    specific: bool
    alone: bool


def plain(text: str) -> str:
    """Text in lower case without accents and marks; "drug 2 g / drug 250 mg" reads "drug / drug 250 mg"."""
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
def purposes() -> frozenset[str]:
    """Words after which a text says why or when, not what."""
    return frozenset(alias.alias for alias in aliases() if alias.name == PURPOSE)


def _stem(name: str) -> str:
    name = _LAST_PARENTHESIS.sub("", name)
    for qualifier in _QUALIFIERS:
        name = name.removesuffix(qualifier).removesuffix(qualifier.upper())
    return name


@lru_cache(maxsize=1)
def entries() -> dict[str, tuple[Entry, ...]]:
    """Every writing of every drug by its first word, the longest first."""
    found: dict[tuple[str, ...], Entry] = {}
    lonely = {_words(alias.alias) for alias in aliases() if alias.source == ONLY_ALONE}

    def add(text: str, drug: Drug, level: int, by: str, product: str = "") -> None:
        key = _words(text)
        if not key:
            return
        own = key != _words(_stem(drug.name)) or (drug.kind != "fluid" and key != _words(drug.key))
        specific = level == _BRAND or families()[drug.key][0] != drug or (level == _NAME and own)
        before = found.get(key)
        if before is None or level < before.level:
            alone = key in lonely or (len(key) == 1 and key[0] in noise())
            found[key] = Entry(key, level, (drug,), by, product, specific and level != _STEM, alone)
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
        if alias.name in (IGNORED, PURPOSE, OTHER) or alias.alias.startswith("rxnorm:"):
            continue
        by = f"written {alias.alias}"
        if alias.name.casefold() in names():
            add(alias.alias, names()[alias.name.casefold()], _ALIAS, by)
        else:
            drug, brand = brands[alias.name.casefold()]
            add(alias.alias, drug, _BRAND, f"{by} (brand {brand})", brand)
    by_first: dict[str, list[Entry]] = {}
    for entry in found.values():
        by_first.setdefault(entry.words[0], []).append(entry)
    return {first: tuple(sorted(group, key=lambda one: -len(one.words))) for first, group in by_first.items()}


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The words of all names, for spelling; ordinary words and other drugs stand in the way of a correction."""
    others = {alias.alias for alias in aliases() if alias.name == OTHER}
    keys: dict[str, set[str]] = {}
    sure: set[str] = set()
    for group in entries().values():
        for entry in group:
            for word in entry.words:
                if entry.level in (_NAME, _STEM) or len(word) >= _LONG_WRITING:
                    sure.add(word)
                keys.setdefault(word, set()).update(drug.key for drug in entry.drugs)
    for word in noise() | others:
        keys.setdefault(word, set())
    return Vocabulary(keys, (keys.keys() - sure - noise()) | others)
