"""Where the practice EHR's pages are kept."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def templates() -> Path:
    """The folder that holds practice/*.html: beside the packages in a checkout, inside smart_app where the wheel is installed.

    Raises FileNotFoundError where neither place has it.
    """
    beside = Path(str(resources.files("launch"))).parent
    for folder in (beside / "templates", beside / "smart_app" / "templates"):
        if (folder / "practice").is_dir():
            return folder
    raise FileNotFoundError("The practice EHR's pages are missing from this installation. Install the package again.")
