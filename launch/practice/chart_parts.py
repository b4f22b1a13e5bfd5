"""Everything of one practice chart but the administrations, in the shapes in which EHRs send it."""

from __future__ import annotations

from launch.practice.chart_codes import TABLES, TERMINOLOGY, Day, Resource, coded, drug, slug

_PLACES = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
_TIMEZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
_PRESCRIBER = {"family": "Ashgrove", "given": ["Perpetua"], "prefix": ["Dr."], "suffix": ["MD"]}
_NURSE = {"family": "Winterbourne", "given": ["Lark"], "suffix": ["RN"]}


def people(this: Day, patient: Resource) -> list[Resource]:
    """Patient, prescriber and nurse. The tag HTEST says what every chart here is: test data."""
    tag = {"system": f"{TERMINOLOGY}/v3-ActReason", "code": "HTEST", "display": "test health data"}
    mrn = coded(f"{TERMINOLOGY}/v2-0203", "MR", "Medical record number", "MRN")
    family, given = patient["name"].split(", ")
    return [
        {
            "resourceType": "Patient",
            "id": f"{this.name}-patient",
            "meta": {"tag": [tag]},
            "identifier": [{"use": "usual", "type": mrn, "system": "urn:oid:2.999.1.1", "value": patient["mrn"]}],
            "active": True,
            "name": [{"use": "official", "text": f"{given} {family}", "family": family, "given": given.split(" ")}],
            "gender": patient["gender"],
            "birthDate": patient["born"],
        },
        {"resourceType": "Practitioner", "id": f"{this.name}-prescriber", "active": True, "name": [_PRESCRIBER]},
        {"resourceType": "Practitioner", "id": f"{this.name}-nurse", "active": True, "name": [_NURSE]},
    ]


def location(this: Day, place: str, zone: str = "") -> Resource:
    """Where the day was. place: a CMS place-of-service code, or "obs" for the observation unit of the hospital. zone: IANA name."""
    name, kind = TABLES["place"][place]
    code = "22" if place == "obs" else place
    extension = {"extension": [{"url": _TIMEZONE, "valueCode": zone}]} if zone else {}
    return {
        **extension,
        "resourceType": "Location",
        "id": f"{this.name}-place-{place}",
        "status": "active",
        "name": name,
        "mode": "instance",
        "type": [coded(_PLACES, code, kind)],
    }


def encounter(this: Day, visit: Resource, conditions: list[Resource]) -> Resource:
    """One visit: id, class, place, type, start, stop (absent while it goes on), part_of."""
    period = {"start": this.clock.time(visit["start"])}
    if "stop" in visit:
        period["end"] = this.clock.time(visit["stop"])
    made: Resource = {
        "resourceType": "Encounter",
        "id": f"{this.name}-{visit['id']}",
        "status": "finished" if "stop" in visit else "in-progress",
        "class": {
            "system": f"{TERMINOLOGY}/v3-ActCode",
            "code": visit["class"],
            "display": TABLES["class"][visit["class"]],
        },
        "type": [{"text": visit["type"]}],
        "subject": this.subject,
        "participant": [{"individual": this.refer("Practitioner", "prescriber", "Dr. Perpetua Ashgrove, MD")}],
        "period": period,
        "location": [
            {"location": this.refer("Location", f"place-{visit['place']}", TABLES["place"][visit["place"]][0])}
        ],
    }
    own = [one for one in conditions if visit["id"] in one.get("in", [visit["id"]])]
    if own:
        made["diagnosis"] = [
            {"condition": this.refer("Condition", f"dx-{slug(one['code'])}", one["text"]), "rank": rank}
            for rank, one in enumerate(own, 1)
        ]
    if "reason" in visit:
        made["reasonCode"] = [{"text": visit["reason"]}]
    if "part_of" in visit:
        made["partOf"] = this.refer("Encounter", visit["part_of"])
    return made


def condition(this: Day, said: Resource, visit: Resource) -> Resource:
    """A diagnosis: ICD-10-CM code and text, with the visit in which it was first made."""
    return {
        "resourceType": "Condition",
        "id": f"{this.name}-dx-{slug(said['code'])}",
        "clinicalStatus": coded(f"{TERMINOLOGY}/condition-clinical", "active", "Active"),
        "verificationStatus": coded(f"{TERMINOLOGY}/condition-ver-status", "confirmed", "Confirmed"),
        "category": [coded(f"{TERMINOLOGY}/condition-category", "encounter-diagnosis", "Encounter Diagnosis")],
        "code": coded("http://hl7.org/fhir/sid/icd-10-cm", said["code"], said["text"], said["text"]),
        "subject": this.subject,
        "encounter": this.refer("Encounter", visit["id"]),
        "recordedDate": this.clock.time(visit["start"]),
    }


def order(this: Day, name: str, said: Resource, visit: Resource) -> Resource:
    """A MedicationRequest: drug, the words of the order ("text"), its ICD-10-CM reasons ("for") or its reason in words ("why").

    visit: the encounter that it was written in.
    """
    made: Resource = {
        "resourceType": "MedicationRequest",
        "id": f"{this.name}-order-{name}",
        "status": "active" if said.get("active") else "completed",
        "intent": "order",
        "medicationCodeableConcept": drug(said["drug"]),
        "subject": this.subject,
        "encounter": this.refer("Encounter", visit["id"]),
        "authoredOn": this.clock.time(visit["start"]),
        "requester": this.refer("Practitioner", "prescriber", "Dr. Perpetua Ashgrove, MD"),
    }
    if "why" in said:
        made["reasonCode"] = [{"text": said["why"]}]
    if "for" in said:
        made["reasonReference"] = [this.refer("Condition", f"dx-{slug(code)}") for code in said["for"]]
    if "text" in said:
        made["dosageInstruction"] = [{"text": said["text"]}]
    return made
