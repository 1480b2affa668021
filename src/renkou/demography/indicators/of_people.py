"""Indicators of populations: numbers, shares, ratios, the median age. Pure (NumPy)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from renkou.core.areas import LEVEL_DIGITS
from renkou.core.tallies import stacked
from renkou.demography.checked import Floats
from renkou.demography.indicators.blocks import NONE, Block, where_possible
from renkou.demography.indicators.cells import (
    FIVE_YEARS,
    SEXES,
    Seen,
    Span,
    at_ends,
    chosen_periods,
    periods_within,
)
from renkou.demography.indicators.tabulated import OLDEST
from renkou.demography.indicators.work import BOTH, Work
from renkou.demography.rates.age_structure import median_age
from renkou.demography.rates.intervals import Interval, wilson_interval
from renkou.demography.rates.ratio_intervals import ratio_interval

SINGLE_AGES: tuple[Span, ...] = tuple((age, age) for age in range(OLDEST + 1))


def stock(work: Work) -> list[Block]:
    """People whom the register holds at the end of the period, by sex and age; a count, no interval.

    Five-year groups everywhere, single ages at the ends of years down to counties, and of villages
    no ages.
    """
    name, spans = work.indicator.compute["of"], _spans(work)
    blocks = [_counted(work, work.ends(name, work.sexes, spans), spans)]
    if len(spans) > 1:
        coarse = replace(work, digits=LEVEL_DIGITS["county"], shortest="year")
        blocks.append(_counted(coarse, coarse.ends(name, work.sexes, SINGLE_AGES), SINGLE_AGES))
    if name in work.tabulation.villages and work.indicator.definition.lowest_level == "village":
        blocks.append(_of_villages(work, name))
    return blocks


def _of_villages(work: Work, name: str) -> Block:
    """Both sexes and each, all ages: village by sex and age would be three variables with the period."""
    villages, totals = work.tabulation.villages[name]
    by_sex = stacked([totals.sum(-1), totals[..., 0], totals[..., 1]], axis=-1)
    every = periods_within(work.tabulation.opening, work.tabulation.last)
    periods = chosen_periods(every, "half_year")
    seen = at_ends(work.counting(by_sex), periods)
    none = np.full((*seen.count.shape, 1), np.nan)
    return Block(
        work.indicator.id, villages, tuple(one.name for one in periods), SEXES, ("all",),
        seen.count[..., None], none, none, seen.count[..., None], none,
    )  # fmt: skip


def _counted(work: Work, seen: Seen, spans: Sequence[Span | None]) -> Block:
    return work.block((seen.count, NONE, NONE), seen.count, NONE, spans)


def _spans(work: Work) -> tuple[Span | None, ...]:
    return (None, *FIVE_YEARS) if work.indicator.compute.get("ages") == "five" else (None,)


def mean_stock(work: Work) -> list[Block]:
    """Mean of the populations at beginning and end."""
    seen = work.means(work.indicator.compute["of"], work.sexes, [None])
    return [_counted(work, seen, [None])]


def share(work: Work) -> list[Block]:
    """Percentage of a population: of one group among all, or of an age group within it."""
    told = work.indicator.compute
    spans: list[Span | None] = [tuple(told["part"])] if "part" in told else [None]
    part = work.ends(told["of"], work.sexes, spans)
    whole = work.ends(told.get("whole", told["of"]), work.sexes, [None])
    figures = where_possible(
        (whole.count > 0) & (part.count <= whole.count),
        [part.count, whole.count, part.noise, whole.noise], percentage,
    )  # fmt: skip
    return [work.block(figures, part.count, whole.count)]


def percentage(part: Floats, whole: Floats, noise: Floats, more: Floats) -> tuple[Floats, Interval]:
    """A share in per cent with its interval."""
    interval = wilson_interval(part, whole, noise_variance=noise, denominator_noise_variance=more)
    return 100 * part / whole, interval.times(100)


def ratio(work: Work) -> list[Block]:
    """Age groups per hundred of another: dependency ratios."""
    told = work.indicator.compute
    top = work.ends_joined(told["of"], [tuple(span) for span in told["part"]], BOTH)
    below = work.ends_joined(told["of"], [tuple(told["to"])], BOTH)
    return [_ratio_block(work, top, below, [None])]


def sex_ratio(work: Work) -> list[Block]:
    """Males per hundred females, in all and by five-year age group."""
    spans = _spans(work)
    seen = work.ends(work.indicator.compute["of"], ("male", "female"), spans)
    return [_ratio_block(work, seen[:, :, :1], seen[:, :, 1:], spans)]


def _ratio_block(work: Work, top: Seen, below: Seen, spans: Sequence[Span | None]) -> Block:
    figures = where_possible(
        below.count > 0, [top.count, below.count, top.noise, below.noise], per_hundred
    )
    return work.block(figures, top.count, below.count, spans, BOTH)


def per_hundred(top: Floats, below: Floats, noise: Floats, more: Floats) -> tuple[Floats, Interval]:
    """A ratio per hundred with its interval on the log scale."""
    interval = ratio_interval(top, below, noise_variance=noise, denominator_noise_variance=more)
    return 100 * top / below, interval


def median(work: Work) -> list[Block]:
    """The age that halves a population, by single ages as they may be seen."""
    seen = work.ends(work.indicator.compute["of"], work.sexes, SINGLE_AGES)
    people = seen.count.sum(-1, keepdims=True)
    # Where half of the people are in the open group, nobody can say how old they are.
    known = (people > 0) & (seen.count[..., -1:] < people / 2)
    value = np.full(people.shape, np.nan)
    at = known[..., 0]
    value[known] = median_age(seen.count[at])
    return [work.block((value, NONE, NONE), people, NONE)]
