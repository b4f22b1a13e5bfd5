"""The web application and the command line: thin; they read charts, call the engine and show what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from smart_app.config import Config


def create_app(config: Config | str) -> Flask:
    """The WSGI application of one installation. config: its values, or the path of its TOML file (see README)."""
    from smart_app.application import build

    return build(config)
