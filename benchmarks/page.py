"""The page of a chart with fifty administrations: what the EHR's answers take, and what the app takes beyond them.

    python -m benchmarks.page [--latency-ms 50] [--rounds 20]

A practice EHR that takes so long for each answer, and the app, on loopback. Fetched: the page with its chart read anew over FHIR. Kept:
the same page from the chart in memory, as after a change of policy: the app's own time. The bar: 300 ms beyond the EHR's answers.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

from launch.practice.ehr import Manner
from smart_app.demo import running
from tests.app.browser import Browser

BAR = 300
PATIENT = "fifty-rows-patient"


def median_ms(work: Callable[[], object], rounds: int) -> float:
    """Median milliseconds, after one round that is not counted."""
    took = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[1:])


def main() -> int:
    """Prints the figures; 1 where the app's own time is over the bar."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--latency-ms", type=int, default=50)
    options.add_argument("--rounds", type=int, default=20)
    asked = options.parse_args()
    with running(None, manner=Manner(latency=asked.latency_ms / 1000)) as demo:
        browser = Browser(demo)
        began = time.perf_counter()
        first = browser.launch(PATIENT)
        print(f"whole launch, the first of the process   {(time.perf_counter() - began) * 1000:6.0f} ms")
        fetched = median_ms(lambda: browser.get(f"{first.url}?fresh=1"), asked.rounds)
        kept = median_ms(lambda: browser.get(first.url), asked.rounds)
    print(f"page, chart read anew over FHIR          {fetched:6.0f} ms")
    print(f"page, chart kept (the app's own time)    {kept:6.0f} ms   bar {BAR}")
    print(f"page                                     {len(first.text.encode()):6d} bytes")
    return int(kept > BAR)


if __name__ == "__main__":
    sys.exit(main())
