"""Codes, paths and names resolve to one area or to none."""

from __future__ import annotations

from datetime import date

import pytest

from renkou.core.areas import Area, AreaDoubt, AreaIndex, Resolved

AREAS = [
    Area("51", "四川省", "province"),
    Area("5118", "雅安市", "prefecture"),
    Area("511802", "雨城区", "county"),
    Area("511803", "名山区", "county"),
    Area("511802001", "东城街道", "township"),
    Area("511803101", "百丈镇", "township"),
    Area("511802001001", "东大街社区居委会", "village"),
    Area("511802001201", "新民村村民委员会", "village"),
    Area("511803101201", "新民村村委会", "village"),
    Area(
        "511803101202", "老河村村委会", "village", valid_to="2023-01-01", successor="511803101201"
    ),
]
INDEX = AreaIndex(AREAS, date(2024, 1, 1))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("511802001001", "511802001001"), ("511802001000", "511802001"), ("511802000000", "511802"),
        ("四川省雅安市雨城区东城街道东大街社区居委会", "511802001001"),
        ("雨城区/东城街道/新民村", "511802001201"),
        ("东城街道办事处", "511802001"),
        ("百丈镇新民村3组", "511803101201"), ("雅安雨城", "511802"),
        ("２０", None), ("511802001001 ", "511802001001"), ("2023年百丈镇新民村", "511803101201"),
    ],
)  # fmt: skip
def test_an_area_is_found_by_code_path_or_name(text: str, code: str | None) -> None:
    assert INDEX.resolve(text).code == code


def test_a_name_that_repeats_is_never_guessed() -> None:
    assert INDEX.resolve("新民村") == Resolved(None, AreaDoubt.AMBIGUOUS)
    assert INDEX.resolve("新民村", within="511803").code == "511803101201"


def test_an_unknown_part_leaves_the_area_above_and_a_doubt() -> None:
    assert INDEX.resolve("东城街道张家大院") == Resolved("511802001", AreaDoubt.UNKNOWN)
    assert INDEX.resolve("别处") == Resolved(None, AreaDoubt.UNKNOWN)


def test_a_merged_village_is_the_village_that_took_its_place() -> None:
    assert INDEX.resolve("百丈镇老河村").code == "511803101201"
    before = AreaIndex(AREAS, date(2022, 1, 1))
    assert before.resolve("百丈镇老河村").code == "511803101202"
