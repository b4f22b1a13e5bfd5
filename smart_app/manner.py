"""The manner of an administration: route, technique and MAR action, from codes first and words second.

What the chart says in several places may disagree. Codes and words of the route itself that disagree are a conflict, and the route
stays open; nothing is guessed (rule: flag, do not guess). The tables are routes.toml and methods.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from coding.model import Fact, Quantity
from smart_app.concepts import NO_CONCEPT, Key, words
from smart_app.wordlists import Phrase, table

_ROUTES, _METHODS = table("routes"), table("methods")
_ROUTE_CODES = {
    code: (entry["route"], entry.get("technique", "")) for entry in _ROUTES["code"] for code in entry["codes"]
}
_CATEGORIES = {
    code: (entry["route"], entry.get("technique", "")) for entry in _ROUTES["category"] for code in entry["codes"]
}
_ROUTE_WORDS = tuple((entry["route"], Phrase(entry)) for entry in _ROUTES["word"])
_METHOD_CODES: dict[str, str] = _METHODS["code"]
_METHOD_WORDS = tuple((entry["technique"], Phrase(entry)) for entry in _METHODS["word"])
_AFFIXES = _METHODS["action_affixes"]
_NOT_GIVEN = re.compile(_METHODS["not_given"], re.IGNORECASE)
_ACTIONS = {says: entry for entry in _METHODS["action"] for says in entry["says"]}
STATUS: dict[str, str] = _METHODS["status"]
_FLUID_ML: int = _METHODS["bolus_is_infusion_from_ml"]

BOLUS = "bolus"
_UNDER_THE_SKIN = ("sc", "im", "id")
_NO_TECHNIQUE = ("po", "topical", "inhaled")
# A product name says what the drug is made for, not what was done: "morphine sulfate injection".
# A note speaks of many things; only these say how this drug went in.
_FROM_A_NOTE = ("infusion", "push", "pump", "pca")
_NOT_FROM_A_NAME = ("injection", "transfusion", "instillation")


class Manner(NamedTuple):
    """route and technique as in model.Administration; conflict: the words that disagree, or "".

    role: what a MAR action does to a run (start stop rate pause resume verify), or "". status: what it makes of the row, or "".
    """

    route: str = ""
    technique: str = ""
    conflict: str = ""
    role: str = ""
    status: str = ""
    facts: tuple[Fact, ...] = ()


class Places(NamedTuple):
    """Everything in a chart that may tell the manner, best first within each question."""

    route: Key = NO_CONCEPT
    method: Key = NO_CONCEPT
    category: Key = NO_CONCEPT
    dosage: str = ""
    order_route: Key = NO_CONCEPT
    order: str = ""
    medication: str = ""
    note: str = ""


@lru_cache(maxsize=32_768)
def routes_in(text: str) -> frozenset[str]:
    """Every route that a text names."""
    return frozenset(route for route, phrase in _ROUTE_WORDS if phrase.find(text))


@lru_cache(maxsize=32_768)
def technique_in(text: str) -> str:
    """The technique that a text names, "bolus" where that is all it says, or ""."""
    return next((technique for technique, phrase in _METHOD_WORDS if phrase.find(text)), "")


@lru_cache(maxsize=8_192)
def action_in(text: str) -> tuple[str, str, str]:
    """(role, status, technique) of the MAR action that a text is, each "" where it is none."""
    plain = " ".join(text.lower().split())
    for start in _AFFIXES["before"]:
        plain = plain.removeprefix(start)
    for end in _AFFIXES["after"]:
        plain = plain.removesuffix(end)
    for part in (plain, *plain.replace(":", " - ").split(" - ")):
        entry = _ACTIONS.get(part.strip(" .()"))
        if entry:
            return entry.get("role", ""), entry.get("status", ""), entry.get("technique", "")
    if _NOT_GIVEN.search(plain):
        return "", "not-given", ""
    return "", "", ""


def _texts(key: Key) -> list[str]:
    """The words of a concept: text, displays, and codes that are words themselves."""
    text, codings = key
    found = [words(text)] if text else []
    for _, code, display in codings:
        if display:
            found.append(words(display))
        elif code and not code.isdigit():
            found.append(words(code))
    return found


def _routes_of(key: Key) -> frozenset[str]:
    """Every route that a route concept names, by codes, displays and text."""
    found: set[str] = set()
    for _, code, display in key[1]:
        if code and code.upper() in _ROUTE_CODES:
            found.add(_ROUTE_CODES[code.upper()][0])
        elif code and not display:
            found |= _only(routes_in(code))
        if display:
            found |= _only(routes_in(display))
    if key[0]:
        found |= _only(routes_in(key[0]))
    return frozenset(found)


def _only(found: frozenset[str]) -> frozenset[str]:
    # A text that names two routes ("PO/IV") decides nothing.
    return found if len(found) == 1 else frozenset()


def _category_route(key: Key) -> frozenset[str]:
    for text in _texts(key):
        if text.upper() in _CATEGORIES:
            return frozenset((_CATEGORIES[text.upper()][0],))
    return frozenset().union(*(_only(routes_in(text)) for text in _texts(key)))


def _conflict(route: Key, method: Key) -> str:
    """The words that name different routes, or ""."""
    own, by_method = _routes_of(route), _method_routes(method)
    clash = bool(own) and len(by_method) == 1 and own != by_method
    if len(own) < 2 and not clash:
        return ""
    said = _texts(route) + [str(code) for _, code, _ in route[1] if code] + (_texts(method) if clash else [])
    return " / ".join(dict.fromkeys(said))


def _method_routes(key: Key) -> frozenset[str]:
    return frozenset[str]().union(*map(routes_in, _texts(key)))


def _routes(places: Places) -> Iterator[tuple[str, frozenset[str]]]:
    """(place, routes named there), the best place first."""
    yield "", _routes_of(places.route)
    yield "category", _category_route(places.category)
    yield "method", _method_routes(places.method)
    yield "dosage text", routes_in(places.dosage)
    yield "order", _routes_of(places.order_route)
    yield "order text", routes_in(places.order)
    yield "medication", routes_in(places.medication)


def _by_words(key: Key) -> str:
    found = [technique_in(text) for text in _texts(key)]
    return next((one for one in found if one and one != BOLUS), BOLUS if BOLUS in found else "")


def _techniques(places: Places, by_action: str) -> Iterator[tuple[str, str]]:
    """(place, technique named there), the best place first."""
    method, route, category = places.method, places.route, places.category
    yield "", _by_words((method[0], ()))
    yield "", next((_METHOD_CODES[code] for _, code, _ in method[1] if code and code in _METHOD_CODES), "")
    yield "", _by_words(method)
    yield "", by_action
    yield "route", _by_words((route[0], ()))
    yield (
        "route",
        next((_ROUTE_CODES[code.upper()][1] for _, code, _ in route[1] if code and code.upper() in _ROUTE_CODES), ""),
    )
    yield "route", _by_words(route)
    yield (
        "category",
        next((_CATEGORIES[text.upper()][1] for text in _texts(category) if text.upper() in _CATEGORIES), ""),
    )
    yield "category", _by_words(category)
    yield "dosage text", technique_in(places.dosage)
    by_name = technique_in(places.medication)
    yield "medication", "" if by_name in _NOT_FROM_A_NAME else by_name
    yield "order text", technique_in(places.order)
    by_note = technique_in(places.note)
    yield "note", by_note if by_note in _FROM_A_NOTE else ""


def _fit(technique: str, route: str) -> str:
    """The technique as it is called by that route, or "" where it tells nothing there."""
    if route in _UNDER_THE_SKIN:
        if technique in ("push", BOLUS):
            return "injection"
        return "infusion" if technique == "pump" and route == "sc" else technique
    if route == "iv":
        # Into a vein "inject" may be a push or an infusion: the word alone does not tell.
        return "" if technique == "injection" else technique
    return "" if route in _NO_TECHNIQUE else technique


def _action(method: Key) -> tuple[str, str, str]:
    return next((action for action in map(action_in, _texts(method)) if any(action)), ("", "", ""))


@lru_cache(maxsize=8_192)
def _plain_manner(route: Key, method: Key) -> Manner | None:
    """The manner where dosage.route and dosage.method tell all of it, else None."""
    return _settled(Places(route, method), only_own=True)


@lru_cache(maxsize=32_768)
def _any_manner(places: Places) -> Manner:
    return _settled(places, only_own=False) or Manner()


def _settled(places: Places, only_own: bool) -> Manner | None:
    role, status, by_action = _action(places.method)
    conflict = _conflict(places.route, places.method)
    if conflict:
        return Manner("", "", conflict, role, status, (Fact("route-conflict", conflict),))
    where, route = next(((place, next(iter(found))) for place, found in _routes(places) if len(found) == 1), ("", ""))
    place, technique, weak = "", "", ("", "")
    for where_said, found in _techniques(places, by_action):
        fitted = _fit(found, route)
        if fitted == BOLUS:
            weak = weak if weak[1] else (where_said, fitted)
        elif fitted:
            place, technique = where_said, fitted
            break
    else:
        place, technique = weak
    if only_own and (where or place or not route or technique in ("", BOLUS)):
        return None
    facts: tuple[Fact, ...] = (Fact("route-from", where),) if where else ()
    if technique and place:
        facts += (Fact("technique-from", place),)
    return Manner(route, technique, "", role, status, facts)


def read_manner(places: Places) -> Manner:
    """The manner that the places tell; facts name a place other than the usual one: route-from, technique-from, route-conflict."""
    return _plain_manner(places.route, places.method) or _any_manner(places)


def settle_bolus(technique: str, dose: Quantity | None) -> str:
    """A bolus is a push, unless its volume says that a fluid was run in."""
    if technique != BOLUS:
        return technique
    return "infusion" if dose is not None and dose.unit == "mL" and dose.value >= _FLUID_ML else "push"
