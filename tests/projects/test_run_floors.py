"""What a run tells of cells set to 0: a sentence with the lowest, and a table of all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pyarrow import parquet

from renkou.actions.project_run import run_project
from renkou.actions.project_run_floors import floors_of_trajectories, floors_table
from renkou.demography.projection.regions import FlooredCells
from renkou.demography.runs.floored import floors_of_chunk, floors_of_run
from renkou.engines.project_files import read_project
from tests.projects.conftest import TRAJECTORIES
from tests.projects.folders import LEAVES

OWN = FlooredCells(np.array([[0, 2, 3, 1, 40]]), np.array([-3.25]))
DRAWN = floors_of_run({
    8: floors_of_chunk(
        FlooredCells(np.array([[1, 0, 5, 0, 95], [1, 2, 6, 1, 100]]), np.array([-0.5, -1.5])), 8
    )
})  # fmt: skip


def test_the_table_holds_cells_of_the_scenario_and_of_trajectories(city: Path) -> None:
    rows = floors_table(OWN, DRAWN, read_project(city)).to_pylist()
    assert [row["trajectory"] for row in rows] == [None, 9, 9]
    assert rows[0] == {
        "trajectory": None, "area": LEAVES[2], "year": 2028, "sex": "female", "age": 40,
        "would_be": -3.25,
    }  # fmt: skip
    assert [(row["area"], row["year"], row["age"]) for row in rows[1:]] == [
        (LEAVES[0], 2030, 95), (LEAVES[2], 2031, 100),
    ]  # fmt: skip


def test_the_sentence_counts_and_names_the_lowest_first(city: Path) -> None:
    [told] = floors_of_trajectories(DRAWN, read_project(city), 100)
    assert told == (
        "随机轨迹：100 条中有 1 条共 2 个单元因净迁出多于在住人口将为负数，已置为 0（2 个区域，2030—2031 年，"
        "95—100 岁），平均每条轨迹因此多 0.0 人；最低的是第 10 条 高湖镇 2031 年 女 100 岁 -1.50 人；"
        "第 10 条 金冲街道 2030 年 男 95 岁 -0.50 人；全部见 floors.parquet"
    )
    assert floors_of_trajectories(floors_of_run({}), read_project(city), 100) == []


def test_a_run_leaves_all_of_them_beside_its_figures(city: Path, own_city: Path) -> None:
    table = parquet.read_table(city / "runs/medium/floors.parquet")
    assert table.column_names == ["trajectory", "area", "year", "sex", "age", "would_be"]
    assert table.num_rows > 0
    assert table["trajectory"].null_count == 0
    assert max(table["trajectory"].to_pylist()) < TRAJECTORIES
    assert max(table["would_be"].to_pylist()) < 0
    ran = run_project(str(own_city))
    [told] = [one for one in ran.manifest["floors"] if one.startswith("随机轨迹")]
    assert f"共 {table.num_rows:,} 个单元" in told
    assert ran.manifest["floors"][0] == told
    run_project(str(own_city), trajectories=0)
    assert parquet.read_table(own_city / "runs/medium/floors.parquet").num_rows == 0
