"""Totals that a scenario binds, held against one another: parts make up their whole. Pure.

Found here they are told with file, areas, year and sums; in the midst of a run they would be
figures that never agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from renkou.demography.scenarios.assumptions import Scenario
from renkou.demography.scenarios.problems import Problem, SettingsRefused
from renkou.demography.scenarios.project_data import ProjectData

_ROUNDING = 1e-9


def refuse_contradicting_totals(scenario: Scenario, data: ProjectData) -> None:
    """Refuse totals of one year of which those of the parts are not, or leave nobody for, the whole.

    An area is held against the nearest areas within it that are bound in the same year. Where they
    are all of it, their sum is its total; where they are not, something is left for the others.

    Raises
    ------
    SettingsRefused
        With every contradiction: file, key, total, the parts and their sum, what to do.
    """
    bound: dict[int, dict[str, float]] = {}
    for one in scenario.bind:
        for year, value in zip(one.years, one.values, strict=True):
            bound.setdefault(year, {})[one.area] = value
    problems = [
        _problem(scenario, data, year, area, parts, totals)
        for year, totals in sorted(bound.items())
        for area, parts in _wholes(data, totals)
        if not _agree(data, area, parts, totals)
    ]
    if problems:
        raise SettingsRefused(problems)


def _wholes(
    data: ProjectData, totals: Mapping[str, float]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each bound area with bound areas in it: the nearest ones, nothing bound between."""
    parts: dict[str, list[str]] = {}
    for area in totals:
        around = (code for code in data.ancestry(area)[1:] if code in totals)
        whole = next(around, None)
        if whole is not None:
            parts.setdefault(whole, []).append(area)
    for whole, inside in parts.items():
        yield whole, tuple(inside)


def _agree(data: ProjectData, area: str, parts: Sequence[str], totals: Mapping[str, float]) -> bool:
    gap = totals[area] - sum(totals[part] for part in parts)
    rounding = _ROUNDING * max(totals[area], 1)
    if _all_of_it(data, area, parts):
        return abs(gap) <= rounding
    return gap > rounding or (gap == 0 and totals[area] == 0)


def _all_of_it(data: ProjectData, area: str, parts: Sequence[str]) -> bool:
    return sum(len(data.leaves_of[part]) for part in parts) == len(data.leaves_of[area])


def _problem(
    scenario: Scenario, data: ProjectData, year: int, area: str, parts: Sequence[str],
    totals: Mapping[str, float],
) -> Problem:  # fmt: skip
    whole, total = _all_of_it(data, area, parts), sum(totals[part] for part in parts)
    terms = " + ".join(f"{part} {_persons(totals[part])}" for part in parts)
    sums = f"{terms} = {_persons(total)}"
    rule = f"the areas bound in it have {sums} in {year}"
    zh = f"{year} 年其中受约束的区域为 {sums}"
    if whole:
        rule, zh = f"{rule}, and they are all of it", f"{zh}，且它们就是其全部"
        remedy = f"make them add up, write {_persons(total)} for {area}, or leave one of them out"
        remedy_zh = f"请使其相加等于总数，或将 {area} 写成 {_persons(total)}，或去掉其中一个"
    else:
        rule, zh = (
            f"{rule}, which leaves nobody for the rest of it",
            f"{zh}，没有给其余区域留下人口",
        )
        remedy = (
            f"lower them, write more than {_persons(total)} for {area}, or leave one of them out"
        )
        remedy_zh = f"请减少它们，或将 {area} 写成大于 {_persons(total)} 的数，或去掉其中一个"
    if scenario.of:
        remedy += f"; totals not in this file stand in {scenario.of}.yaml, of which it is made"
        remedy_zh += f"；本文件中没有的总数写在所引用的 {scenario.of}.yaml 中"
    return Problem(
        f"{scenario.name}.yaml", None, f"bind.{area}.population.{year}", _persons(totals[area]),
        rule, remedy, f"{zh}；{remedy_zh}",
    )  # fmt: skip


def _persons(value: float) -> str | int | float:
    return int(value) if float(value).is_integer() else value
