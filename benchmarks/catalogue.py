"""How long the whole catalogue takes, from an edition to written figures: whole processes, by stage.

    renkou synth CITY --people 2800000 --seed 28 && cd CITY && renkou list add --all && renkou edition build
    .venv/bin/python benchmarks/catalogue.py CITY --runs 3

Prints seconds by the clock and of the processors for each run, and what was made.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path, help="a workspace with an edition")
    parser.add_argument("--runs", type=int, default=3, help="how often")
    asked = parser.parse_args()
    for run in range(1, asked.runs + 1):
        used, began = _processor_seconds(), time.perf_counter()
        told = _build(asked.workspace)
        wall, cpu = time.perf_counter() - began, _processor_seconds() - used
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        print(
            f"run {run}: {wall:.1f} s, {cpu:.1f} CPU s, {peak:.1f} GB at most; "
            f"{told['figures']:,} figures of {told['first']} to {told['last']}"
        )


def _build(workspace: Path) -> dict[str, object]:
    command = [
        str(Path(sys.executable).with_name("renkou")), "stats", "build", "--json",
        "--workspace", str(workspace),
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
