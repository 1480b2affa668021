"""Ranks of areas, never without what chance does to them. Pure.

A rank looks certain and seldom is: among areas of alike rates it changes from year to year by chance
alone. So each rank comes with an interval. Births, fertility and the sex ratio at birth are not ranked
at all: a place in a list is read as a target, and targets for births have hurt people. Use a funnel
plot for them.

Two intervals: of each rank by itself, from drawing every area's rate again and again (Goldstein &
Spiegelhalter), and one that holds for all areas at once, from pairs of areas that differ beyond a
common critical value (Mogstad and others).

Sources: Goldstein & Spiegelhalter (1996), JRSS A 159:385-443; Marshall & Spiegelhalter (1998), BMJ
316:1701-1704; Mogstad, Romano, Shaikh & Wilhelm (2024), Review of Economic Studies 91:476-518.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from renkou.core.errors import FiguresRefused, ReleaseRefused
from renkou.core.figures import Sensitivity
from renkou.demography.areas.small_areas import (
    PriorMethod,
    empirical_bayes_rates,
    without_the_noise,
)
from renkou.demography.checked import Floats, not_negative, of_one_length, positive, refuse_where
from renkou.demography.rates.intervals import normal_quantile, together

Ints = npt.NDArray[np.int64]
First = Literal["highest", "lowest"]

TIED = "areas of one rate share the best rank of them"
STRETCHED = (
    "where the drawn ranks left out the rank of the estimate, the interval was stretched to it; "
    "that happens to the first and last of many areas that chance alone put there"
)
FEWEST_DRAWS = 200
_DRAWN_AT_ONCE = 2_000_000  # numbers


@dataclass(frozen=True)
class RankIntervals:
    """Rank of each area with the ranks that chance allows it; 1 is first."""

    rank: Ints  # shape (..., n_areas), of the estimate
    lower: Ints  # nearest to first
    upper: Ints  # nearest to last
    joint_lower: Ints  # these hold for all areas at once
    joint_upper: Ints
    first: First
    level: float
    method: str
    assumption: str
    notes: tuple[str, ...] = ()


def ranks_with_intervals(
    count: npt.ArrayLike,
    exposure: npt.ArrayLike,
    *,
    sensitivity: Sensitivity,
    seed: int,
    first: First = "highest",
    level: float = 0.95,
    draws: int = 2000,
    steadied: PriorMethod | None = None,
    noise_variance: npt.ArrayLike = 0.0,
) -> RankIntervals:
    """Ranks of the rates of areas with rank intervals.

    Parameters
    ----------
    count, exposure : shape (..., n_areas), events and person-years
    sensitivity : of the indicator, from its definition; fertility is refused
    seed : of the draws; one seed gives the same intervals everywhere
    first : which rate has rank 1
    draws : how often the rates are drawn anew
    steadied : rank empirical-Bayes rates by this prior; None ranks raw ones
    noise_variance : added by disclosure control to the counts; a noisy area is drawn as a smaller one

    Raises
    ------
    ReleaseRefused
        If the indicator is of births, fertility or the sex ratio at birth.
    FiguresRefused
        If a count is negative, an exposure 0, or there are fewer than two areas.

    >>> found = ranks_with_intervals([90, 20, 22], [1000, 1000, 1000],
    ...                              sensitivity=Sensitivity.ORDINARY, seed=1)
    >>> found.rank.tolist(), found.lower.tolist(), found.upper.tolist()
    ([1, 3, 2], [1, 2, 2], [1, 3, 3])
    """
    refuse_ranking(sensitivity)
    events, years = without_the_noise(*_of_areas(count, exposure), noise_variance)
    _known(first, draws, level)
    rate, shape, scale, name = _drawn_from(events, years, steadied)
    random = np.random.default_rng(seed)
    rank = _ranks(rate, first)
    lower, upper = _drawn_interval(shape, scale, first, level, draws, random)
    # The root of a gamma variable has nearly the variance of a quarter of its scale.
    joint = _joint_interval(np.sqrt(rate), np.sqrt(scale) / 2, first, level, draws, random)
    stretched = (rank < lower) | (rank > upper)
    tied = np.sort(rank, axis=-1)
    notes = ((STRETCHED,) if stretched.any() else ()) + (
        (TIED,) if (np.diff(tied, axis=-1) == 0).any() else ()
    )
    return RankIntervals(
        rank, np.minimum(lower, rank), np.maximum(upper, rank), joint[0], joint[1], first, level,
        f"drawn {draws} times from {name}; jointly by pairs on the square-root scale",
        "areas are independent of each other; exposure is known", notes,
    )  # fmt: skip


def refuse_ranking(sensitivity: Sensitivity) -> None:
    """Refuse to rank an indicator of births.

    Raises
    ------
    ReleaseRefused
        If it is of fertility: births, fertility rates and the sex ratio at birth.
    """
    if sensitivity == Sensitivity.FERTILITY:
        raise ReleaseRefused(
            "ranks of areas: fertility and the sex ratio at birth are never ranked nor set as targets; "
            "show each area with its interval, or a funnel plot",
            zh="地区排名：生育与出生人口性别比指标不得排名，也不得设为目标；请列出各地区数值及其区间，或用漏斗图",
        )


def _drawn_from(
    events: Floats, years: Floats, steadied: PriorMethod | None
) -> tuple[Floats, Floats, Floats, str]:
    """Rates that are ranked, and shape and scale of the gamma distribution each is drawn from."""
    if steadied is None:
        return events / years, events + 0.5, 1 / years, "Jeffreys posteriors of raw rates"
    found = empirical_bayes_rates(events, years, steadied, per=1)
    refuse_where(
        "prior_shape", found.prior_shape, ~np.isfinite(found.prior_shape),
        "areas vary no more than chance alone would make them, so nothing orders steadied rates",
        "publish the mean of all areas",
        "各地区差异未超过偶然波动，平滑后的率无从排序；请公布总体水平",
    )  # fmt: skip
    shape = events + found.prior_shape[..., None]
    return found.steadied, shape, found.steadied / shape, f"empirical-Bayes posteriors ({steadied})"


def _ranks(values: Floats, first: First) -> Ints:
    ordered = -values if first == "highest" else values
    return np.asarray(rankdata(ordered, method="min", axis=-1), dtype=np.int64)


def _drawn_interval(
    shape: Floats,
    scale: Floats,
    first: First,
    level: float,
    draws: int,
    random: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Quantiles of the ranks of drawn rates; drawn in parts, so that memory stays small."""
    shape, scale = together(shape=shape, scale=scale)
    tail = (1 - level) / 2
    ranks = np.concatenate([
        _ranks(random.gamma(shape, scale, (many, *shape.shape)), first).astype(np.int32)
        for many in _parts(draws, shape.size)
    ])  # fmt: skip
    low, high = np.quantile(ranks, [tail, 1 - tail], axis=0, method="inverted_cdf")
    return low.astype(np.int64), high.astype(np.int64)


