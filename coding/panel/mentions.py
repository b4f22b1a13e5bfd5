"""Which drugs a question names, and where: names, brands, abbreviations, nouns such as "an antibiotic", and slips of the pen.

A slip is read as the one drug that is nearest, and said to have been read so; where two are as near, neither is taken
and both are offered (never a silent guess).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from coding import drug_writings
from coding.drug_spelling import distance
from coding.drug_table import UNUSUAL_KINDS, all_drugs, names
from coding.drugs import identify
from coding.panel.answers import rows
from coding.panel.lexicon import Word, lexicon, noun_writings, nouns, panel_table, words
from coding.rules import CARDS, tables

FLUID = "fluid"
LACKING = "low"  # "low mag" is a finding, not a drug
BESIDE = 16  # letters between two mentions that may mean one bag
SHORTEST = 5  # letters below which a slip of the pen makes another word


class Mention(NamedTuple):
    """A drug as the question names it. name: the text under which the engine sees it; key: its ingredient, or the noun.

    said: the words of the question where they are a slip of the pen. rivals: drugs that are as near. noun: it names no drug.
    """

    name: str
    key: str
    first: int
    last: int
    fluid: bool = False
    noun: str = ""
    said: str = ""
    rivals: tuple[str, ...] = ()


class Entry(NamedTuple):
    """A writing that a question may use. name: of the drug, or of its brand where the writing is one."""

    words: tuple[str, ...]
    name: str
    key: str
    fluid: bool
    slips: bool = True


@lru_cache(maxsize=1)
def _entries() -> Mapping[str, tuple[Entry, ...]]:
    found: dict[tuple[str, ...], Entry] = {}
    for group in drug_writings.entries().values():
        for one in group:
            drug = one.drugs[0]
            if one.alone or (
                drug.kind in UNUSUAL_KINDS - {"flush"} and len(one.words) == 1 and len(one.words[0]) < SHORTEST
            ):
                continue
            found[one.words] = Entry(one.words, _shared_name(one), drug.key, drug.kind == FLUID)
    for writing, name in _short():
        drug, product = _named(name)
        key = tuple(word.text for word in drug_writings.words(drug_writings.plain(writing)))
        found[key] = Entry(key, product or drug.name, drug.key, drug.kind == FLUID, slips=len(writing) > SHORTEST + 1)
    by_first: dict[str, list[Entry]] = {}
    for entry in found.values():
        by_first.setdefault(entry.words[0], []).append(entry)
    return {first: tuple(sorted(rows, key=lambda one: -len(one.words))) for first, rows in by_first.items()}


def _shared_name(one: drug_writings.Entry) -> str:
    """What the engine should see: the brand, the row's own name, or for a name of several rows the name itself."""
    if one.product:
        return one.product
    return " ".join(one.words) if len(one.drugs) > 1 else one.drugs[0].name


