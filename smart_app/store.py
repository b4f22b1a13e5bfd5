"""Launches on the server: encrypted at rest, bound to one browser, expiring. SQLite, so that several workers share them.

Ids and states are kept as hashes: who reads the file learns neither a token nor an address of a page.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import orjson
from cryptography.fernet import Fernet, InvalidToken

from launch.answers import PENDING_SECONDS
from launch.context import Launch
from launch.handshake import Pending

LOCK_SECONDS = 75  # longer than the two requests of a refresh may take (30 s each)
KEPT = 2  # times as long as a launch may take: who comes back late is told so
CHECK = b"chairtime"

T = TypeVar("T", Launch, Pending)

_TABLES = """
CREATE TABLE IF NOT EXISTS pending (state TEXT PRIMARY KEY, browser TEXT NOT NULL, sealed BLOB NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS launch (
    id TEXT PRIMARY KEY, browser TEXT NOT NULL, sealed BLOB NOT NULL, idle INTEGER NOT NULL, expires INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS busy (id TEXT PRIMARY KEY, until REAL NOT NULL);
CREATE TABLE IF NOT EXISTS lock_check (one INTEGER PRIMARY KEY CHECK (one = 1), sealed BLOB NOT NULL);
"""


class StoreFault(Exception):
    """The database cannot be used. The message says why and what to do."""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def check_store(path: str, secret: bytes) -> None:
    """Look at a database without changing it. Raises StoreFault where another secret made it, sqlite3.Error where it is none."""
    db = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True, timeout=10)
    try:
        there = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'lock_check'").fetchone()
        if there:
            _check_secret(db, secret, path)
    finally:
        db.close()


def _check_secret(db: sqlite3.Connection, secret: bytes, path: str) -> None:
    row = db.execute("SELECT sealed FROM lock_check").fetchone()
    try:
        if row:
            Fernet(secret).decrypt(row[0])
    except InvalidToken:
        raise StoreFault(
            f"store {path} was written with another CHAIRTIME_SECRET. Set that one again, or remove the file: "
            "open launches then end, and users open the app again from the chart."
        ) from None


class Store:
    """Pending and finished launches. now: the clock, in epoch seconds, so that tests can move it.

    Raises StoreFault where the database was written with another secret, sqlite3.Error where the file is no database.
    """

    def __init__(
        self, path: str, secret: bytes, idle_seconds: int, absolute_seconds: int, now: Callable[[], float] = time.time
    ) -> None:
        self._fernet = Fernet(secret)
        self._idle = idle_seconds
        self._absolute = absolute_seconds
        self._now = now
        self._lock = threading.RLock()
        if path:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None, timeout=10)
        self._db.executescript(_TABLES)
        self._db.execute("INSERT OR IGNORE INTO lock_check VALUES (1, ?)", (self._fernet.encrypt(CHECK),))
        _check_secret(self._db, secret, path)

    def keep_pending(self, browser: str, pending: Pending) -> None:
        """Remember a launch that has gone to the EHR's authorization server."""
        with self._lock:
            self._expire()
            self._db.execute(
                "INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?)",
                (_hash(pending.state), _hash(browser), self._seal(pending), int(self._now()) + KEPT * PENDING_SECONDS),
            )

    def take_pending(self, browser: str, state: str) -> Pending | None:
        """The pending launch of this state and browser, once: a second call, or another browser, gets None."""
        with self._lock:
            self._expire()
            row = self._db.execute(
                "DELETE FROM pending WHERE state = ? AND browser = ? RETURNING sealed", (_hash(state), _hash(browser))
            ).fetchone()
        return self._open(row[0], Pending) if row else None

    def keep(self, browser: str, launch: Launch) -> None:
        """Keep a finished launch."""
        now = int(self._now())
        with self._lock:
            self._db.execute(
                "INSERT OR IGNORE INTO launch VALUES (?, ?, ?, ?, ?)",
                (_hash(launch.id), _hash(browser), self._seal(launch), now + self._idle, now + self._absolute),
            )

    def renew(self, launch: Launch) -> None:
        """Keep the newer tokens of a launch that is there, whichever id its browser has by now: another tab may have changed it."""
        with self._lock:
            self._db.execute("UPDATE launch SET sealed = ? WHERE id = ?", (self._seal(launch), _hash(launch.id)))

    def find(self, browser: str, id: str) -> Launch | None:
        """The launch of this id if it belongs to this browser and lives; using it keeps it alive for the idle time."""
        now = int(self._now())
        with self._lock:
            self._expire()
            row = self._db.execute(
                "UPDATE launch SET idle = ? WHERE id = ? AND browser = ? RETURNING sealed",
                (now + self._idle, _hash(id), _hash(browser)),
            ).fetchone()
        return self._open(row[0], Launch) if row else None

    def drop(self, browser: str, id: str) -> None:
        """Forget a launch."""
        with self._lock:
            self._db.execute("DELETE FROM launch WHERE id = ? AND browser = ?", (_hash(id), _hash(browser)))

    def count(self, browser: str) -> int:
        """How many launches this browser has."""
        with self._lock:
            self._expire()
            found = self._db.execute("SELECT count(*) FROM launch WHERE browser = ?", (_hash(browser),)).fetchone()
        return int(found[0])

    def rebind(self, old: str, new: str) -> None:
        """Give everything of one browser id to its new id (the id changes when a launch is finished)."""
        with self._lock:
            for table in ("pending", "launch"):
                self._db.execute(f"UPDATE {table} SET browser = ? WHERE browser = ?", (_hash(new), _hash(old)))  # noqa: S608

    @contextmanager
    def alone(self, id: str) -> Iterator[None]:
        """One at a time for a launch, over all workers: two refreshes at once look like theft to an EHR."""
        key = _hash(id)
        while not (until := self._claim(key)):
            time.sleep(0.05)
        try:
            yield
        finally:
            with self._lock:
                self._db.execute("DELETE FROM busy WHERE id = ? AND until = ?", (key, until))

    def _claim(self, key: str) -> float:
        """When the claim runs out, 0 if another has it. A claim that ran out is free, and its late owner does not free the next."""
        now = self._now()
        with self._lock:
            self._db.execute("DELETE FROM busy WHERE until < ?", (now,))
            done = self._db.execute("INSERT OR IGNORE INTO busy VALUES (?, ?)", (key, now + LOCK_SECONDS))
            return now + LOCK_SECONDS if done.rowcount == 1 else 0

    def _expire(self) -> None:
        now = int(self._now())
        self._db.execute("DELETE FROM pending WHERE expires < ?", (now,))
        self._db.execute("DELETE FROM launch WHERE idle < ? OR expires < ?", (now, now))

    def _seal(self, value: Launch | Pending) -> bytes:
        return self._fernet.encrypt(orjson.dumps(value._asdict()))

    def _open(self, sealed: bytes, shape: type[T]) -> T | None:
        """The value, or None where it was sealed with another key or for another version of the app."""
        try:
            fields = orjson.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            return None
        if set(fields) != set(shape._fields):
            return None
        values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in fields.items()}
        return shape(**values)
