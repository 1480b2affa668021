"""Funnel plots: which areas differ from a reference by more than chance, whatever their size. Pure.

Around the reference, limits of 95 % and 99.8 % narrow as exposure grows; an area between them differs
no more than chance would make it, and nothing is ranked. Limits are exact: a quantile of the Poisson or
binomial distribution, interpolated between whole counts as Spiegelhalter does. Where areas vary more
than chance (overdispersion), limits may be widened on the square-root scale (rates) or the arcsine
scale (shares), by a factor (multiplicative) or by a variance between areas (additive).

Source: Spiegelhalter (2005), Statistics in Medicine 24:1185-1202, sections 3 and 4, appendices A.1
and A.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import (
    Floats,
    not_negative,
    of_one_length,
    positive,
    probabilities,
    refuse_where,
)
from renkou.demography.rates.intervals import normal_quantile, together

Kind = Literal["rate", "share"]
Overdispersion = Literal["multiplicative", "additive"]
LEVELS = (0.95, 0.998)

NOT_OVERDISPERSED = "areas vary no more than chance would make them: limits are the exact ones"
AT_THE_EDGE = "limits beyond what a rate or share can be were set to its edge"
OWN_REFERENCE = "the reference is the rate of all these areas together"


@dataclass(frozen=True)
class FunnelPlot:
    """Points, reference and limits; the first axis of limits is the level."""

    value: Floats  # shape (..., n_areas), in the unit
    reference: Floats  # shape (..., 1), in the unit
    levels: tuple[float, ...]
    lower: Floats  # shape (n_levels, ..., n_areas)
    upper: Floats
    outside: npt.NDArray[np.int8]  # same shape: -1 below, 0 within, 1 above
    dispersion: Floats  # shape (...): mean squared z, winsorised; 1 is chance alone
    between_variance: Floats  # shape (...): tau², on the scale of the limits; 0 unless additive
    notes: tuple[str, ...] = ()


def funnel_plot(
    count: npt.ArrayLike,
    exposure: npt.ArrayLike,
    reference: npt.ArrayLike | None = None,
    *,
    kind: Kind = "rate",
    overdispersion: Overdispersion | None = None,
    winsorised: float = 0.1,
    levels: tuple[float, ...] = LEVELS,
    per: float = 1000,
    noise_variance: npt.ArrayLike = 0.0,
) -> FunnelPlot:
    """Areas against a reference, with limits for each.

    Parameters
    ----------
    count, exposure : shape (..., n_areas); of a share, those who have it and all
    reference : rate or share that all are compared with, per person, shape (...); theirs if left out
    kind : 'rate' (Poisson) or 'share' (binomial)
    overdispersion : widen limits by how much areas vary beyond chance; None does not
    winsorised : share of the most extreme z at each end set to the next one, to estimate that
    noise_variance : added by disclosure control to the counts; it widens the limits

    Raises
    ------
    FiguresRefused
        If a count is negative, an exposure or the reference 0, or a share above 1.

    >>> found = funnel_plot([5, 60, 10], [1000, 2000, 500], 0.01)
    >>> found.outside.tolist()  # the second is above both limits, the third above the inner one
    [[0, 1, 1], [0, 1, 0]]
    """
    events, size = _of_areas(count, exposure, kind)
    target, notes = _target(events, size, reference, kind)
    noise = not_negative("noise_variance", noise_variance)
    told = _without_noise(size, target, noise, kind)
    values, points = events / size, _scale(events / size, kind)
    z = (points - _scale(target, kind)) * 2 * np.sqrt(told)
    dispersion = (_winsorised(z, winsorised) ** 2).mean(axis=-1)
    between = np.zeros_like(dispersion)
    exact = funnel_limits(size, target, kind=kind, levels=levels)
    lower, upper, said = _noisy(exact, target, np.sqrt(noise) / size, kind, levels)
    notes += said
    if overdispersion is not None:
        between, widening = _widening(told, dispersion, overdispersion)
        lower, upper, said = _widened_limits(told, target, widening, (lower, upper), kind, levels)
        notes = tuple(dict.fromkeys((*notes, *said)))
    outside = (values > upper).astype(np.int8) - (values < lower).astype(np.int8)
    by = positive("per", per)
    return FunnelPlot(
        values * by, target * by, tuple(levels), lower * by, upper * by, outside,
        dispersion, between, notes,
    )  # fmt: skip


def funnel_limits(
    exposure: npt.ArrayLike,
    reference: npt.ArrayLike,
    *,
    kind: Kind = "rate",
    levels: tuple[float, ...] = LEVELS,
) -> tuple[Floats, Floats]:
    """Exact lower and upper limits around a reference, per person; also for a smooth curve.

    The quantile r is the least whole count with F(r) ≥ p; the limit is r - a counts, with
    a = (F(r) - p) / (F(r) - F(r - 1)), and not below 0.

    Parameters
    ----------
    exposure : any shape, above 0; of a share, whole numbers
    reference : broadcasts against it, above 0

    Returns
    -------
    two arrays of shape (n_levels, ...)

    Source: Spiegelhalter (2005), appendix A.1.
    """
    size, target = together(
        exposure=positive("exposure", exposure), reference=positive("reference", reference)
    )
    tails = np.array([tail_of(level) for level in levels]).reshape(-1, *[1] * size.ndim)
    if _kind(kind) == "rate":
        chance = stats.poisson(size * target)
    else:
        refuse_where(
            "exposure", size, size != np.floor(size), "the whole of a share is counted in people",
            "give whole numbers", "比重的总数应为整数人数；请给出整数",
        )  # fmt: skip
        chance = stats.binom(size, probabilities("reference", target))
    return _limit(chance, tails) / size, _limit(chance, 1 - tails) / size


def tail_of(level: float) -> float:
    """What a two-sided level leaves on each side: 0.025 for 0.95."""
    normal_quantile(level)  # refuses what is no level
    return (1 - level) / 2


def _without_noise(size: Floats, target: Floats, noise: Floats, kind: Kind) -> Floats:
    """The exposure that would tell as much without noise: smaller by the growth of the variance."""
    expected = size * target * (1 - target if kind == "share" else 1.0)
    noise, expected = together(noise_variance=noise, count=expected)
    part = np.divide(noise, expected, out=np.zeros_like(expected), where=expected > 0)
    return size / (1 + part)


def _noisy(
    limits: tuple[Floats, Floats],
    target: Floats,
    deviation: Floats,
    kind: Kind,
    levels: tuple[float, ...],
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Limits with the noise of disclosure control added in quadrature to each half width."""
    if not deviation.any():
        return *limits, ()
    added = _quantiles(levels, deviation.ndim) * deviation
    low = target - np.hypot(target - limits[0], added)
    high = target + np.hypot(limits[1] - target, added)
    edge = 1.0 if kind == "share" else np.inf
    beyond = (low < 0) | (high > edge)
    return np.maximum(low, 0.0), np.minimum(high, edge), (AT_THE_EDGE,) if beyond.any() else ()


