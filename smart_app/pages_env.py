"""Jinja for pages in HTML: everything from a chart is escaped; an unknown name is an error, not an empty place."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from urllib.parse import quote, urlsplit

from jinja2 import Environment
from markupsafe import Markup, escape

from coding.rules import VERSION
from smart_app.view_words import GRADES, VERDICTS, count, full_date, long_date, short_date, upper_first
from smart_app.words import jinja

IMPLIED = re.compile(r"</(?:li|option|t[dhr]|tbody|thead)>")


@cache
def environment() -> Environment:
    """The environment of all pages."""
    env = jinja(escaped=True)
    env.filters.update(
        long_date=long_date,
        full_date=full_date,
        short_date=short_date,
        upper_first=upper_first,
        web=web,
        part=part,
        laid_out=laid_out,
    )
    env.globals.update(
        GRADES=GRADES, VERDICTS=VERDICTS, count=count, rules_version=VERSION, sheet=static("app.css"), static=static
    )
    return env


def render(name: str, **values: object) -> str:
    """A page without blank lines, leading blanks and the end tags that HTML leaves out: on a page of many lines they weigh a fifth.

    Text from a chart is escaped, so that no tag in it can be meant.
    """
    text = IMPLIED.sub("", environment().get_template(name).render(values))
    return "\n".join(line for line in (line.strip() for line in text.splitlines()) if line) + "\n"


def web(address: str) -> str:
    """The address if it is one of the web, else "": a source without an address is named and not linked."""
    return address if urlsplit(address).scheme in ("http", "https") else ""


def laid_out(text: str) -> Markup:
    """Text whose lines and indents stay as they are, in spite of render."""
    return Markup(str(escape(text)).replace("\n", "&#10;"))  # noqa: S704 - escaped


def part(text: str) -> str:
    """Text as one part of a path."""
    return quote(text, safe="")


@cache
def static(name: str) -> str:
    """The address of a file of ours with a mark of its content, so that a browser never keeps an old one."""
    from hashlib import sha256

    content = files("smart_app").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={sha256(content).hexdigest()[:8]}"
