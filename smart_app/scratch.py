"""The panel without a patient, for billers: cases are made from words, and the talk belongs to the browser."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from coding.policy import Policy
from smart_app import sessions
from smart_app.launching import services
from smart_app.pages_env import render
from smart_app.panel import LAST, answer, as_fault, as_fragment, asked, fault_in, wants_fragment
from smart_app.view_panel import Here, PanelView, panel_view
from smart_app.view_policy import payers_of, policy_words, settings_of
from smart_app.visit import policy_asked, query_kept

scratch = Blueprint("scratch", __name__)


def _panel(browser: str, policy: Policy, fault: str = "", typed: str = "") -> PanelView:
    query = query_kept()
    here = Here("", f"/ask{query}", f"/ask/clear{query}")
    talk = services().scratch.find(browser) if browser else ()
    return panel_view(talk, None, policy, here, fault=fault, typed=typed)


def _page(browser: str, policy: Policy, fault: str = "", typed: str = "") -> str:
    return render(
        "ask.html",
        panel=_panel(browser, policy, fault, typed),
        policy=policy_words(policy),
        settings=settings_of(policy),
        payers=payers_of(policy),
        links={},
    )


@scratch.get("/ask")
def page() -> str:
    """The talk so far, the policy to ask under, and the box."""
    return _page(sessions.browser_id(request), policy_asked())


@scratch.post("/ask")
def ask_without_patient() -> Response | tuple[str, int]:
    """Answer a question. A browser that is not known yet gets its id now."""
    sent = sessions.browser_id(request)
    browser = sent or sessions.new_id()
    policy, question = policy_asked(), asked()
    talks = services().scratch
    fault, status = fault_in(question, talks, browser)
    if fault:
        return as_fault(fault, status) if wants_fragment() else (_page(sent, policy, fault, question), status)
    answer(question, talks, browser, "", None, policy)
    onward = f"/ask{query_kept()}#{LAST}"
    response = as_fragment(_panel(browser, policy)) if wants_fragment() else redirect(onward, 303)
    if not sent:
        sessions.set_browser_id(response, browser)
    return response


@scratch.post("/ask/clear")
def clear() -> Response:
    """Forget the talk."""
    services().scratch.forget(sessions.browser_id(request))
    return redirect(f"/ask{query_kept()}", 303)
