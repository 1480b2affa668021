"""Intervals of counts, rates and shares, each with its method and its assumption. Pure.

An interval says how far the figure would move if the same risks had worked on the same people again.
It says nothing of people whom the lists miss. Every function takes any shape and broadcasts.

Figures that disclosure control has perturbed carry its noise as well. With half widths l and u of the
interval without noise, and a noise of variance v, the half widths become sqrt(l² + z² v) and
sqrt(u² + z² v): variances of independent errors add, on each side for itself. Noise of the
denominator reaches a rate by the delta method, as (z · rate / exposure)² v.

Sources: Garwood (1936), Biometrika 28:437-442; Byar in Breslow & Day (1987), Statistical Methods in
Cancer Research II, p. 69; Wilson (1927), JASA 22:209-212; Newcombe (1998), Statistics in Medicine
17:857-872, methods 3 and 4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, ndtri

from renkou.core.errors import FiguresRefused
from renkou.demography.checked import Floats, not_negative, positive, refuse_where

CountMethod = Literal["exact", "byar"]

FLOORED = "a lower limit below 0 was set to 0"
CEILED = "an upper limit above 1 was set to 1"


@dataclass(frozen=True)
class Interval:
    """Limits around a figure, with how and under which assumption they were made."""

    lower: Floats
    upper: Floats
    level: float  # 0.95 of such intervals hold what they are about
    method: str
    assumption: str
    notes: tuple[str, ...] = ()

    def times(self, factor: npt.ArrayLike) -> Interval:
        """The interval in another unit: both limits times a factor above 0."""
        by = positive("factor", factor)
        return replace(self, lower=self.lower * by, upper=self.upper * by)


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval and unit."""

    value: Floats
    interval: Interval
    unit: str  # 'per 1000', '%', 'males per 100 females', …
    notes: tuple[str, ...] = ()
    standard_error: Floats | None = None  # where the method has one


def poisson_interval(
    count: npt.ArrayLike,
    level: float = 0.95,
    method: CountMethod = "exact",
    *,
    noise_variance: npt.ArrayLike = 0.0,
) -> Interval:
    """Interval of the expected number of events, given how many there were.

    Parameters
    ----------
    count : any shape, events; a perturbed count need not be whole
    method : 'exact' (Garwood, from the gamma distribution; never covers too little) or 'byar'
        (a close approximation, used by public-health observatories)
    noise_variance : variance that disclosure control has added to the count

    Raises
    ------
    FiguresRefused
        If a count is negative or not finite, or level and method are none.

    Source: Garwood (1936); Breslow & Day (1987), p. 69.

    >>> found = poisson_interval([0, 10])
    >>> found.lower.round(2), found.upper.round(2)
    (array([0. , 4.8]), array([ 3.69, 18.39]))
    """
    events, noise = together(
        count=not_negative("count", count), noise=not_negative("noise_variance", noise_variance)
    )
    z = normal_quantile(level)
    if method == "exact":
        lower, upper, name = *_garwood(events, (1 - level) / 2), "exact (Garwood)"
    elif method == "byar":
        lower, upper, name = *_byar(events, z), "Byar"
    else:
        raise _unknown("method", method, "'exact' or 'byar'")
    plain = Interval(lower, upper, level, name, "events happen independently (Poisson)")
    return widened(plain, events, noise, z, floor=0.0)


def rate_interval(
    count: npt.ArrayLike,
    exposure: npt.ArrayLike,
    per: float = 1000,
    level: float = 0.95,
    method: CountMethod = "exact",
    *,
    noise_variance: npt.ArrayLike = 0.0,
    denominator_noise_variance: npt.ArrayLike = 0.0,
) -> Interval:
    """Interval of a rate: events over person-years, times `per`.

    Parameters
    ----------
    count : any shape, events
    exposure : same shape or broadcast, person-years, above 0; taken as known but for its noise
    noise_variance, denominator_noise_variance : added by disclosure control to count and exposure

    Raises
    ------
    FiguresRefused
        If a count is negative, or an exposure is 0.

    >>> found = rate_interval(12, 1000)
    >>> found.lower.round(2), found.upper.round(2)
    (np.float64(6.2), np.float64(20.96))
    """
    events, years, noise, more = together(
        count=not_negative("count", count),
        exposure=positive("exposure", exposure),
        noise=not_negative("noise_variance", noise_variance),
        more=not_negative("denominator_noise_variance", denominator_noise_variance),
    )
    found = poisson_interval(events, level, method)
    # In units of events: the delta method turns the exposure's noise v into (events / exposure)² v.
    noise = noise + (events / years) ** 2 * more
    found = widened(found, events, noise, normal_quantile(level), floor=0.0)
    return found.times(per / years)


def wilson_interval(
    count: npt.ArrayLike,
    total: npt.ArrayLike,
    level: float = 0.95,
    *,
    continuity_correction: bool = False,
    noise_variance: npt.ArrayLike = 0.0,
    denominator_noise_variance: npt.ArrayLike = 0.0,
) -> Interval:
    """Interval of a share by Wilson's score method, in [0, 1].

    Parameters
    ----------
    count : any shape, those who have it
    total : same shape or broadcast, all of whom they are part, above 0
    continuity_correction : wider, never covers much too little (Newcombe's method 4)

    Raises
    ------
    FiguresRefused
        If a count is negative or above its total, or a total is 0.

    Source: Wilson (1927); Newcombe (1998), table I.

    >>> found = wilson_interval(81, 263)
    >>> found.lower.round(4), found.upper.round(4)
    (np.float64(0.2553), np.float64(0.3662))
    """
    part, whole, noise, more = together(
        count=not_negative("count", count),
        total=positive("total", total),
        noise=not_negative("noise_variance", noise_variance),
        more=not_negative("denominator_noise_variance", denominator_noise_variance),
    )
    refuse_where(
        "count", part, part > whole, "a part is not above its total",
        "check that both count the same people", "部分不得大于总数；请检查两者是否统计同一人群",
    )  # fmt: skip
    z, share = normal_quantile(level), part / whole
    lower, upper = (_wilson_corrected if continuity_correction else _wilson)(part, whole, z)
    name = "Wilson, with continuity correction" if continuity_correction else "Wilson"
    plain = Interval(lower, upper, level, name, "people have it independently (binomial)")
    noise = (noise + share**2 * more) / whole**2
    return widened(plain, share, noise, z, floor=0.0, ceiling=1.0)


