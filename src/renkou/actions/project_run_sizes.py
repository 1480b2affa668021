"""How much migration a scenario asks for: told with sizes where it is more than places mostly see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from renkou.demography.checked import Floats
from renkou.demography.runs.running import RunResult
from renkou.demography.scenarios.assumptions import Scenario
from renkou.demography.scenarios.project_data import ProjectData

# Net migration of a year beyond these is told: a plan may mean it, a slip of the pen looks like it.
LARGE_SHARE = 0.10  # of the people of 1 January
_FEWEST = 100  # moves, and people of an area that empties
_NOBODY = 0.5
_TOLD = 5


def size_warnings(result: RunResult, scenario: Scenario, data: ProjectData) -> list[str]:
    """Sentences on migration that totals force, on very large migration, and on areas that empty."""
    people, net = (_figures(result, name) for name in ("population", "net_migration"))
    before, moved = people[:, :-1], np.abs(net)
    share = np.divide(moved, before, out=np.zeros(net.shape), where=before > 0)
    names = [area.name or area.code for area in data.areas]

    def largest(at: int, among: Floats) -> str:
        year = int(among[at].argmax())
        return (
            f"{names[at]} {data.base_year + year} 年净迁移最大，为 {net[at, year]:+,.0f} 人，"
            f"相当于年初人口的 {share[at, year]:.0%}"
        )

    codes = [area.code for area in data.areas]
    bound = [codes.index(one.area) for one in scenario.bind]
    beyond = np.where((share > LARGE_SHARE) & (moved >= _FEWEST), moved, 0.0)
    large = set(np.flatnonzero(beyond.any(axis=1)).tolist()) - set(bound)
    ordered = sorted(large, key=lambda at: -float(beyond[at].max()))
    said = [f"净迁移很大，请核对方案：{largest(at, beyond)}" for at in ordered]
    return [
        *(f"方案约束的总人口需要迁移补足：{largest(at, moved)}" for at in bound),
        *_shortened(said, f"净迁移同样超过年初人口的 {LARGE_SHARE:.0%}"),
        *_emptied(people, names, data),
    ]


def _figures(result: RunResult, name: str) -> Floats:
    """A measure of all people: (areas, years + 1), or a flow's (areas, years)."""
    at = next(
        place for place, one in enumerate(result.measures) if one.key == (name, "both", "all")
    )
    values = result.values[:, :, at]
    return values if name == "population" else values[:, :-1]


def _emptied(people: Floats, names: Sequence[str], data: ProjectData) -> list[str]:
    empty = (people < _NOBODY) & (people[:, :1] >= _FEWEST)
    said = [
        f"{names[at]}：{data.base_year + int(empty[at].argmax())} 年起没有人口，请核对方案"
        for at in np.flatnonzero(empty.any(axis=1)).tolist()
    ]
    return _shortened(said, "也变得没有人口")


def _shortened(said: list[str], rest: str) -> list[str]:
    more = len(said) - _TOLD
    return said if more <= 0 else [*said[:_TOLD], f"另有 {more:,} 个区域{rest}"]
