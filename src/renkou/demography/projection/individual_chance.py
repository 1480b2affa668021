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

import numpy as np

from renkou.demography.checked import Floats

_PRODUCTS_AT_ONCE = 262_144
_MANY_AREAS = 30  # from so many the first step of the iteration is right within one in a thousand


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

    def leave(self, stock: Floats, rate: Floats, out: Floats) -> None:
        """Those of `stock` who leave go from there into `out`."""
        np.multiply(stock, rate, out=out)
        np.subtract(stock, out, out=stock)

    def arrivals(self, leaving: Floats, to: Floats, outside: Floats, out: Floats) -> Floats:
        """Arrivals by area into `out`; returns who left for outside, by origin and sex.

        `to` (n or 1, areas, areas) holds shares by destination and origin, `outside`
        (n or 1, areas, 1) the share that leaves all areas.
        """
        _multiply_in_slices(to, _by_area(leaving), out=_by_area(out))
        gone: Floats = leaving.sum(-1) * outside
        return gone

    def newcomers(self, mean: Floats, entering: Floats) -> Floats:
        """Numbers that come whatever the stock are added to `entering`; returns them by sex."""
        entering += mean
        total: Floats = np.broadcast_to(mean, entering.shape).sum(-1)
        return total


class Individuals(Expected):
    """Births, deaths and moves of individuals."""

    notes = (
        "Individuals' chance: births are Poisson, their sex binomial; deaths, departures and "
        "arrivals are drawn from two points with the mean, variance and skewness of the binomial "
        "(arrivals from outside: Poisson), never below 0 or above the people there are.",
    )

    def __init__(self, seed: int) -> None:
        # The compiler takes half a second to load: only those who draw wait for it.
        from renkou.demography.projection import compiled_draws

        self.compiled = compiled_draws
        self.generator = np.random.Generator(np.random.SFC64(seed))

    def grow_older(self, start: Floats, ratio: Floats, out: Floats) -> None:
        """Those of `start` who live, a year older; the last two ages share the last ratio."""
        by_age = (-1, start.shape[-1])
        whole = np.ascontiguousarray(np.broadcast_to(ratio, start.shape))
        self.compiled.draw_survivors(
            start.reshape(by_age), whole.reshape(by_age), self._key(), out.reshape(by_age)
        )

    def part(self, people: Floats, probability: Floats) -> Floats:
        """Those of `people` to whom a thing of this probability happens."""
        drawn = np.empty(people.shape)
        chances = np.broadcast_to(probability, people.shape).ravel()
        self.compiled.draw_parts(people.ravel(), chances, self._key(), drawn.reshape(-1))
        return drawn

    def births(self, expected: Floats, girls: Floats) -> Floats:
        """Boys and girls, whole numbers."""
        born = self.generator.poisson(expected)
        daughters = self.generator.binomial(born, np.broadcast_to(girls, born.shape))
        return np.stack([born - daughters, daughters], axis=-1).astype(np.float64)

    def leave(self, stock: Floats, rate: Floats, out: Floats) -> None:
        """Those of `stock` who leave go from there into `out`."""
        rows = (len(stock), -1)
        rates = _in_rows(rate, stock.shape)
        self.compiled.draw_leavers(stock.reshape(rows), rates, self._key(), out.reshape(rows))

    def arrivals(self, leaving: Floats, to: Floats, outside: Floats, out: Floats) -> Floats:
        """Arrivals by area into `out`; returns who left for outside, by origin and sex.

        Each destination, outside among them, has the variance of its multinomial numbers,
        Σ leaving x share x (1 - share) over origins, these in the proportions of all sexes and
        ages. What the draws add up to too much or too little is taken from all in proportion to
        their variance, so arrivals are who left.
        """
        left = _by_area(leaving)
        mean = np.empty((*left.shape[:-2], left.shape[-2] + 1, left.shape[-1]))
        _multiply_in_slices(to, left, out=mean[..., :-1, :])
        np.matmul(np.swapaxes(outside, -1, -2), left, out=mean[..., -1:, :])
        freedom = _not_from_one_origin(left.sum(-1), to, outside)
        drawn = np.empty_like(mean)
        rounds = 1 if mean.shape[-2] > _MANY_AREAS else 4
        self.compiled.draw_arrivals(mean, freedom, self._key(), rounds, drawn)
        _by_area(out)[...] = drawn[..., :-1, :]
        ratio = np.divide(
            drawn[..., -1, :], mean[..., -1, :], out=np.ones_like(mean[..., -1, :]),
            where=mean[..., -1, :] > 0,
        )  # fmt: skip
        ratio = ratio.reshape(len(leaving), *leaving.shape[-2:])
        gone: Floats = np.einsum("rasx,rsx->ras", leaving, ratio)
        gone *= outside
        return gone

    def newcomers(self, mean: Floats, entering: Floats) -> Floats:
        """Poisson numbers, by their two points, are added to `entering`; returns them by sex."""
        total = np.empty(entering.shape[:-1])
        rows = (len(entering), -1)
        self.compiled.draw_newcomers(
            _in_rows(mean, entering.shape), self._key(), entering.shape[-1],
            entering.reshape(rows), total.reshape(rows),
        )  # fmt: skip
        return total

    def _key(self) -> np.uint64:
        """Of a stream of random numbers of its own."""
        return np.uint64(self.generator.bit_generator.random_raw())


def _in_rows(values: Floats, shape: tuple[int, ...]) -> Floats:
    """Values in rows (as many as there are, or one) of contiguous cells."""
    whole = np.broadcast_to(values, (len(values), *shape[1:]))
    return np.ascontiguousarray(whole).reshape(len(values), -1)


def _multiply_in_slices(to: Floats, left: Floats, out: Floats) -> None:
    """`to @ left`, some destinations at a time: larger products start the threads of the library
    of linear algebra, which then wait for those of other blocks (twice the time on two processors).
    """
    rows = max(1, _PRODUCTS_AT_ONCE // max(1, left.shape[-2] * left.shape[-1]))
    for first in range(0, to.shape[-2], rows):
        np.matmul(to[..., first : first + rows, :], left, out=out[..., first : first + rows, :])


def _by_area(values: Floats) -> Floats:
    return values.reshape(*values.shape[:-2], -1)


def _not_from_one_origin(left: Floats, to: Floats, outside: Floats) -> Floats:
    """Variance of arrivals per arrival, (rows, areas + 1): 1 - Σ left share² / Σ left share.

    0 where all who come were bound to come, near 1 where a few come from each of many places.
    """
    shares = np.concatenate([to, np.swapaxes(outside, -1, -2)], axis=-2)
    arrived = (shares @ left[..., None])[..., 0]
    squared = ((shares * shares) @ left[..., None])[..., 0]
    ratio = squared / np.where(arrived > 0, arrived, 1)
    freedom: Floats = np.maximum(1 - ratio, 0)
    return freedom
