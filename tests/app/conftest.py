"""Both servers, once for all tests of the app, and a browser for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from smart_app.demo import Demo, running
from tests.app.browser import Browser


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    with running(None) as both:
        yield both


@pytest.fixture
def browser(demo: Demo) -> Browser:
    return Browser(demo)
