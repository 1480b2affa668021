"""Rates from published counts, and the noise their intervals carry. Pure (NumPy).

Numerator and denominator are both perturbed before they are divided: a rate on a true denominator
would give back the true numerator. Noise is not the chance that an interval speaks of, so its variance
is handed on and added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from renkou.disclosure.perturbation import noise_variance
from renkou.disclosure.perturbation_table import PerturbationTable
from renkou.disclosure.release_rules import Reason, Reasons, rate_denominator_ok
from renkou.disclosure.whole_numbers import (
    Floats,
    amounts_of,
    counts_of,
    of_one_shape,
    refuse_where,
)


@dataclass(frozen=True, eq=False)
class PublishedRates:
    """Rates, the variance that noise adds to each, and why one is missing; all of one shape."""

    rate: Floats  # nan where it may not be published
    noise_variance: Floats  # nan likewise
    reason: Reasons  # members of `Reason`


@dataclass(frozen=True, eq=False)
class IntervalWithNoise:
    """Bounds that hold the noise as well; `notes` tells of bounds that were set to a limit."""

    lower: Floats
    upper: Floats
    notes: tuple[str, ...]


def published_rates(
    numerators: npt.ArrayLike, denominators: npt.ArrayLike, table: PerturbationTable,
    *, per: float = 1.0,
) -> PublishedRates:  # fmt: skip
    """Perturbed numerators over perturbed denominators.

    Parameters
    ----------
    numerators : any shape, published counts (`perturbation.perturb`)
    denominators : the same shape, published counts, or means of published counts
    table : the table that perturbed them
    per : 1000 for a rate per thousand

    Returns
    -------
    PublishedRates; no rate stands on a denominator under 30

    Notes
    -----
    The variance is that of a ratio of two independent numbers to first order: (Vn + r² Vd) / d².
    A denominator that is a mean of several counts has less noise than is stated here.

    Source: Cochran (1977), Sampling Techniques, section 2.11 (variance of a ratio).

    >>> from renkou.disclosure.perturbation_table import perturbation_table
    >>> published_rates([12, 5], [1000, 29], perturbation_table(), per=1000).rate
    array([12., nan])
    """
    above = counts_of("numerators", numerators)
    below = amounts_of("denominators", denominators)
    of_one_shape("numerators", above, "denominators", below)
    ok = rate_denominator_ok(below)
    divisor = np.where(ok, below, np.nan)
    rate = above / divisor
    noise = noise_variance(above, table) + rate**2 * table.published_variances[-1]
    reason = np.where(ok, Reason.RELEASED, Reason.RATE_DENOMINATOR).astype(np.int8)
    return PublishedRates(
        np.asarray(rate * per), np.asarray(noise / divisor**2 * per**2), np.asarray(reason)
    )


def interval_with_noise(
    values: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike, variance: npt.ArrayLike,
    *, confidence: float = 0.95, lowest: float = 0.0,
) -> IntervalWithNoise:  # fmt: skip
    """Intervals of published figures, widened by the variance of their noise.

    Parameters
    ----------
    values, lower, upper : one shape; figures and bounds as computed from published counts
    variance : of the noise in `values`, on their scale
    lowest : what no such figure can be under

    Returns
    -------
    IntervalWithNoise of the same shape

    Raises
    ------
    FiguresRefused
        If a bound is on the wrong side of its value.

    Notes
    -----
    Each side's distance and the noise's are added as roots of variances are, which keeps an interval
    that is wider above than below so. Where there is no value, there are no bounds.

    Source: Zou & Donner (2008), Statistics in Medicine 27, 1693-1702 (recovery of variances from
    bounds).

    >>> interval_with_noise([10.0], [7.0], [14.0], [4.0 / 1.96**2]).lower.round(2)
    array([6.39])
    """
    at, low, high, noise = (np.asarray(one, np.float64) for one in (values, lower, upper, variance))
    refuse_where(
        "lower", low, low > at, "is at most the value", "compute bounds and value of the same figures",
        "下限不得大于估计值；请用相同的数字计算两者",
    )  # fmt: skip
    refuse_where(
        "upper", high, high < at, "is at least the value",
        "compute bounds and value of the same figures", "上限不得小于估计值；请用相同的数字计算两者",
    )  # fmt: skip
    reach = norm.ppf(0.5 + confidence / 2) ** 2 * noise
    wide_low = at - np.sqrt((at - low) ** 2 + reach)
    under = int(np.count_nonzero(wide_low < lowest))
    notes = (f"{under} lower bounds fell under {lowest:g} and stand at it",) if under else ()
    wide_high = at + np.sqrt((high - at) ** 2 + reach)
    return IntervalWithNoise(np.maximum(wide_low, lowest), np.asarray(wide_high), notes)
