"""Crude rates, natural increase, growth and sex ratios of populations. Pure.

The base is whatever population the caller gives; Chinese official rates use usual residents and
divide the events of a year by the mean of its two year-ends (National Bureau of Statistics,
Statistical Communiqué, notes on indicators).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, positive
from renkou.demography.rates.intervals import (
    CountMethod,
    Estimate,
    normal_quantile,
    rate_interval,
    together,
    widened,
)
from renkou.demography.rates.ratio_intervals import difference_interval, ratio_interval

Growth = Literal["exponential", "geometric", "arithmetic"]


def mean_population(previous_year_end: npt.ArrayLike, year_end: npt.ArrayLike) -> Floats:
    """Mean of two year-end populations, any shape.

    Raises
    ------
    FiguresRefused
        If one is negative or not finite, or their shapes do not fit.

    >>> mean_population([141212], [141260])
    array([141236.])
    """
    before, after = together(
        previous_year_end=not_negative("previous_year_end", previous_year_end),
        year_end=not_negative("year_end", year_end),
    )
    return (before + after) / 2


def crude_rate(
    events: npt.ArrayLike,
    previous_year_end: npt.ArrayLike,
    year_end: npt.ArrayLike,
    *,
    per: float = 1000,
    years: float = 1.0,
    level: float = 0.95,
    method: CountMethod = "exact",
    noise_variance: npt.ArrayLike = 0.0,
    year_end_noise_variance: npt.ArrayLike = 0.0,
) -> Estimate:
    """Crude birth, death or other rate: events over the mean of two year-ends, times `per`.

    Parameters
    ----------
    events, previous_year_end, year_end : any shape that broadcasts
    years : length of the period; 1/12 gives the yearly rate of a month from its two month-ends
    noise_variance : added by disclosure control to the events
    year_end_noise_variance : added to each of the two populations

    Raises
    ------
    FiguresRefused
        If a count is negative, or the mean population or the length is 0.

    >>> found = crude_rate(1062e4, 141212e4, 141260e4)
    >>> found.value.round(2), found.unit
    (np.float64(7.52), 'per 1000')
    """
    count = not_negative("events", events)
    mean = positive("mean of previous_year_end and year_end",
                    mean_population(previous_year_end, year_end))  # fmt: skip
    exposure = mean * positive("years", years)
    count, exposure = together(events=count, exposure=exposure)
    interval = rate_interval(
        count, exposure, per, level, method,
        noise_variance=noise_variance,
        # Half of each of two independent noises: a quarter of the variance, twice.
        denominator_noise_variance=_mean_noise(year_end_noise_variance) * float(years) ** 2,
    )  # fmt: skip
    return Estimate(count / exposure * per, interval, f"per {per:g}")


def natural_increase_rate(
    births: npt.ArrayLike,
    deaths: npt.ArrayLike,
    previous_year_end: npt.ArrayLike,
    year_end: npt.ArrayLike,
    *,
    per: float = 1000,
    years: float = 1.0,
    level: float = 0.95,
    method: CountMethod = "exact",
    noise_variance: npt.ArrayLike = 0.0,
    year_end_noise_variance: npt.ArrayLike = 0.0,
) -> Estimate:
    """Births less deaths over the mean of two year-ends, times `per`, from unrounded rates.

    A communiqué prints the difference of its two rounded rates, which can differ by one in the last
    digit (2023: 6.39 - 7.87 = -1.48, and -1.47 from the counts). Interval: MOVER of the two rates'
    own intervals; noise of the population reaches it through the difference, which is small.

    Raises
    ------
    FiguresRefused
        As `crude_rate`.

    >>> found = natural_increase_rate(120, 80, 10_000, 10_000)
    >>> found.value.round(2), found.interval.lower.round(2), found.interval.upper.round(2)
    (np.float64(4.0), np.float64(1.17), np.float64(6.87))
    """
    born, died = (
        crude_rate(
            events, previous_year_end, year_end, per=per, years=years, level=level,
            method=method, noise_variance=noise_variance,
        )
        for events in (not_negative("births", births), not_negative("deaths", deaths))
    )  # fmt: skip
    value = born.value - died.value
    interval = difference_interval(born.value, born.interval, died.value, died.interval)
    mean = mean_population(previous_year_end, year_end)
    noise = (value / mean) ** 2 * _mean_noise(year_end_noise_variance)
    interval = widened(interval, value, noise, normal_quantile(level))
    return Estimate(value, interval, f"per {per:g}")


def growth_rate(
    start: npt.ArrayLike,
    end: npt.ArrayLike,
    years: npt.ArrayLike = 1.0,
    method: Growth = "exponential",
) -> Floats:
    """Yearly growth of a population between two dates, as a share (0.01 is 1 %).

    Parameters
    ----------
    start, end : any shape, people at the two dates, above 0
    years : between the dates, above 0; need not be whole
    method : 'exponential' ln(end/start)/years; 'geometric' (end/start)^(1/years) - 1, the official
        average yearly growth between censuses; 'arithmetic' (end - start)/start/years

    Raises
    ------
    FiguresRefused
        If a population or the time between is 0 or negative, or the method is none.

    Source: Preston, Heuveline & Guillot (2001), section 1.2.

    >>> growth_rate(100, 121, 2, "geometric").round(4)
    np.float64(0.1)
    """
    before, after, time = together(
        start=positive("start", start), end=positive("end", end), years=positive("years", years)
    )
    if method == "exponential":
        return np.log(after / before) / time
    if method == "geometric":
        return np.expm1(np.log(after / before) / time)
    if method == "arithmetic":
        return (after - before) / before / time
    raise FiguresRefused(
        "method", repr(method), "is 'exponential', 'geometric' or 'arithmetic'",
        "name one of the three",
        zh="应为 'exponential'（指数）、'geometric'（几何）或 'arithmetic'（算术）；请选其一",
    )  # fmt: skip


def sex_ratio(
    males: npt.ArrayLike,
    females: npt.ArrayLike,
    *,
    level: float = 0.95,
    noise_variance: npt.ArrayLike = 0.0,
    denominator_noise_variance: npt.ArrayLike = 0.0,
) -> Estimate:
    """Males per 100 females, in total or by age; of live births it is the sex ratio at birth.

    Parameters
    ----------
    males, females : any shape; of ages, the last axis

    Raises
    ------
    FiguresRefused
        If a count is negative, or there are no females somewhere: join ages there.

    >>> sex_ratio(641238, 571083).value.round(2)
    np.float64(112.28)
    """
    top, below = together(males=not_negative("males", males), females=positive("females", females))
    interval = ratio_interval(
        top, below, 100, level,
        noise_variance=noise_variance, denominator_noise_variance=denominator_noise_variance,
    )  # fmt: skip
    return Estimate(100 * top / below, interval, "males per 100 females")


def _mean_noise(year_end_noise_variance: npt.ArrayLike) -> Floats:
    return not_negative("year_end_noise_variance", year_end_noise_variance) / 2