def widened(
    interval: Interval,
    value: Floats,
    noise_variance: Floats,
    z: float,
    *,
    floor: float = -np.inf,
    ceiling: float = np.inf,
) -> Interval:
    """An interval with the noise of disclosure control added in quadrature to each half width.

    Limits beyond floor or ceiling are set to them, and a note says so.
    """
    if np.any(noise_variance):
        added = z * np.sqrt(noise_variance)
        interval = replace(
            interval,
            lower=value - np.hypot(value - interval.lower, added),
            upper=value + np.hypot(interval.upper - value, added),
            assumption=with_noise(interval.assumption, noise_variance),
        )
    return _within(interval, floor, ceiling)


def normal_quantile(level: float) -> float:
    """z of a two-sided interval: 1.96 for 0.95.

    Raises
    ------
    FiguresRefused
        If the level is not between 0 and 1.

    >>> round(normal_quantile(0.95), 3)
    1.96
    """
    if not 0 < level < 1:
        raise FiguresRefused(
            "level", level, "lies between 0 and 1", "write 0.95 for 95 %",
            zh="置信水平应在 0 与 1 之间；95 % 请写作 0.95",
        )  # fmt: skip
    return float(ndtri((1 + level) / 2))


def together(**arrays: Floats) -> tuple[Floats, ...]:
    """Arrays broadcast to one shape.

    Raises
    ------
    FiguresRefused
        If their shapes do not go together.
    """
    try:
        return tuple(np.broadcast_arrays(*arrays.values()))
    except ValueError:
        shapes = ", ".join(str(one.shape) for one in arrays.values())
        raise FiguresRefused(
            " and ".join(arrays), shapes, "the shapes of arrays used together must fit",
            "give one value per place in each",
            zh="一起使用的数组形状应一致；请在各数组中逐位给出数值",
        ) from None  # fmt: skip


def _garwood(events: Floats, tail: float) -> tuple[Floats, Floats]:
    # Tables of counts hold few different ones, and the inverse of the gamma function is slow.
    count, where = np.unique(events, return_inverse=True)
    # Not through `where=`: SciPy 1.x crashes on large masked calls of this function.
    lower = np.where(count > 0, gammaincinv(np.where(count > 0, count, 1.0), tail), 0.0)
    upper = gammaincinv(count + 1, 1 - tail)
    where = where.reshape(events.shape)
    return lower[where], upper[where]


def _byar(events: Floats, z: float) -> tuple[Floats, Floats]:
    some = events > 0
    low, high = np.where(some, events, 1.0), events + 1
    lower = low * (1 - 1 / (9 * low) - z / (3 * np.sqrt(low))) ** 3
    upper = high * (1 - 1 / (9 * high) + z / (3 * np.sqrt(high))) ** 3
    return np.where(some, lower, 0.0), upper


def _wilson(part: Floats, whole: Floats, z: float) -> tuple[Floats, Floats]:
    share = part / whole
    middle = (part + z**2 / 2) / (whole + z**2)
    half = z * np.sqrt(whole * share * (1 - share) + z**2 / 4) / (whole + z**2)
    # At 0 and at 1 the limit is the share itself; rounding would miss it by 1e-17.
    return np.where(part == 0, 0.0, middle - half), np.where(part == whole, 1.0, middle + half)


def _wilson_corrected(part: Floats, whole: Floats, z: float) -> tuple[Floats, Floats]:
    share, rest = part / whole, whole - part
    at_zero, at_one = part <= 0.5, rest <= 0.5  # half an event is what the correction adds
    below = np.where(at_zero, 0.0, z**2 - 2 - 1 / whole + 4 * share * (rest + 1))
    above = np.where(at_one, 0.0, z**2 + 2 - 1 / whole + 4 * share * (rest - 1))
    lower = (2 * part + z**2 - 1 - z * np.sqrt(below)) / (2 * (whole + z**2))
    upper = (2 * part + z**2 + 1 + z * np.sqrt(above)) / (2 * (whole + z**2))
    return np.where(at_zero, 0.0, lower), np.where(at_one, 1.0, upper)


def _within(interval: Interval, floor: float, ceiling: float) -> Interval:
    """Limits that cannot be were they left as computed, and a note of each that was moved."""
    low, high = interval.lower < floor, interval.upper > ceiling
    said = [text for text, moved in ((FLOORED, low), (CEILED, high)) if moved.any()]
    return replace(
        interval,
        lower=np.where(low, floor, interval.lower),
        upper=np.where(high, ceiling, interval.upper),
        notes=tuple(dict.fromkeys((*interval.notes, *said))),
    )


def with_noise(assumption: str, *noise: Floats) -> str:
    """An assumption, and that the interval was widened where there is noise."""
    carried = "; widened for the noise of disclosure control"
    return assumption + carried if any(np.any(one) for one in noise) else assumption


def _unknown(name: str, value: object, known: str) -> FiguresRefused:
    return FiguresRefused(
        name, repr(value), f"is one of {known}", "name one of them",
        zh=f"应为 {known} 之一；请选其一",
    )  # fmt: skip
