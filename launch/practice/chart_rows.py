"""A row of a day -> a MedicationAdministration, with the Medication that it refers to where there is one."""

from __future__ import annotations

from launch.practice.chart_codes import SNOMED, TABLES, TERMINOLOGY, Day, Resource, amount, coded, drug, slug


def administration(this: Day, number: int, row: Resource, orders: Resource, visits: list[Resource]) -> list[Resource]:
    """A MedicationAdministration, after the Medication that it refers to where the row is a bag of several things ("mix").

    "contained" in the row puts the Medication inside, as some EHRs do;
    "raw" in the row replaces elements of the finished resource and "without" takes elements away: how a chart comes not to conform.
    """
    name = row.get("id", f"ma{number:02d}")
    made: Resource = {
        "resourceType": "MedicationAdministration",
        "id": f"{this.name}-{name}",
        "status": row.get("status", "completed"),
        "category": coded(f"{TERMINOLOGY}/medication-admin-category", *_category(visits)),
    }
    before = [_mixed(f"{this.name}-bag-{name}", row["mix"])] if "mix" in row else []
    if before and row.get("contained"):
        made["contained"], before = [{**before[0], "id": "bag"}], []
        made["medicationReference"] = {"reference": "#bag"}
    elif before:
        made["medicationReference"] = this.refer("Medication", f"bag-{name}", str(before[0]["code"]["text"]))
    else:
        made["medicationCodeableConcept"] = drug(row.get("drug") or orders[row["order"]]["drug"])
    made |= {
        "subject": this.subject,
        "context": this.refer("Encounter", str(row.get("in", visits[0]["id"]))),
        **_when(this, row),
        "performer": [{"actor": this.refer("Practitioner", "nurse", "Lark Winterbourne, RN")}],
    }
    if "order" in row:
        made["request"] = this.refer("MedicationRequest", f"order-{row['order']}")
    if "for" in row:
        made["reasonReference"] = [this.refer("Condition", f"dx-{slug(code)}") for code in row["for"]]
    if "note" in row:
        made["note"] = [{"text": row["note"]}]
    made["dosage"] = _dosage(row)
    made |= row.get("raw", {})
    return [*before, {key: value for key, value in made.items() if key not in row.get("without", ())}]


def _category(visits: list[Resource]) -> tuple[str, str]:
    return ("inpatient", "Inpatient") if visits[0]["class"] == "IMP" else ("outpatient", "Outpatient")


def _mixed(name: str, drugs: list[list[str]]) -> Resource:
    """A bag. drugs: [name, amount], the last of which is the fluid that carries the others."""
    carrier = drugs[-1]
    return {
        "resourceType": "Medication",
        "id": name,
        "code": {"text": " + ".join(" ".join(one) for one in drugs)},
        "ingredient": [
            {
                "itemCodeableConcept": drug(text),
                "isActive": [text, much] != carrier,
                "strength": {"numerator": amount(much), "denominator": amount(carrier[1])},
            }
            for text, much in drugs
        ],
    }


def _when(this: Day, row: Resource) -> Resource:
    start = this.clock.instant(row["start"])
    if "stop" in row:
        return {"effectivePeriod": {"start": start, "end": this.clock.instant(row["stop"])}}
    if TABLES["way"][row["how"]].get("single"):
        return {"effectiveDateTime": start}
    return {"effectivePeriod": {"start": start}}


def _dosage(row: Resource) -> Resource:
    way = TABLES["way"][row["how"]]
    code, display, text = TABLES["route"][way["route"]]
    made: Resource = {"text": row["text"]} if "text" in row else {}
    if "site" in row:
        made["site"] = {"text": row["site"]}
    made["route"] = coded(SNOMED, code, display, text)
    if "method" in way:
        method, name = way["method"]
        made["method"] = coded(SNOMED, method, name, way["text"])
    else:
        made["method"] = {"text": way["text"]}
    if "dose" in row:
        made["dose"] = amount(row["dose"])
    if "rate" in row:
        made["rateQuantity"] = amount(row["rate"])
    return made
