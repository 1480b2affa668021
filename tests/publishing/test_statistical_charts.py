"""Pyramid, series and areas beside each other: what is drawn, said and refused."""

from __future__ import annotations

from itertools import pairwise

import pytest

from renkou.core.errors import FiguresRefused, ReleaseRefused
from renkou.core.figures import Sensitivity
from renkou.publishing import chart_style
from renkou.publishing.chart_media import as_svg
from renkou.publishing.chart_style import CLASSES, SERIES, caption_of, contrast, ink_on
from renkou.publishing.charts_comparison import WHISKER, area_bars, ranked_bars
from renkou.publishing.charts_population import population_pyramid
from renkou.publishing.charts_series import time_series

from .charting import a_caption, a_definition, a_row, by_age, ranked_rows, rows_in


def test_men_stand_left_and_women_right():
    picture = population_pyramid(by_age(a0_4=(3, 2), a5_plus=(4, 5)), a_caption(decimals=0))
    bars = {(row["sex"], row["age"]): row["at"] for row in rows_in(picture)}
    assert bars == {("男", "0-4"): -3, ("女", "0-4"): 2, ("男", "5+"): -4, ("女", "5+"): 5}


def test_both_sides_of_a_pyramid_are_counts_without_sign():
    rows = by_age(a0_4=(300, 200), a5_plus=(400, 500))
    drawn = as_svg(population_pyramid(rows, a_caption(decimals=0)))
    assert drawn.count(">400<") == 2
    assert ">−400<" not in drawn


def test_infants_are_joined_to_the_first_five_years_and_the_chart_says_so():
    rows = by_age(a0=(1, 2), a1_4=(4, 4), a5_9=(5, 5), a10_plus=(5, 5))
    picture = population_pyramid(rows, a_caption("en", decimals=0))
    assert {row["age"]: abs(row["at"]) for row in rows_in(picture) if row["sex"] == "Male"}[
        "0-4"
    ] == 5
    assert "Ages 0 and 1–4 are joined to 0–4." in picture.notes


def test_shares_are_of_both_sexes_together():
    picture = population_pyramid(by_age(a0_4=(30, 20), a5_plus=(25, 25)), a_caption(), shares=True)
    assert sum(abs(row["at"]) for row in rows_in(picture)) == pytest.approx(100)
    assert "单位：%" in as_svg(picture)


def test_a_group_that_is_not_published_is_marked_and_explained():
    picture = population_pyramid(by_age(a0_4=(None, 2), a5_plus=(4, 5)), a_caption(decimals=0))
    crosses = [row for row in rows_in(picture) if row["text"].startswith("未公布")]
    assert crosses
    assert picture.notes == ("× 未公布 1 处：少于 3 人",)
    assert "×" in as_svg(picture)


def test_an_outline_is_a_path_of_steps_that_breaks_where_nothing_is_published():
    rows = by_age(a0_4=(3, 2), a5_plus=(4, 5))
    beside = [{**row, "period": "2010"} for row in by_age(a0_4=(None, 1), a5_plus=(2, 2))]
    picture = population_pyramid(rows, a_caption(decimals=0), outline=beside)
    path = [row for row in rows_in(picture) if row.get("side") == "male"]
    assert [(row["at"], row["start"]) for row in path] == [(None, 0), (None, 5), (-2, 5), (-2, 10)]
    assert "轮廓线：2010年" in as_svg(picture)


def test_groups_of_unequal_width_stand_in_equal_height():
    rows = by_age(a0_14=(3, 2), a15_59=(9, 9), a60_plus=(4, 5))
    picture = population_pyramid(rows, a_caption(decimals=0))
    assert {(row["start"], row["end"]) for row in rows_in(picture)} == {(0, 1), (1, 2), (2, 3)}
    assert any("请勿比较面积" in note for note in picture.notes)


