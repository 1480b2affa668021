"""How areas' migration strays: fitted where files tell a history of areas, else the default."""

from __future__ import annotations

import numpy as np
import pytest

from renkou.demography.runs.area_histories import area_migration_process, moves_of_leaves
from renkou.demography.runs.assembling import model_of
from renkou.demography.runs.chances import departures_of
from renkou.demography.scenarios.assumptions import (
    MigrationAssumption,
    Scenario,
    UncertaintySettings,
)
from renkou.demography.scenarios.project_data import ProjectData, YearSeries
from renkou.demography.trajectories.pooled_processes import AREA_MIGRATION
from tests.demography.runs.cities import city, flows

MOVING = Scenario(name="medium", until=2035, migration=MigrationAssumption(method="flows"))
SIZE = 100_000.0


def with_history(sigma: float, years: int = 20, leaves: int = 6, known: int = 6) -> ProjectData:
    """Net migration of areas that strays by `sigma` per person a year and keeps four fifths of it."""
    chance = np.random.default_rng(5).normal(size=(known, years)) * sigma
    rate = np.zeros((known, years))
    for t in range(years):
        rate[:, t] = 0.8 * rate[:, t - 1] * (t > 0) + chance[:, t]
    when = np.arange(2025 - years, 2025)
    codes = city(leaves).leaves[:known]
    return city(leaves, flows=flows(leaves, rate=0.0001, arrivals=0.01), history={
        "net_migration": {code: YearSeries(when, SIZE * one) for code, one in zip(codes, rate, strict=True)},
        "population": {code: YearSeries(when, np.full(years, SIZE)) for code in codes},
    })  # fmt: skip


def fitted(data: ProjectData):  # type: ignore[no-untyped-def]
    return area_migration_process(data, model_of(data, MOVING))


def test_without_histories_of_areas_the_default_stays() -> None:
    data = city(flows=flows())
    process, notes = fitted(data)
    assert process is AREA_MIGRATION
    assert notes == ()
    whole = {"51": YearSeries(np.arange(2015, 2025), np.ones(10))}
    process, _ = fitted(city(flows=flows(), history={"net_migration": whole, "population": whole}))
    assert process is AREA_MIGRATION


@pytest.mark.parametrize("sigma", [0.0007, 0.006])
def test_a_long_history_outweighs_the_default(sigma: float) -> None:
    process, [note] = fitted(with_history(sigma))
    assert process.sigma.shape == (6,)
    assert np.sqrt((process.sigma**2).mean()) == pytest.approx(sigma, rel=0.35)
    assert (process.freedom > AREA_MIGRATION.freedom).all()
    assert "6 个区域 2005—2024 年" in note.zh


def test_three_years_are_too_few_and_one_area_strays_from_nothing() -> None:
    assert fitted(with_history(0.006, years=3))[0] is AREA_MIGRATION
    assert fitted(with_history(0.006, known=1))[0] is AREA_MIGRATION


def test_a_short_history_lies_between_its_own_variance_and_the_default() -> None:
    short, long = fitted(with_history(0.02, years=4))[0], fitted(with_history(0.02, years=20))[0]
    assert (AREA_MIGRATION.sigma < short.sigma).all()
    assert short.freedom.mean() < long.freedom.mean()


def test_areas_without_a_history_have_the_default() -> None:
    process, _ = fitted(with_history(0.006, known=4))
    assert process.sigma[4:] == pytest.approx(np.full(2, AREA_MIGRATION.sigma))
    assert (process.sigma[:4] > 1.5 * AREA_MIGRATION.sigma).all()
    assert process.phi == pytest.approx(np.full(6, AREA_MIGRATION.phi))


def test_the_chance_of_single_movers_is_no_straying() -> None:
    data = with_history(0.0007, years=20)
    many = city(6, history=data.history, flows=flows(6, rate=0.0001, arrivals=300.0))
    quiet, _ = fitted(data)
    told_by_movers, _ = fitted(many)
    assert (told_by_movers.own_variance < quiet.own_variance).all()


def test_moves_of_leaves_hold_both_ends_of_a_move() -> None:
    data = city(flows=flows(rate=0.02, arrivals=5.0))
    left = 0.02 * data.population.sum((1, 2))
    inner = np.array([(left.sum() - one) * 0.25 for one in left])
    assert moves_of_leaves(model_of(data, MOVING)) == pytest.approx(left + inner + 5 * 202)


def test_trajectories_are_as_wide_as_the_history_says_and_tell_of_it() -> None:
    widths = []
    for sigma in (0.0007, 0.02):
        data = with_history(sigma)
        wanted = UncertaintySettings(trajectories=400, seed=2)
        found = departures_of(data, MOVING, model_of(data, MOVING), wanted)
        assert found.net is not None
        widths.append(found.net[:, 0, 4].std())
        assert any("历史拟合" in one.zh for one in found.notes)  # type: ignore[attr-defined]
    assert widths[1] > 3 * widths[0]
