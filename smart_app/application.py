"""Wires one installation, and nothing else."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict

from flask import Flask, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from launch import problems
from launch.http import guarded
from launch.problems import LaunchProblem
from smart_app.audit import Audit
from smart_app.claim_pages import claim_pages
from smart_app.config import Config, load
from smart_app.denial_pages import denial_pages
from smart_app.launching import launching, reference
from smart_app.pages import pages
from smart_app.panel import panel
from smart_app.scratch import scratch
from smart_app.security import protect
from smart_app.services import Charts, Services
from smart_app.store import Store
from smart_app.talks import Talks
from smart_app.unanswered import Unanswered
from smart_app.uploads import InMemory
from smart_app.view import problem_page

log = logging.getLogger("chairtime")
FORBIDDEN, TOO_LARGE = 403, 413
REMEMBERED = 200
SAID_TO_THE_BROWSER = (
    "access-denied",
    "server-refused",
)  # what it said to the server may hold more than the person should see


class Unexpected(LaunchProblem):
    """The last resort: a fault of ours."""

    code = "unexpected"
    status = 500
    title = "Something went wrong in Chairtime."
    means = "The page could not be made. Nothing was billed or changed."
    do = "Try again. If it happens again, tell your support the reference below."


class NoSuchPage(LaunchProblem):
    """An address that the app does not have, or a request that it does not take."""

    code = "no-such-page"
    status = 404
    title = "There is no such page."
    means = "The address is wrong or old."
    do = "Open Chairtime from the patient's chart."


class NotFromHere(LaunchProblem):
    """A form that another site sent, or a browser that does not say who sent it (OWASP ASVS 5.0, 3.5.1)."""

    code = "not-from-here"
    status = 403
    title = "The request did not come from a page of Chairtime."
    means = "Nothing was changed."
    do = "Go back to the page and press the button there."


class TooLarge(LaunchProblem):
    """A form with more in it than any page of ours would send."""

    code = "too-large"
    status = 413
    title = "That was too much text."
    means = "Nothing was read of it."
    do = "Go back and send less."


SAID = {FORBIDDEN: NotFromHere, TOO_LARGE: TooLarge}
PROBLEMS = {
    one.code: one
    for one in (*vars(problems).values(), Unexpected)
    if isinstance(one, type) and issubclass(one, LaunchProblem)
}


def build(config: Config | str) -> Flask:
    """The application. Raises ConfigError where the installation is not complete."""
    if isinstance(config, str):
        config = load(config)
    app = Flask("smart_app", static_folder="static", static_url_path="/static", template_folder=None)
    store = Store(config.store, config.secret, config.idle_minutes * 60, config.absolute_hours * 3600)
    http = guarded(allow_loopback_http=any(issuer.allow_http for issuer in config.issuers.all()))
    audit = Audit(config.audit_file, quiet=not config.audit_file)
    idle = config.idle_minutes * 60
    unanswered = Unanswered(config.unanswered_file)
    talks, scratch_talks = Talks(idle, proven=True), Talks(idle, proven=False)
    app.extensions["chairtime"] = Services(config, store, http, audit, Charts(), talks, scratch_talks, unanswered)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.request_class = InMemory
    logging.getLogger("urllib3").setLevel(logging.WARNING)  # at DEBUG it writes addresses with patient ids
    app.before_request(_known_only)
    protect(app, config.base_url, config.frame_ancestors)
    app.register_blueprint(launching)
    app.register_blueprint(pages)
    app.register_blueprint(panel)
    app.register_blueprint(claim_pages)
    app.register_blueprint(denial_pages)
    app.register_blueprint(scratch)
    _failures(app, config)

    @app.get("/")
    def home() -> Response:
        return redirect("/standalone", 302)

    @app.get("/favicon.ico")
    def icon() -> Response:
        """None: browsers ask by themselves, and that is no failure to record."""
        return Response(status=204)

    @app.get("/health")
    def health() -> Response:
        return Response("ok", mimetype="text/plain")

    return app


def _known_only() -> None:
    """No such address, or not by that method, is said before anything else: 404 and 405 rather than 403."""
    if request.routing_exception is not None:
        raise request.routing_exception


def _facts(problem: LaunchProblem) -> tuple[tuple[str, str], ...]:
    """What the person may need for support: our finding, and the EHR's own words."""
    named = [("What is wrong", "says"), ("The EHR's code", "error")]
    if problem.code in SAID_TO_THE_BROWSER:
        named.append(("The EHR says", "description"))
    return tuple((title, text) for title, name in named if (text := getattr(problem, name, "")))


def _failures(app: Flask, config: Config) -> None:
    """Every failure has a page that says what happened and what to do; the log gets its slug and a reference, never its data."""

    said: OrderedDict[str, LaunchProblem] = OrderedDict()

    def show(problem: LaunchProblem) -> tuple[str | Response, int]:
        number = reference()
        log.warning("%s on %s, reference %s: %s", problem.code, request.endpoint, number, problem.detail)
        services: Services = app.extensions["chairtime"]
        services.audit.record("failure", code=problem.code, reference=number)
        if request.endpoint == "launching.callback" and problem.code in PROBLEMS:
            # The address holds the code and the state, which must not stay in the browser.
            said[number] = problem
            while len(said) > REMEMBERED:
                said.popitem(last=False)
            return redirect(f"/problem/{problem.code}/{number}", 303), 303
        return problem_page(problem, number, "", facts=_facts(problem)), problem.status

    @app.get("/problem/<code>/<number>")
    def told(code: str, number: str) -> tuple[str, int]:
        """A problem once more, at an address without secrets."""
        if code not in PROBLEMS or not re.fullmatch(r"[0-9a-f]{8}", number):
            raise NoSuchPage
        problem = said.get(number) or PROBLEMS[code]()
        return problem_page(problem, number, "", facts=_facts(problem)), problem.status

    @app.errorhandler(LaunchProblem)
    def launch_problem(problem: LaunchProblem) -> tuple[str | Response, int]:
        return show(problem)

    @app.errorhandler(HTTPException)
    def http_problem(error: HTTPException) -> tuple[str | Response, int, dict[str, str]]:
        page, _ = show(SAID.get(error.code or 0, NoSuchPage)(error.name))
        return page, error.code or 500, {name: value for name, value in error.get_headers() if name == "Allow"}

    @app.errorhandler(Exception)
    def any_problem(error: Exception) -> tuple[str | Response, int]:
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        where = f"{frame.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.tb_lineno}" if frame else ""
        return show(Unexpected(f"{type(error).__name__} at {where}"))
