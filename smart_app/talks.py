"""Transcripts of the panel: in memory only, bounded, and gone with the launch or the browser to which they belong."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import NamedTuple

from coding.panel import Answer, Turn

MOST_OWNERS = 300
MOST_VISITS = 20
MOST_TURNS = 30
MOST_A_MINUTE = 30
MOST_NEW_A_MINUTE = 120
MINUTE = 60.0


class Item(NamedTuple):
    """One question with its answer. policy: the words of the policy under which it was answered."""

    question: str
    answer: Answer
    policy: str


class _Owner:
    """What is kept for one launch or browser. asked: when its last questions came."""

    def __init__(self) -> None:
        self.used = 0.0
        self.visits: OrderedDict[str, deque[Item]] = OrderedDict()
        self.asked: deque[float] = deque()


class Talks:
    """Transcripts by owner and visit. seconds: how long an owner may be idle. now: the clock, so that tests can move it.

    proven: whether an owner is known to be there, as a launch is; a browser without one says any id that it likes.
    """

    def __init__(self, seconds: int, proven: bool, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._proven = proven
        self._now = now
        self._lock = threading.Lock()
        self._owners: OrderedDict[str, _Owner] = OrderedDict()
        self._newcomers: deque[float] = deque()

    def find(self, owner: str, visit: str = "") -> tuple[Item, ...]:
        """The talk so far, oldest first; its owner lives on."""
        with self._lock:
            found = self._touched(owner)
            return tuple(found.visits.get(visit, ())) if found else ()

    def keep(self, owner: str, visit: str, item: Item) -> None:
        """Add a turn; the oldest turn, visit or owner goes when there are too many."""
        with self._lock:
            found = self._touched(owner) or self._new(owner)
            found.visits.setdefault(visit, deque(maxlen=MOST_TURNS)).append(item)
            found.visits.move_to_end(visit)
            while len(found.visits) > MOST_VISITS:
                found.visits.popitem(last=False)

    def touch(self, owner: str) -> None:
        """The owner is there still."""
        with self._lock:
            self._touched(owner)

    def forget(self, owner: str, visit: str | None = None) -> None:
        """Forget one visit's talk, or all of an owner."""
        with self._lock:
            if visit is None:
                self._owners.pop(owner, None)
            elif owner in self._owners:
                self._owners[owner].visits.pop(visit, None)

    def rebind(self, old: str, new: str) -> None:
        """Give what one browser id has to its new id."""
        with self._lock:
            if old in self._owners:
                self._owners[new] = self._owners.pop(old)

    def may_ask(self, owner: str) -> bool:
        """Whether another question may be asked now. Owners that are not proven share one measure until they have a talk."""
        with self._lock:
            found = self._touched(owner) or (self._new(owner) if self._proven else None)
            asked, most = (found.asked, MOST_A_MINUTE) if found else (self._newcomers, MOST_NEW_A_MINUTE)
            now = self._now()
            while asked and asked[0] <= now - MINUTE:
                asked.popleft()
            if len(asked) >= most:
                return False
            asked.append(now)
            return True

    def _new(self, owner: str) -> _Owner:
        found = self._owners[owner] = _Owner()
        found.used = self._now()
        while len(self._owners) > MOST_OWNERS:
            self._owners.popitem(last=False)
        return found

    def _touched(self, owner: str) -> _Owner | None:
        """The owner, its idle time begun anew; owners that were idle too long are dropped first."""
        now = self._now()
        while self._owners and next(iter(self._owners.values())).used < now - self._seconds:
            self._owners.popitem(last=False)
        found = self._owners.get(owner)
        if found is not None:
            found.used = now
            self._owners.move_to_end(owner)
        return found


def turns_of(talk: tuple[Item, ...]) -> tuple[Turn, ...]:
    """The talk as the panel takes it."""
    return tuple(turn for item in talk for turn in (Turn("user", item.question), Turn("assistant", item.answer.text)))
