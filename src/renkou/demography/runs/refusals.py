"""What the arithmetic of a run refuses, said as a planner knows it: scenario, area, year, sex, age. Pure.

Arrays name a place by numbers, such as e0[0, 0, 150, 1]. Whoever hands an array of another layout to
the arithmetic brings its numbers into that of `AXES` (`placed_as`); a run turns them into words
(`in_words_of`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from renkou.core.errors import FiguresRefused
from renkou.demography.scenarios.project_data import ProjectData

_AREA, _YEAR, _SEX, _AGE = "area", "year", "sex", "age"
_CELL = (_AREA, _YEAR, _SEX, _AGE)
# The last axes of each array; those before them are trajectories.
AXES = {
    "e0": (_AREA, _YEAR, _SEX), "population": (_AREA, _SEX, _AGE), "asfr": (_AREA, _YEAR, _AGE),
    "srb": (_AREA, _YEAR), "survival_ratio": _CELL, "out_rate": _CELL, "in_count": _CELL,
    "net_migration": _CELL,
}  # fmt: skip
_CALLED = {
    "e0": "预期寿命", "population": "人口", "asfr": "生育率", "srb": "出生性别比", "margins": "总量约束",
    "survival_ratio": "存活率", "out_rate": "迁出率", "in_count": "迁入人数", "net_migration": "净迁移",
}  # fmt: skip
_INDEXED = re.compile(r"(\w+)\[(\d+(?:, \d+)*)\]")

Index = tuple[int, ...]


class RunRefused(FiguresRefused):
    """What the arithmetic of a scenario's run refuses, with its place in words."""

    def __init__(self, error: FiguresRefused, place: str, place_zh: str) -> None:
        self._of = error, place, place_zh
        words = _chinese(error)
        super().__init__(place, error.value, error.rule, error.remedy, zh=words)
        value = "" if error.value is None else f" = {error.value}"
        self.zh = f"{place_zh}{value}：{words}" if words else None

    def __reduce__(self) -> tuple[object, ...]:
        """Travels between processes."""
        return RunRefused, self._of


@contextmanager
def placed_as(array: str, to: Callable[[Index], Index]) -> Iterator[None]:
    """Bring the numbers of a refused place of an array into the order of `AXES`."""
    try:
        yield
    except FiguresRefused as error:
        found = _INDEXED.fullmatch(error.place)
        if found is None or found[1] != array:
            raise
        at = to(tuple(map(int, found[2].split(", "))))
        raise FiguresRefused(
            f"{array}[{', '.join(map(str, at))}]", error.value, error.rule, error.remedy,
            zh=_chinese(error),
        ) from error  # fmt: skip


@contextmanager
def in_words_of(scenario: str, data: ProjectData) -> Iterator[None]:
    """Say scenario, area, year, sex and age of what is refused within."""
    try:
        yield
    except FiguresRefused as error:
        place, place_zh = [f"scenario {scenario}"], [f"方案 {scenario}"]
        found = _INDEXED.fullmatch(error.place)
        if found is None or found[1] not in AXES:
            place, place_zh = (
                [*place, error.place],
                [*place_zh, _CALLED.get(error.place, error.place)],
            )
        else:
            at = [int(one) for one in found[2].split(", ")]
            kinds = AXES[found[1]]
            for kind, number in zip(kinds[-len(at) :], at[-len(kinds) :], strict=True):
                english, chinese = _words(data, found[1], kind, number)
                place.append(english)
                place_zh.append(chinese)
            place.append(found[1])
            place_zh.append(_CALLED[found[1]])
        raise RunRefused(error, ", ".join(place), "，".join(place_zh)) from error


def _words(data: ProjectData, array: str, kind: str, number: int) -> tuple[str, str]:
    if kind == _AREA:
        # Life expectancy is that of the area the rates of a township are taken from.
        code = data.mortality.source_of[number] if array == "e0" else data.leaves[number]
        name = data.by_code[code].name if code in data.by_code else ""
        return f"area {code}", f"{name}（{code}）" if name and name != code else code
    if kind == _YEAR:
        return f"year {data.base_year + number}", f"{data.base_year + number} 年"
    if kind == _SEX:
        return (("male", "男"), ("female", "女"))[number]
    return f"age {number}", f"{number} 岁"


def _chinese(error: FiguresRefused) -> str | None:
    """Rule and remedy in Chinese: what follows the place."""
    return error.zh.partition("：")[2] if error.zh else None
