"""Life tables of 237 countries, 80 years and 2 sexes by single ages to 100+, in one call.

    uv run python benchmarks/life_tables.py [--runs 15]

Rates are made up (Gompertz with a cost of childhood and yearly decline). All ten columns and the
survival ratios are computed; the first run, which touches fresh memory, is counted like the others.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

import numpy as np

from renkou.demography.mortality.life_tables import life_table

COUNTRIES, YEARS, AGES = 237, 80, 101


def rates() -> np.ndarray:
    """Death rates of shape (237, 80, 2, 101)."""
    rng = np.random.default_rng(2024)
    level = rng.uniform(2e-5, 1.5e-4, (COUNTRIES, 1, 1, 1))
    decline = 0.985 ** np.arange(YEARS)[:, None, None]
    of_sex = np.array([1.2, 1.0])[:, None]
    ages = np.arange(AGES)
    shape = np.exp(0.092 * ages) + 300 * np.exp(-1.2 * ages)
    return np.minimum(level * decline * of_sex * shape, 1.2)


def main() -> None:
    """Time the call several times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    mx = rates()
    tables, ratios, processor = [], [], []
    for _ in range(runs):
        start, used = time.perf_counter(), time.process_time()
        table = life_table(mx, sex=("male", "female"))
        between = time.perf_counter()
        _ = table.px, table.Sx
        tables.append(between - start)
        ratios.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    named = (("life tables", tables), ("and px, Sx", ratios), ("the same, processor", processor))
    for name, seconds in named:
        print(json.dumps({
            "step": name, "tables": COUNTRIES * YEARS * 2, "runs": runs,
            "min": round(min(seconds), 3), "median": round(statistics.median(seconds), 3),
            "max": round(max(seconds), 3),
        }))  # fmt: skip


if __name__ == "__main__":
    main()