def _joint_interval(
    values: Floats,
    error: Floats,
    first: First,
    level: float,
    draws: int,
    random: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Ranks that hold for all areas at once: those not beaten for certain, nor beating for certain."""
    values, error = together(values=values, error=error)
    areas = values.shape[-1]
    apart = np.hypot(error[..., :, None], error[..., None, :])
    largest = np.concatenate([
        _largest_gap(random.normal(0.0, error, (many, *error.shape)), apart)
        for many in _parts(draws, values.size * areas)
    ])  # fmt: skip
    critical = np.quantile(largest, level, axis=0)[..., None, None]
    better = values if first == "highest" else -values
    gap = (better[..., None, :] - better[..., :, None]) / apart  # how far each other one is ahead
    return 1 + (gap > critical).sum(axis=-1), areas - (gap < -critical).sum(axis=-1)


def _largest_gap(drawn: Floats, apart: Floats) -> Floats:
    return (np.abs(drawn[..., :, None] - drawn[..., None, :]) / apart).max(axis=(-2, -1))


def _parts(draws: int, cells: int) -> list[int]:
    """How many draws at a time, so that no array holds more than a few million numbers."""
    at_once = max(1, _DRAWN_AT_ONCE // cells)
    whole, rest = divmod(draws, at_once)
    return [at_once] * whole + [rest] * (rest > 0)


def _known(first: str, draws: int, level: float) -> None:
    normal_quantile(level)  # refuses what is no level
    if first not in ("highest", "lowest"):
        raise FiguresRefused(
            "first", repr(first), "is 'highest' or 'lowest'", "name which rate has rank 1",
            zh="应为 'highest'（最高在前）或 'lowest'（最低在前）；请写明",
        )  # fmt: skip
    if draws < FEWEST_DRAWS:
        raise FiguresRefused(
            "draws", draws, f"an interval needs {FEWEST_DRAWS} draws", "draw more often",
            zh=f"区间至少需要 {FEWEST_DRAWS} 次抽样；请增加次数",
        )  # fmt: skip


def _of_areas(count: npt.ArrayLike, exposure: npt.ArrayLike) -> tuple[Floats, Floats]:
    events = np.atleast_1d(not_negative("count", count))
    years = np.atleast_1d(positive("exposure", exposure))
    of_one_length(count=events, exposure=years)
    if events.shape[-1] < 2:
        raise FiguresRefused(
            "count", f"{events.shape[-1]} area", "a rank is one among several areas",
            "give at least two areas", zh="排名需在多个地区之间进行；请至少给出两个地区",
        )  # fmt: skip
    both = together(count=events, exposure=years)
    return both[0], both[1]
