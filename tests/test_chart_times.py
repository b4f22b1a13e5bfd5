"""When it ran: times, plans, rates and MAR events of small charts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.doses import amount
from coding.model import CHARTED, Moment, Quantity
from smart_app.chart import Chart
from smart_app.fhir_times import INSTANT, charted, read_time
from tests.chart_parts import (
    HOUR,
    NINE,
    chart,
    codes,
    dosage,
    dose,
    event,
    row,
    visit,
)

# Times.


def test_a_period_is_charted_with_its_source() -> None:
    found = row(dose())
    assert found.start == Moment(NINE, 0, CHARTED, "effectivePeriod.start")
    assert found.stop == Moment(NINE + HOUR, 0, CHARTED, "effectivePeriod.end")


def test_a_single_time_is_a_start_only() -> None:
    found = row(dose(effectivePeriod=None, effectiveDateTime="2026-06-01T05:00:00.750-04:00"))
    assert found.start == Moment(NINE, -4 * HOUR, CHARTED, "effectiveDateTime")
    assert found.stop is None


@pytest.mark.parametrize("element", ["occurrencePeriod", "occurencePeriod"])
def test_both_spellings_of_the_later_element_are_read(element: str) -> None:
    found = row(
        dose(effectivePeriod=None, **{element: {"start": "2026-06-01T09:00:00Z", "end": "2026-06-01T10:00:00Z"}})
    )
    assert found.start == Moment(NINE, 0, CHARTED, f"{element}.start")
    assert found.stop is not None


def test_an_open_period_has_no_stop_and_none_is_invented() -> None:
    order = {"resourceType": "MedicationRequest", "id": "r", "dosageInstruction": [{"text": "IV over 90 minutes"}]}
    found = row(
        order, dose(effectivePeriod={"start": "2026-06-01T09:00:00Z"}, request={"reference": "MedicationRequest/r"})
    )
    assert found.stop is None
    assert found.planned == 90


def test_equal_start_and_stop_are_both_kept() -> None:
    found = row(dose(effectivePeriod={"start": "2026-06-01T09:00:00Z", "end": "2026-06-01T09:00:00Z"}))
    assert found.start is not None
    assert found.stop is not None


@pytest.mark.parametrize("text", ["2026-06-01", "2026-06", "2026"])
def test_a_date_alone_gives_no_start(text: str) -> None:
    found = chart(dose(effectivePeriod=None, effectiveDateTime=text))
    assert found.encounters[0].administrations[0].start is None
    assert codes(found) == ["DATE_ONLY"]


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-13-01T09:00:00Z", "2026-06-01T25:00:00Z", "2026-W23-1T09:00:00Z", "20260601T090000Z", "0"],
)
def test_an_unreadable_time_is_said_and_not_used(text: str) -> None:
    found = chart(dose(effectivePeriod=None, effectiveDateTime=text))
    assert found.encounters[0].administrations[0].start is None
    assert codes(found) == ["TIME_UNREADABLE"]


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-01T09:00Z",
        "2026-06-01T09:00:00.999Z",
        "2026-06-01 09:00:00Z",
        "2026-06-01T09: 00: 00Z",
        "2026-06-01t09:00:00z",
        "2026-06-01T11:00:00+02:00",
    ],
)
def test_a_time_is_read_in_the_spellings_that_servers_send(text: str) -> None:
    assert read_time(text).at == NINE


def test_a_time_without_a_zone_is_read_on_the_clock_of_the_visit_and_said() -> None:
    found = chart(
        visit(start="2026-06-01T08:00:00-04:00", end="2026-06-01T18:00:00-04:00"),
        dose(effectivePeriod={"start": "2026-06-01T09:00:00"}),
    )
    start = found.encounters[0].administrations[0].start
    assert codes(found) == ["TIME_WITHOUT_ZONE"]
    assert start is not None
    assert (start.at, start.offset) == (NINE + 4 * HOUR, -4 * HOUR)
    assert "no zone" in start.source


def test_a_time_without_a_zone_finds_its_visit_by_the_clock_on_the_wall() -> None:
    found = chart(
        visit("e", "2026-06-01T08:00:00-04:00", "2026-06-01T10:00:00-04:00"),
        visit("f", "2026-06-01T12:00:00-04:00", "2026-06-01T15:00:00-04:00"),
        dose(context=None, effectivePeriod={"start": "2026-06-01T09:00:00", "end": "2026-06-01T09:30:00"}),
    )
    assert [len(one.administrations) for one in found.encounters] == [1, 0]


# Planned durations and rates.


def test_a_vendor_duration_is_a_plan_and_never_a_stop() -> None:
    extension = [
        {
            "url": "https://fhir-ehr.cerner.com/r4/StructureDefinition/infuse-over-time",
            "valueQuantity": {"value": 2, "code": "h"},
        }
    ]
    found = row(dose(extension=extension, effectivePeriod=None, effectiveDateTime="2026-06-01T09:00:00Z"))
    assert (found.planned, found.stop) == (120, None)


def test_a_rate_of_the_whole_dose_over_its_duration_gives_a_plan() -> None:
    ratio = {"numerator": {"value": 75, "code": "mg"}, "denominator": {"value": 2, "code": "h", "unit": "h"}}
    found = row(dosage(rateRatio=ratio, dose={"value": 75, "code": "mg"}))
    assert (found.planned, found.rate) == (120, Quantity(37.5, "mg/h"))


def test_a_rate_quantity_may_hold_a_duration() -> None:
    found = row(dosage(rateQuantity={"value": 20, "unit": "min", "code": "min"}))
    assert (found.planned, found.rate) == (20, None)


def test_a_rate_of_volume_in_time_is_a_rate() -> None:
    ratio = {"numerator": {"value": 100, "code": "mL"}, "denominator": {"value": 1, "code": "h"}}
    assert row(dosage(rateRatio=ratio)).rate == Quantity(100, "mL/h")
    assert row(
        dosage(rateQuantity={"value": 125, "unit": "mL/hour", "system": "http://local", "code": "mL/hour"})
    ).rate == Quantity(125, "mL/h")


def test_a_rate_without_time_is_no_rate_but_a_zero_is_a_pause() -> None:
    assert row(dosage(rateQuantity={"value": 1, "unit": "mg"})).rate is None
    assert row(dosage(rateQuantity={"value": 0, "unit": "mg"})).rate == Quantity(0, "mg")


def test_units_are_ucum_where_the_chart_or_the_table_knows_them() -> None:
    assert row(dosage(dose={"value": 4, "unit": "units", "system": "http://local", "code": "units"})).dose == Quantity(
        4, "[iU]"
    )
    assert row(dosage(dose={"value": 250, "unit": "mcg"})).dose == Quantity(250, "ug")
    assert row(dosage(dose={"value": 1, "unit": "dose", "code": "{dose}"})).dose == Quantity(1, "{dose}")


def test_a_unit_that_contradicts_its_code_is_kept_with_it_so_that_nobody_converts_it() -> None:
    for unit, code_ in (("UNT/ML", "ML"), ("mg", "g"), ("mg", "mL")):
        charted = row(dosage(dose={"value": 400, "unit": unit, "code": code_})).dose
        assert charted == Quantity(400, f"{unit} [{code_}]") and amount(charted) is None


def test_less_than_an_amount_is_no_amount() -> None:
    charted = row(dosage(dose={"value": 400, "comparator": "<", "unit": "mg", "code": "mg"})).dose
    assert charted == Quantity(400, "mg [<]") and amount(charted) is None


@pytest.mark.parametrize(
    ("words", "unit"), [("mg.", "mg"), ("unit(s)", "[iU]"), ("International Units", "[iU]"), ("mL.", "mL")]
)
def test_a_unit_is_known_with_the_full_stop_and_the_plural_that_people_write(words: str, unit: str) -> None:
    assert row(dosage(dose={"value": 5, "unit": words})).dose == Quantity(5, unit)


def test_a_number_that_came_as_text_is_a_number() -> None:
    assert row(dosage(dose={"value": "125", "code": "mg"})).dose == Quantity(125, "mg")


# MAR events.


def spans(found: Chart) -> list[tuple[str, str, int | None, int | None]]:
    def minute(moment: Moment | None) -> int | None:
        return None if moment is None else (moment.at - NINE) // 60

    return [
        (one.id, one.status, minute(one.start), minute(one.stop))
        for encounter in found.encounters
        for one in encounter.administrations
    ]


def test_a_start_and_a_stop_event_read_the_same_as_a_period() -> None:
    found = chart(event("a", "09:00", "Started"), event("b", "10:30", "Stopped", note=[{"text": "Infiltrated."}]))
    assert spans(found) == [("a", "given", 0, 90)]
    first = found.encounters[0].administrations[0]
    assert first.technique == "infusion"
    assert first.has("infiltrated")
    assert first.stop is not None
    assert "MedicationAdministration/b" in first.stop.source
    assert found.unread == (("MedicationAdministration/b", "folded into MedicationAdministration/a"),)


def test_rate_changes_and_pauses_between_events_are_stretches_of_their_own() -> None:
    events = [
        ("a", "09:00", "Started"),
        ("b", "09:20", "Rate Change"),
        ("c", "09:40", "Paused"),
        ("d", "09:50", "Restarted"),
        ("x", "10:00", "Rate Verify"),
        ("z", "10:30", "Stopped"),
    ]
    found = chart(*(event(*one) for one in reversed(events)))
    assert sorted(spans(found)) == [
        ("a", "given", 0, 20),
        ("b", "given", 20, 40),
        ("c", "held", 40, 50),
        ("d", "given", 50, 90),
    ]
    assert dict(found.unread) == {
        f"MedicationAdministration/{name}": "folded into MedicationAdministration/d" for name in "xz"
    }


def test_a_second_start_does_not_tell_when_the_first_flow_ended() -> None:
    assert spans(chart(event("a", "09:00", "New Bag"), event("b", "15:00", "New Bag"))) == [
        ("a", "given", 0, None),
        ("b", "given", 360, None),
    ]


def test_a_stop_event_closes_an_open_period_of_the_same_order() -> None:
    opened = dose(
        effectivePeriod={"start": "2026-06-01T09:00:00Z"},
        request={"reference": "MedicationRequest/r"},
        status="in-progress",
    )
    assert spans(chart(opened, event("b", "09:45", "Infusion Completed"))) == [("a", "given", 0, 45)]


def test_a_stop_event_of_another_drug_or_order_closes_nothing() -> None:
    other = {"text": "Cefepime"}
    assert spans(
        chart(event("a", "09:00", "Started"), event("b", "09:30", "Stopped", medicationCodeableConcept=other))
    ) == [
        ("a", "given", 0, None),
        ("b", "given", None, 30),
    ]


def test_a_check_of_a_rate_is_no_start() -> None:
    assert spans(chart(event("a", "09:00", "Rate Verify"))) == [("a", "given", None, None)]


@given(
    st.datetimes(),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(["seconds", "milliseconds", "microseconds", "minutes"]),
)
def test_a_time_is_the_instant_that_the_calendar_says(moment: datetime, ahead: int, spec: str) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=ahead)))
    text = aware.isoformat(timespec=spec)
    found = charted(text, "x")
    assert found is not None
    assert found.at == (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    assert found.offset == ahead * 60
    assert read_time(text)[1:] == (found.at, found.offset)


@given(
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9 ]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2}|)", fullmatch=True)
)
def test_the_quick_and_the_patient_reading_of_a_time_agree(text: str) -> None:
    found, again = charted(text, "x"), read_time(text)
    assert (found is not None) == (again.kind == INSTANT)
    assert found is None or (found.at, found.offset) == again[1:]
