"""Round trips of a chart: three parallel searches, and the whole chart, against a server that takes 50 ms for each answer.

    python -m benchmarks.fetch [--latency-ms 50] [--rounds 20]

The server runs in a process of its own. One round trip is one GET on the same session, connections open. The bar: three searches
cost at most 1.2 round trips. Ends with status 1 where they cost more.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from launch.context import Launch
from launch.http import guarded
from smart_app.fhir import fetch_chart
from tests.fhir.server import FhirServer

BAR = 1.2
DAY = ("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z")
OWN = {"subject": {"reference": "Patient/pat-1"}}


def chart(count: int) -> list[dict[str, Any]]:
    """A visit with so many administrations."""
    period = {"start": "2026-11-20T09:00:00Z", "end": "2026-11-20T10:00:00Z"}
    given = {"resourceType": "MedicationAdministration", "status": "completed", "effectivePeriod": period, **OWN}
    drug = {"medicationCodeableConcept": {"text": "paclitaxel", "coding": [{"system": "urn:x", "code": "56946"}]}}
    return [
        {"resourceType": "Patient", "id": "pat-1"},
        {"resourceType": "Encounter", "id": "enc-1", "period": period, **OWN},
        *({**given, **drug, "id": f"ma-{number}"} for number in range(count)),
        *({"resourceType": "Condition", "id": f"con-{number}", **OWN} for number in range(20)),
    ]


def serve(latency: float, told: Connection) -> None:
    """The server's process: tells its base, and stays until told anything back."""
    with FhirServer(chart(50), latency=latency) as server:
        told.send(server.base)
        told.recv()


def median_ms(work: Callable[[], object], rounds: int) -> float:
    """Median milliseconds of the work, after two rounds that are not counted."""
    took = []
    for _ in range(rounds + 2):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[2:])


def measure(base: str, rounds: int) -> bool:
    """Measures, prints, and says whether the bar is met."""
    session = guarded(allow_loopback_http=True)
    every = Launch("launch", base, "benchmark", "pat-1", scopes=("patient/*.rs",))
    three = every._replace(
        scopes=tuple(f"patient/{kind}.rs" for kind in ("MedicationAdministration", "Condition", "Encounter"))
    )
    context = every._replace(encounter="enc-1")
    noon = 1_795_176_000.0  # 2026-11-20T12:00:00Z
    trip = median_ms(lambda: session.get(f"{base}/Condition?patient=nobody").content, rounds)
    rows = {
        "one round trip": trip,
        "three parallel searches": median_ms(lambda: fetch_chart(three, session, window=DAY), rounds),
        "the whole chart, eight questions": median_ms(
            lambda: fetch_chart(context, session, clock=lambda: noon), rounds
        ),
    }
    for name, took in rows.items():
        print(f"{name:34} {took:7.1f} ms   {took / trip:5.2f} round trips")
    good = rows["three parallel searches"] <= BAR * trip
    print(f"three parallel searches within {BAR} round trips: {'yes' if good else 'NO'}")
    return good


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latency-ms", type=float, default=50.0)
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(given.latency_ms / 1000, there), daemon=True
    )
    process.start()
    try:
        return 0 if measure(here.recv(), given.rounds) else 1
    finally:
        here.send("done")
        process.join(5)


if __name__ == "__main__":
    sys.exit(main())
