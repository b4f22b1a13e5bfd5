"""Chromium for the browser tests: the one of this machine, or one that is installed here; without any the tests skip and say why."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smart_app.demo import Demo, running

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALLERS = (
    ("apt-get", "install", "--yes", "--quiet", "chromium"),
    (sys.executable, "-m", "playwright", "install", "chromium"),
)
SECONDS = 300
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def _path(started: Any) -> str:
    """Where a Chromium is, "" where there is none."""
    own = started.chromium.executable_path
    return next(filter(None, map(shutil.which, NAMES)), own if Path(own).exists() else "")


def _install() -> None:
    for command in INSTALLERS:
        if shutil.which(command[0]):
            try:
                if subprocess.run(command, capture_output=True, timeout=SECONDS, check=False).returncode == 0:
                    return
            except subprocess.TimeoutExpired:
                continue


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="NOT RUN: playwright is not installed")
    with playwright.sync_playwright() as started:
        if not _path(started):
            _install()
        path = _path(started)
        if not path:
            pytest.skip("NOT RUN: there is no Chromium and none could be installed (Debian: apt-get install chromium)")
        browser = started.chromium.launch(executable_path=path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running(None) as both:
        yield both
