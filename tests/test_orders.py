"""Orders as read: what keeps one from being an order in force, what it may still say, and that the lines never hang on its status."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding import code
from coding.checklist_table import ORDERS
from coding.model import Encounter, Order, Quantity
from smart_app.order_doses import ordered_dose
from tests.chart_parts import ICD10, NINE, PATIENT, chart, codes, dose, row
from tests.charts import DRUGS, infusion, push, visit, visits

REASON = [{"coding": [{"system": ICD10, "code": "K50.90"}], "text": "Crohn's disease"}]
IN_DOUBT = "ORDER_IN_DOUBT"


def request(**more: Any) -> dict[str, Any]:
    return {"resourceType": "MedicationRequest", "id": "r", "status": "completed", "intent": "order", **more}


def read(*resources: Any) -> Order:
    found = row(*resources, dose(request={"reference": "MedicationRequest/r"})).order
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("status", "intent", "means"),
    [
        ("active", "order", ""),
        ("completed", "order", ""),
        ("stopped", "original-order", ""),
        ("on-hold", "instance-order", ""),
        ("unknown", "filler-order", ""),
        ("a vendor's word", "another", ""),
        ("draft", "order", "draft"),
        ("cancelled", "order", "cancelled"),
        ("entered-in-error", "proposal", "entered-in-error"),
        ("active", "proposal", "proposal"),
        ("active", "plan", "plan"),
        ("completed", "option", "option"),
        (None, None, ""),
        (["draft"], {"of": "order"}, ""),
    ],
)
def test_an_order_is_doubted_for_what_it_says_of_itself_only(status: Any, intent: Any, means: str) -> None:
    assert read(request(status=status, intent=intent)).status == means
    assert means == "" or means in ORDERS


def test_an_order_not_to_give_a_drug_is_no_order_to_give_it() -> None:
    assert read(request(doNotPerform=True)).status == "do-not-perform"
    assert read(request(doNotPerform=False)).status == ""


def test_an_order_that_is_not_at_hand_or_damaged_is_unread() -> None:
    assert read().status == "unread"
    assert read(request(dosageInstruction="wrong")).status == "unread"


def test_a_reason_is_taken_from_a_draft_and_not_from_an_order_that_was_entered_in_error() -> None:
    instructions = [{"text": "1000 mL for dehydration, KVO after"}]
    more = {"reasonCode": REASON, "dosageInstruction": instructions}
    for status in ("draft", "cancelled", "completed"):
        found = row(request(status=status, **more), dose(request={"reference": "MedicationRequest/r"}))
        assert found.order is not None and found.order.reason_codes == ("K50.90",) and found.has("hydration-reason")
    found = row(request(status="entered-in-error", **more), dose(request={"reference": "MedicationRequest/r"}))
    assert found.order is not None
    assert (found.order.reason, found.order.reason_codes) == ("", ())
    # What speaks against a line is still heard.
    assert not found.has("hydration-reason") and found.has("keep-open")
    said = request(status="entered-in-error", dosageInstruction=[{"text": "500 mL IV over 1 hour for dehydration"}])
    assert read(said).text == ""


@pytest.mark.parametrize("verified", ["refuted", "entered-in-error"])
def test_a_diagnosis_that_was_ruled_out_is_nobodys_reason(verified: str) -> None:
    condition = {
        "resourceType": "Condition",
        "id": "c",
        "subject": PATIENT,
        "code": REASON[0],
        "verificationStatus": {"coding": [{"code": verified}]},
    }
    refers: dict[str, Any] = {"reasonReference": [{"reference": "Condition/c", "display": "Crohn's disease"}]}
    assert read(request(**refers), condition)[2:4] == ("", ())
    assert row(dose(**refers), condition).reasons == ()
    confirmed = condition | {"verificationStatus": {"coding": [{"code": "confirmed"}]}}
    assert read(request(**refers), confirmed)[2:4] == ("Crohn's disease", ("K50.90",))


def test_an_order_tells_when_it_was_written_where_that_is_an_instant() -> None:
    written = read(request(authoredOn="2026-06-01T09:00:00Z")).written
    assert written is not None and written.at == NINE
    for wrong in ("2026-06-01", "yesterday", 7, {"at": 1}):
        assert read(request(authoredOn=wrong)).written is None


@pytest.mark.parametrize(
    ("instruction", "means"),
    [
        ({"text": "400 mg (5 mg/kg) IV over at least 2 hours, every 8 weeks"}, (400, "mg")),
        ({"text": "Give 1,000 mg IV"}, (1000, "mg")),
        ({"text": "1.5 g IV every 8 hours"}, (1.5, "g")),
        ({"doseAndRate": [{"doseQuantity": {"value": 4, "unit": "mg"}}], "text": "9 mg"}, (4, "mg")),
        ({"text": "5 mg/kg IV"}, None),
        ({"text": "375 mg/m2 IV"}, None),
        ({"text": "2-4 mg IV push"}, None),
        ({"text": "2 mg, then 4 mg"}, None),
        ({"text": "two 500 mg vials"}, None),
        ({"text": "10 mg per hour"}, None),
        ({"text": "IV over 2 hours"}, None),
        ({"doseAndRate": [{"doseQuantity": {"value": 5, "unit": "mg/kg"}}]}, None),
        ({"doseAndRate": [{"doseQuantity": {"value": n, "unit": "mg"}} for n in (1, 2)]}, None),
    ],
)
def test_an_ordered_dose_is_one_amount_or_none(instruction: dict[str, Any], means: tuple[float, str] | None) -> None:
    assert ordered_dose([instruction]) == (Quantity(*means) if means else None)
    assert ordered_dose([instruction, instruction]) is None


def test_a_dose_of_the_wrong_shape_takes_nothing_else_from_the_order() -> None:
    wrong = [{"text": "for pain", "doseAndRate": [{"doseQuantity": {"value": "much"}}]}]
    found = read(request(reasonCode=REASON, dosageInstruction=wrong))
    assert (found.dose, found.status, found.reason_codes) == (None, "", ("K50.90",))


# --- the engine


def marked(encounter: Encounter, status: str) -> Encounter:
    rows = (
        one._replace(order=(one.order or Order(f"R-{one.id}"))._replace(status=status))
        for one in encounter.administrations
    )
    return encounter._replace(administrations=tuple(rows))


@settings(max_examples=60, deadline=None)
@given(visits(), st.sampled_from(sorted(ORDERS)))
def test_the_status_of_an_order_changes_no_line(encounter: Encounter, status: str) -> None:
    plain, doubted = code(marked(encounter, "")), code(marked(encounter, status))
    assert (plain.lines, plain.drug_lines, plain.not_billed) == (doubted.lines, doubted.drug_lines, doubted.not_billed)
    assert [one for one in doubted.problems if one.code != IN_DOUBT] == list(plain.problems)


def test_an_order_in_doubt_is_asked_about_once_for_all_its_rows() -> None:
    order = Order("R1", status="cancelled")
    steps = (infusion(f"A{n}", "Infliximab", 30 * n, 30 * n + 30)._replace(order=order) for n in range(3))
    found = code(visit(*steps, push("P", "Ondansetron", 5)))
    [asked] = [one for one in found.problems if one.code == IN_DOUBT]
    assert (asked.resource, asked.severity, asked.rules) == ("A0", "asks", ("documentation.order",))
    assert "Infliximab" in asked.says and "marked as cancelled" in asked.says and "R1" in asked.says


@pytest.mark.parametrize("status", ["not-given", "error"])
def test_nothing_is_asked_of_a_cancelled_order_whose_drug_was_not_given(status: str) -> None:
    withheld = infusion("A1", DRUGS[0], 0, 60)._replace(status=status, order=Order("R1", status="cancelled"))
    assert IN_DOUBT not in {one.code for one in code(visit(withheld)).problems}


def test_an_order_that_was_not_read_is_told_and_not_doubted() -> None:
    found = chart(dose(request={"reference": "MedicationRequest/gone"}))
    assert codes(found) == ["REFERENCE_UNRESOLVED"]
    assert IN_DOUBT not in {one.code for one in code(found.encounters[0]).problems}
