"""Which denials a person means by numbers or by words, and the billing codes and units named beside them. Nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from coding.codes import CODES
from coding.denial_facts import covers
from coding.denial_numbers import Numbers, numbers
from coding.denial_table import OUTSIDE, TABLE, Denial
from coding.denial_words import asked_about, parts_said, words_of
from coding.drugs import by_hcpcs

_NUMBER = 100  # more than any phrase has parts
_SURE, _GENERAL = 2, 1  # what a number counts; one that always wants a remark code beside it counts less
_BILLED_CODE = re.compile(r"\b(\d{5}|[A-Z]\d{4})\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:den(?:y|ied|ies|ial|iel)|reject|unpaid\b|not paid\b)", re.IGNORECASE)
_PLACE = "§"  # stands where a billing code stood, so that what follows it is not read as next to what came before
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
    codes = [(hit[1].upper(), *hit.span()) for hit in _BILLED_CODE.finditer(text) if _is_billed(hit[1].upper())]
    written = asked_about(text, codes)
    words = words_of(text)
    named = written or tuple(
        dict.fromkeys(code for word, codes in TABLE.names.items() if word in words for code in codes)
    )
    found = numbers(_BILLED_CODE.sub(_PLACE, text), bool(named))
    weighed = [(1, one) for one in titled] or [(_fit(one, found, named, words), one) for one in TABLE.denials]
    if not titled:
        weighed = _of_drugs(weighed, named)
    best = max((fit for fit, _ in weighed), default=0)
    if not best and named and not found.unknown and _DENIED.search(text):
        best, weighed = 1, [(1, one) for one in TABLE.denials if one.id == TABLE.remark_wanted["A1"]]
    chosen = [one for fit, one in weighed if best and fit == best]
    if chosen and all(one.about == OUTSIDE for one in chosen):
        chosen += _beside(chosen, weighed, found)
    units = _units(text)
    return Said(
        tuple(
            one._replace(named=named, units=units, numbers=_own(one, chosen, found), unknown=found.unknown)
            for one in chosen
        ),
        found,
    )


def _of_drugs(weighed: list[tuple[int, Denial]], named: tuple[str, ...]) -> list[tuple[int, Denial]]:
    """Where nothing but drugs are named: the rows that can be about them, and those that are about no code in particular."""
    if not named or not all(by_hcpcs(code) for code in named):
        return weighed
    able = [
        (weight, one)
        for weight, one in weighed
        if weight
        and (not one.codes or any(covers(one.codes, code) for code in named) or (one.least == 1 and not one.denied))
    ]
    return able or weighed


def _beside(chosen: list[Denial], weighed: list[tuple[int, Denial]], found: Numbers) -> list[Denial]:
    """Beside rows that no chart can answer: the best rows of a reason that none of them has, as PR-1 and OA-23 stand on one line."""
    more: list[Denial] = []
    for reason in sorted(found.reasons - {code for one in chosen for code in one.carc} - set(TABLE.remark_wanted)):
        rows = [(fit, one) for fit, one in weighed if fit and reason in one.carc]
        best = max((fit for fit, _ in rows), default=0)
        more += [one for fit, one in rows if fit == best and one not in more]
    return more


def _own(denial: Denial, chosen: list[Denial], found: Numbers) -> tuple[str, ...]:
    """The numbers of a text, without the reasons that are another chosen row's and not this one's."""
    others = {code for one in chosen for code in one.carc} - set(denial.carc)
    if not set(denial.carc) & found.reasons:
        return found.known
    return found._replace(reasons=found.reasons - others).known


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


def _fit(denial: Denial, found: Numbers, named: tuple[str, ...], words: tuple[str, ...]) -> int:
    """How well a row fits, 0 for not at all. Numbers outweigh words; words and named codes choose among rows of one number."""
    said = max((parts_said(phrase, words) for phrase in denial.words), default=0)
    if not found.reasons and not found.remarks:
        return said
    drugs = set(denial.drug_numbers) if any(by_hcpcs(code) for code in named) else set()
    weights = [_weight(reason, denial, found, said) for reason in found.reasons & {*denial.carc, *drugs}]
    fits = _SURE * bool(found.remarks & {*denial.rarc, *drugs}) + max(weights, default=0)
    denied = denial.denied if denial.least == 1 else ()
    usual = 2 if any(covers(denied, code) for code in named) else any(covers(denial.codes, code) for code in named)
    return _NUMBER * fits + said + usual if fits else 0


def _weight(reason: str, denial: Denial, found: Numbers, said: int) -> int:
    """What a reason counts for a row: a remark that is not known could mean anything, so only the general row is left."""
    if reason not in TABLE.remark_wanted:
        return _SURE
    lost = any(one.startswith("RARC") for one in found.unknown) and not found.remarks and not said
    return 0 if lost and TABLE.remark_wanted[reason] != denial.id else _GENERAL
