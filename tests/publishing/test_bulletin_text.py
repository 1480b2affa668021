"""Sentences: grammar of a rise, a fall and none, what is uncertain, what is not published."""

import re
from dataclasses import replace

import pytest

from renkou.core.figures import Sensitivity
from renkou.publishing.bulletin_figures import Figure
from renkou.publishing.bulletin_numbers import Scale, in_table, interval_in_table, rounded, scale_of
from renkou.publishing.bulletin_text import (
    Change,
    ChineseText,
    areas_apart,
    end_of_period,
    may_be_compared,
)
from renkou.publishing.bulletin_text_en import EnglishText
from tests.publishing.bulletin_example import BEFORE, DEFINITIONS, row

TEXT, ENGLISH = ChineseText(), EnglishText()
BY_ID = {one.id: one for one in DEFINITIONS}


def figure(id: str, *values: float | None, **more: object) -> Figure:
    return Figure(**row(id, *values, **more))  # type: ignore[arg-type]


def changed(id: str, now: tuple[float, ...], before: tuple[float, ...], text: object = TEXT) -> str:
    change = Change.between(figure(id, *now), figure(id, *before, period=BEFORE))
    assert change is not None
    return text.change(BY_ID[id], change)  # type: ignore[attr-defined]


def test_a_stock_is_stated_in_ten_thousands_with_its_interval() -> None:
    said = TEXT.statement(BY_ID["usual"], figure("usual", 2_812_345, 2_805_000, 2_819_000))
    assert said == "常住人口为281.2万人（95%区间280.5万—281.9万人）"


def test_a_rise_beyond_both_intervals_is_asserted() -> None:
    said = changed("cbr", (5.43, 5.4, 5.5), (5.11, 5.0, 5.2))
    assert said == "比上年同期上升0.32个千分点，两期95%区间不重叠"


def test_a_fall_within_the_intervals_is_not_asserted() -> None:
    said = changed("births", (7_630, 7_460, 7_803), (7_700, 7_530, 7_874))
    assert said == "比上年同期减少70人，但两期95%区间重叠，不能断言升降"


def test_intervals_that_touch_overlap() -> None:
    assert "重叠，不能断言" in changed("cbr", (5.5, 5.3, 5.7), (5.1, 4.9, 5.3))
    assert "不重叠" in changed("cbr", (5.5, 5.301, 5.7), (5.1, 4.9, 5.3))


def test_equal_values_are_level_and_those_equal_in_print_nearly_so() -> None:
    assert changed("cbr", (5.43, 5.3, 5.5), (5.43, 5.3, 5.5)) == "与上年同期持平"
    assert changed("cbr", (5.434, 5.3, 5.5), (5.431, 5.3, 5.5)) == "与上年同期基本持平"
    assert changed("cbr", (5.434, 5.3, 5.5), (5.431, 5.3, 5.5), ENGLISH).startswith("nearly")


def test_a_difference_without_intervals_is_said_to_be_one_of_numbers() -> None:
    said = changed("registered", (2_650_011,), (2_655_800,))
    assert said == "比上年同期末减少0.6万人（未附区间，仅为数值之差）"


def test_a_change_too_small_for_ten_thousands_is_told_in_people() -> None:
    said = changed("usual", (2_812_345, 2_805_000, 2_819_000), (2_812_045, 2_804_000, 2_818_000))
    assert said.startswith("比上年同期末增加300人")


def test_a_unit_that_cannot_follow_a_number_stands_in_brackets_once() -> None:
    said = TEXT.statement(BY_ID["srb"], figure("srb", 110.06, 106.78, 113.44))
    assert said == "出生性别比为110.06（女=100）（95%区间106.78—113.44）"
    assert changed("srb", (110.06, 109.0, 111.0), (111.2, 110.0, 112.0)).startswith(
        "比上年同期下降1.14，"
    )


def test_what_is_not_published_says_why() -> None:
    missing = figure("imr", None, note="分母不足30")
    assert TEXT.statement(BY_ID["imr"], missing) == "婴儿死亡率不予公布（分母不足30）"
    assert Change.between(figure("imr", 3.0, 2.0, 4.0), missing) is None
    said = TEXT.not_compared(BY_ID["imr"], "2024-H1", missing)
    assert said == "上年同期数未公布（分母不足30），不作比较"


def test_negative_rates_have_a_minus_sign_and_no_dash_beside_it() -> None:
    natural = replace(BY_ID["cdr"], id="natural", zh="自然增长率")
    said = TEXT.statement(natural, figure("natural", -1.234, -1.4, -1.1))
    assert said == "自然增长率为−1.23‰（95%区间−1.40‰至−1.10‰）"


@pytest.mark.parametrize("id", [one.id for one in DEFINITIONS if one.decimals])
def test_no_more_digits_are_printed_than_the_definition_allows(id: str) -> None:
    now, before = (5.123456, 5.098765, 5.198765), (4.987654, 4.876543, 5.012345)
    said = TEXT.statement(BY_ID[id], figure(id, *now)) + changed(id, now, before)
    said += ENGLISH.statement(BY_ID[id], figure(id, *now)) + changed(id, now, before, ENGLISH)
    assert {len(one) for one in re.findall(r"\.(\d+)", said)} == {BY_ID[id].decimals}


def test_halves_are_rounded_away_from_zero() -> None:
    assert [rounded(one, 0) for one in (0.5, 1.5, 2.5, -0.5)] == ["1", "2", "3", "−1"]
    assert rounded(-0.001, 2) == "0.00"


