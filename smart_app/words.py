"""Text pages from templates/: the words and their order live there, not in code."""

from __future__ import annotations

import textwrap
from functools import cache
from importlib import resources
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from coding.codes import label

WIDTH = 100


def templates() -> Path:
    """The folder of templates: inside the package where it is installed, beside it in a checkout."""
    package = Path(str(resources.files("smart_app")))
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def wrap(text: str, indent: int = 0, first: int | None = None) -> str:
    """Text broken at WIDTH columns, indented by so many blanks; first: the indent of the first line."""
    lead = " " * (indent if first is None else first)
    return textwrap.fill(text, WIDTH, initial_indent=lead, subsequent_indent=" " * indent, break_on_hyphens=False)


@cache
def environment() -> Environment:
    """Jinja for plain text: an unknown name is an error, not an empty place."""
    env = Environment(  # noqa: S701 - plain text for a terminal; pages in HTML have an environment of their own
        loader=FileSystemLoader(templates()), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    env.filters["wrap"] = wrap
    env.globals["label"] = label
    return env


def render(name: str, **values: object) -> str:
    """A text page."""
    return environment().get_template(name).render(values)
