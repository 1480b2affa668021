"""Run a scenario of a projection: people by area and year, planning figures, and their intervals."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from renkou.actions.project_figures import planning_parameters
from renkou.actions.project_memory import free_memory
from renkou.actions.project_places import (
    ProjectPlace,
    existing_project,
    refuse_unknown_scenario,
)
from renkou.actions.project_run_floors import FLOORS, floors_of_trajectories, floors_table
from renkou.actions.project_run_sizes import size_warnings
from renkou.actions.project_run_tables import ages_table, figures_table
from renkou.actions.project_words import (
    assumption_rows,
    floor_sentences,
    in_chinese,
    turn_rows,
)
from renkou.core.errors import UsageError
from renkou.core.progress import Progress, silent
from renkou.demography.planning.measures import planning_measures
from renkou.demography.planning.parameters import PlanningParameters
from renkou.demography.projection.region_bindings import Binding
from renkou.demography.runs.area_tree import AreaTree, area_tree
from renkou.demography.runs.assembling import model_of
from renkou.demography.runs.chances import departures_of
from renkou.demography.runs.departures import Departures
from renkou.demography.runs.memory_needs import memory_needs, refuse_beyond
from renkou.demography.runs.model import ProjectionModel
from renkou.demography.runs.mortality_ahead import with_reach
from renkou.demography.runs.refusals import in_words_of
from renkou.demography.runs.running import RunResult, run_model
from renkou.demography.runs.true_base import with_true_base
from renkou.demography.scenarios.assumptions import Scenario, UncertaintySettings
from renkou.demography.scenarios.binding_totals import refuse_contradicting_totals
from renkou.demography.scenarios.project_data import ProjectData
from renkou.engines.project_files import read_project, write_run
from renkou.engines.project_inputs import digests_of_inputs
from renkou.engines.project_yaml import read_scenario
from renkou.engines.project_yaml import scenario_names as names_in_folder

HEADLINES = ("population", "births", "entering_primary", "elderly")


@dataclass(frozen=True)
class Ran:
    """A run: where it lies, what its manifest says, and its first answers in Chinese."""

    folder: Path
    called: str
    scenario: str
    manifest: dict[str, Any]
    headlines: tuple[str, ...]


def scenario_names(project: str, *, workspace: Path | None = None) -> tuple[str, ...]:
    """The scenarios of a project."""
    place = existing_project(project, workspace)
    return names_in_folder(place.folder)


def run_project(
    project: str,
    scenario: str = "medium",
    *,
    trajectories: int | None = None,
    seed: int | None = None,
    workspace: Path | None = None,
    progress: Progress = silent,
) -> Ran:
    """Run one scenario; the results of an earlier run of it are replaced.

    `trajectories` and `seed` stand in place of the scenario's own, where given.

    Raises
    ------
    NotPermitted
        If the role of who acts does not include projecting.
    UsageError
        If project or scenario are unknown.
    FiguresRefused
        If the run would take more memory than is free.
    """
    place = existing_project(project, workspace)
    place.allow()
    begun = time.perf_counter()
    progress("预测：读取", 0, 1)
    refuse_unknown_scenario(place, scenario)
    inputs = digests_of_inputs(place.folder, scenario)
    data = read_project(place.folder)
    chosen = scenario_of(place, data, scenario)
    progress("预测：读取", 1, 1)
    wanted = _uncertainty(chosen, trajectories, seed)
    parameters = planning_parameters(place.folder)
    _refuse_beyond_memory(data, chosen, wanted, parameters)
    with in_words_of(scenario, data):
        prepared = prepare(data, chosen, wanted)
        result = _figures(prepared, parameters, progress)
    drawn = result.trajectory_floors
    manifest = {**_manifest(place, prepared, chosen, wanted, result), "inputs": inputs}
    manifest["seconds"] = round(time.perf_counter() - begun, 1)
    progress("预测：写出", 0, 1)
    folder = write_run(
        place.folder, scenario, manifest,
        figures_table(result, prepared.tree, data.base_year),
        ages_table(result, prepared.tree, data.base_year),
        {FLOORS: floors_table(result.floors, drawn, data)},
    )  # fmt: skip
    place.record(action="run_project", detail=f"scenario {scenario}")
    progress("预测：写出", 1, 1)
    return Ran(folder, project, scenario, manifest, _headlines(result, manifest))


def _figures(prepared: Prepared, parameters: PlanningParameters, progress: Progress) -> RunResult:
    return run_model(
        prepared.model, prepared.tree, parameters, prepared.departures,
        bind=prepared.bindings, progress=progress,
    )  # fmt: skip


def _refuse_beyond_memory(
    data: ProjectData,
    scenario: Scenario,
    wanted: UncertaintySettings,
    parameters: PlanningParameters,
) -> None:
    measures = len(planning_measures(parameters, len(data.ages)))
    needs = memory_needs(data, area_tree(data), scenario.until, measures)
    refuse_beyond(needs, wanted.trajectories, free_memory())


@dataclass(frozen=True)
class Prepared:
    """What `run_model` takes."""

    data: ProjectData
    tree: AreaTree
    model: ProjectionModel
    departures: Departures | None
    bindings: tuple[Binding, ...]
    notes: tuple[str, ...]


def scenario_of(place: ProjectPlace, data: ProjectData, name: str) -> Scenario:
    """A scenario of a project by its name.

    Raises
    ------
    UsageError
        If there is none of that name.
    SettingsRefused
        If it breaks a rule, or totals that it binds contradict one another.
    """
    refuse_unknown_scenario(place, name)
    areas = tuple(area.code for area in data.areas)
    found = read_scenario(place.folder, name, base_year=data.base_year, areas=areas)
    refuse_contradicting_totals(found, data)
    return found


def prepare(data: ProjectData, scenario: Scenario, wanted: UncertaintySettings) -> Prepared:
    """Data and scenario as the arrays of a run."""
    corrected, notes = with_true_base(data) if wanted.base else (data, ())
    model = model_of(corrected, scenario)
    departures = None
    if wanted.trajectories:
        departures = departures_of(corrected, scenario, model, wanted)
        model = replace(model, mortality=with_reach(model.mortality, departures.reach))
        notes = (*notes, *departures.notes, *_beyond_the_grid(model, departures))
    return Prepared(
        corrected, area_tree(corrected), model, departures, bindings_of(corrected, scenario), notes
    )


def _beyond_the_grid(model: ProjectionModel, departures: Departures) -> tuple[str, ...]:
    """A note on life expectancies that no schedule reaches: they are taken at the nearest it does."""
    if departures.e0 is None:
        return ()
    beyond = model.mortality.share_beyond(departures.e0)
    if not beyond:
        return ()
    return (f"随机轨迹中有 {beyond:.2%} 的预期寿命超出模型可达范围，取可达的最近值。",)


def bindings_of(data: ProjectData, scenario: Scenario) -> tuple[Binding, ...]:
    """What a scenario binds: totals at the end of each projected year, NaN where none."""
    found = []
    for one in scenario.bind:
        totals = np.full(scenario.until - data.base_year, np.nan)
        for year, value in zip(one.years, one.values, strict=True):
            totals[year - data.base_year - 1] = value
        found.append(Binding(tuple(int(at) for at in data.leaves_of[one.area]), totals))
    return tuple(found)


def _uncertainty(
    scenario: Scenario, trajectories: int | None, seed: int | None
) -> UncertaintySettings:
    wanted = scenario.uncertainty
    if trajectories is not None:
        if trajectories < 0:
            raise UsageError(
                f"--trajectories {trajectories}: is 0 or more",
                zh=f"--trajectories {trajectories}：应为 0 或正整数",
            )
        wanted = replace(wanted, trajectories=trajectories)
    return wanted if seed is None else replace(wanted, seed=seed)


def _manifest(
    place: ProjectPlace,
    prepared: Prepared,
    scenario: Scenario,
    wanted: UncertaintySettings,
    result: RunResult,
) -> dict[str, Any]:
    data = prepared.data
    warnings = size_warnings(result, scenario, data)
    return {
        "project": place.name,
        "scenario": scenario.name,
        "title": scenario.title or scenario.name,
        "project_title": data.title or place.name,
        "made_from": str(data.settings.get("made_from", "")),
        "base_year": data.base_year,
        "until": scenario.until,
        "areas": len(data.leaves),
        "trajectories": wanted.trajectories,
        "seed": wanted.seed,
        "varied": list(prepared.departures.parts) if prepared.departures else [],
        "ran_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "assumptions": assumption_rows(data, scenario),
        "turning_points": turn_rows(result.turns, data, scenario.until),
        "floors": [
            *floors_of_trajectories(result.trajectory_floors, data, wanted.trajectories),
            *floor_sentences(result.floors, data),
        ],
        "warnings": warnings,
        "notes": (*warnings, *in_chinese((*prepared.notes, *result.notes))),
    }


def _headlines(result: RunResult, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The first answers, of the whole area: now, in ten years, at the end."""
    said = []
    for number, measure in enumerate(result.measures):
        whole = measure.sex == "both" and measure.age in ("all", "6", "65+")
        if measure.id in HEADLINES and whole:
            said.append(_headline(result, number, manifest))
    return tuple(said)


def _headline(result: RunResult, number: int, manifest: Mapping[str, Any]) -> str:
    measure = result.measures[number]
    values = result.values[0, :, number]
    known = np.flatnonzero(~np.isnan(values))
    chosen = sorted({int(known[0]), int(known[min(10, len(known) - 1)]), int(known[-1])})
    texts = [_one(result, number, year, manifest["base_year"]) for year in chosen]
    label = f"{measure.zh}（{measure.age}岁）" if measure.age == "65+" else measure.zh
    return f"{label.replace('65+岁', '65岁及以上')}：{'；'.join(texts)}"


def _one(result: RunResult, number: int, year: int, base_year: int) -> str:
    text = f"{base_year + year} 年 {result.values[0, year, number]:,.0f} {result.measures[number].unit_zh}"
    if result.quantiles is None:
        return text
    low, high = result.quantiles[[1, 3], 0, year, number]
    return f"{text}（80% 区间 {low:,.0f}–{high:,.0f}）"
