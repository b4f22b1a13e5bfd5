"""The practice EHR running in a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from launch.practice.ehr import Ehr
from launch.practice.server import create_practice_ehr

HOST = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    """No request lines: launch values and codes stand in them."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


class Running:
    """A server that answers. url: its base; app: the Flask application; stop() ends it and frees the port."""

    def __init__(self, server: BaseWSGIServer, url: str, app: Flask) -> None:
        self.url = url
        self.app = app
        self._server = server
        self._thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="practice-ehr", daemon=True
        )
        self._thread.start()

    @property
    def ehr(self) -> Ehr:
        """Its state: faults to switch, clients to add."""
        state: Ehr = self.app.extensions["practice"]
        return state

    def stop(self) -> None:
        """End the server; answers that hang are let go. A second call does nothing."""
        self.ehr.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(
    charts: Iterable[dict[str, Any]],
    clients: Iterable[Mapping[str, Any]] = (),
    *,
    host: str = HOST,
    port: int = 0,
    **options: Any,
) -> Running:
    """A practice EHR on a port of loopback; port 0 takes a free one. Clients may be added later: running.ehr.add_client({...}).

    options: those of create_practice_ehr. Raises OSError where the port is taken, ValueError as create_practice_ehr does.
    """
    # Bound here, because werkzeug leaves the process where a port is taken.
    with socket.create_server((host, port)) as bound:
        server = make_server(host, port, Flask("placeholder"), threaded=True, request_handler=_Quiet, fd=bound.fileno())
        url = f"http://{host}:{bound.getsockname()[1]}"
    try:
        app = create_practice_ehr(charts, clients, url, **options)
    except BaseException:
        server.server_close()
        raise
    server.app = app
    return Running(server, url, app)
