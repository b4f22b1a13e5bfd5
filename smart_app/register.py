"""Registration sheets: what to type into an EHR's form, and what the hospital does (`chairtime register EHR`)."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

from launch.scopes import table, to_ask
from smart_app.words import render

READ_TYPES = tuple(row.type for row in table().resources)


def _sheets() -> dict[str, Any]:
    text = resources.files("smart_app").joinpath("tables", "registration.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


SHEETS = _sheets()


def sheet(ehr: str, base_url: str) -> str:
    """The sheet of one EHR for an app at base_url. Raises KeyError for an EHR without a sheet."""
    base = base_url.rstrip("/")
    values = {
        "redirect": f"{base}/callback",
        "launch": f"{base}/launch",
        "jwks": f"{base}/.well-known/jwks.json",
        "apis": ", ".join(READ_TYPES),
    }
    found = SHEETS[ehr]
    rows = [(name, values.get(value, value)) for name, value in found["fields"]]
    scopes = to_ask((), ehr_launch=True, version_2=found["scopes"] == "v2", access="online_access")
    return render(
        "text/register.txt", ehr=ehr, sheet=found, rows=rows, scopes=scopes, standalone=table().standalone, base=base
    )
