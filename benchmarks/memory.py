"""Peak memory of coding NDJSON of growing length: it stays flat, because charts are read and written as a stream.

python -m benchmarks.memory [--counts 1000 10000 100000]
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

from benchmarks.charts import bundles


def peak(count: int, folder: Path) -> tuple[float, float]:
    """(peak memory in MB, seconds) of the command over so many charts."""
    path = folder / f"{count}.ndjson"
    with path.open("wb") as file:
        for bundle in bundles(count):
            file.write(orjson.dumps(bundle) + b"\n")
    began = time.perf_counter()
    command = (
        "import resource, sys; from smart_app.cli import main\n"
        "try: main(sys.argv[1:], standalone_mode=False)\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    arguments = [sys.executable, "-c", command, "code", str(path), "--format", "json"]
    done = subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    return int(done.stderr.split()[-1]) / 1024, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for count in options.counts:
            memory, seconds = peak(count, Path(folder))
            print(
                f"{count:8,} encounters: peak {memory:6.1f} MB, {seconds:6.1f} s, {count / seconds:7,.0f} encounters/s with start-up"
            )
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.1f} MB")


if __name__ == "__main__":
    main()
