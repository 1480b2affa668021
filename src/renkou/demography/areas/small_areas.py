"""Rates of small areas, steadied by what all areas together say. Pure.

A rate of three deaths among forty people says little. If the true rates of areas vary as a gamma
distribution, the best guess of each lies between its own raw rate and the mean of all: near the raw
rate where people are many, near the mean where they are few. Mean and spread of that distribution come
from the areas themselves (empirical Bayes). The steadied rate stands beside the raw one and never in
its place: steadied rates vary less than the truth.

Sources: Clayton & Kaldor (1987), Biometrics 43:671-681; Marshall (1991), Applied Statistics
40:283-294, moments of section 2; Lawless (1987), Canadian Journal of Statistics 15:209-225, negative
binomial likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaincinv, gammaln

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, of_one_length, positive
from renkou.demography.rates.intervals import Interval, normal_quantile, rate_interval, together

PriorMethod = Literal["moments", "maximum-likelihood"]

NO_VARIATION = (
    "areas vary no more than chance alone would make them (variance between areas estimated as 0): "
    "every steadied rate there is the mean of all areas, with the exact interval of that mean"
)
_LARGEST_SHAPE = 1e8  # rates that vary by a hundredth of a per cent: no data tell them apart
_GRID = np.linspace(np.log(1e-3), np.log(_LARGEST_SHAPE), 80)


@dataclass(frozen=True)
class SteadiedRates:
    """Raw and empirical-Bayes rates of areas, and the gamma prior between them."""

    raw: Floats  # shape (..., n_areas), in the unit
    steadied: Floats  # posterior mean, same shape and unit
    interval: (
        Interval  # equal tails of the posterior; its mean can lie above where the shape is tiny
    )
    weight: Floats  # of the raw rate, in [0, 1]; the prior mean has the rest
    prior_mean: Floats  # shape (...), in the unit
    prior_shape: Floats  # shape (...); inf where areas do not vary
    unit: str
    notes: tuple[str, ...] = ()


def empirical_bayes_rates(
    count: npt.ArrayLike,
    exposure: npt.ArrayLike,
    method: PriorMethod = "moments",
    *,
    per: float = 1000,
    level: float = 0.95,
    noise_variance: npt.ArrayLike = 0.0,
) -> SteadiedRates:
    """Gamma-Poisson empirical-Bayes rates.

    Parameters
    ----------
    count : shape (..., n_areas), events
    exposure : shape (..., n_areas), person-years, above 0
    method : 'moments' (Marshall's global estimator) or 'maximum-likelihood' (negative binomial)
    noise_variance : v, added by disclosure control to the counts. An area then weighs as one 1/k as
        large, both events and person-years, with k = 1 + v / (mean rate × exposure): the variance of
        its rate with the noise over that without it

    Raises
    ------
    FiguresRefused
        If there are fewer than two areas, a count is negative or an exposure 0.

    >>> found = empirical_bayes_rates([2, 30, 9], [100, 1000, 900])
    >>> found.raw.round(1), found.steadied.round(1)
    (array([20., 30., 10.]), array([20.4, 27.7, 12.8]))
    """
    events, years = without_the_noise(*_of_areas(count, exposure), noise_variance)
    if method == "moments":
        mean, shape = prior_by_moments(events, years)
    elif method == "maximum-likelihood":
        mean, shape = prior_by_maximum_likelihood(events, years)
    else:
        raise FiguresRefused(
            "method", repr(method), "is 'moments' or 'maximum-likelihood'", "name one of the two",
            zh="应为 'moments'（矩估计）或 'maximum-likelihood'（最大似然）；请选其一",
        )  # fmt: skip
    varied = np.isfinite(shape)
    prior_years = np.where(varied, shape / np.where(mean > 0, mean, 1.0), np.inf)[..., None]
    weight = years / (years + prior_years)
    steadied = weight * (events / years) + (1 - weight) * mean[..., None]
    return SteadiedRates(
        events / years * per,
        steadied * per,
        _posterior(events, years, shape, prior_years, level).times(per),
        weight,
        mean * per,
        shape,
        f"per {per:g}",
        () if varied.all() else (NO_VARIATION,),
    )


def without_the_noise(
    events: Floats, years: Floats, noise_variance: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Events and person-years of an area that would have told as much without noise."""
    noise = not_negative("noise_variance", noise_variance)
    events, years, noise = together(count=events, exposure=years, noise_variance=noise)
    expected = events.sum(axis=-1, keepdims=True) / years.sum(axis=-1, keepdims=True) * years
    # Where no area has an event, disclosure control has changed nothing: a zero stays zero.
    part = np.divide(noise, expected, out=np.zeros_like(expected), where=expected > 0)
    return events / (1 + part), years / (1 + part)


def prior_by_moments(events: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """Mean and shape of the gamma distribution of rates, by Marshall's moments.

    With m = Σy / Σn and s² = Σn (y/n - m)² / Σn, the variance between areas is s² - m / mean(n), and
    0 where that is negative; the shape is m² over it.

    Source: Marshall (1991), section 2.
    """
    whole = exposure.sum(axis=-1)
    mean = events.sum(axis=-1) / whole
    spread = (exposure * (events / exposure - mean[..., None]) ** 2).sum(axis=-1) / whole
    between = spread - mean / exposure.mean(axis=-1)
    some = between > 0
    shape = np.where(some, mean**2 / np.where(some, between, 1.0), np.inf)
    return mean, np.where(shape < _LARGEST_SHAPE, shape, np.inf)


def prior_by_maximum_likelihood(events: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """Mean and shape of the gamma distribution of rates, by the negative binomial's likelihood.

    Where the likelihood falls as soon as areas vary at all (its slope there is
    ½ Σ [(y - n m)² - y], not above 0), the shape is infinite and the mean that of all areas.

    Source: Lawless (1987).
    """
    pooled = events.sum(axis=-1) / exposure.sum(axis=-1)
    expected = pooled[..., None] * exposure
    varied = ((events - expected) ** 2 - events).sum(axis=-1) > 0
    log_shape = _best_log_shape(events, exposure)
    shape = np.exp(log_shape)
    varied &= log_shape < _GRID[-2]
    mean = np.where(varied, _mean_given_shape(events, exposure, shape), pooled)
    return mean, np.where(varied, shape, np.inf)


def _best_log_shape(events: Floats, exposure: Floats) -> Floats:
    """Where the profile likelihood is highest: a grid, then golden section around its best point."""
    trial = _GRID.reshape(-1, *[1] * (events.ndim - 1))
    best = _profile(events, exposure, trial).argmax(axis=0)
    step = _GRID[1] - _GRID[0]
    low, high = _GRID[best] - step, _GRID[best] + step
    ratio = (np.sqrt(5) - 1) / 2
    for _ in range(40):  # to 2e-9 of the logarithm
        first, second = high - ratio * (high - low), low + ratio * (high - low)
        left = _profile(events, exposure, first) > _profile(events, exposure, second)
        low, high = np.where(left, low, first), np.where(left, second, high)
    return (low + high) / 2


def _profile(events: Floats, exposure: Floats, log_shape: Floats) -> Floats:
    """Log-likelihood at a shape and at the mean that is best for it."""
    shape = np.exp(log_shape)[..., None]
    expected = _mean_given_shape(events, exposure, shape[..., 0])[..., None] * exposure
    some = events > 0
    counted = np.where(some, events, 1.0)
    # ln Γ(y + a) - ln Γ(a) by the beta function, whose digits do not cancel for a large shape.
    rising = np.where(some, gammaln(counted) - betaln(shape, counted), 0.0)
    odds = np.where(some, events * np.log(np.where(some, expected / (shape + expected), 1.0)), 0.0)
    return (rising - shape * np.log1p(expected / shape) + odds).sum(axis=-1)


def _mean_given_shape(events: Floats, exposure: Floats, shape: Floats) -> Floats:
    """The mean rate that is best for a shape, by Fisher scoring."""
    mean = events.sum(axis=-1) / exposure.sum(axis=-1)
    for _ in range(30):
        weight = shape[..., None] / (shape[..., None] + mean[..., None] * exposure)
        mean = (weight * events).sum(axis=-1) / (weight * exposure).sum(axis=-1)
    return np.asarray(mean)


def _posterior(
    events: Floats, years: Floats, shape: Floats, prior_years: Floats, level: float
) -> Interval:
    normal_quantile(level)  # refuses a level that is none
    tail = (1 - level) / 2
    varied = np.broadcast_to(np.isfinite(shape)[..., None], events.shape)
    alpha = events + np.where(varied, shape[..., None], 1.0)
    beta = years + np.where(varied, prior_years, 1.0)
    total, whole = events.sum(axis=-1, keepdims=True), years.sum(axis=-1, keepdims=True)
    mean = rate_interval(total, whole, 1, level)
    return Interval(
        np.where(varied, gammaincinv(alpha, tail) / beta, mean.lower),
        np.where(varied, gammaincinv(alpha, 1 - tail) / beta, mean.upper),
        level,
        "gamma posterior (empirical Bayes)",
        "true rates of areas vary as a gamma distribution whose mean and shape are taken as known",
    )


def _of_areas(count: npt.ArrayLike, exposure: npt.ArrayLike) -> tuple[Floats, Floats]:
    events = np.atleast_1d(not_negative("count", count))
    years = np.atleast_1d(positive("exposure", exposure))
    of_one_length(count=events, exposure=years)
    if events.shape[-1] < 2:
        raise FiguresRefused(
            "count", f"{events.shape[-1]} area", "a rate is steadied by those of other areas",
            "give at least two areas", zh="平滑一个地区的率需借助其他地区；请至少给出两个地区",
        )  # fmt: skip
    both = together(count=events, exposure=years)
    return both[0], both[1]
