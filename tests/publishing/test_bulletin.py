"""The content of a bulletin: its parts, tables, notes and refusals."""

from dataclasses import replace

import pytest

from renkou.core.errors import FiguresRefused, UsageError
from renkou.publishing.bulletin import compose_bulletin, section_of
from renkou.publishing.bulletin_content import BulletinChart, Chart, Heading, Paragraph, Table
from renkou.publishing.bulletin_figures import Figures
from renkou.publishing.bulletin_tables import ages_of
from tests.publishing.bulletin_example import CITY, DEFINITIONS, INFO, row, rows

CHART = BulletinChart(b"\x89PNG\r\n\x1a\n", "人口金字塔", "图示", "structure")


def parts(kind: type, **more: object) -> list:  # type: ignore[type-arg]
    bulletin = compose_bulletin(rows(), DEFINITIONS, INFO, [CHART], **more)  # type: ignore[arg-type]
    return [one for one in bulletin.blocks if isinstance(one, kind)]


def test_parts_follow_each_other_and_empty_ones_are_left_out() -> None:
    assert [one.text for one in parts(Heading)] == [
        "一、人口总量", "二、出生", "三、死亡与预期寿命", "四、人口迁移流动", "五、年龄与性别构成",
        "六、分地区情况", "七、数据质量与覆盖", "八、说明",
    ]  # fmt: skip


def test_tables_and_charts_are_numbered_as_they_come() -> None:
    assert [one.label for one in parts(Table)] == [f"表{at}" for at in range(1, 11)]
    assert [one.label for one in parts(Chart)] == ["图1"]
    assert [one.label for one in parts(Table, language="en")][:2] == ["Table 1", "Table 2"]


def test_a_paragraph_names_time_and_area_once_and_its_table() -> None:
    first = parts(Paragraph)[0].text
    assert first.startswith("2024年6月末，全市常住人口为281.2万人（95%区间280.5万—281.9万人），")
    assert first.endswith("流动人口不予公布（覆盖估计尚未完成）（见表1）。")
    assert first.count("2024年") == 1
    assert "；其中男性为144.1万人（95%区间" in first


def test_a_summary_compares_with_the_year_before_and_says_what_the_intervals_do() -> None:
    table = parts(Table)[0]
    assert table.rows[0] == (
        "常住人口", "人", "2,812,345", "2,805,000—2,819,000", "2,808,222", "+4,123", "重叠",
    )  # fmt: skip
    assert table.rows[2][2] == "…"
    assert table.notes == ("“…”表示不予公布：覆盖估计尚未完成。",)


def test_a_summary_without_a_year_before_has_no_columns_for_it() -> None:
    table = next(one for one in parts(Table) if "迁移" in one.caption)
    assert table.header == ("指标", "单位", "本期", "95%区间")


def test_areas_stand_in_the_order_of_codes_whatever_their_values() -> None:
    tables = [one for one in parts(Table) if "分地区" in one.caption]
    for table in tables:
        assert [cells[0] for cells in table.rows] == ["云川市", "甲区", "乙区", "丙县"]
        assert "不分先后" in table.notes[0]


def test_chosen_indicators_are_told_by_area() -> None:
    chosen = compose_bulletin(rows(), DEFINITIONS, INFO, area_indicators=["cdr", "e0"])
    captions = [one.caption for one in chosen.blocks if isinstance(one, Table)]
    assert [one for one in captions if "分地区" in one] == ["云川市分地区死亡率（2024年上半年）"]


def test_no_sentence_compares_areas_by_births() -> None:
    texts = [one.text for one in parts(Paragraph)]
    of_areas = [one for one in texts if "甲区" in one or "丙县" in one]
    assert len(of_areas) == 1
    assert of_areas[0].startswith("死亡率与全市数（7.02‰）相比，丙县的95%区间整体高于该数")
    assert any("不排名，不作为任何地区或单位的考核目标" in one for one in texts)


def test_ages_stand_in_their_order_and_a_table_of_too_many_is_left_to_the_workbook() -> None:
    table = next(one for one in parts(Table) if "分年龄" in one.caption)
    assert [cells[0] for cells in table.rows][:2] == ["0—4岁", "5—9岁"]
    assert table.rows[-1][0] == "85岁及以上"
    assert table.unit == "人"
    single = [row("usual", 1000.0 + age, age=str(age)) for age in range(60)]
    whole = [row("usual", 2_812_345, 2_805_000, 2_819_000), *single]
    bulletin = compose_bulletin(whole, DEFINITIONS, INFO)
    assert not [
        one for one in bulletin.blocks if isinstance(one, Table) and "分年龄" in one.caption
    ]


def test_single_ages_beside_groups_are_left_out_and_so_is_what_no_age_publishes() -> None:
    ages = ("0", "1", "0-4", "5-9", "10+", "100+")
    made = [row("usual", 5_000.0, age=age) for age in ages]
    made += [row("cdr", None, age=age, note="分母不足30") for age in ages]
    assert ages_of(Figures(made, DEFINITIONS), "usual", CITY, "2024-H1") == ["0-4", "5-9", "10+"]
    tables = [
        one for one in compose_bulletin(made, DEFINITIONS, INFO).blocks if isinstance(one, Table)
    ]
    assert [one.caption for one in tables if "分年龄" in one.caption] == [
        "云川市分年龄常住人口（2024年上半年）"
    ]
    abridged = [row("cdr", 1.0, age=age) for age in ("0", "1-4", "5-9", "10+")]
    assert ages_of(Figures(abridged, DEFINITIONS), "cdr", CITY, "2024-H1") == [
        "0",
        "1-4",
        "5-9",
        "10+",
    ]


