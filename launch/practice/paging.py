"""Searches that have more pages: kept in memory, so that a next link tells nothing and works for its own grant only."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from threading import Lock
from typing import NamedTuple

from launch.practice.shelf import Resource

_PAGES_KEPT = 1000


class Page(NamedTuple):
    """One page still to be fetched. grant: only tokens of the same grant may fetch it."""

    grant: str
    kind: str
    found: tuple[Resource, ...]
    start: int
    size: int
    again: bool


class Pages:
    """Opaque next links: the search is kept here, the link holds only its number."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[str, Page] = OrderedDict()

    def keep(self, page: Page) -> str:
        value = secrets.token_urlsafe(12)
        with self._lock:
            self._kept[value] = page
            while len(self._kept) > _PAGES_KEPT:
                self._kept.popitem(last=False)
        return value

    def get(self, value: str) -> Page | None:
        return self._kept.get(value)
