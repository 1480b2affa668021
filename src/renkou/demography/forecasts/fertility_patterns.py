"""Fertility by age from a total and a pattern, which may be shifted and stretched. Pure.

A pattern is the share of births that fall to women of each age, were all ages of one size. What is
shifted is its running total, drawn as a monotone cubic (PCHIP), so that shares are never
negative and always add to 1; the mean age and spread asked for are then met exactly.

Source: Fritsch & Butland (1984), SIAM Journal on Scientific and Statistical Computing 5(2), 300-304
(the monotone cubic); shift and stretch by mean and spread as in Lee (1993), International Journal of
Forecasting 9(2), 187-202, and Thompson et al. (1989), JASA 84, 689-699.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import PchipInterpolator

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import (
    Floats,
    evenly_spaced,
    not_negative,
    of_one_length,
    positive,
    refuse_where,
    starts_of_ages,
)
from renkou.demography.forecasts.relational_mortality import common_shape

_CLOSE, _ROUNDS = 1e-10, 200
CHILDBEARING = (15, 50)


@dataclass(frozen=True, eq=False)
class FertilityPattern:
    """Shares by single age of the mother, which add to 1 over the last axis."""

    shares: Floats  # shape (..., n_ages)
    ages: Floats  # shape (n_ages,)
    notes: tuple[str, ...]

    @property
    def mean_age(self) -> Floats:
        """Mean age at childbearing, births lying halfway through each year of age."""
        return (self.shares * (self.ages + 0.5)).sum(axis=-1)

    @property
    def sd_age(self) -> Floats:
        """Standard deviation of the age at childbearing."""
        off = self.ages + 0.5 - self.mean_age[..., None]
        return np.sqrt((self.shares * off**2).sum(axis=-1))


def asfr_for(
    tfr: npt.ArrayLike,
    pattern: npt.ArrayLike,
    mean_age: npt.ArrayLike | None = None,
    sd_age: npt.ArrayLike | None = None,
    *,
    ages: npt.ArrayLike | None = None,
) -> Floats:
    """Births per woman by single age: a total fertility rate times a pattern.

    Parameters
    ----------
    tfr : shape (...), children per woman
    pattern : shape (..., n_ages), rates or shares by single age; only their proportions count
    mean_age, sd_age : shape (...), mean age at childbearing and its standard deviation, to which the
        pattern is moved and stretched; without them it stays as it is
    ages : shape (n_ages,), single ages; without it 15 to 49 for 35 ages, 0, 1, … for others

    Raises
    ------
    FiguresRefused
        If shapes do not broadcast, a figure is negative, a pattern is all 0, or no shifted pattern
        has the mean age asked.

    >>> asfr_for([2.1, 1.05], [0, 2, 1], ages=[20, 21, 22])
    array([[0.  , 1.4 , 0.7 ],
           [0.  , 0.7 , 0.35]])
    """
    total = not_negative("tfr", tfr)
    found = fertility_pattern(pattern, mean_age, sd_age, ages=ages)
    common_shape(tfr=total, pattern=found.shares[..., 0])
    return total[..., None] * found.shares


def fertility_pattern(
    pattern: npt.ArrayLike,
    mean_age: npt.ArrayLike | None = None,
    sd_age: npt.ArrayLike | None = None,
    *,
    ages: npt.ArrayLike | None = None,
) -> FertilityPattern:
    """A pattern of fertility with the mean age at childbearing, and the spread, asked for.

    Parameters
    ----------
    pattern : shape (..., n_ages), rates or shares by single age
    mean_age, sd_age : shape (...), years; broadcast with the pattern's axes before ages
    ages : shape (n_ages,), single ages; without it 15 to 49 for 35 ages, 0, 1, … for others

    Raises
    ------
    FiguresRefused
        As `asfr_for`.

    >>> moved = fertility_pattern([1, 3, 4, 2, 1, 0.5], 22.5, ages=range(20, 26))
    >>> moved.mean_age.round(6), moved.shares.sum().round(12)
    (np.float64(22.5), np.float64(1.0))
    """
    shares, years = _shares(pattern, ages)
    own = FertilityPattern(shares, years, ("Pattern of fertility as given.",))
    if mean_age is None and sd_age is None:
        return own
    asked = own.mean_age if mean_age is None else positive("mean_age", mean_age)
    spread = None if sd_age is None else positive("sd_age", sd_age)
    named = {"pattern": shares[..., 0], "mean_age": asked}
    shape = common_shape(**named, **({} if spread is None else {"sd_age": spread}))
    asked = np.broadcast_to(asked, shape)
    moved = _moved(np.broadcast_to(shares, (*shape, len(years))), years, asked, spread)
    words = "the mean age" if spread is None else "the mean age and spread"
    notes = (
        f"Pattern of fertility moved to {words} at childbearing asked; what would fall before age "
        f"{years[0]:.0f} or after {years[-1]:.0f} is spread over the ages in between.",
    )
    return FertilityPattern(moved, years, notes)


def _shares(pattern: npt.ArrayLike, ages: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    rates = np.atleast_1d(not_negative("pattern", pattern))
    if ages is None:
        first = CHILDBEARING[0] if rates.shape[-1] == CHILDBEARING[1] - CHILDBEARING[0] else 0
        years = np.arange(first, first + rates.shape[-1], dtype=np.float64)
    else:
        years = evenly_spaced("ages", starts_of_ages("ages", ages), 1)
        of_one_length(pattern=rates, ages=years)
    return adding_to_one("pattern", rates), years


def adding_to_one(name: str, rates: Floats) -> Floats:
    """Rates over their sum along the last axis; refused where that is 0."""
    total = rates.sum(axis=-1)
    refuse_where(
        f"sum of {name}", total, total == 0, "a pattern has a rate above 0 at some age",
        "give the pattern of a larger area", "生育模式应至少有一个年龄大于 0；请改用更大区域的模式",
    )  # fmt: skip
    shares: Floats = rates / total[..., None]
    return shares


def _running(shares: Floats) -> Floats:
    zero = np.zeros((*shares.shape[:-1], 1))
    total: Floats = np.concatenate([zero, np.cumsum(shares, axis=-1)], axis=-1)
    return total


def _moved(shares: Floats, years: Floats, mean: Floats, sd: Floats | None) -> Floats:
    """Patterns with mean and spread asked: y goes to centre + (y - own mean) scale.

    The pattern cut at the ends has not quite the mean and spread of the line; both are corrected by
    what is missing until they are met.
    """
    bounds = np.append(years, years[-1] + 1)
    total = _running(shares)
    slopes = PchipInterpolator(bounds, total, axis=-1).derivative()(bounds)
    own = FertilityPattern(shares, years, ())
    centre, scale, own_mean = mean.copy(), np.ones(mean.shape), own.mean_age
    if sd is not None:
        scale = np.broadcast_to(sd, mean.shape) / own.sd_age
    for _ in range(_ROUNDS):
        at = own_mean[..., None] + (bounds - centre[..., None]) / scale[..., None]
        found = np.abs(np.diff(_hermite(total, slopes, at - bounds[0]), axis=-1))
        inside = found.sum(axis=-1, keepdims=True)
        found /= np.where(inside > 0, inside, 1)
        now = FertilityPattern(found, years, ())
        off, wide = mean - now.mean_age, np.ones(mean.shape)
        if sd is not None:
            wide = sd / np.maximum(now.sd_age, 1e-3)
        if np.abs(off).max() < _CLOSE and np.abs(wide - 1).max() < _CLOSE:
            return found
        centre, scale = centre + off, scale * wide
    return _refused(np.abs(off) + np.abs(wide - 1), mean, now.mean_age)


def _refused(off: Floats, asked: Floats, reached: Floats) -> Floats:
    at = tuple(np.argwhere(off >= _CLOSE)[0])
    place = f"mean_age[{', '.join(map(str, at))}]" if at else "mean_age"
    raise FiguresRefused(
        place, f"{asked[at]:g}",
        f"no moved pattern has this mean age and spread within its ages (it reached {reached[at]:.2f})",
        "ask a mean age and spread nearer to the pattern's own, or give a pattern of more ages",
        zh=f"在给定年龄范围内无法达到该平均生育年龄与离散程度（只达到 {reached[at]:.2f} 岁）；"
        "请取更接近原模式的数值，或给出更宽年龄范围的模式",
    )  # fmt: skip


def _hermite(total: Floats, slopes: Floats, at: Floats) -> Floats:
    """Monotone cubics with knots at 0, 1, 2, …, each row at its own places; flat outside."""
    last = total.shape[-1] - 1
    place = np.clip(at, 0, last)
    left = np.minimum(place.astype(np.int64), last - 1)
    t = place - left
    low, high = (np.take_along_axis(total, left + k, axis=-1) for k in (0, 1))
    from_low, to_high = (np.take_along_axis(slopes, left + k, axis=-1) for k in (0, 1))
    bend = t * (1 - t)
    result: Floats = (
        low + (high - low) * t**2 * (3 - 2 * t) + bend * ((1 - t) * from_low - t * to_high)
    )
    return result
