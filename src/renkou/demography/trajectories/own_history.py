"""Which years of a history tell how far a measure strays, and what crises in it are bridged. Pure.

Fertility. A fall from six children to two is no measure of the chance about a path at 1.2. Years count
from the first with a TFR below 2.1 where there are at least ten of them, or where all are; else from the
peak of the history on (the transition), less the mean yearly change of those years.

Crises. A famine or a war drops e0 by ten years and it comes back: as yearly innovations of a random walk
such years would say that e0 may be anywhere in a decade. So a year that departs from the line through
its eleven neighbours (median, slope of the median yearly change) by more than four robust standard
deviations of yearly change, and more than a floor, is bridged by that line and named in the notes. What is
left out is the year's own dip; the walk of the level through crises is kept. Intervals therefore
do not hold a famine or a pandemic for the single year in which it falls; over decades its return cancels it.

Autocorrelation. Yearly changes follow each other (and official series are smooth), so the variance of
change is taken over five years: E[(z(t+h) - z(t) - h × drift)²] = σ² × 2 (1 - φ^h) / (1 - φ²), with h = 5
or, in a short history, a third of its years. Of n such overlapping changes as of 3 h n / (2 h² + 1)
independent ones (Lo & MacKinlay 1988, Rev. Financ. Stud. 1:41-66, variance of the overlapping estimator).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats

LOW_FERTILITY = 2.1
FEWEST_LOW_YEARS = 10
LAG = 5
WINDOW = 11
CRISIS = 4.0  # robust standard deviations of a yearly change
SMALLEST_CRISIS = {
    "fertility": 0.10,
    "life_expectancy": 0.02,
    "migration": np.inf,
}  # 0.02: a year at 70

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Bridged:
    """A history without its crises: z (..., years) and where a year was bridged."""

    z: Floats
    crisis: Mask


def bridge_crises(z: Floats, floor: float) -> Bridged:
    """Years far from the line through their neighbours are set on that line; see the module."""
    years = z.shape[-1]
    if years < WINDOW or not np.isfinite(floor):
        return Bridged(z, np.zeros(z.shape, dtype=np.bool_))
    change = np.diff(z, axis=-1)
    typical = np.median(change, axis=-1, keepdims=True)
    spread = 1.4826 * np.median(np.abs(change - typical), axis=-1, keepdims=True)
    line = _running_line(z, typical)
    crisis = np.abs(z - line) > np.maximum(CRISIS * spread, floor)
    return Bridged(np.where(crisis, line, z), crisis)


def _running_line(z: Floats, slope: Floats) -> Floats:
    """The median of the neighbours, each brought to the year by the slope; ends use half a window."""
    half = WINDOW // 2
    t = np.arange(z.shape[-1])
    level = z - slope * t
    ends = [(0, 0)] * (z.ndim - 1) + [(half, half)]
    padded = np.pad(level, ends, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=-1)
    return np.asarray(np.nanmedian(windows, axis=-1) + slope * t)


def fertility_years(tfr: Floats) -> tuple[Mask, Mask]:
    """Years that count (..., years), and whether fertility has long been low (...)."""
    below = tfr < LOW_FERTILITY
    t = np.arange(tfr.shape[-1])
    first_low = np.where(below.any(axis=-1), below.argmax(axis=-1), tfr.shape[-1])
    low = (tfr.shape[-1] - first_low >= FEWEST_LOW_YEARS) | below.all(axis=-1)
    start = np.where(low, first_low, tfr.argmax(axis=-1))
    return t >= start[..., None], low


def mean_change(z: Floats, used: Mask) -> Floats:
    """Mean yearly change over the years used: last minus first over the years between (...)."""
    count = used.sum(axis=-1)
    first = np.take_along_axis(z, used.argmax(axis=-1)[..., None], axis=-1)[..., 0]
    return np.asarray((z[..., -1] - first) / np.maximum(count - 1, 1))


@dataclass(frozen=True)
class Variance:
    """A yearly innovation variance, its degrees of freedom, and the sampling variance in it."""

    value: Floats  # shape (...), not below 0
    freedom: Floats  # shape (...), 0 where nothing could be told
    floored: Mask  # sampling noise alone explains more than was seen
    noise: Floats  # shape (...), mean sampling variance of one year among those used
    raw: Floats  # shape (...), as `value`, but below 0 where chance put it there


def innovation_variance(
    z: Floats, used: Mask, phi: Floats, drift: Floats, noise: Floats, *, lag: int | None = None
) -> Variance:
    """σ² from changes over `lag` years among the years used, sampling noise removed; see the module."""
    years = z.shape[-1]
    h = max(1, min(LAG, years // 3)) if lag is None else lag
    if years <= h:
        nothing = np.zeros(z.shape[:-1])
        return Variance(nothing, nothing, nothing > 0, noise.mean(axis=-1), nothing)
    both = used[..., h:] & used[..., :-h]
    change = z[..., h:] - z[..., :-h] - h * drift[..., None]
    n = both.sum(axis=-1)
    square = np.where(both, change**2 - noise[..., h:] - noise[..., :-h], 0.0).sum(axis=-1)
    raw = square / np.maximum(n, 1) / years_of_change(phi, h)
    freedom = np.where(n > 0, 3 * h * n / (2 * h**2 + 1), 0.0)
    mean_noise = np.where(used, noise, 0).sum(axis=-1) / np.maximum(used.sum(axis=-1), 1)
    return Variance(np.maximum(raw, 0.0), freedom, (raw < 0) & (n > 0), mean_noise, raw)


def years_of_change(phi: Floats, h: int) -> Floats:
    """2 (1 - φ^h) / (1 - φ²): variance of a change over h years, in innovation variances; h where φ = 1."""
    walk = phi >= 1 - 1e-9
    safe = np.where(walk, 0.5, phi)
    return np.where(walk, float(h), 2 * (1 - safe**h) / (1 - safe**2))
