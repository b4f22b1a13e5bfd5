"""Coverage resources -> the payer whose policy applies, where the chart says so without doubt. Never a guess between two.

each Coverage: active, on the day, of the patient ──▶ the first by order ──▶ its words and codes ──▶ a payer of coding.policy
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from coding.policy import payers
from smart_app.concepts import concept_codes, concept_key, concept_words, each, first, words
from smart_app.fhir_times import UNREADABLE, read_time
from smart_app.references import MALFORMED, Resource
from smart_app.wordlists import either, table

_TABLE = table("payers")
_SAID_NOTHING = "The Coverage names no payer in words or codes that are known here."
_COUNTED = ("active", "")
# Benefits of their own, which do not pay for an infusion in a clinic.
_OTHER_BENEFITS = re.compile(r"\b(?:dental|vision|pharmacy|prescription|rx)\b(?! and)|\bpart\s*d\b", re.IGNORECASE)
_OTHER_TYPES = frozenset({"DENTPRG", "DENTAL", "VISPOL", "DRUGPOL", "EYE", "LIFE", "DIS", "LTC"})


class _Kind(NamedTuple):
    means: str
    say: re.Pattern[str]
    codes: frozenset[str]
    kind: str = ""
    note: str = ""


def _kinds(rows: list[dict[str, Any]]) -> tuple[_Kind, ...]:
    return tuple(
        _Kind(
            row["means"], either(row["say"]), frozenset(row.get("codes", ())), row.get("kind", ""), row.get("note", "")
        )
        for row in rows
    )


_PLANS, _PAYERS = _kinds(_TABLE["plan"]), _kinds(_TABLE["payer"])


class Payer(NamedTuple):
    """payer: a payer known to coding.policy, or "" where the chart does not say which or none is loaded.

    said: the words of the Coverage. why: how it was read, or why no payer is taken, in one sentence or two.
    """

    payer: str
    said: str
    why: str


class _Read(NamedTuple):
    id: str
    order: int | None
    said: str
    texts: tuple[str, ...]
    codes: frozenset[str]


def payer_of(resources: Iterable[Resource], day: str = "", patient: str = "") -> Payer:
    """The payer of a chart by its Coverage. day: date of service (ISO), to leave out what had ended. patient: id, to leave out others'."""
    resources = list(resources)
    by_key = {f"{one.get('resourceType')}/{one.get('id')}": one for one in resources if isinstance(one, dict)}
    found: list[_Read] = []
    left: list[str] = []
    damaged: list[str] = []
    for resource in resources:
        if not isinstance(resource, dict) or resource.get("resourceType") != "Coverage":
            continue
        try:
            why = _left_out(resource, day, patient)
            if why:
                left.append(why)
            else:
                found.append(_read(resource, by_key))
        except MALFORMED:
            damaged.append(f"Coverage {resource.get('id') or 'without id'} is damaged.")
    if not found:
        return Payer("", "", " ".join((*damaged, *left)) or "The chart holds no Coverage.")
    chosen = _chosen(found)
    return chosen._replace(why=" ".join((chosen.why, *damaged)))


def _left_out(resource: Resource, day: str, patient: str) -> str:
    """Why a Coverage does not count, or ""."""
    name = f"Coverage {resource.get('id') or 'without id'}"
    status = words(resource.get("status"))
    if status not in _COUNTED:
        return f"{name} is {status}."
    beneficiary = words(first(resource.get("beneficiary")).get("reference"))
    if patient and beneficiary and beneficiary.split("/_history/")[0].rsplit("/", 1)[-1] != patient:
        return f"{name} is of another patient."
    period = resource.get("period") or {}
    if day and _beyond(words(period.get("start")), day, starts=True):
        return f"{name} begins after the day."
    if day and _beyond(words(period.get("end")), day, starts=False):
        return f"{name} had ended by then."
    type_ = concept_key(first(resource.get("type")))
    said = " ".join(
        (concept_words(type_), *(concept_words(concept_key(first(one.get("type")))) for one in _classes(resource)))
    )
    if {code.upper() for _, code in concept_codes(type_)} & _OTHER_TYPES or _OTHER_BENEFITS.search(
        concept_words(type_)
    ):
        return f"{name} is for {said.strip() or 'another benefit'}, not for the visit."
    return ""


def _beyond(text: str, day: str, starts: bool) -> bool:
    """Whether a bound of a period lies beyond the day; a partial date is taken at its widest."""
    if not text:
        return False
    found = read_time(text)
    if found.kind == UNREADABLE:
        return False
    written = text.strip()[:10]
    return written > day[: len(written)] if starts else written < day[: len(written)]


