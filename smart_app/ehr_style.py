"""The EHR's style values fetched, under the guard of every outbound address: only from a host that the issuer may use."""

from __future__ import annotations

import requests

from launch.http import json_object
from launch.issuers import Issuer, may_host
from smart_app.style import style_of

SECONDS = (2, 3)  # to connect, to answer: a page never waits longer for its colours


def sheet_for(url: str, issuer: Issuer, http: requests.Session) -> str:
    """The checked style sheet of smart_style_url, "" where it cannot be had or is refused."""
    if not url or not may_host(issuer, url):
        return ""
    try:
        answer = http.get(url, headers={"Accept": "application/json"}, timeout=SECONDS)
    except requests.RequestException:
        return ""
    if answer.status_code != 200:
        return ""
    return style_of(json_object(answer)).css
