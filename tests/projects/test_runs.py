"""Whole runs as arrays: trees, levels, the true base, departures, turning years."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from renkou.actions.project_run import Prepared, prepare
from renkou.core.errors import FiguresRefused
from renkou.demography.mortality.life_tables import life_table
from renkou.demography.planning.measures import Measure, planning_measures
from renkou.demography.planning.parameters import PlanningParameters
from renkou.demography.runs import running
from renkou.demography.runs.area_tree import area_tree
from renkou.demography.runs.departures import Departures
from renkou.demography.runs.histories import fertility_process, migration_process
from renkou.demography.runs.parts import parts_of
from renkou.demography.runs.running import run_model
from renkou.demography.runs.true_base import with_true_base
from renkou.demography.runs.turning import turns_of
from renkou.demography.scenarios.assumptions import Scenario, UncertaintySettings
from renkou.demography.scenarios.project_data import Levels, ProjectData, YearSeries
from renkou.demography.trajectories.pooled_processes import POOLED_FERTILITY, POOLED_MIGRATION
from renkou.engines.project_files import read_project
from renkou.engines.project_yaml import read_scenarios
from tests.projects.folders import COVERAGE, LEAVES

SEXES = ("male", "female")
NONE = UncertaintySettings(trajectories=0, base=False)


@pytest.fixture(scope="module")
def data(city: Path) -> ProjectData:
    return read_project(city)


def scenario(city: Path, text: str) -> Scenario:
    """Medium with some parts changed."""
    path = city / "scenarios/own.yaml"
    path.write_text(f"scenario: own\nof: medium\n{text}", "utf-8")
    return read_scenarios(city, base_year=2025)["own"]


@pytest.fixture
def medium(city: Path) -> Scenario:
    return read_scenarios(city, base_year=2025)["medium"]


def tfr(prepared: Prepared) -> np.ndarray:
    return prepared.model.asfr.sum(-1)


def e0(prepared: Prepared) -> np.ndarray:
    """Life expectancy (leaves, years, 2) of the scenario's schedules with the leaves' own departure."""
    mortality = prepared.model.mortality
    found = life_table(mortality.mx, sex=SEXES).e0[mortality.schedule]
    return np.asarray(found + mortality.departure[:, None])


def test_a_county_with_one_township_stands_in_the_tree_beside_it(data: ProjectData) -> None:
    tree = area_tree(data)
    assert tree.codes == ("5130", "513021", *LEAVES[:2], "513022", LEAVES[2])
    assert tree.within.sum(axis=1).tolist() == [3, 2, 1, 1, 1, 1]
    assert tree.above.tolist() == [0, 1]


def test_sums_over_the_tree_are_those_of_a_matrix_product(data: ProjectData) -> None:
    tree = area_tree(data)
    values = np.random.default_rng(1).normal(size=(4, 3, 5))
    product = np.einsum("ta,xay->xty", tree.within, values)
    assert tree.summed(values, axis=1) == pytest.approx(product)


def test_leaves_that_are_not_side_by_side_are_summed_too(data: ProjectData) -> None:
    tree = replace(area_tree(data), within=np.array([[1.0, 0.0, 1.0]]))
    assert tree.summed(np.array([[1.0], [10.0], [100.0]])).tolist() == [[101.0]]


def test_a_true_base_of_an_edition_keeps_births_and_deaths(data: ProjectData) -> None:
    of_edition = replace(data, settings={"edition": "0001"})
    true, [note] = with_true_base(of_edition)
    assert true.population == pytest.approx(data.population * COVERAGE[0])
    for one in ("fertility", "mortality"):
        before, after = (getattr(each, one).base(2025)[0] for each in (of_edition, true))
        assert after * COVERAGE[0] == pytest.approx(before)
    assert "0.9500" in note
    assert "出生、死亡和迁出人数不变" in note


def test_departures_and_arrivals_of_an_edition_stay_what_lists_counted(data: ProjectData) -> None:
    before = replace(data, settings={"edition": "0001"})
    after, _ = with_true_base(before)
    assert before.flows is not None
    assert after.flows is not None
    leavers = [(one.flows.out_rate * one.population).sum((1, 2)) for one in (before, after)]  # type: ignore[union-attr]
    assert leavers[1] == pytest.approx(leavers[0])
    assert after.flows.in_count is before.flows.in_count
    assert with_true_base(replace(before, flows=None))[0].flows is None


def test_a_true_base_of_other_files_leaves_rates_as_they_are(data: ProjectData) -> None:
    true, _ = with_true_base(data)
    assert true.fertility is data.fertility
    assert true.flows is data.flows
    assert with_true_base(replace(data, coverage=None)) == (replace(data, coverage=None), ())


def test_an_area_with_an_assumption_of_its_own_has_it_and_no_other(own_city: Path) -> None:
    chosen = scenario(
        own_city,
        "fertility:\n  tfr: {2025: 1.4, 2035: 1.4}\n  source: x\n  date: 2026\n"
        '  areas: {"513021": {tfr: {2025: 1.4, 2035: 2.0}}}\n',
    )
    data = read_project(own_city)
    places = {
        own.tfr.values[-1]: at.tolist() for at, own in parts_of(data, chosen.fertility) if own.tfr
    }
    assert places == {2.0: [0, 1], 1.4: [2]}
    found = tfr(prepare(data, chosen, NONE))
    assert found[:, 0] == pytest.approx(1.4)
    assert found[0, 5] == pytest.approx(1.7)
    assert found[2, 5] == pytest.approx(1.4)


def test_levels_keep_areas_apart_and_their_mean_on_the_path(own_city: Path) -> None:
    chosen = scenario(own_city, "fertility:\n  tfr: 1.6\n  source: x\n  date: 2026\n")
    data = read_project(own_city)
    level = Levels(np.array([1.2, 1.0, 0.8]), np.zeros(3))
    found = tfr(prepare(replace(data, levels={"fertility": level}), chosen, NONE))[:, 0]
    women = data.population[:, 1, 15:50].sum(-1)
    assert (found * women).sum() / women.sum() == pytest.approx(1.6)
    assert found / found[1] == pytest.approx([1.2, 1.0, 0.8])


def test_life_expectancy_reaches_the_path_and_levels_depart_from_it(own_city: Path) -> None:
    chosen = scenario(
        own_city,
        "mortality:\n  method: target_e0\n  e0: {male: {2025: 70, 2035: 74}, female: {2025: 75, 2035: 78}}\n"
        "  source: x\n  date: 2026\n",
    )
    data = read_project(own_city)
    assert e0(prepare(data, chosen, NONE))[0, -1] == pytest.approx([73.6, 77.7], abs=0.01)
    harder = Levels(np.array([1.0, 1.0, 1.3]), np.zeros(3))
    found = e0(prepare(replace(data, levels={"mortality": harder}), chosen, NONE))
    assert (found[2] < found[1] - 1).all()
    assert found[0] == pytest.approx(found[1])


def test_flows_for_a_part_of_the_areas_are_refused(own_city: Path) -> None:
    chosen = scenario(
        own_city, 'migration:\n  source: x\n  date: 2026\n  areas: {"513022": {method: none}}\n'
    )
    with pytest.raises(FiguresRefused, match="for all areas or for none") as told:
        prepare(read_project(own_city), chosen, NONE)
    assert "两地" in str(told.value.zh)


def test_flows_without_their_files_are_refused(own_city: Path, medium: Scenario) -> None:
    data = replace(read_project(own_city), flows=None)
    with pytest.raises(FiguresRefused, match=r"needs moves_out\.csv"):
        prepare(data, medium, NONE)


def test_a_level_of_moves_multiplies_who_leaves_and_who_comes(own_city: Path) -> None:
    chosen = scenario(
        own_city,
        "migration:\n  method: flows\n  level: {2025: 1, 2035: 2}\n  source: x\n  date: 2026\n",
    )
    moves = prepare(read_project(own_city), chosen, NONE).model.migration
    assert moves.out_rate is not None
    assert moves.in_count is not None
    assert moves.out_rate[:, 5] == pytest.approx(1.5 * moves.out_rate[:, 0])
    assert moves.in_count[:, 5] == pytest.approx(1.5 * moves.in_count[:, 0])


def test_persons_by_rogers_castro_are_as_many_as_the_path_says(own_city: Path) -> None:
    chosen = scenario(
        own_city,
        "migration:\n  method: rogers_castro\n  net: {2025: 100, 2035: -50}\n  male_share: 0.6\n"
        "  source: x\n  date: 2026\n",
    )
    net = prepare(read_project(own_city), chosen, NONE).model.migration.net
    assert net is not None
    assert net[:, 0].sum() == pytest.approx(100)
    assert net[:, 0, 0].sum() == pytest.approx(60)
    assert net[:, 5].sum() == pytest.approx(25)


def test_without_a_history_processes_are_the_pooled_ones(data: ProjectData) -> None:
    assert fertility_process(data, 100.0) is POOLED_FERTILITY
    assert migration_process(data, 100.0) is POOLED_MIGRATION


def test_a_part_of_china_leans_on_the_nation_and_on_its_own_history(data: ProjectData) -> None:
    nation = fertility_process(replace(data, settings={"nation": "156"}), 100.0)
    assert nation is not POOLED_FERTILITY
    years = np.arange(2010, 2025)
    wild = 1.4 * np.exp(0.3 * (-1.0) ** np.arange(15))
    own = replace(
        data, settings={"nation": "156"},
        history={"tfr": {"5130": YearSeries(years, wild)}},
    )  # fmt: skip
    found = fertility_process(own, 1e9)
    assert not np.allclose(found.sigma, nation.sigma)
    short = replace(own, history={"tfr": {"5130": YearSeries(years[:3], wild[:3])}})
    assert np.allclose(fertility_process(short, 1e9).sigma, nation.sigma)


def test_without_departures_a_trajectory_is_the_scenario(
    data: ProjectData, medium: Scenario
) -> None:
    prepared = prepare(data, medium, NONE)
    none = Departures(3, 1, individuals=False)
    alone = run_model(prepared.model, prepared.tree, PlanningParameters.default(), none)
    assert alone.quantiles is not None
    kept = ~np.isnan(alone.quantiles).any(axis=0)
    for limit in alone.quantiles:
        assert limit[kept] == pytest.approx(alone.values[kept], rel=1e-5, abs=1e-4)


def test_chunks_of_another_size_change_no_middle(
    data: ProjectData, medium: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the chance of single people a trajectory does not know which chunk it ran in."""
    wanted = UncertaintySettings(trajectories=20, seed=3, base=True, individuals=False)
    prepared = prepare(data, medium, wanted)
    args = (prepared.model, prepared.tree, PlanningParameters.default(), prepared.departures)
    whole = run_model(*args)
    monkeypatch.setattr(running, "CELLS_AT_ONCE", 7 * 3 * 11 * 2 * 101)
    cut = run_model(*args)
    assert whole.quantiles is not None
    assert cut.quantiles is not None
    assert np.allclose(cut.quantiles, whole.quantiles, rtol=1e-4, atol=1e-3, equal_nan=True)


