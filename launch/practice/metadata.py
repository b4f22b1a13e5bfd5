"""What the practice EHR says about itself: smart-configuration (SMART App Launch 2.2.0, conformance) and CapabilityStatement."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from launch.practice.ehr import Ehr
from launch.practice.faults import Active
from launch.practice.search import TIMES

OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
SIGNING = ("RS384", "ES384")
CAPABILITIES = (
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-style",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "context-standalone-encounter",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
)
_SCOPES = (
    "openid",
    "fhirUser",
    "profile",
    "launch",
    "launch/patient",
    "launch/encounter",
    "offline_access",
    "online_access",
)


def smart_configuration(ehr: Ehr, active: Active) -> dict[str, Any]:
    """The answer of [base]/.well-known/smart-configuration, with what the faults in force change about it."""
    said: dict[str, Any] = {
        "issuer": ehr.issuer,
        "jwks_uri": f"{ehr.issuer}/jwks",
        "authorization_endpoint": f"{ehr.issuer}/authorize",
        "token_endpoint": f"{ehr.issuer}/token",
        "revocation_endpoint": f"{ehr.issuer}/revoke",
        "introspection_endpoint": f"{ehr.issuer}/introspect",
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "response_types_supported": ["code"],
        "scopes_supported": [*_SCOPES, "patient/*.rs", "user/*.rs", "patient/*.read", "user/*.read"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": list(SIGNING),
        "id_token_signing_alg_values_supported": ["RS256"],
        "subject_types_supported": ["public"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "capabilities": list(CAPABILITIES),
    }
    return _spoiled(said, ehr, active)


def capability_statement(ehr: Ehr) -> dict[str, Any]:
    """The answer of [base]/metadata, with the older oauth-uris extension."""
    ends = {name: f"{ehr.issuer}/{name}" for name in ("authorize", "token", "introspect", "revoke")}
    uris = [{"url": name, "valueUri": address} for name, address in ends.items()]
    service = {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "SMART-on-FHIR"}
        ]
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-20",
        "kind": "instance",
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "software": {"name": "Practice EHR"},
        "implementation": {"description": "Practice EHR: nobody here is real", "url": ehr.fhir},
        "rest": [
            {
                "mode": "server",
                "security": {"service": [service], "extension": [{"url": OAUTH_URIS, "extension": uris}]},
                "resource": [_type(kind) for kind in ehr.shelf.kinds()],
            }
        ],
    }


def _type(kind: str) -> dict[str, Any]:
    parameters = [{"name": "_id", "type": "token"}, {"name": "patient", "type": "reference"}]
    parameters += [{"name": name, "type": "date"} for name in TIMES.get(kind, {})]
    return {"type": kind, "interaction": [{"code": "read"}, {"code": "search-type"}], "searchParam": parameters}


def _spoiled(said: dict[str, Any], ehr: Ehr, active: Active) -> dict[str, Any]:
    ends = [name for name in said if name.endswith("_endpoint") or name == "jwks_uri"]
    if "discovery-elsewhere" in active:
        said |= {name: said[name].replace(ehr.base_url, ehr.manner.elsewhere) for name in ends if name != "jwks_uri"}
    if "relative-endpoints" in active:
        said |= {name: urlsplit(said[name]).path for name in ends}
    if "issuer-slash" in active:
        said["issuer"] += "/"
    missing = {
        "discovery-incomplete": "token_endpoint",
        "no-pkce-listed": "code_challenge_methods_supported",
        "no-revocation": "revocation_endpoint",
    }
    return {
        name: value
        for name, value in said.items()
        if not any(fault in active and name == gone for fault, gone in missing.items())
    }
