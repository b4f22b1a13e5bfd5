"""What a question says of administrations, before anything is made of it: the tokens and the items they are gathered into."""

from __future__ import annotations

import re
from typing import NamedTuple

from coding.model import Quantity
from coding.panel.lexicon import lexicon, words
from coding.panel.mentions import Mention, find_drugs
from coding.panel.times import Clock, Length, Span, read_times

DRUG, TIME, SEPARATOR, DOSE, COUNT, EVERY, RATE = "drug", "time", "separator", "dose", "count", "every", "rate"

_DOSE = re.compile(
    r"(?<![a-z\d.])(\d[\d,]*(?:\.\d+)?)\s*(mg|mcg|gm|g|ml|cc|liters?|l|units?|meq|iu)\b(?!\s*(?:/|per|an)\s*(?:hr?|hour|min|kg)\b)"
)
WEARABLE = "onpro"  # a brand that says how it is given
_RATE = re.compile(r"(?<![a-z\d.])(\d[\d,]*(?:\.\d+)?)\s*(?:ml|cc)\s*(?:/|per|an)\s*(?:hr?|hour)\b")
_COUNT = re.compile(
    r"\b(?:x\s?(?P<times>[2-9])\b|(?P<twice>twice)\b|(?P<many>two|three|four|both|[234])\s+(?:different\s+|separate\s+|more\s+)*"
    r"(?=(?:\d+[- ](?:hour|hr|min|minute)s?\s+)?(?:iv\s+|im\s+|chemo\s+|sub\s?q\s+|sq\s+)?"
    r"(?:pushes|ivps|drugs|meds|medications|shots|injections|antibiotics|abx|doses|infusions|piggybacks|ivpbs|(?<![234]\s)push(?:ed)?)\b))"
)
_EVERY = re.compile(r"\b(?:q|every)\s?(\d{1,3})\s?(min(?:utes?)?|m|hours?|hrs?|h)\b")
_NUMBER = {"two": 2, "both": 2, "three": 3, "four": 4}
_PUNCTUATION = re.compile(r"[,;:()/\n]|\.(?!\d)|(?<=\s)-+(?=\s)|\?|!")
_UNIT = {
    "gm": "g",
    "cc": "mL",
    "ml": "mL",
    "l": "L",
    "liter": "L",
    "liters": "L",
    "unit": "[iU]",
    "units": "[iU]",
    "iu": "[iU]",
}


class Token(NamedTuple):
    """A piece of the question that means something. value: its key; what: the time, drug or dose read there."""

    kind: str
    value: str
    first: int
    last: int
    what: Mention | Clock | Span | Length | Quantity | int | None = None


class Role(NamedTuple):
    """A clock time with the part it plays: start, stop, pause, resume, or "" where nothing says so."""

    part: str
    clock: Clock


class Item(NamedTuple):
    """One administration, or several alike, as the question says it. number: how many alike; apart: minutes between them.

    relation: to the item before it or to the one after; gap: minutes between it and that item. lengths: minutes each stretch
    ran. rate: mL in an hour, 0 where none is said. led: its technique stands before its name ("pushed Benadryl").
    """

    drugs: tuple[Mention, ...]
    technique: str = ""
    route: str = ""
    spans: tuple[Span, ...] = ()
    clocks: tuple[Role, ...] = ()
    lengths: tuple[Length, ...] = ()
    pauses: tuple[Span, ...] = ()
    paused: int = 0
    relation: str = ""
    gap: int = 0
    dose: Quantity | None = None
    volume: Quantity | None = None
    rate: float = 0.0
    marks: tuple[str, ...] = ()
    site: str = ""
    number: int = 1
    apart: int = 0
    led: bool = False

    @property
    def fluid(self) -> bool:
        """Whether it is fluid and nothing else."""
        return all(one.fluid for one in self.drugs)

    @property
    def said(self) -> bool:
        """Whether anything but the name of the drug was said."""
        return bool(
            self.technique
            or self.route
            or self.timed
            or self.dose
            or self.volume
            or self.number > 1
            or self.relation == "same"
        )

    @property
    def timed(self) -> bool:
        """Whether a time or a duration was said."""
        return bool(self.spans or self.clocks or self.lengths)


def tokens(text: str) -> tuple[Token, ...]:
    """Everything in a plain question that bears on an administration, left to right."""
    times = read_times(text)
    every = [match.span() for match in _EVERY.finditer(text)]
    times = tuple(one for one in times if not any(first <= one.first < last for first, last in every))
    taken = tuple((one.first, one.last) for one in times)
    found = [Token(TIME, type(one).__name__.casefold(), one.first, one.last, one) for one in times]
    found += _free([Token(COUNT, "", *match.span(), _count(match)) for match in _COUNT.finditer(text)], found)
    found += _free([Token(EVERY, "", *match.span(), _minutes(match)) for match in _EVERY.finditer(text)], found)
    drugs = find_drugs(text, taken)
    found += [Token(DRUG, one.key, one.first, one.last, one) for one in drugs if not one.rivals]
    found += [
        Token("technique", "on-body", one.last, one.last) for one in drugs if WEARABLE in text[one.first : one.last]
    ]
    found += _free([Token(DOSE, "", *match.span(), _dose(match)) for match in _DOSE.finditer(text)], found)
    found += _free([Token(RATE, match[1].replace(",", ""), *match.span()) for match in _RATE.finditer(text)], found)
    split = words(text)
    covered = frozenset(
        place for place, word in enumerate(split) if any(one.first <= word.first < one.last for one in found)
    )
    found += [Token(hit.kind, hit.value, hit.first, hit.last) for hit in lexicon().find(split, covered)]
    found += _free([Token(SEPARATOR, match.group(), *match.span()) for match in _PUNCTUATION.finditer(text)], found)
    return tuple(sorted(found, key=lambda one: (one.first, one.last)))


def _free(new: list[Token], found: list[Token]) -> list[Token]:
    return [one for one in new if not any(other.first < one.last and one.first < other.last for other in found)]


def _count(match: re.Match[str]) -> int:
    if match["times"]:
        return int(match["times"])
    if match["twice"]:
        return 2
    return _NUMBER.get(match["many"]) or int(match["many"])


def _minutes(match: re.Match[str]) -> int:
    return int(match[1]) * (60 if match[2].startswith("h") else 1)


def _dose(match: re.Match[str]) -> Quantity:
    unit = match[2]
    return Quantity(float(match[1].replace(",", "")), _UNIT.get(unit, unit))
