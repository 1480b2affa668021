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
from threadpoolctl import threadpool_limits

from renkou.core.progress import Progress, silent
from renkou.demography.checked import Floats
from renkou.demography.planning.measures import Measure
from renkou.demography.planning.needs import planning_needs, rounded_up
from renkou.demography.planning.parameters import PlanningParameters
from renkou.demography.planning.tables import PlanningTable, planning_table
from renkou.demography.projection.region_bindings import Binding
from renkou.demography.projection.regions import (
    FlooredCells,
    RegionalProjection,
    project_regions,
)
from renkou.demography.runs.area_tree import AreaTree
from renkou.demography.runs.departures import Departures
from renkou.demography.runs.floored import TrajectoryFloors, floors_of_chunk, floors_of_run
from renkou.demography.runs.model import ProjectionModel
from renkou.demography.runs.turning import Turn, turns_of
from renkou.demography.trajectories.quantiles import trajectory_quantiles

QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
Floats32 = npt.NDArray[np.float32]
CELLS_AT_ONCE = 4_800_000  # people by area, year, sex, age in a chunk of trajectories
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
    trajectory_floors : and those of trajectories
    """

    measures: tuple[Measure, ...]
    values: Floats
    quantiles: Floats32 | None
    ages: Floats
    age_quantiles: Floats32 | None
    turns: tuple[Turn, ...]
    floors: FlooredCells
    trajectory_floors: TrajectoryFloors
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
    run = _Run(model, tree, parameters, bind, progress)
    none = Departures(1, 0, individuals=False)
    central = project_regions(**none.model_for(model, slice(0, 1)), bind=bind)
    people = tree.summed(central.population, axis=1)
    measures, values = run.figures(central, people)
    progress("预测：方案", 1, 1)
    drawn = None
    if departures is not None and departures.trajectories:
        drawn = run.trajectories(departures, measures)
    return RunResult(
        measures=measures,
        values=values[0],
        quantiles=None if drawn is None else drawn.quantiles(measures, run),
        ages=people[0],
        age_quantiles=None if drawn is None else _quantiles_by_area(drawn.ages),
        turns=turns_of(measures, values[0], drawn.of if drawn else _not_drawn, model.base_year),
        floors=central.floors,
        trajectory_floors=floors_of_run({} if drawn is None else drawn.floors),
        notes=(*model.notes, *central.notes),
    )


def _not_drawn(_: Measure) -> None:
    """A run without trajectories."""
    return


def _quantiles_by_area(values: Floats32) -> Floats32:
    """Quantiles over the first axis, an area at a time."""
    found = np.empty((len(QUANTILES), *values.shape[1:]), np.float32)
    for area in range(values.shape[1]):
        found[:, area] = trajectory_quantiles(values[:, area], QUANTILES)
    return found


class _Drawn:
    """What is kept of trajectories: measure by measure, so that each is sorted in one stretch of memory.

    values : (measures kept, trajectories, areas of the tree, years + 1)
    ages : (trajectories, areas above, years + 1, 2, ages)
    """

    def __init__(
        self, measures: Sequence[Measure], tree: AreaTree, count: int, years: int, ages: int
    ) -> None:
        self.kept = tuple(one for one in measures if _kept(one))
        self.values = np.empty((len(self.kept), count, len(tree.areas), years), np.float32)
        self.floors: dict[int, TrajectoryFloors] = {}
        self.ages = np.empty((count, len(tree.above), years, 2, ages), np.float32)

    def of(self, measure: Measure) -> Floats32 | None:
        """Trajectories (trajectories, areas, years) of a measure; None where they were not kept."""
        return self.values[self.kept.index(measure)] if measure in self.kept else None

    def quantiles(self, measures: Sequence[Measure], run: _Run) -> Floats32:
        """(5, areas, years, measures): needs are made from quantiles of the people they are for."""
        found = np.full((len(QUANTILES), *self.values.shape[2:], len(measures)), np.nan, np.float32)
        of_kept = np.empty((len(QUANTILES), *self.values.shape[2:], len(self.kept)), np.float32)

        def one(number: int) -> None:
            found = trajectory_quantiles(self.values[number], QUANTILES)
            needed = self.kept[number].need  # a limit between two trajectories is no half class
            of_kept[..., number] = rounded_up(found) if needed else found

        _in_threads(one, len(self.kept), run.progress, "预测：区间")
        for number, measure in enumerate(self.kept):
            found[..., measures.index(measure)] = of_kept[..., number]
        wanted = [one for one in measures if one.need and not one.by_grade]
        needs = planning_needs(
            self.kept, of_kept, wanted, base_year=run.model.base_year, parameters=run.parameters
        )
        for number, measure in enumerate(wanted):
            found[..., measures.index(measure)] = needs[..., number]
        return found


def _kept(measure: Measure) -> bool:
    """Not needs that follow from people, nor age groups of one sex: pyramids have single ages."""
    by_sex = measure.sex != "both" and measure.age != "all"
    needed = measure.need and not measure.by_grade
    return not needed and not (measure.id == "population" and by_sex)


@dataclass(frozen=True)
class _Run:
    """What every step of a run needs."""

    model: ProjectionModel
    tree: AreaTree
    parameters: PlanningParameters
    bind: Sequence[Binding]
    progress: Progress

    def figures(
        self, projected: RegionalProjection, people: Floats
    ) -> tuple[tuple[Measure, ...], Floats]:
        """Measures and their values (trajectories, areas of the tree, years + 1, measures)."""
        return planning_table(
            people,
            self.tree.summed(projected.births, axis=1),
            self.tree.summed(projected.deaths, axis=1),
            base_year=self.model.base_year,
            parameters=self.parameters,
        )

    def trajectories(self, departures: Departures, measures: Sequence[Measure]) -> _Drawn:
        """Project every trajectory, in chunks, and keep what figures need."""
        count, years = departures.trajectories, self.model.years + 1
        ages = self.model.population.shape[-1]
        drawn = _Drawn(measures, self.tree, count, years, ages)
        size = max(1, CELLS_AT_ONCE // (len(self.model.areas) * years * 2 * ages))
        chunks = [slice(start, min(start + size, count)) for start in range(0, count, size)]

        table = PlanningTable(drawn.kept, self.parameters, ages, self.model.base_year, years - 1)

        def one(number: int) -> None:
            rows = chunks[number]
            chance = np.random.default_rng([departures.seed, number])
            projected = project_regions(
                **departures.model_for(self.model, rows), bind=self.bind, flows_by_age=False,
                threads=1, randomness=chance if departures.individuals else None,
            )  # fmt: skip
            drawn.floors[rows.start] = floors_of_chunk(projected.floors, rows.start)
            people = self.tree.summed(projected.population, axis=1)
            table.of(
                people,
                self.tree.summed(projected.births, axis=1),
                self.tree.summed(projected.deaths, axis=1),
                out=np.moveaxis(drawn.values[:, rows], 0, -1),
            )
            drawn.ages[rows] = people[:, self.tree.above]

        _in_threads(one, len(chunks), self.progress, "预测：随机轨迹")
        return drawn


def _in_threads(work: Callable[[int], None], count: int, progress: Progress, stage: str) -> None:
    # Threads of the library of linear algebra would wait for one another's chunks: a fifth slower.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(_AT_ONCE) as pool:
        for done, _ in enumerate(pool.map(work, range(count))):
            progress(stage, done + 1, count)
