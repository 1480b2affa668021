"""The measures of a projection: their names, units, decimals, and how their year is meant. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from renkou.core.figures import Sensitivity
from renkou.publishing.words import Words

Moment = Literal["start", "year", "autumn"]
GROUPS: Mapping[str, Words] = {
    "population": Words("人口总量", "Population"),
    "change": Words("人口变动", "Components of change"),
    "rates": Words("生育与寿命", "Fertility and life expectancy"),
    "structure": Words("年龄构成", "Age structure"),
    "school": Words("学校", "Schools"),
    "planning": Words("规划指标", "Planning"),
}
STAGES: Mapping[str, Words] = {
    "kindergarten": Words("幼儿园", "Kindergarten"),
    "primary": Words("小学", "Primary school"),
    "junior": Words("初中", "Junior secondary school"),
    "senior": Words("高中", "Senior secondary school"),
}


@dataclass(frozen=True)
class Measure:
    """One measure: its names, its unit, how many decimals it is printed with.

    `moment` says how its year is meant: stocks at its beginning, flows within it, pupils in its
    autumn. `group` decides the sheet of the workbook; `stage` the school that a measure is about.
    """

    id: str
    zh: str
    en: str
    unit_zh: str = "人"
    unit_en: str = "persons"
    decimals: int = 0
    group: str = "planning"  # a key of GROUPS
    moment: Moment = "year"
    sensitivity: Sensitivity = Sensitivity.ORDINARY
    stage: str = ""  # a key of STAGES, or words of one's own; '' where it is about no school

    def year_words(self, year: int, language: str = "zh") -> str:
        """The year as this measure means it.

        >>> MEASURES["population"].year_words(2032), MEASURES["births"].year_words(2032)
        ('2032年初', '2032年')
        """
        zh = {"start": "年初", "year": "年", "autumn": "年秋季"}[self.moment]
        en = {"start": "1 January ", "year": "", "autumn": "autumn "}[self.moment]
        return Words(f"{year}{zh}", f"{en}{year}").in_language(language)

    @property
    def is_count(self) -> bool:
        """Whether it counts things, so that areas add up and zero is a natural beginning."""
        return self.decimals == 0 and self.unit_zh in ("人", "个", "张", "户", "名", "班")


def _school(name: str, zh: str, en: str, unit_zh: str, unit_en: str) -> list[Measure]:
    return [
        Measure(
            f"{name}_{stage}", f"{words.zh}{zh}", f"{words.en}: {en}", unit_zh, unit_en, 0,
            "school", "autumn", stage=stage,
        )
        for stage, words in STAGES.items()
    ]  # fmt: skip


_FERTILITY = Sensitivity.FERTILITY
_ALL = [
    Measure("population", "总人口", "Population", group="population", moment="start"),
    Measure("births", "出生人数", "Births", group="change", sensitivity=_FERTILITY),
    Measure("deaths", "死亡人数", "Deaths", group="change"),
    Measure("natural_increase", "自然增长", "Natural increase", group="change",
            sensitivity=_FERTILITY),
    Measure("net_migration", "净迁入", "Net migration", group="change"),
    Measure("moved_in", "迁入人数", "Moves in", group="change"),
    Measure("moved_out", "迁出人数", "Moves out", group="change"),
    Measure("tfr", "总和生育率", "Total fertility rate", "", "children per woman", 2, "rates",
            sensitivity=_FERTILITY),
    Measure("srb", "出生人口性别比", "Sex ratio at birth", "女=100", "boys per 100 girls", 1,
            "rates", sensitivity=_FERTILITY),
    Measure("e0", "平均预期寿命", "Life expectancy", "岁", "years", 2, "rates"),
    Measure("median_age", "年龄中位数", "Median age", "岁", "years", 1, "structure", "start"),
    Measure("share", "占总人口比重", "Share of population", "%", "%", 1, "structure", "start"),
    Measure("share_65", "65岁及以上人口占比", "Share aged 65 and over", "%", "%", 1, "structure",
            "start"),
    Measure("working_age", "劳动年龄人口", "Working ages", moment="start"),
    Measure("dependency", "总抚养比", "Dependency ratio", "%", "%", 1, "structure", "start"),
    Measure("dependency_young", "少儿抚养比", "Young dependency ratio", "%", "%", 1, "structure",
            "start"),
    Measure("dependency_old", "老年抚养比", "Old dependency ratio", "%", "%", 1, "structure",
            "start"),
    Measure("elderly", "老年人口", "Older people", moment="start"),
    Measure("care_need", "需要照护的老年人", "Older people in need of care", moment="start"),
    Measure("maternity_beds", "产科床位", "Maternity beds", "张", "beds"),
    Measure("households", "家庭户", "Households", "户", "households", moment="start"),
    *_school("entering", "入学新生", "entrants", "人", "pupils"),
    *_school("enrolled", "在校学生", "pupils", "人", "pupils"),
    *_school("classes", "班级", "classes", "个", "classes"),
    *_school("teachers", "教师", "teachers", "名", "teachers"),
]  # fmt: skip
MEASURES: Mapping[str, Measure] = {one.id: one for one in _ALL}
