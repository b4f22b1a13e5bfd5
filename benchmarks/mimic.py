"""How well rate segments of real pump data are joined: merged runs against the hospital's own infusion orders.

    CHAIRTIME_SHARED=folder python -m benchmarks.mimic

The data (MIMIC-IV demo, ODbL 1.0) is not part of this project; the folder holds data/fhir/mimic-iv-demo-*. The hospital's
order id is not in the FHIR resources, so the joining has drug, visit and touching times only. Truth: infusion_orders.csv.gz,
one row for each order and drug.
"""

from __future__ import annotations

import csv
import gzip
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from coding import drugs
from coding.documentation import check_times
from coding.duplicates import without_duplicates
from coding.log import Log
from coding.policy import policy_for
from coding.runs import assemble
from coding.substances import know
from smart_app.chart import read_resources

RESOURCES = (
    "mimic-iv-demo-fhir/Patient.ndjson.gz",
    "mimic-iv-demo-fhir/Encounter.ndjson.gz",
    "mimic-iv-demo-fhir/EncounterICU.ndjson.gz",
    "mimic-iv-demo-medadmin-derived/MedicationAdministrationICU.ndjson.gz",
)
ORDERS = "mimic-iv-demo-medadmin-derived/infusion_orders.csv.gz"


class Run(NamedTuple):
    """One infusion, by either account: instants in seconds, minutes of flow."""

    patient: str
    drug: str
    start: int
    stop: int
    minutes: int


def resources(folder: Path) -> Iterator[dict[str, Any]]:
    """All resources, by patient later."""
    for name in RESOURCES:
        with gzip.open(folder / name) as file:
            for line in file:
                yield orjson.loads(line)


def by_patient(found: Iterator[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Each patient's own chart."""
    charts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        patient = (
            one["id"] if one["resourceType"] == "Patient" else one["subject"]["reference"].removeprefix("Patient/")
        )
        charts[patient].append(one)
    return charts


def ours(charts: dict[str, list[dict[str, Any]]]) -> list[Run]:
    """Infusions as the engine joins them; the drug is the name that the chart gives."""
    policy, runs = policy_for(), []
    for patient, chart in charts.items():
        for encounter in read_resources(chart).encounters:
            log = Log()
            timed = check_times(without_duplicates(know(encounter, log), log), encounter, policy, log)
            for service in assemble(timed, policy, log):
                if service.technique == "infusion" and service.spans:
                    name = service.items[0].row.substances[0].text
                    runs.append(Run(patient, name, service.spans[0][0], service.spans[-1][1], service.minutes))
    return runs


def theirs(folder: Path) -> list[Run]:
    """The hospital's orders."""
    with gzip.open(folder / ORDERS, "rt", encoding="utf-8") as file:
        return [
            Run(
                row["patient"],
                row["drug"],
                _seconds(row["start"]),
                _seconds(row["stop"]),
                int(float(row["run_minutes"])),
            )
            for row in csv.DictReader(file)
        ]


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def main() -> None:
    shared = os.environ.get("CHAIRTIME_SHARED")
    if not shared:
        sys.exit(
            "Set CHAIRTIME_SHARED to the folder that holds data/fhir; without it there is nothing to compare with."
        )
    folder = Path(shared) / "data" / "fhir"
    charts = by_patient(resources(folder))
    joined, orders = ours(charts), theirs(folder)
    segments = sum(1 for chart in charts.values() for one in chart if "effectivePeriod" in one)
    print(
        f"{segments:,} segments with a period, {len(joined):,} joined infusions, {len(orders):,} orders of the hospital"
    )
    fluids = {one.drug for one in orders + joined if drugs.identify(one.drug).drug.kind == "fluid"}
    compare(
        "drugs", [one for one in joined if one.drug not in fluids], [one for one in orders if one.drug not in fluids]
    )
    compare(
        "plain fluids", [one for one in joined if one.drug in fluids], [one for one in orders if one.drug in fluids]
    )


def compare(what: str, joined: list[Run], orders: list[Run]) -> None:
    """Print the agreement of one group of substances."""
    exact = Counter(one[:4] for one in joined)
    same = sum((exact & Counter(one[:4] for one in orders)).values())
    print(f"{what}: {len(joined):,} joined, {len(orders):,} orders")
    print(f"  orders found with the same start and stop      {same:,} ({same / len(orders):.1%})")
    blocks, true = _blocks(joined), _blocks(orders)
    agree = sum((Counter(blocks) & Counter(true)).values())
    share = agree / len(blocks)
    print(f"  joined infusions that are exactly the orders they span  {agree:,} of {len(blocks):,} ({share:.1%})")
    flow: dict[str, Counter[tuple[str, str]]] = {"ours": Counter(), "theirs": Counter()}
    for whose, runs in (("ours", joined), ("theirs", orders)):
        for one in runs:
            flow[whose][one.patient, one.drug] += one.minutes
    pairs = flow["ours"].keys() | flow["theirs"].keys()
    equal = sum(abs(flow["ours"][pair] - flow["theirs"][pair]) <= 1 for pair in pairs)
    ours_total, theirs_total = (sum(flow[whose].values()) for whose in ("ours", "theirs"))
    print(
        f"  patient and substance with equal minutes of flow   {equal:,} of {len(pairs):,} ({equal / len(pairs):.1%})"
    )
    print(
        f"  minutes of flow   {ours_total:,} joined, {theirs_total:,} in the orders ({ours_total / theirs_total:.3f})"
    )


def _blocks(runs: list[Run]) -> list[tuple[str, str, int, int]]:
    """Runs of one substance joined as the policy joins rows without an order id: gaps up to restart_gap_min."""
    gap = int(policy_for()["restart_gap_min"]) * 60
    blocks: list[tuple[str, str, int, int]] = []
    for one in sorted(runs):
        last = blocks[-1] if blocks else None
        if last and last[:2] == one[:2] and one.start - last[3] <= gap:
            blocks[-1] = (one.patient, one.drug, last[2], max(last[3], one.stop))
        else:
            blocks.append(one[:4])
    return blocks


if __name__ == "__main__":
    main()