@lru_cache(maxsize=1)
def _short() -> tuple[tuple[str, str], ...]:
    text = tables().joinpath("panel", "short.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple((row["writing"], row["name"]) for row in rows)


def _named(name: str):  # type: ignore[no-untyped-def]
    drug = names().get(name.casefold())
    if drug is not None:
        return drug, ""
    return next((drug, brand) for drug in all_drugs() for brand in drug.brands if brand.casefold() == name.casefold())


@lru_cache(maxsize=1)
def _plain_words() -> frozenset[str]:
    """Words that are never a misspelled drug: those of the lexicon, the cards and the list of ordinary words."""
    said = " ".join(f"{card.title} {card.says} {card.disagree}" for card in CARDS.values())
    said += " ".join(text for row in rows().values() for text in row.short)
    known = {word.text for word in words(drug_writings.plain(said))}
    return frozenset(known | lexicon().words | noun_writings().words | ordinary_words())


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Ordinary words that lie within a slip of the pen of another word of the tables."""
    return frozenset(str(panel_table("ordinary.toml")["words"]).split())


@lru_cache(maxsize=1)
def _spellings() -> Mapping[str, tuple[Entry, ...]]:
    """Single words that a slip may mean, by first letter."""
    found: dict[str, list[Entry]] = {}
    for group in _entries().values():
        for entry in group:
            whole = "".join(entry.words)
            if entry.slips and len(whole) >= SHORTEST and whole.isalpha():
                found.setdefault(whole[0], []).append(entry._replace(words=(whole,)))
    return {letter: tuple(rows) for letter, rows in found.items()}


def find_drugs(text: str, taken: tuple[tuple[int, int], ...] = (), slips: bool = True) -> tuple[Mention, ...]:
    """The drugs and drug nouns of a plain question, left to right. taken: places of the text that are times.

    slips: misspelled names too.
    """
    split = tuple(Word(*word) for word in drug_writings.words(text))
    free = [not any(first <= word.first < last for first, last in taken) for word in split]
    found: list[Mention] = []
    place = 0
    while place < len(split):
        entry = None if place and split[place - 1].text == LACKING else _at(split, place, free)
        if entry is None:
            place += 1
            continue
        last = split[place + len(entry.words) - 1].last
        found.append(Mention(entry.name, entry.key, split[place].first, last, entry.fluid))
        place += len(entry.words)
    found += _nouns(text, found)
    found += _slips(split, found, free) if slips else []
    return _one_fluid(_without_apposition(sorted(found, key=lambda one: one.first), text), text)


def _without_apposition(found: list[Mention], text: str) -> list[Mention]:
    """Without names in a bracket right behind a name: "bendamustine (Bendeka)", "banana bag (mvi/thiamine)"."""
    kept: list[Mention] = []
    for one in found:
        opened = text.rfind("(", 0, one.first)
        inside = (
            opened >= 0
            and ")" not in text[opened : one.first]
            and not any(sign.isdigit() for sign in text[opened : one.first])
        )
        if inside and any(0 <= opened - other.last <= 1 for other in kept):
            continue
        kept.append(one)
    return kept


def _one_fluid(found: list[Mention], text: str) -> tuple[Mention, ...]:
    """Without a noun for fluid right beside a fluid that is named: "NS bolus", "LR for hydration"."""
    kept: list[Mention] = []
    for place, one in enumerate(found):
        beside = [
            other
            for other in found[max(0, place - 1) : place + 2]
            if other is not one and other.fluid and not other.noun
        ]
        if one.noun and one.fluid and _of_a_drug(one, found, text):
            continue
        if one.noun and one.fluid and any(_touch(one, other, text) for other in beside):
            continue
        kept.append(one)
    return tuple(kept)


def _of_a_drug(one: Mention, found: list[Mention], text: str) -> bool:
    """Whether "bolus" is a dose of a named drug: "heparin bolus", "bolus of heparin"."""
    if text[one.first : one.last] != "bolus":
        return False
    before = any(not other.fluid and 0 <= one.first - other.last <= 2 for other in found)
    after = any(
        not other.fluid and text[one.last : other.first].strip() in ("of", "of the", "of iv")
        for other in found
        if other.first > one.last
    )
    return before or after


def _touch(one: Mention, other: Mention, text: str) -> bool:
    first, second = sorted((one, other), key=lambda mention: mention.first)
    between = text[first.last : second.first]
    return len(between) <= BESIDE and not any(sign in between for sign in ",;.")


def _at(split: tuple[Word, ...], place: int, free: list[bool]) -> Entry | None:
    for entry in _entries().get(split[place].text, ()) if free[place] else ():
        end = place + len(entry.words)
        if end <= len(split) and all(split[place + n].text == word for n, word in enumerate(entry.words)):
            return entry
    return None


def _nouns(text: str, found: list[Mention]) -> list[Mention]:
    split = words(text)
    taken = frozenset(
        place for place, word in enumerate(split) if any(one.first <= word.first < one.last for one in found)
    )
    result = []
    for hit in noun_writings().find(split, taken):
        noun = nouns()[hit.value]
        key = "sodium chloride 0.9%" if noun.fluid else hit.value
        result.append(Mention(noun.name, key, hit.first, hit.last, noun.fluid, hit.value))
    return result


def _slips(split: tuple[Word, ...], found: list[Mention], free: list[bool]) -> list[Mention]:
    result: list[Mention] = []
    for place, word in enumerate(split):
        if not free[place] or any(one.first < word.last and word.first < one.last for one in (*found, *result)):
            continue
        following = split[place + 1] if place + 1 < len(split) and free[place + 1] else None
        hit = None
        if following is not None and word.text.isalpha() and _may_be_half(following, found):
            hit = _nearest(word.text + following.text, word.first, following.last, exact=True)
        hit = hit or (_nearest(word.text, word.first, word.last) if word.text not in _plain_words() else None)
        if hit is not None:
            result.append(hit)
    return result


def _may_be_half(word: Word, found: list[Mention]) -> bool:
    """Whether a word may be the second half of a misspelled name: "solu medrl"."""
    free = not any(one.first <= word.first < one.last for one in found)
    return free and word.text.isalpha() and word.text not in _plain_words()


def _nearest(said: str, first: int, last: int, exact: bool = False) -> Mention | None:
    near = _near(said)
    if not near or (exact and near[0][0] > 1):
        return None
    best = near[0][0]
    mine = near[0][1]
    rivals = tuple(dict.fromkeys(entry.name for slips, entry in near if entry.key != mine.key and slips <= best))
    if rivals:
        return Mention("", "", first, last, said=said, rivals=(mine.name, *rivals)[:4])
    return Mention(mine.name, mine.key, first, last, mine.fluid, said=said)


@lru_cache(maxsize=4_096)
def _near(said: str) -> tuple[tuple[int, Entry], ...]:
    """(slips, writing) of the writings within reach, nearest first."""
    if len(said) < SHORTEST or not said.isalpha():
        return ()
    most = 1 if len(said) < 6 else 2 if len(said) < 11 else 3
    rows = [(distance(said, entry.words[0], most), entry) for entry in _spellings().get(said[0], ())]
    near = [(slips, entry) for slips, entry in rows if slips <= most]
    needled = [one for one in near if not identify(one[1].name).drug.only_oral]
    near = needled or near
    return tuple(sorted(near, key=lambda row: (row[0], abs(len(row[1].words[0]) - len(said)), row[1].words)))
