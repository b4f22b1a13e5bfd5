"""The documentation checklist: every item once for each thing given, missing never said of what could not be read."""

from __future__ import annotations

import orjson
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from coding import code
from coding.checklist import Checklist, checklist
from coding.checklist_entries import Entry
from coding.checklist_table import (
    ASKED_ABOVE,
    DOUBTED,
    ITEMS,
    KINDS,
    MISSING,
    NOT_APPLICABLE,
    NOT_READ,
    NOT_READABLE,
    NOT_YET,
    PRESENT,
)
from coding.engine import DEFAULT
from coding.model import Condition, Encounter, Order, Quantity, Waste
from coding.rules import CARDS
from smart_app.cli import main
from smart_app.fhir_notices import TYPES
from tests.charts import NINE, fluid, infusion, push, visit, visits
from tests.claims.test_denials import EXAMPLE

ORDER = Order("R1", "Infliximab 400 mg", "Crohn's disease", ("K50.90",))
FULL = infusion("A1", "Infliximab", 14, 141)._replace(
    dose=Quantity(400, "mg"), order=ORDER, waste=Waste(((4, Quantity(100, "mg")),), None, True, "no waste")
)

STATES = (PRESENT, MISSING, DOUBTED, NOT_YET, ASKED_ABOVE, NOT_APPLICABLE, NOT_READABLE, NOT_READ)


def of(chart: Encounter, *not_granted: str) -> Checklist:
    return checklist(chart, code(chart), DEFAULT, not_granted)


def entry(found: Checklist, item: str, row: str = "A1") -> Entry:
    [one] = [one for one in found.administrations if one.administration == row]
    [shown] = [shown for shown in one.entries if shown.item == item]
    return shown


@settings(max_examples=60, deadline=None)
@given(visits(), st.sets(st.sampled_from(sorted(TYPES)), max_size=3))
def test_every_item_stands_once_for_each_administration(chart: Encounter, not_granted: set[str]) -> None:
    found = of(chart, *not_granted)
    assert len(found.administrations) == len(chart.administrations)
    assert {one.administration for one in found.administrations} == {row.id for row in chart.administrations}
    for one in found.administrations:
        assert [shown.item for shown in one.entries] == [item.id for item in ITEMS]
        assert one.kind in KINDS
        for shown in one.entries:
            assert shown.card in CARDS
            assert shown.state in STATES
            assert bool(shown.shows) == (shown.state not in (MISSING, ASKED_ABOVE, NOT_READABLE))
            assert shown.ask if shown.state in (MISSING, NOT_YET) else True
            assert not shown.ask if shown.state in (NOT_APPLICABLE, NOT_READABLE, NOT_READ, ASKED_ABOVE) else True
            if shown.state == NOT_READABLE:
                wanted = next(item for item in ITEMS if item.id == shown.item)
                assert set(wanted.types) & not_granted


def test_a_full_infusion_lacks_nothing_that_is_read() -> None:
    found = of(visit(FULL))
    states = {one.item: one.state for one in found.administrations[0].entries}
    assert {item for item, state in states.items() if state == PRESENT} == {
        "order", "start", "stop", "indication", "drug", "dose", "route", "site", "waste",
    }  # fmt: skip
    assert states["lot"] == states["monitoring"] == NOT_READ
    assert entry(found, "waste").shows == "4 x 100 mg; no waste"
    assert entry(found, "order").resource == "MedicationRequest/R1"
    assert entry(found, "stop").resource == "MedicationAdministration/A1"


