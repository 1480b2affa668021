"""Scales on which deviations from a path are of one size whatever the level. Pure.

| measure | working scale z | a deviation d around a median m gives |
|---|---|---|
| fertility | log TFR | m exp(d): in proportion to the level, never negative |
| life expectancy | -log(120 - e0) | 120 - (120 - m) exp(-d): smaller where e0 is higher, below 120 |
| migration | net migrants per person | m + d × population: either sign, grows with the population |

Each is strictly rising in d, so the median of the trajectories is the path m itself.

The scales were chosen on the histories of twelve countries, 1950-2023 (WPP 2024). Errors of a forecast
that knows only the level, over 1, 5, 10, 20 and 30 years, are .04, .11, .14, .20, .25 of the level
where the TFR is below 2.1 and .03, .11, .18, .24, .30 where it is above: in proportion to it. Errors of
male e0 over 20 years are 1.55 years where it is 72 and over, 2.1 at 65-72, 2.8 at 45-55: in proportion to
the distance from about 115-130; 120 stands near the longest life that was ever confirmed.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, positive, refuse_where

Measure = Literal["fertility", "life_expectancy", "migration"]
LONGEST_LIFE = 120.0  # years; e0 approaches it and does not reach it


def to_working_scale(measure: Measure, values: Floats, name: str = "values") -> Floats:
    """z of a TFR, a life expectancy, or a rate of net migration.

    >>> to_working_scale("fertility", np.array([1.0, 2.0])).round(3)
    array([0.   , 0.693])
    """
    if measure == "fertility":
        return np.asarray(np.log(positive(name, values)))
    if measure == "life_expectancy":
        return np.asarray(-np.log(LONGEST_LIFE - below_longest_life(name, values)))
    return np.asarray(values, dtype=np.float64)


def deviated(measure: Measure, median: Floats, deviation: Floats) -> Floats:
    """The value that lies `deviation` from `median` on the working scale.

    >>> deviated("life_expectancy", np.array([80.0]), np.array([0.1])).round(2)
    array([83.81])
    """
    if measure == "fertility":
        return np.asarray(median * np.exp(deviation))
    if measure == "life_expectancy":
        return np.asarray(LONGEST_LIFE - (LONGEST_LIFE - median) * np.exp(-deviation))
    return np.asarray(median + deviation)


def slope(measure: Measure, values: Floats) -> Floats:
    """dz/dx: turns a standard error of the measure into one on the working scale."""
    if measure == "fertility":
        return np.asarray(1 / values)
    if measure == "life_expectancy":
        return np.asarray(1 / (LONGEST_LIFE - values))
    return np.ones_like(values)


def below_longest_life(name: str, values: Floats) -> Floats:
    """Life expectancies above 0 and below 120."""
    array = positive(name, values)
    refuse_where(
        name, array, array >= LONGEST_LIFE, "a life expectancy at birth lies below 120 years",
        "give e0 in years, not in days or per thousand", "出生时预期寿命应低于 120 岁；请以年为单位给出",
    )  # fmt: skip
    return array


def measure_of(measure: str) -> Measure:
    """`fertility`, `life_expectancy` or `migration`."""
    if measure == "fertility":
        return "fertility"
    if measure == "life_expectancy":
        return "life_expectancy"
    if measure == "migration":
        return "migration"
    raise FiguresRefused(
        "measure", repr(measure), "is 'fertility', 'life_expectancy' or 'migration'", "name one of them",
        zh="应为 'fertility'（生育）、'life_expectancy'（预期寿命）或 'migration'（迁移）；请选其一",
    )  # fmt: skip
