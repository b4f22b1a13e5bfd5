"""Free text of a chart -> the vials opened and the drug discarded (tables/phrases.toml, section waste)."""

from __future__ import annotations

import re
from functools import lru_cache

from coding.model import Quantity, Waste
from smart_app.notes import sentences
from smart_app.quantities import unit_of
from smart_app.wordlists import either, table

_TABLE = table("phrases")["waste"]
_NUMBERS: dict[str, int] = _TABLE["numbers"]
_ABOUT: tuple[str, ...] = tuple(_TABLE["about"])
_UNITS = r"(?:million units|mg|mcg|ug|µg|g|gm|grams?|ml|cc|units?|iu|meq)"
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_SIZE = rf"(?P<size>\d[\d,]*(?:\.\d+)?|\.\d+)\s*-?\s*(?P<unit>{_UNITS})\b(?:\s*/\s*(?:[\d.]+\s*)?(?:ml|vial)\b)?"
_PAIR = rf"\b{_COUNT}\s*(?:x|×|\*|of)?\s*(?:the )?{_SIZE}"
_CONTAINER = _TABLE["container"]
_JOIN = r"\s*(?:,|and|\+|plus|&|, and)?\s*"

_SIZED = re.compile(_PAIR, re.IGNORECASE)
# "One 20 g and one 10 g vial": only the last of several pairs names the vial.
_LISTED = re.compile(rf"(?:{re.sub(r'[?]P<[a-z]+>', '?:', _PAIR)}{_JOIN})+[-\s]*\(?{_CONTAINER}", re.IGNORECASE)
_COUNTED = re.compile(
    rf"\b{_COUNT}\s*(?:x\s*)?{_CONTAINER}\s*(?:of|x|×|@|at|each|were|was|,|:|\(|-)*\s*{_SIZE}", re.IGNORECASE
)
_NAMED = re.compile(rf"{_CONTAINER}(?:\s+(?:used|opened))?\s*[:=(]\s*{_PAIR}", re.IGNORECASE)
_LOST_AFTER = re.compile(
    rf"\b{_TABLE['lost']}\b(?: amount| of| drug| medication| was|:|=|-|\s){{0,6}}{_SIZE}", re.IGNORECASE
)
_LOST_BEFORE = re.compile(
    rf"(?<![\d.]){_SIZE}\s+(?:of )?(?:\w+ ){{0,3}}?(?:was |were |is |as )?{_TABLE['lost']}\b", re.IGNORECASE
)
_DISPENSED_AFTER = re.compile(
    rf"\b{_TABLE['dispensed']}\b(?: amount| of| drug| was|:|=|-|\s){{0,4}}{_SIZE}", re.IGNORECASE
)
_DISPENSED_BEFORE = re.compile(rf"(?<![\d.]){_SIZE}\s+(?:was |were |is )?{_TABLE['dispensed']}\b", re.IGNORECASE)
_NONE = either(_TABLE["none"])
_NOT_NONE = either(_TABLE["not_none"])
_MULTI = re.compile(_TABLE["multi_dose"], re.IGNORECASE)


def _sized(found: re.Match[str]) -> Quantity:
    words = found["unit"].lower()
    value = float(found["size"].replace(",", ""))
    if words == "million units":
        value, words = value * 1_000_000, "units"
    return Quantity(int(value) if value.is_integer() else value, unit_of(None, words))


def _count(found: re.Match[str]) -> int:
    words = found["count"].lower()
    return int(words) if words.isdigit() else _NUMBERS[words]


def _vials(sentence: str) -> list[tuple[int, Quantity]]:
    """The (count, size) pairs of a sentence; a multi-dose vial is no single-dose container, so it says nothing of waste."""
    if _MULTI.search(sentence):
        return []
    listed = _LISTED.search(sentence)
    if listed:
        return [(_count(pair), _sized(pair)) for pair in _SIZED.finditer(listed.group())]
    for pattern in (_COUNTED, _NAMED):
        found = [(_count(pair), _sized(pair)) for pair in pattern.finditer(sentence)]
        if found:
            return found
    return []


def _lost(sentence: str) -> list[Quantity]:
    for pattern in (_LOST_AFTER, _LOST_BEFORE):
        found = [_sized(each) for each in pattern.finditer(sentence)]
        if found:
            return found
    return []


def _dispensed(sentence: str) -> list[Quantity]:
    for pattern in (_DISPENSED_AFTER, _DISPENSED_BEFORE):
        found = [_sized(each) for each in pattern.finditer(sentence)]
        if found:
            return found
    return []


@lru_cache(maxsize=32_768)
def read_waste(text: str) -> Waste | None:
    """What a text says of vials and discarded drug, or None where it says nothing of either.

    A contradiction keeps both sides. Two different discarded amounts are no amount: a person has to say which holds.
    What is discarded of a multi-dose container is no waste to bill.
    """
    lowered = text.lower()
    if not any(word in lowered for word in _ABOUT):
        return None
    vials: list[tuple[int, Quantity]] = []
    amounts: list[Quantity] = []
    none = False
    quotes: list[str] = []
    given_out: list[Quantity] = []
    several = False
    for sentence in dict.fromkeys(part.strip() for part in sentences(text)):
        opened, lost = _vials(sentence), _lost(sentence)
        out = [] if opened else _dispensed(sentence)
        several = several or bool(_MULTI.search(sentence))
        spared = bool(_NONE.search(sentence)) and not _NOT_NONE.search(sentence)
        zero = [amount for amount in lost if amount.value == 0]
        if opened or lost or spared or out:
            quotes.append(sentence)
        vials += opened
        given_out += out
        amounts += [amount for amount in lost if amount.value > 0]
        none = none or spared or bool(zero)
    if not quotes:
        return None
    discarded = amounts[0] if len(set(amounts)) == 1 else None
    quote = " ".join(part if part[-1] in ".!?" else part + ";" for part in quotes).rstrip(";")
    dispensed = given_out[0] if len(set(given_out)) == 1 else None
    if several and not vials:
        return Waste(quote=quote, multi_dose=True)
    return Waste(tuple(vials), discarded, none, quote, dispensed)
