"""The denials that the table knows, and which of them a biller means by a number or by words. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import MappingProxyType
from typing import NamedTuple

from coding.codes import CODES
from coding.denial_facts import covers
from coding.drugs import by_hcpcs
from coding.rules import CARDS, PROBLEMS, TableError, fields, read_table, tables

NAME = "denials.toml"
_NUMBER = 100  # more than any phrase has parts
ADMINISTRATION, DRUG, OUTSIDE = "administration", "drug", "outside"

_PREFIX = r"(?:CO|OA|PR|PI|CR|CARC|RARC|ANSI|(?:reason|denial|remark|adjustment|group)(?:\s+(?:reason|code))*|code)"
_FIRST = re.compile(rf"\b{_PREFIX}\W{{0,3}}(\d{{1,3}}|[AB]\d{{1,2}})\b(?!\.\d)", re.IGNORECASE)
# "CO-97/236", "CO-4 and 16": but not "CO-97, 4 units".
_NEXT = re.compile(
    r"\s*(?:/|,|\+|and|&)\s*(?:CO|OA|PR|PI)?\W?(\d{1,3}|[AB]\d{1,2})\b(?!\s*(?:units?|hours?|min|lines?|x\b|drugs?|times|push|bags?|\.\d))",
    re.IGNORECASE,
)
_REMARK = re.compile(r"(?<![\w.])((?:MA|M|N)\d{1,3})\b(?!\.\d)", re.IGNORECASE)
# M80 and N20 are diagnosis codes too: they are remark codes only where something speaks of a denial.
_LIKE_DIAGNOSIS = re.compile(r"[MN]\d\d", re.IGNORECASE)
_OF_A_DENIAL = re.compile(
    r"\b(?:rarc|remarks?|code|den(?:ied|ial)|reject\w*|payer|paid|not covered|bundled)\b", re.IGNORECASE
)
_DIAGNOSIS_BEFORE = re.compile(r"\b(?:for|dx|icd|icd-?10|diagnos[ie]s|diagnosed with)\W*$", re.IGNORECASE)
_BARE = re.compile(r"\b(\d{1,3}|[AB]\d{1,2})\b", re.IGNORECASE)
_ORDINARY = re.compile(
    r"\b(?:on|for|with|and|the|a|an|our|line|claim|code|was|is|got|denied|denial|rejected|rejection)\b|\W"
)
_BILLED_CODE = re.compile(r"\b(\d{5}|[A-Z]\d{4})\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")


class Denial(NamedTuple):
    """One pattern of denial, as the table's first lines explain.

    Set in reading: named: billing codes that the biller named; numbers: of the denial ("CARC 16", "RARC N822").
    """

    id: str
    title: str
    about: str
    means: str
    rulebook: str
    supported: str
    unsupported: str
    seen: str
    carc: tuple[str, ...] = ()
    rarc: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    least: int = 1
    findings: tuple[str, ...] = ()
    unproved: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    argument: str = ""
    named: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


class Open(NamedTuple):
    """Problems by what they leave open; the table explains each."""

    visit: tuple[str, ...]
    fluid: tuple[str, ...]
    drug: tuple[str, ...]
    may_change: tuple[str, ...]
    told: tuple[str, ...]
    by_name: tuple[str, ...]
    readable: tuple[str, ...]


def _load() -> tuple[tuple[Denial, ...], Open, dict[str, str], dict[str, tuple[str, ...]]]:
    table = read_table(tables().joinpath(NAME).read_text("utf-8"), NAME)
    rows, spelling, names = table["denial"], table["spelling"], table["names"]
    if not isinstance(rows, list) or not isinstance(spelling, dict) or not isinstance(names, dict):
        raise TableError(f"{NAME}: [[denial]] tables, [spelling] and [names] are wanted")
    found = []
    for row in rows:
        where = str(row.get("id", "a denial without id")) if isinstance(row, dict) else "a denial"
        found.append(Denial(**fields(row, Denial, NAME, where, given=("named", "numbers"))))  # type: ignore[arg-type]
        _check(found[-1], where)
    if len({one.id for one in found}) < len(found):
        raise TableError(f"{NAME}: an id stands twice")
    left_open = Open(**fields(table["problems"], Open, NAME, "problems"))  # type: ignore[arg-type]
    _known({code for group in left_open[:-1] for code in group}, PROBLEMS, "problems")
    return (
        tuple(found),
        left_open,
        {str(word): str(as_) for word, as_ in spelling.items()},
        {str(word): tuple(codes) for word, codes in names.items()},
    )


def _check(denial: Denial, where: str) -> None:
    _known(denial.cards, CARDS, where)
    _known(denial.unproved, PROBLEMS, where)
    if denial.about not in (ADMINISTRATION, DRUG, OUTSIDE):
        raise TableError(f"{NAME}: {where}: about is {denial.about!r}")
    if denial.about != OUTSIDE and not (denial.codes and denial.supported and denial.argument):
        raise TableError(f"{NAME}: {where}: codes, supported and argument are wanted where the chart can answer")


def _known(values: Iterable[str], known: Iterable[str], where: str) -> None:
    for value in values:
        if value not in known:
            raise TableError(f"{NAME}: {where}: unknown: {value}")


_ROWS, OPEN, _SPELLING, _NAMES = _load()
DENIALS = MappingProxyType({one.id: one for one in _ROWS})
_REASONS = frozenset(code for one in _ROWS for code in one.carc)
_REMARKS = frozenset(code for one in _ROWS for code in one.rarc)


def read_denial(text: str) -> tuple[Denial, ...]:
    """The denials that a text means, by number in any usual writing or by words; empty where none fits.

    One number can mean several patterns: all that fit equally well are given, in the order of the table.

    >>> [one.id for one in read_denial("CO-29")]
    ['too-late']
    >>> [one.id for one in read_denial("CARC B15, N122 on 96366")]
    ['add-on-without-primary']
    >>> read_denial("CO-999")
    ()
    """
    named = tuple(dict.fromkeys(code.upper() for code in _BILLED_CODE.findall(text) if _is_billed(code.upper())))
    words = _words(text)
    named = named or tuple(dict.fromkeys(code for word, codes in _NAMES.items() if word in words for code in codes))
    rest = _BILLED_CODE.sub(" ", text)
    reasons = _reasons(rest)
    sure = bool(reasons or named or _OF_A_DENIAL.search(rest) or _is_bare(rest))
    remarks = _remarks(rest, sure)
    weighed = [(_fit(one, reasons, remarks, named, words), one) for one in _ROWS]
    best = max((fit for fit, _ in weighed), default=0)
    numbers = (*(f"CARC {code}" for code in sorted(reasons)), *(f"RARC {code}" for code in sorted(remarks)))
    return tuple(one._replace(named=named, numbers=numbers) for fit, one in weighed if best and fit == best)


def _is_billed(code: str) -> bool:
    return code in CODES or bool(by_hcpcs(code)) or code.startswith("99") or code == "G0463"


def _fit(
    denial: Denial, reasons: frozenset[str], remarks: frozenset[str], named: tuple[str, ...], words: frozenset[str]
) -> int:
    """How well a row fits, 0 for not at all. Numbers outweigh words; words and named codes choose among rows of one number."""
    said = max((_said(phrase, words) for phrase in denial.words), default=0)
    if not reasons and not remarks:
        return said
    numbers = bool(remarks & set(denial.rarc)) + bool(reasons & set(denial.carc))
    denied = denial.denied if denial.least == 1 else ()
    usual = 2 if any(covers(denied, code) for code in named) else any(covers(denial.codes, code) for code in named)
    return _NUMBER * numbers + said + usual if numbers else 0


def _said(phrase: str, words: frozenset[str]) -> int:
    """How many parts a phrase has, where each of them begins a word of the text; else 0."""
    parts = [part.strip("()").lower().split("|") for part in phrase.split()]
    return len(parts) if all(any(word.startswith(stem) for stem in part for word in words) for part in parts) else 0


def _words(text: str) -> frozenset[str]:
    lowered = text.lower()
    for written, as_ in _SPELLING.items():
        lowered = lowered.replace(written, as_)
    return frozenset(_WORD.findall(lowered))


def _remarks(text: str, sure: bool) -> frozenset[str]:
    return frozenset(
        found[1].upper()
        for found in _REMARK.finditer(text)
        if found[1].upper() in _REMARKS
        and (sure or not _LIKE_DIAGNOSIS.fullmatch(found[1]))
        and not _DIAGNOSIS_BEFORE.search(text, 0, found.start())
    )


def _reasons(text: str) -> frozenset[str]:
    found: set[str] = set()
    for first in _FIRST.finditer(text):
        found.add(first[1].upper())
        end = first.end()
        while following := _NEXT.match(text, end):
            found.add(following[1].upper())
            end = following.end()
    if not found and _is_bare(text):
        found = {code.upper() for code in _BARE.findall(_REMARK.sub(" ", text))}
    return frozenset(code.lstrip("0") for code in found) & _REASONS


def _is_bare(text: str) -> bool:
    """Whether nothing but numbers is said: only then is a number without a prefix a reason code."""
    return not _ORDINARY.sub("", _BARE.sub(" ", _REMARK.sub(" ", text)).lower())
