"""Free text of a chart -> the vials opened and the drug discarded (tables/phrases.toml, section waste)."""

from __future__ import annotations

import re
from functools import lru_cache

from coding.model import Quantity, Waste
from smart_app.notes import sentences
from smart_app.waste_amounts import SIZE, dispensed_in, is_other_fluid, lost_in, vials_in
from smart_app.wordlists import either, table

_TABLE = table("phrases")["waste"]
_ABOUT: tuple[str, ...] = tuple(_TABLE["about"])
_SIZE = re.sub(r"[?]P<[a-z]+>", "?:", SIZE)
_NONE = either(_TABLE["none"])
_NOT_NONE = either(_TABLE["not_none"])
_KEPT = either(_TABLE["kept"])
_NOT_KEPT = either(_TABLE["not_kept"])
_EXPECTED = either(_TABLE["expected"])
_SPOILED = either(_TABLE["spoiled"])
_MULTI = either(_TABLE["multi_dose"])
_DISPENSED = either([rf"\b{_TABLE['dispensed']}\b"])
_OPENED = either([_TABLE["opened"]])
# An amount beside a word for waste where no discarded amount can be read: a range, a denial, something in between.
_BESIDE = either([rf"\b{_TABLE['lost']}\b[^.;]{{0,40}}?{_SIZE}", rf"{_SIZE}[^.;]{{0,40}}?\b{_TABLE['lost']}\b"])
# Left over, and no more said.
_OVER = [rf"\b{_TABLE['left']}\b[\s:=-]*{_SIZE}", rf"{_SIZE}\s+(?:of )?(?:\w+ )?(?:was |is |as )?{_TABLE['left']}\b"]
_UNCLEAR = either([*_TABLE["unclear"], *_OVER])


class _Read:
    """What the sentences of one text say, put together."""

    def __init__(self) -> None:
        self.vials: list[tuple[int, Quantity]] = []
        self.lost: list[Quantity] = []
        self.out: list[Quantity] = []
        self.none = self.kept = self.multi_dose = self.unread = False
        self.quotes: list[str] = []
        self.unclear: list[str] = []

    def take(self, sentence: str) -> None:
        """Adds what one sentence says."""
        if _SPOILED.search(sentence):
            self.unclear.append(sentence)
            return
        multi_dose = bool(_MULTI.search(sentence))
        expected = bool(_EXPECTED.search(sentence))
        kept = expected or (bool(_KEPT.search(sentence)) and not _NOT_KEPT.search(sentence))
        # A multi-dose vial is no single-dose container: how much it holds says nothing of waste.
        vials = [] if multi_dose else vials_in(sentence)
        lost = [] if expected else lost_in(sentence)
        if vials and _DISPENSED.search(sentence) and not _OPENED.search(sentence):
            vials, out = [], _together(vials)
        else:
            out = [] if vials else dispensed_in(sentence)
        none = bool(_NONE.search(sentence)) and not _NOT_NONE.search(sentence)
        none = none or any(amount.value == 0 for amount in lost)
        if vials or lost or out or none or kept or multi_dose:
            self.quotes.append(sentence)
        elif _BESIDE.search(sentence) and not is_other_fluid(sentence):
            self.unread = True
            self.quotes.append(sentence)
        elif _BESIDE.search(sentence) or _UNCLEAR.search(sentence):
            self.unclear.append(sentence)
        self.vials += vials
        self.lost += [amount for amount in lost if amount.value > 0]
        self.out += out
        self.none, self.kept = self.none or none, self.kept or kept
        self.multi_dose = self.multi_dose or multi_dose

    def waste(self) -> Waste | None:
        """All of it as one; None where no sentence speaks of vials or waste."""
        if not self.quotes:
            return Waste(quote=_joined(self.unclear)) if self.unclear else None
        quote = _joined(self.quotes)
        if self.multi_dose and not self.vials:
            return Waste(quote=quote, multi_dose=True)
        lost, out = tuple(dict.fromkeys(self.lost)), set(self.out)
        return Waste(
            tuple(self.vials),
            lost[0] if len(lost) == 1 else None,
            self.none,
            quote,
            self.out[0] if len(out) == 1 else None,
            several=lost if len(lost) > 1 else (),
            kept=self.kept,
            unread=self.unread,
        )


@lru_cache(maxsize=32_768)
def read_waste(text: str) -> Waste | None:
    """What a text says of vials and discarded drug, or None where it says nothing of either.

    A contradiction keeps both sides. Of different discarded amounts a person has to say which holds. What is discarded of a multi-dose
    container is no waste to bill. Words on waste that name nothing to count are a quote alone.
    """
    lowered = text.lower()
    if not any(word in lowered for word in _ABOUT):
        return None
    read = _Read()
    for sentence in dict.fromkeys(part.strip() for part in sentences(text)):
        read.take(sentence)
    return read.waste()


def _together(vials: list[tuple[int, Quantity]]) -> list[Quantity]:
    """What containers hold together, where one unit measures them all."""
    if len({size.unit for _, size in vials}) > 1:
        return []
    return [Quantity(sum(count * size.value for count, size in vials), vials[0][1].unit)]


def _joined(parts: list[str]) -> str:
    return " ".join(part if part[-1] in ".!?" else part + ";" for part in parts).rstrip(";")
