"""The view of a visit: what it counts, what it holds, what it asks, and where a stop would change the answer."""

from __future__ import annotations

from datetime import date

from coding.explain import break_points
from coding.model import ASKS, STOPS, TELLS, Coded, Encounter, Problem
from coding.policy import policy_for
from smart_app.break_ruler import changes, difference, ruler
from smart_app.view import EncounterView, encounter_view, patient_strip, visit_items
from smart_app.view_rows import rows_of
from smart_app.view_words import plain
from tests.page_parts import MEDICARE, at, coded, hydrated, infused, long_day, pushed, visit


def view_of(encounter: Encounter, now: int | None = None, answer: Coded | None = None) -> EncounterView:
    return encounter_view(answer or coded(encounter), encounter, MEDICARE, now=now)


def test_every_administration_is_in_a_line_held_or_not_used() -> None:
    view = view_of(long_day())
    assert view.adds_up == "11 lines, 14 units. 14 administrations read: 9 in lines, 1 held, 4 not used."
    assert len(view.held) == 1
    assert len(view.unused) == 4
    assert len(view.table) == 14


def test_the_claim_adds_the_units_of_a_code_and_points_to_its_first_line() -> None:
    view = view_of(long_day())
    assert ("96366", 5) in [(one.code, one.units) for one in view.claim]
    assert sum(one.units for one in view.claim) == sum(line.units for line in view.lines)
    assert {one.first for one in view.claim} <= {line.id for line in view.lines}


def test_what_holds_a_line_comes_before_what_asks_and_what_only_tells_is_apart() -> None:
    view = view_of(long_day())
    order = [task.severity for task in view.missing.tasks]
    assert order == sorted(order, key=(STOPS, ASKS).index)
    assert all(task.severity == TELLS for task in view.missing.told)


def test_a_missing_stop_shows_what_each_stop_would_give_and_a_question_that_leads_nobody() -> None:
    task = view_of(long_day()).missing.tasks[0]
    assert task.title == "Magnesium sulfate: no stop time"
    assert [cell.when for cell in task.cells] == ["No stop", "16:35 or earlier", "16:36 to 17:50", "17:51 or later"]
    assert task.cells[0].now and task.cells[0].says == "nothing billed for it"
    assert "16:20 on 12 Mar 2026 (L forearm)" in task.ask
    assert not [word for word in ("bill", "unit", "minute", "96") if word in task.ask.replace("12 Mar", "")]


def test_a_derived_stop_says_where_the_chart_stands_and_that_a_line_could_fall() -> None:
    task = next(one for one in view_of(long_day()).missing.tasks if one.code == "STOP_DERIVED")
    assert [cell.now for cell in task.cells if cell.now] == ["now, 09:00"]
    assert task.tag.word == "Could remove a line"


def test_an_infusion_still_running_shows_what_a_stop_at_this_minute_would_give() -> None:
    running = visit(infused("van", "Vancomycin 1 g", "09:00", status="running"), open=True, stop=None)
    task = view_of(running, at("10:42").at).missing.tasks[0]
    here = [cell for cell in task.cells if "if stopped now" in cell.now]
    assert [(cell.now, cell.when, cell.says) for cell in here] == [
        ("if stopped now, 10:42", "10:31 to 11:30", "+ 96365, + 96366")
    ]


def test_the_ruler_finds_the_same_minutes_as_a_run_of_the_engine_at_each_minute() -> None:
    day = long_day()
    for row in ("van", "azi", "cef", "mag", "kcl"):
        assert changes(day, row, MEDICARE) == break_points(day, row, MEDICARE)


def test_a_ruler_is_not_drawn_where_the_whole_visit_is_held_for_another_reason() -> None:
    unknown = visit(infused("van", "Vancomycin 1 g", "09:00"), kind="")
    answer = coded(unknown)
    assert not answer.lines
    assert all(not task.cells for task in view_of(unknown).missing.tasks)


def test_a_ruler_of_many_outcomes_shows_those_near_the_chart_and_counts_the_rest() -> None:
    day = long_day()
    short = ruler(day, coded(day), "cef", MEDICARE, at("09:00").at, None)
    full = ruler(day, coded(day), "cef", MEDICARE, at("09:00").at, None, every=True)
    assert len(short) == 7 < len(full)
    assert short[-1].says == f"{len(full) - 6} other outcomes"


