"""An append-only record of what the app did, one JSON object a line: no patient data, no tokens, no free text."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson

log = logging.getLogger("chairtime")


class Audit:
    """Writes events to a file, or to standard error where no file is named; quiet: nowhere."""

    def __init__(self, path: str = "", quiet: bool = False) -> None:
        self._path = Path(path) if path else None
        self._quiet = quiet

    def record(self, event: str, launch_id: str = "", **facts: str | int | bool) -> None:
        """event: a stable word. facts: codes, counts and versions only. The launch is named by a short hash of its id."""
        entry: dict[str, str | int | bool] = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "event": event,
        }
        if launch_id:
            entry["launch"] = tail(launch_id)
        line = orjson.dumps(entry | facts) + b"\n"
        try:
            if self._path is not None:
                append(self._path, line)
            elif not self._quiet:
                sys.stderr.buffer.write(line)
        except OSError as error:
            log.error("The audit record cannot be written: %s", error.strerror)


def append(path: Path, line: bytes) -> None:
    """Add a line to a file that only the user of the app can read."""
    with open(path, "ab", opener=_private) as file:
        file.write(line)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def tail(text: str) -> str:
    """A short hash by which two records can be matched and from which nothing can be read."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
