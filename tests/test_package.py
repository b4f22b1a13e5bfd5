"""What a person installs holds what it needs: templates, tables and the example are in the wheel."""

from __future__ import annotations

import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parent.parent


def test_templates_tables_and_the_example_reach_the_wheel(tmp_path: Path) -> None:
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "templates").rglob("*.txt"):
        assert f"smart_app/templates/{path.relative_to(ROOT / 'templates').as_posix()}" in names
    for path in (ROOT / "coding" / "tables").rglob("*.*"):
        assert path.relative_to(ROOT).as_posix() in names
    assert {"smart_app/examples/infliximab.json", "smart_app/static/app.css", "smart_app/static/panel.js"} <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]
