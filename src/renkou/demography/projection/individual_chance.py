"""The chance of individuals, beside that of the rates: who dies, moves and is born. Pure.

With the same rates two years differ, since each person lives or dies, stays or leaves: numbers are
binomial, births Poisson. A city of millions hardly feels it; a township's first-graders do.

Drawing every number of a thousand trajectories from its own binomial would take minutes. Each cell
is drawn instead from the distribution on two points that has the binomial's (Poisson's) mean,
variance and skewness. It never leaves [0, n], so nothing is cut off; for n = 1 it is the Bernoulli
distribution itself. One cell takes two values in a year, but sums over ages, areas and years,
and a cell after a few years, approach the normal distribution as binomial sums do.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats

Small = npt.NDArray[np.float32]
_PRODUCTS_AT_ONCE = 262_144
_HALF = np.float32(0.5)
_TINY = np.float32(1e-30)
_SCALE = np.float32(2**-31)
_MANY_AREAS = 30  # from so many the first step of the iteration is right within one in a thousand
_Either = TypeVar("_Either", Floats, Small)


class Expected:
    """No chance: every flow is its expectation."""

    notes: tuple[str, ...] = ()

    def grow_older(self, start: Floats, ratio: Floats, out: Floats) -> None:
        """Those of `start` who live, a year older; the last two ages share the last ratio."""
        later = ratio[..., 1:] if ratio.shape[-1] > 1 else ratio
        np.multiply(start[..., :-1], later, out=out[..., 1:])
        out[..., -1] += start[..., -1] * ratio[..., -1]

    def part(self, people: Floats, probability: Floats) -> Floats:
        """Those of `people` to whom a thing of this probability happens."""
        return people * probability

    def births(self, expected: Floats, girls: Floats) -> Floats:
        """Boys and girls of expected births, (..., 2)."""
        daughters = expected * girls
        return np.stack([expected - daughters, daughters], axis=-1)

    def leavers(self, stock: Floats, rate: Floats, out: Floats) -> None:
        """Those of `stock` who leave."""
        np.multiply(stock, rate, out=out)

    def arrivals(self, leaving: Floats, to: Floats, outside: Floats, out: Floats) -> Floats:
        """Arrivals by area into `out`; returns who left for outside, by origin and sex.

        `to` (n or 1, areas, areas) holds shares by destination and origin, `outside`
        (n or 1, areas, 1) the share that leaves all areas.
        """
        _multiply_in_slices(to, _by_area(leaving), out=_by_area(out))
        gone: Floats = leaving.sum(-1) * outside
        return gone

    def counts(self, mean: Floats, shape: tuple[int, ...]) -> Floats:
        """Numbers that come whatever the stock, arrivals from outside; shape of `mean` will do."""
        return mean


class Individuals(Expected):
    """Births, deaths and moves of individuals."""

    notes = (
        "Individuals' chance: births are Poisson, their sex binomial; deaths, departures and "
        "arrivals are drawn from two points with the mean, variance and skewness of the binomial "
        "(arrivals from outside: Poisson), never below 0 or above the people there are.",
    )

    def __init__(self, seed: int) -> None:
        self.generator = np.random.Generator(np.random.SFC64(seed))

    def grow_older(self, start: Floats, ratio: Floats, out: Floats) -> None:
        """Those of `start` who live, a year older; the last two ages share the last ratio."""
        exposed = start[..., :-1].copy()
        exposed[..., -1] += start[..., -1]
        out[..., 1:] = self.part(exposed, ratio[..., 1:] if ratio.shape[-1] > 1 else ratio)

    def part(self, people: Floats, probability: Floats) -> Floats:
        """Those of `people` to whom a thing of this probability happens."""
        drawn = people * probability
        drawn += self._deviation(people, probability)
        _within(drawn, people)
        return drawn

    def births(self, expected: Floats, girls: Floats) -> Floats:
        """Boys and girls, whole numbers."""
        born = self.generator.poisson(expected)
        daughters = self.generator.binomial(born, np.broadcast_to(girls, born.shape))
        return np.stack([born - daughters, daughters], axis=-1).astype(np.float64)

    def leavers(self, stock: Floats, rate: Floats, out: Floats) -> None:
        """Those of `stock` who leave."""
        out[...] = self.part(stock, rate)

    def arrivals(self, leaving: Floats, to: Floats, outside: Floats, out: Floats) -> Floats:
        """Arrivals by area into `out`; returns who left for outside, by origin and sex.

        Each destination, outside among them, has the variance of its multinomial numbers,
        Σ leaving x share x (1 - share) over origins, these in the proportions of all sexes and
        ages. What the draws add up to too much or too
        little is taken from all in proportion to their variance, so arrivals are who left.
        """
        left = _by_area(leaving)
        gone = leaving * outside[..., None]
        mean = np.empty((*left.shape[:-2], left.shape[-2] + 1, left.shape[-1]))
        _multiply_in_slices(to, left, out=mean[..., :-1, :])
        mean[..., -1, :] = _by_area(gone).sum(-2)
        variance = mean * _not_from_one_origin(left.sum(-1), to, outside)
        drawn = self._adding_up(mean, variance.astype(np.float32))
        _by_area(out)[...] = drawn[..., :-1, :]
        ratio = np.divide(
            drawn[..., -1, :], mean[..., -1, :], out=np.ones_like(mean[..., -1, :]),
            where=mean[..., -1, :] > 0,
        )  # fmt: skip
        by_sex: Floats = (gone * ratio.reshape(len(leaving), 1, *leaving.shape[-2:])).sum(-1)
        return by_sex

    def _adding_up(self, mean: Floats, variance: Small) -> Floats:
        """Draws of destinations (rows, areas, cells) that keep the sum over areas."""
        expected = mean.astype(np.float32)
        before = _before_adding_up(variance)
        ratio = before / np.maximum(expected, _TINY)
        skew = np.maximum(ratio - 1, -expected)  # so that no draw is below 0
        skew += ratio
        skew *= _HALF
        drawn = self._two_points(skew, np.sqrt(before + skew * skew), mean.shape)
        before *= drawn.sum(-2, keepdims=True) / np.maximum(before.sum(-2, keepdims=True), _TINY)
        drawn -= before
        drawn += expected
        np.maximum(drawn, 0, out=drawn)
        result = drawn.astype(np.float64)
        found, total = result.sum(-2, keepdims=True), mean.sum(-2, keepdims=True)
        nothing = found <= 0
        result *= total / np.where(nothing, 1, found)
        return np.where(nothing, mean, result) if nothing.any() else result

    def counts(self, mean: Floats, shape: tuple[int, ...]) -> Floats:
        """Poisson numbers by their two points."""
        half = np.full(1, 0.5, dtype=np.float32)
        drawn = mean + self._two_points(half, np.sqrt(mean.astype(np.float32) + half * half), shape)
        drawn[drawn < 0] = 0  # the rounding of single precision
        return drawn

    def _deviation(self, n: Floats, p: Floats) -> Small:
        """Draws minus n p; less than one person is all there or all gone."""
        people = n.astype(np.float32)
        skew = _HALF - np.asarray(p, dtype=np.float32)
        variance = np.maximum(np.float32(0.25) - skew * skew, np.float32(0))
        whole = np.minimum(people, np.float32(1))
        variance = variance * people
        variance *= whole
        skew = skew * whole
        return self._two_points(skew, np.sqrt(variance + skew * skew), people.shape)

    def _two_points(self, skew: Small, reach: Small, shape: tuple[int, ...]) -> Small:
        """`skew + reach` with probability (1 - skew / reach) / 2, else `skew - reach`."""
        chance = self._between_minus_one_and_one(shape)
        chance *= reach
        chance += skew
        drawn: Small = skew - np.copysign(reach, chance)
        return drawn

    def _between_minus_one_and_one(self, shape: tuple[int, ...]) -> Small:
        """Uniform numbers from halves of the generator's 64 bits: twice as fast as `random`."""
        count = math.prod(shape)
        raw = self.generator.bit_generator.random_raw((count + 1) // 2)
        uniform: Small = np.multiply(raw.view(np.int32)[:count], _SCALE, dtype=np.float32)
        return uniform.reshape(shape)


def _multiply_in_slices(to: _Either, left: _Either, out: _Either) -> None:
    """`to @ left`, some destinations at a time: larger products start the threads of the library
    of linear algebra, which then wait for those of other blocks (twice the time on two processors).
    """
    rows = max(1, _PRODUCTS_AT_ONCE // max(1, left.shape[-2] * left.shape[-1]))
    for first in range(0, to.shape[-2], rows):
        np.matmul(to[..., first : first + rows, :], left, out=out[..., first : first + rows, :])


def _by_area(values: Floats) -> Floats:
    return values.reshape(*values.shape[:-2], -1)


def _before_adding_up(variance: Small) -> Small:
    """The variance s of draws of which, once they add up, `variance` = s (1 - s / Σ s) is left."""
    drawn = variance
    for _ in range(1 if variance.shape[-2] > _MANY_AREAS else 4):
        rest = drawn * (-1 / np.maximum(drawn.sum(-2, keepdims=True), _TINY))
        rest += 1
        drawn = variance / np.maximum(rest, np.float32(0.2), out=rest)
    return drawn


def _not_from_one_origin(left: Floats, to: Floats, outside: Floats) -> Floats:
    """Variance of arrivals per arrival, (rows, areas + 1, 1): 1 - Σ left share² / Σ left share.

    0 where all who come were bound to come, near 1 where a few come from each of many places.
    """
    shares = np.concatenate([to, np.swapaxes(outside, -1, -2)], axis=-2)
    arrived = (shares @ left[..., None])[..., 0]
    squared = ((shares * shares) @ left[..., None])[..., 0]
    ratio = squared / np.where(arrived > 0, arrived, 1)
    freedom: Floats = np.maximum(1 - ratio, 0)[..., None]
    return freedom


def _within(drawn: Floats, most: Floats) -> None:
    """Take off what the rounding of single precision puts beyond the ends."""
    np.clip(drawn, 0, most, out=drawn)
