"""Survival ratios on a grid of life expectancies, so that a projection needs no life tables. Pure.

A thousand trajectories of a hundred areas over thirty years would take six million life tables; on
a grid computed once, each is a mean of two rows. The error of this is measured when the grid is
made, halfway between its levels, where it is largest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import SEXES, Floats, figures, positive, refuse_where
from renkou.demography.forecasts.mortality_decline import mortality_by_decline
from renkou.demography.forecasts.relational_mortality import mortality_for_e0, reachable_e0
from renkou.demography.mortality.infant_ax import one_of
from renkou.demography.mortality.life_tables import life_table

Pattern = Literal["fixed", "declining"]

_STEP = 0.05  # years of e0 between levels
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, eq=False)
class SurvivalFamily:
    """Survival ratios of a standard at evenly spaced life expectancies."""

    e0_grid: Floats  # shape (levels,), ascending
    survival_ratio: Floats  # shape (..., levels, 2, n_ages), male, female; as LifeTable.Sx
    interpolation_error: float  # the largest, halfway between levels
    notes: tuple[str, ...]


def survival_family(
    standard_mx: npt.ArrayLike,
    e0_grid: npt.ArrayLike | None = None,
    *,
    beta: npt.ArrayLike = 1.0,
    pattern: Pattern = "fixed",
) -> SurvivalFamily:
    """Survival ratios on a grid of life expectancies.

    Parameters
    ----------
    standard_mx : shape (..., 2, n_ages), death rates by single age, males then females; with years
        before the sexes each year has its own standard
    e0_grid : shape (levels,), years, evenly spaced; without it steps of .05 over all that every
        standard reaches between 30 and 100 years
    beta : shape (..., 2), slope of logits (see `mortality_for_e0`); 1 where the pattern declines
    pattern : "fixed", by Brass's relation alone (`mortality_for_e0`), or "declining", along the
        decline of mortality by age (`mortality_by_decline`)

    Raises
    ------
    FiguresRefused
        If the standard has no axis of two sexes, levels are not evenly spaced and ascending, one
        of them cannot be reached, or a word or beta does not fit.

    >>> standard = 0.0002 * np.exp(0.09 * np.arange(101)) * [[1.2], [1.0]]
    >>> family = survival_family(standard, np.arange(60, 85, 0.05))
    >>> family.survival_ratio.shape, family.interpolation_error < 1e-5
    ((500, 2, 101), True)
    """
    rates, slope = _of_two_sexes(standard_mx), positive("beta", beta)
    _refuse_slope(one_of("pattern", pattern, ("fixed", "declining")), slope)
    grid = _whole_grid(rates, slope) if e0_grid is None else _even(e0_grid)
    if slope.ndim:
        slope = slope[..., None, :]
    ratios, notes = _ratios(rates, grid, slope, pattern)
    halfway = (grid[:-1] + grid[1:]) / 2
    exact, _ = _ratios(rates, halfway, slope, pattern)
    error = float(np.abs((ratios[..., :-1, :, :] + ratios[..., 1:, :, :]) / 2 - exact).max())
    return SurvivalFamily(grid, ratios, error, (
        *notes,
        f"Survival ratios are linear between {len(grid)} levels of e0, {grid[0]:.2f} to "
        f"{grid[-1]:.2f}; the largest error of this is {error:.1g}.",
    ))  # fmt: skip


def survival_at(family: SurvivalFamily, e0: npt.ArrayLike, *, out: Floats | None = None) -> Floats:
    """Survival ratios at life expectancies by sex, linear between the levels of a family.

    Parameters
    ----------
    family : of shape (..., levels, 2, n_ages); its first axes broadcast with those of `e0`
    e0 : shape (..., 2), years, males then females
    out : shape (..., 2, n_ages), array to fill in place of a new one

    Raises
    ------
    FiguresRefused
        If an e0 lies outside the grid, or shapes do not broadcast.

    >>> standard = 0.0002 * np.exp(0.09 * np.arange(101)) * [[1.2], [1.0]]
    >>> family = survival_family(standard, np.arange(60, 85, 0.05))
    >>> survival_at(family, [[75.03, 80.0], [76.0, 81.0]]).shape
    (2, 2, 101)
    """
    asked = figures("e0", e0)
    shape, rows = _rows(family, asked)
    first, step = family.e0_grid[0], family.e0_grid[1] - family.e0_grid[0]
    last = len(family.e0_grid) - 1
    outside = (asked < first - 1e-9) | (asked > family.e0_grid[-1] + 1e-9)
    refuse_where(
        "e0", asked, outside, f"levels of the family are {first:.2f} to {family.e0_grid[-1]:.2f}",
        "make the family with a wider grid, or limit the path",
        f"应在 {first:.2f}—{family.e0_grid[-1]:.2f} 岁之间；请扩大网格，或限制预期寿命的路径",
    )  # fmt: skip
    place = np.broadcast_to((asked - first) / step, shape)
    below = np.clip(place.astype(np.int64), 0, last - 1)
    n_ages = family.survival_ratio.shape[-1]
    table = family.survival_ratio.reshape(-1, n_ages)
    filled = np.empty((*shape, n_ages)) if out is None else out
    flat = filled.reshape(-1, n_ages)
    at, share = (rows + 2 * below).reshape(-1), (place - below).reshape(-1)
    for start in range(0, len(at), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        lower, upper = table[at[part]], table[at[part] + 2]
        upper -= lower
        upper *= share[part, None]
        np.add(lower, upper, out=flat[part])
    return filled


def _rows(family: SurvivalFamily, asked: Floats) -> tuple[tuple[int, ...], npt.NDArray[np.int64]]:
    """Row of the lowest level of each e0 in the family's table flattened to (rows, ages)."""
    *lead, levels, sexes, _ = family.survival_ratio.shape
    first = np.arange(int(np.prod(lead))).reshape(*lead, 1) * levels * sexes + np.arange(sexes)
    try:
        if asked.shape[-1:] != (sexes,):
            raise ValueError
        shape = np.broadcast_shapes(asked.shape, first.shape)
    except ValueError:
        raise FiguresRefused(
            "e0", f"of shape {asked.shape}",
            f"its axes are those of the family, {(*lead, sexes)}, the last of them male, female",
            "give e0 of both sexes on the last axis, and years before it where the family has years",
            zh=f"各维应与 {(*lead, sexes)} 对应，最后一维为男、女；请按此给出预期寿命",
        ) from None  # fmt: skip
    return shape, np.broadcast_to(first, shape)


