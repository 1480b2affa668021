"""What a projection assumed and did, in the words that planners read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from renkou.demography.planning.parameters import Parameter, PlanningParameters
from renkou.demography.projection.regions import FlooredCells
from renkou.demography.runs.turning import Turn
from renkou.demography.scenarios.assumptions import (
    Assumption,
    FertilityAssumption,
    MigrationAssumption,
    MortalityAssumption,
    Scenario,
    SexRatioAssumption,
)
from renkou.demography.scenarios.notes import Note
from renkou.demography.scenarios.project_data import ProjectData
from renkou.demography.scenarios.year_paths import YearPath

_METHODS = {
    "constant": "保持基期水平",
    "given": "采用文件中各年的数",
    "lee_carter": "按历年趋势（Lee–Carter）",
    "flows": "按迁出率、去向和外来迁入",
    "net": "净迁入人数，按文件中的年龄结构",
    "rogers_castro": "净迁入人数，按 Rogers–Castro 年龄模式",
    "none": "无迁移",
}
_MOST_FLOORS = 50
_SEXES = ("男", "女")
# Notes of computations are English; these are the ones that a run makes, by how they begin.
_KNOWN = (
    (r"Births: Poisson.*", "个体偶然性：出生按泊松分布，死亡和迁移按二项或正态近似抽取。"),
    (r"Migration is added at the end of the year.*", "迁移计在年末，不影响当年的出生和死亡。"),
    (r"No one moves\.", "本方案无迁移。"),
    (
        r"(\d+) cells would have turned negative.*lowest from (\S+); net migration.*",
        r"有 \1 个单元因净迁出多于在住人口将为负数（最低 \2），已置为 0，净迁移相应增加。",
    ),
    (
        r"The population of (\d+) areas together is bound in (\d+) years.*",
        r"有 \1 个区域的人口合计在 \2 个年份按方案约束，差额计入净迁移，按各性别、年龄人数分摊。",
    ),
    (
        r"mortality of (.+): (\d+) takes the values of (\d+)\.",
        r"\1 的死亡率：\2 年采用 \3 年的数。",
    ),
    (
        r"fertility of (.+): (\d+) takes the values of (\d+)\.",
        r"\1 的生育率：\2 年采用 \3 年的数。",
    ),
    (r"srb of (.+): (\d+) takes the values of (\d+)\.", r"\1 的出生性别比：\2 年采用 \3 年的数。"),
    (r"(.+) of (.+): (\d+) takes the values of (\d+)\.", r"\2 的 \1：\3 年采用 \4 年的数。"),
    (r"The base year is (\d+), the first year of (.+)\.", r"基期取 \2 的首个年份 \1。"),
    (r"(.+): columns not used: (.+)\.", r"\1：未使用的列：\2。"),
)


def in_chinese(notes: Iterable[str]) -> tuple[str, ...]:
    """Notes in Chinese where there is a Chinese text, else as they are; each once."""
    return tuple(dict.fromkeys(_one_in_chinese(note) for note in notes if note))


def _one_in_chinese(note: str) -> str:
    if isinstance(note, Note):
        return note.zh
    for pattern, zh in _KNOWN:
        found = re.fullmatch(pattern, note, re.DOTALL)
        if found:
            return found.expand(zh)
    return note


def assumption_rows(data: ProjectData, scenario: Scenario) -> list[dict[str, str]]:
    """One row per assumption: component, area, text, source, date."""
    names = {area.code: area.name or area.code for area in data.areas}
    rows = []
    for part, area, assumed in scenario.parts():
        rows.append(
            {
                "component": part,
                "area": names.get(area, area) if area else names[data.areas[0].code],
                "text": _text(assumed) + (f"；{assumed.note}" if assumed.note else ""),
                "source": assumed.source,
                "date": assumed.date,
            }
        )
    for one in scenario.bind:
        text = "；".join(
            f"{year}年 {value:,.0f}" for year, value in zip(one.years, one.values, strict=True)
        )
        rows.append(
            {
                "component": "bind",
                "area": names[one.area],
                "text": f"总人口：{text}",
                "source": "",
                "date": "",
            }
        )
    return rows


def _text(assumed: Assumption) -> str:
    if isinstance(assumed, FertilityAssumption):
        own = (
            f"总和生育率 {_path(assumed.tfr)}" if assumed.tfr else _METHODS.get(assumed.method, "")
        )
        changed = f"；再加 {_path(assumed.change)}" if assumed.change else ""
        age = f"；平均生育年龄 {_path(assumed.mean_age)}" if assumed.mean_age else ""
        return own + changed + age
    if isinstance(assumed, SexRatioAssumption):
        return _path(assumed.values) if assumed.values else _METHODS[assumed.method]
    if isinstance(assumed, MortalityAssumption):
        if assumed.method != "target_e0":
            return _METHODS[assumed.method]
        male, female = assumed.e0_male, assumed.e0_female
        said = [f"男 {_path(male)}" if male else "", f"女 {_path(female)}" if female else ""]
        return "平均预期寿命 " + "；".join(one for one in said if one)
    if isinstance(assumed, MigrationAssumption):
        net = f"：{_path(assumed.net)}" if assumed.net else ""
        level = f"；倍数 {_path(assumed.level)}" if assumed.level else ""
        return _METHODS[assumed.method] + net + level
    return ""


def _path(path: YearPath | None) -> str:
    if path is None:
        return ""
    if path.flat:
        return f"{path.values[0]:g}"
    return "，".join(
        f"{year}年 {value:g}" for year, value in zip(path.years, path.values, strict=True)
    )


def floor_sentences(floors: FlooredCells, data: ProjectData) -> list[str]:
    """Cells that would have been negative, a sentence each; of many, the first and how many there are."""
    names = {area.code: area.name or area.code for area in data.areas}
    said = []
    for index, would_be in list(zip(floors.index, floors.would_be, strict=True))[:_MOST_FLOORS]:
        area, year, sex, age = (int(one) for one in index[-4:])
        said.append(
            f"{names[data.leaves[area]]} {data.base_year + year} 年 {_SEXES[sex]} {age} 岁："
            f"净迁出多于在住人口（将为 {would_be:.1f} 人），已置为下限"
        )
    if len(floors) > _MOST_FLOORS:
        said.append(f"另有 {len(floors) - _MOST_FLOORS:,} 个单元同样置为下限")
    return said


def turn_rows(turns: Iterable[Turn], data: ProjectData, until: int) -> list[dict[str, Any]]:
    """Turning years, a row each, with a sentence in Chinese."""
    found = []
    for turn in turns:
        area = data.areas[turn.area]
        found.append(
            {
                "area": area.code,
                "area_name": area.name or area.code,
                "measure": turn.measure.id,
                "sex": turn.measure.sex,
                "age": turn.measure.age,
                "what": "最高",
                "year": turn.year,
                "value": turn.value,
                "at_once": turn.at_once,
                "year_low80": turn.low80,
                "year_high80": turn.high80,
                "later": turn.later,
                "before": turn.before,
                "text": _turn(turn, data.base_year, until),
            }
        )
    return found


def _turn(turn: Turn, base_year: int, until: int) -> str:
    measure = turn.measure
    label = f"{measure.zh}（{measure.age}岁）" if measure.age not in ("all", "") else measure.zh
    label = label.replace("+岁", "岁及以上")
    if turn.year is None:
        said = f"{label}：到期末仍在上升"
    elif turn.at_once:
        said = f"{label}：自期初即下降"
    else:
        said = f"{label}：{turn.year} 年最高（{turn.value:,.0f}{measure.unit_zh}），以后下降"
    if turn.low80 is None or turn.high80 is None or turn.later is None or turn.before is None:
        return said
    if turn.later > 0.9 or turn.before > 0.9:
        share = max(turn.later, turn.before)
        return f"{said}（{share:.0%} 的轨迹如此）"
    low = f"{base_year} 年或以前" if turn.low80 <= base_year else f"{turn.low80} 年"
    high = f"{until} 年或以后" if turn.high80 >= until else f"{turn.high80} 年"
    return f"{said}；80% 的轨迹在 {low}至 {high}之间到顶"


def planning_template() -> str:
    """The planning file of a new project: every packaged value, as comments to change."""
    lines = [
        "# 规划参数：下列各行是全国缺省值。"
        "需要修改时去掉行首的 # 和一个空格（连同其上级各行），改成本地的数。",
        "# 数值可写成一个数，也可写成 {2025: 0.95, 2035: 1.0}（年份之间按直线变化）。",
        "",
    ]
    group: tuple[str, ...] = ()
    for name, one in PlanningParameters.default().parameters.items():
        *path, key = name.split(".")
        for depth, step in enumerate(path):
            if group[: depth + 1] != tuple(path[: depth + 1]):
                lines.append(f"# {'  ' * depth}{step}:")
        group = tuple(path)
        if isinstance(one.value, int | float):
            value = str(one.value).lower() if isinstance(one.value, bool) else f"{one.value:g}"
            lines.append(f"# {'  ' * len(path)}{key}: {value}    # {_about(one)}")
    return "\n".join(lines) + "\n"


def _about(one: Parameter) -> str:
    return f"{one.zh}；{one.source}".replace("\n", " ")
