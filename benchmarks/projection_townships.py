"""All townships of the fictional city: 1,000 trajectories, thirty years, planning tables.

python benchmarks/projection_townships.py WORKSPACE PROJECT [--runs 3]

WORKSPACE holds an edition, PROJECT was made there by `renkou project init`. Each run is a process of its
own; printed are wall time, CPU time and the largest resident memory. Aim: under 30 s and 4 GB.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

AIM_SECONDS, AIM_MEMORY = 30.0, 4e9


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("project")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    command = [
        str(Path(sys.executable).with_name("renkou")), "project", "run", asked.project,
        "--workspace", str(asked.workspace), "--json",
    ]  # fmt: skip
    walls, largest = [], 0
    for number in range(asked.runs):
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        if status:
            return 1
        walls.append(time.perf_counter() - begun)
        largest = max(largest, used.ru_maxrss * 1024)
        print(
            f"run {number + 1}: {walls[-1]:.1f} s wall, {used.ru_utime + used.ru_stime:.1f} CPU s, "
            f"{used.ru_maxrss / 1e6:.2f} GB"
        )
    median = sorted(walls)[len(walls) // 2]
    print(f"median {median:.1f} s (aim {AIM_SECONDS:.0f}), {largest / 1e9:.2f} GB (aim 4)")
    return int(median > AIM_SECONDS or largest > AIM_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
