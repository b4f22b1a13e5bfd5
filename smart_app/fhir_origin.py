"""Which addresses may be asked with the bearer token: those under the FHIR base of the launch, and no others.

A FHIR server's answers hold addresses (paging links, references) that may point anywhere; the token must not follow them to another
origin (SMART App Launch 2.2.0, best practices; OWASP ASVS 5.0, 1.3.6).
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit

# Printable ASCII without a blank or a backslash: what lies outside is read differently by different parsers.
_PLAIN = re.compile(r"[!-\[\]-~]+")
_PORTS = {"https": 443, "http": 80}
_TYPE_AND_ID = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9._~-]{1,255})(?:/_history/[A-Za-z0-9._~-]{1,255})?")
_DOTS = (".", "..")


def base_of(iss: str) -> str:
    """The FHIR base without its trailing slash."""
    return iss.removesuffix("/")


def within(base: str, url: str) -> bool:
    """Whether an absolute URL has the origin of the FHIR base and lies at or under its path."""
    if not _PLAIN.fullmatch(url):
        return False
    try:
        ours, theirs = urlsplit(base), urlsplit(url)
        if "@" in theirs.netloc or not theirs.hostname or _origin(ours) != _origin(theirs):
            return False
    except ValueError:
        return False
    path = unquote(theirs.path)
    if any(part in _DOTS for part in path.replace("\\", "/").split("/")):
        return False
    root = unquote(ours.path).rstrip("/")
    return path.rstrip("/") == root or path.startswith(root + "/")


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme)


def read_reference(base: str, reference: object) -> tuple[str, str] | None:
    """(type, id) of a literal reference to a resource of this server; None for contained, urn:, foreign and malformed ones."""
    if reference.__class__ is not str:
        return None
    text = str(reference)
    if "://" in text:
        if not within(base, text):
            return None
        text = urlsplit(text).path.removeprefix(urlsplit(base).path.rstrip("/")).lstrip("/")
    found = _TYPE_AND_ID.fullmatch(text)
    return (found[1], found[2]) if found and found[2] not in _DOTS else None