def _quantiles(levels: tuple[float, ...], ndim: int) -> Floats:
    """z of each level, on an axis before those of the areas."""
    return np.array([normal_quantile(level) for level in levels]).reshape(-1, *[1] * ndim)


def _limit(chance: stats.rv_discrete, p: Floats) -> Floats:
    count = chance.ppf(p)
    reached, before = chance.cdf(count), chance.cdf(count - 1)
    # A count of 0 that is likelier than p has no lower neighbour: the limit is 0 itself.
    return np.maximum(count - (reached - p) / (reached - before), 0.0)


def _scale(values: Floats, kind: Kind) -> Floats:
    """Where the variance of a point is 1 / (4 size): Poisson or binomial, whatever the rate."""
    root = np.sqrt(values)
    return root if kind == "rate" else np.arcsin(root)


def _winsorised(z: Floats, share: float) -> Floats:
    if not 0 <= share < 0.5:
        raise FiguresRefused(
            "winsorised", share, "is a share of areas from 0 to below 0.5", "write 0.1 for 10 %",
            zh="应为 0 至 0.5 之间（不含 0.5）的地区比例；10 % 请写作 0.1",
        )  # fmt: skip
    areas = z.shape[-1]
    at = int(np.floor(share * areas))
    ordered = np.sort(z, axis=-1)
    return np.clip(z, ordered[..., at, None], ordered[..., areas - 1 - at, None])


