"""What chance does to a scenario: trajectories of fertility, life, moves and of the base. Pure (NumPy).

The whole strays by the process of its own history; each leaf shares the whole's fortune and has some of
its own, and its level is known as well as the births or deaths behind it tell.
"""

from __future__ import annotations

import numpy as np

from renkou.demography.checked import SEXES, Floats
from renkou.demography.mortality.life_tables import life_table
from renkou.demography.runs.departures import Departures
from renkou.demography.runs.histories import (
    fertility_process,
    life_expectancy_process,
    migration_process,
    years_of_history,
)
from renkou.demography.runs.model import ProjectionModel
from renkou.demography.scenarios.assumptions import Scenario, UncertaintySettings
from renkou.demography.scenarios.project_data import ProjectData
from renkou.demography.trajectories.counter_draws import ALL, draws
from renkou.demography.trajectories.pooled_processes import (
    AREA_FERTILITY,
    AREA_LIFE_EXPECTANCY,
    AREA_MIGRATION,
)
from renkou.demography.trajectories.simulation import simulate

# Figures that a run keeps of a leaf stand on levels measured over so many years, if nothing is known.
YEARS_BEHIND_LEVELS = 3


def departures_of(
    data: ProjectData, scenario: Scenario, model: ProjectionModel, wanted: UncertaintySettings
) -> Departures:
    """Trajectories about a scenario: as many, and from the seed, as `wanted` says."""
    moving = scenario.migration.method != "none"
    return Departures(
        trajectories=wanted.trajectories,
        seed=wanted.seed,
        tfr=_fertility(data, model, wanted),
        e0=_life_expectancy(data, model, wanted),
        net=_migration(data, model, wanted) if moving else None,
        coverage=data.coverage if wanted.base else None,
        individuals=wanted.individuals,
        parts=_parts(data, wanted, moving),
    )


def _fertility(data: ProjectData, model: ProjectionModel, wanted: UncertaintySettings) -> Floats:
    """Ratios to the scenario's TFR (trajectories, leaves, years)."""
    median = np.maximum(model.asfr.sum(-1), 1e-6)
    women = model.population[:, -1, : model.asfr.shape[-1]]
    births = float((women * model.asfr[:, 0]).sum())
    whole = fertility_process(data, births)
    years = max(len(years_of_history(data, "tfr")), YEARS_BEHIND_LEVELS)
    level = data.levels.get("fertility")
    found = simulate(
        AREA_FERTILITY, median, trajectories=wanted.trajectories, seed=wanted.seed,
        areas=data.leaves, common=whole,
        level_error=0.0 if level is None else level.deviation,
    )  # fmt: skip
    found /= median
    cut = draws(wanted.seed, 0, wanted.trajectories, "level of the whole")
    error = cut.normals(ALL, "level", 1) / np.sqrt(max(births * years, 1.0))
    return found * np.exp(error)[:, None]


def _life_expectancy(
    data: ProjectData, model: ProjectionModel, wanted: UncertaintySettings
) -> Floats:
    """Years beyond the scenario's life expectancy (trajectories, leaves, years, 2)."""
    mortality = model.mortality
    e0 = life_table(mortality.mx, sex=SEXES).e0
    median = e0[mortality.schedule] + mortality.departure[:, None]
    deaths = (model.population * mortality.mx[mortality.schedule, 0]).sum((0, -1))
    found = simulate(
        AREA_LIFE_EXPECTANCY, median, trajectories=wanted.trajectories, seed=wanted.seed,
        areas=data.leaves, common=life_expectancy_process(data, deaths),
    )  # fmt: skip
    found -= median
    return found


def _migration(data: ProjectData, model: ProjectionModel, wanted: UncertaintySettings) -> Floats:
    """People beyond the scenario's net migration (trajectories, leaves, years)."""
    people = model.population.sum((-2, -1))
    moves = model.migration
    behind = 0.0
    if moves.out_rate is not None and moves.in_count is not None:
        behind = float((moves.out_rate[:, 0] * model.population).sum() + moves.in_count[:, 0].sum())
    nothing = np.zeros((len(model.areas), model.years))
    return simulate(
        AREA_MIGRATION, nothing, trajectories=wanted.trajectories, seed=wanted.seed,
        areas=data.leaves, common=migration_process(data, behind),
        population=np.maximum(people, 1e-9)[:, None] + nothing,
    )  # fmt: skip


def _parts(data: ProjectData, wanted: UncertaintySettings, moving: bool) -> tuple[str, ...]:
    said = ["生育水平", "预期寿命"]
    said += ["迁移"] if moving else []
    said += ["基期人口误差"] if wanted.base and data.coverage is not None else []
    return (*said, "个体偶然性") if wanted.individuals else tuple(said)
