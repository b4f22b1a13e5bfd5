"""The picture of a visit drawn: one SVG for every width. x is in per cent, text in pixels; class w is dropped where it is narrow."""

from __future__ import annotations

from markupsafe import Markup, escape

from coding.timeline import DAY, MINUTE, clock, day
from smart_app.timeline import BESIDE, DRUG, FLUID, NO_STOP, PUSH, UNUSED, Bar, Lane, Timeline
from smart_app.timeline_canvas import DIAMOND, HIGH, Canvas
from smart_app.view_words import long_date, short_date, upper_first

STEPS = (5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880, 10080)  # minutes between the times on the axis
MOST_TICKS, MOST_NARROW = 13, 4
NARROW, WIDE = 9.0, 2.8  # per cent that a number needs where it is narrow and where it is wide
BESIDE_PUSH = 28.0  # per cent that a label needs beside a push
ROOM = 46.0  # per cent of the width that a label needs beside its bar
CSS = {DRUG: "drug", BESIDE: "co", FLUID: "hyd", UNUSED: "out", NO_STOP: "dash", PUSH: ""}


def draw(picture: Timeline) -> Markup:
    """The SVG. Every word from the chart is escaped; there is no style and no script in it."""
    canvas = Canvas(picture.start, picture.stop)
    for number, lane in enumerate(picture.lanes):
        _lane(canvas, lane, number, picture)
    high = canvas.y + 4
    if picture.now is not None:
        canvas.line("nowl", canvas.x(picture.now), 36, canvas.x(picture.now), high)
        canvas.text("t rk", canvas.x(picture.now), 45, "now", "end", -4)
    axis = _axis(canvas, picture, high)
    title = f"Timeline of {long_date(day(picture.start, picture.offset))} by access site"
    described = "; ".join(_said(lane) for lane in picture.lanes)
    head = (
        f'<svg height="{high}" role="img" aria-labelledby="tlt tld"><title id="tlt">{escape(title)}</title>'
        f'<desc id="tld">{escape(described)}. The table below has every time.</desc><defs><pattern id="h" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hb" width="6" height="6"/>'
        f'<rect class="hyd" width="2" height="6"/></pattern><path id="d" d="{DIAMOND}"/></defs>'
    )
    return Markup(head + axis + "".join(canvas.out) + "</svg>")  # noqa: S704 - every word was escaped where it was read


def _said(lane: Lane) -> str:
    bars = ", ".join(f"{bar.name} {bar.minutes} minutes" if bar.minutes else bar.name for bar in lane.bars)
    return f"{upper_first(lane.name)}: {bars}"


