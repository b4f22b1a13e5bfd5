"""Free text of a chart -> what it says of the dose, the bag, and whose drug it was (tables/doses.toml). Facts for the drug lines.

    dose-said    an amount that the words say was given: "200 mg infused", a dosage text of "300 mg IV over 2 h"
    container    a bag by its number: "bag 2"
    own-supply   a drug that those who gave it did not buy: "patient's own drug", "white bagged"

What is said of another drug is not said of this one.
"""

from __future__ import annotations

import re
from functools import lru_cache

from coding import drugs
from coding.model import Fact
from smart_app.notes import sentences
from smart_app.order_doses import ordered_dose
from smart_app.wordlists import either, table

_TABLE = table("doses")
_GIVEN, _CONTAINER, _SUPPLY = _TABLE["given"], _TABLE["container"], _TABLE["supply"]
_AMOUNT = rf"(?<![\d.,/-])(?P<amount>{_GIVEN['amount']})(?!\s*(?:/|per\b))"
_GIVEN_AFTER = re.compile(_AMOUNT + _GIVEN["after"], re.IGNORECASE)
_GIVEN_BEFORE = re.compile(_GIVEN["before"] + _AMOUNT + r"\b", re.IGNORECASE)
_NOT_GIVEN = either(_GIVEN["unless"])
_BAGS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _CONTAINER["say"])
_OWN = either(_SUPPLY["say"])
_NOT_OWN = either(_SUPPLY["unless"])
_SURELY_OWN = either(_SUPPLY["sure"])


@lru_cache(maxsize=16_384)
def read_dose_words(note: str, dosage: str, name: str) -> tuple[Fact, ...]:
    """The facts that a note, a dosage text and the name of what was given state."""
    text = f"{note}\n{dosage}\n{name}"
    lowered = text.lower()
    found: list[Fact] = []
    if any(word in lowered for word in _SUPPLY["about"]):
        found += [Fact("own-supply", said.strip()) for said in sentences(text) if _is_own(said)][:1]
    if any(word in lowered for word in _CONTAINER["about"]):
        found += _container(f"{note}\n{dosage}")
    if any(word in lowered for word in _GIVEN["about"]):
        found += _said(note, name)
        charted = ordered_dose([{"text": dosage}]) if dosage else None
        if charted is not None:
            found.append(Fact("dose-said", dosage.strip()))
    return tuple(found)


def _is_own(sentence: str) -> bool:
    if _SURELY_OWN.search(sentence):
        return True
    return bool(_OWN.search(sentence)) and not _NOT_OWN.search(sentence)


def _container(text: str) -> list[Fact]:
    numbers = {found["number"].lower() for pattern in _BAGS for found in pattern.finditer(text)}
    return [Fact("container", f"bag {numbers.pop()}")] if len(numbers) == 1 else []


def _said(note: str, name: str) -> list[Fact]:
    """Amounts that the note says were given; a sentence that names another drug speaks of that one."""
    found = []
    for sentence in sentences(note):
        match = _GIVEN_AFTER.search(sentence) or _GIVEN_BEFORE.search(sentence)
        if match and not _NOT_GIVEN.search(sentence) and not _names_another(sentence, name):
            found.append(Fact("dose-said", match.group().strip()))
    return found


def _names_another(sentence: str, name: str) -> bool:
    own = {one.drug.key for one in drugs.read_mixture(name)}
    return any(one.drug.known and one.drug.key not in own for one in drugs.read_mixture(sentence))
