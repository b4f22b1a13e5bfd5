"""The panel of a launch: a question about the rules or the open visit, its answer, the talk so far.

The script of the page asks with the header Accept: application/vnd.chairtime.fragment+html and gets the new turn alone; without it a
question is a form and the answer a page. A question changes neither chart nor lines nor policy.
"""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from coding.panel import Open, ask
from coding.panel.answer import UNKNOWN
from coding.policy import Policy
from launch.context import Launch
from smart_app.asking import fault_of, readable, same_days
from smart_app.launching import services
from smart_app.pages_env import render
from smart_app.talks import Item, Talks, turns_of
from smart_app.view_panel import Here, PanelView, fragment, panel_view
from smart_app.view_people import visit_of
from smart_app.view_policy import policy_words
from smart_app.visit import Chosen, Seen, chosen, links_of, own_launch, policy_asked, query_kept, strip_of

panel = Blueprint("panel", __name__)
FRAGMENT = "application/vnd.chairtime.fragment+html"
LAST = "panel-last"
ALONE, FULL = "alone", "full"
TOO_MANY = "That was many questions in a short time; wait a minute and ask again."


def asked() -> str:
    """The question of the form: a choice that was clicked, else what was typed."""
    sent = request.form.get("choice") or request.form.get("question", "")
    return sent.replace("\r\n", "\n")


def fault_in(question: str, talks: Talks, owner: str) -> tuple[str, int]:
    """Why the question is not taken, in a sentence, with the status of the answer; "" and 200 where it is."""
    if fault := fault_of(question):
        return fault, 400
    return ("", 200) if talks.may_ask(owner) else (TOO_MANY, 429)


def answer(question: str, talks: Talks, owner: str, visit: str, opened: Open | None, policy: Policy) -> Item:
    """The question answered under the policy, and kept; what is recorded of it are kinds and rules, never its words."""
    built = services()
    said = readable(question)
    found = ask(said, turns_of(talks.find(owner, visit)), opened, policy)
    item = Item(said, found, policy_words(policy))
    talks.keep(owner, visit, item)
    launch = owner if talks is built.talks else ""
    built.audit.record("question asked", launch, kind=found.kind, declined=found.declined, rules=", ".join(found.rules))
    if found.kind == UNKNOWN:
        built.unanswered.keep(said)
    return item


def wants_fragment() -> bool:
    """Whether the script of the page asks."""
    return FRAGMENT in request.headers.get("Accept", "")


def as_fragment(view: PanelView) -> Response:
    """The new turn alone."""
    return Response(fragment(view), mimetype=FRAGMENT)


def as_fault(fault: str, status: int) -> Response:
    """The sentence alone."""
    return Response(fault, status, mimetype="text/plain")


def panel_of(
    launch: Launch,
    seen: Seen | None,
    policy: Policy,
    *,
    full: bool = False,
    alone: bool = False,
    fault: str = "",
    typed: str = "",
) -> PanelView:
    """The panel of a launch as it stands on the page of the visit, or alone on a page of its own."""
    base, query = f"/e/{launch.id}", query_kept()
    page = f"{base}/{query}"
    times = f"{page}{'&' if query else '?'}print=full"
    here = Here(
        ".",
        f"./ask{query}",
        f"./panel/clear{query}",
        "" if alone else f"./panel{query}",
        page if alone else "",
        "" if full else times,
        ALONE if alone else FULL if full else "",
    )
    opened = Open(seen.encounter, seen.coded, policy) if seen else None
    talk = services().talks.find(launch.id, seen.name if seen else "")
    return panel_view(talk, opened, policy, here, who=launch.user_name, fault=fault, typed=typed)


@panel.post("/e/<id>/ask")
def ask_of_launch(id: str) -> Response | tuple[str, int]:
    """Answer a question about the visit that the address names."""
    browser, launch = own_launch(id)
    policy, question = policy_asked(), asked()
    talks, alone = services().talks, request.form.get("from") == ALONE
    fault, status = fault_in(question, talks, launch.id)
    if fault and wants_fragment():
        return as_fault(fault, status)
    found = chosen(browser, launch, policy)
    if fault:
        return _page(launch, found, policy, fault, question), status
    visit = found.visit
    opened = Open(*visit, policy, same_days(visit, found.treated)) if visit else None
    answer(question, talks, launch.id, visit.name if visit else "", opened, policy)
    if wants_fragment():
        full = request.form.get("from") == FULL
        return as_fragment(panel_of(launch, visit, policy, full=full, alone=alone))
    return redirect(f"/e/{launch.id}/{'panel' if alone or not visit else ''}{query_kept()}#{LAST}", 303)


@panel.get("/e/<id>/panel")
def panel_alone(id: str) -> str:
    """The panel as a page: for narrow frames, and for those who want it beside the chart."""
    browser, launch = own_launch(id)
    policy = policy_asked()
    return _page(launch, chosen(browser, launch, policy), policy)


def _page(launch: Launch, found: Chosen, policy: Policy, fault: str = "", typed: str = "") -> str:
    visit = found.visit
    return render(
        "panel.html",
        panel=panel_of(launch, visit, policy, alone=True, fault=fault, typed=typed),
        policy=policy_words(policy),
        patient=strip_of(launch, found.fetched),
        visit=visit_of(visit.encounter) if visit else None,
        links=links_of(launch),
    )


@panel.post("/e/<id>/panel/clear")
def clear(id: str) -> Response:
    """Forget the talk about the visit."""
    browser, launch = own_launch(id)
    found = chosen(browser, launch, policy_asked())
    services().talks.forget(launch.id, found.visit.name if found.visit else "")
    alone = request.form.get("from") == ALONE or not found.visit
    return redirect(f"/e/{launch.id}/{'panel' if alone else ''}{query_kept()}#panel", 303)