def _axis(canvas: Canvas, picture: Timeline, high: int) -> str:
    body, canvas.out = canvas.out, []
    length = (picture.stop - picture.start) // MINUTE
    step = next((one for one in STEPS if length / one <= MOST_TICKS), STEPS[-1]) * MINUTE
    first = -(-(picture.start + picture.offset) // step) * step - picture.offset
    ticks = list(range(first, picture.stop + 1, step))
    every = max(1, -(-len(ticks) // MOST_NARROW))
    last_day = ""
    for number, at in enumerate(ticks):
        wide = "" if number % every == 0 else " w"
        canvas.line(f"gr{wide}", canvas.x(at), 36, canvas.x(at), high)
        if 1.5 < canvas.x(at) < 98.5:
            canvas.text(
                f"t{wide}", canvas.x(at), 31, clock(at, picture.offset) if step < DAY * MINUTE else "", "middle"
            )
        today = day(at, picture.offset)
        if today != last_day and (number % every == 0 or last_day):
            where = min(canvas.x(at), 94)
            canvas.text("t", where, 14, str(escape(short_date(today))), "middle" if where > 3 else "")
            last_day = today
    out, canvas.out = "".join(canvas.out), body
    return out


def _lane(canvas: Canvas, lane: Lane, number: int, picture: Timeline) -> None:
    if number:
        canvas.y += 6
        canvas.out.append(f'<line class="edge" x1="0" y1="{canvas.y}" x2="100%" y2="{canvas.y}"/>')
    canvas.y += 16
    canvas.text("hd", 0, canvas.y, str(escape(upper_first(lane.name[:60]))))
    canvas.y += 6
    fluids: list[tuple[Bar, int]] = []
    for bar in lane.bars:
        top = _bar(canvas, bar, picture)
        canvas.tops[bar.ids[0]] = top
        if bar.kind == FLUID:
            fluids.append((bar, top))
        if bar.beside:
            _bracket(canvas, bar, top)
    for bar, top in fluids:
        _guides(canvas, bar, top, lane)


def _bar(canvas: Canvas, bar: Bar, picture: Timeline) -> int:
    if bar.pushes:
        return _pushes(canvas, bar)
    stop = bar.stop if bar.stop is not None else (picture.now or picture.stop)
    left, right = canvas.x(bar.start), canvas.x(stop)
    words = _label(bar)
    beside = "right" if 100 - right >= ROOM else "left" if left >= ROOM else "above"
    if beside == "above":
        canvas.y += 14
        anchor, where, dx = ("end", right, -5) if left > 50 else ("", left, 5)
        canvas.text(_tone(bar), where, canvas.y, words, anchor, dx if bar.beside else 0)
        canvas.y += 4 if bar.beside else 0
    canvas.y += 6
    top = canvas.y
    if bar.kind == NO_STOP:
        for span in bar.spans:
            canvas.box("drug", *span, top)
        begin = max([bar.start, *(span[1] for span in bar.spans)])
        canvas.box("dash", begin, max(stop, begin + MINUTE), top)
        canvas.text("wt hd", right, top + 10, "?", "end", -4)
    elif bar.pieces:
        for piece in bar.pieces:
            canvas.box("hyd" if piece.counted else "carve", piece.start, piece.stop, top)
    else:
        for span in bar.spans:
            canvas.box(CSS[bar.kind], *span, top)
    if beside == "right":
        canvas.text(_tone(bar), right, top + 10, words, "", 8)
    elif beside == "left":
        canvas.text(_tone(bar), left, top + 10, words, "end", -8)
    if bar.grade in ("derived", "device") and bar.kind != NO_STOP and bar.stop is not None:
        canvas.sign("gs", bar.stop, top - 1, "M-3-3h6v6h-6z" if bar.grade == "device" else "M0-3a3 3 0 0 0 0 6z")
        if bar.grade == "derived":
            canvas.sign("gv", bar.stop, top - 1, "M3 0a3 3 0 1 1-6 0 3 3 0 1 1 6 0z")
    canvas.y = top + HIGH
    if _numbers(canvas, bar, top):
        canvas.y += 14
    return top


def _numbers(canvas: Canvas, bar: Bar, top: int) -> bool:
    """The deciding minutes, or the pieces of a fluid, under a bar; False where there is no number to write."""
    wide = narrow = -99.0
    drawn = False
    if bar.kind != FLUID:
        for mark in bar.marks:
            x = canvas.x(mark.at)
            if x >= 100:
                continue
            if mark.reached:
                canvas.line("cut", x, top, x, top + HIGH)
            low = top + 13 if bar.kind != NO_STOP else top + 3
            canvas.line("tk" if mark.reached else "tk o", x, low, x, top + 18)
            if x - wide >= WIDE:
                small = "" if x - narrow >= NARROW else " w"
                anchor = "end" if x > 97 else "middle"
                canvas.text(f"t{' rk' if mark.reached else ''}{small}", x, top + 28, str(mark.minutes), anchor)
                if not mark.reached and bar.stop is not None and x > canvas.x(bar.stop):
                    canvas.line("ld", canvas.x(bar.stop), top + 16, x, top + 16)
                wide, narrow, drawn = x, narrow if small else x, True
        return drawn
    for piece in bar.pieces if len(bar.pieces) > 1 else ():
        x = (canvas.x(piece.start) + canvas.x(piece.stop)) / 2
        if x - wide < WIDE or not piece.minutes:
            continue
        small = "" if x - narrow >= NARROW else " w"
        shown = str(piece.minutes) if piece.counted else f"−{piece.minutes}"
        canvas.text(f"t{' rk' if piece.counted else ''}{small}", round(x, 2), top + 24, shown, "middle")
        wide, narrow, drawn = x, narrow if small else x, True
    return drawn


def _pushes(canvas: Canvas, bar: Bar) -> int:
    places = sorted({at for at, _ in bar.pushes})
    edges = [0.0, *(canvas.x(at) for at in places), 100.0]
    gaps = [(edges[n + 1] - edges[n], n) for n in range(1, len(edges) - 1)]
    room, after = max(gaps, key=lambda gap: (min(gap[0], ROOM), -gap[1]))
    beside = "right" if room >= BESIDE_PUSH else "left" if edges[1] >= BESIDE_PUSH else "above"
    if beside == "above":
        canvas.y += 14
        canvas.text("", min(edges[1], 100 - BESIDE_PUSH), canvas.y, _label(bar))
    canvas.y += 6
    top = canvas.y
    for at, reported in bar.pushes:
        canvas.push("" if reported else "hol", at, top + 6)
    if beside == "right":
        canvas.text("", edges[after], top + 10, _label(bar), "", 9)
    elif beside == "left":
        canvas.text("", edges[1], top + 10, _label(bar), "end", -9)
    canvas.y = top + HIGH + 2
    return top


def _bracket(canvas: Canvas, bar: Bar, top: int) -> None:
    low, high, over = bar.beside or (0, 0, "")
    above = canvas.tops.get(over)
    if above is None:
        return
    a, b = canvas.x(low), canvas.x(high)
    first, last = (above + HIGH, top) if above < top else (top + HIGH, above)
    canvas.line("br", a, first, a, last)
    canvas.line("br", b, first, b, last)
    canvas.line("br", a, last - 4, b, last - 4)


def _guides(canvas: Canvas, bar: Bar, top: int, lane: Lane) -> None:
    """From the ends of a carved piece to the drug that took it."""
    for piece in bar.pieces:
        for other in lane.bars:
            to = canvas.tops.get(other.ids[0])
            if piece.counted or other.kind not in (DRUG, BESIDE, NO_STOP) or to is None:
                continue
            for start, stop in other.spans:
                for at in (piece.start, piece.stop):
                    if start <= at <= stop and to != top:
                        first, last = (top + HIGH, to) if to > top else (to + HIGH, top)
                        canvas.line("gd w", canvas.x(at), first, canvas.x(at), last)


def _tone(bar: Bar) -> str:
    return "wt" if bar.kind == NO_STOP else ""


def _label(bar: Bar) -> str:
    short, rest = bar.name[:22], bar.name[22:60]
    tail = _tail(bar)
    narrow = "" if len(short) + len(tail) <= 26 and not rest else " w"
    return (
        str(escape(short))
        + (f'<tspan class="w">{escape(rest)}</tspan>' if rest else "")
        + (f'<tspan class="mu{narrow}"> · {escape(tail)}</tspan>' if tail else "")
    )


def _tail(bar: Bar) -> str:
    if bar.kind == NO_STOP:
        return "still running" if bar.running else "no stop charted"
    if bar.kind == PUSH:
        reported = sum(one for _, one in bar.times)
        if len(bar.times) > 1:
            return f"{reported} of {len(bar.times)} reported"
        return bar.how if reported else "not billed"
    if bar.kind == UNUSED:
        return "not billed"
    if bar.kind == FLUID and bar.pieces and any(not piece.counted for piece in bar.pieces):
        return f"{sum(piece.minutes for piece in bar.pieces if piece.counted)} of {bar.minutes} min count"
    if bar.kind == FLUID and not bar.pieces and bar.counted is not None and bar.counted < bar.minutes:
        return f"{bar.counted} of {bar.minutes} min count"
    grade = f", stop {bar.grade}" if bar.grade in ("derived", "device") else ""
    alone = (
        ", as a push"
        if bar.as_push
        else f", {bar.counted} alone"
        if bar.kind == DRUG and bar.counted not in (None, bar.minutes)
        else ""
    )
    return f"{bar.minutes} min{alone}{grade}" + (", alongside" if bar.kind == BESIDE else "")
