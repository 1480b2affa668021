"""An area's fertility by age beside a national pattern, and its level from year to year. Pure.

Ages: births of five-year groups of mothers against those expected by the national pattern give
factors that are steadied as areas are (`steadied_area_ratios`), so that a group with few births keeps the
national pattern. Between the middles of the groups the logarithm of the factor runs straight.

Years: the level goes a random step a year and is seen with the error of counting. The Kalman filter
and smoother give each year what its own count and its neighbours say, weighted by their precision.

Source for the years: Harvey (1989), Forecasting, Structural Time Series Models and the Kalman
Filter, sections 2.1 (local level) and 3.6 (smoothing).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, not_negative, of_one_length, positive
from renkou.demography.levels.area_ratios import steadied_area_ratios

FIRST_AGE, LAST_AGE = 15, 49
_WIDTH = 5
GROUP_SPREAD = 0.3


@dataclass(frozen=True)
class OwnFertility:
    """Births per woman and year by single age, and how the groups stood to the national pattern.

    asfr : shape (ages,), 0 outside 15-49
    factor, deviation : shape (7,), of five-year groups; standard deviation of the log factor
    """

    asfr: Floats
    factor: Floats
    deviation: Floats


def fertility_beside_national(
    births: npt.ArrayLike,
    women: npt.ArrayLike,
    national_asfr: npt.ArrayLike,
    *,
    spread: float = GROUP_SPREAD,
) -> OwnFertility:
    """Rates by age that give all births, with the national pattern where births are few.

    Parameters
    ----------
    births : shape (ages,), by age of mother from 0; those below 15 and above 49 count at 15 and 49
    women : shape (ages,), woman-years
    national_asfr : shape (ages,), in any unit; only proportions count
    spread : scale of the prior of how much the groups' factors vary

    Raises
    ------
    FiguresRefused
        If there is no birth, or no woman of some group of ages with a national rate above 0.

    >>> ages = np.arange(101)
    >>> national = np.exp(-(((ages - 28) / 5.0) ** 2) / 2)
    >>> found = fertility_beside_national(0.1 * national * 100, np.full(101, 100.0), national)
    >>> round(float(found.asfr.sum()), 2), int(found.asfr.argmax())
    (1.25, 28)
    """
    born = _of_mothers(births)
    lived = not_negative("women", women)
    national = not_negative("national_asfr", national_asfr)
    of_one_length(births=born, women=lived, national_asfr=national)
    ages = slice(FIRST_AGE, LAST_AGE + 1)
    expected = (lived * national)[ages].reshape(-1, _WIDTH).sum(axis=-1)
    found = steadied_area_ratios(
        born[ages].reshape(-1, _WIDTH).sum(axis=-1), expected, spread=spread
    )
    middles = FIRST_AGE + _WIDTH / 2 - 0.5 + _WIDTH * np.arange(len(expected))
    factor = np.exp(np.interp(np.arange(len(lived)), middles, np.log(found.ratio)))
    shape = np.zeros_like(lived)
    shape[ages] = (national * factor)[ages]
    asfr = shape * born.sum() / (shape * lived).sum()
    return OwnFertility(asfr, found.ratio, found.deviation)


def _of_mothers(births: npt.ArrayLike) -> Floats:
    """Births at ages 15-49: younger and older mothers count with the nearest age."""
    born = not_negative("births", births).copy()
    if born.ndim != 1 or len(born) <= LAST_AGE:
        raise FiguresRefused(
            "births", born.shape, "are one row by single age of mother from 0 to beyond 49",
            "add up areas and years first",
            zh="应为按母亲单岁年龄（0 岁起至 49 岁以上）的一行；请先合并区域和年份",
        )  # fmt: skip
    born[FIRST_AGE] += born[:FIRST_AGE].sum()
    born[LAST_AGE] += born[LAST_AGE + 1 :].sum()
    born[:FIRST_AGE] = born[LAST_AGE + 1 :] = 0.0
    return born


def local_level(values: npt.ArrayLike, errors: npt.ArrayLike, step: float) -> tuple[Floats, Floats]:
    """Levels of consecutive years, each from all years together, and their standard errors.

    Parameters
    ----------
    values : shape (..., years), what was seen of each year, such as the log of a rate
    errors : same shape, standard error of each, above 0
    step : standard deviation of the change from one year to the next, above 0

    Returns
    -------
    levels and their standard errors, each of shape (..., years)

    >>> level, error = local_level([0.0, 1.0, 1.0], [1.0, 1.0, 1.0], step=1.0)
    >>> level.round(3), error.round(3)
    (array([0.375, 0.75 , 0.875]), array([0.791, 0.707, 0.791]))
    """
    seen, error = figures("values", values), positive("errors", errors)
    of_one_length(values=seen, errors=error)
    noise, more = error**2, float(positive("step", step)) ** 2
    level, variance = seen[..., :1], noise[..., :1]  # before the first year nothing is known
    levels, variances = [level], [variance]
    for year in range(1, seen.shape[-1]):
        ahead = variance + more
        gain = ahead / (ahead + noise[..., year, None])
        level = level + gain * (seen[..., year, None] - level)
        variance = ahead * (1 - gain)
        levels.append(level)
        variances.append(variance)
    return _smoothed(np.concatenate(levels, -1), np.concatenate(variances, -1), more)


def _smoothed(level: Floats, variance: Floats, more: float) -> tuple[Floats, Floats]:
    """What later years say of earlier ones, from the last year back."""
    level, final = level.copy(), variance.copy()
    for year in range(level.shape[-1] - 2, -1, -1):
        ahead = variance[..., year] + more
        gain = variance[..., year] / ahead
        level[..., year] += gain * (level[..., year + 1] - level[..., year])
        final[..., year] += gain**2 * (final[..., year + 1] - ahead)
    return level, np.sqrt(final)
