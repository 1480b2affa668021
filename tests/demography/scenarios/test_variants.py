"""The five scenarios of a new project read back as what was meant."""

from __future__ import annotations

from renkou.demography.scenarios.variants import (
    MediumAssumptions,
    standard_scenarios,
)
from tests.demography.scenarios.written import read

PARTS = ("fertility", "srb", "mortality", "migration")
MEDIUM = MediumAssumptions(
    tfr={2025: 1.05, 2055: 1.2}, srb={2025: 1.1, 2055: 1.06}, mean_age={2025: 29.6, 2055: 31},
    e0=({2025: 76, 2055: 80}, {2025: 81, 2055: 85}), migration="net",
    net={2025: 1234567.5, 2055: -20}, date="2026-11-23", trajectories=50, seed=3, base=False,
    sources=dict.fromkeys(PARTS, '会商: "第一次" # 讨论'), notes={"migration": "按 2020 年人口普查"},
)  # fmt: skip


def test_the_texts_read_back_as_they_were_meant():
    found = read(**standard_scenarios(2025, 2055, MEDIUM))
    medium = found["medium"]
    assert medium.fertility.tfr.values == (1.05, 1.2)
    assert medium.fertility.mean_age.values == (29.6, 31)
    assert medium.mortality.e0_female.values == (81, 85)
    assert medium.migration.net.values == (1234567.5, -20)
    assert medium.migration.note == "按 2020 年人口普查"
    assert {one.source for _, _, one in medium.parts()} == {'会商: "第一次" # 讨论'}
    assert (medium.uncertainty.trajectories, medium.uncertainty.base) == (50, False)
    assert [one.title for one in found.values()] == [
        "中方案", "低方案", "高方案", "不变方案", "无迁移方案",
    ]  # fmt: skip


def test_low_and_high_follow_the_rule_of_the_united_nations():
    found = read(base_year=2024, **standard_scenarios(2024, 2101, MediumAssumptions(
        tfr="given", srb="given", mortality="given", migration="given", date="2026-11-23",
        sources=dict.fromkeys(PARTS, "UN"),
    )))  # fmt: skip
    years = [2024, 2028, 2029, 2033, 2034, 2100]
    steps = [0.25, 0.25, 0.40, 0.40, 0.50, 0.50]
    assert found["high"].fertility.change.at(years).tolist() == steps
    assert found["low"].fertility.change.at(years).tolist() == [-one for one in steps]
    assert found["low"].fertility.method == "given"


def test_constant_and_no_migration_keep_the_rest():
    found = read(**standard_scenarios(2025, 2055, MEDIUM))
    constant, still = found["constant"], found["no_migration"]
    assert [constant.fertility.method, constant.srb.method, constant.mortality.method] == [
        "constant"
    ] * 3
    assert constant.fertility.pattern == "own"
    assert constant.migration == found["medium"].migration
    assert still.migration.method == "none"
    assert still.fertility == found["medium"].fertility
