"""Indicators of events: numbers, crude rates, differences, ratios at birth, punctuality. Pure (NumPy)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from renkou.demography.checked import Floats
from renkou.demography.indicators.blocks import Block, where_possible
from renkou.demography.indicators.cells import FIVE_YEARS, Seen, Span, of_periods
from renkou.demography.indicators.of_people import per_hundred, percentage
from renkou.demography.indicators.work import BOTH, Work
from renkou.demography.rates.intervals import (
    Interval,
    normal_quantile,
    poisson_interval,
    rate_interval,
)

PER = 1000.0


def events(work: Work) -> list[Block]:
    """How many there were, by sex."""
    seen = work.seen_events(work.indicator.compute["of"], work.sexes, [None])
    interval = poisson_interval(seen.count, noise_variance=seen.noise)
    none = np.full(seen.count.shape, np.nan)
    return [work.block((seen.count, interval.lower, interval.upper), seen.count, none)]


def rate(work: Work) -> list[Block]:
    """Events per thousand of the mean population and year; `half`: of couples; `women`: of ages."""
    told = work.indicator.compute
    seen = work.seen_events(told["of"], work.sexes, [None])
    if told.get("half"):
        seen = Seen(seen.count / 2, seen.noise / 4)
    if "women" in told:
        base = work.means_joined(told["to"], 1, [tuple(told["women"])])
    else:
        base = work.bases(told["to"], work.sexes, [None])
    return [_rates(work, seen, base, [None])]


def age_specific_rate(work: Work) -> list[Block]:
    """Events per thousand of each five-year age group."""
    told = work.indicator.compute
    seen = work.seen_events(told["of"], work.sexes, FIVE_YEARS)
    return [_rates(work, seen, work.bases(told["to"], work.sexes, FIVE_YEARS), FIVE_YEARS)]


def _rates(work: Work, seen: Seen, base: Seen, spans: Sequence[Span | None]) -> Block:
    years = np.broadcast_to(work.years, seen.count.shape)
    mean = np.broadcast_to(base.count, seen.count.shape)
    figures = where_possible(mean > 0, [seen.count, mean, seen.noise, base.noise, years], per_year)
    return work.block(figures, seen.count, mean, spans)


def per_year(
    count: Floats, mean: Floats, noise: Floats, more: Floats, years: Floats
) -> tuple[Floats, Interval]:
    """A rate per thousand person-years with its exact interval."""
    exposure = mean * years
    interval = rate_interval(
        count, exposure, PER, noise_variance=noise, denominator_noise_variance=more * years**2
    )
    return PER * count / exposure, interval


def difference(work: Work) -> list[Block]:
    """One kind of events less another."""
    more, less = _two_kinds(work)
    value = more.count - less.count
    spread = _spread(more, less)
    none = np.full(value.shape, np.nan)
    block = work.block((value, value - spread, value + spread), value, none)
    return [replace(block, people=np.minimum(more.count, less.count))]


def difference_rate(work: Work) -> list[Block]:
    """One kind of events less another, per thousand of the mean population and year."""
    more, less = _two_kinds(work)
    base = work.bases(work.indicator.compute["to"], BOTH, [None])
    exposure = base.count * work.years
    known = exposure > 0
    scale = np.divide(PER, exposure, out=np.full(exposure.shape, np.nan), where=known)
    value = (more.count - less.count) * scale
    # Noise of the population reaches the rate in proportion to it: (rate / population)^2 of its variance.
    of_base = np.divide(value**2 * base.noise, base.count**2, out=np.zeros_like(value), where=known)
    spread = np.hypot(_spread(more, less) * scale, normal_quantile(0.95) * np.sqrt(of_base))
    figures = (value, value - spread, value + spread)
    block = work.block(figures, more.count - less.count, base.count)
    return [replace(block, people=np.minimum(more.count, less.count))]


def _two_kinds(work: Work) -> tuple[Seen, Seen]:
    told = work.indicator.compute
    more, less = (work.seen_events(told[name], BOTH, [None]) for name in ("of", "less"))
    return more, less


def _spread(more: Seen, less: Seen) -> Floats:
    """Half width of the difference of two Poisson counts with noise."""
    variance = more.count + less.count + more.noise + less.noise
    return normal_quantile(0.95) * np.sqrt(variance)


def sex_ratio_of_events(work: Work) -> list[Block]:
    """Male events per hundred female ones: the sex ratio at birth."""
    seen = work.seen_events(work.indicator.compute["of"], ("male", "female"), [None])
    top, below = seen[:, :, :1], seen[:, :, 1:]
    arrays = [top.count, below.count, top.noise, below.noise]
    figures = where_possible(below.count > 0, arrays, per_hundred)
    return [work.block(figures, top.count, below.count, sexes=BOTH)]


def deaths_per_birth(work: Work) -> list[Block]:
    """Deaths under an age per thousand births of the same period."""
    below = int(work.indicator.compute["below"])
    died = work.seen_events("deaths", BOTH, [(0, below - 1)])
    born = work.seen_events("births", BOTH, [None])
    one_year = np.ones(born.count.shape)
    arrays = [died.count, born.count, died.noise, born.noise, one_year]
    figures = where_possible(born.count > 0, arrays, per_year)
    return [work.block(figures, died.count, born.count)]


def timeliness(work: Work) -> list[Block]:
    """Percentage of births registered in time among those with a known day of registration."""
    told = work.tabulation.punctuality
    if told is None:
        return []
    months = of_periods(told[work.places], work.periods)
    timely = work.counting(months[..., 0])
    known = work.counting(months[..., 0] + months[..., 1])
    part, whole, noise, more = (
        array[..., None, None] for array in (timely.count, known.count, timely.noise, known.noise)
    )
    figures = where_possible((whole > 0) & (part <= whole), [part, whole, noise, more], percentage)
    return [work.block(figures, part, whole)]
