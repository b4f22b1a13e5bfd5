"""How the practice EHR's token endpoint commits the faults that it is told to commit."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from launch.practice import scopes
from launch.practice.ehr import Ehr
from launch.practice.faults import Active
from launch.practice.fhir_faults import web_page

_ERRORS = {
    "token-invalid-grant": ("invalid_grant", 400),
    "token-invalid-client": ("invalid_client", 401),
    "token-500": ("server_error", 500),
}


def instead(ehr: Ehr, active: Active, refreshing: bool) -> Response | None:
    """The fault that takes the place of a token response, if one is on. Waits where the EHR is slow."""
    if "token-slow" in active:
        ehr.wait(ehr.manner.slow)
    if "token-html" in active:
        return web_page()
    error, status = next((_ERRORS[name] for name in _ERRORS if name in active), ("", 0))
    if refreshing and "refresh-refused" in active:
        error, status = "invalid_grant", 400
    if not error:
        return None
    answer = jsonify(error=error, error_description="The practice EHR was told to refuse.")
    answer.status_code = status
    return answer


def granted(asked: tuple[str, ...], active: Active) -> tuple[str, ...]:
    """The scopes of the grant itself: what is granted here is also what the FHIR API lets through."""
    if "narrower-scopes" in active:
        gone = active.argument("narrower-scopes", "Condition")
        asked = tuple(text for text in asked if (one := scopes.read(text)) is None or one.kind != gone)
    if "wider-scopes" in active:
        asked = (*asked, "patient/Observation.rs", "user/Practitioner.rs")
    return asked


def altered(body: dict[str, Any], active: Active, elsewhere: str) -> dict[str, Any]:
    """The token response with what the faults in force add, change and leave out."""
    changes: dict[str, dict[str, Any]] = {
        "empty-scope": {"scope": ""},
        "other-notation": {"scope": " ".join(map(_other, body.get("scope", "").split()))},
        "string-expires": {"expires_in": str(body.get("expires_in", ""))},
        "expired-at-once": {"expires_in": 1},
        "lower-bearer": {"token_type": "bearer"},
        "banner-string": {"need_patient_banner": "true"},
        "banner-false": {"need_patient_banner": False},
        "hostile-style-url": {"smart_style_url": f"{elsewhere}/style.json"},
        "hostile-style": {"smart_style_url": str(body.get("smart_style_url", "")) + "?hostile=1"},
        "extra-context": {
            "intent": "reconcile-infusions",
            "tenant": "harbor-general",
            "fhirContext": [{"reference": "ImagingStudy/practice", "role": "launch"}, "ImagingStudy/practice-old-form"],
            "__practice_extension": True,
            "https://practice-ehr.example/extension": {"shift": "day"},
        },
    }
    gone = {
        "no-patient": "patient",
        "no-encounter": "encounter",
        "no-scope-member": "scope",
        "no-expires": "expires_in",
        "no-refresh": "refresh_token",
        "no-id-token": "id_token",
        "banner-missing": "need_patient_banner",
    }
    for name, changed in changes.items():
        body |= changed if name in active else {}
    return {
        member: value
        for member, value in body.items()
        if not any(name in active and member == left for name, left in gone.items())
    }


def _other(text: str) -> str:
    one = scopes.read(text)
    return text if one is None else str(one._replace(v1=not one.v1))
