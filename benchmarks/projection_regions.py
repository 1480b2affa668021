"""How long areas take that are projected together: 130 areas, 1,000 trajectories, 30 years.

    uv run python benchmarks/projection_regions.py

Chunks of 20 trajectories, as a run makes them, moves by origin and destination, without and with
the chance of individuals. Figures are made up; the best and the middle chunk of ten are printed,
times fifty.
"""

from __future__ import annotations

import time

import numpy as np

from renkou.demography.projection.regions import project_regions

TRAJECTORIES, AREAS, YEARS, AGES, CHUNKS = 20, 130, 30, 101, 50


def inputs() -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)
    hazard = 0.0005 * np.exp(0.07 * np.arange(AGES))
    level = random.uniform(0.9, 1.1, (TRAJECTORIES, AREAS, YEARS, 2, 1))
    shares = random.uniform(size=(AREAS, AREAS + 1))
    shares[np.arange(AREAS), np.arange(AREAS)] = 0
    return {
        "population": random.uniform(20, 200, (AREAS, 2, AGES)),
        "survival_ratio": np.exp(-hazard * level),
        "asfr": np.full((TRAJECTORIES, AREAS, YEARS, 35), 0.04),
        "srb": np.full((TRAJECTORIES, 1, YEARS), 1.07),
        "out_rate": random.uniform(0.02, 0.08, (AREAS, 1, 2, AGES)),
        "destination": shares / shares.sum(-1, keepdims=True),
        "in_count": random.uniform(0, 3, (AREAS, 1, 2, AGES)),
    }


def main() -> None:
    given = inputs()
    for words, chance in (("rates alone", None), ("individuals' chance", np.random.default_rng(2))):
        taken = []
        for _ in range(10):
            start = time.perf_counter()
            result = project_regions(**given, randomness=chance, flows_by_age=False)
            taken.append(time.perf_counter() - start)
        gap = np.abs(result.balance_gap()).max()
        print(
            f"{words}: {CHUNKS * min(taken):.1f} s (best), {CHUNKS * np.median(taken):.1f} s "
            f"(middle) for {CHUNKS * TRAJECTORIES} trajectories; largest gap of a balance {gap:.1g}"
        )


if __name__ == "__main__":
    main()
