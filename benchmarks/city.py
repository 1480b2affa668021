"""A fictional city from files on disk to a sealed edition: accuracy, seconds, rows, peak memory.

    uv run python benchmarks/city.py --people 300000 --seed 4711 [--separated-names 0.85] [--review]

`--review` then answers the 0.5 % most doubtful pairs rightly and builds again.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

RENKOU = str(Path(sys.executable).with_name("renkou"))


def renkou(*words: str) -> str:
    """Run a command; its standard output."""
    return subprocess.run([RENKOU, *words], check=True, capture_output=True, text=True).stdout


def timed(name: str, *words: str) -> str:
    """Run a command and print its seconds."""
    start = time.perf_counter()
    out = renkou(*words)
    print(json.dumps({"step": name, "seconds": round(time.perf_counter() - start, 1)}), flush=True)
    return out


def main() -> None:
    """One city."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=4711)
    parser.add_argument("--separated-names", type=float, default=0.03)
    parser.add_argument("--review", action="store_true")
    parser.add_argument("--dir", type=Path)
    chosen = parser.parse_args()
    city = chosen.dir or Path(tempfile.mkdtemp()) / "city"
    share = str(chosen.separated_names)
    timed("synth", "synth", str(city), "--people", str(chosen.people), "--seed", str(chosen.seed),
          "--separated-names", share)  # fmt: skip
    at = ("--workspace", str(city))
    timed("list add --all", "list", "add", "--all", *at)
    built = timed("edition build", "edition", "build", "--json", *at)
    print(built.strip())
    judge(city)
    if chosen.review:
        review(city)


def judge(city: Path) -> None:
    """Accuracy of the newest edition."""
    words = ("evaluate", "--truth", str(city / "truth.parquet"), "--json", "--workspace", str(city))
    figures = json.loads(renkou(*words))
    print(json.dumps({"pairs": figures["pairs"], "persons": figures["persons"]}), flush=True)


def review(city: Path) -> None:
    """Answer the 0.5 % most doubtful pairs rightly, then build again."""
    at = ("--workspace", str(city))
    asked = city / "review.csv"
    renkou("review", "export", str(asked), "--share", "0.005", *at)
    rows = pq.read_table(city / "truth.parquet").to_pylist()
    person = {(r["file"], r["sheet"] or "", r["row"], r["role"]): r["person"] for r in rows}
    with asked.open(encoding="utf-8-sig", newline="") as stream:
        pairs = list(csv.DictReader(stream))
    for pair in pairs:
        sides = [person.get(_place(pair, side)) for side in ("l", "r")]
        alike = sides[0] == sides[1] and sides[0] is not None
        pair["answer"] = "同一人" if alike else "不同人"
    with asked.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(pairs[0]))
        writer.writeheader()
        writer.writerows(pairs)
    print(renkou("review", "import", str(asked), *at).strip())
    timed("edition build after review", "edition", "build", *at)
    judge(city)


def _place(pair: dict[str, str], side: str) -> tuple[str, str, int, str]:
    return (
        pair[f"file_{side}"],
        pair[f"sheet_{side}"],
        int(pair[f"row_{side}"]),
        pair[f"role_{side}"],
    )


if __name__ == "__main__":
    main()
