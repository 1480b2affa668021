"""Quantiles of trajectories, and how far chance in the number of trajectories moves them. Pure.

Monte-Carlo error. The p-quantile of n independent trajectories lies with 95 % confidence between the
order statistics np ± 1.96 √(np (1-p)) (David & Nagaraja 2003, Order Statistics, 3rd ed., section 7.1). Of
1,000 trajectories the 10 % quantile is thus some rank between 81 and 119, for a normal spread
± .106 standard deviations, and the 2.5 % quantile ± .16: the ends of an 80 % interval are good to about 8 %
of its half width and those of a 95 % interval too. Mirrored pairs (`counter_draws`) make it less; ten
thousand trajectories a third.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, probabilities

USUAL = (0.025, 0.1, 0.5, 0.9, 0.975)
_CELLS_AT_ONCE = 4096  # so that a block of trajectories by cells stays in the processor's cache


def trajectory_quantiles(
    values: npt.ArrayLike, levels: Sequence[float] = USUAL
) -> npt.NDArray[np.floating[Any]]:
    """Quantiles over the first axis, linear between order statistics: (levels, ...).

    Single precision stays single. A place where any trajectory is not a number is not a number.

    >>> trajectory_quantiles([[1.0], [2.0], [3.0]], (0.0, 0.5, 0.75)).ravel()
    array([1. , 2. , 2.5])
    """
    array = _trajectories(values)
    rank = _levels(levels) * (len(array) - 1)
    low = np.floor(rank).astype(np.int64)
    high = np.minimum(low + 1, len(array) - 1)
    kept = np.unique(np.concatenate([low, high]))
    place, part = {int(k): i for i, k in enumerate(kept)}, (rank - low).astype(array.dtype)
    flat = array.reshape(len(array), -1)
    found = np.empty((len(rank), flat.shape[1]), dtype=array.dtype)
    for at in range(0, flat.shape[1], _CELLS_AT_ONCE):
        ordered = order_statistics(flat[:, at : at + _CELLS_AT_ONCE], kept)
        for i, weight in enumerate(part):
            below, above = ordered[place[int(low[i])]], ordered[place[int(high[i])]]
            found[i, at : at + _CELLS_AT_ONCE] = below + weight * (above - below)
    return found.reshape(len(rank), *array.shape[1:])


def order_statistics(
    block: npt.NDArray[np.floating[Any]], ranks: npt.NDArray[np.int64]
) -> npt.NDArray[np.floating[Any]]:
    """The values of given ranks among trajectories (trajectories, cells): (ranks, cells)."""
    by_cell = np.array(block.T, order="C", copy=True)
    by_cell.sort(axis=1)  # beside five partitions of short rows, a sort is the faster
    found = np.ascontiguousarray(by_cell[:, ranks].T)
    found[:, np.isnan(by_cell[:, -1])] = np.nan
    return found


def quantile_error(values: npt.ArrayLike, levels: Sequence[float] = USUAL) -> Floats:
    """Monte-Carlo standard error of each quantile, from the order statistics around it: (levels, ...).

    >>> normal = np.random.default_rng(1).standard_normal((1000, 1))
    >>> quantile_error(normal, (0.1, 0.5)).round(3).ravel()
    array([0.052, 0.037])
    """
    array = _trajectories(values)
    p = _levels(levels)
    around = 1.96 * np.sqrt(p * (1 - p) / len(array))
    low, high = np.maximum(p - around, 0), np.minimum(p + around, 1)
    width = trajectory_quantiles(array, tuple(high)) - trajectory_quantiles(array, tuple(low))
    return np.asarray(width / (2 * 1.96), dtype=np.float64)


def _levels(levels: Sequence[float]) -> Floats:
    array = np.atleast_1d(probabilities("levels", levels))
    if array.ndim != 1:
        raise FiguresRefused(
            "levels", array.shape, "is one row of levels", "give levels such as (0.1, 0.5, 0.9)",
            zh="分位水平应为一行；请给出如 (0.1, 0.5, 0.9) 的水平",
        )  # fmt: skip
    return array


def _trajectories(values: npt.ArrayLike) -> npt.NDArray[np.floating[Any]]:
    array = np.asarray(values)
    if array.dtype.kind != "f":
        array = array.astype(np.float64)
    if array.ndim == 0 or len(array) == 0:
        raise FiguresRefused(
            "values", array.shape, "has trajectories on its first axis", "give at least one trajectory",
            zh="第一维应为各条轨迹；请至少给出一条轨迹",
        )  # fmt: skip
    return array
