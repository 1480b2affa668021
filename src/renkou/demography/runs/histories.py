"""The processes of a project: fitted to its own history, drawn to the nation's or the pooled ones. Pure."""

from __future__ import annotations

import numpy as np

from renkou.demography.checked import Floats
from renkou.demography.forecasts.standard_schedules import national_history
from renkou.demography.runs.parts import Ints
from renkou.demography.scenarios.project_data import ProjectData, YearSeries
from renkou.demography.trajectories.pooled_processes import (
    POOLED_FERTILITY,
    POOLED_LIFE_EXPECTANCY,
    POOLED_MIGRATION,
)
from renkou.demography.trajectories.process_fits import (
    fit_fertility_process,
    fit_life_expectancy_process,
    fit_migration_process,
)
from renkou.demography.trajectories.processes import Process

FEWEST_YEARS = 4  # below, a history says nothing of how far years stray
SPREAD_OF_AGES_AT_DEATH = 14.0  # years: e0 from D deaths has a standard error of some 14 / √D


def fertility_process(data: ProjectData, births: float) -> Process:
    """Of the whole: its own history's, drawn to the nation's where it is a part of China.

    births : of a year, behind the rates of the history
    """
    parent = _nation_fertility() if _of_china(data) else POOLED_FERTILITY
    found = _history(data, "tfr")
    if found is None:
        return parent
    behind = np.full(len(found.years), max(births, 1.0))
    return fit_fertility_process(found.years, found.values, births=behind, parent=parent)


def life_expectancy_process(data: ProjectData, deaths: Floats) -> Process:
    """Of the whole; deaths (2,) of a year, behind the history."""
    parent = _nation_life() if _of_china(data) else POOLED_LIFE_EXPECTANCY
    male, female = _history(data, "e0_male"), _history(data, "e0_female")
    if male is None or female is None or not np.array_equal(male.years, female.years):
        return parent
    noise = np.broadcast_to(
        SPREAD_OF_AGES_AT_DEATH**2 / np.maximum(deaths, 1.0), (len(male.years), 2)
    )
    return fit_life_expectancy_process(
        male.years, male.values, female.values, noise_variance=noise, parent=parent
    )


def migration_process(data: ProjectData, moves: float) -> Process:
    """Of the whole; moves of a year: arrivals and departures behind the history."""
    found, people = _history(data, "net_migration"), _history(data, "population")
    if found is None or people is None:
        return POOLED_MIGRATION
    both, one, two = np.intersect1d(found.years, people.years, return_indices=True)
    if len(both) < FEWEST_YEARS or (np.diff(both) != 1).any():
        return POOLED_MIGRATION
    return fit_migration_process(
        both, found.values[one], people.values[two], moves=np.full(len(both), moves)
    )


def _of_china(data: ProjectData) -> bool:
    return "edition" in data.settings or str(data.settings.get("nation", "")) in ("156", "中国")


def _history(data: ProjectData, measure: str) -> YearSeries | None:
    """The last run of following years of the first area that has the measure; None if too short."""
    by_area = data.history.get(measure, {})
    top = next((area.code for area in data.areas if area.code in by_area), None)
    if top is None:
        return None
    series = by_area[top]
    begins = int(np.flatnonzero(np.diff(series.years, prepend=series.years[0] - 2) != 1)[-1])
    kept = slice(begins, None)
    if len(series.years[kept]) < FEWEST_YEARS:
        return None
    return YearSeries(series.years[kept], series.values[kept])


def _nation_fertility() -> Process:
    nation = national_history()
    known = nation.estimated
    return fit_fertility_process(nation.year[known], nation.tfr[known])


def _nation_life() -> Process:
    nation = national_history()
    known = nation.estimated
    e0 = nation.e0[known]
    return fit_life_expectancy_process(nation.year[known], e0[:, 0], e0[:, 1])


def years_of_history(data: ProjectData, measure: str) -> Ints:
    """The years that a measure's history of the whole has."""
    found = _history(data, measure)
    return np.array([], np.int64) if found is None else found.years
