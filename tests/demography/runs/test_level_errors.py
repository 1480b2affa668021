"""Errors of the levels that rates start from: how large, who shares them, what is told of them."""

from __future__ import annotations

import numpy as np
import pytest

from renkou.demography.forecasts.migration_patterns import spread_by_rogers_castro
from renkou.demography.mortality.life_tables import life_table
from renkou.demography.runs.assembling import model_of
from renkou.demography.runs.chances import departures_of
from renkou.demography.runs.departures import Departures
from renkou.demography.runs.level_errors import (
    beside_the_whole,
    errors_of_life_expectancy,
    own_errors,
    shared_errors,
    years_of_life,
)
from renkou.demography.runs.model import ProjectionModel
from renkou.demography.scenarios.assumptions import (
    MigrationAssumption,
    Scenario,
    UncertaintySettings,
)
from renkou.demography.scenarios.project_data import Levels, ProjectData
from tests.demography.runs.cities import city, flows

MANY = UncertaintySettings(trajectories=4000, seed=3)
SCENARIO = Scenario(name="medium", until=2035)
MOVING = Scenario(name="medium", until=2035, migration=MigrationAssumption(method="flows"))
SEXES = ("male", "female")


def departures(
    data: ProjectData, scenario: Scenario = SCENARIO
) -> tuple[Departures, ProjectionModel]:
    model = model_of(data, scenario)
    return departures_of(data, scenario, model, MANY), model


def test_an_error_of_the_whole_is_that_of_every_leaf() -> None:
    data = city(errors={"e0_male": {"51": 0.6}})
    found = shared_errors(data, "e0_male", MANY)
    assert found.shape == (4000, 3)
    assert (found == found[:, :1]).all()
    assert found.std(axis=0) == pytest.approx(0.6, rel=0.04)


def test_the_nearest_area_with_an_error_counts_and_wholes_err_apart() -> None:
    found = shared_errors(city(errors={"tfr": {"51": 0.1, "5101": 0.3}}), "tfr", MANY)
    assert found.std(axis=0) == pytest.approx([0.1, 0.3, 0.1], rel=0.04)
    assert (found[:, 0] == found[:, 2]).all()
    assert abs(np.corrcoef(found[:, 0], found[:, 1])[0, 1]) < 0.05


def test_leaves_of_which_nothing_is_said_take_what_is_given_otherwise() -> None:
    data = city(errors={"tfr": {"5101": 0.3}})
    found = shared_errors(data, "tfr", MANY, otherwise=np.full(4000, 7.0))
    assert (found[:, [0, 2]] == 7).all()
    assert found[:, 1].std() == pytest.approx(0.3, rel=0.04)


def test_own_errors_leave_the_events_of_the_whole_as_they_are() -> None:
    data = city(deviations={"mortality": [0.1, 0.2, 0.05]})
    events = np.array([10.0, 20.0, 70.0])
    found = own_errors(data, "mortality", events, MANY)
    assert found @ events == pytest.approx(np.zeros(4000), abs=1e-9)
    assert (found.std(axis=0) < [0.1, 0.2, 0.05]).all()
    assert found.std(axis=0) == pytest.approx(
        _conditional(np.array([0.1, 0.2, 0.05]), events), rel=0.05
    )


