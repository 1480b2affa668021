"""The five scenarios a project begins with, as YAML that a planner reads and edits. Pure.

Medium says everything; low and high change its total fertility rate by the rule of the United
Nations: by 0.25 children per woman for five years, by 0.40 for the next five, by 0.50 after that
(World Population Prospects 2024, definition of projection scenarios: 2024-28, 2029-33, from 2034).
Constant keeps the rates of the base year, no_migration has no moves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from renkou.demography.scenarios.assumptions import MigrationMethod

YearValues = Mapping[int, float]
UN_STEPS = ((0, 0.25), (5, 0.40), (10, 0.50))


@dataclass(frozen=True, kw_only=True)
class MediumAssumptions:
    """What the medium scenario of a new project assumes.

    tfr, srb : a path of years, constant, or given (by the project's files)
    e0 : (male, female) paths of years for target_e0; None: `mortality` is the method
    migration : its method; `net` a path of persons a year where the method needs one
    sources : by part (fertility, srb, mortality, migration) who says so; `date` when
    notes : by part a sentence for the planner, in Chinese
    """

    tfr: YearValues | Literal["constant", "given"]
    srb: YearValues | Literal["constant", "given"] = "constant"
    mean_age: YearValues | None = None
    e0: tuple[YearValues, YearValues] | None = None
    mortality: Literal["lee_carter", "constant", "given"] = "constant"
    migration: MigrationMethod = "none"
    net: YearValues | None = None
    level: YearValues | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    date: str
    trajectories: int = 1000
    seed: int = 1
    base: bool = True
    individuals: bool = True


def standard_scenarios(
    base_year: int, until: int, medium: MediumAssumptions
) -> dict[str, str]:  # fmt: skip
    """The texts of medium, low, high, constant and no_migration, by name.

    `until` is the last 1 January. The texts read back without a change.
    """
    return {
        "medium": _medium(until, medium),
        "low": _shifted("low", "低方案", -1, base_year, medium.date),
        "high": _shifted("high", "高方案", 1, base_year, medium.date),
        "constant": _constant(),
        "no_migration": _no_migration(),
    }


def _medium(until: int, medium: MediumAssumptions) -> str:
    lines = [
        "# 中方案：最可能的情形。每一项假设都要写明依据（source）和日期（date）。",
        "# 年份之间按直线变化；路径须从基期开始，到 until 为止。改动后重新编制即可。",
        "scenario: medium",
        "title: 中方案",
        f"until: {until}                       # 预测到该年 1 月 1 日",
        "",
        *_fertility(medium),
        *_sex_ratio(medium),
        *_mortality(medium),
        *_migration(medium),
        "# 不确定性：随机轨迹数（0 为不计算）、随机种子、是否计入登记误差（base）和个体偶然性（individuals）",
        "uncertainty:",
        f"  trajectories: {medium.trajectories}",
        f"  seed: {medium.seed}",
        f"  base: {_flag(medium.base)}",
        f"  individuals: {_flag(medium.individuals)}",
    ]
    return "\n".join(lines) + "\n"


def _fertility(medium: MediumAssumptions) -> list[str]:
    pattern = ["  pattern: own                    # 生育年龄模式：own 沿用现有模式"]
    if medium.mean_age is not None:
        pattern = [
            "  pattern:                        # 生育年龄模式：平均生育年龄移至",
            f"    mean_age: {_path(medium.mean_age)}",
        ]
    return [
        "# 生育：总和生育率（每名妇女的子女数）；constant 为保持基期水平，",
        "# given 为采用 fertility.csv 各年的数",
        "fertility:",
        f"  tfr: {_path(medium.tfr)}",
        *pattern,
        *_about(medium, "fertility"),
    ]


def _sex_ratio(medium: MediumAssumptions) -> list[str]:
    return [
        "# 出生人口性别比：每名女婴对应的男婴数（如 1.06）",
        "srb:",
        f"  values: {_path(medium.srb)}",
        *_about(medium, "srb"),
    ]


def _mortality(medium: MediumAssumptions) -> list[str]:
    method = [f"  method: {medium.mortality}"]
    if medium.e0 is not None:
        male, female = medium.e0
        method = [
            "  method: target_e0               # 按目标平均预期寿命",
            "  e0:",
            f"    male: {_path(male)}",
            f"    female: {_path(female)}",
        ]
    return [
        "# 死亡：target_e0（目标平均预期寿命）、lee_carter（按历年趋势）、constant（不变）、"
        "given（采用 mortality.csv 各年的数）",
        "mortality:",
        *method,
        *_about(medium, "mortality"),
    ]


def _migration(medium: MediumAssumptions) -> list[str]:
    paths = []
    if medium.net is not None:
        paths.append(f"  net: {_path(medium.net)}   # 每年净迁入人数")
    if medium.level is not None:
        paths.append(f"  level: {_path(medium.level)}   # 迁移率的倍数")
    return [
        "# 迁移：flows（按迁出率和去向）、net（净迁入总数，按 migration.csv 的年龄分布）、",
        "# rogers_castro（净迁入总数，按罗杰斯–卡斯特罗模型分布）、",
        "# given（采用 migration.csv 各年的数）、none（无迁移）",
        "migration:",
        f"  method: {medium.migration}",
        *paths,
        *_about(medium, "migration"),
    ]


def _about(medium: MediumAssumptions, part: str) -> list[str]:
    lines = [
        f"  source: {_text(medium.sources[part])}" if part in medium.sources else "",
        f"  date: {_text(medium.date)}" if part in medium.sources else "",
        f"  note: {_text(medium.notes[part])}" if part in medium.notes else "",
    ]
    return [*(line for line in lines if line), ""]


def _shifted(name: str, title: str, sign: int, base_year: int, date: str) -> str:
    more = "高" if sign > 0 else "低"
    steps = ", ".join(f"{base_year + at}: {sign * by:+.2f}" for at, by in UN_STEPS)
    return "\n".join([
        f"# {title}：与中方案相同，只是总和生育率{more}一些（联合国的规则）：",
        "# 前五年 0.25，第六至十年 0.40，此后 0.50。",
        f"scenario: {name}",
        f"title: {title}",
        "of: medium                        # 未写的内容都与中方案相同",
        "",
        "fertility:",
        f"  tfr_change: {{{steps}}}",
        '  source: "United Nations, World Population Prospects 2024: low- and high-fertility scenarios"',
        f"  date: {_text(date)}",
    ]) + "\n"  # fmt: skip


def _constant() -> str:
    return "\n".join([
        "# 不变方案：生育率、死亡率和出生人口性别比保持基期水平，迁移与中方案相同。用来对照，不是预测。",
        "scenario: constant",
        "title: 不变方案",
        "of: medium",
        "",
        "fertility: constant",
        "srb: constant",
        "mortality: constant",
    ]) + "\n"  # fmt: skip


def _no_migration() -> str:
    return "\n".join([
        "# 无迁移方案：与中方案相同，但没有人迁入或迁出。与中方案之差就是迁移的作用。",
        "scenario: no_migration",
        "title: 无迁移方案",
        "of: medium",
        "",
        "migration: none",
    ]) + "\n"  # fmt: skip


def _path(values: YearValues | str) -> str:
    if isinstance(values, str):
        return values
    pairs = ", ".join(f"{year}: {values[year]:.10g}" for year in sorted(values))
    return f"{{{pairs}}}"


def _text(value: str) -> str:
    """A text in quotation marks: JSON's are YAML's."""
    return json.dumps(value, ensure_ascii=False)


def _flag(value: bool) -> str:
    return "true" if value else "false"