@pytest.mark.parametrize(
    ("rows", "settings", "said"),
    [
        (by_age(a0_4=(1, 1), a10_plus=(1, 1)), {}, "without a gap"),
        (by_age(a0_4=(1, 1)) * 2, {}, "stands once"),
        (by_age(("male",), a0_4=(1, 1)), {}, "both sexes"),
        (by_age(a0_4=(None, 1)), {"shares": True}, "shares need every age"),
        (by_age(a0_14=(1, 1), a15_59=(1, 1), a60_plus=(1, 1)),
         {"outline": by_age(a0_4=(1, 1), a5_plus=(1, 1))}, "same groups"),
        ([{**a_row(), "sex": "male", "age": "young"}], {}, "written 0, 0-4 or 85"),
        ([], {}, "at least one row"),
    ],
)  # fmt: skip
def test_a_pyramid_that_would_mislead_is_refused(rows, settings, said):
    with pytest.raises(FiguresRefused, match=said) as refused:
        population_pyramid(rows, a_caption(), **settings)
    assert refused.value.zh


def test_a_missing_period_is_a_gap_and_never_a_zero():
    rows = [a_row(period=str(year)) for year in (2020, 2021, 2024)]
    rows.append(a_row(value=None, period="2023", note="分母不足 30"))
    picture = time_series(rows, a_caption())
    drawn = {row["period"]: row["value"] for row in rows_in(picture) if "period" in row}
    assert drawn == {"2020年": 7.0, "2021年": 7.0, "2022年": None, "2023年": None, "2024年": 7.0}
    assert picture.notes == ("2022年：没有数据", "2023年：未公布：分母不足 30")


def test_the_time_axis_is_true_to_the_calendar():
    rows = [a_row(period=period) for period in ("2024-01", "2024-02", "2024-03", "2024-04")]
    at = [row["at"] for row in rows_in(time_series(rows, a_caption())) if "period" in row]
    days = [round((after - before) / 86_400_000) for before, after in pairwise(at)]
    assert days == [31, 29, 31]


@pytest.mark.parametrize(
    ("periods", "label"),
    [(("2024-H1", "2024-H2"), "2024年下半年"), (("2024-Q1", "2024-Q2"), "2024年第二季度"),
     (("2023-12", "2024-01"), "2024年1月"), (("2023", "2024"), "2024年")],
)  # fmt: skip
def test_periods_of_every_length_are_named(periods, label):
    assert f">{label}<" in as_svg(time_series([a_row(period=p) for p in periods], a_caption()))


def test_a_gap_of_all_lines_carries_its_reason():
    rows = [
        a_row(period="2022"),
        a_row(value=None, period="2023", note="分母不足 30"),
        a_row(period="2024"),
    ]
    assert ">未公布：分母不足 30<" in as_svg(time_series(rows, a_caption()))


def test_more_than_six_lines_have_a_panel_each():
    rows = [a_row(f"5101{k:02d}", period=p) for k in range(9) for p in ("2023", "2024")]
    assert "facet" in time_series(rows, a_caption()).chart.to_json()
    assert "facet" not in time_series(rows[:12], a_caption()).chart.to_json()


def test_sexes_are_lines_of_their_own():
    rows = [a_row(period=p, sex=sex) for sex in ("male", "female") for p in ("2023", "2024")]
    assert {row["line"] for row in rows_in(time_series(rows, a_caption()))} == {"男", "女"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([a_row(period="2024"), a_row(period="2024-01")], "of one length"),
        ([a_row(), a_row()], "stands once"),
        ([a_row(str(510100 + k)) for k in range(41)], "at most 40"),
        ([a_row(value=float("nan"))], "finite number"),
        ([a_row(lower=9.0, upper=8.0)], "is not above upper"),
        ([{"area": "51", "value": 1.0}], "every column"),
    ],
)
def test_a_series_that_would_mislead_is_refused(rows, said):
    with pytest.raises(FiguresRefused, match=said) as refused:
        time_series(rows, a_caption())
    assert refused.value.zh


