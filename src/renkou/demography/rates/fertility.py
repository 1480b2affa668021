"""Fertility of a period: rates by age, their total, its age and its replacement. Pure.

Births by the age of the mother and woman-years lived at that age stand on the last axis, in groups of
one width. Only the ages given count: births to mothers outside them must be joined to the first or
last group beforehand, as statistical offices do, or are left out of births and rates alike.

Intervals take births as Poisson and woman-years as known. The total is a weighted sum of Poisson
counts: its interval is that of Fay & Feuer's gamma method, which stays valid for few births, or the
normal one of the logarithm.

Sources: Preston, Heuveline & Guillot (2001), Demography, ch. 5; Fay & Feuer (1997), Statistics in
Medicine 16:791-801.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import (
    Floats,
    evenly_spaced,
    not_negative,
    of_one_length,
    positive,
    refuse_where,
)
from renkou.demography.rates.intervals import (
    Estimate,
    Interval,
    normal_quantile,
    rate_interval,
    together,
    widened,
    with_noise,
)

SumMethod = Literal["gamma", "log"]

NO_BIRTHS = (
    "where there are no births the logarithm has no value: limits are those of the gamma method"
)


def general_fertility_rate(
    births: npt.ArrayLike,
    women_aged_15_49: npt.ArrayLike,
    *,
    per: float = 1000,
    level: float = 0.95,
    noise_variance: npt.ArrayLike = 0.0,
    denominator_noise_variance: npt.ArrayLike = 0.0,
) -> Estimate:
    """All live births per 1000 women aged 15-49.

    Parameters
    ----------
    births : any shape, to mothers of any age
    women_aged_15_49 : any shape that broadcasts, woman-years, above 0

    >>> general_fertility_rate(50, 1000).value
    np.float64(50.0)
    """
    born, women = together(
        births=not_negative("births", births),
        women_aged_15_49=positive("women_aged_15_49", women_aged_15_49),
    )
    interval = rate_interval(
        born, women, per, level,
        noise_variance=noise_variance, denominator_noise_variance=denominator_noise_variance,
    )  # fmt: skip
    return Estimate(born / women * per, interval, f"per {per:g} women aged 15-49")


def age_specific_fertility_rates(
    births: npt.ArrayLike, women: npt.ArrayLike, *, per: float = 1, level: float = 0.95
) -> Estimate:
    """Births per woman-year at each age, asfr, with exact intervals.

    Parameters
    ----------
    births, women : shape (..., n_ages), of single ages or groups; women above 0

    >>> age_specific_fertility_rates([5, 20], [100, 100]).value
    array([0.05, 0.2 ])
    """
    born, lived = _by_mother(births, women)
    return Estimate(born / lived * per, rate_interval(born, lived, per, level), f"per {per:g}")


def five_year_groups(by_single_age: npt.ArrayLike) -> Floats:
    """Births or women of single ages added into groups of five, from the first age given.

    Parameters
    ----------
    by_single_age : shape (..., 5 k), such as ages 15 to 49

    Returns
    -------
    shape (..., k)

    >>> five_year_groups([1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
    array([ 5., 10.])
    """
    single = not_negative("by_single_age", by_single_age)
    if single.ndim == 0 or single.shape[-1] % 5 or not single.shape[-1]:
        raise FiguresRefused(
            "by_single_age", single.shape, "single ages make whole groups of five",
            "give ages such as 15 to 49", zh="单岁数据应能整分为五岁组；请给出如 15 至 49 岁",
        )  # fmt: skip
    return single.reshape(*single.shape[:-1], -1, 5).sum(axis=-1)


def tfr(asfr: npt.ArrayLike, width: float = 5) -> Floats:
    """Children a woman would have by rates of all ages: width × Σ asfr.

    Parameters
    ----------
    asfr : shape (..., n_ages), births per woman-year
    width : years in each age group; 5 for the official rate over 15-49

    >>> tfr([0.05, 0.15, 0.1]).round(3)
    np.float64(1.5)
    """
    return positive("width", width) * not_negative("asfr", asfr).sum(axis=-1)


def total_fertility_rate(
    births: npt.ArrayLike,
    women: npt.ArrayLike,
    width: float = 1,
    *,
    level: float = 0.95,
    method: SumMethod = "gamma",
    noise_variance: npt.ArrayLike = 0.0,
    denominator_noise_variance: npt.ArrayLike = 0.0,
) -> Estimate:
    """Total fertility rate with its interval.

    Parameters
    ----------
    births, women : shape (..., n_ages), in age groups of `width` years
    method : 'gamma' (Fay & Feuer) or 'log' (normal on the logarithm)
    noise_variance, denominator_noise_variance : added by disclosure control to each cell

    Returns
    -------
    shape (...), children per woman

    Raises
    ------
    FiguresRefused
        If a count is negative, women are 0 at an age, or ages do not match.

    >>> found = total_fertility_rate([50, 150, 100], [1000, 1000, 1000], 5)
    >>> found.value, found.interval.lower.round(3), found.interval.upper.round(3)
    (np.float64(1.5), np.float64(1.335), np.float64(1.68))
    """
    return _weighted_total(
        births, women, positive("width", width), "children per woman", level, method,
        noise_variance, denominator_noise_variance,
    )  # fmt: skip


def grr(asfr: npt.ArrayLike, srb: npt.ArrayLike, width: float = 5) -> Floats:
    """Gross reproduction rate: daughters a woman would have, by rates of all ages.

    Parameters
    ----------
    asfr : shape (..., n_ages)
    srb : males per female birth, such as 1.06; shape (...) or one number
    """
    return tfr(asfr, width) / (1 + _per_girl(srb))


def nrr(asfr: npt.ArrayLike, Lx: npt.ArrayLike, srb: npt.ArrayLike) -> Floats:
    """Net reproduction rate: daughters who replace a woman, with the mortality of Lx.

    Parameters
    ----------
    asfr : shape (..., n_ages)
    Lx : shape (..., n_ages), woman-years lived in each age group per girl born (radix 1)
    srb : males per female birth, such as 1.06; shape (...) or one number

    Source: Preston, Heuveline & Guillot (2001), section 5.3.

    >>> nrr([0.1, 0.1], [4.8, 4.7], 1.0)
    np.float64(0.475)
    """
    rates = np.atleast_1d(not_negative("asfr", asfr))
    lived = np.atleast_1d(not_negative("Lx", Lx))
    of_one_length(asfr=rates, Lx=lived)
    return (rates * lived).sum(axis=-1) / (1 + _per_girl(srb))


def net_reproduction_rate(
    births: npt.ArrayLike,
    women: npt.ArrayLike,
    Lx: npt.ArrayLike,
    srb: npt.ArrayLike,
    *,
    level: float = 0.95,
    method: SumMethod = "gamma",
) -> Estimate:
    """Net reproduction rate with its interval; Lx and srb are taken as known.

    Parameters
    ----------
    births, women, Lx : shape (..., n_ages); Lx per girl born (radix 1)
    srb : males per female birth, such as 1.06; shape (...) or one number
    """
    weight = not_negative("Lx", Lx) / (1 + _per_girl(srb)[..., None])
    return _weighted_total(births, women, weight, "daughters per woman", level, method, 0.0, 0.0)


def gross_reproduction_rate(
    births: npt.ArrayLike,
    women: npt.ArrayLike,
    srb: npt.ArrayLike,
    width: float = 1,
    *,
    level: float = 0.95,
    method: SumMethod = "gamma",
) -> Estimate:
    """Gross reproduction rate with its interval; srb is taken as known.

    Parameters
    ----------
    births, women : shape (..., n_ages), in age groups of `width` years
    srb : males per female birth, such as 1.06; shape (...) or one number
    """
    weight = positive("width", width) / (1 + _per_girl(srb)[..., None])
    return _weighted_total(births, women, weight, "daughters per woman", level, method, 0.0, 0.0)


def mean_age_at_childbearing(
    births: npt.ArrayLike,
    women: npt.ArrayLike,
    ages: npt.ArrayLike,
    width: int = 1,
    *,
    level: float = 0.95,
    noise_variance: npt.ArrayLike = 0.0,
    denominator_noise_variance: npt.ArrayLike = 0.0,
) -> Estimate:
    """Mean age of the rates (not of the mothers), with its standard error.

    Σ (x + width/2) asfr / Σ asfr. Error by the delta method: each rate weighs (age - mean) / Σ asfr.

    Parameters
    ----------
    births, women : shape (..., n_ages)
    ages : shape (n_ages,), first age of each group, `width` years apart
    noise_variance, denominator_noise_variance : added by disclosure control to each cell

    Raises
    ------
    FiguresRefused
        If nobody gave birth, women are 0 at an age, or ages have a gap.

    Source: Preston, Heuveline & Guillot (2001), section 5.4.

    >>> found = mean_age_at_childbearing([100, 100], [1000, 1000], [20, 25], 5)
    >>> found.value, found.standard_error.round(3)
    (np.float64(25.0), np.float64(0.177))
    """
    born, lived = _by_mother(births, women)
    starts = evenly_spaced("ages", ages, width)
    of_one_length(births=born, ages=starts)
    positive("births summed over ages", born.sum(axis=-1))
    rates = born / lived
    whole = rates.sum(axis=-1)
    middle = starts + width / 2
    mean = (middle * rates).sum(axis=-1) / whole
    pull = (middle - mean[..., None]) / whole[..., None]
    noise = not_negative("noise_variance", noise_variance)
    more = not_negative("denominator_noise_variance", denominator_noise_variance)
    variance = (born + noise + rates**2 * more) / lived**2
    error = np.sqrt((pull**2 * variance).sum(axis=-1))
    half = normal_quantile(level) * error
    interval = Interval(
        mean - half, mean + half, level, "normal, delta method",
        with_noise(
            "births happen independently (Poisson), and evenly within an age group", noise, more
        ),
    )  # fmt: skip
    return Estimate(mean, interval, "years", standard_error=error)


def _weighted_total(
    births: npt.ArrayLike,
    women: npt.ArrayLike,
    weight: Floats,
    unit: str,
    level: float,
    method: str,
    noise_variance: npt.ArrayLike,
    denominator_noise_variance: npt.ArrayLike,
) -> Estimate:
    """Σ weight × births / women over the last axis, with its interval."""
    born, lived = _by_mother(births, women)
    born, lived, weight, noise, more = together(
        births=born, women=lived, weights=weight,
        noise=not_negative("noise_variance", noise_variance),
        more=not_negative("denominator_noise_variance", denominator_noise_variance),
    )  # fmt: skip
    each = weight / lived  # what one birth adds to the total
    total, variance = (each * born).sum(axis=-1), (each**2 * born).sum(axis=-1)
    added = (each**2 * (noise + (born / lived) ** 2 * more)).sum(axis=-1)
    z = normal_quantile(level)
    plain = gamma_interval(total, variance, each.max(axis=-1), level)
    if method == "log":
        plain = _on_the_logarithm(total, variance, plain, z)
    elif method != "gamma":
        raise FiguresRefused(
            "method", repr(method), "is 'gamma' or 'log'", "name one of the two",
            zh="应为 'gamma' 或 'log'；请选其一",
        )  # fmt: skip
    return Estimate(
        total, widened(plain, total, added, z, floor=0.0), unit,
        standard_error=np.sqrt(variance + added),
    )  # fmt: skip


def gamma_interval(
    total: Floats, variance: Floats, largest_weight: Floats, level: float
) -> Interval:
    """Interval of a weighted sum of Poisson counts, such as a total or a standardised rate.

    Parameters
    ----------
    total, variance : any shape, Σ w y and Σ w² y
    largest_weight : the greatest w of each sum

    Source: Fay & Feuer (1997), equations for the gamma interval.
    """
    tail = (1 - level) / 2
    some = total > 0
    shape = np.where(some, total, 1.0) ** 2 / np.where(some, variance, 1.0)
    lower = np.where(some, total / shape * gammaincinv(shape, tail), 0.0)
    mean, spread = total + largest_weight, variance + largest_weight**2
    upper = spread / mean * gammaincinv(mean**2 / spread, 1 - tail)
    return Interval(
        lower, upper, level, "gamma (Fay-Feuer)",
        "births of all ages happen independently (Poisson), woman-years are known",
    )  # fmt: skip


def _on_the_logarithm(total: Floats, variance: Floats, gamma: Interval, z: float) -> Interval:
    some = total > 0
    filled = np.where(some, total, 1.0)
    factor = np.exp(z * np.sqrt(variance) / filled)
    return Interval(
        np.where(some, total / factor, gamma.lower),
        np.where(some, total * factor, gamma.upper),
        gamma.level, "log, variance of a sum of Poisson rates", gamma.assumption,
        () if some.all() else (NO_BIRTHS,),
    )  # fmt: skip


def _by_mother(births: npt.ArrayLike, women: npt.ArrayLike) -> tuple[Floats, Floats]:
    born = np.atleast_1d(not_negative("births", births))
    lived = np.atleast_1d(positive("women", women))
    of_one_length(births=born, women=lived)
    both = together(births=born, women=lived)
    return both[0], both[1]


def _per_girl(srb: npt.ArrayLike) -> Floats:
    ratio = positive("srb", srb)
    refuse_where(
        "srb", ratio, ratio > 2, "is males per one female birth, near 1.05",
        "divide a ratio per 100 by 100", "为每一名女婴对应的男婴数，约 1.05；按每百名计的请除以 100",
    )  # fmt: skip
    return ratio
