"""Claims in FHIR: Claim, ExplanationOfBenefit and ChargeItems in the shapes in which they come."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import orjson
import pytest

from coding.billed import BilledClaim
from smart_app.claims.faults import ClaimFault
from smart_app.claims.reading import read_bytes

CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
NDC = "http://hl7.org/fhir/sid/ndc"
POS = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"


def concept(code: str, system: str = CPT) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def item(code: str, units: object = 1, *modifiers: str, system: str = CPT, **more: Any) -> dict[str, Any]:
    return {
        "sequence": 1,
        "productOrService": concept(code, system),
        "modifier": [concept(one, "http://example.org/modifier") for one in modifiers],
        "quantity": {"value": units},
        "servicedDate": "2026-03-10",
        **more,
    }


def claim(*items: object, kind: str = "Claim", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "id": "c1",
        "status": "active",
        "use": "claim",
        "type": concept("professional", "http://terminology.hl7.org/CodeSystem/claim-type"),
        "insurer": {"display": "Medicare"},
        "patient": {"reference": "Patient/p1", "display": "Doe, Jane"},
        "diagnosis": [
            {"sequence": 1, "diagnosisCodeableConcept": concept("K5090", "http://hl7.org/fhir/sid/icd-10-cm")}
        ],
        "item": list(items),
        **more,
    }


def charge(code: str, units: object = 1, status: str = "billed", name: str = "ch1", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "ChargeItem",
        "id": name,
        "status": status,
        "code": concept(code),
        "quantity": {"value": units},
        "occurrenceDateTime": "2026-03-10T09:14:00-06:00",
        **more,
    }


def bundle(*resources: object) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}


def read(document: object) -> BilledClaim:
    return read_bytes(orjson.dumps(document))


def fault(document: object) -> str:
    with pytest.raises(ClaimFault) as caught:
        read_bytes(document if isinstance(document, bytes) else orjson.dumps(document))
    said = str(caught.value)
    assert len(said) < 400 and said.endswith(".")
    return said


@pytest.mark.parametrize("kind", ["Claim", "ExplanationOfBenefit"])
def test_a_claim_and_its_benefit_are_read_alike(kind: str) -> None:
    place = {"locationCodeableConcept": concept("11", POS)}
    drug = item("J1745", 40.0, "JZ", system=HCPCS, net={"value": 4000.5}, diagnosisSequence=[1], **place)
    found = read(claim(item("96365", **place), drug, kind=kind))
    assert (found.form, found.setting, found.payer, found.place_of_service) == (
        f"FHIR {kind}",
        "professional",
        "Medicare",
        "11",
    )
    one, two = found.lines
    assert (one.code, one.units, one.date, one.place) == ("96365", 1, "2026-03-10", f"{kind}.item[0]")
    assert (two.units, two.modifiers, two.amount, two.diagnoses) == (40, ("JZ",), Decimal("4000.5"), ("K50.90",))
    assert "Doe" not in repr(found)


def test_an_institutional_claim_is_a_facilitys() -> None:
    kind = concept("institutional", "http://terminology.hl7.org/CodeSystem/claim-type")
    assert read(claim(item("96365"), type=kind)).setting == "facility"


def test_the_details_of_a_group_are_its_lines_and_an_ndc_is_no_line() -> None:
    group = {
        "sequence": 1,
        "productOrService": {"text": "Infusion visit"},
        "servicedPeriod": {"start": "2026-03-10", "end": "2026-03-10"},
        "detail": [
            {"sequence": 1, "productOrService": concept("96365")},
            {"sequence": 2, "productOrService": concept("96366"), "quantity": {"value": 2}},
        ],
    }
    drug = item("J1745", 40, system=HCPCS, detail=[{"sequence": 1, "productOrService": concept("57894-0030-01", NDC)}])
    found = read(claim(group, drug))
    assert [(line.code, line.units, line.date) for line in found.lines] == [
        ("96365", 1, "2026-03-10"),
        ("96366", 2, "2026-03-10"),
        ("J1745", 40, "2026-03-10"),
    ]
    assert found.lines[1].place == "Claim.item[0].detail[1]" and found.lines[2].ndc == "57894-0030-01"


def test_a_breakdown_of_an_item_is_not_counted_twice() -> None:
    detail = [{"sequence": 1, "productOrService": concept("96366"), "quantity": {"value": 2}}]
    assert [(line.code, line.units) for line in read(claim(item("96366", 2, detail=detail))).lines] == [("96366", 2)]


@pytest.mark.parametrize("shape", ["bundle", "list", "lines", "one"])
def test_charge_items_come_in_a_bundle_a_list_or_one_a_line(shape: str) -> None:
    charges = [charge("96365"), charge("96366", 2, name="ch2"), charge("96375", name="ch3", status="entered-in-error")]
    data = {
        "bundle": orjson.dumps(bundle({"resourceType": "Patient", "id": "p1"}, *charges)),
        "list": orjson.dumps(charges),
        "lines": b"\n".join(orjson.dumps(one) for one in charges),
        "one": orjson.dumps(charges[0]),
    }[shape]
    found = read_bytes(data)
    assert found.form == "FHIR ChargeItem" and found.lines[0].place == "ChargeItem/ch1"
    assert found.lines[0].date == "2026-03-10"
    if shape != "one":
        assert [line.units for line in found.lines] == [1, 2]
        assert found.unread == (("ChargeItem/ch3", "left out, its status is entered-in-error."),)


def test_modifiers_of_a_charge_item_stand_beside_the_code_or_in_extensions() -> None:
    beside = charge("96365")
    beside["code"]["coding"].append({"system": CPT, "code": "59"})
    within = charge(
        "J1745", 40, extension=[{"url": "http://example.org/fhir/modifier", "valueCodeableConcept": concept("JZ")}]
    )
    assert [line.modifiers for line in read([beside, within]).lines] == [("59",), ("JZ",)]


def test_what_was_cancelled_is_left_out_and_said() -> None:
    found = read(bundle(claim(item("96365"), status="cancelled"), claim(item("96413"))))
    assert [line.code for line in found.lines] == ["96413"]
    assert found.unread == (("Bundle.entry[0]", "left out, its status is cancelled."),)
    assert "cancelled" in fault(claim(item("96365"), status="cancelled"))


def test_the_claim_goes_before_its_benefit_and_two_claims_are_refused() -> None:
    found = read(bundle(claim(item("96365")), claim(item("96366"), kind="ExplanationOfBenefit")))
    assert [line.code for line in found.lines] == ["96365"]
    assert "2 resources of type Claim" in fault(bundle(claim(item("96365")), claim(item("96365"))))


def test_lines_that_the_payer_added_are_not_billed_ones() -> None:
    found = read(claim(item("96365"), kind="ExplanationOfBenefit", addItem=[item("96361")]))
    assert [line.code for line in found.lines] == ["96365"]
    assert found.unread == (("ExplanationOfBenefit.addItem[0]", "left out, the payer added it."),)


def test_a_preauthorization_says_that_it_is_one() -> None:
    assert "preauthorization" in read(claim(item("96365"), use="preauthorization")).form


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (item("96366", 0), "at least one"),
        (item("96366", -2), "at least one"),
        (item("96366", 1.5), "whole numbers"),
        (item("96366", 10**18), "more than"),
        (item("96366", "many"), "no number"),
        (item("96366", True), "no value"),
        (item("96366", None), "no value"),
        (item("0636", system="http://example.org/revenue"), "no CPT or HCPCS code"),
        (item("96366", servicedDate="2026-13-01"), "no day"),
        (item("96366", servicedDate="soon"), "no date"),
        (item("96366", net={"value": -5}), "below zero"),
        ("96366", "shape"),
        (None, "shape"),
        (7, "shape"),
        ({"productOrService": 5}, "no CPT or HCPCS code"),
        (item("96366", 1, "THREE"), "no modifier"),
    ],
)
def test_one_bad_item_is_told_with_its_path_and_the_others_stay(bad: object, says: str) -> None:
    found = read(claim(item("96365"), bad, item("96375")))
    assert [line.code for line in found.lines] == ["96365", "96375"]
    [(place, why)] = found.unread
    assert place == "Claim.item[1]" and says in why and why.endswith(".")


DEEP = b'{"resourceType":"Claim","item":' + b"[" * 5_000 + b"]" * 5_000 + b"}"
NESTED: dict[str, Any] = {"resourceType": "Claim"}
for _ in range(100):
    NESTED = {"resourceType": "Claim", "item": [NESTED]}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b'{"resourceType": "Claim", "item": [{"seq', "half-written"),
        (b'{"resourceType": "Claim",, }', "line 1, column"),
        (DEEP, "not JSON"),
        ({"resourceType": "Patient", "id": "p1"}, "not a claim"),
        ({"resourceType": "Bundle"}, "Bundle.entry"),
        ({"resourceType": "Bundle", "entry": {}}, "Bundle.entry"),
        ({"resourceType": "Bundle", "entry": [None, 4, {"resource": []}]}, "no FHIR claim"),
        ({"resourceType": 5}, "no FHIR claim"),
        ({}, "no FHIR claim"),
        ([], "no FHIR claim"),
        ([1, "x", None], "no FHIR claim"),
        (claim(), "no line that can be read"),
        (claim(item="96365"), "no list of lines"),
        (claim("96365"), "no line that can be read"),
        (NESTED, "no line that can be read"),
        ([charge("nonsense")], "no line that can be read"),
        ([charge("96365", status="planned")], "no line that can be read"),
        ([{"resourceType": "ChargeItem"}] * 30_000, "at most"),
        (b'{"a":"' + b"x" * 10_000_000 + b'"}', "larger than"),
    ],
)
def test_what_is_no_claim_gives_one_plain_sentence(document: object, says: str) -> None:
    begun = time.perf_counter()
    assert says in fault(document)
    assert time.perf_counter() - begun < 5


def test_elements_of_the_wrong_shape_never_hide_the_lines() -> None:
    strange = {
        "type": "professional",
        "insurer": ["x"],
        "diagnosis": {"sequence": "1"},
        "addItem": "none",
        "contained": {"a": 1},
        "use": 4,
    }
    found = read(claim(item("96365", diagnosisSequence="1", locationCodeableConcept="11", detail="x"), **strange))
    assert [line.code for line in found.lines] == ["96365"]
