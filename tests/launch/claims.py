"""Times of an id_token, told from the moment of the test: a suite may run for minutes between collection and test."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any


def after(seconds: float) -> timedelta:
    """So many seconds from now on; before now where negative."""
    return timedelta(seconds=seconds)


def dated(claims: dict[str, Any]) -> dict[str, Any]:
    """Claims with their times as seconds since 1970."""
    now = int(time.time())
    return {name: now + said.total_seconds() if isinstance(said, timedelta) else said for name, said in claims.items()}