@pytest.mark.parametrize(
    ("item", "changed"),
    [
        ("order", FULL._replace(order=None)),
        ("start", FULL._replace(start=None)),
        ("stop", FULL._replace(stop=None)),
        ("indication", FULL._replace(order=Order("R1"))),
        ("dose", FULL._replace(dose=None)),
        ("route", FULL._replace(route="")),
        ("site", FULL._replace(site="")),
        ("waste", FULL._replace(waste=None)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_taken_out_is_missing_with_a_question(item: str, changed: object) -> None:
    shown = entry(of(visit(changed)), item)  # type: ignore[arg-type]
    assert shown.state == MISSING
    assert "Infliximab" in shown.ask and shown.ask.endswith(".")


def test_a_question_names_no_answer_and_no_payment() -> None:
    for item in ITEMS:
        words = item.ask.lower()
        assert "please" in words and not any(
            word in words for word in ("bill", "paid", "claim", "16 minutes", "should")
        )


def test_what_was_not_granted_is_not_called_missing() -> None:
    bare = FULL._replace(order=None)
    assert entry(of(visit(bare)), "order").state == MISSING
    shown = entry(of(visit(bare), "MedicationRequest"), "order")
    assert shown.state == NOT_READABLE and not shown.ask
    assert entry(of(visit(FULL), "MedicationRequest"), "order").state == PRESENT


def test_a_diagnosis_of_the_visit_that_is_not_charted_as_the_reason_is_in_question_and_names_its_condition() -> None:
    chart = visit(FULL._replace(order=None))._replace(conditions=(Condition("K50.90", "Crohn's disease", "C1"),))
    shown = entry(of(chart), "indication")
    assert (shown.state, shown.resource) == (DOUBTED, "Condition/C1") and shown.ask
    assert "K50.90" in shown.shows and "diagnoses of the visit" in shown.shows
    of_row = visit(FULL._replace(order=None, reasons=("K50.90",)))._replace(conditions=chart.conditions)
    assert entry(of(of_row), "indication").state == PRESENT


def test_a_reason_charted_on_another_row_of_the_infusion_is_that_of_all_its_rows() -> None:
    first = FULL._replace(id="A1", order=None)
    assert first.stop is not None
    second = first._replace(
        id="A2", start=first.stop, stop=first.stop._replace(at=first.stop.at + 1800), reasons=("K50.90",)
    )
    chart = visit(first, second)._replace(conditions=(Condition("K50.90", "Crohn's disease", "C1"),))
    assert [entry(of(chart), "indication", row).state for row in ("A1", "A2")] == [PRESENT, PRESENT]


def test_a_derived_stop_is_there_and_still_asked_for() -> None:
    row = infusion("A1", "Vancomycin", 0, None)._replace(dose=Quantity(250, "mL"), rate=Quantity(125, "mL/h"))
    shown = entry(of(visit(row)), "stop")
    assert shown.state == PRESENT and "derived" in shown.shows and shown.ask


def test_items_apply_by_kind() -> None:
    found = of(visit(push("P", "Ondansetron", 5), fluid("F", 60, 120), FULL._replace(id="A1", route="sc")))
    assert entry(found, "stop", "P").state == NOT_APPLICABLE
    assert entry(found, "waste", "F").state == NOT_APPLICABLE
    assert entry(found, "stop", "F").state == PRESENT
    assert entry(found, "site", "A1").state == NOT_APPLICABLE


def test_waste_is_missing_of_single_dose_containers_only() -> None:
    found = of(visit(FULL._replace(waste=None), push("P", "Ondansetron", 5)))
    assert entry(found, "waste").state == MISSING
    assert entry(found, "waste", "P").state == NOT_APPLICABLE


def test_where_the_engine_asks_for_waste_the_checklist_asks_for_the_container() -> None:
    dosed = push("P", "Ondansetron", 5)._replace(dose=Quantity(4, "mg"))
    shown = entry(of(visit(dosed)), "waste", "P")
    assert shown.state == DOUBTED and "If it came from a single-dose container" in shown.ask
    noted = dosed._replace(waste=Waste(quote="2 mL of a multi-dose vial", multi_dose=True))
    assert entry(of(visit(noted)), "waste", "P").shows == "a container for several doses"


def test_the_visit_has_its_class_and_its_times() -> None:
    found = of(visit(FULL)._replace(stop=NINE + 7200, kind=""))
    assert [(one.item, one.state) for one in found.visit] == [("class", MISSING), ("times", PRESENT)]


def test_the_command_prints_each_thing_given_and_gives_json() -> None:
    done = CliRunner().invoke(main, ["checklist", "--chart", str(EXAMPLE), "--not-granted", "Condition"])
    assert done.exit_code == 0 and "MISSING            stop" in done.output and "not readable here" in done.output
    assert max(map(len, done.output.splitlines())) <= 100
    row = orjson.loads(CliRunner().invoke(main, ["checklist", "--chart", str(EXAMPLE), "--format", "json"]).output)
    assert len(row["administrations"]) == 6 and all(len(one["entries"]) == len(ITEMS) for one in row["administrations"])
