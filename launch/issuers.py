"""The EHRs the app may talk to: nothing is sent to any other (SMART obligation 9, ASVS 1.3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from launch.http import is_loopback, is_safe
from launch.problems import IssuerNotAllowed, plain
from launch.scopes import table

CLIENT_TYPES = ("public", "symmetric", "asymmetric")
KEY_ALGS = ("RS384", "ES384")
BASIC_ENCODINGS = ("rfc6749", "raw")
ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?")
ACCESS = ("online_access", "offline_access", "")
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # scope-token of RFC 6749 section 3.3
SCOPES_V1 = table().v1
SCOPES_V2 = table().v2


class IssuerFault(ValueError):
    """An entry of the allow-list that cannot be used. The message is one sentence for whoever configures the app."""


class Issuer(NamedTuple):
    """One registered EHR.

    iss: its FHIR base address as registered. client_type: "public", "symmetric" (HTTP Basic) or "asymmetric" (private_key_jwt).
    scopes: the whole list to ask, or () for the app's own in the spelling the EHR understands. frame_ancestors: origins that may
    show the app in a frame. basic_encoding: "rfc6749" (form-encoded before base64, as RFC 6749 section 2.3.1 says) or "raw".
    allow_http: plain HTTP, on this machine only. trust_hosts: hosts (or host:port) besides the FHIR server's on which its
    sign-in lives. access: which kind of refresh token is asked for, or "".
    """

    name: str
    iss: str
    client_id: str
    client_type: str
    client_secret: str = ""
    key_alg: str = "RS384"
    scopes: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    basic_encoding: str = "rfc6749"
    allow_http: bool = False
    trust_hosts: tuple[str, ...] = ()
    access: str = "online_access"

    def __repr__(self) -> str:
        return f"Issuer({self.name!r}, {self.iss!r}, {self.client_type!r})"


class Issuers:
    """The allow-list."""

    def __init__(self, issuers: Iterable[Issuer]) -> None:
        self._all = tuple(issuers)
        self._by_base = {base_of(issuer.iss): issuer for issuer in self._all}
        for what, values in (("name", {issuer.name for issuer in self._all}), ("iss", set(self._by_base))):
            if len(values) < len(self._all):
                raise IssuerFault(f"Two EHRs on the list have the same {what}; each needs its own.")

    @classmethod
    def read(cls, entries: Iterable[Mapping[str, Any]]) -> Issuers:
        """The list from configuration, one mapping with the members of Issuer for each EHR. Raises IssuerFault."""
        return cls(_issuer(entry, number) for number, entry in enumerate(entries, 1))

    def find(self, iss: str) -> Issuer:
        """The EHR of a FHIR base address; the two may differ by one trailing slash, else they are equal. Raises IssuerNotAllowed."""
        try:
            return self._by_base[base_of(iss)]
        except KeyError:
            raise IssuerNotAllowed(f"not listed: {_shown(iss)}") from None

    def named(self, name: str) -> Issuer:
        """The EHR with that name, for the start page. Raises IssuerNotAllowed."""
        for issuer in self._all:
            if issuer.name == name:
                return issuer
        raise IssuerNotAllowed("no EHR of that name")

    def all(self) -> tuple[Issuer, ...]:
        """Every EHR, in the order of the configuration."""
        return self._all


def base_of(iss: str) -> str:
    """A FHIR base address without its one trailing slash, to compare and to join paths to."""
    return iss.removesuffix("/")


def may_host(issuer: Issuer, url: str) -> bool:
    """Whether an address that the EHR names may be used: it is on the FHIR server's host, or on one that was registered with it."""
    if not is_safe(url, issuer.allow_http):
        return False
    parts, home = urlsplit(url), urlsplit(issuer.iss).hostname or ""
    host = parts.hostname or ""
    if host == home or (is_loopback(host) and is_loopback(home)):
        return True
    return host in issuer.trust_hosts or parts.netloc.lower() in issuer.trust_hosts


def _issuer(entry: Mapping[str, Any], number: int) -> Issuer:
    called = f"EHR {entry.get('name') or number}"
    if unknown := sorted(set(entry) - set(Issuer._fields)):
        raise IssuerFault(f"{called}: unknown setting {', '.join(unknown)}; known are {', '.join(Issuer._fields)}.")
    for needed in ("name", "iss", "client_id", "client_type"):
        if not isinstance(entry.get(needed), str) or not entry[needed]:
            raise IssuerFault(f"{called}: {needed} is missing.")
    values: dict[str, Any] = {
        key: _tuple(value, called, key) if key in LISTS else value for key, value in entry.items()
    }
    issuer = Issuer(**values)
    _check(issuer, called)
    return issuer


def _check(issuer: Issuer, called: str) -> None:
    if not isinstance(issuer.allow_http, bool):
        raise IssuerFault(f"{called}: allow_http is true or false.")
    parts = urlsplit(issuer.iss)
    if not is_safe(issuer.iss, issuer.allow_http) or parts.query or parts.fragment:
        raise IssuerFault(
            f"{called}: iss must be the https address of a FHIR server, without ? or # (http: this machine, allow_http)."
        )
    for key, value, choices in (
        ("client_type", issuer.client_type, CLIENT_TYPES),
        ("key_alg", issuer.key_alg, KEY_ALGS),
        ("basic_encoding", issuer.basic_encoding, BASIC_ENCODINGS),
        ("access", issuer.access, ACCESS),
    ):
        if value not in choices:
            raise IssuerFault(
                f"{called}: {key} is one of {', '.join(choice or 'an empty text' for choice in choices)}."
            )
    if issuer.client_type == "symmetric" and not issuer.client_secret:
        raise IssuerFault(f"{called}: a symmetric client needs a client_secret.")
    if issuer.client_type != "symmetric" and issuer.client_secret:
        raise IssuerFault(
            f"{called}: a {issuer.client_type} client has no client_secret; take it out, or set client_type to symmetric."
        )
    if wrong := [scope for scope in issuer.scopes if not SCOPE.fullmatch(scope)]:
        raise IssuerFault(f"{called}: {wrong[0]!r} is not a scope; give one scope for each item of the list.")
    for ancestor in issuer.frame_ancestors:
        if not _is_origin(ancestor):
            raise IssuerFault(
                f"{called}: frame_ancestors holds origins such as https://ehr.example.org, not {_shown(ancestor)!r}."
            )
    for host in issuer.trust_hosts:
        if not re.fullmatch(r"[a-z0-9.-]+(:\d{1,5})?", host):
            raise IssuerFault(f"{called}: trust_hosts holds hosts such as sign-in.example.org, not {plain(host)!r}.")


LISTS = ("scopes", "frame_ancestors", "trust_hosts")


def _tuple(value: object, called: str, key: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise IssuerFault(f"{called}: {key} is a list of texts.")
    return tuple(value)


def _is_origin(text: str) -> bool:
    """Scheme, host and port only; plain HTTP on this machine only, for anybody between could frame the app in its name."""
    return bool(ORIGIN.fullmatch(text)) and is_safe(text, True)


def _shown(iss: str) -> str:
    """An untrusted address for the log: its path may hold anything, so scheme and host only."""
    try:
        parts = urlsplit(iss)
        return f"{parts.scheme}://{parts.hostname}"[:120]
    except ValueError:
        return "an address that cannot be read"
