"""Shapes of the picture: x in per cent of the width, so that one drawing serves every width; y and text in pixels."""

from __future__ import annotations

from coding.timeline import MINUTE

HIGH = 12  # of a bar, pixels
ANCHORS = {"": "", "middle": "mi", "end": "en"}  # classes of the sheet, which weigh less than attributes
DIAMOND = "M0-5.5 5.5 0 0 5.5-5.5 0z"


class Canvas:
    """Shapes as they are drawn, and how far down the drawing has come."""

    def __init__(self, start: int, stop: int) -> None:
        self.start, self.length = start, max(stop - start, MINUTE)
        self.out: list[str] = []
        self.y = 36
        self.tops: dict[str, int] = {}

    def x(self, at: int) -> float:
        """Where an instant lies, in per cent."""
        return round((at - self.start) * 100 / self.length, 2)

    def line(self, css: str, x1: float, y1: int, x2: float, y2: int) -> None:
        """A line between two places."""
        self.out.append(f'<line class="{css}" x1="{x1:g}%" y1="{y1}" x2="{x2:g}%" y2="{y2}"/>')

    def box(self, css: str, start: int, stop: int, y: int, high: int = HIGH) -> None:
        """A box from one instant to another."""
        wide = max(self.x(stop) - self.x(start), 0.15)
        self.out.append(f'<rect class="{css}" x="{self.x(start):g}%" y="{y}" width="{wide:.4g}%" height="{high}"/>')

    def text(self, css: str, x: float, y: int, words: str, anchor: str = "", dx: int = 0) -> None:
        """Words at a place; words are markup."""
        more = f' dx="{dx}"' if dx else ""
        names = " ".join(filter(None, (css, ANCHORS[anchor])))
        klass = f' class="{names}"' if names else ""
        self.out.append(f'<text{klass} x="{x:g}%" y="{y}"{more}>{words}</text>')

    def push(self, css: str, at: int, y: int) -> None:
        """The diamond of something given at once; its shape is written once for the whole picture."""
        klass = f' class="{css}"' if css else ""
        self.out.append(f'<use href="#d"{klass} x="{self.x(at):g}%" y="{y}"/>')

    def sign(self, css: str, at: int, y: int, path: str) -> None:
        """A sign of fixed size at an instant."""
        self.out.append(f'<svg x="{self.x(at):g}%" y="{y}"><path class="{css}" d="{path}"/></svg>')
