"""What chance does to a scenario: trajectories of fertility, life, moves and of the base. Pure (NumPy).

The whole strays by the process of its own history; each leaf shares the whole's fortune and has some of
its own. The levels both start from are known as well as the births, deaths and moves behind them tell
(`level_errors`).
"""

from __future__ import annotations

import numpy as np

from renkou.demography.checked import SEXES, Floats
from renkou.demography.mortality.life_tables import life_table
from renkou.demography.runs.area_histories import area_migration_process
from renkou.demography.runs.departures import Departures
from renkou.demography.runs.histories import (
    fertility_process,
    life_expectancy_process,
    migration_process,
    years_of_history,
)
from renkou.demography.runs.level_errors import (
    errors_of_life_expectancy,
    own_errors,
    shared_errors,
)
from renkou.demography.runs.level_notes import carries_errors, notes_on_errors
from renkou.demography.runs.model import ProjectionModel
from renkou.demography.scenarios.assumptions import Scenario, UncertaintySettings
from renkou.demography.scenarios.notes import Note
from renkou.demography.scenarios.project_data import ProjectData
from renkou.demography.trajectories.counter_draws import ALL, draws
from renkou.demography.trajectories.pooled_processes import (
    AREA_FERTILITY,
    AREA_LIFE_EXPECTANCY,
)
from renkou.demography.trajectories.processes import Process
from renkou.demography.trajectories.simulation import simulate

# Figures that a run keeps of a leaf stand on levels measured over so many years, if nothing is known.
YEARS_BEHIND_LEVELS = 3


def departures_of(
    data: ProjectData, scenario: Scenario, model: ProjectionModel, wanted: UncertaintySettings
) -> Departures:
    """Trajectories about a scenario: as many, and from the seed, as `wanted` says."""
    moving = scenario.migration.method != "none"
    leaving, arriving = _moves(data, model, wanted) if moving else (None, None)
    straying, fitted = area_migration_process(data, model)
    return Departures(
        trajectories=wanted.trajectories,
        seed=wanted.seed,
        tfr=_fertility(data, model, wanted),
        e0=_life_expectancy(data, model, wanted),
        net=_migration(data, model, wanted, straying) if moving else None,
        leaving=leaving,
        arriving=arriving,
        coverage=data.coverage if wanted.base else None,
        individuals=wanted.individuals,
        parts=_parts(data, wanted, moving),
        notes=(
            *notes_on_errors(data, moving=moving),
            *_capped(model, leaving),
            *(fitted if moving else ()),
        ),
    )


def _fertility(data: ProjectData, model: ProjectionModel, wanted: UncertaintySettings) -> Floats:
    """Ratios to the scenario's TFR (trajectories, leaves, years)."""
    median = np.maximum(model.asfr.sum(-1), 1e-6)
    women = model.population[:, -1, : model.asfr.shape[-1]]
    births = (women * model.asfr[:, 0]).sum(-1)
    whole = fertility_process(data, float(births.sum()))
    found = simulate(
        AREA_FERTILITY, median, trajectories=wanted.trajectories, seed=wanted.seed,
        areas=data.leaves, common=whole,
    )  # fmt: skip
    found /= median
    years = max(len(years_of_history(data, "tfr")), YEARS_BEHIND_LEVELS)
    cut = draws(wanted.seed, 0, wanted.trajectories, "level of the whole")
    counted = cut.normals(ALL, "level")[:, 0] / np.sqrt(max(float(births.sum()) * years, 1.0))
    error = shared_errors(data, "tfr", wanted, otherwise=counted)
    error += own_errors(data, "fertility", births, wanted)
    return np.asarray(found * np.exp(error)[:, :, None])


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
    found += errors_of_life_expectancy(data, model.population, wanted)[:, :, None]
    return found


def _migration(
    data: ProjectData, model: ProjectionModel, wanted: UncertaintySettings, straying: Process
) -> Floats:
    """People beyond the scenario's net migration (trajectories, leaves, years)."""
    people = model.population.sum((-2, -1))
    moves = model.migration
    behind = 0.0
    if moves.out_rate is not None and moves.in_count is not None:
        behind = float((moves.out_rate[:, 0] * model.population).sum() + moves.in_count[:, 0].sum())
    nothing = np.zeros((len(model.areas), model.years))
    return simulate(
        straying, nothing, trajectories=wanted.trajectories, seed=wanted.seed,
        areas=data.leaves, common=migration_process(data, behind),
        population=np.maximum(people, 1e-9)[:, None] + nothing,
    )  # fmt: skip


def _moves(
    data: ProjectData, model: ProjectionModel, wanted: UncertaintySettings
) -> tuple[Floats | None, Floats | None]:
    """Ratios to the scenario's rates of leaving and arrivals (trajectories, leaves); None where certain."""
    moves = model.migration
    if moves.out_rate is None or moves.in_count is None:
        return None, None
    leavers = (moves.out_rate[:, 0] * model.population).sum((-2, -1))
    found = []
    for measure, events in (
        ("moves_out", leavers),
        ("moves_in", moves.in_count[:, 0].sum((-2, -1))),
    ):
        error = shared_errors(data, measure, wanted)
        error += own_errors(data, measure, events, wanted)
        found.append(np.exp(error) if error.any() else None)
    return found[0], found[1]


def _capped(model: ProjectionModel, leaving: Floats | None) -> tuple[Note, ...]:
    """A note where more than everybody would leave."""
    if leaving is None or model.migration.out_rate is None:
        return ()
    most = model.migration.out_rate.max(axis=(1, 2, 3))
    share = float((leaving * most > 1).mean())
    if not share:
        return ()
    return (Note(
        f"In {share:.2%} of the trajectories' areas the error of departures takes a rate above 1: all leave.",
        f"随机轨迹中有 {share:.2%} 的地区迁出率因误差超过 1，按 1 计。",
    ),)  # fmt: skip


def _parts(data: ProjectData, wanted: UncertaintySettings, moving: bool) -> tuple[str, ...]:
    said = ["生育水平", "预期寿命"]
    said += ["迁移"] if moving else []
    said += ["基期水平误差"] if carries_errors(data) else []
    said += ["基期人口误差"] if wanted.base and data.coverage is not None else []
    return (*said, "个体偶然性") if wanted.individuals else tuple(said)
