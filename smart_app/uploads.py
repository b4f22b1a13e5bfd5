"""Requests whose files stay in memory: what a person uploads is read, answered and gone, and never touches a disk."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from flask import Request

MOST = 5 * 1000 * 1000  # bytes of a page that takes a file


class InMemory(Request):
    """A request that keeps its files in memory; how large it may be is limited before."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()
