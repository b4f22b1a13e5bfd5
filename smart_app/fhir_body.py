"""The body of one answer, read in pieces, so that neither its size nor its slowness can harm the app."""

from __future__ import annotations

import time
from threading import Lock

import requests

_PIECE = 65_536


class TooLarge(Exception):
    """An answer, or all answers together, hold more bytes than allowed. The message is a clause for a person."""


class TooLong(Exception):
    """The time for the whole chart is over. The message is a clause for a person."""


class Budget:
    """What is left for one chart: seconds (on a clock that nobody sets) and bytes, shared by the threads that read it."""

    def __init__(self, seconds: float, size: int) -> None:
        self._end = time.monotonic() + seconds
        self._left = size
        self._lock = Lock()

    @property
    def seconds(self) -> float:
        """Seconds left; may be negative."""
        return self._end - time.monotonic()

    def spend(self, size: int) -> None:
        """Takes bytes off. Raises TooLarge where there are none left."""
        with self._lock:
            self._left -= size
            if self._left < 0:
                raise TooLarge("the chart is larger than the app reads in one go")


def read_body(response: requests.Response, most: int, budget: Budget) -> bytes:
    """The decoded body of a streamed answer. most: bytes of this one. Raises TooLarge, TooLong, and errors of requests and urllib3."""
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:18]) > most:
        raise _too_large(most)
    pieces: list[bytes] = []
    size = 0
    # read1 returns what has come: a server that sends a byte a second cannot hold the thread past the budget.
    while piece := response.raw.read1(_PIECE, decode_content=True):
        size += len(piece)
        if size > most:
            raise _too_large(most)
        budget.spend(len(piece))
        if budget.seconds <= 0:
            raise TooLong("the EHR took too long to answer")
        pieces.append(piece)
    return b"".join(pieces) if pieces else _read_before(response, most, budget)


def _read_before(response: requests.Response, most: int, budget: Budget) -> bytes:
    """The body where the session has read it itself, as launch.http does."""
    body = response.content or b""
    if len(body) > most:
        raise _too_large(most)
    budget.spend(len(body))
    return body


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"one answer of the EHR is larger than {most // 1024} kB")
