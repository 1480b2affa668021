"""Of a title the areas alone are taken, whatever else it says."""

from __future__ import annotations

import pytest

from renkou.intake.area_words import area_words


@pytest.mark.parametrize(
    ("title", "areas"),
    [
        (
            "青渚区月门镇流动人口登记表 填报单位：青渚区月门镇 填报日期：2023年11月30日",
            "青渚区月门镇",
        ),
        ("石桥镇东村人口登记表", "石桥镇东村"),
        ("忠县河市镇人员", "忠县河市镇"),
        ("2024年西昌市川兴镇居民", "西昌市川兴镇"),
        ("2024年度清河镇人口", "清河镇"),
        ("凉山彝族自治州西昌市新村街道人口", "凉山彝族自治州西昌市新村街道"),
        ("石桥镇辖区人口", "石桥镇"),
        ("某县统计 石桥镇流动人口", "某县/石桥镇"),
        ("2024年返乡人员登记表 填报单位（盖章）：石桥镇人民政府", "石桥镇"),
        ("百丈流动人口登记表", "百丈流动"),
        ("石桥镇石桥村委会 河口社区居委会人口", "石桥镇石桥村/河口社区"),
        ("", ""),
    ],
)
def test_the_areas_of_a_title(title: str, areas: str) -> None:
    assert area_words(title) == areas
