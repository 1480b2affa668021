"""A planner who gives no years ahead is told what is assumed of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from renkou.actions.project_from_csv import notes_on_files
from renkou.actions.project_init import medium_of
from renkou.demography.scenarios.project_data import ProjectData, Schedules, YearSeries
from renkou.engines.project_files import read_project
from tests.projects.folders import write_city


@pytest.fixture
def data(tmp_path: Path) -> ProjectData:
    return read_project(write_city(tmp_path / "csv", moves=False), base_year=2025)


def told(data: ProjectData, until: int = 2035) -> list[str]:
    return [one.zh for one in notes_on_files(data, medium_of(data, until, "x"), until)]


def over(one: Schedules, first: int, last: int) -> Schedules:
    """The same rates in every year of a span."""
    years = np.arange(first, last + 1)
    return replace(one, by_area={
        code: YearSeries(years, np.repeat(series.values[:1], len(years), axis=0))
        for code, series in one.by_area.items()
    })  # fmt: skip


def test_without_years_ahead_rates_stay_and_nobody_moves(data: ProjectData) -> None:
    end = "；如有预期变化，请在 scenarios 中写明。"
    assert told(data) == [
        f"fertility.csv 没有 2025—2034 年的完整数据：生育率各年保持 2025 年的水平{end}",
        f"srb.csv 没有 2025—2034 年的完整数据：出生人口性别比各年保持 2025 年的水平{end}",
        f"mortality.csv 没有 2025—2034 年的完整数据：死亡率各年保持 2025 年的水平{end}",
        "没有 migration.csv，也没有 moves_out.csv、destinations.csv 和 moves_in.csv："
        "各方案均假定没有人迁移。",
    ]


def test_of_rates_with_all_years_nothing_is_said(data: ProjectData) -> None:
    known = replace(
        data, fertility=over(data.fertility, 2020, 2034), srb=over(data.srb, 2025, 2034)
    )
    assert [one[:9] for one in told(known)] == ["mortality", "没有 migrat"]
    assert len(told(known, until=2036)) == 4


def test_the_year_kept_is_the_one_a_run_takes(data: ProjectData) -> None:
    before = replace(data, srb=over(data.srb, 2018, 2023))
    assert "各年保持 2023 年" in told(before)[1]


def test_a_long_history_of_mortality_goes_on(data: ProjectData) -> None:
    long = replace(data, mortality=over(data.mortality, 2005, 2025))
    assert any("Lee–Carter" in one for one in told(long))


def test_moves_of_files_stay_as_they_are(tmp_path: Path, data: ProjectData) -> None:
    flows = read_project(write_city(tmp_path / "moves"), base_year=2025)
    assert told(flows)[-1] == "迁出率和外来迁入人数各年保持 moves_out.csv、moves_in.csv 中的数。"
    net = Schedules(
        "migration", {"5130": YearSeries(np.array([2025]), np.ones((1, 2, 101)))}, ("5130",) * 3
    )
    assert told(replace(data, migration=net))[-1].endswith("每年净迁移人数保持最后一年的数。")
    assert not any("迁" in one for one in told(replace(data, migration=over(net, 2025, 2034))))
