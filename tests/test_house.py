"""The shape of the house: who may import whom, and what no file may hold."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("coding", "smart_app", "launch")
MAY_IMPORT = {"coding": {"coding"}, "launch": {"launch"}, "smart_app": {"coding", "launch", "smart_app"}}
MODULES = sorted(path for room in OURS for path in (ROOT / room).rglob("*.py"))


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    ours = _imports(path) & set(OURS)
    assert ours <= MAY_IMPORT[room]


@pytest.mark.parametrize(
    "path", [path for path in MODULES if path.relative_to(ROOT).parts[0] == "coding"], ids=lambda path: path.name
)
def test_the_engine_needs_nothing_but_the_standard_library(path: Path) -> None:
    assert _imports(path) <= {"coding", *sys.stdlib_module_names}


def test_the_engine_asks_neither_clock_nor_network_nor_environment() -> None:
    forbidden = {"time", "socket", "urllib", "http", "os", "random", "subprocess"}
    for path in MODULES:
        if path.relative_to(ROOT).parts[0] == "coding":
            assert not _imports(path) & forbidden, path.name


def test_no_file_holds_a_cpt_descriptor() -> None:
    telltale = (
        "specify substance or drug",
        "list separately in addition",
        "each additional hour (",
        "up to 1 hour, single or initial",
    )
    for path in [
        *MODULES,
        *(ROOT / "coding/tables").rglob("*.toml"),
        *(ROOT / "templates").rglob("*.txt"),
        ROOT / "README.md",
    ]:
        text = path.read_text(encoding="utf-8").lower()
        assert not [words for words in telltale if words in text], path
