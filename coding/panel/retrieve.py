"""Which answer of the tables a question asks for, after synonyms have been made one.

An answer is a document of features: its wordings, its short answer and its first card. It is scored by BM25 (Robertson and Zaragoza
2009), beside the cosine to its nearest single wording. Deterministic, and nothing is learned: the tables are the whole of it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from coding.drug_spelling import distance
from coding.drugs import identify
from coding.panel.answers import Row, rows
from coding.panel.lexicon import Writings, normal, panel_table, words
from coding.panel.mentions import find_drugs, ordinary_words
from coding.panel.times import Length, read_times
from coding.rules import CARDS

CODE = re.compile(r"\b(?:9[69]\d{3}|3[67]\d{3}|[gjqcs]\d{4})\b")
TELLING_MINUTES = frozenset({15, 16, 30, 31, 60, 61, 90, 91, 120, 121, 150, 151})
REACH = ((15, "under 16 min"), (30, "16 to 30 min"), (90, "31 to 90 min"), (10**9, "over 90 min"))
KIND_OF_DRUG = {
    "fluid": "hydration",
    "blood": "blood",
    "contrast": "contrast",
    "vaccine": "vaccine",
    "electrolyte": "electrolyte",
}
# Weights of BM25 and of what an answer is made of, found on the wordings themselves, one left out at a time (benchmarks/README.md).
SATURATION = 2.0
LENGTH = 0.5
TEXT_WEIGHT = 2.0  # a word of the short answer, beside one of a wording
CARD_WEIGHT = 0.7
WORDING = 0.3  # what the nearest single wording counts beside the whole
AS_TAUGHT = 0.85  # from this likeness on, a single wording is what was asked, whatever else its answer is made of
FAR = 0.5  # what is left of the likeness of an answer whose need a question does not name
TELLING = 3  # features from which a question says enough for that
WORD_FOR_WORD = 1.1  # the likeness of a wording that is asked word for word: nothing else is nearer
MEANT = 1.35  # a concept or a code, beside a word that only stands for itself
UNSEEN = 1.5  # a word that no answer holds: it says little, but it says that something else may be meant


class Match(NamedTuple):
    """An answer with how near the question is to it, 0 to 1, and the wording that is nearest."""

    row: Row
    score: float
    wording: str


@lru_cache(maxsize=1)
def _concepts() -> Writings:
    table = panel_table("concepts.toml")["concept"]
    rows_ = ((concept, "", writing) for concept, writings in dict(table).items() for writing in writings)  # type: ignore[call-overload]
    return Writings(rows_, "panel/concepts.toml")


@lru_cache(maxsize=1)
def concepts() -> frozenset[str]:
    """The names of the concepts."""
    return frozenset(dict(panel_table("concepts.toml")["concept"]))  # type: ignore[call-overload]


@lru_cache(maxsize=1)
def code_concepts() -> Mapping[str, list[str]]:
    """What a code number says besides itself."""
    found: dict[str, list[str]] = dict(panel_table("concepts.toml")["code"])  # type: ignore[call-overload]
    return found


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return frozenset(str(dict(panel_table("concepts.toml")["stop"])["words"]).split())  # type: ignore[call-overload]


def features(question: str, known: frozenset[str] | None = None) -> frozenset[str]:
    """The features of a text: concepts, codes, kinds of drug, telling minutes, and the other words without endings.

    known: the words of the tables, to which unknown ones are corrected.
    """
    text = normal(question)
    found: set[str] = {one.upper() for one in CODE.findall(text)}
    for one in tuple(found):
        found.update(code_concepts().get(one, ()))
    times = read_times(text)
    for time in times:
        if isinstance(time, Length):
            found |= {f"{time.minutes} min"} if time.minutes in TELLING_MINUTES else set()
            found.add(next(name for most, name in REACH if time.minutes <= most))
        else:
            found.add("clock time")
    spans = tuple((time.first, time.last) for time in times)
    drugs = [one for one in find_drugs(text, spans, slips=known is not None) if not one.rivals and not one.noun]
    for drug in drugs:
        found |= _drug_features(drug.name)
    split = words(text)
    taken = frozenset(
        place
        for place, word in enumerate(split)
        if CODE.fullmatch(word.text) or any(first <= word.first < last for first, last in spans)
    )
    fixed = (
        split
        if known is None
        else tuple(
            word._replace(text=corrected(word.text, known)) if place not in taken else word
            for place, word in enumerate(split)
        )
    )
    hits = _concepts().find(fixed, taken)
    found |= {hit.kind for hit in hits}
    covered = taken | {place for hit in hits for place in range(*hit.words)}
    for place, word in enumerate(fixed):
        named = any(one.first <= word.first < one.last for one in drugs)
        if place not in covered and not named and word.text not in _stop_words() and not word.text.isdigit():
            found.add(stem(word.text))
        elif word.text.isdigit() and place not in taken and len(word.text) < 4:
            found.add(word.text)
    return frozenset(found)


@lru_cache(maxsize=2_048)
def _drug_features(name: str) -> frozenset[str]:
    drug = identify(name).drug
    kind = KIND_OF_DRUG.get(drug.kind)
    if kind:
        return frozenset({kind})
    if drug.commercial == "chemo":
        return frozenset({"a drug", "chemo"})
    if drug.medicare != drug.commercial:
        return frozenset({"a drug", "complex-biologic"})
    return frozenset({"a drug"})


def stem(word: str) -> str:
    """A word without its usual endings."""
    for ending in ("ings", "ing", "edly", "ed", "ies", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=8_192)
def _near_known(word: str, known: frozenset[str]) -> str:
    most = 1 if len(word) < 8 else 2
    near = sorted(
        (distance(word, other, most), other)
        for other in known
        if other[0] == word[0] and abs(len(other) - len(word)) <= most
    )
    near = [one for one in near if one[0] <= most]
    return (
        near[0][1]
        if near and (len(near) == 1 or near[1][0] > near[0][0] or stem(near[0][1]) == stem(near[1][1]))
        else word
    )


def corrected(word: str, known: frozenset[str]) -> str:
    """The word, or the one known word that a slip of the pen away lies; a word that is near two stays as it is."""
    plain = len(word) < 5 or word in known or word in ordinary_words() or not word.isalpha()
    return word if plain else _near_known(word, known)


def _plainly(text: str) -> str:
    return " ".join(word.text for word in words(normal(text)))


class Index:
    """The answers as sets of weighted features: those of all their wordings, of their short answer and of their first card."""

    def __init__(self, answers: Iterable[Row]) -> None:
        self.rows = {row.id: row for row in answers}
        self.known = (
            frozenset(
                word.text
                for row in self.rows.values()
                for text in (*row.asks, *row.short)
                for word in words(normal(text))
                if word.text.isalpha()
            )
            | _concepts().words
        )
        self._asks = {row.id: [(ask, features(ask)) for ask in row.asks] for row in self.rows.values()}
        self._taught: dict[str, list[str]] = {}
        for row in self.rows.values():
            for ask in row.asks:
                self._taught.setdefault(_plainly(ask), []).append(row.id)
        self._counts = {row.id: self._count(row) for row in self.rows.values()}
        holders = Counter(feature for counts in self._counts.values() for feature in counts)
        total = len(self.rows)
        self._weight = {
            one: math.log(1 + (total - held + 0.5) / (held + 0.5))
            * (MEANT if one in concepts() or CODE.fullmatch(one.lower()) else 1.0)
            for one, held in holders.items()
        }
        self._unseen = UNSEEN
        lengths = {id: sum(counts.values()) for id, counts in self._counts.items()}
        mean = sum(lengths.values()) / (total or 1)
        self._room = {id: SATURATION * (1 - LENGTH + LENGTH * length / mean) for id, length in lengths.items()}
        self._with: dict[str, list[tuple[str, float]]] = {}
        self._wordings: dict[str, list[tuple[str, int]]] = {}
        for id, counts in self._counts.items():
            for feature, count in counts.items():
                self._with.setdefault(feature, []).append((id, count))
            for place, (_, found) in enumerate(self._asks[id]):
                for feature in found:
                    self._wordings.setdefault(feature, []).append((id, place))
        self._norms = {
            (id, place): self._norm(found) for id, asks in self._asks.items() for place, (_, found) in enumerate(asks)
        }

    def _count(self, row: Row) -> dict[str, float]:
        counts: dict[str, float] = {}
        for _, found in self._asks[row.id]:
            for feature in found:
                counts[feature] = counts.get(feature, 0.0) + 1
        said = [(text, TEXT_WEIGHT) for text in row.short]
        said += [(text, CARD_WEIGHT) for id in row.cards[:1] for text in (CARDS[id].title, *CARDS[id].says.split(". "))]
        for text, weight in said:
            for feature in features(text):
                counts[feature] = counts.get(feature, 0.0) + weight
        return counts

    def _norm(self, found: frozenset[str]) -> float:
        return math.sqrt(sum(self._weight.get(one, self._unseen) ** 2 for one in found)) or 1.0

    def nearest(self, question: str, most: int = 5, without: str = "") -> tuple[Match, ...]:
        """The answers nearest to a question, best first. without: a wording that does not count (to measure the rest)."""
        asked = features(question, self.known)
        best = sum(self._weight.get(one, self._unseen) for one in asked) * (SATURATION + 1) or 1.0
        left_out = {id: features(without) for id, row in self.rows.items() if without in row.asks} if without else {}
        scores: dict[str, float] = {}
        for feature in asked:
            weight = self._weight.get(feature, 0.0) * (SATURATION + 1)
            for id, count in self._with.get(feature, ()):
                if id in left_out and feature in left_out[id]:
                    count -= 1
                scores[id] = scores.get(id, 0.0) + weight * count / (count + self._room[id])
        alike = self._alike(asked, without)
        for id in self._taught.get(_plainly(question), ()) if not without else ():
            alike[id] = (WORD_FOR_WORD, question)
            scores.setdefault(id, 0.0)
        matches = []
        for id, score in scores.items():
            near, wording = alike.get(id, (0.0, ""))
            score = (score / best + WORDING * near) / (1 + WORDING)
            needs = self.rows[id].needs
            score *= FAR if needs and not asked & set(needs) else 1.0
            matches.append(
                Match(
                    self.rows[id],
                    max(score, near) if near >= (AS_TAUGHT if len(asked) >= TELLING else WORD_FOR_WORD) else score,
                    wording,
                )
            )
        return tuple(sorted(matches, key=lambda match: (-match.score, match.row.id))[:most])

    def _alike(self, asked: frozenset[str], without: str) -> dict[str, tuple[float, str]]:
        """For each answer the likeness of its nearest wording."""
        dots: dict[tuple[str, int], float] = {}
        for feature in asked:
            weight = self._weight.get(feature, self._unseen) ** 2
            for where in self._wordings.get(feature, ()):
                dots[where] = dots.get(where, 0.0) + weight
        norm = self._norm(asked)
        best: dict[str, tuple[float, str]] = {}
        for (id, place), dot in dots.items():
            wording = self._asks[id][place][0]
            cosine = dot / (norm * self._norms[id, place])
            if wording != without and cosine > best.get(id, (0.0, ""))[0]:
                best[id] = (cosine, wording)
        return best


@lru_cache(maxsize=1)
def index() -> Index:
    """The index over every answer of the tables."""
    return Index(rows().values())
