"""FHIR answers: resources, OperationOutcomes and searchset Bundles as application/fhir+json."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

Resource = dict[str, Any]


def resource(body: Resource, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A FHIR answer."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=float)
    answer = Response(text, status=status, content_type="application/fhir+json; charset=utf-8", headers=headers)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def outcome(code: str, says: str, severity: str = "error") -> Resource:
    """An OperationOutcome; code: from FHIR's issue-type value set."""
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code, "diagnostics": says}]}


def refused(status: int, code: str, says: str, headers: dict[str, str] | None = None) -> Response:
    """A refusal with its OperationOutcome."""
    return resource(outcome(code, says), status, headers)


def challenge(status: int, error: str, says: str, scope: str = "") -> Response:
    """A refusal of the bearer token: RFC 6750 3.1, 401 invalid_token or 403 insufficient_scope."""
    parts = ['realm="practice"', f'error="{error}"' if error else "", f'scope="{scope}"' if scope else ""]
    wanted = "Bearer " + ", ".join(filter(None, parts))
    return refused(status, "login" if status == 401 else "forbidden", says, {"WWW-Authenticate": wanted})


def bundle(found: list[Resource], total: int, links: dict[str, str], base: str) -> Resource:
    """A searchset. links: relation -> address. FHIR JSON knows no empty array, so an empty page has no entry member."""
    made: Resource = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": total,
        "link": [{"relation": name, "url": address} for name, address in links.items()],
    }
    if found:
        made["entry"] = [entry(one, base) for one in found]
    return made


def entry(one: Resource, base: str, mode: str = "match") -> Resource:
    """A Bundle entry with fullUrl and search mode."""
    return {"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": mode}}
