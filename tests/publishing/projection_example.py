"""A projection of a fictional small city that the tests of its documents share.

The people are moved forward by a small cohort-component computation, so that the shapes are those of
a real place; intervals widen with the square root of time, and most where births are in it.
"""

from __future__ import annotations

import math
from datetime import date
from functools import cache

from renkou.publishing.projection_content import (
    Assumption,
    Comparison,
    ProjectionInfo,
    Question,
    TurningPoint,
    projection,
)

BASE, UNTIL = 2025, 2055
CITY = "513021"
_NAMES = (
    "城关街道",
    "东门街道",
    "白马镇",
    "石桥镇",
    "桃花源镇",
    "两河口镇",
    "龙潭乡",
    "青杠林乡",
    "高山彝族乡",
)
_SIZES = (0.24, 0.19, 0.14, 0.11, 0.09, 0.08, 0.06, 0.05, 0.04)
_PEOPLE = 186_000

INFO = ProjectionInfo(
    title="云川县人口预测（2025—2055年）", area=CITY, city="云川县", base_year=BASE, until=UNTIL,
    scenario="medium", scenario_title="中方案", made_from="人口登记册版本2024-12",
    issuer="云川县统计局", issued=date(2026, 11, 23), trajectories=1000,
    interval_method="生育、死亡、迁移的不确定性和基期人口误差", contact="0870-5550123",
)  # fmt: skip


