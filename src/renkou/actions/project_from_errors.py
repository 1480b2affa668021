"""How well the rates of a projection's cities are known, from the counts of an edition."""

from __future__ import annotations

from collections.abc import Mapping

from renkou.actions.project_edition_rates import (
    RATE_YEARS,
    city_fertility,
    city_mortality,
    completeness,
    known_years,
    lived_by_the_dead,
)
from renkou.actions.project_edition_tops import EditionRead
from renkou.demography.checked import SEXES, Floats
from renkou.demography.forecasts.standard_schedules import (
    standard_fertility_pattern,
    standard_mortality,
)


def errors_of_base(read: EditionRead) -> Mapping[str, Mapping[str, float]]:
    """Standard errors of the last year's rates by measure and city.

    `e0_male` and `e0_female` in years, `tfr` of the logarithm: those of the intervals that the notes tell.
    What two lists leave uncertain of the completeness of births and deaths is not in them.
    """
    found: dict[str, dict[str, float]] = {}
    for number, top in enumerate(read.tree.tops):
        life = _error_of_life(read, number)
        for measure, error in (
            ("tfr", _error_of_fertility(read, number)),
            *((f"e0_{sex}", float(life[at])) for at, sex in enumerate(SEXES)),
        ):
            found.setdefault(measure, {})[top] = error
    return found


def _share_known(read: EditionRead, kind: str) -> Floats | float:
    found = completeness(read.counted, read.settings, kind, read.counts.years, read.counting)
    return 1.0 if found is None else found[:, None, None]


def _error_of_life(read: EditionRead, number: int) -> Floats:
    """Of life expectancy of males and females, in years."""
    counts = read.counts
    deaths = counts.tops.deaths[number]
    lived = counts.tops.exposure[number] * _share_known(read, "death")
    lived, _ = lived_by_the_dead(deaths, lived)
    known = slice(-known_years(deaths.sum(axis=(1, 2))), None)
    standard = standard_mortality(counts.years[known]).mx
    return city_mortality(deaths[known], lived[known], standard).error[-1]


def _error_of_fertility(read: EditionRead, number: int) -> float:
    """Of the logarithm of the total fertility rate."""
    counts = read.counts
    births = counts.tops.births[number]
    women = (counts.tops.exposure[number] * _share_known(read, "birth"))[:, 1]
    known = slice(-known_years(births.sum(axis=(1, 2))), None)
    usual = standard_fertility_pattern(counts.years[known][-RATE_YEARS:]).shares.mean(axis=0)
    return float(city_fertility(births.sum(axis=1)[known], women[known], usual).error[-1])
