"""How many people three lists miss without a model: Chao's lower bound and sample coverage. Pure.

Sources: Chao (1987), Biometrics 43, 783-791; Chao & Tsay (1998), JASA 93, 283-293; Chao, Tsay, Lin,
Shau & Chao (2001), Statistics in Medicine 20, 3123-3157.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats
from renkou.demography.coverage.dual_system import PopulationEstimate, predictive_interval, summed
from renkou.demography.coverage.multiple_systems import checked_histories

LOW_COVERAGE = 0.55  # below it the general estimator wavers (Chao et al. 2001, p. 3139)
_SAMPLES = 400


def chao_lower_bound(counts: npt.ArrayLike, *, level: float = 0.95) -> PopulationEstimate:
    """At least how many people there are, from those in one list alone and those in two.

    Holds where people differ in how easily they are listed; lists that know the same people only
    make it lower. Counts as in `multiple_systems_estimate`; bias-corrected form.

    Source: Chao (1987), Biometrics 43, 783-791; variance as in Chiu et al. (2014), Biometrics 70, 671.

    >>> chao_lower_bound([0, 69, 55, 21, 63, 17, 18, 28]).estimate.round()
    array([474.])
    """
    table = checked_histories(counts, least=2)
    lists = table.shape[1].bit_length() - 1
    times = np.array([m.bit_count() for m in range(table.shape[1])])
    once, twice = table[:, times == 1].sum(axis=1), table[:, times == 2].sum(axis=1)
    share, seen = (lists - 1) / lists, table.sum(axis=1)
    missed = share * once * np.maximum(once - 1, 0) / (2 * (twice + 1))
    below = twice + 1
    variance = (
        missed
        + share**2 * once * (2 * once - 1) ** 2 / (4 * below**2)
        + share**2 * once**2 * twice * np.maximum(once - 1, 0) ** 2 / (4 * below**4)
    )
    lower, upper = predictive_interval(seen, seen + missed, variance, level=level)
    note = "A lower bound: the true number is this or more. 这是下限：实际人数不低于此数。"
    return summed(
        seen + missed, variance, lower, upper, seen, level, "chao lower bound", (note,),
        predictive_interval,
    )  # fmt: skip


def sample_coverage_estimate(
    counts: npt.ArrayLike, *, seed: int = 0, level: float = 0.95
) -> PopulationEstimate:
    """Population size from three lists that depend on each other and people who differ.

    Parameters
    ----------
    counts : shape (strata, 8) or (8,), people by mask of the three lists
    seed : of the resampling that gives the variance

    The share of the population's chances of being listed that was seen (the coverage) is one minus
    the mean share of each list's people who stand in it alone. At 55 % and more the general
    estimator is used, below it the one-step estimator for low coverage; a note says which.

    Source: Chao & Tsay (1998), eqs 14-20. Variance: 400 resamples of the fitted table.

    >>> found = sample_coverage_estimate([0, 69, 55, 21, 63, 17, 18, 28])
    >>> round(found.total)
    508
    """
    table = checked_histories(counts, least=3)
    if table.shape[1] != 8:
        raise FiguresRefused(
            "counts", table.shape, "has 8 columns: combinations of three lists",
            "join lists to three", zh="应有 8 列，即三份名册的组合；请将名册合并为三份",
        )  # fmt: skip
    coverage, high, low = coverage_estimators(table)
    seen, used_low = table.sum(axis=1), coverage < LOW_COVERAGE
    estimate = np.maximum(np.where(used_low, low, high), seen)
    variance = _resampled(table, estimate, used_low, seed)
    lower, upper = predictive_interval(seen, estimate, variance, level=level)
    note = (
        f"Sample coverage {coverage.min():.0%} to {coverage.max():.0%}; {int(used_low.sum())} strata "
        "by the estimator for low coverage; at least whom was seen. "
        f"样本覆盖率 {coverage.min():.0%} 至 {coverage.max():.0%}；{int(used_low.sum())} 个层用低覆盖估计；"
        "不低于在册人数。"
    )
    return summed(
        estimate,
        variance,
        lower,
        upper,
        seen,
        level,
        "sample coverage",
        (note,),
        predictive_interval,
    )


def coverage_estimators(table: Floats) -> tuple[Floats, Floats, Floats]:
    """Sample coverage, and the population by the general and the low-coverage estimator."""
    masks = np.arange(8)
    size = [table[..., (masks >> i & 1) > 0].sum(axis=-1) for i in range(3)]
    alone = [table[..., 1 << i] for i in range(3)]
    with np.errstate(divide="ignore", invalid="ignore"):
        coverage = 1 - sum(a / n for a, n in zip(alone, size, strict=True)) / 3
        base = (table[..., 1:].sum(axis=-1) - sum(alone) / 3) / coverage
        pairs = [_pair(table, size, i, j) for i, j in ((0, 1), (0, 2), (1, 2))]
        overlap = sum(both for both, _, _ in pairs)
        high = overlap / (3 * coverage - sum(a * r for _, a, r in pairs))
        first = base + sum(a * (base * r - 1) for _, a, r in pairs) / (3 * coverage)
        low = base + sum(a * (first * r - 1) for _, a, r in pairs) / (3 * coverage)
    return coverage, high, low


def _pair(table: Floats, size: list[Floats], i: int, j: int) -> tuple[Floats, Floats, Floats]:
    """People in both lists, in one of the two outside the third (each once a list), overlap ratio."""
    third = 7 - (1 << i) - (1 << j)
    both = table[..., (1 << i) | (1 << j)] + table[..., 7]
    outside = table[..., 1 << i] + table[..., 1 << j] + 2 * table[..., 7 - third]
    return both, outside, both / (size[i] * size[j])


def _resampled(table: Floats, estimate: Floats, low: npt.NDArray[np.bool_], seed: int) -> Floats:
    """Variance of the estimator over tables drawn from the estimated population."""
    rng = np.random.default_rng(seed)
    spread = np.empty(len(table))
    for row, cells in enumerate(table):
        full = np.concatenate([[estimate[row] - cells.sum()], cells[1:]])
        drawn = rng.multinomial(round(full.sum()), full / full.sum(), _SAMPLES).astype(float)
        drawn[:, 0] = 0
        _, high_estimate, low_estimate = coverage_estimators(drawn)
        found = low_estimate if low[row] else high_estimate
        usable = np.isfinite(found)
        spread[row] = np.var(np.maximum(found, drawn.sum(axis=1))[usable])
    return spread