def _widening(
    size: Floats, dispersion: Floats, overdispersion: Overdispersion
) -> tuple[Floats, Floats]:
    """Variance between areas, and the standard deviation of each point; 0 where chance suffices."""
    areas, weight = size.shape[-1], 4 * size
    excess = np.where(dispersion > 1, dispersion, 1.0)
    if overdispersion == "multiplicative":
        spread = np.sqrt(excess[..., None] / weight)
        return np.zeros_like(dispersion), np.where(excess[..., None] > 1, spread, 0.0)
    if overdispersion != "additive":
        raise FiguresRefused(
            "overdispersion", repr(overdispersion), "is None, 'multiplicative' or 'additive'",
            "name one of them", zh="应为 None、'multiplicative'（乘法）或 'additive'（加法）；请选其一",
        )  # fmt: skip
    whole = weight.sum(axis=-1)
    beyond = areas * dispersion - (areas - 1)
    between = np.where(beyond > 0, beyond, 0.0) / (whole - (weight**2).sum(axis=-1) / whole)
    some = between[..., None] > 0
    return between, np.where(some, np.sqrt(1 / weight + between[..., None]), 0.0)


def _widened_limits(
    size: Floats,
    target: Floats,
    spread: Floats,
    exact: tuple[Floats, Floats],
    kind: Kind,
    levels: tuple[float, ...],
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Limits on the scale of the points, back on that of the rates; exact where spread is 0."""
    z = _quantiles(levels, size.ndim)
    middle, edge = _scale(target, kind), np.inf if kind == "rate" else np.pi / 2
    low, high = middle - z * spread, middle + z * spread
    beyond = (low < 0) | (high > edge)
    low, high = np.where(low < 0, 0.0, low), np.where(high > edge, edge, high)
    back = np.square if kind == "rate" else lambda angle: np.sin(angle) ** 2
    wide = np.broadcast_to(spread > 0, low.shape)
    notes = ((AT_THE_EDGE,) if (beyond & wide).any() else ()) + (
        () if wide.all() else (NOT_OVERDISPERSED,)
    )
    return np.where(wide, back(low), exact[0]), np.where(wide, back(high), exact[1]), notes


def _target(
    events: Floats, size: Floats, reference: npt.ArrayLike | None, kind: Kind
) -> tuple[Floats, tuple[str, ...]]:
    if reference is None:
        whole = positive("count summed over areas", events.sum(axis=-1, keepdims=True))
        return whole / size.sum(axis=-1, keepdims=True), (OWN_REFERENCE,)
    given = positive("reference", reference)
    if kind == "share":
        probabilities("reference", given)
    return given[..., None], ()


def _kind(kind: str) -> str:
    if kind not in ("rate", "share"):
        raise FiguresRefused(
            "kind", repr(kind), "is 'rate' or 'share'", "name one of the two",
            zh="应为 'rate'（率）或 'share'（比重）；请选其一",
        )  # fmt: skip
    return kind


def _of_areas(count: npt.ArrayLike, exposure: npt.ArrayLike, kind: Kind) -> tuple[Floats, Floats]:
    events = np.atleast_1d(not_negative("count", count))
    size = np.atleast_1d(positive("exposure", exposure))
    of_one_length(count=events, exposure=size)
    both = together(count=events, exposure=size)
    if _kind(kind) == "share":
        refuse_where(
            "count", both[0], both[0] > both[1], "a part is not above its whole",
            "check that both count the same people", "部分不得大于总数；请检查两者是否统计同一人群",
        )  # fmt: skip
    return both[0], both[1]