def _conditional(deviation: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Standard deviations of independent normal errors given that their weighted sum is 0."""
    variance = np.diag(deviation**2)
    crossed = variance @ events
    return np.sqrt(np.diag(variance - np.outer(crossed, crossed) / (events @ crossed)))


def test_a_leaf_whose_level_alone_is_unsure_keeps_its_error() -> None:
    found = own_errors(
        city(deviations={"mortality": [0.0, 0.2, 0.0]}), "mortality", np.ones(3), MANY
    )
    assert not found[:, [0, 2]].any()
    assert found[:, 1].std() == pytest.approx(0.2, rel=0.04)


def test_one_leaf_alone_keeps_its_error() -> None:
    error = np.array([[0.4], [-0.4]])
    assert beside_the_whole(error, np.array([0.2]), np.array([5.0])) is error


def test_years_of_life_are_those_of_life_tables() -> None:
    data = city()
    mx = data.mortality.base(2025)[0]
    ratio = np.array([1.0, 1.2, 0.9])
    error = np.array([[0.0, 0.3, -0.4], [0.07, -0.02, 0.9]])
    found = years_of_life(mx, ratio, error, data.mortality.source_of)
    for row, leaf in np.ndindex(error.shape):
        before, after = (
            life_table(mx[leaf] * ratio[leaf] * factor, sex=SEXES).e0
            for factor in (1.0, np.exp(error[row, leaf]))
        )
        assert found[row, leaf] == pytest.approx(after - before, abs=0.002)
    assert not found[0, 0].any()


def test_more_deaths_are_fewer_years_by_a_tenth_of_a_year_for_one_percent() -> None:
    data = city()
    found = years_of_life(
        data.mortality.base(2025)[0], np.ones(3), np.full((1, 3), 0.01), ("51",) * 3
    )
    assert (found < 0).all()
    assert np.abs(found) == pytest.approx(0.1, abs=0.03)


def test_the_interval_of_a_life_expectancy_is_there_from_the_first_year_on() -> None:
    sure, _ = departures(city())
    unsure, _ = departures(city(errors={"e0_male": {"51": 0.6}, "e0_female": {"51": 0.4}}))
    assert sure.e0 is not None
    assert unsure.e0 is not None
    added = unsure.e0 - sure.e0
    assert added.std(axis=0)[..., 0] == pytest.approx(np.full((3, 10), 0.6), rel=0.05)
    assert added.std(axis=0)[..., 1] == pytest.approx(np.full((3, 10), 0.4), rel=0.05)
    assert added == pytest.approx(np.broadcast_to(added[:, :1, :1], added.shape))
    male, female = added[:, 0, 0].T
    assert (
        abs((male * female).mean()) < 0.05 * male.std() * female.std()
    )  # the sexes were estimated apart


def test_a_deviation_of_mortality_is_years_of_the_leaf() -> None:
    data = city(deviations={"mortality": [0.0, 0.1, 0.0]})
    found = errors_of_life_expectancy(data, data.population, MANY)
    assert not found[:, [0, 2]].any()
    mx = data.mortality.base(2025)[0][1]
    slope = life_table(mx * np.exp(0.1), sex=SEXES).e0 - life_table(mx, sex=SEXES).e0
    assert found[:, 1].std(axis=0) == pytest.approx(-slope, rel=0.05)


def test_deviations_of_moves_change_who_leaves_and_who_comes() -> None:
    data = city(
        flows=flows(), deviations={"moves_out": [0.0, 0.3, 0.0], "moves_in": [0.2, 0.0, 0.0]}
    )
    found, model = departures(data, MOVING)
    drawn = found.model_for(model, slice(0, 400))
    out, come = drawn["out_rate"], drawn["in_count"]
    assert out.shape == (400, 3, 1, 2, 101)  # the same each year
    assert (out[:, [0, 2]] == 0.02).all()
    assert np.log(out[:, 1, 0, 0, 30] / 0.02).std() == pytest.approx(0.3, rel=0.1)
    assert np.log(come[:, 0, 0, 0, 30] / 5).std() == pytest.approx(0.2, rel=0.1)
    assert (come[:, 1:] == 5).all()
    assert np.median(out[:, 1, 0, 0, 30]) == pytest.approx(0.02, rel=1e-4)


def test_rates_of_moves_that_change_by_year_keep_their_years() -> None:
    data = city(flows=flows(), deviations={"moves_out": 0.1})
    found, model = departures(data, MOVING)
    assert model.migration.out_rate is not None
    rising = model.migration.out_rate * np.linspace(1, 2, 10)[:, None, None]
    moves = type(model.migration)(**{**vars(model.migration), "out_rate": rising})
    drawn = found.model_for(model.with_parts(migration=moves), slice(0, 4))["out_rate"]
    assert drawn.shape == (4, 3, 10, 2, 101)
    assert drawn[:, :, -1] == pytest.approx(2 * drawn[:, :, 0])


def test_without_errors_moves_are_the_scenarios_own_arrays() -> None:
    found, model = departures(city(flows=flows()), MOVING)
    assert found.model_for(model, slice(0, 2))["out_rate"] is model.migration.out_rate


def test_a_rate_that_an_error_takes_above_one_is_told() -> None:
    data = city(flows=flows(rate=0.8), deviations={"moves_out": [0.0, 0.5, 0.0]})
    found, model = departures(data, MOVING)
    assert found.model_for(model, slice(0, 400))["out_rate"].max() == 1
    [note] = [one for one in found.notes if "rate above 1" in one]
    assert "按 1 计" in note.zh  # type: ignore[attr-defined]


def test_what_is_carried_and_what_is_not_is_told() -> None:
    told = departures(city())[0]
    assert [one.zh for one in told.notes] == [  # type: ignore[attr-defined]
        "区间不含以下基期水平的误差，因没有给出：男性预期寿命、女性预期寿命（可在 errors.csv 中补充）。"
    ]
    assert "基期水平误差" not in told.parts
    data = city(
        flows=flows(), deviations={"mortality": 0.05, "moves_in": 0.3},
        errors={"e0_male": {"51": 0.5}, "e0_female": {"51": 0.5}, "tfr": {"51": 0.02}},
    )  # fmt: skip
    still, moving = departures(data)[0], departures(data, MOVING)[0]
    assert [one.zh for one in moving.notes] == [  # type: ignore[attr-defined]
        "区间含基期水平本身的误差，沿每条轨迹不变（95 % 范围）：男性预期寿命 ± 0.98 岁、"
        "女性预期寿命 ± 0.98 岁、总和生育率 ± 3.9%。",
        "区间含各地区相对水平的误差（对数标准误）：死亡 0.05–0.05、迁入 0.30–0.30。",
    ]
    assert "迁入" not in still.notes[1].zh  # type: ignore[attr-defined]
    assert "基期水平误差" in moving.parts


def test_chunks_draw_the_errors_of_one_run() -> None:
    data = city(flows=flows(), deviations={"moves_out": 0.2})
    found, model = departures(data, MOVING)
    whole = found.model_for(model, slice(0, 10))["out_rate"]
    cut = [found.model_for(model, slice(at, at + 5))["out_rate"] for at in (0, 5)]
    assert np.array_equal(np.concatenate(cut), whole)


def test_a_level_known_for_certain_has_no_error() -> None:
    data = city()
    levels = {"mortality": Levels(np.array([1.1, 0.9, 1.0]), np.zeros(3))}
    assert not own_errors(city(levels=levels), "mortality", np.ones(3), MANY).any()
    assert not errors_of_life_expectancy(data, data.population, MANY).any()


def test_a_departure_of_migration_takes_people_where_people_are() -> None:
    """As rates by age: of the ages above 95, where hardly anybody lives, hardly anybody."""
    data = city(flows=flows())
    spread = model_of(data, MOVING).migration.spread
    assert spread is not None
    assert spread.sum(axis=(1, 2)) == pytest.approx(1)
    per_person = spread[0] / data.population.sum(axis=0)
    by_schedule = spread_by_rogers_castro(np.full(2, 0.5), ages=data.ages)
    assert per_person / per_person[0, 20] == pytest.approx(by_schedule / by_schedule[0, 20])
    nobody = city(flows=flows(), population=np.zeros((3, 2, 101)))
    empty = model_of(nobody, MOVING).migration.spread
    assert empty is not None
    assert empty[0] == pytest.approx(by_schedule)
