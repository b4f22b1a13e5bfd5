"""Text pages from templates/: the words and their order live there, not in code."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from coding.codes import label
from coding.model import ASKS, STOPS, TELLS, Coded, Encounter, Problem
from coding.timeline import clock, day

WIDTH = 100


def templates() -> Path:
    """The folder of templates: inside the package where it is installed, beside it in a checkout."""
    package = Path(str(resources.files("smart_app")))
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def wrap(text: str, indent: int = 0, first: int | None = None, width: int = WIDTH) -> str:
    """Text broken at width columns, indented by so many blanks; first: the indent of the first line."""
    lead = " " * (indent if first is None else first)
    return textwrap.fill(text, width, initial_indent=lead, subsequent_indent=" " * indent, break_on_hyphens=False)


def jinja(escaped: bool) -> Environment:
    """Jinja over the templates: an unknown name is an error, not an empty place. escaped: for HTML."""
    return Environment(
        loader=FileSystemLoader(templates()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=escaped,
    )


@cache
def environment() -> Environment:
    """The environment of plain text."""
    env = jinja(escaped=False)
    env.filters["wrap"] = wrap
    env.filters["by_severity"] = by_severity
    env.globals["label"] = label
    return env


def render(name: str, **values: object) -> str:
    """A text page. What a chart holds of controls and of signs that turn the direction of writing never reaches a terminal."""
    page = environment().get_template(name).render(values)
    return "\n".join(line if line.isprintable() else _printable(line) for line in page.split("\n"))


def _printable(line: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in line)


def by_severity(problems: Iterable[Problem]) -> list[Problem]:
    """What stops a line first, then what asks, then what only tells."""
    return sorted(problems, key=lambda one: (STOPS, ASKS, TELLS).index(one.severity))


def page(encounter: Encounter, coded: Coded, bundle: str) -> str:
    """One encounter as a page that a coder would print."""
    return render("text/coded.txt", coded=coded, bundle=bundle, encounter=encounter, when=_when(encounter))


def _when(encounter: Encounter) -> str:
    if encounter.start is None:
        return ""
    begin = f"{day(encounter.start, encounter.offset)} {clock(encounter.start, encounter.offset)}"
    if encounter.stop is None:
        return f"{begin}, still open" if encounter.open else begin
    end = clock(encounter.stop, encounter.offset)
    if day(encounter.stop, encounter.offset) != day(encounter.start, encounter.offset):
        end = f"{day(encounter.stop, encounter.offset)} {end}"
    return f"{begin} to {end}"
