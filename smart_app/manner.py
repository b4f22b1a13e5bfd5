"""The manner of an administration: route, technique and MAR action, from codes first and words second.

What the chart says in several places may disagree. Codes and words of the route itself that disagree are a conflict, and the route
stays open; nothing is guessed (rule: flag, do not guess). The tables are routes.toml and methods.toml.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from coding.model import Fact, Quantity
from smart_app.concepts import NO_CONCEPT, Key, words
from smart_app.wordlists import Phrase, table

_ROUTES, _METHODS = table("routes"), table("methods")
_ROUTE_CODES = {code: (entry["route"], entry.get("technique", "")) for entry in _ROUTES["code"] for code in entry["codes"]}
_CATEGORIES = {code: (entry["route"], entry.get("technique", "")) for entry in _ROUTES["category"] for code in entry["codes"]}
_ROUTE_WORDS = tuple((entry["route"], Phrase(entry)) for entry in _ROUTES["word"])
_METHOD_CODES: dict[str, str] = _METHODS["code"]
_METHOD_WORDS = tuple((entry["technique"], Phrase(entry)) for entry in _METHODS["word"])
_AFFIXES = _METHODS["action_affixes"]
_ACTIONS = {says: entry for entry in _METHODS["action"] for says in entry["says"]}
STATUS: dict[str, str] = _METHODS["status"]
_FLUID_ML: int = _METHODS["bolus_is_infusion_from_ml"]

BOLUS = "bolus"
_UNDER_THE_SKIN = ("sc", "im", "id")
# A product name says what the drug is made for, not what was done: "morphine sulfate injection".
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
    for text in (code for _, code, _ in key[1]):
        if text and text.upper() in _CATEGORIES:
            return frozenset((_CATEGORIES[text.upper()][0],))
    return frozenset().union(*(_only(routes_in(text)) for text in _texts(key)))


def _find_route(places: Places) -> tuple[str, str, str]:
    """(route, where it was found, conflict)."""
    own, by_method = _routes_of(places.route), frozenset[str]().union(*map(routes_in, _texts(places.method)))
    if len(own) > 1 or (own and len(by_method) == 1 and own != by_method):
        said = _texts(places.route) + [str(code) for _, code, _ in places.route[1] if code]
        return "", "", " / ".join(dict.fromkeys(said + (_texts(places.method) if len(own) == 1 else [])))
    if own:
        return next(iter(own)), "", ""
    for where, found in (
        ("category", _category_route(places.category)),
        ("method", by_method),
        ("dosage text", routes_in(places.dosage)),
        ("order", _routes_of(places.order_route)),
        ("order text", routes_in(places.order)),
        ("medication", routes_in(places.medication)),
    ):
        if len(found) == 1:
            return next(iter(found)), where, ""
    return "", "", ""


def _hint(key: Key, codes: dict[str, tuple[str, str]]) -> str:
    return next((codes[code.upper()][1] for _, code, _ in key[1] if code and code.upper() in codes), "")


def _by_words(key: Key) -> str:
    found = [technique_in(text) for text in _texts(key)]
    return next((one for one in found if one and one != BOLUS), BOLUS if BOLUS in found else "")


def _find_technique(places: Places, by_action: str) -> tuple[str, str]:
    """(technique, where it was found); a plain bolus only where nothing says more."""
    coded = next((_METHOD_CODES[code] for _, code, _ in places.method[1] if code and code in _METHOD_CODES), "")
    by_name = technique_in(places.medication)
    weak = ("", "")
    for where, found in (
        ("", _by_words((places.method[0], ()))),
        ("", coded),
        ("", _by_words(places.method)),
        ("", by_action),
        ("route", _by_words((places.route[0], ()))),
        ("route", _hint(places.route, _ROUTE_CODES)),
        ("route", _by_words(places.route)),
        ("category", _hint(places.category, _CATEGORIES)),
        ("category", _by_words(places.category)),
        ("dosage text", technique_in(places.dosage)),
        ("medication", "" if by_name in _NOT_FROM_A_NAME else by_name),
        ("order text", technique_in(places.order)),
    ):
        if found and found != BOLUS:
            return found, where
        if found and not weak[0]:
            weak = found, where
    return weak


def _fit(technique: str, route: str) -> str:
    """The technique as it is called by that route."""
    if route in _UNDER_THE_SKIN:
        if technique in ("push", BOLUS):
            return "injection"
        return "infusion" if technique == "pump" and route == "sc" else technique
    if technique == "injection" and route == "iv":
        # Into a vein "inject" may be a push or an infusion: the code alone does not tell.
        return ""
    return "" if route in ("po", "topical", "inhaled") else technique


@lru_cache(maxsize=32_768)
def read_manner(places: Places) -> Manner:
    """The manner that the places tell; facts name a place other than the usual one: route-from, technique-from, route-conflict."""
    role = status = by_action = ""
    for text in _texts(places.method):
        role, status, by_action = action_in(text)
        if role or status or by_action:
            break
    route, where, conflict = _find_route(places)
    if conflict:
        return Manner("", "", conflict, role, status, (Fact("route-conflict", conflict),))
    technique, place = _find_technique(places, by_action)
    technique = _fit(technique, route)
    facts = ()
    if where:
        facts += (Fact("route-from", where),)
    if technique and place:
        facts += (Fact("technique-from", place),)
    return Manner(route, technique, "", role, status, facts)


def settle_bolus(technique: str, dose: Quantity | None) -> str:
    """A bolus is a push, unless its volume says that a fluid was run in."""
    if technique != BOLUS:
        return technique
    return "infusion" if dose is not None and dose.unit == "mL" and dose.value >= _FLUID_ML else "push"
