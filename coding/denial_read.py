"""Which denials a person means by numbers or by words, and the billing codes and units named beside them. Nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from coding.codes import CODES
from coding.denial_facts import covers
from coding.denial_numbers import Numbers, numbers
from coding.denial_table import TABLE, Denial
from coding.drugs import by_hcpcs

CODE_LENGTH = 5  # signs of a billing code
_NUMBER = 100  # more than any phrase has parts
_SURE, _GENERAL = 2, 1  # what a number counts; one that always wants a remark code beside it counts less
_BILLED_CODE = re.compile(r"\b(\d{5}|[A-Z]\d{4})\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:den(?:y|ied|ies|ial|iel)|reject|unpaid\b|not paid\b)", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
_HOW_MANY = {"two": 2, "both": 2, "double": 2, "second": 2, "twice": 2, "three": 3, "third": 3, "four": 4, "five": 5}
_MANY = "|".join(_HOW_MANY)
_CODE = r"(?P<code>\d{5}|[A-Z]\d{4})(?:-\w\w)*"
_UNITS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_CODE}\s*[x×]\s*(?P<units>\d{{1,4}})\b",
        rf"\b{_CODE}\W{{1,3}}(?P<units>\d{{1,4}})\s*units?\b",
        rf"\b(?P<units>\d{{1,4}})\s*(?:x|units?(?:\s+of)?)\s*{_CODE}\b",
        rf"\bx\s*(?P<units>\d{{1,4}})\s+{_CODE}\b",
        rf"\b(?P<units>{_MANY})\s+(?:units?\s+of\s+)?{_CODE}\b",
        rf"\b{_CODE}\s+(?P<units>twice)\b",
    )
)


class Said(NamedTuple):
    """What a text says of a denial: the patterns that fit it equally well, in the order of the table, and its numbers."""

    denials: tuple[Denial, ...]
    numbers: Numbers


def read_denial(text: str) -> tuple[Denial, ...]:
    """The denials that a text means, by number in any usual writing or by words; empty where none fits.

    >>> [one.id for one in read_denial("CO-29")]
    ['too-late']
    >>> [one.id for one in read_denial("CARC B15, N122 on 96366")]
    ['add-on-without-primary']
    >>> read_denial("CO-999")
    ()
    """
    return read(text).denials


def read(text: str) -> Said:
    """The denials that a text means, with its numbers, known or not.

    >>> read("CO-999").numbers.unknown
    ('CARC 999',)
    """
    text = unicodedata.normalize("NFKC", text)
    titled = [one for one in TABLE.denials if one.title.lower() in text.lower()]
    for one in titled:
        text = re.sub(re.escape(one.title), " ", text, flags=re.IGNORECASE)
    written = tuple(dict.fromkeys(code.upper() for code in _BILLED_CODE.findall(text) if _is_billed(code.upper())))
    words = _words(text)
    named = written or tuple(
        dict.fromkeys(code for word, codes in TABLE.names.items() if word in words for code in codes)
    )
    found = numbers(_BILLED_CODE.sub(" ", text), bool(named))
    weighed = [(1, one) for one in titled] or [(_fit(one, found, named, words), one) for one in TABLE.denials]
    best = max((fit for fit, _ in weighed), default=0)
    if not best and named and not found.unknown and _DENIED.search(text):
        best, weighed = 1, [(1, one) for one in TABLE.denials if one.id == TABLE.remark_wanted["A1"]]
    units = _units(text)
    return Said(
        tuple(
            one._replace(named=named, units=units, numbers=found.known, unknown=found.unknown)
            for fit, one in weighed
            if best and fit == best
        ),
        found,
    )


def _is_billed(code: str) -> bool:
    return code in CODES or bool(by_hcpcs(code)) or code.startswith("99") or code == "G0463"


def _units(text: str) -> tuple[tuple[str, int], ...]:
    """Codes named with more than one unit. One unit says nothing: it may be one of several that was denied."""
    found: dict[str, int] = {}
    for pattern in _UNITS:
        for hit in pattern.finditer(text):
            said = hit["units"].lower()
            many = int(said) if said.isdigit() else _HOW_MANY[said]
            if many > 1 and _is_billed(hit["code"].upper()):
                found.setdefault(hit["code"].upper(), many)
    return tuple(found.items())


def _fit(denial: Denial, found: Numbers, named: tuple[str, ...], words: frozenset[str]) -> int:
    """How well a row fits, 0 for not at all. Numbers outweigh words; words and named codes choose among rows of one number."""
    said = max((_said(phrase, words) for phrase in denial.words), default=0)
    if not found.reasons and not found.remarks:
        return said
    weights = [_weight(reason, denial, found, said) for reason in found.reasons & set(denial.carc)]
    fits = _SURE * bool(found.remarks & set(denial.rarc)) + max(weights, default=0)
    denied = denial.denied if denial.least == 1 else ()
    usual = 2 if any(covers(denied, code) for code in named) else any(covers(denial.codes, code) for code in named)
    return _NUMBER * fits + said + usual if fits else 0


def _weight(reason: str, denial: Denial, found: Numbers, said: int) -> int:
    """What a reason counts for a row: a remark that is not known could mean anything, so only the general row is left."""
    if reason not in TABLE.remark_wanted:
        return _SURE
    lost = any(one.startswith("RARC") for one in found.unknown) and not found.remarks and not said
    return 0 if lost and TABLE.remark_wanted[reason] != denial.id else _GENERAL


def _said(phrase: str, words: frozenset[str]) -> int:
    """How many parts a phrase has, where each of them begins a word of the text; else 0."""
    parts = [part.strip("()").lower().split("|") for part in phrase.split()]
    return len(parts) if all(any(_begins(stem, word) for stem in part for word in words) for part in parts) else 0


def _begins(stem: str, word: str) -> bool:
    """Whether a word begins with a stem; a short number is a whole word, so that 25 is no 2."""
    return word == stem if stem.isdigit() and len(stem) < CODE_LENGTH else word.startswith(stem)


def _words(text: str) -> frozenset[str]:
    lowered = text.lower()
    for written, as_ in TABLE.spelling.items():
        lowered = lowered.replace(written, as_)
    return frozenset(_WORD.findall(lowered))
