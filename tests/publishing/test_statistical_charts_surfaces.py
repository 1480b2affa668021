"""Funnel plots and Lexis surfaces: what is drawn, said and refused."""

from __future__ import annotations

import pytest

from renkou.core.errors import FiguresRefused
from renkou.core.figures import Sensitivity
from renkou.publishing.chart_labels import placed_labels
from renkou.publishing.chart_media import as_svg
from renkou.publishing.charts_funnel import funnel_plot
from renkou.publishing.charts_lexis import lexis_heat_map

from .charting import a_caption, a_row, rows_in


def limits(*sizes):
    return [
        {
            "denominator": float(n),
            "lower_95": 6.0,
            "upper_95": 8.0,
            "lower_998": 5.0,
            "upper_998": 9.0,
        }
        for n in sizes
    ]


def sized(area, value, denominator=1000, **changes):
    return a_row(area, value, denominator=denominator, **changes)


def test_areas_are_classed_by_the_limits_at_their_own_size():
    rows = [sized("51", 7.0), sized("52", 8.5), sized("53", 4.9), sized("54", 8.0)]
    picture = funnel_plot(rows, limits(500, 2000), a_caption(), reference=7.0)
    found = {row["name"]: row["class"] for row in rows_in(picture) if "class" in row}
    assert list(found.values()) == [0, 1, 2, 0]
    assert picture.notes[:2] == (
        "高于 95% 界的 1 个地区（按代码）：地区52。", "低于 95% 界的 1 个地区（按代码）：地区53。",
    )  # fmt: skip


def test_limits_between_two_sizes_are_interpolated():
    curve = limits(500, 1500)
    curve[1]["upper_95"] = 7.0
    rows = [sized("51", 7.6, 1000), sized("52", 7.4, 1000)]
    picture = funnel_plot(rows, curve, a_caption(), reference=7.0)
    assert [row["class"] for row in rows_in(picture) if "class" in row] == [1, 0]


def test_only_areas_outside_the_limits_are_named():
    rows = [sized("51", 7.0), sized("52", 8.5, 1200)]
    drawn = as_svg(funnel_plot(rows, limits(500, 2000), a_caption(), reference=7.0))
    assert ">地区52<" in drawn
    assert ">地区51<" not in drawn


def test_fertility_is_compared_in_code_order():
    rows = [sized("52", 9.5), sized("51", 4.0), sized("53", 9.9)]
    caption = a_caption(sensitivity=Sensitivity.FERTILITY)
    picture = funnel_plot(rows, limits(500, 2000), caption, reference=7.0)
    assert [row[0] for row in picture.rows] == ["51", "52", "53"]
    assert "地区52、地区53" in picture.notes[0]


@pytest.mark.parametrize(
    ("rows", "curve", "said"),
    [
        ([sized("51", 7.0, 0)], limits(500, 2000), "is above 0 and within"),
        ([sized("51", 7.0, 3000)], limits(500, 2000), "500 to 2000"),
        ([sized("51", 7.0)], [], "and limits"),
        ([sized("51", None)], limits(500, 2000), "areas with values"),
        ([sized("51", 7.0)], [{"denominator": 5}], "lower_95"),
        ([sized("51", 7.0), sized("51", 7.0)], limits(500, 2000), "stands once"),
    ],
)
def test_a_funnel_without_its_limits_is_refused(rows, curve, said):
    with pytest.raises(FiguresRefused, match=said) as refused:
        funnel_plot(rows, curve, a_caption(), reference=7.0)
    assert refused.value.zh


def test_labels_cover_neither_one_another_nor_points():
    points = [(100.0 + 4 * k, 50.0) for k in range(12)]
    labels = placed_labels(["某某镇"] * 12, points, [], (300, 100))
    places = [label for label in labels if label]
    assert 0 < len(places) < 12
    assert len({(label.x, label.y) for label in places}) == len(places)


def surface(values, ages=("0-4", "5-9"), years=(2020, 2021)):
    cells = [(year, age) for year in years for age in ages]
    return [
        a_row(value=value, period=str(year), age=age, lower=None, upper=None)
        for (year, age), value in zip(cells, values, strict=True)
    ]


def test_a_surface_hatches_what_is_missing_and_says_how_much():
    rows = surface([1.0, 2.0, None, 4.0])[1:]
    rows[1]["note"] = "分母不足 30"
    picture = lexis_heat_map(rows, a_caption())
    hatched = [row for row in rows_in(picture) if {"x", "x2"} <= set(row) and "born" not in row]
    assert len(hatched) >= 6
    assert picture.notes[1:] == ("▨ 未公布 1 处：分母不足 30", "▨ 没有数据 1 格")


def test_zero_has_a_colour_of_its_own_because_it_has_no_logarithm():
    picture = lexis_heat_map(surface([0.0, 2.0, 3.0, 4.0]), a_caption())
    assert "浅黄：率为 0。" in picture.notes
    assert "浅黄" not in "".join(lexis_heat_map(surface([1.0, 2.0, 3.0, 4.0]), a_caption()).notes)


def test_a_cohort_grows_one_year_older_each_year():
    rows = surface([1.0] * 40, [str(age) for age in range(20)], (2019, 2020))
    lives = [row for row in rows_in(lexis_heat_map(rows, a_caption())) if "born" in row]
    assert all(row["y2"] - row["y"] == row["x2"] - row["x"] > 0 for row in lives)
    assert {row["x"] - row["y"] for row in lives} == {2000, 2010, 2020}
    assert {row["born"] for row in lives} == {"", "2010", "2020"}  # named where they leave at right


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (surface([1.0, -2.0, 3.0, 4.0]), "not negative"),
        ([a_row(period="2024-03", age="0")], "whole years"),
        (surface([1.0] * 4) * 2, "stands once"),
        ([a_row(period="1900", age="0"), a_row(period="2024", age="100+")] +
         [a_row(period="2024", age=str(age)) for age in range(100)], "at most 12000"),
    ],
)  # fmt: skip
def test_a_surface_that_cannot_be_drawn_is_refused(rows, said):
    with pytest.raises(FiguresRefused, match=said) as refused:
        lexis_heat_map(rows, a_caption())
    assert refused.value.zh
