"""Shapes: R5, broken resources, and that nothing vanishes."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smart_app.chart import read_bundle, read_resources
from tests.chart_parts import (
    ACT,
    IV,
    PATIENT,
    POS,
    Json,
    assert_conserved,
    chart,
    codes,
    dose,
    event,
    mixture,
    only,
    problem_of,
    row,
    visit,
)

# Shapes.


def test_resources_in_the_shape_of_r5_read_the_same() -> None:
    encounter = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "completed",
        "class": [{"coding": [{"system": ACT, "code": "AMB"}]}],
        "subject": PATIENT,
        "actualPeriod": {"start": "2026-06-01T08:00:00Z", "end": "2026-06-01T18:00:00Z"},
        "reason": [{"value": [{"concept": {"text": "Infusion"}}]}],
        "diagnosis": [{"condition": [{"reference": {"reference": "Condition/c"}}]}],
    }
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"text": "Cefepime bag"},
        "ingredient": [
            {
                "item": {"concept": {"text": "Cefepime"}},
                "isActive": True,
                "strengthRatio": {"numerator": {"value": 2, "code": "g"}, "denominator": {"value": 1, "code": "{bag}"}},
            }
        ],
    }
    administration = {
        "resourceType": "MedicationAdministration",
        "id": "a",
        "status": "completed",
        "category": [{"text": "Inpatient"}],
        "medication": {"reference": {"reference": "Medication/m"}},
        "subject": PATIENT,
        "encounter": {"reference": "Encounter/e"},
        "occurencePeriod": {"start": "2026-06-01T09:00:00Z", "end": "2026-06-01T10:00:00Z"},
        "reason": [{"reference": {"reference": "Condition/c"}}, {"concept": {"text": "Fever"}}],
        "device": [{"reference": {"display": "L hand PIV"}}],
        "dosage": {"route": IV},
    }
    found = only(
        encounter, medication, administration, problem_of("c", "R50.9", encounter={"reference": "Encounter/gone"})
    )
    assert (found.kind, found.reason, [one.code for one in found.conditions]) == ("outpatient", "Infusion", ["R50.9"])
    (one,) = found.administrations
    assert (one.text, one.substances[0].text, one.substances[0].strength, one.route, one.site) == (
        "Cefepime bag",
        "Cefepime",
        "2 g/{bag}",
        "iv",
        "L hand PIV",
    )
    assert (one.reasons, one.reason_text) == (("R50.9",), "Fever")


def test_an_r5_medication_may_be_a_concept() -> None:
    assert row(dose(medicationCodeableConcept=None, medication={"concept": {"text": "Cefepime"}})).text == "Cefepime"


def test_a_visit_without_administrations_is_still_a_visit() -> None:
    assert only(visit()).administrations == ()


def test_a_resource_of_the_wrong_shape_is_listed_and_hides_no_other() -> None:
    found = chart(dose("bad", dosage={"route": "IV"}), dose("worse", subject="Patient/p"), dose())
    assert [one.id for one in found.encounters[0].administrations] == ["a"]
    assert [name for name, _ in found.unread] == ["MedicationAdministration/bad", "MedicationAdministration/worse"]
    assert codes(found) == ["RESOURCE_UNREADABLE", "RESOURCE_UNREADABLE"]


def test_a_malformed_medication_order_or_condition_does_not_hide_the_row() -> None:
    bad = [
        {
            "resourceType": kind,
            "id": "x",
            "code": 5,
            "ingredient": 5,
            "dosageInstruction": 5,
            "reasonCode": 5,
            "subject": PATIENT,
        }
        for kind in ("Medication", "MedicationRequest", "Condition")
    ]
    found = chart(
        *bad,
        dose(
            medicationCodeableConcept=None,
            medicationReference={"reference": "Medication/x", "display": "Cefepime"},
            request={"reference": "MedicationRequest/x"},
            reasonReference=[{"reference": "Condition/x"}],
        ),
    )
    assert [one.text for one in found.encounters[0].administrations] == ["Cefepime"]
    assert {name for name, _ in found.unread} == {"Medication/x", "MedicationRequest/x", "Condition/x"}


def test_what_is_no_resource_is_listed() -> None:
    found = read_bundle(
        {"resourceType": "Bundle", "entry": [{"resource": 5}, 7, {"request": {}}, {"resource": {"id": "x"}}]}
    )
    assert [name for name, _ in found.unread] == ["entry 0", "entry 1", "entry 2"]


def test_the_same_resource_twice_is_read_once_and_said() -> None:
    found = chart(visit(), dose(), dose())
    assert len(found.encounters[0].administrations) == 1
    assert found.unread == (("MedicationAdministration/a", "the same id came twice; the first copy is used"),)
    assert codes(found) == []


def test_two_different_resources_of_one_id_are_asked() -> None:
    assert codes(chart(visit(), dose(), dose(status="not-done"))) == ["RESOURCE_UNREADABLE"]


def test_a_row_without_an_id_gets_one_from_its_address() -> None:
    entries = [{"resource": visit()}, {"fullUrl": "urn:uuid:12-34", "resource": dose(id=None)}]
    (encounter,) = read_bundle({"entry": entries}).encounters
    assert encounter.administrations[0].id == "12-34"


def test_a_bundle_within_a_bundle_is_opened() -> None:
    inner = {"resourceType": "Bundle", "entry": [{"resource": visit()}, {"resource": dose()}]}
    assert len(read_bundle({"entry": [{"resource": inner}]}).encounters[0].administrations) == 1


def test_reading_leaves_the_resources_as_they_were() -> None:
    resources = [visit(), dose(), mixture()]
    before = copy.deepcopy(resources)
    read_resources(resources)
    assert resources == before


# Conservation.

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(),
    st.sampled_from(["", "x", "Encounter/e", "#mix", "2026-06-01", "KVO", "10000-99-99T00:00:00Z"]),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just([{}]),
    st.just({"coding": 5}),
    st.just({"value": "many"}),
    st.just({"reference": 5}),
    st.just([[]]),
)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here] if here else []
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        found += paths(child, (*here, key))
    return found


BASE: list[Json] = [
    visit(
        "e",
        location=[{"location": {"reference": "Location/l"}}],
        reasonCode=[{"text": "Infusion"}],
        diagnosis=[{"condition": {"reference": "Condition/c"}}],
    ),
    visit("f", partOf={"reference": "Encounter/e"}),
    {"resourceType": "Location", "id": "l", "type": [{"coding": [{"system": POS, "code": "11"}]}]},
    problem_of("c", "E86.0", encounter={"reference": "Encounter/e"}),
    {
        "resourceType": "Procedure",
        "id": "x",
        "subject": PATIENT,
        "performedPeriod": {"start": "2026-06-01T11:00:00Z"},
        "code": {"text": "CT"},
    },
    {
        "resourceType": "MedicationRequest",
        "id": "r",
        "dosageInstruction": [{"text": "over 30 minutes", "route": IV}],
        "reasonCode": [{"text": "Fever"}],
    },
    dose(
        "a1",
        note=[{"text": "Two 100 mg vials, no waste."}],
        reasonReference=[{"reference": "Condition/c"}],
        partOf=[{"reference": "Procedure/x"}],
    ),
    dose("a2", context=None, extension=[{"url": "infuse-over-time", "valueQuantity": {"value": 30, "code": "min"}}]),
    {**mixture(), "id": "a3"},
    event("a4", "12:00", "Started"),
    event("a5", "12:30", "Rate Change", category={"text": "IV"}),
    event("a6", "13:00", "Stopped", device=[{"display": "PIV"}]),
]
PLACES = [
    (index, path)
    for index, resource in enumerate(BASE)
    for path in paths(resource)
    if path[0] not in ("resourceType", "id")
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=8))
def test_whatever_is_broken_every_row_is_in_exactly_one_visit_or_listed(
    breaks: list[tuple[tuple[int, tuple[Any, ...]], Any]],
) -> None:
    resources = copy.deepcopy(BASE)
    for (index, path), junk in breaks:
        target: Any = resources[index]
        for key in path[:-1]:
            target = (
                target.get(key)
                if isinstance(target, dict)
                else target[key]
                if isinstance(target, list) and isinstance(key, int) and key < len(target)
                else None
            )
        if isinstance(target, dict) or (
            isinstance(target, list) and isinstance(path[-1], int) and path[-1] < len(target)
        ):
            target[path[-1]] = copy.deepcopy(junk)
    assert_conserved(read_resources(resources), resources)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        JUNK,
        lambda inner: st.dictionaries(
            st.sampled_from(["entry", "resource", "resourceType", "id", "fullUrl", "subject"]), inner, max_size=4
        ),
        max_leaves=12,
    )
)
def test_any_object_is_read_as_a_bundle_without_an_error(value: Any) -> None:
    read_bundle(value if isinstance(value, dict) else {"entry": [value]})
