"""The demo: a practice EHR and the app on loopback, one launch done by itself, and where to click."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urljoin

import orjson
import requests
from cryptography.fernet import Fernet
from werkzeug.serving import WSGIRequestHandler, make_server

from coding.engine import code_visits
from coding.policy import policy_for
from launch.issuers import Issuers
from launch.keys import Keys
from launch.practice.charts import practice_charts, titles
from launch.practice.ehr import Manner
from launch.practice.run import Running, start
from launch.practice.shelf import Shelf
from smart_app.application import build
from smart_app.chart import read_bundle
from smart_app.coded import with_chart
from smart_app.config import Config
from smart_app.fhir import as_bundle
from smart_app.own_files import NONE, OwnFiles
from smart_app.register import READ_TYPES
from smart_app.services import Services
from smart_app.sessions import COOKIE
from smart_app.words import page

HOST = "127.0.0.1"
CLIENT_ID = "chairtime-demo"
HOPS = 12
SUFFIXES = (".json", ".ndjson", ".jsonl")
CONTEXT_SCOPES = (
    "launch",
    "launch/patient",
    "launch/encounter",
    "openid",
    "fhirUser",
    "online_access",
    "offline_access",
)


class DemoError(Exception):
    """The demo cannot start; the message says why and what to do."""


class Demo(NamedTuple):
    """Both servers, running. ehr and app: their addresses."""

    ehr: str
    app: str
    services: Services
    practice: Running


def load_charts(folder: str) -> list[dict[str, Any]]:
    """Bundles and loose resources from the files of a folder: JSON, or NDJSON with one on each line.

    What is not FHIR is left out. Raises DemoError where nothing is left or no patient is among it.
    """
    files = sorted(path for path in Path(folder).rglob("*") if path.suffix in SUFFIXES)
    found = [one for path in files for one in _resources(path.read_bytes())]
    if not Shelf(found).patients():
        raise DemoError(f"{folder} holds no FHIR patient in a file named {', '.join(SUFFIXES)}.")
    return found


def _resources(content: bytes) -> Iterator[dict[str, Any]]:
    try:
        read = [orjson.loads(content)]
    except orjson.JSONDecodeError:
        read = []
        for line in content.splitlines():
            with suppress(orjson.JSONDecodeError):
                read.append(orjson.loads(line))
    yield from (one for one in read if isinstance(one, dict) and "resourceType" in one)


def _bound(wanted: int) -> socket.socket:
    """A socket on the wanted port if it is free, else on another one: who holds it cannot lose it to somebody quicker."""
    try:
        return socket.create_server((HOST, wanted))
    except OSError:
        return socket.create_server((HOST, 0))


@contextmanager
def running(
    charts: list[dict[str, Any]] | None,
    ehr_port: int = 0,
    app_port: int = 0,
    *,
    ehr_host: str = HOST,
    manner: Manner | None = None,
    own: OwnFiles = NONE,
) -> Iterator[Demo]:
    """Both servers on loopback until the block ends. charts: Bundles, or None for the practice patients.

    ehr_host: another name of loopback makes the EHR another site than the app, as it is in a hospital.
    manner: how slow the EHR is and how much it puts on a page. own: files that an installation adds.

    Raises DemoError where no port of this machine can be used or the charts cannot be served.
    """
    try:
        held = _bound(app_port)
        with _bound(ehr_port) as free:
            ehr_port = free.getsockname()[1]
        practice = start(
            practice_charts(datetime.now(UTC)) if charts is None else charts,
            titles=titles() if charts is None else None,
            host=ehr_host,
            manner=manner,
            port=ehr_port,
        )
    except (OSError, ValueError) as error:
        raise DemoError(f"The practice EHR cannot start: {error}.") from None
    base, keys = f"http://{HOST}:{held.getsockname()[1]}", Keys.generate()
    iss = f"{practice.url}/fhir"
    practice.ehr.add_client(
        {
            "client_id": CLIENT_ID,
            "name": "Chairtime",
            "type": "asymmetric",
            "jwks": keys.jwks(),
            "redirect_uris": [f"{base}/callback"],
            "scopes": [
                *CONTEXT_SCOPES,
                *(f"patient/{kind}.{suffix}" for kind in READ_TYPES for suffix in ("rs", "read")),
            ],
            "launch_url": f"{base}/launch",
            "standalone_url": f"{base}/standalone?{urlencode({'iss': iss})}",
        }
    )
    allowed = {
        "name": "practice",
        "iss": iss,
        "client_id": CLIENT_ID,
        "client_type": "asymmetric",
        "frame_ancestors": [practice.url],
        "allow_http": True,
    }
    app = build(Config(base, Issuers.read([allowed]), keys, Fernet.generate_key(), own=own))
    with held:
        server = make_server(HOST, app_port, app, threaded=True, request_handler=_Quiet, fd=held.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Demo(practice.url, base, app.extensions["chairtime"], practice)
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
        practice.stop()


class _Quiet(WSGIRequestHandler):
    """No request lines: addresses of launches stand in them."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def launch_once(demo: Demo, patient: str = "") -> str:
    """Do one whole launch as a browser would, on the first patient if none is named; the address of the page that it ends on.

    Raises DemoError where the launch does not end on a chart.
    """
    cookie = ""
    patient = patient or _first_with_infusions(demo.practice.ehr.shelf)
    frame = requests.get(f"{demo.ehr}/practice/open/{patient}", timeout=20)
    found = re.search(r'<iframe[^>]*\ssrc="([^"]+)"', frame.text)
    if not found:
        raise DemoError("The practice EHR showed no frame for the app.")
    url = found.group(1).replace("&amp;", "&")
    for _ in range(HOPS):
        headers = {"Cookie": f"{COOKIE}={cookie}"} if url.startswith(demo.app) and cookie else {}
        answer = requests.get(url, headers=headers, allow_redirects=False, timeout=30)
        sent = re.search(rf"{COOKIE}=([^;]+)", answer.headers.get("Set-Cookie", ""))
        cookie = sent.group(1) if sent else cookie
        if answer.status_code not in (302, 303):
            break
        url = urljoin(url, answer.headers["Location"])
    if answer.status_code != 200 or "/e/" not in url:
        raise DemoError(f"The launch ended with status {answer.status_code}.")
    return url


def _first_with_infusions(shelf: Shelf) -> str:
    named = [patient for patient, *_ in shelf.patients()]
    return next((one for one in named if shelf.of("MedicationAdministration", one)), named[0])


def coded_page(demo: Demo) -> str:
    """The chart that was launched last, as the page that `chairtime code` prints."""
    fetched = demo.services.charts.last()
    if fetched is None:
        raise DemoError("The app read no chart.")
    chart = read_bundle(as_bundle(fetched, "launch"))
    answers = with_chart(chart, code_visits(chart.encounters, policy_for()))
    pages = [page(*one, "") for one in zip(chart.encounters, answers, strict=True) if one[0].administrations]
    return "".join(pages) or "This patient has no administration of a drug or fluid: there is nothing to code.\n\n"