def test_ranked_areas_stand_from_the_highest_down_with_unpublished_ones_last():
    picture = ranked_bars(ranked_rows([5.0, None, 9.0, 7.0]), a_caption())
    assert [row[0] for row in picture.rows] == ["510103", "510104", "510101", "510102"]


def test_areas_without_ranking_stand_in_code_order():
    picture = area_bars(list(reversed(ranked_rows([5.0, None, 9.0, 7.0]))), a_caption())
    assert [row[0] for row in picture.rows] == ["510101", "510102", "510103", "510104"]
    assert "按行政区划代码顺序排列，不是排名。" in picture.notes


def test_fertility_is_never_ranked_but_shown_in_code_order():
    caption = a_caption(sensitivity=Sensitivity.FERTILITY)
    with pytest.raises(ReleaseRefused, match="never ranked") as refused:
        ranked_bars(ranked_rows([5.0, 9.0]), caption)
    assert "不得排名" in refused.value.zh
    assert area_bars(ranked_rows([5.0, 9.0]), caption).rows


def test_a_rank_without_its_interval_is_refused():
    with pytest.raises(FiguresRefused, match="only with its interval") as refused:
        ranked_bars([a_row()], a_caption())
    assert refused.value.zh


def test_two_areas_of_one_name_are_told_apart_by_code():
    rows = [a_row("510101", area_name="城关镇"), a_row("510102", area_name="城关镇")]
    assert ">城关镇 510102<" in as_svg(area_bars(rows, a_caption()))


def test_too_many_areas_for_one_chart_are_refused():
    with pytest.raises(FiguresRefused, match="at most 150"):
        area_bars([a_row(str(510100000 + k)) for k in range(151)], a_caption())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_caption_takes_its_words_from_the_catalogue(language):
    rows = [a_row(period="2020"), a_row(period="2024")]
    caption = caption_of(a_definition(), rows, "版本 1", language, area="云溪市")
    found = {
        "zh": ("云溪市粗死亡率", "常住人口", "2020年至2024年", "Byar 近似"),
        "en": (
            "云溪市: Crude death rate",
            "usual residents",
            "2020 to 2024",
            "Byar's approximation",
        ),
    }
    assert (caption.title, caption.base, caption.period, caption.interval) == found[language]
    drawn = as_svg(time_series(rows, caption))
    for words in (*found[language], caption.source):
        assert words in drawn or words.replace("'", "&#39;") in drawn


def test_colours_stand_out_from_the_page_and_inks_from_their_ground():
    for colour in (*SERIES, chart_style.MALE, chart_style.FEMALE, WHISKER):
        assert contrast(colour, "#ffffff") >= 3, colour
    assert contrast(chart_style.MUTED, "#ffffff") >= 4.5
    for colour in CLASSES:
        assert contrast(ink_on(colour), colour) >= 4.5, colour


def test_panels_of_years_begin_with_their_first_year_and_losses_keep_their_sign():
    rows = [
        a_row(f"5101{area:02d}", -90.0 + 20 * area, period=f"20{year}-H1")
        for area in range(1, 9)
        for year in (20, 22, 24)
    ]
    drawn = as_svg(time_series(rows, a_caption(decimals=0, unit="人")))
    assert "2020年上半年" in drawn
    assert "2024年上半年" in drawn
    assert ">−50<" in drawn
    [lost] = _axes_of("before", time_series(rows, a_caption()).chart.to_dict())
    assert lost["scale"]["domain"][0] > 1.5e12


def _axes_of(field, specification):
    """The x of every layer that draws this field, however deep."""
    if isinstance(specification, list):
        return [axis for one in specification for axis in _axes_of(field, one)]
    if not isinstance(specification, dict):
        return []
    x = specification.get("encoding", {}).get("x", {})
    own = [x] if x.get("field") == field else []
    return own + [axis for one in specification.values() for axis in _axes_of(field, one)]
