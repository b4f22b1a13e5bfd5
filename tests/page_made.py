"""Every page once, and a reader of its tags, for tests of the pages."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from coding.model import DrugLine, Encounter, Line
from coding.panel import Answer, Choice, Evidence, Open, Sentence
from coding.policy import Policy, policy_for
from coding.rules import CARDS
from smart_app.chart import read_bundle
from smart_app.pages_env import render
from smart_app.talks import Item
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
from smart_app.view_panel import Here, PanelView, panel_view
from smart_app.view_policy import payers_of, policy_words, settings_of
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


def sentences(*texts: str) -> tuple[Sentence, ...]:
    return tuple(Sentence(text, "card", "time.additional-hour") for text in texts)


def talk(opened: Open | None) -> tuple[Item, ...]:
    """One answer of each shape: with evidence and another reading, what-if with lines, without a line, declined with choices."""
    rules = ("time.additional-hour",)
    evidence = []
    if opened:
        line, row = opened.coded.lines[0], opened.encounter.administrations[0]
        evidence = [Evidence("line", line.code, line.code), Evidence("administration", row.id, row.text)]
        evidence += [Evidence("problem", one.code, one.says) for one in opened.coded.problems[:1]]
        evidence += [Evidence("line", "99999", "a line that is gone")]
    lines = (
        Line("96365", 1, "2026-03-12", (), "infliximab", 105),
        Line("96366", 1, "2026-03-12", ("59",), "infliximab", 105),
    )
    drug = DrugLine("J1745", 40, "2026-03-12", ("JZ",), "infliximab")
    choices = (Choice("Why this line?", "Why is 96365 billed?"),)
    told, worked, other = (
        sentences("It ran 155 minutes."),
        sentences("60 for the first hour.", "95 are left."),
        sentences("31."),
    )
    answers = (
        Answer("chart", told, worked, other, rules=rules, evidence=tuple(evidence)),
        Answer(
            "what if",
            told,
            worked,
            (),
            sentences("One site."),
            lines=lines,
            drug_lines=(drug,),
            hypothetical=True,
            rules=rules,
        ),
        Answer("what if", told, lines=(), hypothetical=True),
        Answer("outside", told, declined=True, choices=choices),
    )
    return tuple(Item(f"Why only {number} units?", one, "Facility · Cigna") for number, one in enumerate(answers))


def shown(encounter: Encounter, policy: Policy = MEDICARE, asked: bool = False, page: str = "") -> PanelView:
    """The panel over a visit, with every kind of answer in it where something was asked."""
    opened = Open(encounter, coded(encounter, policy), policy)
    here = Here(".", "./ask", "./panel/clear", "" if page else "./panel", page, f"{BASE}/?print=full")
    return panel_view(talk(opened) if asked else (), opened, policy, here)


def page(encounter: Encounter, policy: Policy = MEDICARE, **more: object) -> str:
    more = {"patient": WHO, "base": BASE, "links": LINKS, "panel": shown(encounter, policy), **more}
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
        "asked": page(day, panel=shown(day, asked=True)),
        "panel": render(
            "panel.html",
            panel=shown(day, asked=True, page=f"{BASE}/"),
            policy=policy_words(MEDICARE),
            patient=WHO,
            visit=None,
            links=LINKS,
        ),
        "ask": render(
            "ask.html",
            panel=panel_view(
                talk(None), None, MEDICARE, Here("", "/ask", "/ask/clear"), fault="Write a question first."
            ),
            policy=policy_words(MEDICARE),
            settings=settings_of(MEDICARE),
            payers=payers_of(MEDICARE),
            links={},
        ),
        "problem": problem_page(failure, "7K2F-93QD", "", steps=(("met", "The EHR is known."),), retry="/standalone"),
        "rule": rule_page(CARDS["time.additional-hour"], BASE),
        "rules": rules_page(""),
        "encounters": encounters_page(
            visit_items((day,), lambda one: f"{BASE}/?visit=0"), BASE, patient=WHO, links=LINKS
        ),
        "standalone": standalone_page((Ehr("Harbor General", "https://ehr.example/fhir"),), ""),
        "signed out": signed_out_page("", revoked=True),
    }
