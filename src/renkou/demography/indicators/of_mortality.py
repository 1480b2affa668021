"""Mortality by age: life expectancy, standardised and steadied rates. Pure (NumPy)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from renkou.demography.areas.small_areas import empirical_bayes_rates
from renkou.demography.checked import Floats
from renkou.demography.indicators.blocks import Block
from renkou.demography.indicators.cells import FIVE_YEARS, Seen, Span
from renkou.demography.indicators.tabulated import OLDEST
from renkou.demography.indicators.work import BOTH, Work
from renkou.demography.mortality.life_expectancy_intervals import chiang_interval
from renkou.demography.mortality.life_tables import life_table
from renkou.demography.mortality.standardisation import directly_standardised_rate

ABRIDGED: tuple[Span, ...] = ((0, 0), (1, 4), *FIVE_YEARS[1:-1], (85, OLDEST))
STANDARD = "china-2020"
FEWEST_IN_AN_AGE = 30
"""No rate is published on less, so no life table is made of such rates."""
FEWEST_PERSON_YEARS = 5_000
"""Of less no life expectancy is given: Toson & Baker (2003), Life expectancy at birth: methodological
options for small populations, National Statistics Methodological Series 33."""
_HIGHEST_RATE = 0.35  # of a closed group of five years; above it no probability fits


def life_expectancy(work: Work) -> list[Block]:
    """Years still to live at an age, from an abridged life table of the period."""
    at = [first for first, _ in ABRIDGED].index(int(work.indicator.compute["at"]))
    died, lived = _deaths_and_exposure(work, work.sexes, ABRIDGED)
    value, lower, upper = (one[..., at : at + 1] for one in _life_tables(work, died, lived, "ex"))
    total = died.count.sum(axis=-1, keepdims=True), lived.count.sum(axis=-1, keepdims=True)
    return [work.block((value, lower, upper), *total)]


def life_table_column(work: Work) -> list[Block]:
    """One column of the abridged life tables by age: `ex` with its interval, `qx` or `lx` without."""
    died, lived = _deaths_and_exposure(work, work.sexes, ABRIDGED)
    figures = _life_tables(work, died, lived, work.indicator.compute["column"])
    return [work.block(figures, died.count, lived.count, ABRIDGED)]


def _life_tables(work: Work, died: Seen, lived: Seen, column: str) -> tuple[Floats, Floats, Floats]:
    """Value and limits of a column, (areas, periods, sexes, ages); NaN where no table can be made."""
    figures = tuple(np.full(died.count.shape, np.nan) for _ in range(3))
    for number, sex in enumerate(work.sexes):
        known = _can_have_a_table(died.count[:, :, number], lived.count[:, :, number])
        if known.any():
            parts = _column(died[:, :, number][known], lived[:, :, number][known], sex, column)
            for array, part in zip(figures, parts, strict=True):
                array[:, :, number][known] = part
    return figures[0], figures[1], figures[2]


def _column(died: Seen, lived: Seen, sex: str, column: str) -> tuple[Floats, Floats, Floats]:
    """The tables of one sex; (tables, ages)."""
    table = life_table(died.count / lived.count, sex=sex, ages=[first for first, _ in ABRIDGED])
    if column != "ex":
        value = {"qx": 1000 * table.qx, "lx": table.lx}[column]
        return value, np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    noise = _noise_of_rates(died, lived)
    found = chiang_interval(table, died.count, rate_noise_variance=noise)
    return found.value, found.interval.lower, found.interval.upper


def _can_have_a_table(died: Floats, lived: Floats) -> npt.NDArray[np.bool_]:
    enough = (lived >= FEWEST_IN_AN_AGE).all(axis=-1)
    rates = np.divide(died, lived, out=np.ones_like(died), where=lived > 0)
    fits = (rates[..., :-1] < _HIGHEST_RATE).all(axis=-1)
    large = lived.sum(axis=-1) >= FEWEST_PERSON_YEARS
    return np.asarray(enough & large & fits & (died[..., -1] > 0))


def _deaths_and_exposure(
    work: Work, sexes: tuple[str, ...], spans: tuple[Span, ...]
) -> tuple[Seen, Seen]:
    died = work.seen_events("deaths", sexes, spans)
    mean = work.means("usual", sexes, spans)
    return died, Seen(mean.count * work.years, mean.noise * work.years**2)


def standardised_rate(work: Work) -> list[Block]:
    """Death rate at the age structure of the standard, per thousand."""
    died, lived = _deaths_and_exposure(work, work.sexes, FIVE_YEARS)
    shape = (*died.count.shape[:3], 1)
    figures = [np.full(shape, np.nan) for _ in range(3)]
    known = (lived.count > 0).all(axis=-1)
    if known.any():
        ages = [first for first, _ in FIVE_YEARS]
        noise = _noise_of_rates(died[known], lived[known]) * lived.count[known] ** 2
        rate = directly_standardised_rate(
            died.count[known], lived.count[known], STANDARD, ages=ages, noise_variance=noise
        )
        parts = (rate.value, rate.interval.lower, rate.interval.upper)
        for array, part in zip(figures, parts, strict=True):
            array[known] = part[:, None]
    total = died.count.sum(axis=-1, keepdims=True), lived.count.sum(axis=-1, keepdims=True)
    return [work.block((figures[0], figures[1], figures[2]), *total)]


def _noise_of_rates(died: Seen, lived: Seen) -> Floats:
    """Variance that the noise of deaths and of populations adds to rates (delta method)."""
    rate = died.count / lived.count
    return (died.noise + rate**2 * lived.noise) / lived.count**2


def smoothed_rate(work: Work) -> list[Block]:
    """Rates of areas drawn towards the mean of their tier, per thousand and year."""
    told = work.indicator.compute
    seen = work.seen_events(told["of"], BOTH, [None])
    base = work.bases(told["to"], BOTH, [None])
    exposure = base.count * work.years
    figures = [np.full(seen.count.shape, np.nan) for _ in range(3)]
    tiers = np.array([len(work.tabulation.areas.codes[at]) for at in work.places])
    for digits in np.unique(tiers):
        inside = np.flatnonzero((tiers == digits) & (exposure > 0).all(axis=(1, 2, 3)))
        if len(inside) < 2:  # one area alone has none to be drawn to
            continue
        found = empirical_bayes_rates(
            seen.count[inside, :, 0, 0].T,
            exposure[inside, :, 0, 0].T,
            noise_variance=seen.noise[inside, :, 0, 0].T,
        )
        parts = (found.steadied, found.interval.lower, found.interval.upper)
        for array, part in zip(figures, parts, strict=True):
            array[inside, :, 0, 0] = part.T
    return [work.block((figures[0], figures[1], figures[2]), seen.count, base.count)]
