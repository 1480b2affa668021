"""How areas stand to a whole, event for event expected, steadied for small numbers. Pure.

Observed events of area i are Poisson with mean θᵢ·expectedᵢ, and the θᵢ vary between areas as a gamma
distribution with mean 1 and standard deviation τ. With few areas τ is badly known, and the best value
is often 0, as if all areas were alike for certain. So τ is not estimated but averaged over: each
value counts by its likelihood (negative binomial) and by a half-normal prior of stated scale.

Sources: Clayton & Kaldor (1987), Biometrics 43:671-681 (gamma-Poisson); Gelman (2006), Bayesian
Analysis 1:515-534 (half-normal priors where groups are few).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, digamma, gammaln, polygamma

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, of_one_length, positive

_GRID = 60
_WIDEST = 4.0  # scales of the prior: the mass beyond is below one in ten thousand


@dataclass(frozen=True)
class AreaRatios:
    """Ratios of areas to the whole.

    ratio : shape (..., areas), geometric posterior means, scaled to leave the whole unchanged
    deviation : same shape, standard deviation of the logarithm of the ratio
    raw : same shape, observed / expected
    between : shape (...,), posterior mean of τ
    """

    ratio: Floats
    deviation: Floats
    raw: Floats
    between: Floats


def steadied_area_ratios(
    observed: npt.ArrayLike, expected: npt.ArrayLike, *, spread: float = 0.25
) -> AreaRatios:
    """Ratios of observed to expected events, drawn towards 1 as far as chance blurs them.

    Parameters
    ----------
    observed : shape (..., areas), events
    expected : shape (..., areas), by the rates of the whole, above 0; only their proportions count,
        since they are scaled to add up to the observed ones
    spread : scale of the half-normal prior of τ, the standard deviation of ratios between areas

    Raises
    ------
    FiguresRefused
        If a count is negative, an expectation 0, or all areas together have no event.

    >>> found = steadied_area_ratios([80, 130, 3], [100, 100, 13])
    >>> found.ratio.round(2), found.deviation.round(2)
    (array([0.81, 1.25, 0.51]), array([0.11, 0.09, 0.41]))
    """
    events = np.atleast_1d(not_negative("observed", observed))
    share = np.atleast_1d(positive("expected", expected))
    of_one_length(observed=events, expected=share)
    events, share = np.broadcast_arrays(events, share)
    total = events.sum(axis=-1, keepdims=True)
    if (total == 0).any():
        raise FiguresRefused(
            "observed", 0, "all areas together have at least one event",
            "take more years, or leave out the ratios",
            zh="各区域合计至少应有一例；请多取几年，或不作区域差异",
        )  # fmt: skip
    mean = share * total / share.sum(axis=-1, keepdims=True)
    tau = np.linspace(0, _WIDEST * positive("spread", spread), _GRID + 1)[1:]
    shape = (tau**-2).reshape(-1, *[1] * events.ndim)
    weight = _weights(events, mean, shape, tau / spread)
    log_ratio, deviation = _posterior(events, mean, shape, weight[..., None])
    ratio = np.exp(log_ratio)
    ratio = ratio * total / (ratio * mean).sum(axis=-1, keepdims=True)
    between = np.tensordot(tau, weight, axes=1)
    return AreaRatios(ratio, deviation, events / mean, np.asarray(between))


def _weights(events: Floats, mean: Floats, shape: Floats, scaled: Floats) -> Floats:
    """Posterior weight of each τ: shape (grid, ...)."""
    some = events > 0
    counted = np.where(some, events, 1.0)
    # ln Γ(y + a) - ln Γ(a) by the beta function, whose digits do not cancel for a large shape.
    rising = np.where(some, gammaln(counted) - betaln(shape, counted), 0.0)
    likelihood = (
        rising - events * np.log(shape + mean) - shape * np.log1p(mean / shape)
    ).sum(axis=-1)  # fmt: skip
    prior = (-(scaled**2) / 2).reshape(-1, *[1] * (events.ndim - 1))
    log_weight = likelihood + prior
    weight = np.exp(log_weight - log_weight.max(axis=0))
    return np.asarray(weight / weight.sum(axis=0))


def _posterior(
    events: Floats, mean: Floats, shape: Floats, weight: Floats
) -> tuple[Floats, Floats]:
    """Mean and deviation of ln θ over the gamma posteriors of all τ."""
    centre = digamma(events + shape) - np.log(mean + shape)
    within = polygamma(1, events + shape)
    log_ratio = (weight * centre).sum(axis=0)
    variance = (weight * (within + (centre - log_ratio) ** 2)).sum(axis=0)
    return log_ratio, np.sqrt(variance)
