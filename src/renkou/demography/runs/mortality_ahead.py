"""Survival of every area and year of a scenario, on a grid of life expectancies about it. Pure (NumPy).

The grid is made once; trajectories and areas that live longer or shorter than the schedule they share
are read off it, so that no life table is made for a trajectory.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from renkou.demography.checked import SEXES, Floats
from renkou.demography.forecasts.mortality_decline import mortality_by_decline
from renkou.demography.forecasts.relational_mortality import mortality_for_e0, reachable_e0
from renkou.demography.mortality.life_tables import life_table
from renkou.demography.mortality.survival_from_rates import survival_ratios_from_mx
from renkou.demography.runs.model import MortalityModel
from renkou.demography.runs.parts import Ints, level_of, parts_of, weighted_mean
from renkou.demography.runs.refusals import Index, placed_as
from renkou.demography.scenarios.assumptions import MortalityAssumption, Scenario
from renkou.demography.scenarios.project_data import ProjectData

MARGIN = 4.0  # years of life expectancy kept from the ends of what a standard can reach
STEP = 0.25  # years of life expectancy between the levels of the grid


def mortality_ahead(
    data: ProjectData, scenario: Scenario, years: Ints
) -> tuple[MortalityModel, tuple[str, ...]]:
    """Mortality of a scenario, and what was assumed."""
    base, notes = data.mortality.base(data.base_year)
    schedules: list[Floats] = []
    schedule = np.zeros(len(data.leaves), np.int64)
    for places, part in parts_of(data, scenario.mortality):
        whose = [data.mortality.source_of[place] for place in places]
        for code in dict.fromkeys(whose):
            inside = places[[one == code for one in whose]]
            schedule[inside] = len(schedules)
            schedules.append(_ahead(data, base, places, inside[0], part, years))
    departure = _departures(base, level_of(data, "mortality"))
    return _on_grid(np.stack(schedules), schedule, departure, 0.0), notes


def _ahead(
    data: ProjectData,
    base: Floats,
    places: Ints,
    leaf: int,
    part: MortalityAssumption,
    years: Ints,
) -> Floats:
    """Death rates (years, 2, ages) of the source of one leaf's rates under one assumption."""
    if part.method == "given":
        series = data.mortality.by_area[data.mortality.source_of[leaf]]
        return series.values[np.searchsorted(series.years, years)]
    if part.method == "lee_carter":
        return _by_lee_carter(data, leaf, part, years)
    constant = np.repeat(base[leaf][None], len(years), axis=0)
    if part.method == "constant":
        return constant
    weights = data.population[places].sum((-2, -1))
    relative = _e0(base[leaf]) - weighted_mean(_e0(base[places]), weights)
    paths = (part.e0_male, part.e0_female)
    moved = constant.copy()
    for number, path in enumerate(paths):
        if path is not None:
            e0 = path.at(years) + relative[number]
            with placed_as("e0", partial(_of_years, int(leaf), number)):
                moved[:, number] = mortality_by_decline(
                    base[leaf, number], e0, sex=SEXES[number]
                ).mx
    return moved


def _of_years(leaf: int, sex: int, at: Index) -> Index:
    """A place in a path of years as area, year, sex."""
    return (leaf, *at, sex)


def _by_lee_carter(data: ProjectData, leaf: int, part: MortalityAssumption, years: Ints) -> Floats:
    """Fitted to the years up to the base year, drawn out to those of the scenario."""
    from renkou.demography.forecasts.lee_carter import fit_lee_carter, project_lee_carter

    series = data.mortality.by_area[data.mortality.source_of[leaf]]
    known = (series.years <= data.base_year) & (series.years >= (part.fit_from or 0))
    ahead = years[-1] - series.years[known][-1]
    model = fit_lee_carter(series.values[known], years=series.years[known], sex=SEXES)
    return project_lee_carter(model, int(ahead))[-len(years) :]


def _e0(mx: Floats) -> Floats:
    """Life expectancy at birth, (..., 2)."""
    return life_table(mx, sex=SEXES).e0


def _departures(base: Floats, ratio: Floats) -> Floats:
    """Years of life expectancy (leaves, 2) that death rates `ratio` times as high cost or bring."""
    if (ratio == 1).all():
        return np.zeros(base.shape[:-1])
    return _e0(base * ratio[:, None, None]) - _e0(base)


def with_reach(mortality: MortalityModel, reach: float) -> MortalityModel:
    """The same mortality on a grid that reaches so many years of life expectancy further."""
    return _on_grid(mortality.mx, mortality.schedule, mortality.departure, reach)


def _on_grid(mx: Floats, schedule: Ints, departure: Floats, reach: float) -> MortalityModel:
    lowest = int(np.floor((departure.min() - reach) / STEP)) if departure.size else 0
    highest = int(np.ceil((departure.max() + reach) / STEP))
    levels: Floats = np.arange(min(lowest, 0), max(highest, 0) + 1) * np.float64(STEP)
    if len(levels) == 1:
        survival = survival_ratios_from_mx(mx, sex=SEXES)[:, :, None]
        return MortalityModel(mx, levels, survival, schedule, departure)
    e0 = _e0(mx)
    lowest_e0, highest_e0 = reachable_e0(mx, sex=SEXES)
    least, most = (lowest_e0 - e0).max() + MARGIN, (highest_e0 - e0).min() - MARGIN
    levels = levels[(levels > least) & (levels < most)]
    wanted = e0[:, :, None] + levels[:, None]
    leaf = [int(np.argmax(schedule == number)) for number in range(len(mx))]
    with placed_as("e0", lambda at: (leaf[at[0]], at[1], at[3])):
        rates = mortality_for_e0(mx[:, :, None], wanted, sex=SEXES).mx
    survival = survival_ratios_from_mx(rates, sex=SEXES)
    return MortalityModel(mx, levels, survival, schedule, departure)
