"""Both servers, once for all tests of the app, and a browser for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from smart_app.audit import Audit
from smart_app.demo import Demo, running
from tests.app.browser import Browser


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    with running(None) as both:
        yield both


@pytest.fixture
def browser(demo: Demo) -> Browser:
    return Browser(demo)


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[tuple[Demo, Path]]:
    """A demo of its own whose record of use is written to a file."""
    file = tmp_path / "audit.ndjson"
    with running(None) as both:
        both.services.audit._path, both.services.audit._quiet = file, False
        assert isinstance(both.services.audit, Audit)
        yield both, file
