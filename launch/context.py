"""What the app knows of one launch, and what the EHR kept from it (SMART App Launch 2.2, scopes and launch context)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from launch.http import is_safe
from launch.issuers import base_of
from launch.problems import plain
from launch.scopes import permits

FHIR_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]{1,128}")
REFERENCE = re.compile(r"([A-Z][A-Za-z]+)/([^/?#]+)(?:/_history/[^/?#]+)?")
ADDRESS_LENGTH = 2000
LONGEST_CONTEXT = 50
EXPIRY_LEEWAY = 30

NO_ENCOUNTER = "The EHR did not say which encounter is open; choose it from the patient's encounters with infusions."
NAMELESS = "The EHR did not say who you are, so exports and the record of use carry no name."
UNCHECKED = "The EHR's statement of who you are could not be checked, so exports and the record of use carry no name."
SESSION_ENDS = (
    "The EHR gave no permission to renew the session; it ends at {time}. Open the app again from the chart to go on."
)
SESSION_ENDS_SOMETIME = (
    "The EHR gave no permission to renew the session. When it ends, open the app again from the chart."
)


class Launch(NamedTuple):
    """One launch of the app: one patient at one EHR. Its text form never shows tokens.

    id: in the app's addresses, at least 128 bits. iss: the FHIR base as received. expires_at: epoch seconds, 0 where the EHR did
    not say. scopes: granted; asked: what was asked. user: fhirUser as sent; subject: "issuer|sub". fhir_context: JSON objects.
    unavailable: sentences for the reader.
    """

    id: str
    iss: str
    issuer_name: str
    patient: str
    encounter: str = ""
    access_token: str = ""
    refresh_token: str = ""
    expires_at: int = 0
    scopes: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    user: str = ""
    user_name: str = ""
    subject: str = ""
    banner: bool = True
    style_url: str = ""
    intent: str = ""
    tenant: str = ""
    fhir_context: tuple[str, ...] = ()
    started: int = 0
    unavailable: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Launch({self.id[:6]}… at {self.issuer_name!r}, {'can be renewed' if self.refresh_token else 'cannot be renewed'})"


class Context(NamedTuple):
    """The launch context of a token answer, read tolerantly; "" where a member is absent or unusable."""

    patient: str
    encounter: str
    banner: bool
    style_url: str
    intent: str
    tenant: str
    fhir_context: tuple[str, ...]


def allows(launch: Launch, resource_type: str, action: str) -> bool:
    """Whether the granted scopes let the app "read" (by id) or "search" that type, in either spelling."""
    return permits(launch.scopes, resource_type, action)


def expired(launch: Launch, now: float, leeway: float = EXPIRY_LEEWAY) -> bool:
    """Whether the access token has run out or will within the leeway (seconds). False where the EHR did not say when."""
    return bool(launch.expires_at) and now >= launch.expires_at - leeway


def local_reference(iss: str, reference: str) -> str:
    """ "Type/id" of a reference to the launch's own FHIR server, relative or absolute; "" for any other.

    The access token must never follow a reference to another server (SMART obligation 21).
    """
    base = base_of(iss) + "/"
    found = REFERENCE.fullmatch(reference.removeprefix(base))
    return f"{found[1]}/{found[2]}" if found and FHIR_ID.fullmatch(found[2]) else ""


def read_context(answer: Mapping[str, Any], iss: str, *, allow_http: bool = False) -> Context:
    """The context beside an access token. Unknown members are ignored, as the specification asks."""
    entries = _entries(answer.get("fhirContext"))
    style = answer.get("smart_style_url")
    return Context(
        patient=_id_of("Patient", answer.get("patient"), iss) or _from_entries("Patient", entries, iss),
        encounter=_id_of("Encounter", answer.get("encounter"), iss) or _from_entries("Encounter", entries, iss),
        banner=not _is_no(answer.get("need_patient_banner")),
        style_url=style
        if isinstance(style, str) and len(style) <= ADDRESS_LENGTH and is_safe(style, allow_http)
        else "",
        intent=plain(answer.get("intent")),
        tenant=plain(answer.get("tenant")),
        fhir_context=tuple(json.dumps(entry, sort_keys=True) for entry in entries),
    )


def session_sentence(refresh_token: str, expires_at: int) -> tuple[str, ...]:
    """What to say where the session cannot be renewed. The hour is that of the machine the app runs on, with its zone."""
    if refresh_token:
        return ()
    if not expires_at:
        return (SESSION_ENDS_SOMETIME,)
    try:
        time = datetime.fromtimestamp(expires_at).astimezone()
    except (OverflowError, OSError, ValueError):
        return (SESSION_ENDS_SOMETIME,)
    return (SESSION_ENDS.format(time=time.strftime("%H:%M %Z")),)


def _entries(value: object) -> tuple[dict[str, Any], ...]:
    """fhirContext: objects since 2.0, plain reference texts in 1.x."""
    if not isinstance(value, list):
        return ()
    entries = ({"reference": item} if isinstance(item, str) else item for item in value[:LONGEST_CONTEXT])
    return tuple(entry for entry in entries if isinstance(entry, dict))


def _from_entries(resource_type: str, entries: tuple[dict[str, Any], ...], iss: str) -> str:
    """The one resource of that type that fhirContext names as the launch's own; any other role is somebody or something else."""
    found = {
        local
        for entry in entries
        if entry.get("role") in (None, "", "launch") and isinstance(entry.get("reference"), str)
        if (local := local_reference(iss, entry["reference"])).startswith(f"{resource_type}/")
    }
    return found.pop().partition("/")[2] if len(found) == 1 else ""


def _id_of(resource_type: str, value: object, iss: str) -> str:
    """A bare id, or a reference to the launch's own server in place of one."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        return ""
    if FHIR_ID.fullmatch(text):
        return text
    kind, _, found = local_reference(iss, text).partition("/")
    return found if kind == resource_type else ""


def _is_no(value: object) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower() == "false")
