"""Compare two scenarios of a projection, and say what makes them differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from renkou.actions.project_figures import (
    Wanted,
    code_of_area,
    measure_named,
    measures_of,
    planning_parameters,
)
from renkou.actions.project_places import existing_project
from renkou.actions.project_run import Prepared, prepare, scenario_of
from renkou.core.errors import UsageError
from renkou.core.progress import Progress, silent
from renkou.demography.checked import Floats
from renkou.demography.planning.measures import Measure
from renkou.demography.planning.parameters import PlanningParameters
from renkou.demography.projection.difference import decompose_projection_difference
from renkou.demography.runs.area_tree import AreaTree
from renkou.demography.runs.model import ProjectionModel
from renkou.demography.runs.refusals import in_words_of
from renkou.demography.runs.running import run_model
from renkou.demography.scenarios.assumptions import Scenario, UncertaintySettings
from renkou.demography.scenarios.project_data import ProjectData
from renkou.engines.project_files import read_project

COMPONENTS = {
    "fertility": "生育",
    "mortality": "死亡",
    "migration": "迁移",
    "population_size": "基期人数",
    "age_structure": "基期年龄结构",
}
_ROWS = 6


@dataclass(frozen=True)
class Compared:
    """Two scenarios side by side, by year; effects in the order of `components`."""

    area: str
    area_name: str
    measure: Measure
    scenarios: tuple[str, str]
    titles: tuple[str, str]
    components: tuple[str, ...]
    rows: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def compare_scenarios(
    project: str,
    first: str,
    second: str,
    *,
    measure: str = "population",
    area: str | None = None,
    year: int | None = None,
    workspace: Path | None = None,
    progress: Progress = silent,
) -> Compared:
    """A measure under two scenarios, and the difference by fertility, mortality, migration and base.

    Without `year`, some six years to the end. Both scenarios are projected without chance, in every
    mixture of their assumptions.

    Raises
    ------
    UsageError
        If project, scenario, measure, area or year is unknown.
    """
    place = existing_project(project, workspace)
    place.allow()
    data = read_project(place.folder)
    scenarios = [scenario_of(place, data, name) for name in (first, second)]
    told = measure_named(measures_of(place), Wanted(measure))
    rows = [{"area": one.code, "area_name": one.name or one.code} for one in data.areas]
    code = code_of_area(rows, area) if area else rows[0]["area"]
    found = _decomposed(data, scenarios, told, code, planning_parameters(place.folder), progress)
    years = _years(data.base_year, scenarios, told, year)
    return Compared(
        area=code,
        area_name=next(row["area_name"] for row in rows if row["area"] == code),
        measure=told,
        scenarios=(first, second),
        titles=(scenarios[0].title or first, scenarios[1].title or second),
        components=tuple(COMPONENTS[name] for name in found[0]),
        rows=[_row(found, data.base_year, one) for one in years],
    )


def _years(base: int, scenarios: list[Scenario], measure: Measure, year: int | None) -> list[int]:
    last = min(one.until for one in scenarios) - (measure.kind != "stock")
    if year is None:
        return sorted({*range(base, last, max(1, (last - base) // _ROWS)), last})
    if not base <= year <= last:
        raise UsageError(
            f"--year {year}: both scenarios have {base} to {last}",
            zh=f"--year {year}：两个方案都有的年份为 {base} 至 {last}",
        )
    return [year]


Found = tuple[tuple[str, ...], Floats, Floats, Floats]


def _row(found: Found, base_year: int, year: int) -> dict[str, Any]:
    _, first, second, effects = found
    at = year - base_year
    return {
        "year": year,
        "first": float(first[at]),
        "second": float(second[at]),
        "difference": float(second[at] - first[at]),
        "effects": [float(one) for one in effects[:, at]],
    }


def _prepared(data: ProjectData, scenario: Scenario) -> Prepared:
    with in_words_of(scenario.name, data):
        return prepare(
            data, scenario, UncertaintySettings(trajectories=0, base=scenario.uncertainty.base)
        )


def _decomposed(
    data: ProjectData,
    scenarios: list[Scenario],
    measure: Measure,
    area: str,
    parameters: PlanningParameters,
    progress: Progress,
) -> Found:
    """Factors, both scenarios by year, and effects (factors, years)."""
    until = min(one.until for one in scenarios)
    prepared = [_prepared(data, one) for one in scenarios]
    tree = prepared[0].tree
    years = until - data.base_year
    before, after = (_factors(one.model, years) for one in prepared)
    run = _counted(
        lambda taken: _measured(prepared[0].model, taken, tree, parameters, measure, area), progress
    )
    parts = decompose_projection_difference(run, before, after)
    whole = measure.kind == "stock"
    pad = (lambda values: values) if whole else _with_gap
    return parts.factors, pad(parts.first), pad(parts.second), pad(parts.effects)


def _with_gap(values: Floats) -> Floats:
    return np.concatenate([values, np.full((*values.shape[:-1], 1), np.nan)], axis=-1)


def _factors(model: ProjectionModel, years: int) -> dict[str, Any]:
    cut = model.until(years)
    return {
        "fertility": (cut.asfr, cut.srb),
        "mortality": cut.mortality,
        "migration": cut.migration,
        "population": model.population,
    }


def _measured(
    model: ProjectionModel,
    taken: Mapping[str, Any],
    tree: AreaTree,
    parameters: PlanningParameters,
    measure: Measure,
    area: str,
) -> Floats:
    """A measure of an area by year, under a mixture of assumptions."""
    asfr, srb = taken["fertility"]
    mixed = model.with_parts(
        asfr=asfr, srb=srb, mortality=taken["mortality"], migration=taken["migration"],
        population=np.asarray(taken["population"]),
    )  # fmt: skip
    result = run_model(mixed, tree, parameters)
    at = next(place for place, one in enumerate(result.measures) if one.key == measure.key)
    values = result.values[tree.codes.index(area), :, at]
    return values[~np.isnan(values)]


def _counted(
    run: Callable[[Mapping[str, Any]], Floats], progress: Progress
) -> Callable[[Mapping[str, Any]], Floats]:
    done = 0

    def one(taken: Mapping[str, Any]) -> Floats:
        nonlocal done
        done += 1
        progress("预测：比较方案", done, None)
        return run(taken)

    return one
