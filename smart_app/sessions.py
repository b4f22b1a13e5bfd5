"""The browser's session: one opaque cookie, fit for a frame inside an EHR; everything else is on the server."""

from __future__ import annotations

import secrets

from flask import Request
from werkzeug.wrappers import Response

COOKIE = "__Host-chairtime"
ID_BYTES = 32


def browser_id(request: Request) -> str:
    """The id that this browser sent, or ""."""
    return request.cookies.get(COOKIE, "")


def new_id() -> str:
    """A new id: 256 random bits."""
    return secrets.token_urlsafe(ID_BYTES)


def set_browser_id(response: Response, id: str) -> None:
    """Give the browser its id. SameSite=None and Partitioned: the cookie must live in a frame of another site."""
    response.set_cookie(COOKIE, id, secure=True, httponly=True, samesite="None", path="/", partitioned=True)


def forget(response: Response) -> None:
    """Take the id away."""
    response.set_cookie(COOKIE, "", max_age=0, secure=True, httponly=True, samesite="None", path="/", partitioned=True)
