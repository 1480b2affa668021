"""Fertility by age of mother: rates, their total, their mean age. Pure (NumPy).

Births to mothers under 15 and over 49 count with the nearest group; those to mothers of unknown age
are shared out as the known ones are, by the factor all births / births of known age.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from renkou.demography.checked import Floats
from renkou.demography.indicators.blocks import Block, where_possible
from renkou.demography.indicators.cells import Seen, Span
from renkou.demography.indicators.work import BOTH, Work
from renkou.demography.rates.fertility import mean_age_at_childbearing, total_fertility_rate
from renkou.demography.rates.intervals import Interval, rate_interval

MOTHERS: tuple[Span, ...] = tuple((age, age + 4) for age in range(15, 50, 5))
_COUNTED: tuple[Span, ...] = ((0, 19), *MOTHERS[1:-1], (45, 99))
_WIDTH = 5
SHARED_OUT = "births to mothers of unknown age are shared out as those of known age"


@dataclass(frozen=True)
class _Mothers:
    """births, women : (areas, periods, 1, 7); women in woman-years; factor : (areas, periods, 1, 1)"""

    births: Seen
    women: Seen
    all_births: Seen
    factor: Floats

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Where there are women of every age and births of known age: (areas, periods, 1, 7)."""
        every = (self.women.count > 0).all(axis=-1, keepdims=True)
        return np.broadcast_to(every & np.isfinite(self.factor), self.births.count.shape)


def _mothers(work: Work) -> _Mothers:
    births = work.seen_events("births", BOTH, _COUNTED)
    every = work.seen_events("births", BOTH, [None])
    mean = work.means("usual", ("female",), MOTHERS)
    women = Seen(mean.count * work.years, mean.noise * work.years**2)
    known = births.count.sum(axis=-1, keepdims=True)
    factor = np.divide(every.count, known, out=np.full(known.shape, np.nan), where=known > 0)
    return _Mothers(births, women, every, factor)


def asfr(work: Work) -> list[Block]:
    """Births per thousand woman-years of each five-year age group."""
    found = _mothers(work)
    women = found.women.count / found.factor
    arrays = [found.births.count, women, found.births.noise, found.women.noise / found.factor**2]
    figures = where_possible(found.known, arrays, _per_thousand)
    numerator = found.births.count * found.factor
    return [work.block(figures, numerator, found.women.count, MOTHERS, notes=(SHARED_OUT,))]


def _per_thousand(
    births: Floats, women: Floats, noise: Floats, more: Floats
) -> tuple[Floats, Interval]:
    interval = rate_interval(births, women, noise_variance=noise, denominator_noise_variance=more)
    return 1000 * births / women, interval


def total(work: Work) -> list[Block]:
    """Five times the sum of the rates of five-year age groups."""
    return _of_all_ages(work, mean_age=False)


def mean_age(work: Work) -> list[Block]:
    """Mean age of mothers by the rates."""
    return _of_all_ages(work, mean_age=True)


def _of_all_ages(work: Work, *, mean_age: bool) -> list[Block]:
    found = _mothers(work)
    shape = found.factor.shape
    figures = [np.full(shape, np.nan) for _ in range(3)]
    known = found.known[..., 0]
    if known.any():
        births, women = found.births.count[known], found.women.count[known] / found.factor[known]
        noise: Any = {
            "noise_variance": found.births.noise[known],
            "denominator_noise_variance": found.women.noise[known] / found.factor[known] ** 2,
        }
        if mean_age:
            ages = [first for first, _ in MOTHERS]
            estimate = mean_age_at_childbearing(births, women, ages, _WIDTH, **noise)
        else:
            estimate = total_fertility_rate(births, women, _WIDTH, **noise)
        parts = (estimate.value, estimate.interval.lower, estimate.interval.upper)
        for array, part in zip(figures, parts, strict=True):
            array[known] = part[:, None]
    women_of_all = found.women.count.sum(axis=-1, keepdims=True)
    return [
        work.block(
            (figures[0], figures[1], figures[2]), found.all_births.count, women_of_all,
            notes=(SHARED_OUT,),
        )
    ]  # fmt: skip
