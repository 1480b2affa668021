"""Generalized growth balance: completeness of deaths between two censuses. Pure.

In a population closed at age a, those who turn a less the growth of all above equal the deaths
above. Registered deaths are a share of these, and censuses of unequal coverage shift growth, so a
line through the ages gives both: its slope the completeness, its intercept the coverage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, refuse_where
from renkou.demography.quality.death_completeness import (
    IntercensalDeaths,
    chosen_ages,
    coverage_of_each,
    from_age_up,
    intercensal_deaths,
)

FitAges = tuple[int, int] | Literal["best"]


@dataclass(frozen=True)
class GrowthBalance:
    """What growth balance finds; shapes (...,), and by age (..., n_ages).

    Attributes
    ----------
    completeness : share of deaths registered, relative to the better census; may exceed 1
    census_coverage : coverage of the first census over that of the second, k1/k2
    slope, intercept : of the line
    correlation : of the points used
    death_rate, entry_minus_growth : by age, the points of the diagnostic plot; NaN at the first age
    fitted : by age, the line at each point
    used : by age, which points the line was drawn through
    first_age, last_age : of the points used
    """

    completeness: Floats
    census_coverage: Floats
    slope: Floats
    intercept: Floats
    correlation: Floats
    ages: Floats
    death_rate: Floats
    entry_minus_growth: Floats
    fitted: Floats
    used: npt.NDArray[np.bool_]
    first_age: Floats
    last_age: Floats
    notes: tuple[str, ...]


def completeness_ggb(
    pop1: npt.ArrayLike,
    pop2: npt.ArrayLike,
    deaths: npt.ArrayLike,
    *,
    years: float,
    ages: npt.ArrayLike | None = None,
    migrants: npt.ArrayLike | None = None,
    fit_ages: FitAges = "best",
    search: tuple[int, int] = (15, 75),
    fewest: int = 8,
) -> GrowthBalance:
    """Completeness of registered deaths by the generalized growth balance of Hill (1987).

    Parameters
    ----------
    pop1, pop2 : shape (..., n_ages), people of one sex by five-year group; the last group is open
    deaths : shape (..., n_ages), all registered deaths between the censuses
    years : between the censuses
    ages : first ages of the groups; by default 0, 5, 10, …
    migrants : net in-migrants between the censuses; by default the population is closed
    fit_ages : first and last age whose points are used, or 'best': the run of at least `fewest`
        ages within `search` whose points correlate most (distances alone would prefer the
        narrowest run of young ages, where all rates are small)
    search, fewest : for 'best'

    Raises
    ------
    FiguresRefused
        If figures are negative or empty, ages have gaps, or the range holds too few groups.

    Source: Hill (1987), Asian and Pacific Population Forum 1(3); Hill, You & Choi (2009),
    Demographic Research 21(9), eq. 8; Dorrington (2013), Tools for Demographic Estimation, ch. 24.
    The line is the orthogonal one of equal relative errors: slope sd(y)/sd(x).
    """
    data = intercensal_deaths(pop1, pop2, deaths, years=years, ages=ages, migrants=migrants)
    x, y = _points(data)
    masks = _ranges(data.ages, fit_ages, search, fewest)
    lines = _lines(x, y, masks)
    best = lines.correlation.argmax(-1)
    slope, intercept = _take(lines.slope, best), _take(lines.intercept, best)
    used = masks[best]
    relative = np.exp(intercept * data.years)
    k1, k2 = coverage_of_each(relative)
    last = len(data.ages) - 1 - used[..., ::-1].argmax(-1)
    return GrowthBalance(
        completeness=np.sqrt(k1 * k2) / slope, census_coverage=relative, slope=slope,
        intercept=intercept, correlation=_take(lines.correlation, best), ages=data.ages,
        death_rate=x, entry_minus_growth=y,
        fitted=intercept[..., None] + slope[..., None] * x, used=used,
        first_age=data.ages[used.argmax(-1)], last_age=data.ages[last],
        notes=_notes(fit_ages, search, fewest, migrants is None),
    )  # fmt: skip


def _points(data: IntercensalDeaths) -> tuple[Floats, Floats]:
    """Registered death rate above each age, and entries less growth plus migration above it."""
    above1, above2 = from_age_up(data.pop1), from_age_up(data.pop2)
    lived = np.sqrt(above1 * above2)
    growth = np.log(above2 / above1) / data.years
    moved = from_age_up(data.migrants) / lived
    return from_age_up(data.deaths) / lived, data.birthdays / lived - growth + moved


def _ranges(
    ages: Floats, fit_ages: FitAges, search: tuple[int, int], fewest: int
) -> npt.NDArray[np.bool_]:
    """Shape (n_ranges, n_ages): each range that a line may be drawn through."""
    if fit_ages != "best":
        return chosen_ages(ages, fit_ages, 3)[None]
    # the open group's point has no group above it to balance, so it is never searched
    inside = np.flatnonzero((ages >= search[0]) & (ages <= search[1]) & (ages > ages[0]))
    inside = inside[inside < len(ages) - 1]
    at = np.arange(len(ages))
    masks = [
        (at >= first) & (at <= last)
        for first in inside
        for last in inside
        if last - first + 1 >= fewest
    ]
    if not masks or fewest < 3:
        raise FiguresRefused(
            "search", f"{search[0]}-{search[1]}", f"holds at least {max(fewest, 3)} closed groups",
            "widen it or lower `fewest`", zh=f"至少应有 {max(fewest, 3)} 个封闭年龄组；请放宽范围",
        )  # fmt: skip
    return np.array(masks)


@dataclass(frozen=True)
class _Lines:
    """Of each range: shapes (..., n_ranges)."""

    slope: Floats
    intercept: Floats
    correlation: Floats


def _lines(x: Floats, y: Floats, masks: npt.NDArray[np.bool_]) -> _Lines:
    weights = (masks / masks.sum(-1, keepdims=True)).T
    # Centred first, so that the variances of small rates keep their digits; the first age, whose
    # y is NaN, has weight 0 in every range
    known = np.nan_to_num(y)
    centre_x, centre_y = x.mean(-1, keepdims=True), known.mean(-1, keepdims=True)
    away_x, away_y = x - centre_x, known - centre_y
    mean_x, mean_y = away_x @ weights, away_y @ weights
    var_x = (away_x**2) @ weights - mean_x**2
    var_y = (away_y**2) @ weights - mean_y**2
    cov = (away_x * away_y) @ weights - mean_x * mean_y
    refuse_where(
        "deaths above each age", var_x, var_x <= 0, "their rates differ between the ages of the fit",
        "check deaths by age, or choose other ages", "所用年龄的死亡率应有差别；请检查分年龄死亡数或另选年龄",
    )  # fmt: skip
    refuse_where(
        "covariance of both rates", cov, cov <= 0,
        "entries less growth rise with the registered death rate",
        "these figures do not balance: check ages, migration and coverage, or choose other ages",
        "进入率减增长率应随登记死亡率上升；请检查年龄、迁移与覆盖，或另选年龄",
    )  # fmt: skip
    slope = np.sqrt(var_y / var_x)
    intercept = mean_y + centre_y - slope * (mean_x + centre_x)
    return _Lines(slope, intercept, cov / np.sqrt(var_x * var_y))


def _take(values: Floats, at: npt.NDArray[np.intp]) -> Floats:
    return np.take_along_axis(values, at[..., None], axis=-1)[..., 0]


def _notes(
    fit_ages: FitAges, search: tuple[int, int], fewest: int, closed: bool
) -> tuple[str, ...]:
    notes = [
        "Assumes one completeness of deaths and one coverage of each census at all ages used.",
        "假定所用各年龄的死亡登记完整率相同，每次普查的覆盖率也相同。",
        "Completeness is relative to the census of better coverage, which is taken as complete.",
        "完整率相对于覆盖较好的一次普查而言，视其为完整。",
    ]
    if closed:
        notes += [
            "Assumes that nobody moved in or out between the censuses.",
            "假定两次普查之间没有迁入迁出。",
        ]
    if fit_ages == "best":
        notes += [
            f"Ages chosen by fit: the run of at least {fewest} groups within {search[0]}-{search[1]} "
            "whose points correlate most; look at the plot before believing it.",
            f"年龄按拟合选择：{search[0]}—{search[1]} 岁内至少 {fewest} 组、"
            "相关最高的连续年龄；请先看图再采用。",
        ]
    return tuple(notes)
