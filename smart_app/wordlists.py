"""The tables of words and codes beside this package, read once, and the patterns made of them."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any


def table(name: str) -> dict[str, Any]:
    """The table smart_app/tables/<name>.toml."""
    return tomllib.loads(resources.files("smart_app").joinpath("tables", f"{name}.toml").read_text(encoding="utf-8"))


def either(patterns: list[str]) -> re.Pattern[str]:
    """One pattern that matches where any of several does; upper and lower case are the same."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


class Phrase:
    """Patterns with those that take them back, compiled when first needed: most charts need few of them."""

    __slots__ = ("_say", "_unless", "say", "unless")

    def __init__(self, entry: dict[str, Any]) -> None:
        self._say: list[str] = entry["say"]
        self._unless: list[str] = entry.get("unless", [])
        self.say: re.Pattern[str] | None = None
        self.unless: re.Pattern[str] | None = None

    def find(self, text: str) -> re.Match[str] | None:
        """Where the text says it, or None where it does not or takes it back."""
        if self.say is None:
            self.say = either(self._say)
            self.unless = either(self._unless) if self._unless else None
        found = self.say.search(text)
        return None if found is None or (self.unless is not None and self.unless.search(text)) else found
