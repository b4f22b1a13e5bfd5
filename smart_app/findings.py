"""Conditions and Procedures of a chart, each with the encounter that it names."""

from __future__ import annotations

from typing import Any, NamedTuple

from coding.model import Condition, Procedure
from smart_app.concepts import (
    concept_codes,
    concept_key,
    concept_said,
    concept_words,
    first,
    icd10_codes,
    service_codes,
    words,
)
from smart_app.fhir_times import INSTANT, read_time
from smart_app.references import Resource, Shelf

_NOT_TRUE = ("entered-in-error", "refuted")
_OVER = ("resolved", "inactive")
_NOT_DONE = ("entered-in-error", "not-done", "preparation")


class Finding(NamedTuple):
    """A Condition as read. refused: why it is not used, or "". over: it has ended, which matters where no encounter is named."""

    condition: Condition
    patient: str
    encounter: str
    refused: str
    over: bool


class Done(NamedTuple):
    """A Procedure as read; services: its CPT and HCPCS codes."""

    procedure: Procedure
    patient: str
    encounter: str
    refused: str
    services: tuple[str, ...]


def _reference(resource: Resource) -> str:
    element = resource.get("encounter") or resource.get("context")
    return words(element.get("reference")) if element else ""


def _state(element: Any) -> str:
    if not element:
        return ""
    if element.__class__ is str:
        return str(element)
    codings = element.get("coding")
    return words(codings[0].get("code")) if codings else words(element.get("text"))


def untrue(condition: Resource) -> str:
    """Why a Condition is no diagnosis of the patient (its verification status), or "": whoever refers to it may not use it either."""
    verified = _state(condition.get("verificationStatus"))
    return verified if verified in _NOT_TRUE else ""


def read_condition(shelf: Shelf, name: str, resource: Resource) -> Finding:
    """Reads one Condition. Raises one of references.MALFORMED where its shape is wrong."""
    verified = untrue(resource)
    key = concept_key(first(resource.get("code")))
    codes = icd10_codes(key)
    return Finding(
        Condition(codes[0] if codes else "", concept_said(key), name),
        shelf.patient(resource),
        _reference(resource),
        f"it is marked {verified}" if verified else "",
        _state(resource.get("clinicalStatus")) in _OVER,
    )


def read_procedure(shelf: Shelf, name: str, resource: Resource) -> Done:
    """Reads one Procedure. Raises one of references.MALFORMED where its shape is wrong."""
    status = words(resource.get("status"))
    key = concept_key(first(resource.get("code")))
    services = service_codes(key)
    codes = services or tuple(code for _, code in concept_codes(key))
    period = resource.get("performedPeriod") or resource.get("occurrencePeriod") or {}
    single = resource.get("performedDateTime") or resource.get("occurrenceDateTime")
    done = Procedure(
        name,
        concept_words(key),
        codes[0] if codes else "",
        _instant(period.get("start") or single),
        _instant(period.get("end")),
    )
    return Done(
        done,
        shelf.patient(resource),
        _reference(resource),
        f"it is marked {status}" if status in _NOT_DONE else "",
        services,
    )


def _instant(text: Any) -> int | None:
    found = read_time(text) if text else None
    return found.at if found is not None and found.kind == INSTANT else None
