"""One sentence of a chart -> the vials, the discarded amounts and the dispensed ones that it names (tables/phrases.toml, section waste)."""

from __future__ import annotations

import re

from coding.model import Quantity
from smart_app.quantities import unit_of
from smart_app.wordlists import table

_TABLE = table("phrases")["waste"]
_NUMBERS: dict[str, int] = _TABLE["numbers"]
_UNITS = r"(?:million units|milligrams?|micrograms?|milliliters?|mg|mcg|ug|µg|g|gm|grams?|ml|cc|units?|iu|meq)"
_NUMBER = r"\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,9})?|\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}"
SIZE = rf"(?P<size>{_NUMBER})\s*-?\s*(?P<unit>{_UNITS})\b(?:\s*/\s*(?:[\d.]+\s*)?(?:ml|vial)\b)?"
# The first figure of a number: not the end of "3.5", of "1/2" or of "2-3", and not the upper end of "2 to 3".
_FIRST = r"(?<![\w.,/½¼¾-])(?<!\d - )(?<!\d – )(?<!\d–)(?<!\bto )(?<!\bor )"
_COUNT = rf"{_FIRST}(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})(?:\s*\(\d{{1,2}}\))?"
_PAIR = rf"{_COUNT}(?:\s*[x×*]\s*|\s+(?:of\s+)?)(?:the )?{SIZE}"
_CONTAINER = _TABLE["container"]
_JOIN = r"(?:\s*(?:,\s*and|,|and|\+|plus|&))?\s*"
_WHOLE = r"(?<![\d.])(?<!\d,)(?<!\d-)(?<!\d–)(?<!\d - )(?<!\d – )(?<!\d to )"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_SIZED = _pattern(_PAIR)
# "One 20 g and one 10 g vial": only the last of several pairs names the vial.
_LISTED = _pattern(rf"(?:{re.sub(r'[?]P<[a-z]+>', '?:', _PAIR)}{_JOIN}){{1,6}}-?\s*\(?{_CONTAINER}")
_COUNTED = _pattern(
    rf"{_COUNT}\s*(?:x\s*)?{_CONTAINER}(?:\s*(?:of|x|×|@|at|each|were|was|:|\(|-)){{0,3}}\s*{SIZE}"
    rf"(?!\)?,?\s*(?:of )?(?:\w+ )?(?:was |were |is )?(?:{_TABLE['lost']}|{_TABLE['left']}|{_TABLE['no_size']})\b)"
)
_EACH = _pattern(rf"{_COUNT}\s*(?:x\s*)?{_CONTAINER}[^.;\d]{{0,20}}{SIZE}\s*(?:each|apiece|per (?:vial|container))\b")
_NAMED = _pattern(rf"{_CONTAINER}(?:\s+(?:used|opened))?\s*[:=(]\s*{_PAIR}")
_LOST_AFTER = _pattern(rf"(?<!not )(?<!no )\b{_TABLE['lost']}\b{_TABLE['after']}{SIZE}")
_BETWEEN = _TABLE["between"].replace("WORD", _TABLE["between_word"])
_LOST_BEFORE = _pattern(rf"{_WHOLE}{SIZE}\)?,?\s+{_BETWEEN}{_TABLE['lost']}\b")
_OUT_AFTER = _pattern(rf"\b{_TABLE['dispensed']}\b(?: amount| of| drug| was|:|=|-|\s){{0,4}}{SIZE}")
_OUT_BEFORE = _pattern(rf"{_WHOLE}{SIZE}\s+(?:was |were |is )?{_TABLE['dispensed']}\b")
_OTHER = _pattern(_TABLE["other"])
_BAG = _pattern(_TABLE["bag"])
_ML = unit_of(None, "ml")


def _sized(found: re.Match[str]) -> Quantity:
    words = found["unit"].lower()
    value = float(found["size"].replace(",", ""))
    if words == "million units":
        value, words = value * 1_000_000, "units"
    return Quantity(int(value) if value.is_integer() else value, unit_of(None, words))


def _count(found: re.Match[str]) -> int:
    words = found["count"].lower()
    return int(words) if words.isdigit() else _NUMBERS[words]


def vials_in(sentence: str) -> list[tuple[int, Quantity]]:
    """The (count, size) pairs of the containers that a sentence names."""
    listed = _LISTED.search(sentence)
    if listed:
        return [(_count(pair), _sized(pair)) for pair in _SIZED.finditer(listed.group())]
    for pattern in (_EACH, _COUNTED, _NAMED):
        found = [(_count(pair), _sized(pair)) for pair in pattern.finditer(sentence)]
        if found:
            return found
    return []


def lost_in(sentence: str) -> list[Quantity]:
    """The amounts of drug that a sentence says were thrown away; a volume beside words for another fluid is none.

    A volume of the mixture has a unit of its own: nobody may work it out by the strength of a vial.
    """
    found = [_sized(each) for pattern in (_LOST_AFTER, _LOST_BEFORE) for each in pattern.finditer(sentence)]
    if _BAG.search(sentence):
        found = [one._replace(unit=_TABLE["of_bag"]) if one.unit == _ML else one for one in found]
    other = is_other_fluid(sentence)
    return [one for one in dict.fromkeys(found) if not (other and one.unit == _ML)]


def is_other_fluid(sentence: str) -> bool:
    """Whether a sentence speaks of blood, a flush or the like, so that a volume in it need not be of the drug."""
    return bool(_OTHER.search(sentence))


def dispensed_in(sentence: str) -> list[Quantity]:
    """The amounts that a sentence says the pharmacy gave out."""
    for pattern in (_OUT_AFTER, _OUT_BEFORE):
        found = [_sized(each) for each in pattern.finditer(sentence)]
        if found:
            return found
    return []
