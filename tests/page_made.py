"""Every page once, and a reader of its tags, for tests of the pages."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from coding.model import Encounter
from coding.policy import Policy, policy_for
from coding.rules import CARDS
from smart_app.chart import read_bundle
from smart_app.view import (
    PatientStrip,
    encounter_page,
    encounters_page,
    problem_page,
    rule_page,
    rules_page,
    signed_out_page,
    standalone_page,
    visit_items,
)
from tests.page_parts import MEDICARE, coded, long_day, visit

BASE = "/e/AbCdEfGhIjKlMnOpQrStUv"
LINKS = {"csv": f"{BASE}/csv", "sign_off": f"{BASE}/sign-off", "sign_out": f"{BASE}/sign-out", "csrf": "token"}
WHO = PatientStrip("Ferreira, Imogen", "F", "1958-07-02", "67 y", "0043187")
SHEET = Path(str(resources.files("smart_app"))) / "static" / "app.css"
HEAVIEST = 60_000  # bytes of the first page with its sheet


class Notice(NamedTuple):
    type: str
    kind: str
    says: str
    do: str


class Failure(NamedTuple):
    code: str
    title: str
    means: str
    do: str


class Ehr(NamedTuple):
    name: str
    iss: str


class Reader(HTMLParser):
    """Tags, ids and links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, name: str) -> list[str]:
        return [value for _, attrs in self.tags for key, value in attrs.items() if key == name and value]


def example() -> Encounter:
    text = resources.files("smart_app").joinpath("examples", "infliximab.json").read_text("utf-8")
    return read_bundle(json.loads(text)).encounters[0]


def page(encounter: Encounter, policy: Policy = MEDICARE, **more: object) -> str:
    more = {"patient": WHO, "base": BASE, "links": LINKS, **more}
    return encounter_page(coded(encounter, policy), encounter, policy, **more)  # type: ignore[arg-type]


def pages() -> dict[str, str]:
    day = long_day()
    failure = Failure("state.unknown", "The launch cannot be found", "It is too old.", "Open it again.")
    return {
        "example": page(example()),
        "day": page(day),
        "office": page(day, policy_for("professional", "commercial")),
        "full": page(day, full=True),
        "empty": page(visit()),
        "problem": problem_page(failure, "7K2F-93QD", "", steps=(("met", "The EHR is known."),), retry="/standalone"),
        "rule": rule_page(CARDS["time.additional-hour"], BASE),
        "rules": rules_page(""),
        "encounters": encounters_page(
            visit_items((day,), lambda one: f"{BASE}/?visit=0"), BASE, patient=WHO, links=LINKS
        ),
        "standalone": standalone_page((Ehr("Harbor General", "https://ehr.example/fhir"),), ""),
        "signed out": signed_out_page("", revoked=True),
    }
