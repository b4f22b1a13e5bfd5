"""Questions that nobody could answer, without patient data, so that an owner sees what people ask in vain."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import orjson

from coding.panel import redacted
from smart_app.audit import append

log = logging.getLogger("chairtime")


class Unanswered:
    """Writes to a file, a JSON object a line; keeps nothing where no file is named."""

    def __init__(self, path: str = "") -> None:
        self._path = Path(path) if path else None

    def keep(self, question: str) -> None:
        """Keep the known words of a question."""
        words = redacted(question) if self._path else ""
        if self._path is None or not words:
            return
        entry = {"asked": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"), "words": words}
        try:
            append(self._path, orjson.dumps(entry) + b"\n")
        except OSError as error:
            log.error("The file of unanswered questions cannot be written: %s", error.strerror)
