"""The EHR's style values fetched, under the guard of every outbound address: only from a host that the issuer may use."""

from __future__ import annotations

from functools import cache

import requests

from launch.http import guarded, json_object
from launch.issuers import Issuer, may_host
from smart_app.style import style_of

SECONDS = 3.0  # for the whole answer: a page never waits longer for its colours
CONNECT_SECONDS = 2.0
MAX_BYTES = 64 * 1024  # eleven short values


def sheet_for(url: str, issuer: Issuer) -> str:
    """The checked style sheet of smart_style_url, "" where it cannot be had or is refused."""
    if not url or not may_host(issuer, url):
        return ""
    try:
        answer = _http(issuer.allow_http).get(
            url, headers={"Accept": "application/json"}, timeout=(CONNECT_SECONDS, SECONDS)
        )
    except requests.RequestException:
        return ""
    if answer.status_code != 200:
        return ""
    return style_of(json_object(answer)).css


@cache
def _http(allow_http: bool) -> requests.Session:
    """A session of its own: the limits of the app's one are made for charts."""
    return guarded(allow_loopback_http=allow_http, max_bytes=MAX_BYTES, read_seconds=SECONDS, total_seconds=SECONDS)
