"""What holds for every chart, not only for the worked ones."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from coding import code, policy_for
from coding.codes import CODES, INITIALS
from coding.explain import totals
from coding.model import Coded, Encounter
from tests.charts import fluid, infusion, moment, payers, settings, visit, visits

HOURS = {"96366", "96415", "96361", "96370", "96423"}
TIMED = HOURS | {"96365", "96367", "96413", "96417", "96360", "96369", "96422"}


def hours_that_minutes_earn(minutes: int) -> int:
    """Additional hours by counting: an hour is earned by each 31st minute past a full hour. Written apart from the engine."""
    return sum(1 for threshold in range(91, minutes + 1, 60))


def units(coded: Coded, codes: set[str], substance: str = "") -> int:
    return sum(line.units for line in coded.lines if line.code in codes and substance in ("", line.substance))


@given(visits(), settings, payers)
def test_one_initial_service_unless_a_second_site_is_documented(chart: Encounter, setting: str, payer: str) -> None:
    coded = code(chart, policy_for(setting, payer))
    initials = [line for line in coded.lines if line.code in INITIALS]
    documented = any(row.has("second-site-needed") for row in chart.administrations)
    assert len([line for line in initials if not line.modifiers]) <= 1
    assert len(initials) <= (2 if documented else 1)


@given(visits(), settings, payers)
def test_no_add_on_without_its_primary(chart: Encounter, setting: str, payer: str) -> None:
    coded = code(chart, policy_for(setting, payer))
    codes = {line.code for line in coded.lines}
    for line in coded.lines:
        accepts = CODES[line.code].accepts
        assert not accepts or codes & set(accepts), line


@given(visits(), settings)
def test_hours_never_exceed_the_documented_minutes_of_the_drug(chart: Encounter, setting: str) -> None:
    coded = code(chart, policy_for(setting))
    documented: Counter[str] = Counter()
    for row in chart.administrations:
        if row.technique == "infusion" and row.stop and row.start:
            documented[row.substances[0].text.lower()] += (row.stop.at - row.start.at) // 60
    for line in coded.lines:
        if line.code in HOURS - {"96361"}:
            assert line.units <= hours_that_minutes_earn(documented[line.substance.lower()]), line


@given(visits(), settings, payers, st.randoms())
def test_the_order_of_the_chart_never_matters(chart: Encounter, setting: str, payer: str, random: object) -> None:
    policy = policy_for(setting, payer)
    shuffled = list(chart.administrations)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert code(chart, policy) == code(chart._replace(administrations=tuple(shuffled)), policy)


@given(visits(), st.integers(-400, 400))
def test_another_day_changes_no_total(chart: Encounter, days: int) -> None:
    moved = _moved(chart, days * 86_400, 0)
    assert totals(code(chart)) == totals(code(moved))


@given(visits(), st.integers(-1440, 1440), st.integers(-12, 14))
def test_another_hour_or_zone_changes_no_total_where_no_unit_hangs_on_the_date(
    chart: Encounter, minutes: int, hours: int
) -> None:
    """The one unit that hangs on the date is the concurrent one, so the policy counts it for the visit here."""
    policy = policy_for(overrides={"concurrent_unit_scope": "encounter"})
    moved = _moved(chart, minutes * 60, hours * 3600)
    assert totals(code(chart, policy)) == totals(code(moved, policy))


def _moved(chart: Encounter, seconds: int, offset: int) -> Encounter:
    rows = tuple(
        row._replace(
            start=row.start and row.start._replace(at=row.start.at + seconds, offset=row.start.offset + offset),
            stop=row.stop and row.stop._replace(at=row.stop.at + seconds, offset=row.stop.offset + offset),
        )
        for row in chart.administrations
    )
    start = chart.start + seconds if chart.start is not None else None
    return chart._replace(administrations=rows, start=start, offset=chart.offset + offset)


@given(st.integers(1, 600), st.sampled_from(("Vancomycin", "Ceftriaxone", "Cisplatin", "Infliximab")), payers)
def test_a_lone_infusion_without_its_stop_never_gains_a_timed_unit(minutes: int, drug: str, payer: str) -> None:
    policy = policy_for(payer=payer)
    whole = code(visit(infusion("A1", drug, 0, minutes)), policy)
    without = code(visit(infusion("A1", drug, 0, None)), policy)
    assert units(without, TIMED) <= units(whole, TIMED)
    assert units(without, TIMED) == 0


@given(st.integers(1, 1500), st.sampled_from(("Vancomycin", "Cisplatin")))
def test_one_more_minute_never_lowers_a_lone_infusion(minutes: int, drug: str) -> None:
    one, more = (code(visit(infusion("A1", drug, 0, length))) for length in (minutes, minutes + 1))
    assert units(more, TIMED) >= units(one, TIMED)


@given(visits(), st.data())
def test_in_a_chart_of_many_drugs_a_lost_stop_never_gives_that_drug_a_timed_unit(
    chart: Encounter, data: st.DataObject
) -> None:
    """Another drug or the fluid may gain: minutes that were shared are then its own. The drug itself never does."""
    row = data.draw(st.sampled_from(chart.administrations))
    if row.technique != "infusion":
        return
    rows = tuple(one._replace(stop=None) if one.id == row.id else one for one in chart.administrations)
    name = _name(chart, row.id)
    before, after = code(chart), code(chart._replace(administrations=rows))
    assert units(after, TIMED - {"96361", "96360"}, name) <= units(before, TIMED - {"96361", "96360"}, name)


def _name(chart: Encounter, id: str) -> str:
    row = next(one for one in chart.administrations if one.id == id)
    return (
        code(visit(infusion("X", row.substances[0].text, 0, 60))).lines[0].substance
        if "chloride" not in row.text
        else row.text
    )


@given(st.integers(0, 300), st.integers(1, 300), st.integers(0, 300), st.integers(1, 300))
def test_one_more_minute_of_a_drug_never_lowers_its_own_timed_units(a: int, a_long: int, b: int, b_long: int) -> None:
    """For two drugs: the minute may take units from the other one, by sharing its time, but not from its own."""

    def own(length: int) -> int:
        coded = code(visit(infusion("A1", "Vancomycin", a, a + length), infusion("A2", "Cefepime", b, b + b_long)))
        return units(coded, TIMED, "Vancomycin") + units(coded, {"96368"}, "Vancomycin")

    assert own(a_long + 1) >= own(a_long)


@given(visits(most=4), st.data())
def test_fluid_under_a_drug_adds_nothing(chart: Encounter, data: st.DataObject) -> None:
    hosts = [
        row for row in chart.administrations if row.technique == "infusion" and row.stop and "chloride" not in row.text
    ]
    if not hosts:
        return
    host = data.draw(st.sampled_from(hosts))
    assert host.start and host.stop
    begin = (host.start.at - moment(0).at) // 60
    length = (host.stop.at - host.start.at) // 60
    start = data.draw(st.integers(0, length - 1))
    stop = data.draw(st.integers(start + 1, length))
    under = fluid("F", begin + start, begin + stop)
    assert totals(code(chart)) == totals(code(chart._replace(administrations=(*chart.administrations, under))))


@given(visits(), settings, payers)
def test_every_row_is_accounted_for_and_nothing_is_raised(chart: Encounter, setting: str, payer: str) -> None:
    coded = code(chart, policy_for(setting, payer))
    ends = {id for line in coded.lines for id in line.administrations} | {one.resource for one in coded.not_billed}
    assert {row.id for row in chart.administrations} == ends
    assert all(one.rules for one in coded.not_billed)


def test_the_same_chart_gives_the_same_bytes_in_another_process() -> None:
    command = [sys.executable, "-m", "smart_app.cli", "code", "--example", "--format", "json"]
    answers = {
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2", "77")
    }
    assert len(answers) == 1
    assert answers.pop().startswith(b'{"bundle":"example-infliximab"')


def test_units_from_one_minute_to_twenty_five_hours() -> None:
    for minutes in range(1, 1501):
        for drug, first, hour, pushed in (
            ("Vancomycin", "96365", "96366", "96374"),
            ("Cisplatin", "96413", "96415", "96409"),
        ):
            expected = {pushed: 1} if minutes <= 15 else {first: 1}
            if hours := hours_that_minutes_earn(minutes):
                expected[hour] = hours
            assert dict(totals(code(visit(infusion("A1", drug, 0, minutes))))) == expected, (drug, minutes)
        blocks = 0 if minutes < 31 else 1
        expected = {"96360": 1} if blocks else {}
        if hours := hours_that_minutes_earn(minutes):
            expected["96361"] = hours
        assert dict(totals(code(visit(fluid("F1", 0, minutes))))) == expected, minutes
