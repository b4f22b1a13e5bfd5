"""What one running app holds: made once by create_app, looked up by the pages."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import NamedTuple

import requests

from smart_app.audit import Audit
from smart_app.config import Config
from smart_app.fhir import Fetched
from smart_app.store import Store
from smart_app.talks import Talks
from smart_app.unanswered import Unanswered


class Charts:
    """Charts as fetched, for a short time, so that changing the policy does not ask the EHR again. In memory only."""

    def __init__(self, seconds: int = 120, most: int = 200) -> None:
        self._seconds = seconds
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[float, Fetched]] = OrderedDict()

    def find(self, launch_id: str, encounter: str) -> Fetched | None:
        """The chart of a launch and encounter, if it is still fresh."""
        with self._lock:
            found = self._kept.get((launch_id, encounter))
        if found is None or time.monotonic() - found[0] > self._seconds:
            return None
        return found[1]

    def keep(self, launch_id: str, encounter: str, fetched: Fetched) -> None:
        """Keep a chart; the oldest goes when there are too many."""
        with self._lock:
            self._kept[launch_id, encounter] = (time.monotonic(), fetched)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def last(self) -> Fetched | None:
        """The chart that was kept last."""
        with self._lock:
            return next(reversed(self._kept.values()))[1] if self._kept else None

    def forget(self, launch_id: str) -> None:
        """Forget all charts of a launch."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == launch_id]:
                del self._kept[key]


class Services(NamedTuple):
    """The parts of a running app. talks: of launches; scratch: of browsers without a patient."""

    config: Config
    store: Store
    http: requests.Session
    audit: Audit
    charts: Charts
    talks: Talks
    scratch: Talks
    unanswered: Unanswered
