"""An EHR's style address is somebody else's text: whatever it leads to, the page has its own colours and no other host is asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from launch.issuers import Issuer
from smart_app.ehr_style import MAX_BYTES, SECONDS, sheet_for

GOOD = {
    "color_background": "#ffffff",
    "color_text": "#111111",
    "color_highlight": "#0b5cad",
    "color_error": "#a00000",
    "color_success": "#005500",
    "dim_font_size": "14px",
}
ISSUER = Issuer("ehr", "http://127.0.0.1:1/fhir", "x", "public", allow_http=True)


class Ehr:
    """Answers a style address as a hostile server would."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.bodies: dict[str, bytes] = {}
        self.away = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                if self.path == "/away":
                    self.send_response(302)
                    self.send_header("Location", outer.away)
                    self.end_headers()
                    return
                self.send_response(404 if self.path == "/none" else 200)
                self.end_headers()
                if self.path == "/drip":
                    for _ in range(100):
                        try:
                            self.wfile.write(b" ")
                            self.wfile.flush()
                        except OSError:
                            return
                        time.sleep(0.1)
                self.wfile.write(outer.bodies.get(self.path, b""))

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def ehr() -> Iterator[Ehr]:
    one = Ehr()
    yield one
    one.close()


@pytest.fixture
def other() -> Iterator[Ehr]:
    one = Ehr()
    yield one
    one.close()


def test_the_ehrs_own_values_are_taken(ehr: Ehr) -> None:
    ehr.bodies["/style"] = json.dumps(GOOD).encode()
    sheet = sheet_for(f"{ehr.url}/style", ISSUER)
    assert "--smart-color-background:#ffffff" in sheet and "--smart-dim-font-size:0.875rem" in sheet


@pytest.mark.parametrize(
    "url",
    [
        "",
        "not an address",
        "/style",
        "https://evil.example/style",
        "http://192.0.2.1/style",
        "https://ehr.example@evil.example/style",
        "https://ehr.example.evil.example/style",
        "http://ehr.example/style",
        "file:///etc/passwd",
        "https://[",
        "https://169.254.169.254/latest/meta-data",
    ],
)
def test_no_host_that_is_not_the_issuers_is_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object) -> None:
        raise AssertionError("a request was made")

    monkeypatch.setattr("smart_app.ehr_style._http", nobody)
    issuer = Issuer("ehr", "https://ehr.example/fhir", "x", "public", trust_hosts=("signin.example",))
    assert sheet_for(url, issuer) == ""


def test_a_redirect_to_another_origin_is_not_followed(ehr: Ehr, other: Ehr) -> None:
    ehr.away = f"{other.url}/style"
    other.bodies["/style"] = json.dumps(GOOD).encode()
    assert sheet_for(f"{ehr.url}/away", ISSUER) == ""
    assert (ehr.asked, other.asked) == (["/away"], [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>sign in</html>",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"[" * 30_000,
        json.dumps({**GOOD, "color_text": "red;} body{background:url(//evil.example)}"}).encode(),
        json.dumps({"font_family_body": "x'} @import '//evil.example';", "dim_font_size": "1px;}"}).encode(),
        json.dumps({"color_text": {"a": 1}, "dim_font_size": 14, "font_family_body": None}).encode(),
        json.dumps({**GOOD, "more": "x" * MAX_BYTES}).encode(),
    ],
)
def test_what_is_no_style_gives_an_empty_sheet_or_only_checked_values(ehr: Ehr, body: bytes) -> None:
    ehr.bodies["/style"] = body
    sheet = sheet_for(f"{ehr.url}/style", ISSUER)
    assert sheet in ("", ":root{--smart-dim-font-size:0.875rem}\n")


def test_a_missing_style_and_a_dead_server_give_an_empty_sheet(ehr: Ehr) -> None:
    assert sheet_for(f"{ehr.url}/none", ISSUER) == ""
    assert sheet_for("http://127.0.0.1:1/style", ISSUER) == ""


def test_a_server_that_drips_holds_up_a_page_for_seconds_only(ehr: Ehr) -> None:
    ehr.bodies["/drip"] = json.dumps(GOOD).encode()
    began = time.monotonic()
    assert sheet_for(f"{ehr.url}/drip", ISSUER) == ""
    assert time.monotonic() - began < SECONDS + 1
