"""Death and birth rates of a city and the levels of its parts, from counts by leaf and year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.stats import poisson

from renkou.actions.project_edition_counts import Ints, LeafCounts
from renkou.actions.statistics_settings import StatisticsSettings
from renkou.actions.tabulating import CountedEdition
from renkou.core.tallies import Tally
from renkou.demography.checked import SEXES, Floats
from renkou.demography.indicators.cells import Counting
from renkou.demography.levels.area_ratios import steadied_area_ratios
from renkou.demography.levels.brass_fit import brass_level
from renkou.demography.levels.fertility_level import fertility_beside_national, local_level
from renkou.demography.levels.mortality_level import mortality_beside_standard
from renkou.demography.levels.sex_ratio_level import steadied_sex_ratio
from renkou.demography.scenarios.project_data import Levels

RATE_YEARS = 5
TFR_STEP = 0.07
"""Standard deviation of the yearly change of the log total fertility rate of China, 1991 to 2023
(World Population Prospects 2024)."""
FERTILITY_SPREAD, MORTALITY_SPREAD = 0.25, 0.15
_BY_CHANCE = 0.01
_RECORD_AND_OTHER = {
    "birth": ("household_register", "births"),
    "death": ("deaths", "household_register"),
}


@dataclass(frozen=True)
class National:
    """What is taken from the nation: mx (years, 2, ages), rates by age of mother (ages,), males per
    female birth, and a schedule of moves by age (2, ages)."""

    mortality: Floats
    asfr: Floats
    srb: float
    moves: Floats


@dataclass(frozen=True)
class CityMortality:
    """mx (years, 2, ages); e0 and its standard error (years, 2), all years together; e0 of each year
    by itself (all known years, 2)."""

    mx: Floats
    e0: Floats
    error: Floats
    yearly_e0: Floats


@dataclass(frozen=True)
class CityFertility:
    """asfr (years, ages); tfr and the standard error of its log (years,); raw tfr (years,)."""

    asfr: Floats
    tfr: Floats
    error: Floats
    raw: Floats
    mean_age: float


def known_years(events: Floats) -> int:
    """How many of the newest years tell of their events: those before are thin.

    A year lies before the lists if its events are, beyond chance, fewer than half the median of the
    years after it.

    >>> known_years(np.array([3.0, 40.0, 101.0, 99.0, 100.0])), known_years(np.array([7.0, 20.0]))
    (3, 2)
    """
    count = 1
    while count < len(events):
        half = np.median(events[-count:]) / 2
        if poisson.cdf(events[-count - 1], half) < _BY_CHANCE:
            break
        count += 1
    return count


def completeness(
    counted: CountedEdition,
    settings: StatisticsSettings,
    kind: str,
    years: Ints,
    counting: Counting,
) -> Floats | None:
    """Share of the events of each year that the edition's lists hold between them: (years,).

    Two lists estimate how many events there are, as the completeness of statistics does: the share
    that each misses is that of the other's events which it does not hold. None where the settings
    name no two lists, or the second holds too few.
    """
    names = [settings.lists.get(part) for part in _RECORD_AND_OTHER[kind]]
    if any(name is None or name not in counted.lists for name in names):
        return None
    first, second, both = _seen_by_year(counted, kind, names, years, counting)
    if both.sum() < 1:
        return None
    found_by_first = both.sum() / second.sum()
    found_by_second = np.divide(both, first, out=np.zeros_like(first), where=first > 0)
    return np.asarray(1 - (1 - found_by_first) * (1 - found_by_second))


def _seen_by_year(
    counted: CountedEdition, kind: str, names: list[str | None], years: Ints, counting: Counting
) -> tuple[Floats, Floats, Floats]:
    """Events of each year that the list of record holds, the other one, and both.

    Each is seen by itself; where more are then seen in both than in one of them, that many are.
    """
    rows: pa.Table = counted.births if kind == "birth" else counted.deaths
    record, other = (counted.lists.index(str(name)) for name in names)
    mask = (rows["lists"] if kind == "birth" else rows["known_to"]).to_numpy().astype(np.int64)
    in_record, in_other = mask >> record & 1 == 1, mask >> other & 1 == 1
    if kind == "death":  # a household register can only tell of the death of somebody it holds
        held = rows["lists"].to_numpy() >> other & 1 == 1
        in_record, in_other = in_record & held, in_other & held
    at = rows["month"].to_numpy() // 12 - years[0]
    inside = (at >= 0) & (at < len(years))

    def by_year(who: np.ndarray) -> Floats:
        chosen = inside & who
        count, key = np.zeros(len(years), np.int64), np.zeros(len(years), np.uint64)
        np.add.at(count, at[chosen], rows["count"].to_numpy()[chosen])
        np.add.at(key, at[chosen], rows["key"].to_numpy()[chosen].astype(np.uint64))
        return counting(Tally(count, key)).count

    first, second = by_year(in_record), by_year(in_other)
    return first, second, np.minimum(by_year(in_record & in_other), np.minimum(first, second))


def city_mortality(deaths: Floats, exposure: Floats, standard: Floats) -> CityMortality:
    """Level against the standard of each year: of the last five years together, and of each by itself.

    Parameters
    ----------
    deaths, exposure, standard : (years, 2, ages); the exposure times the share registered
    """
    recent = slice(-min(RATE_YEARS, len(deaths)), None)
    pooled, alone = [], []
    for at, sex in enumerate(SEXES):
        died, lived, model = deaths[:, at], exposure[:, at], standard[:, at]
        own = mortality_beside_standard(died[recent], lived[recent], model[recent], sex=sex)
        ages = model * own.mx[-1] / model[-1]  # the pattern of the last years for all of them
        pooled.append(own)
        alone.append(brass_level(died[:, None], lived[:, None], ages[:, None], sex=sex))
    return CityMortality(
        mx=np.stack([one.mx for one in pooled], axis=1),
        e0=np.stack([one.e0 for one in pooled], axis=1),
        error=np.stack([one.e0_error for one in pooled], axis=1),
        yearly_e0=np.stack([one.e0[:, 0] for one in alone], axis=1),
    )


def lived_by_the_dead(deaths: Floats, exposure: Floats) -> tuple[Floats, int]:
    """Person-years of which none is below half a year per death, and how many cells were raised.

    The exposure is the mean of two year-ends: somebody old may have been there at neither.
    """
    least = deaths / 2
    return np.maximum(exposure, least), int((exposure < least).sum())


def city_fertility(births: Floats, women: Floats, national_asfr: Floats) -> CityFertility:
    """Rates by age and year from births by age of mother and woman-years, (years, ages) each.

    A year without a birth counts as half a birth, so that it has a logarithm.
    """
    recent = slice(-min(RATE_YEARS, len(births)), None)
    pattern = fertility_beside_national(
        births[recent].sum(axis=0), women[recent].sum(axis=0), national_asfr
    ).asfr
    born = births.sum(axis=-1)
    seen = np.where(born > 0, born, 0.5)
    ratio = pattern.sum() / (women * pattern).sum(axis=-1)
    level, error = local_level(np.log(seen * ratio), 1 / np.sqrt(seen), TFR_STEP)
    shape = pattern / pattern.sum()
    ages = np.arange(len(shape)) + 0.5
    return CityFertility(
        asfr=np.exp(level)[:, None] * shape,
        tfr=np.exp(level),
        error=error,
        raw=born * ratio,
        mean_age=float((shape * ages).sum()),
    )


def fertility_levels(counts: LeafCounts, places: Ints, asfr: Floats) -> Levels:
    """Births of leaves against those expected by the city's rates, over the last years."""
    years = len(asfr)
    women = counts.exposure[places, -years:, 1]
    expected = (women * asfr).sum(axis=(1, 2))
    return levels_beside(counts.births_since[places, -years], expected, FERTILITY_SPREAD)


def mortality_levels(counts: LeafCounts, places: Ints, mx: Floats) -> Levels:
    """Deaths of leaves against those expected by the city's rates, over the last years."""
    years = len(mx)
    expected = (counts.exposure[places, -years:] * mx).sum(axis=(1, 2, 3))
    return levels_beside(counts.deaths_since[places, -years], expected, MORTALITY_SPREAD)


def levels_beside(observed: Floats, expected: Floats, spread: float) -> Levels:
    """Ratios of leaves; 1 where there is but one, or nobody of whom anything is expected."""
    ratio, deviation = np.ones(len(observed)), np.zeros(len(observed))
    some = expected > 0
    if some.sum() > 1 and observed[some].sum() > 0:
        found = steadied_area_ratios(observed[some], expected[some], spread=spread)
        ratio[some], deviation[some] = found.ratio, found.deviation
    return Levels(ratio, deviation)


def city_sex_ratio(births: Floats, national: float) -> tuple[float, float]:
    """Males per female birth of the last years, (years, 2, ages), and the error of its log."""
    boys, girls = births[-RATE_YEARS:].sum(axis=(0, 2))
    return steadied_sex_ratio(boys, girls, national)
