"""Trajectories about a path of TFR, e0 and migration, and the populations that they give."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from world_prospects import AGES, Country, five_years, standards

from renkou.core.errors import FiguresRefused
from renkou.demography import (
    SurvivalFamily,
    fit_fertility_process,
    fit_life_expectancy_process,
    fit_migration_process,
    project_cohort_component,
    reachable_e0,
    simulate,
    survival_at,
    survival_family,
)

STEP_OF_E0 = 0.25  # survival between is linear: wrong by less than a hundred-thousandth


@dataclass(frozen=True)
class Drawn:
    tfr: np.ndarray  # (trajectories, years)
    e0: np.ndarray  # (trajectories, years, 2)
    mig: np.ndarray  # (trajectories, years), persons


def draw(c: Country, path: dict[str, np.ndarray], known: int, count: int, seed: int) -> Drawn:
    """Spread fitted to the first `known` years, set on a path."""
    p = {k: v[:known] for k, v in c.past.items()}
    fertility = fit_fertility_process(p["year"], p["tfr"])
    mortality = fit_life_expectancy_process(p["year"], p["e0M"], p["e0F"])
    migration = fit_migration_process(p["year"], p["mig"] * 1000, p["people"])
    options = {"trajectories": count, "seed": seed}
    return Drawn(
        simulate(fertility, path["tfr"], **options),
        simulate(mortality, np.stack([path["e0M"], path["e0F"]], axis=-1), **options),
        simulate(migration, path["mig"], population=path["people"], **options),
    )


@cache
def family_of(folder: Path, code: str, period: str) -> tuple[SurvivalFamily, np.ndarray]:
    """Survival by life expectancy in the pattern of five years' rates, and the e0 it reaches."""
    standard = standards(folder, code, [period])[0]
    low, high = reachable_e0(standard, sex=("male", "female"))
    grid = np.arange(np.ceil(low.max()), np.floor(high.min()), STEP_OF_E0)
    try:
        return survival_family(standard, grid), grid
    except FiguresRefused:  # some standards have a gap at 100.75 years that no rate fills
        grid = grid[grid <= 100]
    return survival_family(standard, grid), grid


def survival(c: Country, years: np.ndarray, e0: np.ndarray) -> tuple[np.ndarray, int]:
    """Survival ratios of trajectories (trajectories, years, 2, ages), and how many e0 were out of reach."""
    found = np.empty((*e0.shape, AGES))
    held = 0
    for period in dict.fromkeys(five_years(int(y)) for y in years):
        at = np.array([five_years(int(y)) == period for y in years])
        family, grid = family_of(c.folder, c.code, period)
        asked = e0[:, at]
        held += int(((asked < grid[0]) | (asked > grid[-1])).sum())
        found[:, at] = survival_at(family, np.clip(asked, grid[0], grid[-1]))
    return found, held


def project(
    c: Country, population: np.ndarray, years: np.ndarray, drawn: Drawn, srb: np.ndarray,
    by_age: np.ndarray, profile: np.ndarray, pattern: np.ndarray,
) -> tuple[np.ndarray, int]:  # fmt: skip
    """Total population of each trajectory at the end of each year: (trajectories, years)."""
    ratio, held = survival(c, years, drawn.e0)
    net = by_age + (drawn.mig - by_age.sum(axis=(1, 2)))[..., None, None] * profile
    asfr = np.zeros((*drawn.tfr.shape, AGES))
    asfr[..., 15:50] = drawn.tfr[..., None] * pattern
    found = project_cohort_component(
        population, survival_ratio=ratio, asfr=asfr, srb=srb, net_migration=net
    )
    return found.population[..., 1:, :, :].sum(axis=(-2, -1)), held
