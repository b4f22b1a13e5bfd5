"""Numbers of a denial in a text: claim adjustment reason codes (CARC) and remittance advice remark codes (RARC), known or not."""

from __future__ import annotations

import re
from typing import NamedTuple

from coding.denial_table import TABLE

# A biller types C0-97 and 0A-18 too.
_GROUP = r"C[O0]|[O0]A|PR|PI|CR"
_SPOKEN = r"(?:reason|denial|remark|adjustment|group)(?:\s+(?:reason|code))*"
_LISTS = r"CARC|RARC|ANSI|(?:reason|denial|remark|adjustment)\s+(?:reason\s+)?code"
_COUNTED = r"\s*(?:units?|hours?|hrs?|min\w*|lines?|x\b|drugs?|times|push\w*|bags?|claims?|codes?|days?|doses?|visits?|m[gl]\b|%)"
_REASON = r"(\d{1,3}|[ABPWY]\d{1,2})\b(?![.-]\d)"
# "CO-151 units" is a reason and what it is about; "PR 650 mg" is a dose by another way, "denial 4 units" a count.
_DOSE = r"(?:(?<=\s\d)|(?<=\s\d\d)|(?<=\s\d\d\d))\s*(?:m[gl]|mcg|%)(?!\w)"
_FIRSTS = (
    re.compile(rf"\b(?:{_GROUP}|{_LISTS})\W{{0,3}}{_REASON}(?!{_DOSE})", re.IGNORECASE),
    re.compile(rf"\b{_SPOKEN}\W{{0,3}}{_REASON}(?!{_COUNTED})", re.IGNORECASE),
)
# "code 16" by itself may mean anything, so it counts only where something speaks of a denial.
_CALLED_CODE = re.compile(rf"(?<!modifier )\bcode\W{{0,3}}{_REASON}(?!{_COUNTED})", re.IGNORECASE)
# "CO-97/236", "CO-4 and 16": but not "CO-97, 4 units", nor the modifier of "CO-4 and 59".
_NEXT = re.compile(
    rf"\s*(?:/\s*|(?:,|\+|and|&)\s*(?!(?:25|5[1-39]|7[3467])\b))(?:(?:{_GROUP})\W?)?{_REASON}"
    r"(?=\s*(?:$|[^\w\s]|(?:on|for|and|with|was|is|denied|denial|reject\w*|remarks?|rarc|MA?\d+|N\d+)\b))",
    re.IGNORECASE,
)
_REMARK = re.compile(r"(?<![\w.])((?:MA|M|N)\d{1,3})\b(?!\.\d)", re.IGNORECASE)
# M80, N20 and N390 are diagnosis codes too: they are remark codes only where something speaks of a denial.
_LIKE_DIAGNOSIS = re.compile(r"[MN]\d\d?|N(?:179|186|390)", re.IGNORECASE)
_OF_A_DENIAL = re.compile(
    r"\b(?:rarc|remarks?|code|den(?:ied|ial|iel)|reject\w*|payer|paid|not covered|bundled)\b", re.IGNORECASE
)
_DIAGNOSIS_BEFORE = re.compile(r"\b(?:for|dx|icd|icd-?10|diagnos[ie]s|diagnosed with)\W*$", re.IGNORECASE)
# 1, 2 and 3 by themselves are counts, not reason codes.
_BARE = re.compile(r"\b(\d{2,3}|[4-9]|[AB]\d{1,2})\b", re.IGNORECASE)
_ORDINARY = re.compile(
    r"\b(?:on|for|with|and|the|a|an|our|line|claim|code|was|is|got|denied|denial|rejected|rejection)\b|\W"
)
_REASONS = frozenset(code for one in TABLE.denials for code in one.carc)
_REMARKS = frozenset(code for one in TABLE.denials for code in one.rarc)


class Numbers(NamedTuple):
    """Numbers of a denial. unknown: those that the table does not have ("RARC N382"). written: one stands there in a form that
    means a denial and nothing else, such as CO-97 or RARC N822."""

    reasons: frozenset[str] = frozenset()
    remarks: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    written: bool = False

    @property
    def known(self) -> tuple[str, ...]:
        """("CARC 16", "RARC N822")."""
        return (*(f"CARC {code}" for code in sorted(self.reasons)), *(f"RARC {code}" for code in sorted(self.remarks)))


def numbers(text: str, named: bool) -> Numbers:
    """The numbers of a text that holds no billing codes any more. named: it held some."""
    reasons = _reasons(text)
    sure = bool(reasons or named or _OF_A_DENIAL.search(text) or _is_bare(text))
    remarks = _remarks(text, sure)
    lost = remarks - _REMARKS if reasons or _OF_A_DENIAL.search(text) or _is_bare(text) else frozenset[str]()
    unknown = (*(f"CARC {code}" for code in sorted(reasons - _REASONS)), *(f"RARC {code}" for code in sorted(lost)))
    plain = any(not _LIKE_DIAGNOSIS.fullmatch(code) for code in remarks)
    written = bool(reasons or plain or (remarks and _OF_A_DENIAL.search(text)))
    if not reasons and _is_bare(text):
        reasons = _stripped(_BARE.findall(_REMARK.sub(" ", text)))
    return Numbers(reasons & _REASONS, remarks & _REMARKS, unknown, written)


def _remarks(text: str, sure: bool) -> frozenset[str]:
    return frozenset(
        found[1].upper()
        for found in _REMARK.finditer(text)
        if (sure or not _LIKE_DIAGNOSIS.fullmatch(found[1])) and not _DIAGNOSIS_BEFORE.search(text, 0, found.start())
    )


def _reasons(text: str) -> frozenset[str]:
    found: list[str] = []
    firsts = [hit for pattern in _FIRSTS for hit in pattern.finditer(text)]
    if firsts or _OF_A_DENIAL.search(re.sub(r"\bcode\b", " ", text, flags=re.IGNORECASE)):
        firsts += _CALLED_CODE.finditer(text)
    for first in firsts:
        found.append(first[1])
        end = first.end()
        while following := _NEXT.match(text, end):
            found.append(following[1])
            end = following.end()
    return _stripped(found)


def _stripped(found: list[str]) -> frozenset[str]:
    return frozenset(code.upper().lstrip("0") for code in found) - {""}


def _is_bare(text: str) -> bool:
    """Whether nothing but numbers is said: only then is a number without a prefix a reason code."""
    return not _ORDINARY.sub("", _BARE.sub(" ", _REMARK.sub(" ", text)).lower())