def test_ten_thousands_take_digits_until_the_ends_can_be_told_from_the_value() -> None:
    usual = BY_ID["usual"]
    assert scale_of(usual, [9_999]).stated(9_999) == "9999人"
    assert scale_of(usual, [10_000]).stated(10_000) == "1.00万人"
    assert scale_of(usual, [2_812_345, 2_812_000, 2_812_700]).stated(2_812_345) == "281.23万人"
    assert scale_of(usual, [2_812_345, 2_812_344, 2_812_346]).decimals == 4


def test_a_table_shows_thousands_and_a_mark_for_what_is_not_published() -> None:
    assert in_table(-1234.5, 1) == "−1,234.5"
    assert in_table(None, 1) == "…"
    assert interval_in_table(None, 2.0, 1) == ""


def test_areas_are_compared_with_the_whole_in_their_own_order() -> None:
    whole = figure("cdr", 7.02, 6.9, 7.1)
    parts = [
        figure("cdr", 8.0, 7.7, 8.3, area="1", area_name="甲区"),
        figure("cdr", 9.9, 9.5, 9.9, area="2", area_name="乙区"),
        figure("cdr", 7.0, 6.7, 7.3, area="3", area_name="丙县"),
        figure("cdr", 7.0, area="4", area_name="丁县"),
    ]
    said = TEXT.compared_areas(BY_ID["cdr"], whole, parts)
    assert said == (
        "死亡率与全市数（7.02‰）相比，甲区、乙区的95%区间整体高于该数；"
        "其余1个地区的区间包含全市数，不能断言有差别。"
    )
    assert [len(one) if isinstance(one, list) else one for one in areas_apart(7.02, parts)] == [
        2,
        0,
        1,
    ]
    assert "甲区, 乙区" in ENGLISH.compared_areas(BY_ID["cdr"], whole, parts)


def test_areas_are_compared_neither_by_fertility_nor_health_nor_counts() -> None:
    compared = {one.id for one in DEFINITIONS if may_be_compared(one)}
    assert compared == {"old_share", "cdr", "e0", "undercount"}
    for kind in (Sensitivity.FERTILITY, Sensitivity.HEALTH):
        assert not may_be_compared(replace(BY_ID["cdr"], sensitivity=kind))


def test_where_no_area_lies_apart_the_indicators_are_named_together() -> None:
    parts = [figure("cdr", 7.0, 6.7, 7.3, area="1", area_name="甲区")]
    for text in (TEXT, ENGLISH):
        assert text.compared_areas(BY_ID["cdr"], figure("cdr", 7.0, 6.9, 7.1), parts) == ""
    said = TEXT.none_apart([BY_ID["cdr"], BY_ID["e0"]], "云川市")
    assert said == "死亡率、平均预期寿命：各地区的95%区间均包含全市数，不能断言有差别。"
    assert "of 云川市" in ENGLISH.none_apart([BY_ID["cdr"]], "云川市")


def test_a_note_of_a_rule_is_cut_to_its_reason() -> None:
    notes = {
        "平均每格不足 2 人，不予发布；请合并年龄组或时期，或改用上一级区域": "平均每格不足 2 人",
        "分母不足 30，不发布率；请合并时期，或改用上一级区域": "分母不足 30",
        "健康等数据不在县级以下发布；请改用县级或以上": "健康等数据不在县级以下发布",
        "无法计算：分母为零，或所需数据不足": "无法计算：分母为零，或所需数据不足",
    }  # fmt: skip
    for note, reason in notes.items():
        assert figure("imr", None, note=note).reason == reason


def test_sexes_of_which_neither_is_published_are_not_told() -> None:
    male, female = (figure("usual", None, note="分母不足30", sex=one) for one in ("male", "female"))
    assert TEXT.by_sex(BY_ID["usual"], male, female) == ""
    assert ENGLISH.by_sex(BY_ID["usual"], male, female) == ""
    assert TEXT.sentence(["甲", ""]) == "甲"
    told = TEXT.by_sex(BY_ID["usual"], figure("usual", 12_345.0, sex="male"), female)
    assert told == "其中男性为1.23万人，女性不予公布（分母不足30）"


def test_the_end_of_a_half_that_ends_the_year_is_the_end_of_the_year() -> None:
    ends = [end_of_period(one) for one in ("2024-H2", "2024-Q4", "2024-12", "2024-Q1")]
    assert ends == ["2024年末", "2024年末", "2024年12月末", "2024年3月末"]


def test_a_whole_year_is_compared_with_the_year_before() -> None:
    now, before = figure("births", 7_630, period="2024"), figure("births", 7_600, period="2023")
    change = Change.between(now, before)
    assert change is not None
    assert TEXT.change(BY_ID["births"], change).startswith("比上年增加30人")


def test_english_counts_number_and_rates_are() -> None:
    births = ENGLISH.statement(BY_ID["births"], figure("births", 7_630, 7_460, 7_803))
    assert births == "births numbered 7,630 (95% interval 7,460 to 7,803)"
    rate = ENGLISH.statement(BY_ID["cbr"], figure("cbr", 5.43, 5.31, 5.55))
    assert rate == "the crude birth rate was 5.43‰ (95% interval 5.31 to 5.55)"
    assert "fewer than a year earlier" in changed("births", (10.0,), (12.0,), ENGLISH)
    assert "cannot" not in changed("cbr", (5.0, 4.9, 5.1), (4.0, 3.9, 4.1), ENGLISH)
    assert "can be asserted" in changed("cbr", (5.0, 4.0, 5.1), (4.0, 3.9, 4.1), ENGLISH)


def test_a_percent_range_has_its_sign_at_both_ends() -> None:
    assert Scale(1, 2, "", "%").range(1.0, 2.0) == "1.00%—2.00%"
