"""Every fault of the practice EHR, end to end: what the person gets stands in faults.toml, and nothing leaks on the way.

The chart comes in pages of two, so that the faults of paging strike between administrations.
"""

from __future__ import annotations

import html
import logging
import re
import time
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from launch import discovery
from launch.practice.ehr import Manner
from launch.practice.faults import DISCOVERY, FAULTS
from smart_app import visit
from smart_app.demo import Demo, running
from smart_app.fhir import Limits, fetch_chart, fetch_encounters
from tests.app.browser import Browser, Page

PATIENT = "ocrelizumab-patient"
WANTED: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("faults.toml").read_text(encoding="utf-8"))
IMPATIENT = Limits(connect=0.5, read=0.5, total=1.0)
SECONDS = 10.0
LONGEST = 70.0
OF_THE_EHR = "authlib.oauth2.rfc6749.grants"  # the practice EHR shares the process; its library logs what it hands out
WHOLE = "Nothing is missing that would change a line."
NEVER = ("Traceback", "elsewhere.example", "<script>alert", "Made up by a fault")


class Seen(NamedTuple):
    """One launch under a fault: the page, its style sheet, everything that was logged, the hosts that were asked, the pauses."""

    page: Page
    style: str
    log: str
    hosts: frozenset[str]
    pauses: tuple[float, ...]
    seconds: float


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running(None, manner=Manner(page_limit=2, slow=0.1)) as both:
        yield both


@pytest.fixture(scope="module")
def usual(demo: Demo) -> Page:
    """The page without a fault."""
    discovery.forget()
    return Browser(demo).launch(PATIENT)


@pytest.fixture
def look(
    demo: Demo,
    usual: Page,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Any]:
    """Launches under faults: those of discovery for everybody, the others for this launch."""
    hosts: set[str] = set()
    pauses: list[float] = []
    send = HTTPAdapter.send

    def noted(self: HTTPAdapter, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        hosts.add(urlsplit(request.url or "").netloc)
        return send(self, request, *args, **options)

    def launched(written: str) -> Seen:
        browser, names = Browser(demo), written.split(",")
        everywhere = [name for name in names if name in DISCOVERY]
        limits = IMPATIENT if "hang" in names else Limits()
        for fetch in (fetch_chart, fetch_encounters):
            monkeypatch.setattr(visit, fetch.__name__, partial(fetch, sleep=pauses.append, limits=limits))
        requests.post(f"{demo.ehr}/practice/faults", json={"faults": everywhere}, timeout=10).raise_for_status()
        start = time.monotonic()
        with caplog.at_level(logging.DEBUG):
            page = browser.launch(PATIENT, fault=",".join(name for name in names if name not in everywhere))
            linked = re.search(r'href="(/e/[^"]+/style\.css)"', page.text)
            style = browser.get(demo.app + linked[1]).text if linked else ""
        records = (one.getMessage() for one in caplog.records if not one.name.startswith(OF_THE_EHR))
        log = "\n".join((*records, *capfd.readouterr()))
        return Seen(page, style, log, frozenset(hosts), tuple(pauses), time.monotonic() - start)

    monkeypatch.setattr(HTTPAdapter, "send", noted)
    discovery.forget()
    yield launched
    requests.post(f"{demo.ehr}/practice/faults", json={"faults": []}, timeout=10).raise_for_status()
    discovery.forget()


def text_of(page: Page, within: str) -> str:
    """The words between the tags of an element, without what differs between two launches."""
    found = re.search(rf"<{within}[ >].*?</{within.split()[0]}>", page.text, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else ""


def lines_of(page: Page) -> str:
    return text_of(page, 'section id="lines"')


def secrets_of(demo: Demo) -> set[str]:
    """Every code and token that the EHR has handed out."""
    return {*demo.practice.ehr.ledger._codes, *demo.practice.ehr.ledger._tokens}


def strangers(demo: Demo) -> set[str]:
    """The ids of everything in the charts of the other patients."""
    shelf = demo.practice.ehr.shelf
    owned = ((shelf.owner(one), str(one["id"])) for kind in shelf.kinds() for one in shelf.of(kind))
    return {name for owner, name in owned if owner not in ("", PATIENT)}


def test_every_fault_has_its_expectation() -> None:
    named = {name.partition(":")[0] for written in WANTED for name in written.split(",")}
    assert set(FAULTS) <= set(WANTED)
    assert named <= set(FAULTS)


@pytest.mark.parametrize("fault", [*FAULTS, *(one for one in WANTED if one not in FAULTS)])
def test_the_person_gets_what_the_table_says(demo: Demo, usual: Page, look: Any, fault: str) -> None:
    wanted = WANTED[fault]
    seen = look(",".join([fault, *wanted.get("with", [])]))
    page, said = seen.page, text_of(seen.page, "body")
    slug = re.search(r"<dt>Reference</dt><dd>([\w-]+)", page.text)
    assert (slug[1] if slug else "") == wanted.get("problem", "")
    assert (page.status == 200) == ("problem" not in wanted)
    assert page.status != 500
    if "same" in wanted:
        assert text_of(page, "main") == text_of(usual, "main")
    if "notice" in wanted:
        assert wanted["notice"] in said
        assert WHOLE not in said
    if wanted.get("lines") == "same":
        assert lines_of(page) == lines_of(usual)
    assert seen.seconds < SECONDS
    check_nothing_leaks(demo, seen)


def check_nothing_leaks(demo: Demo, seen: Seen) -> None:
    """No secret, no stranger and no foreign host in anything that stays."""
    page = seen.page
    assert seen.hosts <= {urlsplit(demo.ehr).netloc, urlsplit(demo.app).netloc}
    for secret in secrets_of(demo):
        assert secret not in page.text + page.url + seen.style + seen.log
    assert "code=" not in page.url and "state=" not in page.url
    assert PATIENT not in seen.log
    assert not [name for name in strangers(demo) if name in page.text]
    assert not [words for words in NEVER if words in page.text + seen.style]


def test_the_page_without_a_fault_has_lines_and_claims_to_be_read_whole(usual: Page) -> None:
    assert "J2350" in lines_of(usual)
    assert "could not be read" not in text_of(usual, "main")


@pytest.mark.parametrize("fault", ["429-retry-after", "429-date"])
def test_a_throttled_request_waits_as_long_as_the_ehr_asks(look: Any, fault: str) -> None:
    pauses = look(fault).pauses
    assert pauses and all(0 <= pause < 2 for pause in pauses)
    assert fault == "429-date" or min(pauses) >= 1


def test_an_ehr_that_hangs_cannot_hold_the_page_longer_than_the_limits() -> None:
    assert Limits().total < LONGEST
    assert Limits().read < Limits().total


@pytest.mark.usefixtures("look")
def test_without_revocation_signing_out_says_that_the_access_ends_by_itself(demo: Demo) -> None:
    requests.post(f"{demo.ehr}/practice/faults", json={"faults": ["no-revocation"]}, timeout=10)
    browser = Browser(demo)
    page = browser.launch(PATIENT)
    out = browser.one("POST", page.url + "sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    assert "This EHR has no way to withdraw the access early" in out.text
    assert browser.get(page.url).status == 404


@pytest.mark.parametrize(
    "path", ["no-such-slug/0a1b2c3d", "token-refused/<b>", "token-refused/0a1b2c3", "wrong-address/0a1b2c3d"]
)
def test_a_problem_that_is_made_up_has_no_page(demo: Demo, path: str) -> None:
    assert Browser(demo).get(f"{demo.app}/problem/{path}").status == 404