def test_the_chance_of_single_people_has_the_seed_of_the_run(
    data: ProjectData, medium: Scenario
) -> None:
    prepared = prepare(data, medium, NONE)
    one, again, other = (
        run_model(prepared.model, prepared.tree, PlanningParameters.default(), Departures(6, seed))
        for seed in (1, 1, 2)
    )
    assert np.array_equal(np.asarray(one.quantiles), np.asarray(again.quantiles), equal_nan=True)
    assert not np.allclose(np.asarray(one.quantiles), np.asarray(other.quantiles), equal_nan=True)


def test_progress_is_told_stage_by_stage(data: ProjectData, medium: Scenario) -> None:
    seen: list[str] = []
    prepared = prepare(data, medium, UncertaintySettings(trajectories=4))
    run_model(
        prepared.model, prepared.tree, PlanningParameters.default(), prepared.departures,
        progress=lambda stage, done, of: seen.append(stage),
    )  # fmt: skip
    assert list(dict.fromkeys(seen)) == ["预测：方案", "预测：随机轨迹", "预测：区间"]


def _people() -> Measure:
    return next(one for one in planning_measures() if one.key == ("population", "both", "all"))


@pytest.mark.parametrize(
    ("path", "year", "at_once"),
    [([1, 2, 3, 2, 1], 2027, False), ([5, 4, 3, 2, 1], 2025, True), ([1, 2, 3, 4, 5], None, False)],
)
def test_a_figure_turns_where_it_is_largest(
    path: list[int], year: int | None, at_once: bool
) -> None:
    values = np.array(path, float)[None, :, None]
    [turn] = turns_of((_people(),), values, lambda _: None, 2025)
    assert (turn.year, turn.at_once, turn.low80) == (year, at_once, None)


def test_trajectories_say_when_it_may_turn() -> None:
    drawn = np.array([[[1, 2, 3, 2, 1]]] * 5 + [[[1, 2, 3, 4, 5]]] * 5, np.float32)
    values = np.array([1, 2, 3, 2.5, 2])[None, :, None]
    [turn] = turns_of((_people(),), values, lambda _: drawn, 2025)
    assert (turn.year, turn.low80, turn.high80) == (2027, 2027, 2029)
    assert turn.later == pytest.approx(0.5)
    assert turn.before == 0
