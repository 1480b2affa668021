"""An area's mortality by age beside a standard: its level, and where its ages depart from it. Pure.

Brass's model gives level and slope (`brass_level`). What it leaves over at single age groups, observed
over expected deaths, is steadied as areas are (`steadied_area_ratios`): a city of millions keeps its
own pattern, a township of a few thousand that of the standard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats, Sex
from renkou.demography.levels.area_ratios import steadied_area_ratios
from renkou.demography.levels.brass_fit import BrassLevel, brass_level
from renkou.demography.mortality.life_tables import life_table

AGE_SPREAD = 0.2
_NUDGE = 1e-3


@dataclass(frozen=True)
class OwnMortality:
    """Death rates of an area.

    mx : shape (years, ages)
    e0, e0_error : shape (years,); the error joins those of level and slope and of the age groups as
        if they were independent, which makes it a little wide
    factor, deviation : shape (groups,), of age groups beside Brass's model
    brass : the model without them
    """

    mx: Floats
    e0: Floats
    e0_error: Floats
    factor: Floats
    deviation: Floats
    brass: BrassLevel


def mortality_beside_standard(
    deaths: npt.ArrayLike,
    exposure: npt.ArrayLike,
    standard_mx: npt.ArrayLike,
    *,
    sex: Sex,
    spread: float = AGE_SPREAD,
) -> OwnMortality:
    """Death rates of some years, their ages drawn to a standard as far as deaths are few.

    Parameters
    ----------
    deaths, exposure, standard_mx : shape (years, ages), see `brass_level`
    spread : scale of the prior of how much the factors of age groups vary

    Returns
    -------
    rates that expect as many deaths as there were, but for few deaths as many as Brass's model

    >>> standard = 0.0002 * np.exp(0.08 * np.arange(101))
    >>> lived = np.full((1, 101), 1e6)
    >>> died = standard * lived * np.where(np.arange(101) < 60, 1.3, 1.0)
    >>> found = mortality_beside_standard(died, lived, standard[None], sex="female")
    >>> (found.mx[0] / standard)[[40, 80]].round(1)
    array([1.3, 1. ])
    """
    died, lived = np.asarray(deaths, np.float64), np.asarray(exposure, np.float64)
    brass = brass_level(died, lived, standard_mx, sex=sex)
    expected = brass.mx * lived
    starts = _group_starts(died.shape[-1])
    by_group = [np.add.reduceat(one.sum(axis=0), starts) for one in (died, expected)]
    factor, deviation = np.ones(len(starts)), np.full(len(starts), spread)
    some = by_group[1] > 0
    if some.sum() > 1 and by_group[0][some].sum() > 0:
        found = steadied_area_ratios(by_group[0][some], by_group[1][some], spread=spread)
        factor[some], deviation[some] = found.ratio, found.deviation
    mx = brass.mx * _by_age(factor, starts, died.shape[-1])
    mx = mx * _steadied_whole(died.sum(), (mx * lived).sum(), spread)
    return OwnMortality(
        mx, life_table(mx, sex=sex).e0, np.hypot(brass.e0_error, _error(mx, starts, deviation, sex)),
        factor, deviation, brass,
    )  # fmt: skip


def _steadied_whole(died: float, expected: float, spread: float) -> float:
    """Observed over expected of all ages: a pattern that does not fit leaves Brass's total off."""
    prior = spread**-2.0
    return float((died + prior) / (expected + prior))


def _group_starts(ages: int) -> npt.NDArray[np.int64]:
    """0, 1, 5, 10, ... up to 95."""
    return np.array([0, 1, *range(5, min(ages, 100), 5)])


def _by_age(values: Floats, starts: npt.NDArray[np.int64], ages: int) -> Floats:
    """Factors of groups as a straight line of logarithms between their middles; infants apart."""
    ends = np.append(starts[1:], ages)
    found = np.exp(np.interp(np.arange(ages) + 0.5, (starts + ends)[1:] / 2, np.log(values[1:])))
    found[0] = values[0]
    return np.asarray(found)


def _error(mx: Floats, starts: npt.NDArray[np.int64], deviation: Floats, sex: Sex) -> Floats:
    """Standard error of e0 from those of the groups' factors: (years,)."""
    group = np.searchsorted(starts, np.arange(mx.shape[-1]), side="right") - 1
    nudged = np.where(group == np.arange(len(starts))[:, None], np.exp(_NUDGE), 1.0)
    tables = life_table(mx * nudged[:, None], sex=sex).e0  # (groups, years)
    tilt = (tables - life_table(mx, sex=sex).e0) / _NUDGE
    return np.sqrt(((tilt * deviation[:, None]) ** 2).sum(axis=0))
