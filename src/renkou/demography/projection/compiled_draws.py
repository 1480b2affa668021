"""Draws of individuals' chance for every cell at once, compiled. Internal.

Cells number hundreds of millions in a run. Array expressions would pass through memory some fifteen
times for each draw; one compiled loop passes once (docs/decisions/0009). Arrays are contiguous and of
double precision. Uniform numbers are those of the SplitMix64 generator: the n-th of a stream follows from
its `key` and n alone, so that loops need no table of them.

What is drawn takes two points: `mean + skew + reach` with probability (1 - skew / reach) / 2, else
`mean + skew - reach`, where skew is half the third moment by the variance, and reach² = variance + skew².
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np

from renkou.demography.checked import Floats

_F = TypeVar("_F", bound=Callable[..., object])
_TO_ONE = 2.0**-63
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)
_TINY = 1e-30
_LEAST_REST = 0.2  # of a destination that takes nearly all: its variance is not blown up further


def _compiled(function: _F) -> _F:
    """Machine code, kept between processes where there is a folder to keep it in."""
    try:
        kept = numba.njit(function, nogil=True, error_model="numpy", cache=True)
        return cast(_F, kept)
    except RuntimeError:  # a service without a home, installed where nothing may be written
        return cast(_F, numba.njit(function, nogil=True, error_model="numpy"))


@numba.njit(inline="always", error_model="numpy")
def _uniform(key: np.uint64, place: int) -> float:
    """In [-1, 1). Source: Steele, Lea and Flood (2014), Fast splittable pseudorandom generators, fig. 16."""
    z = key + np.uint64(place) * _STEP
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return np.int64(z ^ (z >> _S31)) * _TO_ONE


@numba.njit(inline="always", error_model="numpy")
def _binomial(n: float, p: float, uniform: float) -> float:
    """Of `n` people those to whom it happens: less than one person is all there or all gone."""
    whole = min(n, 1.0)
    skew = 0.5 - p
    variance = max(0.25 - skew * skew, 0.0) * n * whole
    skew *= whole
    reach = math.sqrt(variance + skew * skew)
    drawn = n * p + (skew - reach if uniform * reach + skew >= 0 else skew + reach)
    return min(max(drawn, 0.0), n)


@_compiled
def draw_parts(people: Floats, probability: Floats, key: np.uint64, out: Floats) -> None:
    """Those of `people` (cells,) to whom a thing of this probability happens."""
    for cell in range(people.size):
        out[cell] = _binomial(people[cell], probability[cell], _uniform(key, cell))


@_compiled
def draw_leavers(stock: Floats, rate: Floats, key: np.uint64, out: Floats) -> None:
    """Those of `stock` (rows, cells) who leave go from there into `out`; `rate` has as many rows, or one."""
    rows, cells = stock.shape
    for row in range(rows):
        rates = rate[min(row, rate.shape[0] - 1)]
        for cell in range(cells):
            left = _binomial(stock[row, cell], rates[cell], _uniform(key, row * cells + cell))
            out[row, cell] = left
            stock[row, cell] -= left


@_compiled
def draw_survivors(start: Floats, ratio: Floats, key: np.uint64, out: Floats) -> None:
    """Those of `start` (rows, ages) who live, a year older, but the newborn: age 0 is left as it is.

    The last two ages share the last ratio.
    """
    ages = start.shape[1]
    for row in range(start.shape[0]):
        first = row * ages
        for age in range(1, ages - 1):
            uniform = _uniform(key, first + age)
            out[row, age] = _binomial(start[row, age - 1], ratio[row, age], uniform)
        oldest = start[row, ages - 2] + start[row, ages - 1]
        uniform = _uniform(key, first + ages - 1)
        out[row, ages - 1] = _binomial(oldest, ratio[row, ages - 1], uniform)


@_compiled
def draw_newcomers(
    mean: Floats, key: np.uint64, ages: int, entering: Floats, total: Floats
) -> None:
    """Poisson numbers are added to `entering` (rows, cells); `mean` has as many rows, or one.

    `total` (rows, cells / ages) is filled with their sums over ages.
    """
    rows, cells = entering.shape
    for row in range(rows):
        means = mean[min(row, mean.shape[0] - 1)]
        for group in range(cells // ages):
            found = 0.0
            for cell in range(group * ages, (group + 1) * ages):
                reach = math.sqrt(means[cell] + 0.25)
                high = _uniform(key, row * cells + cell) * reach + 0.5 < 0
                number = max(means[cell] + (0.5 + reach if high else 0.5 - reach), 0.0)
                entering[row, cell] += number
                found += number
            total[row, group] = found


@_compiled
def draw_arrivals(mean: Floats, freedom: Floats, key: np.uint64, rounds: int, out: Floats) -> None:
    """Arrivals (rows, destinations, cells) that add up over destinations to those of `mean`.

    A destination's numbers have the variance `mean` x `freedom` (rows, destinations). Destinations are
    drawn one by one and what they add up to too much or too little is taken from all in proportion to
    the variance s they were drawn with, of which s (1 - s / Σ s) is left; `rounds` of iteration find s.
    """
    rows, places, cells = mean.shape
    drawn_with, whole = np.empty((places, cells)), np.empty(cells)
    for row in range(rows):
        _variances_to_draw_with(mean[row], freedom[row], rounds, drawn_with, whole)
        _draw_each(mean[row], drawn_with, key, row * places * cells, out[row])
        _keep_sums(mean[row], drawn_with, whole, out[row])


@_compiled
def _variances_to_draw_with(
    mean: Floats, freedom: Floats, rounds: int, out: Floats, whole: Floats
) -> None:
    """Variances (places, cells) into `out`, and their sums over places into `whole`."""
    places, cells = mean.shape
    for place in range(places):
        for cell in range(cells):
            out[place, cell] = mean[place, cell] * freedom[place]
    _sum_places(out, whole)
    for _ in range(rounds):
        for place in range(places):
            for cell in range(cells):
                rest = 1.0 - out[place, cell] / max(whole[cell], _TINY)
                out[place, cell] = mean[place, cell] * freedom[place] / max(rest, _LEAST_REST)
        _sum_places(out, whole)


@_compiled
def _draw_each(mean: Floats, variance: Floats, key: np.uint64, drawn: int, out: Floats) -> None:
    """Departures from the mean of each place by itself, with the uniform numbers from `drawn` on."""
    places, cells = mean.shape
    for place in range(places):
        for cell in range(cells):
            expected, spread = mean[place, cell], variance[place, cell]
            ratio = spread / max(expected, _TINY)
            skew = (max(ratio - 1.0, -expected) + ratio) * 0.5  # so that no draw is below 0
            reach = math.sqrt(spread + skew * skew)
            high = _uniform(key, drawn + place * cells + cell) * reach + skew < 0
            out[place, cell] = skew + reach if high else skew - reach


@_compiled
def _keep_sums(mean: Floats, variance: Floats, whole: Floats, out: Floats) -> None:
    """Departures in `out` become numbers that add up over places to the sums of `mean`."""
    places, cells = mean.shape
    excess, found, wanted = np.empty(cells), np.zeros(cells), np.zeros(cells)
    _sum_places(out, excess)
    for cell in range(cells):
        excess[cell] /= max(whole[cell], _TINY)
    for place in range(places):
        for cell in range(cells):
            departure = out[place, cell] - excess[cell] * variance[place, cell]
            number = max(mean[place, cell] + departure, 0.0)
            out[place, cell] = number
            found[cell] += number
            wanted[cell] += mean[place, cell]
    for place in range(places):
        for cell in range(cells):
            if found[cell] > 0:
                out[place, cell] *= wanted[cell] / found[cell]
            else:
                out[place, cell] = mean[place, cell]


@_compiled
def _sum_places(values: Floats, out: Floats) -> None:
    out[:] = 0
    for place in range(values.shape[0]):
        for cell in range(values.shape[1]):
            out[cell] += values[place, cell]