def test_a_count_outside_its_coverage_interval_is_said_to_be() -> None:
    made = [row("usual", 20_518.0, 19_911.0, 20_356.0)]
    for language, words in (("zh", "公布数不在其内，见说明"), ("en", "which does not hold it")):
        bulletin = compose_bulletin(made, DEFINITIONS, INFO, language=language)  # type: ignore[arg-type]
        said = "\n".join(one.text for one in bulletin.blocks if isinstance(one, Paragraph))
        assert words in said
        assert ("公布数在区间之外。" in said) or ("outside their interval" in said)
    inside = compose_bulletin([row("usual", 20_000.0, 19_911.0, 20_356.0)], DEFINITIONS, INFO)
    assert "区间之外" not in "".join(
        one.text for one in inside.blocks if isinstance(one, Paragraph)
    )


def test_notes_tell_source_base_interval_disclosure_and_rounding() -> None:
    said = "\n".join(one.text for one in parts(Paragraph)[-7:])
    for word in (
        "版本2024-06",
        "常住人口",
        "约有95%的区间包含真值",
        "随机扰动",
        "可能不等",
        "四舍五入",
    ):
        assert word in said
    assert len(parts(Table)[-1].rows) == len(DEFINITIONS)


def test_the_english_bulletin_has_the_same_parts() -> None:
    chinese, english = parts(Table), parts(Table, language="en")
    assert [one.rows[0][2:4] for one in chinese[:3]] == [one.rows[0][2:4] for one in english[:3]]
    first = parts(Paragraph, language="en")[0].text
    assert first.startswith("At the end of June 2024, in 云川市, the usual-resident population was")


def test_an_indicator_of_an_unknown_group_is_told_with_quality() -> None:
    told = {one.id: section_of(one) for one in DEFINITIONS}
    assert (told["usual"], told["old_share"], told["e0"]) == ("population", "structure", "deaths")
    assert section_of(replace(DEFINITIONS[0], group="unheard of")) == "quality"


@pytest.mark.parametrize(
    ("wrong", "place", "value"),
    [
        ({"indicator": "tfr"}, "figures[0].indicator", "'tfr'"),
        ({"sex": "m"}, "figures[0].sex", "'m'"),
        ({"level": "city"}, "figures[0].level", "'city'"),
        ({"age": "9-5"}, "age", "'9-5'"),
        ({"value": "many"}, "figures[0].value", "'many'"),
        ({"value": float("inf")}, "figures[0].value", "inf"),
        ({"value": None}, "figures[0].value", "null"),
        ({"value": float("nan")}, "figures[0].value", "null"),
        ({"lower": 9.0, "upper": 8.0}, "figures[0].lower", "9"),
    ],
)  # fmt: skip
def test_a_row_at_fault_is_refused_by_place_value_and_rule(
    wrong: dict[str, object], place: str, value: str
) -> None:
    with pytest.raises(FiguresRefused) as refused:
        Figures([row("usual", 5.0) | wrong], DEFINITIONS)
    assert (refused.value.place, str(refused.value.value)) == (place, value)
    assert refused.value.zh
    assert refused.value.remedy


def test_a_row_that_lacks_a_column_or_repeats_another_is_refused() -> None:
    short = row("usual", 5.0)
    del short["note"]
    with pytest.raises(FiguresRefused, match=r"figures\[0\] = note: a row has every column"):
        Figures([short], DEFINITIONS)
    with pytest.raises(FiguresRefused, match=r"figures\[1\] .*one row per figure"):
        Figures([row("usual", 5.0), row("usual", 6.0)], DEFINITIONS)
    with pytest.raises(FiguresRefused, match="0 rows"):
        Figures([], DEFINITIONS)
    with pytest.raises(UsageError, match="2024-13"):
        Figures([row("usual", 5.0, period="2024-13")], DEFINITIONS)


def test_a_period_or_area_without_figures_is_refused_with_those_that_have() -> None:
    with pytest.raises(FiguresRefused, match="take one of 2023-H1, 2024-H1") as refused:
        compose_bulletin(rows(), DEFINITIONS, replace(INFO, period="2025-H1"))
    assert "该时期没有数值" in str(refused.value.zh)
    with pytest.raises(FiguresRefused, match=r"info\.area = '9999'"):
        compose_bulletin(rows(), DEFINITIONS, replace(INFO, area="9999"))
    with pytest.raises(FiguresRefused, match=r"charts\[0\]\.section"):
        compose_bulletin(rows(), DEFINITIONS, INFO, [replace(CHART, section="weather")])
    with pytest.raises(FiguresRefused, match="language = 'fr'"):
        compose_bulletin(rows(), DEFINITIONS, INFO, language="fr")  # type: ignore[arg-type]


def test_a_figure_is_found_by_its_key() -> None:
    figures = Figures(rows(), DEFINITIONS)
    found = figures.find("usual", CITY, "2024-H1", "male")
    assert found is not None
    assert found.value == 1_441_020
    assert figures.find("usual", CITY, "2022") is None
    assert len(figures) == len(rows())
