"""From the EHR's link to the coded chart, over real HTTP: who sees what, how often, and what ends where."""

from __future__ import annotations

import logging
import re

import pytest

from launch.practice.charts import DAYS
from smart_app.demo import Demo
from tests.app.browser import Browser, query, title


def patient_of(day: str) -> str:
    return f"{day}-patient"


def test_a_launch_ends_on_a_clean_address_with_the_patients_lines(browser: Browser) -> None:
    page = browser.launch(patient_of("infliximab"))
    assert page.status == 200
    assert re.fullmatch(rf"{browser.demo.app}/e/[\w-]{{22,}}/", page.url)
    assert "96365" in page.text and "96366" in page.text and "J1745" in page.text


@pytest.mark.parametrize("day", DAYS)
def test_every_practice_patient_opens(browser: Browser, day: str) -> None:
    page = browser.launch(patient_of(day))
    assert page.status == 200, title(page)


def test_two_tabs_with_two_patients_never_mix(browser: Browser) -> None:
    first = browser.get(browser.launch_url(patient_of("infliximab")), stop_at="/callback")
    second = browser.launch(patient_of("ocrelizumab"))
    finished = browser.get(first.url)
    again = browser.get(second.url)
    assert finished.url != second.url
    assert "J1745" in finished.text and "J2350" not in finished.text
    assert "J2350" in again.text and "J1745" not in again.text


def test_a_page_belongs_to_the_browser_that_launched_it(demo: Demo, browser: Browser) -> None:
    page = browser.launch(patient_of("infliximab"))
    stranger = Browser(demo).get(page.url)
    assert stranger.status == 404
    assert "J1745" not in stranger.text


def test_a_callback_in_another_browser_is_refused(demo: Demo, browser: Browser) -> None:
    stopped = browser.get(browser.launch_url(patient_of("infliximab")), stop_at="/callback")
    without_cookie = Browser(demo).get(stopped.url)
    assert without_cookie.status >= 400 and "/e/" not in without_cookie.url
    other = Browser(demo)
    other.get(other.launch_url(patient_of("ocrelizumab")), stop_at="/callback")
    assert other.get(stopped.url).status >= 400


def test_a_callback_works_once(browser: Browser) -> None:
    stopped = browser.get(browser.launch_url(patient_of("infliximab")), stop_at="/callback")
    assert browser.get(stopped.url).status == 200
    replayed = browser.get(stopped.url)
    assert replayed.status >= 400 and "/e/" not in replayed.url


def test_an_issuer_that_is_not_on_the_list_gets_no_request(browser: Browser) -> None:
    page = browser.get(f"{browser.demo.app}/launch?iss=http://169.254.169.254/fhir&launch=x")
    assert page.status == 403
    assert title(page)


@pytest.mark.parametrize(
    "address", ["/launch", "/launch?iss=", "/callback", "/callback?code=a&state=b", "/e/none/", "/nothing"]
)
def test_a_wrong_address_has_a_page_that_says_what_to_do(browser: Browser, address: str) -> None:
    page = browser.get(browser.demo.app + address)
    assert 400 <= page.status < 500
    assert title(page) and "Traceback" not in page.text


def test_the_policy_is_changed_in_the_address(browser: Browser) -> None:
    page = browser.launch(patient_of("infliximab"))
    medicare = browser.get(page.url + "?setting=facility&payer=medicare")
    assert "96413" in medicare.text
    wrong = browser.get(page.url + "?payer=medicar")
    assert wrong.status == 400 and "medicare" in wrong.text


def test_no_encounter_in_context_offers_the_visits_newest_first(browser: Browser) -> None:
    page = browser.launch(patient_of("several-visits"), encounter="")
    links = re.findall(r'href="(/e/[^"]+\?encounter=[^"]+)"', page.text)
    assert len(links) >= 2
    chosen = browser.get(browser.demo.app + links[0].replace("&amp;", "&"))
    assert chosen.status == 200 and "963" in chosen.text


def test_sign_out_revokes_and_the_page_is_gone(browser: Browser) -> None:
    page = browser.launch(patient_of("infliximab"))
    out = browser.one("POST", page.url + "sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    assert out.status_code == 200
    assert browser.get(page.url).status == 404


def test_a_form_from_another_site_changes_nothing(browser: Browser) -> None:
    page = browser.launch(patient_of("infliximab"))
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        assert browser.one("POST", page.url + "sign-out", headers=headers).status_code == 403
    assert browser.get(page.url).status == 200


def test_every_page_carries_its_protection(browser: Browser) -> None:
    page = browser.launch(patient_of("infliximab"))
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and browser.demo.ehr in policy and "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "X-Frame-Options" not in page.headers


def test_the_cookie_fits_a_frame_and_says_nothing(browser: Browser) -> None:
    answer = browser.one("GET", browser.launch_url(patient_of("infliximab")))
    cookie = answer.headers["Set-Cookie"]
    for part in ("__Host-chairtime=", "Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"):
        assert part in cookie
    assert "Domain" not in cookie


def test_no_token_code_or_patient_is_in_the_page_the_logs_or_the_audit(
    demo: Demo, browser: Browser, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = browser.launch(patient_of("infliximab"))
        browser.launch(patient_of("infliximab"), fault="401-mid-read")
        browser.get(f"{demo.app}/callback?code=secret-code&state=secret-state")
    launch = demo.services.store.find(browser.cookie, page.url.rstrip("/").rsplit("/", 1)[-1])
    assert launch is not None and launch.access_token
    callback = next(url for url in page.way if "/callback" in url)
    said = "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name.split(".")[0] in ("chairtime", "smart_app", "launch")
    )
    said += "".join(capfd.readouterr())
    secrets = [
        launch.access_token,
        launch.refresh_token,
        query(callback)["code"],
        query(callback)["state"],
        "secret-code",
        "secret-state",
    ]
    for secret in filter(None, secrets):
        assert secret not in page.text
        assert secret not in said
    assert launch.patient not in said


def test_tokens_are_unreadable_in_the_database(demo: Demo, browser: Browser) -> None:
    page = browser.launch(patient_of("infliximab"))
    id = page.url.rstrip("/").rsplit("/", 1)[-1]
    launch = demo.services.store.find(browser.cookie, id)
    dump = "\n".join(demo.services.store._db.iterdump())
    assert launch is not None
    for secret in (launch.access_token, id, launch.patient, browser.cookie):
        assert secret not in dump


def test_rule_pages_open_with_and_without_a_launch(browser: Browser) -> None:
    page = browser.launch(patient_of("infliximab"))
    for base in (page.url, f"{browser.demo.app}/"):
        shown = browser.get(base + "rules/time.additional-hour")
        assert shown.status == 200 and "time.additional-hour" in shown.text
    assert browser.get(f"{browser.demo.app}/rules/no.such").status == 400


def test_our_public_keys_are_served(browser: Browser) -> None:
    keys = browser.one("GET", f"{browser.demo.app}/.well-known/jwks.json").json()["keys"]
    assert {key["kty"] for key in keys} == {"RSA", "EC"}
    assert not any({"d", "p", "q"} & set(key) for key in keys)
