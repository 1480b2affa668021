"""Draws of the true base population: what the register or census missed or counted twice. Pure.

A coverage ratio says how many true people stand behind each person counted, with a 95 % interval (from
linked lists or an audit, `coverage`). The ratio is drawn so that its median is the ratio and 2.5 % of draws
lie beyond each end, also where the interval is longer on one side: log r + z × log(high / r) / 1.96 for
z > 0, and log r - |z| × log(r / low) / 1.96 below (a split normal distribution of the logarithm, never
negative). The draw of one ratio moves all cells that share it together. Different ratios (by sex, age, area)
come from one survey and one register, so their errors are not independent: `correlation` is that of any two.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, positive, refuse_where
from renkou.demography.trajectories.counter_draws import ALL, Draws, draws, names_of_areas

_OF_95 = 1.959963984540054


def base_population_draws(
    population: npt.ArrayLike,
    ratio: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    *,
    trajectories: int = 1000,
    seed: int = 0,
    first: int = 0,
    correlation: float = 0.5,
    areas: Sequence[str] | None = None,
) -> Floats:
    """Base populations as they may truly have been.

    Parameters
    ----------
    population : shape (..., 2, ages), as counted
    ratio, low, high : true people per person counted and its 95 % interval; one number, or arrays that
        spread over `population`: (2, 1) by sex, (2, ages), (areas, 1, 1)
    correlation : in [0, 1], of the errors of two different ratios
    areas : names of the first axis of a three-dimensional `population`, the keys of their chance

    Returns
    -------
    shape (trajectories, ..., 2, ages)

    >>> found = base_population_draws([[100.0], [100.0]], 1.03, 1.0, 1.06, trajectories=1000)
    >>> np.median(found, axis=0).ravel().round(1)
    array([103., 103.])
    """
    people = not_negative("population", population)
    centre, below, above = _ratios(ratio, low, high)
    shared = _correlation(correlation)
    cut = draws(seed, first, trajectories, "base")
    try:
        np.broadcast_shapes(centre.shape, people.shape)
    except ValueError:
        raise FiguresRefused(
            "ratio", centre.shape, f"spreads over a population of shape {people.shape}",
            "give one ratio, or as many as there are sexes, ages or areas",
            zh=f"覆盖率应能对应形状为 {people.shape} 的人口；请给出一个值，或按性别、年龄、区域逐一给出",
        ) from None  # fmt: skip
    z = _chance(cut, centre.shape, shared, areas)
    up, down = np.log(above / centre) / _OF_95, np.log(centre / below) / _OF_95
    drawn = centre * np.exp(np.where(z > 0, z * up, z * down))
    lead = (1,) * (people.ndim - centre.ndim)
    return np.asarray(people * drawn.reshape(len(drawn), *lead, *centre.shape))


def _chance(
    cut: Draws, shape: tuple[int, ...], shared: float, areas: Sequence[str] | None
) -> Floats:
    """Standard normal draws, one for each ratio, any two of them correlated: (trajectories, *shape)."""
    common = cut.normals(ALL, "level")
    count = int(np.prod(shape, dtype=np.int64))
    if len(shape) == 3 and shape[0] > 1:
        names = names_of_areas(areas, shape[0])
        own = np.stack(
            [cut.normals(f"own\0{n}", "innovation", count // shape[0]) for n in names], axis=1
        )
    else:
        own = cut.normals("own", "innovation", count)
    z = np.sqrt(shared) * common.reshape(-1, *[1] * (own.ndim - 1)) + np.sqrt(1 - shared) * own
    return np.asarray(z.reshape(len(common), *shape))


def _ratios(
    ratio: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    centre, below, above = (
        positive(name, values) for name, values in (("ratio", ratio), ("low", low), ("high", high))
    )
    centre, below, above = np.broadcast_arrays(centre, below, above)
    for name, end, wrong in (("low", below, below > centre), ("high", above, above < centre)):
        refuse_where(
            name, end, wrong, "the interval holds the ratio", "check that low ≤ ratio ≤ high",
            "区间应包含覆盖率；请检查是否满足 low ≤ ratio ≤ high",
        )  # fmt: skip
    return centre, below, above


def _correlation(value: float) -> float:
    if not 0 <= value <= 1:
        raise FiguresRefused(
            "correlation", value, "lies between 0 and 1", "give 1 where all ratios err alike",
            zh="相关系数应在 0 与 1 之间；各覆盖率误差相同时请取 1",
        )  # fmt: skip
    return float(value)
