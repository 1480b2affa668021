"""Run a model: the scenario itself, and trajectories about it, as figures of every area of the tree. Pure.

Trajectories run in chunks that fit a processor's memory, two at a time; of each only the figures of
areas are kept, and of single ages those of the areas above. A chunk has its own stream of random
numbers, so that a run is the same however many processors it has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from renkou.core.progress import Progress, silent
from renkou.demography.checked import Floats
from renkou.demography.planning.measures import Measure
from renkou.demography.planning.parameters import PlanningParameters
from renkou.demography.planning.tables import planning_table
from renkou.demography.projection.region_bindings import Binding
from renkou.demography.projection.regions import (
    FlooredCells,
    RegionalProjection,
    project_regions,
)
from renkou.demography.runs.area_tree import AreaTree
from renkou.demography.runs.departures import Departures
from renkou.demography.runs.model import ProjectionModel
from renkou.demography.runs.turning import Turn, turns_of
from renkou.demography.trajectories.quantiles import trajectory_quantiles

QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
Floats32 = npt.NDArray[np.float32]
_CELLS_AT_ONCE = 8_000_000  # of people by area, year, sex and age in a chunk: 64 MB an array
_AT_ONCE = 2


@dataclass(frozen=True)
class RunResult:
    """Figures of a run.

    measures : what the last axis of `values` is
    values : (areas of the tree, years + 1, measures), the scenario itself; NaN where a year has none
    quantiles : (5, areas, years + 1, measures) over trajectories; None where there were none
    ages : (areas, years + 1, 2, ages), people of the scenario itself
    age_quantiles : (5, areas above, years + 1, 2, ages), of `tree.above`
    turns : in which years figures of an area are largest
    floors : cells of the scenario that would have been negative
    """

    measures: tuple[Measure, ...]
    values: Floats
    quantiles: Floats32 | None
    ages: Floats
    age_quantiles: Floats32 | None
    turns: tuple[Turn, ...]
    floors: FlooredCells
    notes: tuple[str, ...]


def run_model(
    model: ProjectionModel,
    tree: AreaTree,
    parameters: PlanningParameters,
    departures: Departures | None = None,
    *,
    bind: Sequence[Binding] = (),
    progress: Progress = silent,
) -> RunResult:
    """Figures of a scenario and, with `departures`, their quantiles over trajectories.

    Parameters
    ----------
    bind : totals that areas must add up to (see `project_regions`)
    """
    progress("预测：方案", 0, 1)
    none = Departures(1, 0, individuals=False)
    central = project_regions(**none.model_for(model, slice(0, 1)), bind=bind)
    measures, values = _figures(model, tree, parameters, central)
    progress("预测：方案", 1, 1)
    drawn = None
    if departures is not None and departures.trajectories:
        drawn = _trajectories(model, tree, parameters, departures, bind, len(measures), progress)
    return RunResult(
        measures=measures,
        values=values[0],
        quantiles=None if drawn is None else _quantiles(drawn.values, progress),
        ages=tree.summed(central.population[0]),
        age_quantiles=None if drawn is None else _quantiles(drawn.ages, progress),
        turns=turns_of(
            measures, values[0], None if drawn is None else drawn.values, model.base_year
        ),
        floors=central.floors,
        notes=(*model.notes, *central.notes, *(departures.notes if departures else ())),
    )


def _figures(
    model: ProjectionModel,
    tree: AreaTree,
    parameters: PlanningParameters,
    projected: RegionalProjection,
) -> tuple[tuple[Measure, ...], Floats]:
    """Measures and their values (trajectories, areas of the tree, years + 1, measures)."""
    return planning_table(
        tree.summed(projected.population, axis=1),
        tree.summed(projected.births, axis=1),
        tree.summed(projected.deaths, axis=1),
        base_year=model.base_year,
        parameters=parameters,
    )


@dataclass(frozen=True)
class _Drawn:
    """values : (trajectories, areas, years + 1, measures); ages : (trajectories, above, years + 1, 2, ages)."""

    values: Floats32
    ages: Floats32


def _trajectories(
    model: ProjectionModel,
    tree: AreaTree,
    parameters: PlanningParameters,
    departures: Departures,
    bind: Sequence[Binding],
    measures: int,
    progress: Progress,
) -> _Drawn:
    count, years = departures.trajectories, model.years + 1
    ages = model.population.shape[-2:]
    above = tree.above
    drawn = _Drawn(
        np.empty((count, len(tree.areas), years, measures), np.float32),
        np.empty((count, len(above), years, *ages), np.float32),
    )
    size = max(1, _CELLS_AT_ONCE // (len(model.areas) * years * ages[0] * ages[1]))
    chunks = [slice(start, min(start + size, count)) for start in range(0, count, size)]

    def one(number: int) -> None:
        rows = chunks[number]
        chance = np.random.default_rng([departures.seed, number])
        projected = project_regions(
            **departures.model_for(model, rows), bind=bind, flows_by_age=False,
            randomness=chance if departures.individuals else None,
        )  # fmt: skip
        drawn.values[rows] = _figures(model, tree, parameters, projected)[1]
        people = np.moveaxis(projected.population, 1, 0).reshape(len(model.areas), -1)
        summed = (tree.within[above] @ people).reshape(len(above), -1, years, *ages)
        drawn.ages[rows] = np.moveaxis(summed, 0, 1)

    _in_threads(one, len(chunks), progress)
    return drawn


def _in_threads(work: Callable[[int], None], count: int, progress: Progress) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done, _ in enumerate(pool.map(work, range(count))):
            progress("预测：随机轨迹", done + 1, count)


def _quantiles(values: Floats32, progress: Progress) -> Floats32:
    """Quantiles over the first axis, an area at a time: what is sorted stays in a processor's cache."""
    found = np.empty((len(QUANTILES), *values.shape[1:]), np.float32)

    def one(area: int) -> None:
        found[:, area] = trajectory_quantiles(values[:, area], QUANTILES)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(one, range(values.shape[1])))
    progress("预测：区间", 1, 1)
    return found
