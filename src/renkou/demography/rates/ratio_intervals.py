"""Intervals that compare: of a ratio of counts or rates, and of a difference of two figures. Pure.

Noise of disclosure control adds to the variance of the logarithm of a ratio, v / count².

Sources: Katz, Baptista, Azen & Pike (1978), Biometrics 34:469-474; Zou & Donner (2008), Statistics in
Medicine 27:1693-1702.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import not_negative, positive
from renkou.demography.rates.intervals import Interval, normal_quantile, together, with_noise

ZERO_NUMERATOR = (
    "where the numerator is 0 the logarithm has no value: the lower limit is 0, and the upper one "
    "the exact limit of the binomial given the sum of both counts"
)


def ratio_interval(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    scale: float = 100,
    level: float = 0.95,
    *,
    noise_variance: npt.ArrayLike = 0.0,
    denominator_noise_variance: npt.ArrayLike = 0.0,
) -> Interval:
    """Interval of a ratio of two counts, such as males per 100 females, on the log scale.

    exp(ln(M / F) ± z sqrt(1/M + 1/F)). Where M is 0, the exact binomial limit is given (notes).

    Parameters
    ----------
    numerator, denominator : any shape, counts of two groups that share nobody; the second above 0

    Raises
    ------
    FiguresRefused
        If a count is negative, or a denominator is 0.

    >>> found = ratio_interval(8817, 8011)
    >>> found.lower.round(2), found.upper.round(2)
    (np.float64(106.78), np.float64(113.44))
    """
    one = np.ones(())
    found = log_rate_ratio_interval(
        numerator, one, denominator, one, level,
        noise_variance=noise_variance, denominator_noise_variance=denominator_noise_variance,
        names=("numerator", "denominator"),
    )  # fmt: skip
    return replace(found.times(scale), method="log ratio")


def log_rate_ratio_interval(
    count: npt.ArrayLike,
    exposure: npt.ArrayLike,
    reference_count: npt.ArrayLike,
    reference_exposure: npt.ArrayLike,
    level: float = 0.95,
    *,
    noise_variance: npt.ArrayLike = 0.0,
    denominator_noise_variance: npt.ArrayLike = 0.0,
    names: tuple[str, str] = ("count", "reference_count"),
) -> Interval:
    """Interval of one rate over another: their logarithm is nearly normal.

    Parameters
    ----------
    count, exposure : any shape, of the rate on top
    reference_count, reference_exposure : of the rate below; above 0
    noise_variance, denominator_noise_variance : added by disclosure control to the two counts
    names : how a refusal calls the two counts

    Raises
    ------
    FiguresRefused
        If a count is negative, or the reference or an exposure is 0.

    Source: Katz, Baptista, Azen & Pike (1978); Breslow & Day (1987), p. 93 for the exact limit.

    >>> found = log_rate_ratio_interval(20, 1000, 10, 1000)
    >>> found.lower.round(3), found.upper.round(3)
    (np.float64(0.936), np.float64(4.273))
    """
    a, pa, b, pb, noise, more = together(
        count=not_negative(names[0], count),
        exposure=positive("exposure", exposure),
        reference=positive(names[1], reference_count),
        reference_exposure=positive("reference_exposure", reference_exposure),
        noise=not_negative("noise_variance", noise_variance),
        more=not_negative("denominator_noise_variance", denominator_noise_variance),
    )
    z, some = normal_quantile(level), a > 0
    filled = np.where(some, a, 1.0)
    spread = z * np.sqrt(1 / filled + 1 / b + noise / filled**2 + more / b**2)
    ratio = (a / pa) / (b / pb)
    # With a = 0 and b left: the binomial's upper limit is p = 1 - tail^(1/b), and a/b is p/(1-p).
    with np.errstate(over="ignore"):  # of a perturbed b far below 1 the limit is beyond any number
        none = (((1 - level) / 2) ** (-1 / b) - 1) * pb / pa
    none = np.sqrt(none**2 + z**2 * noise * (pb / (b * pa)) ** 2)
    return Interval(
        np.where(some, ratio * np.exp(-spread), 0.0),
        np.where(some, ratio * np.exp(spread), none),
        level,
        "log rate ratio",
        with_noise("events of both groups happen independently (Poisson)", noise, more),
        () if some.all() else (ZERO_NUMERATOR,),
    )


def difference_interval(
    value: npt.ArrayLike, interval: Interval, minus: npt.ArrayLike, minus_interval: Interval
) -> Interval:
    """Interval of a difference of two independent figures, from the interval of each.

    The variance each side needs is recovered from the limits (MOVER), so limits that are not
    symmetric stay so and zero counts keep a width.

    Source: Zou & Donner (2008), p. 1696.
    """
    a, b = np.asarray(value, dtype=np.float64), np.asarray(minus, dtype=np.float64)
    down = np.hypot(a - interval.lower, minus_interval.upper - b)
    up = np.hypot(interval.upper - a, b - minus_interval.lower)
    return Interval(
        a - b - down,
        a - b + up,
        interval.level,
        f"MOVER of two intervals, {interval.method}",
        f"{interval.assumption}; both figures independent of each other",
        tuple(dict.fromkeys((*interval.notes, *minus_interval.notes))),
    )
