"""A browser in a few lines: real HTTP, one jar, redirects followed step by step so that a test can look at each."""

from __future__ import annotations

import html
import re
from typing import NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from smart_app.demo import Demo
from smart_app.sessions import COOKIE


class Page(NamedTuple):
    """Where it ended, with the addresses on the way."""

    url: str
    status: int
    text: str
    headers: dict[str, str]
    way: tuple[str, ...]


class Browser:
    """Keeps the app's Secure cookie over loopback HTTP, as Chromium does (requests would not)."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.cookie = ""
        self._http = requests.Session()

    def get(self, url: str, stop_at: str = "", **options: object) -> Page:
        """GET and follow redirects; stop before an address that holds stop_at."""
        way = [url]
        while True:
            answer = self.one("GET", url, **options)
            target = answer.headers.get("Location", "")
            if answer.status_code not in (301, 302, 303) or not target:
                return Page(url, answer.status_code, answer.text, dict(answer.headers), tuple(way))
            url = urljoin(url, target)
            way.append(url)
            if (stop_at and stop_at in url) or len(way) > 15:
                return Page(url, answer.status_code, "", dict(answer.headers), tuple(way))

    def one(self, method: str, url: str, headers: dict[str, str] | None = None, **options: object) -> requests.Response:
        """One request, no redirect."""
        sent = dict(headers or {})
        if self.cookie and url.startswith(self.demo.app):
            sent["Cookie"] = f"{COOKIE}={self.cookie}"
        answer = self._http.request(method, url, headers=sent, allow_redirects=False, timeout=30, **options)  # type: ignore[arg-type]
        found = re.search(rf"{re.escape(COOKIE)}=([^;]*)", answer.headers.get("Set-Cookie", ""))
        if found:
            self.cookie = found.group(1)
        return answer

    def launch_url(self, patient: str, fault: str = "", encounter: str | None = None) -> str:
        """The address that the practice EHR puts into its frame."""
        query = {
            "format": "json",
            **({"fault": fault} if fault else {}),
            **({} if encounter is None else {"encounter": encounter}),
        }
        opened = self._http.get(f"{self.demo.ehr}/practice/open/{patient}", params=query, timeout=10)
        return str(opened.json()["url"])

    def launch(self, patient: str, fault: str = "", encounter: str | None = None) -> Page:
        """A whole launch."""
        return self.get(self.launch_url(patient, fault, encounter))


def title(page: Page) -> str:
    """The first heading, as a person reads it."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", found.group(1))).strip() if found else ""


def query(url: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