def _classes(resource: Resource) -> list[dict[str, Any]]:
    return [one for one in each(resource.get("class")) if isinstance(one, dict)]


def _read(resource: Resource, by_key: dict[str, Resource]) -> _Read:
    """What a Coverage says of its payer. payor (R4) or insurer (R5); an Organization beside it lends its name."""
    texts: list[str] = []
    codes: set[str] = set()
    for payor in [*each(resource.get("payor")), *each(resource.get("insurer"))]:
        organization = _organization(payor, resource, by_key)
        identifier = first(payor.get("identifier"))
        texts += [words(payor.get("display")), words(organization.get("name"))]
        texts += [words(alias) for alias in each(organization.get("alias"))]
        texts.append(words(first(identifier.get("assigner")).get("display")))
    for one in _classes(resource):
        texts += [words(one.get("name")), _text(one.get("value"))]
    type_ = concept_key(first(resource.get("type")))
    texts.append(concept_words(type_))
    codes |= {code for _, code in concept_codes(type_)}
    texts = list(dict.fromkeys(one.strip() for one in texts if one and one.strip()))
    order = resource.get("order")
    number = order if isinstance(order, int) and not isinstance(order, bool) and order > 0 else None
    return _Read(words(resource.get("id")), number, "; ".join(texts), tuple(texts), frozenset(codes))


def _organization(payor: dict[str, Any], owner: Resource, by_key: dict[str, Resource]) -> Resource:
    reference = words(payor.get("reference"))
    if reference.startswith("#"):
        inside = (
            one for one in each(owner.get("contained")) if isinstance(one, dict) and one.get("id") == reference[1:]
        )
        return next(inside, {})
    found = by_key.get("/".join(reference.split("/_history/")[0].rsplit("/", 2)[-2:])) if reference else None
    return found if found is not None and found.get("resourceType") == "Organization" else {}


def _text(value: object) -> str:
    """A class value: text in R4, an Identifier in R5."""
    if isinstance(value, dict):
        return words(value.get("value"))
    return value if isinstance(value, str) else ""


def _chosen(found: list[_Read]) -> Payer:
    """The first by order; where the order is silent, the one that they all name, else nobody."""
    said = " | ".join(one.said for one in found if one.said)
    numbered = [one for one in found if one.order is not None]
    if len(found) > 1 and len(numbered) == len(found):
        least = min(one.order for one in numbered if one.order is not None)
        found = [one for one in numbered if one.order == least]
    readings = {_payer(one) for one in found}
    if len({(payer, kind) for payer, kind, _ in readings}) == 1:
        payer, _, why = sorted(readings)[0]
        beside = f" The chart holds more than one Coverage: {said}." if " | " in said else ""
        return Payer(payer, found[0].said, why + beside)
    names = " and ".join(sorted({one.said or "one without words" for one in found}))
    return Payer(
        "",
        said,
        f"Several Coverages are active and their order does not say which pays first: {names}. Choose the payer.",
    )


def _payer(one: _Read) -> tuple[str, str, str]:
    """(payer, kind of plan, why) of one Coverage."""
    plan = next((kind for kind in _PLANS if _says(kind, one)), None)
    named = [kind for kind in _PAYERS if _says(kind, one)]
    if plan is not None:
        others = " and ".join(
            sorted(kind.means for kind in named if kind.means != plan.means and kind.means != "medicare")
        )
        whose = f" of {others}" if others else ""
        end = f" {plan.note}" if plan.means else ", for which no table is loaded. Choose the payer."
        stop = "." if plan.means else ""
        return plan.means, plan.kind, f'The Coverage is {plan.kind}{whose} ("{one.said}"){stop}{end}'
    means = sorted({kind.means for kind in named if kind.means in payers()})
    if len(means) == 1:
        return means[0], "", f'Read from the Coverage: "{one.said}".'
    if means:
        return "", "several", f'The Coverage names {" and ".join(means)} ("{one.said}"). Choose the payer.'
    return "", "", f'{_SAID_NOTHING} It says "{one.said}".' if one.said else _SAID_NOTHING


def _says(kind: _Kind, one: _Read) -> bool:
    return bool(kind.codes & one.codes) or any(kind.say.search(text) for text in one.texts)


def payer_in_words(text: str) -> tuple[str, str]:
    """The payer that a name means, and what must be said beside it: by the words of a Coverage; ("", "") where it means none or several."""
    payer, kind, _ = _payer(_Read("", None, text, (text,), frozenset()))
    return payer, next((plan.note for plan in _PLANS if payer and plan.kind == kind), "")
