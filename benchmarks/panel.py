"""The panel measured: likeness with one wording left out, and the time of an answer with a chart open.

python -m benchmarks.panel [--sample N]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from importlib import resources
from pathlib import Path

from coding.engine import code_visits
from coding.panel import Open, Turn, ask
from coding.panel.answers import rows
from coding.panel.retrieve import index
from coding.policy import policy_for
from smart_app.chart import read_bundle
from smart_app.coded import with_chart

QUESTIONS = Path(__file__).parent.parent / "tests" / "questions"


def left_out(sample: int) -> None:
    """Every wording asked without itself: is its own answer first, among three, or one that rests on the same card?"""
    asks = [(row, ask) for row in rows().values() for ask in row.asks if not row.compute]
    random.seed(7)
    asks = random.sample(asks, min(sample, len(asks)))
    first = three = card = same_kind = 0
    for row, wording in asks:
        found = [one.row for one in index().nearest(wording, most=20, without=wording) if not one.row.compute]
        first += bool(found) and found[0].id == row.id
        three += row.id in [one.id for one in found[:3]]
        card += bool(found) and found[0].cards[:1] == row.cards[:1]
        same_kind += bool(found) and found[0].declined == row.declined
    total = len(asks)
    print(f"{total} wordings of {len(rows())} answers, each asked without itself")
    print(f"  its own answer first   {first / total:.3f}")
    print(f"  among the first three  {three / total:.3f}")
    print(f"  the same main card     {card / total:.3f}")
    print(f"  answered or declined   {same_kind / total:.3f} as it should be")


def timed() -> None:
    """Seconds of each answer over the questions of tests/questions, the example chart open."""
    bundle = json.loads(resources.files("smart_app").joinpath("examples", "infliximab.json").read_text("utf-8"))
    policy = policy_for()
    chart = read_bundle(bundle)
    coded = with_chart(chart, code_visits(chart.encounters, policy))
    opened = Open(chart.encounters[0], coded[0], policy)
    asked = [
        json.loads(line)
        for name in ("dev.jsonl", "held.jsonl", "fresh.jsonl")
        for line in (QUESTIONS / name).open(encoding="utf-8")
    ]
    ask("What is missing in this chart?", (), opened)
    taken = []
    for row in asked:
        talk = [Turn(one["role"], one["content"]) for one in row.get("history") or []]
        begun = time.perf_counter()
        ask(row["question"], talk, opened)
        taken.append((time.perf_counter() - begun) * 1000)
    taken.sort()
    late = taken[int(len(taken) * 0.95)]
    print(
        f"{len(taken)} answers, chart open: median {statistics.median(taken):.1f} ms, p95 {late:.1f} ms, worst {taken[-1]:.1f} ms"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=100_000)
    arguments = parser.parse_args()
    begun = time.perf_counter()
    index()
    print(f"index built in {time.perf_counter() - begun:.2f} s")
    left_out(arguments.sample)
    timed()
