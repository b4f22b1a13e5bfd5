"""Encounters coded per second on one core, and as a fraction of decoding the same bytes.

    python -m benchmarks.speed [--count 4000] [--rounds 5] [--profile]

Measured: a parsed Bundle to the finished answer with steps and explanations; decoding alone; and decoding, coding and encoding together.
The drug look-up and the reading of words are cached as in use; times, ids and lengths differ in each chart.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import platform
import pstats
import statistics
import time
from collections.abc import Callable
from typing import Any

import orjson

from benchmarks.charts import bundles
from coding.engine import code_visits
from coding.policy import policy_for
from smart_app.chart import read_bundle
from smart_app.coded import with_chart
from smart_app.export import as_json

POLICY = policy_for()


def finish(bundle: dict[str, Any]) -> object:
    """A parsed Bundle to the answers that a reader sees."""
    chart = read_bundle(bundle)
    return with_chart(chart, code_visits(chart.encounters, POLICY))


def each(work: Callable[[Any], object], charts: list[Any]) -> None:
    """One after the other, nothing kept."""
    for chart in charts:
        work(chart)


def rate(work: Callable[[], object], count: int, rounds: int) -> float:
    """Median of charts per second over the rounds, after one that is not counted."""
    work()
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return count / statistics.median(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    texts = [orjson.dumps(bundle) for bundle in bundles(options.count)]
    parsed = [orjson.loads(text) for text in texts]
    if options.profile:
        profile = cProfile.Profile()
        profile.runcall(each, finish, parsed)
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)
        return
    gc.freeze()  # the charts kept for the rounds are not garbage to look through, as they would not be in a stream
    size = sum(map(len, texts)) / len(texts)

    def whole(text: bytes) -> bytes:
        bundle = orjson.loads(text)
        chart = read_bundle(bundle)
        return b"\n".join(
            orjson.dumps(as_json(one, chart.bundle)) for one in with_chart(chart, code_visits(chart.encounters, POLICY))
        )

    decoding = rate(lambda: each(orjson.loads, texts), options.count, options.rounds)
    reading = rate(lambda: each(read_bundle, parsed), options.count, options.rounds)
    coding = rate(lambda: each(finish, parsed), options.count, options.rounds)
    all_of_it = rate(lambda: each(whole, texts), options.count, options.rounds)
    print(
        f"Python {platform.python_version()}, {options.count} charts of {size:,.0f} bytes, median of {options.rounds}"
    )
    print(f"decoding alone (orjson)            {decoding:10,.0f} charts/s   {1e6 / decoding:7.1f} us")
    print(f"parsed Bundle to encounter values  {reading:10,.0f} charts/s   {1e6 / reading:7.1f} us")
    print(
        f"parsed Bundle to finished answer   {coding:10,.0f} charts/s   {1e6 / coding:7.1f} us   {coding / decoding:.3f} of decoding"
    )
    print(f"bytes to bytes                     {all_of_it:10,.0f} charts/s   {1e6 / all_of_it:7.1f} us")


if __name__ == "__main__":
    main()
