"""The practice EHR as one Flask application."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response
from jinja2 import StrictUndefined

from launch.practice import authorize, ehr, fhir, pages
from launch.practice.ehr import Ehr, Manner
from launch.practice.words import templates


def create_practice_ehr(
    charts: Iterable[dict[str, Any]],
    clients: Iterable[Mapping[str, Any]],
    base_url: str,
    *,
    titles: Mapping[str, str] | None = None,
    manner: Manner | None = None,
    clock: Callable[[], float] = time.time,
) -> Flask:
    """A practice EHR. Its state is app.extensions["practice"], an Ehr.

    charts: FHIR R4 Bundles, or bare resources. clients: dicts with client_id, type (public, symmetric, asymmetric), redirect_uris,
    launch_url, scopes, and secret, jwks_uri or jwks. base_url: where it will be reached. titles: Bundle id -> the title of the day
    that it teaches; left out, those of the practice days. clock: epoch seconds. Raises ValueError for a client that cannot work, and
    for a base_url that is plain HTTP off loopback.
    """
    _check(base_url)
    app = Flask(
        "launch.practice", static_folder="static", static_url_path="/practice/static", template_folder=str(templates())
    )
    app.jinja_env.undefined = StrictUndefined
    state = ehr.build(charts, clients, base_url, titles, manner, clock)
    app.extensions["practice"] = state
    # Against rebinding: a page elsewhere on the web may not read the charts through a name of its own.
    app.config["TRUSTED_HOSTS"] = [state.host]
    app.register_blueprint(pages.routes(state))
    app.register_blueprint(authorize.routes(state, app))
    app.register_blueprint(fhir.routes(state))

    @app.after_request
    def guard(answer: Response) -> Response:
        return _guarded(answer, state)

    return app


def _check(base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme == "https":
        return
    host = parts.hostname or ""
    try:
        near = ip_address(host).is_loopback
    except ValueError:
        near = host == "localhost" or host.endswith(".localhost")
    if parts.scheme != "http" or not near:
        raise ValueError(
            f"The practice EHR lets anyone open its patients: it runs on loopback or behind HTTPS, not at {base_url!r}."
        )


def _guarded(answer: Response, state: Ehr) -> Response:
    if answer.mimetype == "text/html":
        clients = state.clients.values()
        apps = _origins(one.launch_url for one in clients)
        # The picker's form ends in a redirect to the app, which form-action must let through.
        targets = _origins(uri for one in clients for uri in one.redirect_uris)
        policy = (
            f"default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
            f"frame-src 'self' {apps}; form-action 'self' {targets}; frame-ancestors 'self' {apps}"
        )
        answer.headers.setdefault("Content-Security-Policy", policy)
        answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    answer.headers.setdefault("Referrer-Policy", "no-referrer")
    return answer


def _origins(addresses: Iterable[str]) -> str:
    parts = (urlsplit(address) for address in addresses if address)
    return " ".join(dict.fromkeys(f"{one.scheme}://{one.netloc}" for one in parts))
