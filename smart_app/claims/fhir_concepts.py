"""What the concepts of a FHIR claim say: its codes, modifiers, NDC, diagnoses and places."""

from __future__ import annotations

from typing import Any

from smart_app.claims.fields import Unreadable, code_of, dotted, modifiers_of, shown
from smart_app.wordlists import table

Element = dict[str, Any]
_SYSTEMS = table("systems")
_CODES = frozenset((*_SYSTEMS["cpt"], *_SYSTEMS["hcpcs"]))
_NDC = frozenset(_SYSTEMS["ndc"])
_PLACE = "place-of-service"


def words_of(concept: object) -> list[str]:
    """The codes and words of a CodeableConcept, in small letters."""
    if not isinstance(concept, dict):
        return []
    found = [str(one.get("code", "")) for one in codings(concept)]
    return [word.casefold() for word in (*found, str(concept.get("text", "")))]


def display(reference: object, resources: list[Element], holder: Element) -> str:
    """What an organization is called: beside its reference, or in the resource to which that points."""
    if not isinstance(reference, dict):
        return ""
    if isinstance(reference.get("display"), str):
        return str(reference["display"])
    target = str(reference.get("reference", "")).lstrip("#").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    for one in (*resources, *listed(holder.get("contained"))):
        if isinstance(one, dict) and one.get("resourceType") == "Organization" and one.get("id") == target:
            return str(one.get("name", ""))
    return ""


def coded_as(concept: object) -> str:
    """The CPT or HCPCS code of a concept: by its system, else by its shape where no system is given."""
    for wanted in (_CODES, (None, "")):
        for coding in codings(concept):
            said = coding.get("code")
            if coding.get("system") in wanted and isinstance(said, str) and len(said.strip()) == 5:
                try:
                    return code_of(said)
                except Unreadable:
                    continue
    return ""


def modifier_of(said: object) -> list[str]:
    """The modifier of a concept; several codings of it are writings of one."""
    if isinstance(said, str):
        return list(modifiers_of(said))
    if not isinstance(said, dict):
        raise Unreadable("one of its modifiers has no code")
    codes = [one["code"] for one in codings(said) or [said] if isinstance(one.get("code"), str)]
    text = said.get("text")
    codes = [code for code in codes if len(code.strip()) == 2] or codes or ([text] if isinstance(text, str) else [])
    found = list(dict.fromkeys(map(modifiers_of, codes)))
    if len(found) > 1:
        raise Unreadable(f"one of its modifiers has several codes: {', '.join(map(shown, codes))}")
    if not found or not found[0]:
        raise Unreadable("one of its modifiers has no code")
    return list(found[0])


def ndc_in(concept: object) -> str:
    return next((str(one["code"]) for one in codings(concept) if one.get("system") in _NDC and one.get("code")), "")


def icd10(concept: object) -> list[str]:
    return [
        dotted(str(one["code"]).upper())
        for one in codings(concept)
        if "icd-10" in str(one.get("system", "")) and one.get("code")
    ]


def short_codes(concept: object) -> list[str]:
    return [
        str(one["code"]).strip().upper()
        for one in codings(concept)
        if isinstance(one.get("code"), str) and len(one["code"].strip()) == 2
    ]


def place_of(item: Element) -> str:
    for coding in codings(item.get("locationCodeableConcept")):
        system, said = str(coding.get("system", "")).casefold(), coding.get("code")
        if _PLACE in system.replace("_", "-") and isinstance(said, str) and len(said) == 2 and said.isdigit():
            return said
    return ""


def codings(concept: object) -> list[Element]:
    found = concept.get("coding") if isinstance(concept, dict) else None
    return [one for one in listed(found) if isinstance(one, dict)]


def listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
