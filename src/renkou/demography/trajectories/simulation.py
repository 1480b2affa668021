"""Trajectories around a given median path. Pure.

`simulate` draws the deviations of a `Process` (formula in `processes`) and sets them on the median path by
the working scale. The median of the trajectories is the path: exactly so for an even number of
trajectories of one component, since they come in mirrored pairs (`counter_draws`).

Areas of a city share its fortune: with `common`, the process of the whole, an area's deviation is the
whole's plus its own, d = d(whole) + d(own). Two areas then correlate by the share of the whole in their
variance, and the whole's part is, trajectory by trajectory, that of `simulate(common, …)` with the same
seed: areas and whole tell one story.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc, gammaincinv, ndtr, ndtri

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, figures, not_negative, positive
from renkou.demography.trajectories.counter_draws import ALL, Draws, draws, names_of_areas
from renkou.demography.trajectories.processes import Process
from renkou.demography.trajectories.working_scales import below_longest_life, deviated

FOUR_AXES = 4  # trajectories, areas, years, sexes: a life expectancy
LARGEST_FACTOR = 3.0  # of σ over its estimate; see `processes`


def simulate(
    process: Process,
    median: npt.ArrayLike,
    *,
    trajectories: int = 1000,
    seed: int = 0,
    first: int = 0,
    areas: Sequence[str] | None = None,
    common: Process | None = None,
    level_error: npt.ArrayLike = 0.0,
    population: npt.ArrayLike | None = None,
) -> Floats:
    """Trajectories of TFR, life expectancy or net migration.

    Parameters
    ----------
    process : of one area, or of areas side by side; with `common`, what they do besides it
    median : (years,) or (areas, years); of a life expectancy (years, 2) or (areas, years, 2), male
        then female. The first is the year after the last one known
    trajectories, first : how many, and the number of the first: runs in chunks give the numbers of one run
    areas : names of the areas, the keys of their chance; their places in the row if not given
    common : the process of the whole they belong to
    level_error : shape (areas,), standard error of an area's level on the working scale (of log TFR): stays
        through all years
    population : of a migration, persons, shape of `median`: turns rates into persons

    Returns
    -------
    (trajectories, years), (trajectories, areas, years), with a last axis of sexes for life expectancy

    >>> from renkou.demography.trajectories.pooled_processes import POOLED_FERTILITY
    >>> found = simulate(POOLED_FERTILITY, [1.0, 1.1, 1.2], trajectories=1000, seed=7)
    >>> found.shape, np.median(found, axis=0).round(2)
    ((1000, 3), array([1. , 1.1, 1.2]))
    """
    centre = _median(process, median)
    years_at = -2 if process.measure == "life_expectancy" else -1
    years = centre.shape[years_at]
    single = centre.ndim == -years_at
    cut = draws(seed, first, trajectories, process.measure)
    names = (
        (ALL,) if single and areas is None else names_of_areas(areas, 1 if single else len(centre))
    )
    d = deviations(process, cut, names, years, own=common is not None)
    d = d + _of_level(cut, names, level_error, process)
    if common is not None:
        d = d + deviations(common, cut, (ALL,), years)
    if single:
        d = d[:, 0]
    if process.measure == "migration":
        people = 1.0 if population is None else positive("population", population)
        return deviated("migration", centre, d * people)
    return deviated(process.measure, centre, d)


def deviations(
    process: Process, cut: Draws, names: Sequence[str], years: int, *, own: bool = False
) -> Floats:
    """d(t) of a process on the working scale: (trajectories, areas, years) or (…, years, 2)."""
    if own:
        # What an area does besides the whole is not the chance of the area alone, nor of the whole.
        names = [f"own\0{name}" for name in names]
    phi = _phi(process, cut, names)
    sigma = _sigma(process, cut, names)  # (trajectories, areas) or (..., 2)
    d = _innovations(process, cut, names, years)  # (trajectories, areas, years) or (..., 2)
    keep = phi[..., None] if d.ndim == FOUR_AXES else phi
    level = np.zeros(sigma.shape)
    for t in range(years):
        level = keep * level
        level += sigma * d[:, :, t]
        d[:, :, t] = level
    return _with_mean_and_drift(process, cut, names, d, phi)


def _innovations(process: Process, cut: Draws, names: Sequence[str], years: int) -> Floats:
    one = np.stack([cut.normals(name, "innovation", years) for name in names], axis=1)
    if process.measure != "life_expectancy":
        return one
    two = np.stack([cut.normals(name, "second", years) for name in names], axis=1)
    return _two_sexes(one, two, _per_area(process.correlation, len(names))[:, None])


def _two_sexes(one: Floats, two: Floats, correlation: Floats) -> Floats:
    """Males' and females' chance with a given correlation, on a new last axis."""
    return np.stack([one, correlation * one + np.sqrt(1 - correlation**2) * two], axis=-1)


def _with_mean_and_drift(
    process: Process, cut: Draws, names: Sequence[str], d: Floats, phi: Floats
) -> Floats:
    """d + m (1 - φ^t) + δ t; what is certain is not drawn."""
    t = np.arange(1.0, d.shape[2] + 1)
    both = d.ndim == FOUR_AXES
    if process.mean_error.any():
        mean = _one_each(cut, names, "mean") * _per_area(process.mean_error, len(names))
        returned = mean[..., None] * (1 - phi[..., None] ** t)
        d += returned[..., None] if both else returned
    if process.drift_error.any():
        drift = _one_each(cut, names, "drift")
        if both:
            second = _one_each(cut, names, "second_drift")
            drift = _two_sexes(drift, second, _per_area(process.correlation, len(names)))
            error = np.broadcast_to(process.drift_error, (len(names), 2))
            d += (drift * error)[:, :, None, :] * t[:, None]
        else:
            d += (drift * _per_area(process.drift_error, len(names)))[..., None] * t
    return d


def _of_level(
    cut: Draws, names: Sequence[str], level_error: npt.ArrayLike, process: Process
) -> Floats:
    error = not_negative("level_error", level_error)
    if not error.any():
        return np.zeros(())
    level = _one_each(cut, names, "level") * _per_area(error, len(names))
    return level[..., None, None] if process.measure == "life_expectancy" else level[..., None]


def _one_each(cut: Draws, names: Sequence[str], stream: str) -> Floats:
    return np.stack([cut.normals(name, stream)[:, 0] for name in names], axis=1)  # type: ignore[arg-type]


def _phi(process: Process, cut: Draws, names: Sequence[str]) -> Floats:
    """φ of each trajectory, from the normal distribution cut to [0, 1]."""
    centre, error = (_per_area(v, len(names)) for v in (process.phi, process.phi_error))
    if not error.any():
        return np.broadcast_to(centre, (cut.count, len(names)))
    u = cut.of_trajectories(np.stack([cut.uniforms(name, "phi") for name in names], axis=1))
    safe = np.where(error > 0, error, 1.0)
    low, high = ndtr(-centre / safe), ndtr((1 - centre) / safe)
    return np.where(error > 0, centre + safe * ndtri(low + u * (high - low)), centre)


def _sigma(process: Process, cut: Draws, names: Sequence[str]) -> Floats:
    """σ of each trajectory: s √(ν / χ²(ν)), at most 3 s, the same factor for both sexes."""
    freedom = _per_area(process.freedom, len(names))
    if (freedom <= 0).any():
        raise FiguresRefused(
            "process.freedom", 0, "an area without a history has no variance of its own",
            "draw it to its parent's with shrunk(process, parent)",
            zh="没有历史的区域没有自己的方差；请用 shrunk(process, parent) 向上级过程收缩",
        )  # fmt: skip
    u = cut.of_trajectories(np.stack([cut.uniforms(name, "variance") for name in names], axis=1))
    least = gammainc(freedom / 2, freedom / (2 * LARGEST_FACTOR**2))
    factor = np.sqrt(freedom / (2 * gammaincinv(freedom / 2, least + u * (1 - least))))
    if process.measure != "life_expectancy":
        return np.asarray(factor * _per_area(process.sigma, len(names)))
    return np.asarray(factor[..., None] * np.broadcast_to(process.sigma, (len(names), 2)))


def _per_area(values: npt.ArrayLike, count: int) -> Floats:
    """One value per area; fewer or more are refused."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim and array.shape != (count,):
        raise FiguresRefused(
            "process", f"{array.shape} parameters", f"has one of each kind, or one for each of {count} areas",
            "fit the areas in the order of the median paths",
            zh=f"参数应为一个，或 {count} 个区域各一个；请按中位路径的区域顺序拟合",
        )  # fmt: skip
    return np.broadcast_to(array, (count,))


def _median(process: Process, median: npt.ArrayLike) -> Floats:
    if process.measure == "fertility":
        array = positive("median", median)
    elif process.measure == "life_expectancy":
        array = below_longest_life("median", figures("median", median))
    else:
        array = figures("median", median)
    least = 2 if process.measure == "life_expectancy" else 1
    if array.ndim not in (least, least + 1) or (least == 2 and array.shape[-1] != 2):
        shape = "(years, 2) or (areas, years, 2)" if least == 2 else "(years,) or (areas, years)"
        raise FiguresRefused(
            "median", array.shape, f"has the shape {shape}", "give one value per year",
            zh=f"形状应为 {shape}；请逐年给出中位值",
        )  # fmt: skip
    return array