def _ratios(
    rates: Floats, grid: Floats, slope: Floats, pattern: Pattern
) -> tuple[Floats, tuple[str, ...]]:
    each, levels = rates[..., None, :, :], grid[:, None]
    if pattern == "declining":
        found = mortality_by_decline(each, levels, sex=SEXES)
    else:
        found = mortality_for_e0(each, levels, sex=SEXES, beta=slope)
    return life_table(found.mx, sex=SEXES).Sx, found.notes


def _refuse_slope(pattern: str, slope: Floats) -> None:
    if pattern == "declining" and (slope != 1).any():
        raise FiguresRefused(
            "beta", f"{float(slope.flat[0]):g}", "is 1 where the pattern declines",
            "leave it out, or set pattern='fixed'",
            zh="采用随水平变化的模式时 beta 应为 1；请去掉，或设 pattern='fixed'",
        )  # fmt: skip


def _of_two_sexes(standard_mx: npt.ArrayLike) -> Floats:
    rates = figures("standard_mx", standard_mx)
    if rates.ndim < 2 or rates.shape[-2] != 2:
        raise FiguresRefused(
            "standard_mx", f"of shape {rates.shape}", "the axis before ages is male, female",
            "give the rates of both sexes, (2, n_ages)",
            zh="年龄之前的一维应为男、女；请给出两性的死亡率",
        )  # fmt: skip
    return rates


def _even(e0_grid: npt.ArrayLike) -> Floats:
    grid = positive("e0_grid", e0_grid)
    if grid.ndim != 1 or len(grid) < 2:
        raise FiguresRefused(
            "e0_grid", f"of shape {grid.shape}", "a grid is one row of two levels at least",
            "give levels such as 60, 60.1, 60.2", zh="网格应为一行且至少两个水平；请给出如 60、60.1 的水平",
        )  # fmt: skip
    step = np.diff(grid)
    wrong = np.append(False, (step <= 0) | (np.abs(step - step[0]) > 1e-9 * grid[-1]))
    refuse_where(
        "e0_grid", grid, wrong, "levels ascend by one step", "space the levels evenly",
        "各水平应等距递增；请给出等距的水平",
    )  # fmt: skip
    return grid


def _whole_grid(rates: Floats, slope: Floats) -> Floats:
    low, high = reachable_e0(rates, sex=SEXES, beta=slope)
    first = max(30.0, np.ceil(low.max() / _STEP) * _STEP)
    last = min(100.0, np.floor(high.min() / _STEP) * _STEP)
    return first + _STEP * np.arange(round((last - first) / _STEP) + 1)
