"""The projection kernel against published projections and the clock: a table of aims and figures.

    uv run python benchmarks/projection_kernel.py FOLDER [--runs 7] [--no-speed]

FOLDER holds `wpp2024_single_age_both_sexes/`, `wpp2024/` and `wpp2019_5x5/` (tables of the UN's World
Population Prospects) and `countries.csv`. All countries go through the same calls with the same
settings. Errors are of the last year: of the total, and the sum of absolute errors over ages and
sexes as a share of the total (WMAPE), in per cent, compared with the aim at the aim's digits. The exit
code is 1 if an aim is missed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from projection_wpp2019 import wpp2019_rows
from projection_wpp2024 import wpp2024_rows

from renkou.demography import Projection, project_cohort_component


class Row(NamedTuple):
    """A line of the table."""

    case: str
    aim: str
    reached: str
    met: bool | None  # None: no aim was set


def made_up(rows: int, years: int) -> dict[str, np.ndarray]:
    """Populations and rates of single ages to 100+: Gompertz with a cost of childhood, yearly decline."""
    rng = np.random.default_rng(2024)
    ages = np.arange(101)
    level = rng.uniform(2e-5, 1.5e-4, (rows, 1, 1, 1))
    decline = 0.985 ** np.arange(years)[:, None, None]
    shape = np.exp(0.092 * ages) + 300 * np.exp(-1.2 * ages)
    peak = np.exp(-(((ages - 25) / 12) ** 2))
    return {
        "population": rng.uniform(0.5, 1.5, (rows, 2, 101)) * 1e4 * np.exp(-((ages / 75) ** 4)),
        "mx": np.minimum(level * decline * np.array([1.2, 1.0])[:, None] * shape, 1.2),
        "asfr": rng.uniform(0.02, 0.06, (rows, years, 35)),
        "srb": np.full((rows, years), 1.05),
        "net_migration": rng.normal(0, 20, (rows, years, 1, 1)) * peak * np.ones((2, 1)),
    }


def timed(call: Callable[[], Projection], runs: int) -> tuple[float, float, float]:
    """Median, shortest and longest seconds."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken), min(taken), max(taken)


def speed_rows(runs: int) -> Iterator[Row]:
    """From rates to stocks, births, deaths; then with deaths by cohort and age, and exposure, kept too."""
    for name, rows, years, aim in (
        ("237 countries × 80 years", 237, 80, 0.25),
        ("1,000 trajectories × 80 years", 1000, 80, 1.0),
        ("2,844 counties × 30 years", 2844, 30, 1.0),
    ):
        given = made_up(rows, years)
        for words, keep in (("stocks", False), ("stocks and flows by age", True)):
            median, least, most = timed(
                lambda given=given, keep=keep: project_cohort_component(**given, keep_flows=keep),
                runs,
            )
            yield Row(
                f"{name}, life tables included, {words}", f"{aim:g} s",
                f"{median:.3f} s (median of {runs}; {least:.3f} to {most:.3f})", median < aim,
            )  # fmt: skip


def main() -> int:
    """Print the table; 1 if an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--no-speed", action="store_true")
    given = parser.parse_args()
    rows = [Row(*one) for one in (*wpp2024_rows(given.folder), *wpp2019_rows(given.folder))]
    if not given.no_speed:
        rows += speed_rows(given.runs)
    print("| case | aim | reached | |\n|---|---|---|---|")
    for row in rows:
        verdict = {True: "met", False: "**missed**", None: "no aim"}[row.met]
        print(f"| {row.case} | {row.aim} | {row.reached} | {verdict} |")
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
