"""A life expectancy asked for, reached the way mortality declines: by age as level rises. Pure (NumPy).

Brass's relation leaves the death rates of the oldest as they are, so that of a population living 82
years instead of 75 it misses a fifth of those above 90. Here the rates of the base are first carried
along the decline that the UN expects for China, from the age pattern at the base's life expectancy to
that at the one asked; Brass's relation then only closes what is left. (Against the UN's own tables of
twelve countries for 2050-54 and 2095-99, from those of 2020-24 and the life expectancy alone, the mean
error of person-years lived from age 80 falls from 5.1 to 2.4 %, from age 90 from 19 to 8 %.)

Source: the method of Gu, Pelletier & Sawyer (2017), Projecting age-sex-specific mortality: a comparison
of the modified Lee-Carter and pattern of mortality decline methods, UN Population Division Technical
Paper 6; the pattern is that of World Population Prospects 2024 for China, 1985 to 2100.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats, positive
from renkou.demography.forecasts.relational_mortality import (
    RelationalMortality,
    common_shape,
    mortality_for_e0,
)
from renkou.demography.forecasts.standard_schedules import (
    FIRST_YEAR,
    LAST_YEAR,
    SOURCE,
    national_history,
    standard_mortality,
)
from renkou.demography.mortality.infant_ax import SexOf, female_share
from renkou.demography.mortality.life_tables import life_table

_FROM = 1985  # life expectancy rises from here on, but for 2020 to 2022
_STEP = 0.1  # years of life expectancy between levels of the pattern
# The UN's rates at 100 and over fall by a quarter between its estimates and its projection (2023 to
# 2025): no decline but another method, which should not meet one year of one trajectory.
_SMOOTH = 1.0  # years of life expectancy


def mortality_by_decline(
    base_mx: npt.ArrayLike, e0: npt.ArrayLike, *, sex: SexOf
) -> RelationalMortality:
    """Death rates with the life expectancy asked, the base's own moved as mortality declines by age.

    Parameters
    ----------
    base_mx : shape (..., n_ages), death rates by single age from 0, the last group open
    e0 : shape (...), years; broadcasts with the axes of the base before ages
    sex : "male", "female", "both", or words along the last axes before ages

    Returns
    -------
    Rates with `e0`; `alpha` is what Brass's relation had to close

    Raises
    ------
    FiguresRefused
        As `mortality_for_e0`.

    >>> base = standard_mortality(2022).mx
    >>> found = mortality_by_decline(base, [82.0, 85.6], sex=("male", "female"))
    >>> life_table(found.mx, sex=("male", "female")).e0.round(6)
    array([82. , 85.6])
    """
    table, asked = life_table(base_mx, sex=sex), positive("e0", e0)
    shape = common_shape(base_mx=table.e0, e0=asked)
    female = female_share(sex, shape)
    n_ages = table.mx.shape[-1]
    move = _pattern(np.broadcast_to(asked, shape), female, n_ages)
    move -= _pattern(np.broadcast_to(table.e0, shape), female, n_ages)
    found = mortality_for_e0(table.mx * np.exp(move), asked, sex=sex)
    lowest, highest = ([float(each[0][at]) for each in _levels()] for at in (0, -1))
    return replace(found, notes=(
        f"Death rates of the base carried along the pattern of decline of {SOURCE}, from "
        f"{lowest[0]:.0f} to {highest[0]:.0f} years of life of males and {lowest[1]:.0f} to "
        f"{highest[1]:.0f} of females; beyond these the pattern stays as at the end.",
        *found.notes,
    ))  # fmt: skip


def _pattern(e0: Floats, female: Floats, n_ages: int) -> Floats:
    """Logarithm of the pattern's death rates at life expectancies, shape (*e0.shape, n_ages)."""
    men, women = (_at(e0, *each) for each in _levels())
    mixed = men + (women - men) * female[..., None]
    return mixed[..., np.minimum(np.arange(n_ages), mixed.shape[-1] - 1)]


def _at(e0: Floats, grid: Floats, logs: Floats) -> Floats:
    place = np.clip((e0 - grid[0]) / _STEP, 0, len(grid) - 1)
    left = np.minimum(place.astype(np.int64), len(grid) - 2)
    share = (place - left)[..., None]
    found: Floats = (1 - share) * logs[left] + share * logs[left + 1]
    return found


@cache
def _levels() -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """For males, then females: an even grid of e0, and the logarithms of rates on it."""
    years = np.arange(_FROM, LAST_YEAR + 1)
    e0 = national_history().e0[years - FIRST_YEAR]
    logs = np.log(standard_mortality(years).mx)
    men, women = (_evenly(e0[:, sex], logs[:, sex]) for sex in (0, 1))
    return men, women


def _evenly(e0: Floats, logs: Floats) -> tuple[Floats, Floats]:
    """Years that lived longer than all before them, drawn onto an even grid."""
    best = np.append(True, e0[1:] > np.maximum.accumulate(e0)[:-1])
    known, logs = e0[best], logs[best]
    grid = np.arange(np.ceil(known[0] / _STEP) * _STEP, known[-1], _STEP)
    place = np.interp(grid, known, np.arange(len(known)))
    left = np.minimum(place.astype(np.int64), len(known) - 2)
    share = (place - left)[:, None]
    return grid, _smoothed(grid, (1 - share) * logs[left] + share * logs[left + 1])


def _smoothed(grid: Floats, logs: Floats) -> Floats:
    """Lines fitted about each level, weighed by a normal curve, keep a steady decline as it is."""
    off = grid - grid[:, None]
    weight = np.exp(-((off / _SMOOTH) ** 2) / 2)
    whole, first, second = ((weight * off**power).sum(axis=1, keepdims=True) for power in (0, 1, 2))
    kernel = weight * (second - off * first) / (whole * second - first**2)
    found: Floats = kernel @ logs
    return found
