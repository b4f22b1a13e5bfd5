"""The documentation checklist: what the chart shows and speaks against, what belongs to a whole infusion, and what stands apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from coding import code
from coding.checklist import checklist
from coding.checklist_table import (
    ASKED_ABOVE,
    DOUBTED,
    DOUBTS,
    ITEMS,
    MISSING,
    NOT_APPLICABLE,
    NOT_READ,
    NOT_READABLE,
    NOT_YET,
    ORDERS,
    PRESENT,
)
from coding.engine import DEFAULT
from coding.model import Administration, Encounter, Fact, Order, Problem, Quantity, Waste
from coding.rules import PROBLEMS
from launch.practice.charts import practice_charts
from smart_app.cli import main
from tests.charts import fluid, infusion, moment, push, visit, visits
from tests.claims.test_checklist import FULL, ORDER, entry, of

PAYING = ("bill", "paid", "pay ", "claim", "code", "unit", "16 minutes", "should")


def full(**changed: object) -> Administration:
    return FULL._replace(**changed)  # type: ignore[arg-type]


def ordered(**changed: object) -> Administration:
    return full(order=ORDER._replace(**changed))  # type: ignore[arg-type]


def test_no_question_of_the_table_names_an_answer_or_a_payment() -> None:
    asks = [one.ask for one in ITEMS] + [one.ask for one in DOUBTS] + [one.ask for one in ORDERS.values()]
    assert all("lease" in ask and ask.endswith(".") for ask in asks)
    # "unit" of a dose is what a nurse charts, not what is paid.
    assert not any(word in ask.replace("The unit of the dose", "").lower() for ask in asks for word in PAYING)


# --- the order


@pytest.mark.parametrize("status", sorted(ORDERS.keys() - {"unread"}))
def test_an_order_that_is_none_in_force_is_in_question(status: str) -> None:
    shown = entry(of(visit(ordered(status=status))), "order")
    assert shown.state == DOUBTED and shown.resource == "MedicationRequest/R1"
    assert shown.shows == f"R1, {ORDERS[status].says}" and shown.ask.endswith(ORDERS[status].ask)


def test_an_order_that_nobody_read_is_neither_present_nor_cited() -> None:
    chart = visit(full(order=Order("gone", status="unread")))
    shown = entry(of(chart), "order")
    assert (shown.state, shown.resource) == (NOT_READABLE, "") and "gone" in shown.shows and shown.ask
    assert not entry(of(chart, "MedicationRequest"), "order").ask
    # Its reason may stand in it: asked for, and not called missing.
    reason = entry(of(chart), "indication")
    assert reason.state == NOT_READABLE and reason.ask


@pytest.mark.parametrize(("minute", "state"), [(-60, PRESENT), (14, PRESENT), (15, DOUBTED), (400, DOUBTED)])
def test_an_order_dated_after_the_start_is_in_question(minute: int, state: str) -> None:
    shown = entry(of(visit(ordered(written=moment(minute)))), "order")
    assert shown.state == state and ("after the start" in shown.shows) == (state == DOUBTED)


@pytest.mark.parametrize(
    ("quantity", "state"),
    [
        (Quantity(400, "mg"), PRESENT),
        (Quantity(0.4, "g"), PRESENT),
        (Quantity(440, "mg"), PRESENT),
        (Quantity(500, "mg"), DOUBTED),
        (Quantity(100, "mg"), DOUBTED),
        (Quantity(250, "mL"), PRESENT),
        (Quantity(5, "mg/kg"), PRESENT),
        (None, PRESENT),
    ],
)
def test_a_dose_that_differs_from_the_ordered_one_is_in_question(quantity: Quantity | None, state: str) -> None:
    shown = entry(of(visit(ordered(dose=quantity))), "dose")
    assert shown.state == state and ("ordered" in shown.shows) == (state == DOUBTED)


@pytest.mark.parametrize("doses", [(100, 300), (400, 400), (400, 0), (400, None)])
def test_rows_of_one_infusion_give_the_ordered_dose_together_or_each(doses: tuple[float | None, ...]) -> None:
    order = ORDER._replace(dose=Quantity(400, "mg"))
    rows = [
        infusion(f"A{n}", "Infliximab", 40 * n, 40 * n + 40)._replace(
            order=order, dose=Quantity(mg, "mg") if mg else None
        )
        for n, mg in enumerate(doses)
    ]
    found = of(visit(*rows))
    assert all(entry(found, "dose", row.id).state == PRESENT for row in rows)


def test_a_drug_that_was_not_given_whole_is_not_held_to_its_order() -> None:
    cut = ordered(dose=Quantity(500, "mg"))._replace(status="stopped")
    assert entry(of(visit(cut)), "dose").state == PRESENT


# --- what the engine asks


def test_a_stop_before_the_start_is_shown_and_asked_about() -> None:
    shown = entry(of(visit(full(stop=moment(-30)))), "stop")
    assert shown.state == DOUBTED and shown.shows == "08:30" and "which of the times are right" in shown.ask


def test_a_waste_note_that_contradicts_itself_is_in_question() -> None:
    wrong = Waste(((4, Quantity(100, "mg")),), Quantity(50, "mg"), False, "four vials, 50 mg wasted")
    shown = entry(of(visit(full(waste=wrong))), "waste")
    assert shown.state == DOUBTED and shown.shows == "4 x 100 mg; 50 mg discarded" and "do not agree" in shown.ask


def test_what_still_runs_has_no_stop_to_chart_yet() -> None:
    chart = visit(full(stop=None, status="running"))._replace(open=True)
    shown = entry(of(chart), "stop")
    assert (shown.state, shown.shows) == (NOT_YET, "still running") and shown.ask.endswith("when it stops.")


def test_a_drug_that_no_table_knows_is_named_and_not_missing() -> None:
    shown = entry(of(visit(push("P", "Zzyxomab", 5))), "drug", "P")
    assert shown.state == DOUBTED and "Zzyxomab" in shown.shows
    nameless = push("P", "", 5)._replace(substances=())
    assert entry(of(visit(nameless)), "drug", "P").state == MISSING


def test_two_routes_are_in_question_and_not_missing() -> None:
    chart = visit(full(route=""))
    asked = Problem("ROUTE_CONFLICT", "asks", "MedicationAdministration/A1", "The chart names different routes.")
    shown = entry(checklist(chart, code(chart)._replace(problems=(asked,)), DEFAULT), "route")
    assert (shown.state, shown.shows) == (DOUBTED, "two routes are charted") and shown.ask


def test_every_doubt_is_about_a_problem_that_asks_or_stops() -> None:
    for one in DOUBTS:
        assert one.when not in PROBLEMS or PROBLEMS[one.when].severity in ("asks", "stops")


def test_a_second_site_wants_a_reason_and_one_site_none() -> None:
    left = infusion("L", "Ceftriaxone", 0, 60)
    right = infusion("R", "Azithromycin", 10, 70, "R hand PIV")
    found = of(visit(left, right))
    assert entry(found, "second-site", "R").state == MISSING
    assert entry(found, "second-site", "L").state == NOT_APPLICABLE
    needed = right._replace(facts=(Fact("second-site-needed", "Incompatible with ceftriaxone."),))
    shown = entry(of(visit(left, needed)), "second-site", "R")
    assert (shown.state, shown.shows) == (PRESENT, "Incompatible with ceftriaxone.")


# --- kinds


def test_a_fluid_for_a_deficit_is_an_infusion() -> None:
    bag = infusion("K", "Potassium chloride 40 mEq in sodium chloride 0.9% 1000 mL", 0, 240)
    for reason, kind in ((("E87.6",), "infusion"), (("E86.0",), "hydration")):
        [checked] = of(visit(bag._replace(reasons=reason))).administrations
        assert checked.kind == kind


def test_a_keep_open_or_carrier_fluid_is_asked_for_nothing_that_a_line_needs() -> None:
    kept = fluid("F", 0, 60)._replace(order=None, dose=None, facts=(Fact("keep-open", "KVO"),))
    carrier = fluid("C", 14, 141)._replace(order=None, dose=None)
    found = of(visit(kept, carrier, FULL))
    kinds = {one.administration: one.kind for one in found.administrations}
    assert kinds == {"F": "keep-open", "C": "carrier", "A1": "infusion"}
    for id in ("F", "C"):
        [checked] = [one for one in found.administrations if one.administration == id]
        assert not any(shown.ask for shown in checked.entries)


# --- one infusion of several rows


STEPS = tuple(
    infusion(f"A{n}", "Infliximab", 30 * n, 30 * n + 30)._replace(order=ORDER, rate=Quantity(40 + 10 * n, "mL/h"))
    for n in range(3)
)


def test_what_one_row_of_an_infusion_shows_is_not_asked_of_the_others() -> None:
    said = Waste(((4, Quantity(100, "mg")),), None, True, "no waste")
    first, *others = STEPS
    found = of(visit(first._replace(waste=said, dose=Quantity(400, "mg")), *others))
    for row in others:
        for item, shows in (("waste", "4 x 100 mg; no waste"), ("dose", "400 mg")):
            shown = entry(found, item, row.id)
            assert (shown.state, shown.shows, shown.ask) == (PRESENT, shows, "")
            assert shown.resource == "MedicationAdministration/A0"


def test_what_no_row_of_an_infusion_shows_is_asked_once() -> None:
    found = of(visit(*(one._replace(order=None) for one in STEPS)))
    for item in ("order", "indication", "dose", "waste"):
        assert [entry(found, item, one.id).state for one in STEPS] == [MISSING, ASKED_ABOVE, ASKED_ABOVE]


def test_the_container_of_a_drug_is_asked_for_at_its_first_row() -> None:
    doses = [push(f"P{n}", "Ondansetron", 60 * n)._replace(dose=Quantity(4, "mg")) for n in range(3)]
    found = of(visit(*doses, push("M", "Morphine", 200)._replace(dose=Quantity(2, "mg"))))
    states = [entry(found, "waste", id).state for id in ("P0", "P1", "P2", "M")]
    assert states == [DOUBTED, ASKED_ABOVE, ASKED_ABOVE, DOUBTED]


def test_an_order_on_one_row_is_not_lent_to_another() -> None:
    first, second, third = STEPS
    found = of(visit(first, second._replace(order=None), third))
    assert [entry(found, "order", one.id).state for one in STEPS] == [PRESENT, MISSING, PRESENT]


def test_a_pause_is_asked_for_its_times_only() -> None:
    held = STEPS[1]._replace(status="held", rate=Quantity(0, "mL/h"), stop=None)
    found = of(visit(STEPS[0], held, STEPS[2]))
    [pause] = [one for one in found.administrations if one.administration == "A1"]
    assert pause.kind == "pause"
    assert [shown.item for shown in pause.entries if shown.state != NOT_APPLICABLE] == ["start", "stop"]
    assert "when the pause ended" in entry(found, "stop", "A1").ask


# --- lot, performer, hostile text, what stands apart


def test_a_lot_number_and_who_gave_it_are_shown_where_they_are_read() -> None:
    named = full(facts=(Fact("lot", "LOT-77"), Fact("performer")))
    found = of(visit(named))
    assert (entry(found, "lot").state, entry(found, "lot").shows) == (PRESENT, "LOT-77")
    assert entry(found, "performer").state == PRESENT
    plain = of(visit(FULL))
    assert entry(plain, "lot").state == NOT_READ
    unnamed = entry(plain, "performer")
    assert unnamed.state == MISSING and "who gave it" in unnamed.ask


def test_text_of_a_chart_is_printed_on_one_line_and_cut() -> None:
    evil = "Infliximab\x1b[31m\x07\u202e " + "A" * 5_000
    row = full(text=evil, site="L\u2066 arm\n" + "B" * 500, dose=None, order=None, reason_text="bowel\x00\u200f")
    found = of(visit(row))
    said = [text for one in found.administrations for shown in one.entries for text in (shown.shows, shown.ask)]
    assert any("Infliximab" in text for text in said)
    assert all(text.isprintable() and len(text) < 500 for text in said)


@settings(max_examples=40, deadline=None)
@given(visits())
def test_no_row_of_a_chart_is_left_out(encounter: Encounter) -> None:
    first, *rest = encounter.administrations
    chart = encounter._replace(administrations=(first._replace(status="not-given"), *rest))
    found = of(chart)
    stand = [one.administration for one in found.administrations] + [one.administration for one in found.apart]
    assert sorted(stand) == sorted(row.id for row in chart.administrations)
    assert [one.administration for one in found.apart] == [first.id] and found.apart[0].why


def command(tmp_path: Path, bundle: object, *more: str) -> tuple[int, str]:
    file = tmp_path / "chart.json"
    file.write_text(json.dumps(bundle), "utf-8")
    done = CliRunner().invoke(main, ["checklist", "--chart", str(file), *more])
    return done.exit_code, done.output


def test_a_row_that_cannot_be_read_is_listed(tmp_path: Path) -> None:
    [bundle] = [one for one in practice_charts() if one["id"] == "not-conforming"]
    status, said = command(tmp_path, bundle)
    assert status == 0 and "Rows without a checklist" in said and "not-conforming-unreadable" in said
    assert "damaged" in said and "Traceback" not in said and "Error" not in said


def test_a_chart_without_a_visit_is_said_to_have_none(tmp_path: Path) -> None:
    status, said = command(tmp_path, {"resourceType": "Bundle", "type": "collection", "entry": []})
    assert status == 3 and "holds no visit" in said


def test_controls_of_a_chart_never_reach_the_terminal(tmp_path: Path) -> None:
    [bundle] = [one for one in practice_charts() if one["id"] == "infliximab"]
    for one in bundle["entry"]:
        resource = one["resource"]
        if resource["resourceType"] == "Condition":
            resource["code"]["text"] = "Crohn's \x1b[31m\u202edisease\x07"
    status, said = command(tmp_path, bundle)
    assert status == 0 and "Crohn's" in said
    assert all(line.isprintable() for line in said.splitlines())


def test_an_indication_that_was_ruled_out_is_missing(tmp_path: Path) -> None:
    [bundle] = [one for one in practice_charts() if one["id"] == "infliximab"]
    assert "present            indication       K50.90" in command(tmp_path, bundle)[1]
    for one in bundle["entry"]:
        if one["resource"]["resourceType"] == "Condition":
            one["resource"]["verificationStatus"] = {"coding": [{"code": "refuted"}]}
    said = command(tmp_path, bundle)[1]
    assert "MISSING            indication" in said and "K50.90" not in said
