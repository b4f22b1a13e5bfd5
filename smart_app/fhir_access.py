"""The access token of one launch while its chart is read: refreshed at most once, by one thread at a time."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from requests import PreparedRequest
from requests.auth import AuthBase

from launch.context import Launch
from launch.problems import SessionEnded


class Access:
    """Hands out the token. A second refresh at the same time would look like theft of the refresh token (RFC 9700 section 4.14)."""

    def __init__(self, launch: Launch, refresh: Callable[[], Launch] | None) -> None:
        self._token = launch.access_token
        self._refresh = refresh
        self._lock = Lock()
        self._ended: Exception | None = None

    @property
    def token(self) -> str:
        """The token to send now."""
        return self._token

    def renew(self, refused: str) -> None:
        """After a 401 for a token: makes sure that a newer one is there.

        Raises SessionEnded where there can be none, and whatever the refresh raises: the same to every thread.
        """
        with self._lock:
            if self._ended is not None:
                raise self._ended
            if self._token != refused:
                return
            refresh, self._refresh = self._refresh, None
            try:
                if refresh is None:
                    raise SessionEnded("FHIR server answered 401")
                self._token = refresh().access_token
                if self._token == refused:
                    raise SessionEnded("refresh brought the token that was refused")
            except Exception as error:
                self._ended = error
                raise


class Bearer(AuthBase):
    """Sets the Authorization header last, so that no .netrc file of the machine takes its place (RFC 6750 section 2.1)."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return "Bearer(…)"
