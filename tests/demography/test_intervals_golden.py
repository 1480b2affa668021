import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from renkou.demography.rates.intervals import poisson_interval, rate_interval, wilson_interval

GOLDEN = json.loads((Path(__file__).parent / "golden/intervals.json").read_text("utf-8"))


def _agree(found: object, published: object, tolerance: float) -> None:
    difference = np.abs(np.asarray(found) - np.asarray(published)).max()
    assert difference <= tolerance, f"largest difference {difference:.2g}"


def test_exact_limits_are_those_of_garwood() -> None:
    table = GOLDEN["poisson_exact_95"]
    found = poisson_interval(table["count"])
    _agree([found.lower, found.upper], [table["lower"], table["upper"]], 0.005)


def test_exact_limits_of_a_rate_are_those_that_r_prints() -> None:
    table = GOLDEN["poisson_horse_kicks_95"]
    found = rate_interval(table["count"], table["exposure"], per=1)
    _agree([found.lower, found.upper], table["exact"], 5e-8)


def test_byar_limits() -> None:
    table = GOLDEN["byar"]
    found = poisson_interval(table["count"], 2 * ndtr(table["z"]) - 1, "byar")
    _agree([found.upper, found.lower / 90], [table["upper"], table["lower_over_90"]], 1e-6)
    counts = np.arange(10, 2000)
    near, exact = poisson_interval(counts, method="byar"), poisson_interval(counts)
    apart = [near.lower / exact.lower - 1, near.upper / exact.upper - 1]
    _agree(apart, 0, GOLDEN["byar_near_exact"]["relative"])


@pytest.mark.parametrize(("column", "corrected"), [("plain", False), ("corrected", True)])
def test_wilson_limits_are_those_of_newcombe(column: str, corrected: bool) -> None:
    table = GOLDEN["wilson_95"]
    found = wilson_interval(table["count"], table["total"], continuity_correction=corrected)
    _agree(np.stack([found.lower, found.upper], axis=-1), table[column], 0.00005)
