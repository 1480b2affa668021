"""Cells of a run that would have turned negative: told in words, and all of them as a table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renkou.demography.projection.regions import FlooredCells
from renkou.demography.runs.floored import TrajectoryFloors
from renkou.demography.scenarios.project_data import ProjectData

FLOORS = "floors"
_WORST = 5
_SEXES, _SEX_WORDS = ("male", "female"), ("男", "女")


def floors_table(scenario: FlooredCells, drawn: TrajectoryFloors, data: ProjectData) -> pa.Table:
    """The columns of `floors.parquet`: cells of the scenario itself have no trajectory."""
    own = scenario.index[:, -4:]
    area, year, sex, age = (
        np.concatenate([own[:, at], getattr(drawn, name)]).astype(np.int32)
        for at, name in enumerate(("area", "year", "sex", "age"))
    )
    trajectory = pa.concat_arrays([pa.nulls(len(scenario), pa.int32()), pa.array(drawn.trajectory)])
    return pa.table({
        "trajectory": trajectory,
        "area": _words(data.leaves, area),
        "year": pa.array(year + np.int32(data.base_year)),
        "sex": _words(_SEXES, sex),
        "age": pa.array(age),
        "would_be": pa.array(np.concatenate([scenario.would_be, drawn.would_be]).astype(np.float32)),
    })  # fmt: skip


def _words(words: tuple[str, ...], places: npt.NDArray[np.int32]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(places), pa.array(list(words), pa.string()))


def floors_of_trajectories(
    drawn: TrajectoryFloors, data: ProjectData, trajectories: int
) -> list[str]:
    """How many cells of trajectories were set to 0, where, and the lowest: no sentence where none was."""
    if not len(drawn):
        return []
    touched = len(np.unique(drawn.trajectory))
    first, last = (data.base_year + int(one) for one in (drawn.year.min(), drawn.year.max()))
    added = -float(drawn.would_be.sum(dtype=np.float64)) / trajectories
    return [
        f"随机轨迹：{trajectories:,} 条中有 {touched:,} 条共 {len(drawn):,} 个单元因净迁出多于在住人口"
        f"将为负数，已置为 0（{len(np.unique(drawn.area))} 个区域，{first}—{last} 年，"
        f"{drawn.age.min()}—{drawn.age.max()} 岁），平均每条轨迹因此多 {added:,.1f} 人；"
        f"最低的是{'；'.join(_worst(drawn, data))}；全部见 {FLOORS}.parquet"
    ]


def _worst(drawn: TrajectoryFloors, data: ProjectData) -> list[str]:
    names = {area.code: area.name or area.code for area in data.areas}
    return [
        f"第 {drawn.trajectory[at] + 1} 条 {names[data.leaves[drawn.area[at]]]} "
        f"{data.base_year + int(drawn.year[at])} 年 {_SEX_WORDS[drawn.sex[at]]} {drawn.age[at]} 岁 "
        f"{drawn.would_be[at]:.2f} 人"
        for at in drawn.worst(_WORST)
    ]