def test_a_difference_names_what_is_gained_lost_and_exchanged() -> None:
    assert difference((("96374", 1),), (("96365", 1), ("96375", 1))) == ("+ 96365, 96374 becomes 96375", True)
    assert difference((("96365", 1),), (("96365", 1),)) == ("the lines stand as they are", False)
    assert difference((), (("96366", 2),)) == ("+ 96366 ×2", False)


def test_a_line_shows_its_steps_its_rows_and_what_it_hangs_on() -> None:
    view = view_of(long_day())
    ceftriaxone = next(line for line in view.lines if line.substance == "Ceftriaxone")
    assert ceftriaxone.grades == ("charted", "derived")
    assert ceftriaxone.tasks and ceftriaxone.tasks[0][0] in {task.id for task in view.missing.tasks}
    hour = next(line for line in view.lines if line.code == "96366" and line.substance == "Vancomycin")
    assert {"met", "not met"} <= {step.verdict for step in hour.steps}
    assert [row.id for row in hour.rows] == ["van"]


def test_a_problem_of_a_resource_that_the_visit_does_not_hold_is_still_a_task() -> None:
    day = visit(pushed("a", "Ondansetron 4 mg", "09:00"))
    answer = coded(day)
    answer = answer._replace(
        problems=(*answer.problems, Problem("DATE_ONLY", ASKS, "MedicationAdministration/x", "Only a date."))
    )
    assert "Date only" in [task.title for task in view_of(day, answer=answer).missing.tasks]


def test_an_empty_visit_has_a_view() -> None:
    view = view_of(visit())
    assert view.adds_up == "0 lines, 0 units. 0 administrations read."
    assert view.timeline is None


def test_a_policy_shows_its_values_and_keeps_the_rest_of_the_address() -> None:
    day = visit(hydrated("ns", "08:00", "10:00"))
    policy = policy_for("professional", "cigna", {"hydration_segments": "each_31"})
    view = encounter_view(coded(day, policy), day, policy, action="/e/x/?visit=2&setting=facility&print=full")
    assert view.policy.words.startswith("Professional · Cigna")
    assert view.policy.keep == (("visit", "2"),)
    assert view.policy.reset == "?visit=2&setting=professional&payer=cigna"
    assert ("hydration_segments", "each_31") in view.policy.changed
    assert [one.name for one in view.policy.switches if one.changed] == ["hydration_segments"]


def test_a_patient_is_named_from_what_is_there_and_nothing_is_guessed() -> None:
    patient = {
        "name": [{"use": "old", "family": "Old"}, {"use": "official", "family": "Ferreira", "given": ["Imogen", "A."]}],
        "gender": "female",
        "birthDate": "1958-07-02",
        "identifier": [{"value": "1"}, {"type": {"coding": [{"code": "MR"}]}, "value": "0043187"}],
    }
    strip = patient_strip(patient, date(2026, 3, 12))
    assert strip == ("Ferreira, Imogen A.", "F", "1958-07-02", "67 y", "0043187")
    assert strip.facts == "F · born 2 Jul 1958, 67 y · MRN 0043187"
    assert patient_strip({"name": "x", "birthDate": "1958", "identifier": [3]}, date(2026, 3, 12)) == (
        "Name not charted",
        "",
        "1958",
        "",
        "",
    )


def test_visits_are_offered_newest_first_and_empty_ones_left_out() -> None:
    first = visit(pushed("a", "Ondansetron 4 mg", "09:00"))
    second = first._replace(id="later", start=(first.start or 0) + 86_400)
    items = visit_items((first, second, visit()), lambda one: f"/e/x/?visit={one.id}")
    assert [item.url for item in items] == ["/e/x/?visit=later", "/e/x/?visit=e-77120"]
    assert items[0].drugs == "Ondansetron"


def test_rows_keep_their_grades_and_derived_stops_are_never_called_charted() -> None:
    rows = rows_of(long_day())
    assert (rows["cef"].stop_words, rows["cef"].stop_grade) == ("09:00", "derived")
    assert (rows["van"].stop_words, rows["van"].stop_grade) == ("11:45", "device")
    assert (rows["mag"].stop_words, rows["mag"].stop_grade) == ("", "absent")


def test_a_sentence_of_the_engine_is_printed_with_a_capital_a_short_date_and_no_citation() -> None:
    said = "infliximab, 2026-11-09 09:14 [rule time.units], and heparin (therapeutic) (AttributeError: 'str')."
    assert plain(said) == "Infliximab, 9 Nov 09:14, and heparin."
    assert plain("effectiveDateTime has no zone.") == "effectiveDateTime has no zone."
