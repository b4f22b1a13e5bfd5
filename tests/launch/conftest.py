"""A fresh EHR for each test, and the two ends of a launch in one call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from launch import discovery, identity
from launch.context import Launch
from launch.handshake import Pending, begin, finish
from launch.http import GuardedSession, guarded
from launch.issuers import Issuer
from launch.keys import Keys
from tests.launch.server import CALLBACK, CLIENT, Ehr, running


def asked_of(url: str) -> dict[str, str]:
    """The parameters of an authorization request."""
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


class App:
    """The client side of a test."""

    def __init__(self, ehr: Ehr) -> None:
        self.ehr = ehr
        self.http: GuardedSession = guarded(allow_loopback_http=True)
        self.issuer = Issuer("Test EHR", ehr.base, CLIENT, "public", allow_http=True)
        self.keys: Keys | None = None

    @property
    def endpoints(self) -> discovery.Endpoints:
        return discovery.discover(self.issuer, self.http)

    def begin(self, launch: str = "xyz", iss: str = "") -> tuple[Pending, str]:
        return begin(self.issuer, self.endpoints, iss or self.ehr.base, CALLBACK, launch)

    def finish(self, pending: Pending, params: dict[str, str], now: float | None = None) -> Launch:
        return finish(pending, self.issuer, self.endpoints, params, self.keys, self.http, now)

    def launch(self, **more: Any) -> Launch:
        pending, url = self.begin(**more)
        return self.finish(pending, self.ehr.authorize(url))


@pytest.fixture(scope="module")
def _running() -> Iterator[Ehr]:
    with running() as ehr:
        yield ehr


@pytest.fixture
def ehr(_running: Ehr) -> Ehr:
    origin = _running.origin
    _running.__init__()  # type: ignore[misc]
    _running.origin = origin
    discovery.forget()
    identity.forget()
    return _running


@pytest.fixture
def app(ehr: Ehr) -> App:
    return App(ehr)
