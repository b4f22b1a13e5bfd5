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
        assert found.notes == (("ChargeItem/ch3", "left out, its status is entered-in-error."),)
        assert not found.unread


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
    assert found.notes == (("Bundle.entry[0]", "left out, its status is cancelled."),) and not found.unread
    assert "cancelled" in fault(claim(item("96365"), status="cancelled"))


def test_the_claim_goes_before_its_benefit_and_two_claims_are_refused() -> None:
    found = read(bundle(claim(item("96365")), claim(item("96366"), kind="ExplanationOfBenefit")))
    assert [line.code for line in found.lines] == ["96365"]
    assert "2 resources of type Claim" in fault(bundle(claim(item("96365")), claim(item("96365"))))


def test_of_two_claims_one_is_read_by_its_id() -> None:
    both = orjson.dumps(bundle(claim(item("96365"), id="one"), claim(item("96413"), id="two")))
    assert [line.code for line in read_bytes(both, "two").lines] == ["96413"]
    assert "It holds one, two." in fault(both)
    with pytest.raises(ClaimFault, match=r"has this id\. It holds one, two"):
        read_bytes(both, "three")


def test_lines_that_the_payer_added_are_not_billed_ones() -> None:
    found = read(claim(item("96365"), kind="ExplanationOfBenefit", addItem=[item("96361")]))
    assert [line.code for line in found.lines] == ["96365"]
    assert found.notes == (("ExplanationOfBenefit.addItem[0]", "left out, the payer added it."),) and not found.unread


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
        (item("96366", servicedDate=20261102), "its date is no text"),
        (item("96366", servicedDate="02.11.2026"), "no date"),
        (item("96366", servicedDate=None, servicedPeriod={}, occurrencePeriod=[1]), "no date"),
        (
            item("96366", servicedDate=None, servicedPeriod={"start": "2026-03-10", "end": "2026-03-09"}),
            "before it begins",
        ),
        ({**item("96366"), "modifier": [None]}, "modifiers has no code"),
        ({**item("96366"), "modifier": [{"coding": [None]}]}, "modifiers has no code"),
        (
            {**item("96366"), "modifier": [{"coding": [{"code": "JZ"}, {"code": "59"}]}]},
            'several codes: "JZ", "59"',
        ),
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


def test_codings_of_one_modifier_are_writings_of_it() -> None:
    twice = {**item("96366"), "modifier": [{"coding": [{"code": "local-17"}, {"code": "jz"}, {"code": "JZ"}]}]}
    assert read(claim(twice)).lines[0].modifiers == ("JZ",)


@pytest.mark.parametrize("start", ["2026-11-03T02:00:00Z", "2026-11-03T02:00:00+00:00"])
def test_a_time_in_utc_is_no_day_of_the_visit_and_that_is_noted(start: str) -> None:
    found = read(claim(item("96365", servicedDate=None, servicedPeriod={"start": start})))
    [(place, said)] = found.notes
    assert found.lines[0].date == "" and place == "Claim.item[0]" and "UTC" in said and not found.unread


def test_a_time_with_the_offset_of_the_place_is_of_its_own_day() -> None:
    period = {"start": "2026-11-02T23:30:00-08:00", "end": "2026-11-02T23:59:00-08:00"}
    found = read(claim(item("96365", servicedDate=None, servicedPeriod=period)))
    assert found.lines[0].date == "2026-11-02" and not found.notes


def test_an_item_over_two_days_is_read_as_of_the_first_and_noted() -> None:
    period = {"start": "2026-11-02", "end": "2026-11-03"}
    found = read(claim(item("96365", servicedDate=None, servicedPeriod=period)))
    assert found.lines[0].date == "2026-11-02"
    assert found.notes == (("Claim.item[0]", "it spans 2026-11-02 to 2026-11-03; it is read as of the first day."),)


@pytest.mark.parametrize(
    ("end", "date"), [("2026-11-02", "2026-11-02"), ("2026-11-03", ""), ("2026-11-03T02:00:00Z", "")]
)
def test_the_one_day_of_the_claim_is_that_of_items_without_a_date(end: str, date: str) -> None:
    found = read(claim(item("96365", servicedDate=None), billablePeriod={"start": "2026-11-02", "end": end}))
    assert found.lines[0].date == date


def test_an_item_without_a_quantity_is_one_unit_and_that_is_noted() -> None:
    found = read(claim({**item("96365"), "quantity": None}))
    assert found.lines[0].units == 1
    assert found.notes == (("Claim.item[0]", "it has no quantity; it is read as 1 unit."),)


@pytest.mark.parametrize(
    ("net", "says"),
    [
        ({"value": 412.5, "currency": "EUR"}, "not in dollars"),
        ({"value": "412,50"}, '"412,50" is no amount'),
        ({"value": True}, "no amount"),
        ({"value": [412]}, "no amount"),
        ("412", "no value"),
        ({"currency": "USD"}, "no value"),
    ],
)
def test_an_amount_that_is_none_in_dollars_is_noted_and_costs_no_line(net: object, says: str) -> None:
    found = read(claim(item("96365", net=net)))
    [(_, said)] = found.notes
    assert found.lines[0].amount is None and says in said and not found.unread


def test_what_was_submitted_is_the_amount_where_no_net_stands() -> None:
    paid = [
        {"category": {"coding": [{"code": word}]}, "amount": {"value": value}}
        for word, value in (("benefit", 1), ("submitted", 9))
    ]
    assert read(claim(item("96365", net=None, adjudication=paid))).lines[0].amount == Decimal(9)


def test_letters_of_windows_and_halves_of_characters_do_no_harm() -> None:
    text = orjson.dumps(claim(item("96365"), insurer={"display": "Sant@"})).decode()
    assert read_bytes(text.replace("@", "\xe9").encode("cp1252")).payer == "Sant\xe9"
    assert read_bytes(text.replace("@", "\\ud800").encode()).payer == "Sant?"


def test_fractions_are_exact() -> None:
    text = orjson.dumps(claim(item("96365"), item("J1745", 777))).decode().replace("777", "40.00000000000000000001")
    assert "whole numbers" in read_bytes(text.encode()).unread[0][1]


DEEP = b'{"resourceType":"Claim","item":' + b"[" * 5_000 + b"]" * 5_000 + b"}"
NESTED: dict[str, Any] = {"resourceType": "Claim"}
for _ in range(100):
    NESTED = {"resourceType": "Claim", "item": [NESTED]}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b'{"resourceType": "Claim", "item": [{"seq', "half-written"),
        (b'{"resourceType": "Claim",, }', "line 1, column"),
        (DEEP, "too deep in one another"),
        (b'{"resourceType": "Claim", "item": [{"quantity": {"value": 4, "value": 40}}]}', '"value" twice'),
        (b'{"resourceType": "Claim", "item": [{"quantity": {"value": NaN}}]}', "NaN in the place of a number"),
        (b'{"resourceType": "Claim", "item": [{"quantity": {"value": -Infinity}}]}', "-Infinity in the place"),
        (b'{"resourceType": "Claim", "item": [' + b"9" * 5000 + b"]}", "too many digits"),
        (b'{"resourceType": "Claim", "item": [1e99999999999999999999]}', "too many digits"),
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
