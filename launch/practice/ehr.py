"""The state of one practice EHR, shared by its rooms."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from launch.practice.charts import titles as taught
from launch.practice.clients import Client, register
from launch.practice.faults import Faults
from launch.practice.openid import SigningKey
from launch.practice.shelf import Shelf
from launch.practice.tokens import Ledger, User

STAFF = (
    User("practice-nurse", "Rhea Osei", "Infusion nurse"),
    User("practice-coder", "Nadia Kowalczyk", "Infusion coder"),
)


@dataclass(frozen=True)
class Manner:
    """How the practice EHR behaves. Times in seconds, sizes in bytes; elsewhere: the origin that foreign links name."""

    page_size: int = 20
    page_limit: int = 50
    latency: float = 0.0
    slow: float = 2.0
    hang: float = 60.0
    huge: int = 24_000_000
    access: int = 3600
    elsewhere: str = "https://elsewhere.example"


@dataclass(frozen=True)
class Ehr:
    """One practice EHR. base_url has no slash at its end; clock gives epoch seconds."""

    base_url: str
    shelf: Shelf
    clients: dict[str, Client]
    manner: Manner
    titles: Mapping[str, str]
    clock: Callable[[], float]
    ledger: Ledger
    faults: Faults = field(default_factory=Faults)
    key: SigningKey = field(default_factory=SigningKey)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def fhir(self) -> str:
        """The FHIR base: what an app receives as iss and sends as aud."""
        return f"{self.base_url}/fhir"

    @property
    def issuer(self) -> str:
        """The OpenID issuer; not the FHIR base, as at most real EHRs."""
        return f"{self.base_url}/auth"

    @property
    def host(self) -> str:
        """The name in base_url, without its port."""
        return urlsplit(self.base_url).hostname or ""

    def add_client(self, written: Mapping[str, Any]) -> Client:
        """Register an app while the EHR runs. Raises ValueError where the registration cannot work."""
        client = register(written)
        self.clients[client.client_id] = client
        return client

    def wait(self, seconds: float) -> None:
        """Let time pass, but no longer than the EHR runs."""
        if seconds > 0:
            self.stopping.wait(seconds)


def build(
    charts: Iterable[dict[str, Any]],
    clients: Iterable[Mapping[str, Any]],
    base_url: str,
    titles: Mapping[str, str] | None = None,
    manner: Manner | None = None,
    clock: Callable[[], float] = time.time,
) -> Ehr:
    """An EHR with these charts (FHIR R4 Bundles) and clients. Raises ValueError for a client that cannot work.

    titles: Bundle id -> title of the day; left out, those of the practice days.
    """
    base = base_url.rstrip("/")
    shelf = Shelf(charts)
    for user in STAFF:
        shelf.add(practitioner(user))
    known = taught() if titles is None else titles
    ehr = Ehr(base, shelf, {}, manner or Manner(), known, clock, Ledger(clock))
    for written in clients:
        ehr.add_client(written)
    return ehr


def practitioner(user: User) -> dict[str, Any]:
    """A member of staff as a FHIR Practitioner."""
    given, family = user.name.split(" ", 1)
    name = {"family": family, "given": [given], "text": user.name}
    return {
        "resourceType": "Practitioner",
        "id": user.id,
        "name": [name],
        "qualification": [{"code": {"text": user.role}}],
    }
