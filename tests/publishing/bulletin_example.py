"""Figures of a fictional city, small enough to check by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from renkou.core.figures import FIGURE_COLUMNS, Definition, Sensitivity
from renkou.publishing.bulletin_content import BulletinInfo

CITY, COUNTIES = "5301", {"530102": "甲区", "530103": "乙区", "530124": "丙县"}
PERIOD, BEFORE = "2024-H1", "2023-H1"


def definition(
    id: str, zh: str, en: str, unit: str, decimals: int, group: str, *, per: str = "",
    sensitivity: Sensitivity = Sensitivity.ORDINARY, unit_en: str | None = None,
) -> Definition:  # fmt: skip
    formula = f"{zh}÷{per}" if per else f"{zh}的人数"
    return Definition(
        id=id, zh=zh, en=en, formula_zh=formula, formula_en=f"{en} by definition",
        numerator_zh=zh, numerator_en=en, denominator_zh=per,
        denominator_en="mean population" if per else "", base_zh="常住人口", base_en="usual residents",
        unit_zh=unit, unit_en=unit if unit_en is None else unit_en, decimals=decimals,
        source="国家统计局", interval_zh="Byar 近似，假定事件数服从泊松分布",
        interval_en="Byar, events being Poisson", sensitivity=sensitivity, lowest_level="township",
        group=group,
    )  # fmt: skip


FERTILITY = Sensitivity.FERTILITY
DEFINITIONS = (
    definition("usual", "常住人口", "Usual-resident population", "人", 0, "population", unit_en="people"),
    definition("registered", "户籍人口", "Registered population", "人", 0, "population", unit_en="people"),
    definition("floating", "流动人口", "Floating population", "人", 0, "population", unit_en="people"),
    definition("old_share", "65岁及以上人口占比", "Share aged 65 and over", "%", 2, "structure",
               per="常住人口"),
    definition("births", "出生人数", "Births", "人", 0, "births", sensitivity=FERTILITY, unit_en="people"),
    definition("cbr", "出生率", "Crude birth rate", "‰", 2, "births", per="平均人口", sensitivity=FERTILITY),
    definition("srb", "出生性别比", "Sex ratio at birth", "女=100", 2, "births", per="女婴",
               sensitivity=FERTILITY, unit_en="per 100 girls"),
    definition("cdr", "死亡率", "Crude death rate", "‰", 2, "deaths", per="平均人口"),
    definition("e0", "平均预期寿命", "Life expectancy at birth", "岁", 2, "deaths", per="-", unit_en="years"),
    definition("imr", "婴儿死亡率", "Infant mortality rate", "‰", 2, "deaths", per="活产数",
               sensitivity=Sensitivity.HEALTH),
    definition("in", "迁入人数", "In-moves", "人", 0, "migration", unit_en="people"),
    definition("undercount", "漏登率", "Under-coverage", "%", 2, "quality", per="估计常住人口"),
)  # fmt: skip


def row(
    indicator: str, value: float | None, lower: float | None = None, upper: float | None = None,
    **more: Any,
) -> dict[str, Any]:  # fmt: skip
    cells = {
        "indicator": indicator, "area": CITY, "area_name": "云川市", "level": "prefecture",
        "period": PERIOD, "sex": "both", "age": "all", "value": value, "lower": lower,
        "upper": upper, "numerator": None, "denominator": None, "note": "",
    }  # fmt: skip
    return {name: (cells | more)[name] for name in FIGURE_COLUMNS}


def rows() -> list[dict[str, Any]]:
    """The whole table."""
    found = [
        row("usual", 2_812_345, 2_805_000, 2_819_000),
        row("usual", 2_808_222, 2_801_000, 2_815_000, period=BEFORE),
        row("usual", 1_441_020, 1_436_000, 1_446_000, sex="male"),
        row("usual", 1_371_330, 1_366_000, 1_376_000, sex="female"),
        row("registered", 2_650_011), row("registered", 2_655_800, period=BEFORE),
        row("floating", None, note="覆盖估计尚未完成"),
        row("old_share", 14.26, 14.2, 14.31), row("old_share", 13.81, 13.77, 13.86, period=BEFORE),
        row("births", 7_630, 7_460, 7_803), row("births", 8_104, 7_929, 8_282, period=BEFORE),
        row("cbr", 5.43, 5.31, 5.55), row("cbr", 5.77, 5.64, 5.9, period=BEFORE),
        row("srb", 110.06, 106.78, 113.44), row("srb", 111.2, 107.9, 114.6, period=BEFORE),
        row("cdr", 7.02, 6.88, 7.16), row("cdr", 7.02, 6.88, 7.16, period=BEFORE),
        row("e0", 79.23, 78.9, 79.6), row("e0", 76.9, 76.4, 77.4, sex="male"),
        row("e0", 81.8, 81.3, 82.3, sex="female"),
        row("imr", 3.1, 2.2, 4.3), row("imr", None, period=BEFORE, note="分母不足30"),
        row("in", 12_030, 11_816, 12_247), row("undercount", 2.1, 1.7, 2.6),
    ]  # fmt: skip
    return found + _of_counties() + _of_ages()


def _of_counties() -> list[dict[str, Any]]:
    found = []
    for at, (code, name) in enumerate(COUNTIES.items()):
        place = {"area": code, "area_name": name, "level": "county"}
        found += [
            row(
                "usual",
                900_000 + 10_007 * at,
                897_000 + 10_000 * at,
                903_000 + 10_000 * at,
                **place,
            ),
            row("cbr", 5.0 + 0.4 * at, 4.8 + 0.4 * at, 5.2 + 0.4 * at, **place),
            row("cdr", 6.0 + at, 5.7 + at, 6.3 + at, **place),
            row("srb", 109.0 + at, 104.0 + at, 114.0 + at, **place),
        ]
    place = {"area": "530102", "area_name": "甲区", "level": "county"}
    return [*found, row("undercount", None, note="分母不足30", **place)]


def _of_ages() -> list[dict[str, Any]]:
    found = []
    for low in range(0, 85, 5):
        ages = {"age": f"{low}-{low + 4}"}
        found += [
            row("usual", 150_000 + low * 100, **ages),
            row(
                "usual", 77_000 + low * 50, 76_500 + low * 50, 77_500 + low * 50, sex="male", **ages
            ),
            row(
                "usual",
                73_000 + low * 50,
                72_500 + low * 50,
                73_500 + low * 50,
                sex="female",
                **ages,
            ),
        ]
    return [*found, row("usual", 60_000, age="85+")]


INFO = BulletinInfo(
    issuer="云川市统计局", area=CITY, city="云川市", period=PERIOD, edition="2024-06", contact="0870-5550123",
    issued=date(2024, 7, 18), document_number="云统〔2024〕12号",
)  # fmt: skip
