"""The guarded session: redirects, sizes, times, cookies."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, Response, redirect, request

from launch.http import AddressRefused, TooLarge, guarded, is_safe, origin, reaching
from launch.problems import EhrUnreachable
from tests.launch.server import serving

SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    app = Flask("site")
    pages: dict[str, Callable[[], Any]] = {
        "here": lambda: Response("here", headers={"Set-Cookie": "who=me; Path=/"}),
        "headers": lambda: dict(request.headers),
        "big": lambda: Response("x" * 200_000),
        "bomb": lambda: Response(gzip.compress(b"x" * 5_000_000), headers={"Content-Encoding": "gzip"}),
        "zipped": lambda: Response(gzip.compress(b"hello" * 100_000), headers={"Content-Encoding": "gzip"}),
        "parts": lambda: Response(iter(["a" * 1000] * 100)),
        "loop": lambda: redirect("/loop"),
        "near": lambda: redirect("/here"),
        "far": lambda: redirect(request.host_url.replace("127.0.0.1", "localhost") + "here"),
        "post": lambda: redirect("/here", 303),
    }

    def slow() -> Response:
        def drip() -> Iterator[str]:
            for _ in range(100):
                time.sleep(0.05)
                yield "x"

        return Response(drip())

    for name, page in {**pages, "slow": slow}.items():
        app.add_url_rule(f"/{name}", name, page, methods=["GET", "POST"])
    with serving(app) as found:
        yield found


def test_a_get_follows_redirects_within_its_origin_only(site: str) -> None:
    http = guarded(allow_loopback_http=True)
    assert http.get(f"{site}/near").text == "here"
    assert http.get(f"{site}/far").status_code == 302


def test_a_post_is_never_redirected(site: str) -> None:
    assert guarded(allow_loopback_http=True).post(f"{site}/post", data={"code": "x"}).status_code == 303


def test_endless_redirects_end(site: str) -> None:
    with pytest.raises(EhrUnreachable), reaching("site"):
        guarded(allow_loopback_http=True).get(f"{site}/loop")


@pytest.mark.parametrize("path", ["/big", "/bomb", "/parts"])
def test_an_answer_that_is_too_large_is_cut_off_compressed_or_not(site: str, path: str) -> None:
    with pytest.raises(TooLarge):
        guarded(allow_loopback_http=True, max_bytes=50_000).get(f"{site}{path}")


def test_answers_come_whole_compressed_or_in_parts(site: str) -> None:
    http = guarded(allow_loopback_http=True)
    assert http.get(f"{site}/zipped").text == "hello" * 100_000
    assert len(http.get(f"{site}/parts").content) == 100_000
    assert len(http.get(f"{site}/big").content) == 200_000


def test_an_answer_that_drips_is_given_up(site: str) -> None:
    began = time.monotonic()
    with pytest.raises(EhrUnreachable, match="in time"), reaching("site"):
        guarded(allow_loopback_http=True, total_seconds=0.3).get(f"{site}/slow")
    assert time.monotonic() - began < 2


@contextmanager
def _rude(says: bytes, pause: float = 0.0) -> Iterator[str]:
    """A server that says some bytes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(says)
                time.sleep(pause)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join()


@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"rubbish\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort",
    ],
)
def test_an_answer_that_breaks_off_is_no_answer(says: bytes) -> None:
    with _rude(says) as url, pytest.raises(EhrUnreachable), reaching("site"):
        guarded(allow_loopback_http=True).get(url)


@pytest.mark.parametrize("says", [b"", SHORT])
def test_a_server_that_hangs_is_given_up(says: bytes) -> None:
    with _rude(says, pause=1.0) as url, pytest.raises(EhrUnreachable, match="in time"), reaching("site"):
        guarded(allow_loopback_http=True, read_seconds=0.2).get(url)


def test_no_cookie_is_kept_between_people(site: str) -> None:
    http = guarded(allow_loopback_http=True)
    http.get(f"{site}/here")
    assert not http.cookies and "Cookie" not in http.get(f"{site}/headers").json()


def test_a_netrc_file_does_not_replace_the_token(site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    http = guarded(allow_loopback_http=True)
    assert "Authorization" not in http.get(f"{site}/headers").json()
    assert http.get(f"{site}/headers", headers={"Authorization": "Bearer t"}).json()["Authorization"] == "Bearer t"


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert guarded(allow_loopback_http=True).get(f"{site}/near").text == "here"


@pytest.mark.parametrize(
    "url",
    ["http://ehr.example/", "ftp://ehr.example/", "https://u:p@ehr.example/", "https:///x", "http://127.0.0.1.nip.io/"],
)
def test_unsafe_addresses_are_refused(url: str) -> None:
    with pytest.raises((AddressRefused, requests.RequestException)):
        guarded(allow_loopback_http=True).get(url)
    assert not is_safe(url, True)


def test_what_counts_as_one_origin() -> None:
    assert origin("https://a.example/x") == origin("https://a.example:443/y") != origin("http://a.example/")
    assert origin("https://[bad") == origin("nonsense") == ""