def areas(count=9):
    """Code, name and share of the people of each township."""
    if count == 9:
        return [(f"{CITY}{100 + 1 * at:03d}", name, size)
                for at, (name, size) in enumerate(zip(_NAMES, _SIZES, strict=True))]  # fmt: skip
    first = "白清石龙双高新东南西北长大小红青黄金银凤"
    last = "河山桥潭岭坪湾溪"
    rough = [1 / (at + 8) for at in range(count)]
    return [
        (f"{CITY}{100 + at:03d}",
         first[at % len(first)] + last[at // len(first) % len(last)]
         + ("街道", "镇", "乡", "苗族乡")[at % 4], size / sum(rough))
        for at, size in enumerate(rough)
    ]  # fmt: skip


@cache
def people(tfr=1.05, mover=-0.004):
    """People by year, sex and single age, for a city of one person."""
    shape = [1.0 if a < 5 else 1.25 if a < 22 else 1.0 if a < 34 else 1.35 if a < 60 else
             max(0.02, 1.2 * math.exp(-((a - 58) / 17) ** 1.9)) for a in range(101)]  # fmt: skip
    shape = [v * (1 + 0.18 * math.sin(a / 4.1)) for a, v in enumerate(shape)]
    now = {sex: [v * ratio for v in shape] for sex, ratio in (("male", 1.04), ("female", 1.0))}
    total = sum(map(sum, now.values()))
    now = {sex: [v / total for v in values] for sex, values in now.items()}
    path = [now]
    for _ in range(BASE, UNTIL):
        now = path[-1]
        women = sum(now["female"][20:40])
        births = women * tfr / 20
        ahead = {}
        for sex, worse in (("male", 1.35), ("female", 1.0)):
            ages = [births * (0.52 if sex == "male" else 0.48)]
            for age in range(100):
                death = min(0.9, worse * 3.2e-5 * math.exp(0.096 * age))
                moved = mover * 4 if 18 <= age < 30 else 0.0
                ages.append(now[sex][age] * (1 - death) * (1 + moved))
            ages[-1] += now[sex][100] * 0.55
            ahead[sex] = ages
        path.append(ahead)
    return path


def _row(area, name, level, year, measure, value, spread, sex="both", age="all", decimals=0):
    """A row whose interval has the given half width at 80 % as a share of the value."""
    half = abs(value) * spread
    print_as = (lambda v: round(v, 3)) if decimals else (lambda v: float(round(v)))
    median = value * (1 - 0.1 * spread)
    sure = year == BASE and measure == "population"
    low80, high80 = (None, None) if sure else (print_as(median - half), print_as(median + half))
    low95, high95 = (None, None) if sure else (
        print_as(median - 1.55 * half), print_as(median + 1.6 * half))  # fmt: skip
    return {
        "area": area, "area_name": name, "level": level, "year": year, "measure": measure, "sex": sex,
        "age": age, "value": print_as(value), "median": None if sure else print_as(median),
        "low80": low80, "high80": high80, "low95": low95, "high95": high95,
    }  # fmt: skip


def _of_area(area, name, level, share, year, path):
    count = share * _PEOPLE
    now = path[year - BASE]
    far = year - BASE
    small = 1 + 1.2 * (0.05 / share) ** 0.5 if level == "township" else 1.0
    wide = 0.006 * math.sqrt(far + 0.3) * small

    def aged(low, high):
        return count * sum(sum(now[sex][low:high]) for sex in now)

    def row(measure, value, spread, **more):
        return _row(area, name, level, year, measure, value, spread, **more)

    sexes = {sex: sum(round(v * count) for v in values) for sex, values in now.items()}
    made = [row("population", sum(sexes.values()), wide)]
    made += [row("population", number, wide, sex=sex) for sex, number in sexes.items()]
    made += [row("population", aged(low, high), wide * (4 if low < far else 1), age=label)
             for label, low, high in (("0-14", 0, 15), ("15-59", 15, 60), ("60+", 60, 101),
                                      ("65+", 65, 101), ("80+", 80, 101))]  # fmt: skip
    made.append(row("share_65", 100 * aged(65, 101) / aged(0, 101), wide, decimals=1))
    made.append(row("care_need", 0.04 * aged(65, 80) + 0.16 * aged(80, 101), wide * 2))
    if year < UNTIL:
        births = count * sum(path[far + 1][sex][0] for sex in now)
        made.append(row("births", births, 0.03 + 4 * wide))
        made.append(row("maternity_beds", births / 40 + 1, 0.03 + 4 * wide))
    stages = (("kindergarten", 3, 3), ("primary", 6, 6), ("junior", 12, 3), ("senior", 15, 3))
    for stage, first, years in stages:
        loose = wide * (7 if first < far + 1 else 1.5)
        entrants, pupils = aged(first, first + 1), aged(first, first + years)
        made.append(row(f"entering_{stage}", entrants, loose))
        made.append(row(f"enrolled_{stage}", pupils, loose))
        made.append(row(f"classes_{stage}", pupils / 45 + 0.5, loose))
        made.append(row(f"teachers_{stage}", pupils / 16 + 0.5, loose))
    return made


@cache
def figures(count=9):
    """Rows of figures.parquet: the county and its townships."""
    path = people()
    places = [(CITY, "云川县", "county", 1.0)]
    places += [(code, name, "township", share) for code, name, share in areas(count)]
    return tuple(
        row
        for area, name, level, share in places
        for year in range(BASE, UNTIL + 1)
        for row in _of_area(area, name, level, share, year, path)
    )


@cache
def ages(area=CITY, share=1.0):
    """Rows of ages.parquet of one area."""
    rows = []
    for year, now in enumerate(people(), start=BASE):
        for sex, values in now.items():
            for age, value in enumerate(values):
                spread = (0.02 + (0.25 if age < year - BASE else 0.03)) * math.sqrt(
                    (year - BASE) / 30)  # fmt: skip
                count = round(value * share * _PEOPLE)
                rows.append({
                    "area": area, "year": year, "sex": sex, "age": age, "value": float(count),
                    "median": float(count), "low80": round(count * (1 - spread), 1),
                    "high80": round(count * (1 + spread), 1),
                })  # fmt: skip
    return tuple(rows)


HISTORY = tuple(
    {"area": CITY, "year": year, "value": float(round(_PEOPLE * (1 + 0.0025 * (BASE - year))))}
    for year in range(2010, BASE)
)
TITLES = {
    "medium": "中方案",
    "low": "低生育方案",
    "high": "高生育方案",
    "no_migration": "无迁移方案",
}
_VARIANTS = {"medium": (1.05, -0.004), "low": (0.75, -0.004), "high": (1.4, -0.004),
             "no_migration": (1.05, 0.0)}  # fmt: skip


def comparison():
    """Four scenarios of the total, and what makes each differ from the first."""
    rows, differences = [], []
    totals = {
        name: [sum(map(sum, now.values())) * _PEOPLE for now in people(*how)]
        for name, how in _VARIANTS.items()
    }
    for name, values in totals.items():
        for at, value in enumerate(values):
            where = {
                "area": CITY,
                "area_name": "云川县",
                "year": BASE + at,
                "measure": "population",
            }
            rows.append({"scenario": name, **where, "value": float(round(value))})
            if name == "medium":
                continue
            gap = round(value) - round(totals["medium"][at])
            parts = {"fertility": round(0.9 * gap), "mortality": -round(3.0 * at),
                     "migration": 0}  # fmt: skip
            if name == "no_migration":
                parts = {
                    "fertility": round(0.2 * gap),
                    "mortality": 0,
                    "migration": round(0.9 * gap),
                }
            parts["structure"] = gap - sum(parts.values())
            differences.append({"scenario": name, **where, "difference": float(gap), **parts})
    return Comparison(TITLES, tuple(rows), tuple(differences))


ASSUMPTIONS = (
    Assumption("fertility", "全县", "总和生育率：2025年 1.05，2035年 1.10，2055年 1.20；年龄模式沿用本县",
               "县卫生健康局2025年度生育监测；省中方案", "2026-11-01"),
    Assumption("srb", "全县", "2025年 1.10，2035年 1.07，2055年 1.06", "省中方案", "2026-11-01"),
    Assumption("mortality", "全县", "平均预期寿命：男 2025年 75.1，2055年 80.2；女 2025年 80.9，2055年 85.6",
               "省第七次人口普查生命表", "2026-11-01"),
    Assumption("migration", "各乡镇", "2022—2024年登记的迁移流向与年龄，保持不变", "人口登记册版本2024-12",
               "2026-11-01"),
)  # fmt: skip
TURNING = (
    TurningPoint(CITY, "云川县", "population", "最高", 2025, 186000.0, note="基期以来持续减少"),
    TurningPoint(CITY, "云川县", "entering_primary", "最高", 2031, 2870.0, year_low80=2030,
                 year_high80=2032),
    TurningPoint(f"{CITY}100", "城关街道", "population", "最低", None, note="2055年前未出现"),
)  # fmt: skip


def a_projection(count=9, **changes):
    """The content of the documents, complete."""
    parts = {
        "figures": figures(count), "ages": ages(), "assumptions": ASSUMPTIONS,
        "questions": [Question("entering_primary", 2032), Question("population", 2055),
                      Question("births", 2032), Question("population", 2045, age="65+")],
        "turning_points": TURNING, "comparison": comparison(),
        "floors": ("高山彝族乡 2051年 女 99岁：应为 −0.3人，改为 0 人",),
        "notes": ("各年数字为该年1月1日的存量；出生、死亡为全年数。",),
        "method": ("采用队列要素法，按单岁年龄、性别和乡镇逐年推算。",
                   "区间只计及所列各项的不确定性，不包括行政区划调整和政策的重大变化。"),
    }  # fmt: skip
    return projection(INFO, **{**parts, **changes})
