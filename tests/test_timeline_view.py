"""The picture of a visit: its bars, its deciding minutes, its drawing, and the table from the same bars."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from coding.model import Administration, Encounter, Substance
from smart_app.timeline import BESIDE, DRUG, FLUID, NO_STOP, PUSH, UNUSED, Bar, Timeline, timeline_of
from smart_app.timeline_svg import draw
from smart_app.timeline_table import table_of
from smart_app.view_rows import rows_of
from tests.page_parts import MEDICARE, at, coded, infused, long_day, pushed, visit


def picture_of(encounter: Encounter, now: int | None = None) -> Timeline:
    found = timeline_of(coded(encounter), encounter, MEDICARE, now)
    assert found is not None
    return found


def bars_of(encounter: Encounter) -> dict[str, Bar]:
    return {bar.ids[0]: bar for lane in picture_of(encounter).lanes for bar in lane.bars}


def drawn(encounter: Encounter, now: int | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(str(draw(picture_of(encounter, now))))  # noqa: S314 - our own drawing


def test_each_thing_given_has_its_kind() -> None:
    kinds = {id: bar.kind for id, bar in bars_of(long_day()).items()}
    assert kinds == {
        "ns": FLUID,
        "ond": PUSH,
        "mo1": PUSH,
        "cef": DRUG,
        "van": DRUG,
        "azi": BESIDE,
        "kcl": DRUG,
        "mag": NO_STOP,
        "kvo": UNUSED,
        "apap": PUSH,
    }


def test_a_bar_is_cut_at_each_minute_that_earned_a_unit_and_shows_the_next() -> None:
    marks = bars_of(long_day())["van"].marks
    assert [(mark.minutes, mark.reached) for mark in marks] == [(16, True), (91, True), (151, True), (211, False)]
    assert marks[1].at == at("09:10").at + 91 * 60


def test_the_counted_pieces_of_a_fluid_add_up_to_the_minutes_of_its_line() -> None:
    fluid = bars_of(long_day())["ns"]
    line = next(line for line in coded(long_day()).lines if line.code == "96361")
    assert sum(piece.minutes for piece in fluid.pieces if piece.counted) == line.minutes == fluid.counted
    assert sum(piece.minutes for piece in fluid.pieces) == fluid.minutes == 180


def test_minutes_shared_with_a_longer_drug_are_not_cut_as_if_they_counted() -> None:
    day = visit(
        infused("long", "Vancomycin 2 g", "09:00", "12:00"), infused("late", "Ceftriaxone 1 g", "11:30", "12:30")
    )
    late = bars_of(day)["late"]
    assert late.counted == 30
    assert late.marks[0].at == at("12:16").at  # the sixteenth minute alone


def test_pushes_of_one_drug_share_a_row_and_say_which_are_reported() -> None:
    morphine = bars_of(long_day())["mo1"]
    assert [reported for _, reported in morphine.times] == [True, False, True, True]


def test_rate_steps_are_one_bar_and_a_pause_is_a_gap_in_it() -> None:
    order = infused("a", "Infliximab 400 mg", "09:00").order
    day = visit(
        infused("a", "Infliximab 400 mg", "09:00", "09:30", order=order),
        infused("b", "Infliximab 400 mg", "10:00", "11:00", order=order),
    )
    bar = bars_of(day)["a"]
    assert bar.ids == ("a", "b")
    assert len(bar.spans) == 2
    assert bar.minutes == 90


def test_lanes_are_access_sites() -> None:
    assert [lane.name for lane in picture_of(long_day()).lanes][:1] == ["L forearm"]
    assert "R hand" in [lane.name for lane in picture_of(long_day()).lanes]


def test_the_drawing_is_well_formed_named_and_free_of_style_and_script() -> None:
    text = str(draw(picture_of(long_day())))
    root = ElementTree.fromstring(text)  # noqa: S314
    assert root.attrib["role"] == "img"
    ids = root.attrib["aria-labelledby"].split()
    assert {root.find(f".//*[@id='{id}']") is not None for id in ids} == {True}
    assert not re.search(r'style=|<script|on\w+=|href="(?!#d")', text)


def test_a_hostile_name_is_words_in_the_drawing() -> None:
    bad = '<script>alert("x")</script>&'
    day = visit(
        Administration("h", (Substance(bad),), bad, route="iv", technique="push", start=at("09:00"), site='"><b>x')
    )
    root = drawn(day)
    assert not list(root.iter("script")) and not list(root.iter("b"))
    assert "<script>" in "".join(root.itertext()) or "script" in "".join(root.itertext())


def test_x_is_in_per_cent_and_inside_the_picture() -> None:
    for shape in drawn(long_day()).iter():
        for name in ("x", "x1", "x2"):
            value = shape.attrib.get(name, "")
            if value.endswith("%"):
                assert 0 <= float(value[:-1]) <= 100, shape.attrib


def test_an_open_visit_shows_the_present() -> None:
    running = visit(infused("van", "Vancomycin 1 g", "09:00", status="running"), open=True, stop=None)
    words = "".join(drawn(running, at("10:42").at).itertext())
    assert "now" in words
    assert "still running" in words


def test_the_table_says_the_numbers_of_the_picture() -> None:
    day = long_day()
    answer, rows = coded(day), rows_of(day)
    picture = timeline_of(answer, day, MEDICARE)
    table = {one.row.id: one for one in table_of(answer, rows, picture)}
    assert set(table) == set(rows)
    assert (table["ns"].ran, table["ns"].counted) == (180, 42)
    assert (table["van"].ran, table["van"].counted) == (155, 155)
    assert table["mag"].part.startswith("held")
    assert [code for _, code in table["kcl"].lines] == ["96365", "96366"]


@pytest.mark.parametrize("hours", [1, 5, 30, 24 * 9])
def test_any_length_of_visit_has_a_readable_axis(hours: int) -> None:
    first = pushed("a", "Ondansetron 4 mg", "09:00")
    start = at("09:00")
    last = first._replace(id="b", start=start._replace(at=start.at + hours * 3600))
    root = drawn(visit(first, last, stop=None))
    assert 1 <= len([one for one in root.iter("text") if one.attrib.get("y") == "31"]) <= 14


def test_every_push_lies_inside_the_picture_and_the_key_names_only_what_is_drawn() -> None:
    picture = picture_of(long_day())
    last = max(at for lane in picture.lanes for bar in lane.bars for at, _ in bar.times)
    assert picture.start < last < picture.stop
    kinds = {bar.kind for lane in picture.lanes for bar in lane.bars if not bar.pushes}
    assert kinds <= picture.signs
    assert ("hol" in str(draw(picture))) == ("not given" in picture.signs)
