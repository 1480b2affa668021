"""A process: how far and how persistently a measure strays from its median path. Pure.

On the working scale (`working_scales`) the deviation of year t = 1, 2, … after the last year known is

    d(t) = l + m (1 - φ^t) + δ t + a(t),     a(t) = φ a(t-1) + ε(t),   ε ~ N(0, σ²),   a(0) = 0

with a(t) the chance of the years; m the error of the level to which the median path returns (its
standard deviation is `mean_error`), δ that of its slope (`drift_error`, where φ = 1), l that of the level
at the start (given to `simulate`). σ² itself is known only so well: σ² = ν s² / χ²(ν), with s² = `sigma`²
and ν = `freedom`, cut where σ would be above 3 s (else the mean of exp(d) would be infinite); and φ ~
N(`phi`, `phi_error`²) within [0, 1]. So a short history makes wide and
heavy-tailed intervals, and no parameter is taken for certain that is not.

Pooled processes stand in where an area has no history, and weigh against a short one:

- POOLED_FERTILITY: φ from the published first-order autoregression of low fertility, ρ = .8859 over five
  years, so .8859^(1/5) a year (Ševčíková, Alkema & Raftery 2011, J. Stat. Softw. 43(1), section 2.3;
  Raftery, Alkema & Gerland 2014, Stat. Sci. 29:58-68). `mean_error` is the spread between countries of
  the log of the mean TFR since it fell below 2.1. σ and ν from the twelve histories.
- POOLED_LIFE_EXPECTANCY: a random walk with drift, as in Lee & Carter (1992) and Raftery et al. (2013),
  Demography 50:777-801; σ, ν and the correlation of the sexes from the twelve histories.
- POOLED_MIGRATION: first-order autoregression of the rate of net migration, as in Azose & Raftery
  (2015), Demography 52:1627-1650; φ, σ, ν from the twelve histories. Its ν is below 1: countries differ so
  much that the pooled σ hardly weighs against a history of one's own.
- AREA_FERTILITY, AREA_LIFE_EXPECTANCY, AREA_MIGRATION: how an area strays from its city or province.
  Fertility: ratio to the nation, ρ = .92464 and σ = .04522 over five years (Ševčíková, Raftery & Gerland
  2018, Demographic Research 38:1843-1884); life expectancy: difference from the nation, ρ = .95, variance
  .0482 + .0154 (82.5 - e0) over five years (Ševčíková & Raftery 2021, J. Off. Stat. 37:591-610, as in the
  package bayesLife), here at e0 = 78; both turned into yearly steps of the same spread at five
  years' distance. Migration: no published value; σ of two per thousand and φ = .8 are weak guesses
  with ν = 2, which two or three years of an area's own history outweigh.

"The twelve histories" are those of WPP 2024, 1950-2023 (Brazil, China, Ethiopia, Fiji, Germany, India,
Indonesia, Japan, Korea, Malta, Nigeria, USA). How σ and ν were chosen: the countries' own variances about
their own past drift are smaller (fertility .027, ν 2.6; life expectancy .006, ν 4.4) than what forecasters
met who did not know that drift. So σ and ν are such that forecasts of 1973, 1983, 1993 and 2003 would have
done well 5, 10 and 20 years ahead (sum of log densities of the errors). Fertility: .051² is the mean variance
of the seven countries with ten low years; from .051 to .060 and ν from 4 to 16 do about equally well, and
the smaller σ was taken. Life expectancy: .0095 with ν = 6; .011 does as well.
`benchmarks/projection_probabilistic.py` shows these scores, and the coverage that came of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from renkou.demography.checked import Floats
from renkou.demography.trajectories.working_scales import Measure

FIVE_YEARS = 5


@dataclass(frozen=True)
class Process:
    """Parameters of the deviations from a median path, with how well they are known.

    Arrays have the leading axes of the areas fitted together (none for one area). `sigma` of a life
    expectancy has a last axis for the sexes, male then female.
    """

    measure: Measure
    sigma: Floats  # shape (...) or (..., 2), per year on the working scale
    freedom: Floats  # shape (...), degrees of freedom of sigma²
    phi: Floats  # shape (...), in [0, 1]
    phi_error: Floats  # shape (...), standard error
    mean_error: Floats  # shape (...), standard error of the level returned to
    drift_error: Floats  # shape (...) or (..., 2), standard error of the yearly slope
    correlation: Floats  # shape (...), of the sexes' innovations
    noise_variance: Floats  # shape (...) or (..., 2), mean sampling variance of a year, was removed
    own_variance: Floats  # shape of sigma: the history's own estimate of sigma², below 0 by chance
    years_used: tuple[int, ...] = ()  # of any area
    notes: tuple[str, ...] = ()

    @property
    def sigma_error(self) -> Floats:
        """Standard error of sigma: σ / √(2ν)."""
        freedom = (
            self.freedom if self.sigma.shape == self.freedom.shape else self.freedom[..., None]
        )
        return np.asarray(self.sigma / np.sqrt(2 * freedom))

    def spread(self, years: int) -> Floats:
        """Standard deviation of d(t), t = 1..years, at the parameters' central values: (..., years)."""
        t = np.arange(1.0, years + 1)
        phi, square = self.phi[..., None], np.square
        if self.sigma.ndim > self.phi.ndim:
            phi = phi[..., None]
        mean = self.mean_error.reshape(phi.shape)
        chance = square(self.sigma)[..., None] * years_of_chance(phi, t)
        of_level = square(mean * (1 - phi**t))
        return np.asarray(np.sqrt(chance + of_level + square(self.drift_error[..., None] * t)))


def years_of_chance(phi: Floats, t: Floats) -> Floats:
    """(1 - φ^2t) / (1 - φ²): how many years' worth of innovation variance lie in a(t).

    >>> years_of_chance(np.array([0.0, 1.0]), np.array([9.0, 9.0]))
    array([1., 9.])
    """
    walk = phi >= 1 - 1e-9
    safe = np.where(walk, 0.5, phi)
    return np.where(walk, t, (1 - safe ** (2 * t)) / (1 - safe**2))


def yearly_autoregression(rho: float, sigma: float, step: int = FIVE_YEARS) -> tuple[float, float]:
    """φ and σ of one year that give an AR(1)'s ρ and σ over `step` years.

    >>> phi, sigma = yearly_autoregression(0.8859, 0.1016)
    >>> round(phi, 4), round(sigma, 4)
    (0.9761, 0.0476)
    """
    phi = rho ** (1 / step)
    return phi, sigma * float(np.sqrt((1 - phi**2) / (1 - rho**2)))


def constant_process(
    measure: Measure, sigma: float | Sequence[float], *, freedom: float, phi: float,
    phi_error: float = 0.0, mean_error: float = 0.0, drift_error: float = 0.0,
    correlation: float = 0.0, notes: tuple[str, ...] = (),
) -> Process:  # fmt: skip
    """A process of given numbers: an expert's, or a published one."""
    of_sex = np.asarray(sigma, dtype=np.float64)
    return Process(
        measure=measure, sigma=of_sex, freedom=np.asarray(float(freedom)), phi=np.asarray(float(phi)),
        phi_error=np.asarray(float(phi_error)), mean_error=np.asarray(float(mean_error)),
        drift_error=np.full(of_sex.shape, float(drift_error)),
        correlation=np.asarray(float(correlation)), noise_variance=np.zeros_like(of_sex),
        own_variance=np.square(of_sex), notes=notes,
    )  # fmt: skip
